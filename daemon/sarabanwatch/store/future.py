"""Moments that lie in the future, which a clock that was wrong has left behind.

Facts stay as they were written; where they steer us, a moment still to come counts as unknown. What
is no fact but a plan (when a letter is due, when its window ends, when a domain was last asked) is
set anew.
"""

from datetime import datetime, timedelta

from sarabanwatch.core.sending.timekeeping import SKEW
from sarabanwatch.store.rows import ask, moment
from sarabanwatch.store.tx import Tx

LAST = """
    SELECT max(at) FROM (
        SELECT (SELECT seen_at FROM evidence ORDER BY id DESC LIMIT 1) AS at
        UNION ALL SELECT (SELECT at FROM attempt ORDER BY id DESC LIMIT 1)
        UNION ALL SELECT (SELECT at FROM reading ORDER BY id DESC LIMIT 1)
        UNION ALL SELECT (SELECT drafted_at FROM letter ORDER BY serial DESC LIMIT 1)
        UNION ALL SELECT (SELECT at FROM import ORDER BY id DESC LIMIT 1)) facts
"""
RETRIED = timedelta(days=2)     # a letter that is put off is tried again within hours
LASTS = timedelta(days=60)      # no window lasts so long, however many holidays there are
WAITS = "state IN ('drafted', 'deferred')"
RUNS = "state NOT IN ('drafted', 'deferred', 'closed')"
NEVER = """
    UPDATE round SET kind = 'skipped', closed_at = :now, closed_why = 'the clock was wrong'
    WHERE opened_at > :ahead AND (kind = 'regular' OR kind = 'skipped' AND by = '')
      AND closed_why <> 'the clock was wrong'
"""
# What is set anew, and the distance from now beyond which it cannot be right (:ahead is now plus
# that). A letter that was written in the future has run out of time.
PLANS: tuple[tuple[str, timedelta], ...] = (
    (f"UPDATE letter SET send_by = :now WHERE {WAITS} AND drafted_at > :ahead AND send_by > :now",
     SKEW),
    (f"UPDATE letter SET due_at = :now WHERE {WAITS} AND due_at > :ahead", RETRIED),
    (f"UPDATE letter SET window_end = :until WHERE {RUNS} AND window_end > :ahead", LASTS),
    ("UPDATE declared SET began = :now WHERE began > :ahead", SKEW),
    ("UPDATE downgrade SET found_at = :now WHERE found_at > :ahead", SKEW),
    # a round that such a clock opened never was: it counts as one that is skipped, and withdrawn
    (NEVER, SKEW),
    ("UPDATE domain SET asked_at = '' WHERE asked_at > :ahead", SKEW),
)


def newest(tx: Tx) -> datetime | None:
    """Return the moment of the last fact that was written down; None where there is none."""
    found = next(ask(tx, LAST))[0]
    return moment(found) if found else None


def rebase(tx: Tx, now: datetime, until: datetime) -> int:
    """Set plans anew that are further ahead than they can be; return how many there were.

    `until` is the new end of a window.
    """
    laid = 0
    for sql, ahead in PLANS:
        tx.execute(sql, {"now": now, "until": until, "ahead": now + ahead})
        laid += tx.changes()
    return laid
