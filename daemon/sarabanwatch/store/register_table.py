"""The register as rows that hold from one import until another; nothing is overwritten.

An import is one transaction: the old register or the new one, never half of each. An undo is an
import of what stood before, so it is part of the history and can be undone itself.
"""

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sarabanwatch.core.address import Rules
from sarabanwatch.core.address import judge as judge_address
from sarabanwatch.core.calendar import short_moment
from sarabanwatch.core.facts.agency import Agency, Announcement
from sarabanwatch.core.judging.case import Judge
from sarabanwatch.core.judging.consequence import Consequences
from sarabanwatch.core.judging.incident import Kin, Scope
from sarabanwatch.core.register import Entry, Note, Register
from sarabanwatch.core.register.difference import Difference, ImportLimits, TooMuch, difference
from sarabanwatch.core.register.history import Import
from sarabanwatch.core.register.unread import count_unread_rows, with_unread_kept
from sarabanwatch.core.sending.plan import writes_to
from sarabanwatch.store import history
from sarabanwatch.store.judgements import JUDGE_ALL
from sarabanwatch.store.rehearsal import foreseen
from sarabanwatch.store.rows import AGENCY, agency, ask, ask_one, cells, moment
from sarabanwatch.store.tx import Tx

FIND = f"SELECT {AGENCY} FROM agency WHERE listed AND code = ?"
# From when on letters count for an address. That moment stays while only the wording of the cell
# changes; an undo restores the moment of the row to which it goes back.
BEGAN = """
    UPDATE declared AS d SET began = coalesce(
        (SELECT p.began FROM declared p
         WHERE p.code = d.code AND p.address = d.address AND p.since <= :restores
           AND (p.until IS NULL OR p.until > :restores)),
        CASE WHEN d.since < :number THEN d.began END,
        (SELECT p.began FROM declared p
         WHERE p.code = d.code AND p.address = d.address AND p.until = :number),
        :at)
    WHERE d.until IS NULL AND (d.since = :number OR :restores IS NOT NULL)
"""
KNOWN_LIST = """
    SELECT 1 FROM import
    WHERE digest = :digest AND channel <> 'undo'
      AND (:ever OR id >= (SELECT coalesce(max(id), 0) FROM import WHERE channel = :channel))
    LIMIT 1
"""
# Corrections by which the declared address still stands.
CORRECTED = """
    SELECT c.code, c.was, c.cell, c.at
    FROM correction c JOIN declared d ON d.code = c.code AND d.until IS NULL AND d.cell = c.cell
    WHERE c.accepted ORDER BY c.at
"""
ETAG = """
    INSERT INTO source VALUES (?, ?) ON CONFLICT (channel) DO UPDATE SET etag = excluded.etag
"""
NUMBER = """
    INSERT INTO import (at, source, digest, good, bad, channel, by, restores, notes)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
"""
AS_THEY_ARE = frozenset({"undo", "correction"})     # imports that are nobody's list
BY_HAND = Import()
Row = tuple[Any, ...]       # the columns that begin a new row where they change


class Rows(Mapping[str, Row]):
    """The rows of agencies by code, each made when it is asked for: a long list has very many."""

    def __init__(self, of: Mapping[str, Entry], made: Callable[[Entry], Row]) -> None:
        self._of, self._made = of, made

    def __getitem__(self, code: str) -> Row:
        return self._made(self._of[code])

    def __iter__(self) -> Iterator[str]:
        return iter(self._of)

    def __len__(self) -> int:
        return len(self._of)


def weigh(tx: Tx, register: Register, channel: str = "hand") -> Difference:
    """Return what a file would change that comes by a channel."""
    return _difference(tx, _to_be_laid(tx, register, channel))


def imported_before(tx: Tx, channel: str, digest: str, *, ever: bool) -> bool:
    """Say whether a file was taken: ever, or (not `ever`) since this channel brought last one.

    The import that this channel brought last counts as well.
    """
    return ask_one(tx, KNOWN_LIST, {"digest": digest, "ever": ever, "channel": channel}) is not None


def etag(tx: Tx, channel: str) -> str:
    """Return the ETag of what a source offered last, or what stands for one; "" for none."""
    return str((ask_one(tx, "SELECT etag FROM source WHERE channel = ?", (channel,)) or ("",))[0])


def keep_etag(tx: Tx, channel: str, etag: str) -> None:
    """Write down the ETag of what a source offered last."""
    tx.execute(ETAG, (channel, etag))


def foresee(
    tx: Tx, register: Register, rules: Rules, at: datetime, judge: Judge, how: Import = BY_HAND,
) -> Consequences:
    """Return what taking a list in this way would make of agencies. It writes, so rehearse it."""
    found = weigh(tx, register, how.channel)
    take(tx, register, rules, at, how)
    return foreseen(tx, [amendment.code for amendment in found.amendments], judge)


def replace(
    tx: Tx, register: Register, rules: Rules, at: datetime, *, how: Import = BY_HAND,
    limits: ImportLimits | None = None,
) -> bool:
    """Take a whole file for the register; return False where the last import had these very bytes.

    Raise TooMuch, with nothing done, where more would vanish, change or be unreadable than the
    `limits` allow.
    """
    return take(tx, register, rules, at, how, limits)


def restore(tx: Tx, number: int, rules: Rules, at: datetime, *, by: str = "") -> bool:
    """Take what stood after an import for the register; return False where that is what stands."""
    return take(tx, history.stood(tx, number), rules, at,
                Import(channel="undo", by=by, restores=number))


def take(
    tx: Tx, register: Register, rules: Rules, at: datetime, how: Import,
    limits: ImportLimits | None = None,
) -> bool:
    """Take a register, however it came; return False where the last import had these very bytes."""
    if tx.execute("SELECT digest FROM import ORDER BY id DESC LIMIT 1").get == register.digest:
        return False
    register = _to_be_laid(tx, register, how.channel)
    found = _difference(tx, register)
    if limits is not None and (excess := found.excess(limits)):
        raise TooMuch(found, excess)
    number = _number(tx, register, at, how)
    _amend(tx, found, number)
    del found       # of a long list it is large
    _lay(tx, register.entries, rules, number)
    tx.execute(BEGAN, {"restores": how.restores, "at": at, "number": number})
    tx.execute(JUDGE_ALL, (str(Kin(Scope.LIST, f"{number}")),))
    return True


def _lay(tx: Tx, entries: Sequence[Entry], rules: Rules, number: int) -> None:
    """Write a register's rows as they stood, their notes, and the three things read out of each."""
    of = {e.agency.code: e for e in entries}
    noted = {code: e for code, e in of.items() if e.notes}
    given = {code: (_announcement(tx, e.agency.announcement), e.agency.announcement.cell)
             for code, e in of.items() if e.agency.announcement}
    _turn(tx, number, "written", ("raw",), Rows(of, lambda e: (cells(e.raw),)))
    tx.executemany("UPDATE written SET line = ? WHERE code = ? AND since = ?",
                   ((e.line, e.agency.code, number) for e in entries))
    _turn(tx, number, "noted", ("notes",),
          Rows(noted, lambda e: (json.dumps(e.notes, ensure_ascii=False),)))
    _turn(tx, number, "entry", ("name", "kind", "province", "superior", "status", "former",
                                "unread"), Rows(of, _entry))
    _turn(tx, number, "declared", ("cell", "address"), Rows(
        of, lambda e: (e.agency.cell, writes_to(e.agency, judge_address(e.agency, rules)))))
    _turn(tx, number, "announced", ("announcement", "cell"), given)


def _entry(e: Entry) -> Row:
    a = e.agency
    return (a.name, a.kind, a.province, a.superior, a.status, a.former,
            " ".join(sorted(a.unread)))


def find(tx: Tx, code: str) -> Agency | None:
    """Return an agency of the register as it stands, or None."""
    row = ask_one(tx, FIND, (code,))
    return agency(row) if row else None


def _to_be_laid(tx: Tx, register: Register, channel: str) -> Register:
    """Return a list with what it could not tell, and what was corrected since, as that stands."""
    if channel in AS_THEY_ARE:
        return register
    return _corrected(tx, with_unread_kept(register, _stood(tx, register)))


def _stood(tx: Tx, register: Register) -> dict[str, Agency]:
    """Return the agencies that stand; one that the register has just so is not held twice."""
    now = {entry.agency.code: entry.agency for entry in register.entries}
    return {stood.code: now[stood.code] if now.get(stood.code) == stood else stood
            for stood in history.agencies(tx, history.last(tx))}


def _corrected(tx: Tx, register: Register) -> Register:
    """Return a list with the corrections kept where it still has the cell from before them.

    That a correction was kept is noted in the row.
    """
    standing = {code: (was, cell, at) for code, was, cell, at in ask(tx, CORRECTED)}
    return dataclasses.replace(register, entries=[_kept(tx, entry, *standing[entry.agency.code])
                                                  if entry.agency.code in standing else entry
                                                  for entry in register.entries])


def _kept(tx: Tx, entry: Entry, was: str, cell: str, at: str) -> Entry:
    now = find(tx, entry.agency.code)
    if now is None or entry.agency.cell != was:
        return entry
    english, thai = (short_moment(moment(at), lang) for lang in ("en", "th"))
    note = Note("cell", f"the list still has {was!r}; the correction of {english} stands",
                f"ในไฟล์ยังเป็น {was!r} จึงคงไว้ตามที่แก้ไขเมื่อ {thai}")
    listed = entry.agency.announcement
    given = listed if listed and listed.cell == cell else now.announcement
    corrected = dataclasses.replace(entry.agency, cell=cell, announcement=given)
    return dataclasses.replace(entry, agency=corrected, notes=(*entry.notes, note))


def _difference(tx: Tx, register: Register) -> Difference:
    rows = len(register.problems) + sum(not entry.kept for entry in register.entries)
    now = {entry.agency.code: entry.agency for entry in register.entries}
    return difference(_stood(tx, register), now, rows, count_unread_rows(register))


def _number(tx: Tx, register: Register, at: datetime, how: Import) -> int:
    """Write down that a file came in and which rows could not be read; return its number."""
    noted = json.dumps(list(register.notes), ensure_ascii=False)
    number = int(tx.execute(NUMBER, (
        at, register.source, register.digest, len(register.entries), len(register.problems),
        how.channel, how.by, how.restores, noted)).get)
    tx.executemany("INSERT INTO problem VALUES (?, ?, ?, ?, ?)",
                   ((number, p.line, cells(p.raw), p.problem, p.remedy) for p in register.problems))
    return number


def _amend(tx: Tx, found: Difference, number: int) -> None:
    """Write down what changes, as people read it."""
    tx.executemany("INSERT INTO amendment VALUES (?, ?, ?, ?, ?)", _amendments(found, number))


def _amendments(found: Difference, number: int) -> Iterator[tuple[Any, ...]]:
    for amendment in found.amendments:
        yield from ((number, amendment.code, change.what, change.was, change.now)
                    for change in amendment.changes)


def _turn(tx: Tx, number: int, table: str, columns: Sequence[str],
          now: Mapping[str, Row]) -> None:
    """End the rows of a table that no longer hold, and begin those that hold instead."""
    named = ", ".join(columns)
    standing = f"SELECT code, {named} FROM {table} WHERE until IS NULL"
    ends = f"UPDATE {table} SET until = ? WHERE code = ? AND until IS NULL"
    begins = f"INSERT INTO {table} (code, since, {named}) VALUES (?, ?{', ?' * len(columns)})"
    same, over = set[str](), list[str]()
    for code, *row in tx.stream(standing):
        if now.get(code) == tuple(row):
            same.add(code)
        else:
            over.append(code)
    tx.executemany(ends, ((number, code) for code in over))
    tx.executemany(begins, ((code, number, *now[code]) for code in now if code not in same))


def _announcement(tx: Tx, given: Announcement) -> int:
    """Return the number of an announcement, which many agencies may share."""
    named = given.link, given.given_on.isoformat() if given.given_on else ""
    tx.execute("INSERT INTO announcement (link, given_on) VALUES (?, ?) ON CONFLICT DO NOTHING",
               named)
    return int(tx.execute("SELECT id FROM announcement WHERE link = ? AND given_on = ?", named).get)
