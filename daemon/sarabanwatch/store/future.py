"""Moments that lie in the future: what a clock that was wrong has left behind.

Facts stay as they were written; where they steer us, a moment that is still to come counts as one that is not known. What is
no fact but a plan (when a letter is due, when its window ends, when a domain was last asked) is laid anew.
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
        UNION ALL SELECT (SELECT at FROM import ORDER BY id DESC LIMIT 1))
"""
RETRIED = timedelta(days=2)     # a letter that is put off is tried again within hours
LASTS = timedelta(days=60)      # no window lasts so long, be there ever so many holidays
# what -> ahead of now by more than this -> laid to :now, or :until. A letter that was written in the future has run out of time.
PLANS: tuple[tuple[str, timedelta], ...] = (
    ("UPDATE letter SET send_by = :now WHERE state IN ('drafted', 'deferred') AND drafted_at > :ahead AND send_by > :now", SKEW),
    ("UPDATE letter SET due_at = :now WHERE state IN ('drafted', 'deferred') AND due_at > :ahead",
     RETRIED),
    ("UPDATE letter SET window_end = :until WHERE state NOT IN ('drafted', 'deferred', 'closed') AND window_end > :ahead", LASTS),
    ("UPDATE declared SET began = :now WHERE began > :ahead", SKEW),
    ("UPDATE fall SET fell_at = :now WHERE fell_at > :ahead", SKEW),
    ("UPDATE domain SET asked_at = '' WHERE asked_at > :ahead", SKEW),
)


def newest(tx: Tx) -> datetime | None:
    """Return the moment of the last thing that was written down; None where nothing was."""
    found = next(ask(tx, LAST))[0]
    return moment(found) if found else None


def rebase(tx: Tx, now: datetime, until: datetime) -> int:
    """Lay plans anew that are further ahead than they can be; return how many there were."""
    laid = 0
    for sql, ahead in PLANS:
        tx.execute(sql, {"now": now, "until": until, "ahead": now + ahead})
        laid += tx.changes()
    return laid
