"""Letting go what was kept as long as the policy allows (`core.retention`), a few rows at a time.

What is due is looked for on a reading connection, and let go in small transactions, so that no
letter waits for it. What is erased is overwritten on the disk (secure_delete). The room it took is
used again, and given back to the disk a few pages at a time.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sarabanwatch.core.retention import Retained, in_place_of, kinds
from sarabanwatch.store.rows import ask
from sarabanwatch.store.tx import Tx

# A mail that waits for a person is kept until it is ruled on.
SETTLED = """
    (SELECT r.waits FROM reading r WHERE r.mail = m.digest ORDER BY r.id DESC LIMIT 1) = ''
"""
OLD_MAIL = f"""
    SELECT m.digest FROM mail m
    WHERE m.forgotten_at IS NULL AND m.arrived_at < :before AND {SETTLED}
"""
# CROSS has SQLite begin with our own mails, and not with all that are kept.
OLD_OWN = f"""
    SELECT m.digest FROM own_mail o CROSS JOIN mail m
    WHERE m.digest = o.mail AND m.arrived_at < :before AND {SETTLED}
"""
OLD_WORDS = """
    SELECT e.id FROM evidence e JOIN letter l USING (serial)
    WHERE e.let_go_at IS NULL AND e.text <> '' AND e.seen_at < :before AND l.state = 'closed'
      AND e.kind IN ({kinds})
"""
# Only after a try that put it off is a letter tried again (core.sending.probe).
OLD_TRIES = """
    SELECT a.id FROM attempt a JOIN letter l USING (serial)
    WHERE a.event = 'later' AND a.at < :before AND l.state = 'closed'
      AND a.id < (SELECT max(id) FROM attempt WHERE serial = a.serial)
"""


def named(of: Retained) -> str:
    """Return the kinds of facts whose words are kept as long as these, as SQL names them."""
    return ", ".join(f"'{kind}'" for kind in kinds(of))


DUE: Mapping[Retained, str] = {
    Retained.MAIL: OLD_MAIL,
    Retained.OWN: OLD_OWN,
    Retained.REPLY: OLD_WORDS.format(kinds=named(Retained.REPLY)),
    Retained.SETTLED: OLD_WORDS.format(kinds=named(Retained.SETTLED)),
    Retained.ATTEMPT: OLD_TRIES,
}
SPARE = 10      # in a hundred pages: so many may stay unused, for what comes next


def due(tx: Tx, kind: Retained, before: datetime, limit: int) -> list[str | int]:
    """Return at most `limit` rows of a kind that are older than a moment, by their keys."""
    asked = {"before": before, "limit": limit}
    return [row[0] for row in ask(tx, f"{DUE[kind]} LIMIT :limit", asked)]


def let_go(tx: Tx, kind: Retained, keys: Sequence[str | int], at: datetime) -> int:
    """Let go the words of these rows; return how many of them stood still."""
    return sum(STEPS[kind](tx, key, at) for key in keys)


def give_back(tx: Tx, pages: int) -> int:
    """Give at most so many unused pages back to the disk; return how many.

    A tenth of the file stays for what comes next.
    """
    return tx.give_back(pages, SPARE)


def _mail(tx: Tx, digest: str | int, at: datetime) -> int:
    tx.execute("UPDATE mail SET raw = ?, sender = '', subject = '', forgotten_at = ? "
               "WHERE digest = ? AND forgotten_at IS NULL", (b"", at, digest))
    gone = tx.changes()
    tx.execute("DELETE FROM own_mail WHERE mail = ?", (digest,))
    return gone


def _reply(tx: Tx, number: str | int, at: datetime) -> int:
    return _text(tx, number, at, ", reporter = ''")


def _settled(tx: Tx, number: str | int, at: datetime) -> int:
    return _text(tx, number, at, "")


def _text(tx: Tx, number: str | int, at: datetime, besides: str) -> int:
    changed = 0
    for text, in list(ask(tx, "SELECT text FROM evidence WHERE id = ? AND let_go_at IS NULL",
                          (number,))):
        tx.execute(f"UPDATE evidence SET text = ?, let_go_at = ?{besides} WHERE id = ?",
                   (in_place_of(text), at, number))
        changed += tx.changes()
    return changed


def _attempt(tx: Tx, number: str | int, at: datetime) -> int:
    del at
    tx.execute("DELETE FROM attempt WHERE id = ?", (number,))
    return tx.changes()


STEPS: Mapping[Retained, Callable[[Tx, str | int, datetime], int]] = {
    Retained.MAIL: _mail, Retained.OWN: _mail, Retained.REPLY: _reply, Retained.SETTLED: _settled,
    Retained.ATTEMPT: _attempt,
}
