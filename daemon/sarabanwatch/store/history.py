"""How the register came to be what it is: every import, what it changed, and the register that stood after it."""

import json
from collections.abc import Iterator
from datetime import datetime

from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts.agency import Agency
from sarabanwatch.core.register import Entry, Note, Problem, Register
from sarabanwatch.core.register.difference import Change, ChangeKind
from sarabanwatch.core.register.history import Import, PastValue
from sarabanwatch.store.rows import agency, ask, ask_one, moment, notes
from sarabanwatch.store.tx import Tx

STOOD = """
    SELECT e.code, e.name, e.kind, e.province, e.superior, e.status, e.former, d.cell, a.announcement IS NOT NULL,
           ifnull(n.link, ''), nullif(n.given_on, ''), ifnull(a.cell, ''), e.unread, w.line, w.raw, o.notes
    FROM entry e JOIN declared d ON d.code = e.code AND d.since <= ?1 AND ifnull(d.until > ?1, 1)
         JOIN written w ON w.code = e.code AND w.since <= ?1 AND ifnull(w.until > ?1, 1)
         LEFT JOIN noted o ON o.code = e.code AND o.since <= ?1 AND ifnull(o.until > ?1, 1)
         LEFT JOIN announced a ON a.code = e.code AND a.since <= ?1 AND ifnull(a.until > ?1, 1)
         LEFT JOIN announcement n ON n.id = a.announcement
    WHERE e.since <= ?1 AND ifnull(e.until > ?1, 1) {succeeded} ORDER BY e.code
"""
SUCCEEDED = """
    AND NOT EXISTS (SELECT 1 FROM entry s WHERE s.former = e.code AND s.former <> '' AND e.former <> s.code
                                            AND s.since <= ?1 AND ifnull(s.until > ?1, 1))
"""    # as the view `agency` has it
IMPORTS = "SELECT id, at, source, good, bad, way, by, restores FROM import"
# the lines of one agency: what it said, since when, until when
LINES = {
    "agency": "SELECT name || ' (' || kind || ')', since, until FROM entry WHERE code = ?",
    "address": "SELECT cell, since, until FROM declared WHERE code = ?",
    "announcement": """SELECT trim(n.link || ' ' || n.given_on || ' ' || a.cell), a.since, a.until
                       FROM announced a JOIN announcement n ON n.id = a.announcement WHERE a.code = ?""",
}


def last(tx: Tx) -> int:
    """Return the number of the last import; 0 where there was none."""
    return int(tx.execute("SELECT ifnull(max(id), 0) FROM import").get)


def before(tx: Tx) -> int:
    """Return the number of the import before the last; raise RequestError."""
    row = ask_one(tx, "SELECT max(id) FROM import WHERE id < ?", (last(tx),))
    if row is None or row[0] is None:
        raise RequestError("there was no import before the last one: nothing to go back to")
    return int(row[0])


def known(tx: Tx, number: int) -> None:
    """Raise RequestError where there is none of this number."""
    if ask_one(tx, "SELECT 1 FROM import WHERE id = ?", (number,)) is None:
        raise RequestError(f"there is no import {number}; `register history` lists all")


def _kept(tx: Tx, number: int) -> None:
    """Raise RequestError where the register that stood after an import was not kept."""
    known(tx, number)
    lines, good = next(ask(tx, "SELECT count(*), (SELECT good FROM import WHERE id = ?1) FROM entry "
                               "WHERE since <= ?1 AND ifnull(until > ?1, 1)", (number,)))
    if lines != good:
        raise RequestError(
            f"the register after import {number} is not kept: it is older than the history; import its file again"
        )


def stood(tx: Tx, number: int) -> Register:
    """Return the register that stood after an import, as its file told it; an empty one after none. Raise RequestError."""
    if not number:
        return Register("", "", (), ())
    _kept(tx, number)
    source, digest, said = next(ask(tx, "SELECT source, digest, notes FROM import WHERE id = ?",
                                    (number,)))
    entries = [Entry(line, tuple(json.loads(raw)), agency(a), notes(noted))
               for *a, line, raw, noted in ask(tx, STOOD.format(succeeded=""), (number,))]
    problems = [Problem(line, tuple(json.loads(raw)), problem, remedy)
                for line, raw, problem, remedy in ask(
        tx, "SELECT line, raw, problem, remedy FROM problem WHERE import = ? ORDER BY line",
        (number,))]
    return Register(source, digest, entries, problems, notes(said))


def listed(tx: Tx, number: int) -> list[Agency]:
    """Return the agencies that counted after an import, by code: those that no other body succeeded. Raise RequestError."""
    _kept(tx, number)
    return [agency(a) for *a, _, _, _ in ask(tx, STOOD.format(succeeded=SUCCEEDED), (number,))]


def by(tx: Tx, at: datetime) -> int | None:
    """Return the number of the last import by a moment, or None."""
    row = ask_one(tx, "SELECT max(id) FROM import WHERE at <= ?", (at,))
    return row[0] if row else None


def imports(tx: Tx) -> Iterator[Import]:
    """Yield every import, oldest first, with how much of what it changed."""
    for number, at, source, good, bad, way, by, restores in list(ask(tx, f"{IMPORTS} ORDER BY id")):
        counts = ask(tx, "SELECT what, count(*) FROM amendment WHERE import = ? GROUP BY what",
                     (number,))
        yield Import(number, moment(at), source, good, bad, way, by, restores,
                     {ChangeKind(what): n for what, n in counts})


def changes(tx: Tx, number: int) -> Iterator[tuple[str, str, Change]]:
    """Yield code, name and change of all that an import changed, by code."""
    rows = ask(
        tx, """SELECT m.code, ifnull((SELECT name FROM entry e WHERE e.code = m.code AND e.since <= m.import
                                      ORDER BY e.since DESC LIMIT 1), ''), m.what, m.was, m.now
               FROM amendment m WHERE m.import = ? ORDER BY m.code, m.what""", (number,))
    for code, name, what, was, now in rows:
        yield code, name, Change(ChangeKind(what), was, now)


def lines(tx: Tx, code: str) -> list[PastValue]:
    """Return the dated lines of one agency: name and kind, address, announcement; each oldest first."""
    at = {number: moment(text) for number, text in ask(tx, "SELECT id, at FROM import")}
    return [PastValue(thing, said, at[since], _ended(at, until)) for thing, sql in LINES.items()
            for said, since, until in ask(tx, f"{sql} ORDER BY 2", (code,))]


def said_of(tx: Tx, code: str) -> tuple[Note, ...]:
    """Return what had to be interpreted to read the row of an agency as it stands."""
    row = ask_one(tx, "SELECT notes FROM noted WHERE code = ? AND until IS NULL", (code,))
    return notes(row[0]) if row else ()


def _ended(at: dict[int, datetime], until: int | None) -> datetime | None:
    return at[until] if until else None
