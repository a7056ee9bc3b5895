"""The register: agency, announcement and address, each a line from one import until another. Nothing is overwritten.

An import is one transaction: the old register or the new one, never half of each. An undo is an import of what stood
before, so that it stands in the history and can itself be undone.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import apsw

from sarabanwatch.core.address import Rules, judge
from sarabanwatch.core.facts.agency import Agency, Announcement
from sarabanwatch.core.judging.consequence import Consequences
from sarabanwatch.core.judging.incident import Kin, Scope
from sarabanwatch.core.register import Entry, Note, Register
from sarabanwatch.core.register.difference import Difference, Limits, TooMuch, difference
from sarabanwatch.core.register.unread import gaps, settled
from sarabanwatch.core.sending.plan import writes_to
from sarabanwatch.ports import Import, Judge
from sarabanwatch.store import history, opt_outs
from sarabanwatch.store.judgements import MARK_ALL
from sarabanwatch.store.rehearsal import foreseen, taken_back
from sarabanwatch.store.rows import AGENCY, agency, ask, ask_one, cells, stamp
from sarabanwatch.store.writer import Pen

FIND = f"SELECT {AGENCY} FROM agency WHERE listed AND code = ?"  # noqa: S608 - our own column names
# An address keeps its line of evidence while only the cell's wording changes; an undo takes up the line it goes back to.
BEGAN = """
    UPDATE declared AS d SET began = coalesce(
        (SELECT p.began FROM declared p
         WHERE p.code = d.code AND p.address = d.address AND p.since <= ?1 AND ifnull(p.until > ?1, 1)),
        iif(d.since < ?3, d.began, NULL),
        (SELECT p.began FROM declared p WHERE p.code = d.code AND p.address = d.address AND p.until = ?3), ?2)
    WHERE d.until IS NULL AND (d.since = ?3 OR ?1 IS NOT NULL)
"""
TOOK = """
    SELECT 1 FROM import WHERE digest = ? AND way <> 'undo'
        AND (? OR id >= (SELECT ifnull(max(id), 0) FROM import WHERE way = ?)) LIMIT 1
"""
# Corrections under which the declared address still stands.
CORRECTED = """
    SELECT c.code, c.was, c.cell, c.at FROM correction c JOIN declared d ON d.code = c.code AND d.until IS NULL AND d.cell = c.cell
    WHERE c.accepted ORDER BY c.at
"""
AS_THEY_ARE = frozenset({"undo", "correction"})     # imports that are not lists of somebody's
Rows = dict[str, tuple[Any, ...]]   # code -> what turns a line


class SqliteRoll:
    """Agencies by code, and how the register came to be what it is."""

    def __init__(self, pen: Pen, rules: Rules) -> None:
        self._pen, self._rules = pen, rules

    async def weigh(self, register: Register) -> Difference:
        """Say what a file would change."""
        return await self._pen.read(lambda db: _difference(db, _settled(db, register)))

    async def foresee(
        self, register: Register, at: datetime, judge: Judge, *, way: str = "hand", restores: int | None = None,
    ) -> Consequences:
        """Say what taking a file, or going back to an earlier import, would make of agencies. Nothing stays written."""
        how = Import(way=way, restores=restores)
        return await taken_back(self._pen, self._foreseen, register, stamp(at), how, judge)

    async def replace(
        self, register: Register, at: datetime, *, way: str = "hand", by: str = "", limits: Limits | None = None,
    ) -> bool:
        """Take a whole file for the register; False where the last import was of these very bytes.

        Raise TooMuch, with nothing done, where more than the `limits` would vanish or change, or cannot be read.
        """
        return await self._pen.write(self._replace, register, stamp(at), Import(way=way, by=by), limits)

    async def restore(self, number: int, at: datetime, *, by: str = "") -> bool:
        """Take what stood after an import for the register; False where that is what stands."""
        return await self._pen.write(self._restore, number, stamp(at), by)

    async def took(self, way: str, digest: str, *, ever: bool) -> bool:
        """Say whether a file was taken: ever, or since this way last brought one (with that one)."""
        return await self._pen.read(
            lambda db: ask_one(db, TOOK, (digest, ever, way)) is not None)

    async def mark(self, way: str) -> str:
        """Return the mark of what a source offered last; "" where it is not known."""
        return await self._pen.read(lambda db: (ask_one(db, "SELECT mark FROM source WHERE way = ?", (way,)) or ("",))[0])

    async def marked(self, way: str, mark: str) -> None:
        """Remember the mark of what a source offered last."""
        await self._pen.write(lambda db: db.execute("INSERT OR REPLACE INTO source VALUES (?, ?)", (way, mark)))

    async def agency(self, code: str) -> Agency | None:
        """Return an agency of the register as it stands, or None."""
        return await self._pen.read(find, code)

    async def expire(self, at: datetime) -> int:
        """End the wishes to be left alone whose last day is over; return how many."""
        return await self._pen.write(opt_outs.expire, at)

    def take(self, db: apsw.Connection, register: Register, at: str, how: Import) -> bool:
        """As `replace`, within the caller's transaction; `at` as the ledger writes a moment."""
        return self._replace(db, register, at, how, None)

    def _restore(self, db: apsw.Connection, number: int, at: str, by: str) -> bool:
        return self._replace(db, history.stood(db, number), at, Import(way="undo", by=by, restores=number), None)

    def _foreseen(
        self, db: apsw.Connection, register: Register, at: str, how: Import, judge: Judge,
    ) -> Consequences:
        found = _difference(db, register if how.way in AS_THEY_ARE else _settled(db, register))
        self._replace(db, register, at, how, None)
        return foreseen(db, [amendment.code for amendment in found.amendments], judge)

    def _replace(self, db: apsw.Connection, register: Register, at: str, how: Import, limits: Limits | None) -> bool:
        if db.execute("SELECT digest FROM import ORDER BY id DESC LIMIT 1").get == register.digest:
            return False
        if how.way not in AS_THEY_ARE:
            register = _settled(db, register)
        found = _difference(db, register)
        if limits is not None and (excess := found.excess(limits)):
            raise TooMuch(found, excess)
        number = _number(db, register, at, how)
        _amend(db, found, number)
        self._lay(db, register.entries, number)
        db.execute(BEGAN, (how.restores, at, number))
        db.execute(MARK_ALL, (str(Kin(Scope.LIST, f"{number}")),))
        return True

    def _lay(self, db: apsw.Connection, entries: Sequence[Entry], number: int) -> None:
        """Turn the lines of the rows as written, of what was to be said of each, and of the three things read out of them."""
        agencies = [e.agency for e in entries]
        _turn(db, number, "written", ("raw",), {e.agency.code: (cells(e.raw),) for e in entries})
        db.executemany("UPDATE written SET line = ? WHERE code = ? AND since = ?",
                       ((e.line, e.agency.code, number) for e in entries))
        _turn(db, number, "noted", ("notes",), {
            e.agency.code: (json.dumps(e.notes, ensure_ascii=False),) for e in entries if e.notes})
        _turn(db, number, "entry", ("name", "kind", "province", "superior", "status", "former", "unread"), {
            a.code: (a.name, a.kind, a.province, a.superior, a.status, a.former, " ".join(sorted(a.unread))) for a in agencies})
        _turn(db, number, "declared", ("cell", "address"), {
            a.code: (a.cell, writes_to(a, judge(a, self._rules))) for a in agencies})
        _turn(db, number, "announced", ("announcement", "cell"), {
            a.code: (_announcement(db, a.announcement), a.announcement.cell) for a in agencies if a.announcement})


def find(db: apsw.Connection, code: str) -> Agency | None:
    """Return an agency of the register as it stands, or None."""
    row = ask_one(db, FIND, (code,))
    return agency(row) if row else None


def _settled(db: apsw.Connection, register: Register) -> Register:
    """Return a list as it may be held against what stands: what it could not say, and what was corrected since, stays."""
    return _corrected(db, settled(register, _stood(db)))


def _stood(db: apsw.Connection) -> dict[str, Agency]:
    return {entry.agency.code: entry.agency for entry in history.stood(db, history.last(db)).entries}


def _corrected(db: apsw.Connection, register: Register) -> Register:
    """Return a list with what was corrected since, where it still has the cell from before; that is noted in its row."""
    standing = {code: (was, cell, at) for code, was, cell, at in ask(db, CORRECTED)}
    return replace(register, entries=[_kept(db, entry, *standing[entry.agency.code])
                                      if entry.agency.code in standing else entry for entry in register.entries])


def _kept(db: apsw.Connection, entry: Entry, was: str, cell: str, at: str) -> Entry:
    now = find(db, entry.agency.code)
    if now is None or entry.agency.cell != was:
        return entry
    note = Note("cell", f"the list still has {was!r}; the correction of {at[:10]} stands",
                f"ในไฟล์ยังเป็น {was!r} จึงคงไว้ตามที่แก้ไขเมื่อ {at[:10]}")
    listed = entry.agency.announcement
    given = listed if listed and listed.cell == cell else now.announcement
    return replace(entry, agency=replace(entry.agency, cell=cell, announcement=given), notes=(*entry.notes, note))


def _difference(db: apsw.Connection, register: Register) -> Difference:
    rows = len(register.problems) + sum(not entry.kept for entry in register.entries)
    return difference(_stood(db), {e.agency.code: e.agency for e in register.entries}, rows, gaps(register))


def _number(db: apsw.Connection, register: Register, at: str, how: Import) -> int:
    """Write down that a file came in, and its rows that could not be read."""
    db.execute(
        "INSERT INTO import (at, source, digest, good, bad, way, by, restores, notes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (at, register.source, register.digest, len(register.entries), len(register.problems), how.way, how.by, how.restores,
         json.dumps(list(register.notes), ensure_ascii=False)))
    number = db.last_insert_rowid()
    db.executemany("INSERT INTO problem VALUES (?, ?, ?, ?, ?)",
                   ((number, p.line, cells(p.raw), p.problem, p.remedy) for p in register.problems))
    return number


def _amend(db: apsw.Connection, found: Difference, number: int) -> None:
    """Write down what changes, as people read it."""
    db.executemany("INSERT INTO amendment VALUES (?, ?, ?, ?, ?)", _amendments(found, number))


def _amendments(found: Difference, number: int) -> Iterator[tuple[Any, ...]]:
    for amendment in found.amendments:
        yield from ((number, amendment.code, change.what, change.was, change.now) for change in amendment.changes)


def _turn(db: apsw.Connection, number: int, table: str, columns: Sequence[str], now: Rows) -> None:
    """End the lines that no longer hold, and begin those that hold instead."""
    named = ", ".join(columns)
    was: Rows = {row[0]: row[1:] for row in ask(db, f"SELECT code, {named} FROM {table} WHERE until IS NULL")}  # noqa: S608 - our own names
    db.executemany(f"UPDATE {table} SET until = ? WHERE code = ? AND until IS NULL",  # noqa: S608 - as above
                   ((number, code) for code, row in was.items() if row != now.get(code)))
    marks = ", ".join("?" * len(columns))
    db.executemany(f"INSERT INTO {table} (code, since, {named}) VALUES (?, ?, {marks})",  # noqa: S608 - as above
                   ((code, number, *row) for code, row in now.items() if row != was.get(code)))


def _announcement(db: apsw.Connection, given: Announcement) -> int:
    """Return the number of an announcement, which many agencies may share."""
    named = given.link, given.given_on.isoformat() if given.given_on else ""
    db.execute("INSERT OR IGNORE INTO announcement (link, given_on) VALUES (?, ?)", named)
    return int(db.execute("SELECT id FROM announcement WHERE link = ? AND given_on = ?", named).get)
