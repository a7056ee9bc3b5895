"""How the register came to be what it is: every import, its changes, and the register after it."""

import json
from collections.abc import Iterator
from datetime import date, datetime

from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts.agency import Agency
from sarabanwatch.core.register import Entry, Note, Problem, Register
from sarabanwatch.core.register.difference import Change, ChangeKind
from sarabanwatch.core.register.history import Import, PastValue
from sarabanwatch.store.rows import agency, ask, ask_one, moment, notes
from sarabanwatch.store.tx import Tx


def held(table: str) -> str:
    """Return what is true in SQL of a row that held right after the import :number."""
    return f"{table}.since <= :number AND ({table}.until IS NULL OR {table}.until > :number)"


STOOD = f"""
    SELECT e.code, e.name, e.kind, e.province, e.superior, e.status, e.former, d.cell,
           a.announcement IS NOT NULL, coalesce(n.link, ''), nullif(n.given_on, ''),
           coalesce(a.cell, ''), e.unread, w.line, w.raw, o.notes
    FROM entry e
         JOIN declared d ON d.code = e.code AND {held('d')}
         JOIN written w ON w.code = e.code AND {held('w')}
         LEFT JOIN noted o ON o.code = e.code AND {held('o')}
         LEFT JOIN announced a ON a.code = e.code AND {held('a')}
         LEFT JOIN announcement n ON n.id = a.announcement
    WHERE {held('e')}
"""
# Bodies that another succeeds are left out, as the view `agency` leaves them out.
UNSUCCEEDED = f"""
    AND NOT EXISTS (SELECT 1 FROM entry s
                    WHERE s.former = e.code AND s.former <> '' AND e.former <> s.code
                      AND {held('s')})
"""
PROBLEMS = "SELECT line, raw, problem, remedy FROM problem WHERE import = ? ORDER BY line"
IMPORTS = "SELECT id, at, source, good, bad, channel, by, restores FROM import"
# What the register says of one agency: the text, since which import, until which, and its day.
LINES = {
    "agency": "SELECT name || ' (' || kind || ')', since, until, '' FROM entry WHERE code = ?",
    "address": "SELECT cell, since, until, '' FROM declared WHERE code = ?",
    "announcement": """
        SELECT trim(n.link || ' ' || a.cell), a.since, a.until, n.given_on
        FROM announced a JOIN announcement n ON n.id = a.announcement WHERE a.code = ?
    """,
}
KEPT = f"""
    SELECT count(*), (SELECT good FROM import WHERE id = :number) FROM entry e WHERE {held('e')}
"""
CHANGES = """
    SELECT m.code, coalesce((SELECT e.name FROM entry e
                             WHERE e.code = m.code AND e.since <= m.import
                             ORDER BY e.since DESC LIMIT 1), ''), m.what, m.was, m.now
    FROM amendment m WHERE m.import = ? ORDER BY m.code, m.what
"""


def last(tx: Tx) -> int:
    """Return the number of the last import; 0 where there was none."""
    return int(tx.execute("SELECT coalesce(max(id), 0) FROM import").get)


def before(tx: Tx) -> int:
    """Return the number of the import before the last; raise RequestError where there was none."""
    row = ask_one(tx, "SELECT max(id) FROM import WHERE id < ?", (last(tx),))
    if row is None or row[0] is None:
        raise RequestError("there was no import before the last one: nothing to go back to")
    return int(row[0])


def known(tx: Tx, number: int) -> None:
    """Raise RequestError where there is no import of this number."""
    if ask_one(tx, "SELECT 1 FROM import WHERE id = ?", (number,)) is None:
        raise RequestError(f"there is no import {number}; `register history` lists all")


def _kept(tx: Tx, number: int) -> None:
    """Raise RequestError where the register that stood after an import was not kept."""
    known(tx, number)
    entries, good = next(ask(tx, KEPT, {"number": number}))
    if entries != good:
        raise RequestError(f"the register after import {number} is not kept: it is older than "
                           "the history; import its file again")


def stood(tx: Tx, number: int) -> Register:
    """Return the register that stood after an import, as its file had it; an empty one after none.

    Raise RequestError where it was not kept.
    """
    if not number:
        return Register("", "", (), ())
    _kept(tx, number)
    source, digest, noted = next(ask(tx, "SELECT source, digest, notes FROM import WHERE id = ?",
                                    (number,)))
    entries = [Entry(line, tuple(json.loads(raw)), agency(a), notes(noted))
               for *a, line, raw, noted in ask(tx, f"{STOOD} ORDER BY e.code", {"number": number})]
    problems = [Problem(line, tuple(json.loads(raw)), problem, remedy)
                for line, raw, problem, remedy in ask(tx, PROBLEMS, (number,))]
    return Register(source, digest, entries, problems, notes(noted))


def agencies(tx: Tx, number: int) -> Iterator[Agency]:
    """Yield the agencies of the register that stood after an import; none after none.

    Raise RequestError where it was not kept.
    """
    if number:
        _kept(tx, number)
        yield from (agency(a) for *a, _, _, _ in ask(tx, f"{STOOD} ORDER BY e.code",
                                                      {"number": number}))


def listed(tx: Tx, number: int) -> list[Agency]:
    """Return the agencies that counted after an import, by code; raise RequestError.

    A body that another one succeeds does not count.
    """
    _kept(tx, number)
    rows = ask(tx, f"{STOOD} {UNSUCCEEDED} ORDER BY e.code", {"number": number})
    return [agency(a) for *a, _, _, _ in rows]


def by(tx: Tx, at: datetime) -> int | None:
    """Return the number of the last import by a moment, or None."""
    row = ask_one(tx, "SELECT max(id) FROM import WHERE at <= ?", (at,))
    return row[0] if row else None


def imports(tx: Tx) -> Iterator[Import]:
    """Yield every import, the oldest first, with how many changes of each kind it made."""
    rows = list(ask(tx, f"{IMPORTS} ORDER BY id"))
    for number, at, source, good, bad, channel, by, restores in rows:
        counts = ask(tx, "SELECT what, count(*) FROM amendment WHERE import = ? GROUP BY what",
                     (number,))
        yield Import(number, moment(at), source, good, bad, channel, by, restores,
                     {ChangeKind(what): n for what, n in counts})


def changes(tx: Tx, number: int) -> Iterator[tuple[str, str, Change]]:
    """Yield (code, name, change) of all that an import changed, by code."""
    for code, name, what, was, now in ask(tx, CHANGES, (number,)):
        yield code, name, Change(ChangeKind(what), was, now)


def lines(tx: Tx, code: str) -> list[PastValue]:
    """Return what the register said of one agency, with dates.

    Its name and kind, its address, its announcement; of each the oldest first.
    """
    at = {number: moment(text) for number, text in ask(tx, "SELECT id, at FROM import")}
    return [PastValue(thing, value, at[since], _ended(at, until),
                      date.fromisoformat(given_on) if given_on else None)
            for thing, sql in LINES.items()
            for value, since, until, given_on in ask(tx, f"{sql} ORDER BY 2", (code,))]


def notes_of(tx: Tx, code: str) -> tuple[Note, ...]:
    """Return what had to be interpreted to read an agency's row as it stands."""
    row = ask_one(tx, "SELECT notes FROM noted WHERE code = ? AND until IS NULL", (code,))
    return notes(row[0]) if row else ()


def _ended(at: dict[int, datetime], until: int | None) -> datetime | None:
    return at[until] if until else None
