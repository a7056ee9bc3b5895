"""Every mail that came in, kept raw; and how far the mailbox has been read. Mail, evidence and cursor: one transaction."""

import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sarabanwatch.core.facts.evidence import Certainty
from sarabanwatch.core.facts.letter import Letter
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.returns.kept import ReceivedMail
from sarabanwatch.core.returns.mailbox import Cursor, FetchReport
from sarabanwatch.core.returns.review import MailVerdict, verdict_by_rules
from sarabanwatch.store import lacking
from sarabanwatch.store.letters import witness
from sarabanwatch.store.rows import ask_one, moment
from sarabanwatch.store.tx import Tx

# What waits for a person is kept until it is ruled on.
FORGET = """
    UPDATE mail SET raw = x'', sender = '', subject = '', forgotten_at = ? WHERE digest IN (
        SELECT m.digest FROM mail m WHERE m.forgotten_at IS NULL AND m.arrived_at < ?
            AND (SELECT waits FROM reading r WHERE r.mail = m.digest ORDER BY r.id DESC LIMIT 1) = '' LIMIT ?)
"""

OWN_MAKER = """
    INSERT INTO own_maker SELECT ?, ? FROM letter WHERE serial = ? AND purpose = 'canary'
    ON CONFLICT (maker) DO UPDATE SET seen_at = max(seen_at, excluded.seen_at)
"""


HOME_SIGNED = """
    SELECT m.signed FROM letter l
        JOIN evidence e ON e.serial = l.serial AND e.kind = 'came home' JOIN mail m ON m.digest = e.mail
    WHERE l.purpose = 'canary' AND l.errand = 'home' ORDER BY l.drafted_at DESC LIMIT 1
"""


def cursor(tx: Tx, mailbox: str) -> Cursor:
    """Return how far a mailbox has been read."""
    row = ask_one(tx, "SELECT validity, uid FROM cursor WHERE mailbox = ?", (mailbox,))
    return Cursor(*row) if row else Cursor()


def letter(tx: Tx, serial: int) -> Letter | None:
    """Return a letter, or None where we wrote none of that number."""
    row = ask_one(
        tx,
        "SELECT token, code, name, address, drafted_at, replaces, purpose FROM letter WHERE serial = ?",
        (serial,),
    )
    if row is None:
        return None
    token, code, name, address, drafted_at, replaces, purpose = row
    return Letter(serial, token, code, name, address, moment(drafted_at), replaces,
                  Purpose(purpose))


def last_letter_to(tx: Tx, address: str, by: datetime) -> int | None:
    """Return the serial of the last letter to an address that had left us `by` then, or None."""
    return last_letter(tx, "address", address, by)


def take_in(tx: Tx, mailbox: str, received: Sequence[ReceivedMail], cursor: Cursor,
            told: FetchReport | None = None) -> list[bool]:
    """Keep mails, their evidence, what lacks, and then the cursor; say which mails were new."""
    new = [_keep(tx, mail) for mail in received]
    for m in (m for m, is_new in zip(received, new, strict=True) if is_new):
        said = verdict_by_rules(m.reading)
        edition = write_word(tx, m.digest, said, m.arrived_at)
        if m.serial is not None and m.evidence is not None:
            witness(tx, [(m.serial, replace(m.evidence, edition=edition))])
            if m.evidence.sure is Certainty.SIGNED:
                tx.executemany(OWN_MAKER, [(maker, m.arrived_at, m.serial) for maker in m.makers])
    lacking.note(tx, mailbox, cursor.validity, told)
    tx.execute("INSERT OR REPLACE INTO cursor VALUES (?, ?, ?)",
               (mailbox, cursor.validity, cursor.uid))
    return new


def forget(tx: Tx, before: datetime, limit: int, at: datetime) -> int:
    """Let go of the words of mails that came before then, but for those that wait for a person; return how many.

    Digest, kind, and what was read from them stay.
    """
    tx.execute(FORGET, (at, before, limit))
    return tx.changes()


def last_letter(tx: Tx, column: str, wanted: str, by: datetime) -> int | None:
    """Return the last letter, by its `address` or agency `code`, that had left us by then: its outcome was seen."""
    row = ask_one(
        tx, f"""SELECT max(serial) FROM letter WHERE {column} = ? AND fate NOT IN ('', 'held') AND EXISTS (
                SELECT 1 FROM evidence e WHERE e.serial = letter.serial AND e.kind IN ('taken', 'refused', 'lost')
                              AND e.mail = '' AND e.seen_at <= ?)""",  # noqa: S608 - our own column
        (wanted, by))
    return row[0] if row else None


def _keep(tx: Tx, m: ReceivedMail) -> bool:
    a = m.arrival
    tx.execute(
        """INSERT OR IGNORE INTO mail (digest, raw, size, arrived_at, kind, sender, subject, signed, maker)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (m.digest, zlib.compress(m.raw), len(m.raw), m.arrived_at, a.kind, a.sender, a.subject,
         " ".join(m.signed), m.maker))
    return bool(tx.changes())


def write_word(tx: Tx, digest: str, w: MailVerdict, at: datetime) -> int:
    """Write down what is said of a mail; return the number of that reading."""
    tx.execute(
        """INSERT INTO reading (mail, at, kind, rule, reason, serial, refused, waits, by, note, alike)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (digest, at, w.kind, w.rule, w.reason, w.serial, w.refused, w.waits, w.by, w.note, w.alike))
    return tx.last_insert_rowid()


def home_signed(tx: Tx) -> list[str] | None:
    """Return the domains whose DKIM signature held on the last letter to ourselves that came home; None: none came yet."""
    row = ask_one(tx, HOME_SIGNED)
    return None if row is None else str(row[0]).split()
