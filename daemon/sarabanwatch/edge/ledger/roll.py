"""The register as last imported: old register or new one, never half of each."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import apsw

from sarabanwatch.core.address import Rules, judge
from sarabanwatch.core.agency import Agency
from sarabanwatch.core.plan import writes_to
from sarabanwatch.core.register import Entry, Register
from sarabanwatch.edge.ledger.rows import AGENCY, agency, ask_one, cells, stamp
from sarabanwatch.edge.ledger.writer import Pen

MARK_ALL = """
    INSERT INTO unjudged SELECT code, 1 FROM agency WHERE listed ON CONFLICT (code) DO UPDATE SET asked = asked + 1
"""
FIND = f"SELECT {AGENCY} FROM agency WHERE listed AND code = ?"  # noqa: S608 - our own column names
UPSERT = """
    INSERT INTO agency VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (code) DO UPDATE SET
        listed = 1, name = excluded.name, kind = excluded.kind, province = excluded.province,
        superior = excluded.superior, status = excluded.status, former = excluded.former, cell = excluded.cell,
        address = excluded.address, announced = excluded.announced, link = excluded.link,
        given_on = excluded.given_on, announced_cell = excluded.announced_cell, import = excluded.import,
        line = excluded.line, raw = excluded.raw
"""


class SqliteRoll:
    """Agencies by code."""

    def __init__(self, pen: Pen, rules: Rules) -> None:
        self._pen, self._rules = pen, rules

    async def replace(self, register: Register, at: datetime) -> bool:
        """Take a whole file for the register; False where the last import was of these very bytes."""
        return await self._pen.write(self._replace, register, stamp(at))

    async def agency(self, code: str) -> Agency | None:
        """Return an agency of the last import, or None."""
        return await self._pen.read(find, code)

    def _replace(self, db: apsw.Connection, register: Register, at: str) -> bool:
        last = db.execute("SELECT digest FROM import ORDER BY id DESC LIMIT 1").get
        if last == register.digest:
            return False
        db.execute(
            "INSERT INTO import (at, source, digest, good, bad) VALUES (?, ?, ?, ?, ?)",
            (at, register.source, register.digest, len(register.entries), len(register.problems)),
        )
        number = db.last_insert_rowid()
        db.executemany(
            "INSERT INTO problem VALUES (?, ?, ?, ?, ?)",
            ((number, p.line, cells(p.raw), p.problem, p.remedy) for p in register.problems),
        )
        db.execute("UPDATE agency SET listed = 0 WHERE listed")
        db.executemany(UPSERT, self._rows(register.entries, number))
        db.execute(MARK_ALL)
        return True

    def _rows(self, entries: Iterable[Entry], number: int) -> Iterable[tuple[Any, ...]]:
        for entry in entries:
            a, announcement = entry.agency, entry.agency.announcement
            yield (
                a.code, a.name, a.kind, a.province, a.superior, a.status, a.former, a.cell,
                writes_to(a, judge(a, self._rules)), int(announcement is not None),
                announcement.link if announcement else "",
                announcement.given_on.isoformat() if announcement and announcement.given_on else None,
                announcement.cell if announcement else "", number, entry.line, cells(entry.raw),
            )


def find(db: apsw.Connection, code: str) -> Agency | None:
    """Return an agency of the last import, or None."""
    row = ask_one(db, FIND, (code,))
    return agency(row) if row else None
