"""The sheets of a file -> a register: which sheet, where the heading is, whether its columns stand in their places.

Pure: the sheets come as rows of text; how they were got out of a file is not known here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from sarabanwatch.core.register import cells, dates, headings, kinds
from sarabanwatch.core.register.headings import HEADINGS, Aliases
from sarabanwatch.core.register.records import Entry, Note, Problem, Row, Sheet, Unreadable, shown
from sarabanwatch.core.register.rows import read

HEADING_WITHIN = 20    # title rows may stand above the heading
SAMPLE, LONG = 500, 200   # rows, and characters of a cell, by which columns are told apart
EMPTY = "it is empty"


class Table(NamedTuple):
    """What was read out of a file's sheet: rows in = entries + problems."""

    entries: list[Entry]
    problems: list[Problem]
    notes: tuple[Note, ...]
    columns: tuple[tuple[str, int, str], ...]


class _Heading(NamedTuple):
    where: dict[str, int]
    row: Row
    rest: list[Row]
    skipped: int


def table(sheets: Iterable[Sheet], wanted: str = "", more: Aliases | None = None) -> Table:
    """Read the first sheet with the needed headings, or the one asked for (hidden ones only so); raise Unreadable."""
    problems: list[Unreadable] = []
    every = list(sheets)
    for sheet in _in_question(every, wanted):
        try:
            heading = _heading(sheet.rows, more)
        except Unreadable as error:
            problems.append(error)
        else:
            return _read(sheet, heading, [each.name for each in every if each is not sheet and not each.hidden])
    raise next((p for p in problems if p.problem != EMPTY), problems[0])


def _in_question(sheets: Sequence[Sheet], wanted: str) -> Sequence[Sheet]:
    if not wanted:
        seen = [sheet for sheet in sheets if not sheet.hidden]
        if not seen:
            raise Unreadable("every sheet is hidden", "show one, or name it with --sheet", "ทุกแผ่นงานถูกซ่อนไว้")
        return seen
    named = [sheet for sheet in sheets if sheet.name == wanted]
    if not named:
        raise Unreadable(f"no sheet {wanted!r}", f"it has {', '.join(repr(s.name) for s in sheets if s.name) or 'no sheets'}",
                         f"ไม่พบแผ่นงาน {wanted!r}")
    return named


def _heading(rows: Iterable[Row], more: Aliases | None) -> _Heading:
    """Find the heading, and take the lowest of several lines that would do (a heading of two lines, or in two languages)."""
    every = list(rows)
    found = {i: headings.found(row.cells, more) for i, row in enumerate(every[:HEADING_WITHIN]) if not row.blank}
    if not found:
        raise Unreadable(EMPTY, "give a register with a heading line", "ไฟล์ว่าง")
    at = next((i for i, where in found.items() if where.keys() >= set(headings.REQUIRED)), None)
    if at is None:
        at = max(found, key=lambda i: len(found[i]))
        headings.columns(every[at].cells, more)   # raises, naming what is missing
    while found.get(at + 1, {}).keys() >= set(headings.REQUIRED):
        at += 1
    return _Heading(found[at], every[at], every[at + 1:], at)


def _read(sheet: Sheet, heading: _Heading, others: Sequence[str]) -> Table:
    rows = [row for row in heading.rest if not row.blank]
    where = heading.where
    _in_their_places(where, rows[:SAMPLE])
    notes = (*_which(sheet.name, others), *_said(heading, rows))
    entries, problems = read(rows, where)
    columns = tuple((field, i, heading.row.cells[i].strip()) for field, i in where.items())
    return Table(entries, problems, notes, columns)


def _which(name: str, others: Sequence[str]) -> Iterable[Note]:
    """Say which of a workbook's sheets was read, and which others there are: they may be lists of agencies too."""
    named = ", ".join(map(shown, others))
    if others:
        yield Note("", f"sheet {shown(name)} read; not read: {named}; --sheet NAME reads another",
                   f"อ่านแผ่นงาน {shown(name)} ไม่อ่าน {named} หากต้องการแผ่นอื่นให้ใช้ --sheet")
    elif name:
        yield Note("", f"sheet {shown(name)} read", f"อ่านแผ่นงาน {shown(name)}")


def _said(heading: _Heading, rows: Sequence[Row]) -> Iterable[Note]:
    if heading.skipped:
        yield Note("", f"heading in line {heading.row.line}; the rows above it are titles",
                   f"หัวตารางอยู่บรรทัด {heading.row.line} แถวเหนือขึ้นไปเป็นชื่อเรื่อง")
    for name in headings.doubled(heading.row.cells, heading.where):
        yield Note("", f"more than one column is called {name}; the first is read",
                   f"มีคอลัมน์ชื่อ {name} มากกว่าหนึ่ง อ่านคอลัมน์แรก")
    if not rows:
        yield Note("", "a heading and no rows", "มีแต่หัวตาราง ไม่มีข้อมูล")
    if "cell" not in heading.where:
        yield _without_addresses(heading.row, rows)


def _without_addresses(heading: Row, rows: Iterable[Row]) -> Note:
    name = HEADINGS["cell"][0]
    for row in rows:
        for i, cell in enumerate(row.cells):
            if "@" in cell:
                over = heading.cells[i].strip() if i < len(heading.cells) else ""
                raise Unreadable(f"no column {name} in the heading, but line {row.line} has an address under {over!r}",
                                 f"call that column {name}, or name it in register.headings",
                                 f"ไม่พบหัวคอลัมน์ {name} แต่บรรทัด {row.line} มีอีเมลในคอลัมน์ {over!r}")
    return Note("", f"no column {name}: no agency has an address", f"ไม่มีคอลัมน์ {name} ทุกหน่วยงานจึงไม่มีอีเมล")


def _is_day(cell: str) -> bool:
    try:
        dates.read_date(cell)
    except Unreadable:
        return False
    return not cell.isdecimal()


LOOKS: dict[str, Callable[[str], bool]] = {   # by which a field is known among others
    "code":     lambda cell: len(cell) >= 4 and cell.translate(cells.ARABIC).removesuffix(".0").isdecimal(),
    "kind":     lambda cell: kinds.kind_named(cell) is not None,
    "cell":     lambda cell: "@" in cell,
    "link":     lambda cell: cell.startswith(("http://", "https://", "www.")),
    "given_on": _is_day,
}
FEW, MOST, ENOUGH = 0.2, 0.8, 2
BY_RIGHT = {("cell", "announced"), ("code", "former")}   # the second holds what looks like the first


def _in_their_places(where: Mapping[str, int], rows: Sequence[Row]) -> None:
    """Raise Unreadable where what one column should hold stands under another's heading."""
    held = {field: [cell for row in rows if i < len(row.cells) and (cell := cells.given(row.cells[i][:LONG]))]
            for field, i in where.items()}
    for field, looks in LOOKS.items():
        if len(held.get(field, ())) < ENOUGH or _share(held[field], looks) > FEW:
            continue
        for other, column in held.items():
            if len(column) >= ENOUGH and _share(column, looks) >= MOST and (field, other) not in BY_RIGHT:
                raise Unreadable(f"the columns look swapped: what should be under {HEADINGS[field][0]} "
                                 f"stands under {HEADINGS[other][0]}", "put each heading over its own column",
                                 f"คอลัมน์น่าจะสลับกัน: ข้อมูลของ {HEADINGS[field][0]} อยู่ใต้ {HEADINGS[other][0]}")


def _share(column: Sequence[str], looks: Callable[[str], bool]) -> float:
    return sum(map(looks, column)) / len(column) if column else 0.0
