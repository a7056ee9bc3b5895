"""Every mail that came in, kept raw; and how far the mailbox has been read. Mail, evidence and cursor: one transaction."""

import zlib
from collections.abc import Sequence

import apsw

from sarabanwatch.edge.ledger.letters import witness
from sarabanwatch.edge.ledger.rows import ask_one, stamp
from sarabanwatch.edge.ledger.writer import Pen
from sarabanwatch.ports import Cursor, Received


class SqliteArrivals:
    """Mails by digest."""

    def __init__(self, pen: Pen) -> None:
        self._pen = pen

    async def cursor(self, mailbox: str) -> Cursor:
        """Return how far a mailbox has been read."""
        return await self._pen.read(_cursor, mailbox)

    async def owner(self, serial: int) -> tuple[str, str] | None:
        """Return (agency code, address) of a letter, or None where we wrote no such letter."""
        return await self._pen.read(_owner, serial)

    async def last_letter_to(self, address: str) -> int | None:
        """Return the serial of the last letter to an address that has left us, or None."""
        return await self._pen.read(_last_letter_to, address)

    async def take_in(self, mailbox: str, received: Sequence[Received], cursor: Cursor) -> Sequence[bool]:
        """Keep mails, their evidence and then the cursor; say of each whether it was new."""
        return await self._pen.write(_take_in, mailbox, received, cursor)


def _cursor(db: apsw.Connection, mailbox: str) -> Cursor:
    row = ask_one(db, "SELECT validity, uid FROM cursor WHERE mailbox = ?", (mailbox,))
    return Cursor(*row) if row else Cursor()


def _owner(db: apsw.Connection, serial: int) -> tuple[str, str] | None:
    row = ask_one(db, "SELECT code, address FROM letter WHERE serial = ?", (serial,))
    return (row[0], row[1]) if row else None


def _last_letter_to(db: apsw.Connection, address: str) -> int | None:
    row = ask_one(db, "SELECT max(serial) FROM letter WHERE address = ? AND fate <> ''", (address,))
    return row[0] if row else None


def _take_in(db: apsw.Connection, mailbox: str, received: Sequence[Received], cursor: Cursor) -> list[bool]:
    new = [_keep(db, mail) for mail in received]
    witness(db, [(m.serial, m.evidence) for m, is_new in zip(received, new, strict=True)
                 if is_new and m.serial is not None and m.evidence is not None])
    db.execute("INSERT OR REPLACE INTO cursor VALUES (?, ?, ?)", (mailbox, cursor.validity, cursor.uid))
    return new


def _keep(db: apsw.Connection, m: Received) -> bool:
    a = m.arrival
    db.execute(
        "INSERT OR IGNORE INTO mail VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (m.digest, zlib.compress(m.raw), len(m.raw), stamp(m.arrived_at), a.kind, a.rule, a.sender, a.subject, m.serial,
         m.refused))
    return bool(db.changes())
