"""Every mail that came in, kept raw, and how far the mailbox has been read.

A mail, its evidence and the mailbox's cursor are written in one transaction.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sarabanwatch.core.domain import Known
from sarabanwatch.core.facts.evidence import Certainty, Evidence
from sarabanwatch.core.facts.letter import Letter
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.returns.kept import ReceivedMail
from sarabanwatch.core.returns.mailbox import Cursor, FetchReport
from sarabanwatch.core.returns.review import MailVerdict, verdict_by_rules
from sarabanwatch.store import lacking
from sarabanwatch.store.domains import routable
from sarabanwatch.store.letters import witness
from sarabanwatch.store.rows import ask_one, moment
from sarabanwatch.store.tx import Tx

LEVEL = 3       # of zlib: half the time of its own choice, 6, and 7 % more octets
OWN_MAKER = """
    INSERT INTO own_maker AS o SELECT ?, ? FROM letter WHERE serial = ? AND purpose = 'canary'
    ON CONFLICT (maker) DO UPDATE SET
    seen_at = CASE WHEN o.seen_at > excluded.seen_at THEN o.seen_at ELSE excluded.seen_at END
"""
HOME_SIGNED = """
    SELECT m.signed
    FROM letter l
         JOIN evidence e ON e.serial = l.serial AND e.kind = 'came home'
         JOIN mail m ON m.digest = e.mail
    WHERE l.purpose = 'canary' AND l.canary_kind = 'home' ORDER BY l.drafted_at DESC LIMIT 1
"""
LETTER = """
    SELECT token, code, name, address, drafted_at, replaces, purpose FROM letter WHERE serial = ?
"""
# A letter had left us by a moment if its outcome was seen by then.
LAST_LETTER = """
    SELECT max(serial) FROM letter
    WHERE {column} = :wanted AND fate NOT IN ('', 'held')
      AND EXISTS (SELECT 1 FROM evidence e
                  WHERE e.serial = letter.serial AND e.kind IN ('taken', 'refused', 'lost')
                    AND e.mail = '' AND e.seen_at <= :by)
"""
KEEP = """
    INSERT INTO mail (digest, raw, size, arrived_at, kind, sender, subject, signed, maker)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""
READING = """
    INSERT INTO reading
        (mail, at, kind, rule, reason, serial, refused, waits, by, note, alike)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
"""
OWN_MAIL = """
    INSERT INTO own_mail
    SELECT :mail FROM letter WHERE serial = :serial AND purpose IN ('canary', 'catch_all')
    ON CONFLICT DO NOTHING
"""
CURSOR = """
    INSERT INTO cursor VALUES (?, ?, ?)
    ON CONFLICT (mailbox) DO UPDATE SET validity = excluded.validity, uid = excluded.uid
"""


class LetterClaim(NamedTuple):
    """The letter of a serial, or else the last to an address that had left us by a moment."""

    serial: int | None
    address: str
    by: datetime


def cursor(tx: Tx, mailbox: str) -> Cursor:
    """Return how far a mailbox has been read."""
    row = ask_one(tx, "SELECT validity, uid FROM cursor WHERE mailbox = ?", (mailbox,))
    return Cursor(*row) if row else Cursor()


def letter(tx: Tx, serial: int) -> Letter | None:
    """Return a letter by its serial, or None where we wrote none of that number."""
    row = ask_one(tx, LETTER, (serial,))
    if row is None:
        return None
    token, code, name, address, drafted_at, replaces, purpose = row
    return Letter(serial, token, code, name, address, moment(drafted_at), replaces,
                  Purpose(purpose))


def last_letter_to(tx: Tx, address: str, by: datetime) -> int | None:
    """Return the serial of the last letter to an address that had left us by a moment, or None."""
    return last_letter(tx, "address", address, by)


def claimed(tx: Tx, claims: Iterable[LetterClaim | None]) -> list[tuple[Letter | None, Known]]:
    """Return the letter of each claim, and whether mail to its domain can be routed.

    That is told as `domains.routable` does. Without a claim there is neither.
    """
    return [(None, None) if claim is None else _claimed(tx, claim) for claim in claims]


def _claimed(tx: Tx, claim: LetterClaim) -> tuple[Letter | None, Known]:
    serial = last_letter_to(tx, claim.address, claim.by) if claim.serial is None else claim.serial
    found = None if serial is None else letter(tx, serial)
    return found, None if found is None else routable(tx, found.address.rpartition("@")[2])


def take_in(tx: Tx, mailbox: str, received: Sequence[ReceivedMail], cursor: Cursor,
            report: FetchReport | None = None) -> list[bool]:
    """Keep mails, their evidence, what the mailbox did not give, and then the cursor.

    Return for each mail whether it was new.
    """
    new = [_keep(tx, mail) for mail in received]
    facts = list[tuple[int, Evidence]]()
    for m in (m for m, is_new in zip(received, new, strict=True) if is_new):
        edition = write_word(tx, m.digest, verdict_by_rules(m.reading), m.arrived_at)
        if m.serial is not None and m.evidence is not None:
            facts.append((m.serial, replace(m.evidence, edition=edition)))
            if m.evidence.certainty is Certainty.SIGNED:
                tx.executemany(OWN_MAKER, [(maker, m.arrived_at, m.serial) for maker in m.makers])
    witness(tx, facts)
    lacking.note(tx, mailbox, cursor.validity, report)
    tx.execute(CURSOR, (mailbox, cursor.validity, cursor.uid))
    return new


def last_letter(tx: Tx, column: str, wanted: str, by: datetime) -> int | None:
    """Return the serial of the last letter that had left us by a moment, or None.

    It is looked for by `column`: `address`, or `code` for an agency's.
    """
    row = ask_one(tx, LAST_LETTER.format(column=column), {"wanted": wanted, "by": by})
    return row[0] if row else None


def _keep(tx: Tx, m: ReceivedMail) -> bool:
    a = m.arrival
    tx.execute(KEEP, (m.digest, zlib.compress(m.raw, LEVEL), len(m.raw), m.arrived_at, a.kind,
                      a.sender, a.subject, " ".join(m.signed), m.maker))
    return bool(tx.changes())


def write_word(tx: Tx, digest: str, w: MailVerdict, at: datetime) -> int:
    """Write down what is said of a mail; return the number of that reading."""
    if w.serial is not None:
        tx.execute(OWN_MAIL, {"mail": digest, "serial": w.serial})
    return int(tx.execute(READING, (digest, at, w.kind, w.rule, w.reason, w.serial, w.refused,
                                    w.waits, w.by, w.note, w.alike)).get)


def home_signed(tx: Tx) -> list[str] | None:
    """Return whose DKIM signature held on the last canary that came home: domains, or None.

    None where none has come home yet.
    """
    row = ask_one(tx, HOME_SIGNED)
    return None if row is None else str(row[0]).split()
