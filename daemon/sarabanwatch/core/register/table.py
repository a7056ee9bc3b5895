"""The sheets of a file, as rows of text -> a register.

Which sheets are read, where the heading is, and whether each column holds what its heading says.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sarabanwatch.core.register import cells, dates, headings, kinds, remarks
from sarabanwatch.core.register.headings import HEADINGS, Aliases
from sarabanwatch.core.register.records import (
    Entry,
    FileRow,
    Note,
    Problem,
    Sheet,
    Unreadable,
    quoted,
)
from sarabanwatch.core.register.rows import read

HEADING_WITHIN = 20    # title rows may stand above the heading
SAMPLE, LONG = 500, 200   # rows, and characters of a cell, by which a column is checked
ANOTHER_EDITION = 0.1  # share of codes that stand in earlier sheets too, above which it is one
NAMED = 12             # lines that a note names at most
EMPTY = "it is empty"


class Table(NamedTuple):
    """What was read in a file: entries and problems; the notes name the rows that were left out."""

    entries: list[Entry]
    problems: list[Problem]
    notes: tuple[Note, ...]
    columns: tuple[tuple[str, int, str], ...]


class _Heading(NamedTuple):
    """A sheet's heading, its line, the rows below it, the number of rows above it."""

    where: dict[str, int]
    names: tuple[str, ...]
    line: int
    rest: list[FileRow]
    skipped: int


class _Part(NamedTuple):
    """A sheet with its heading."""

    sheet: Sheet
    heading: _Heading

    @property
    def codes(self) -> frozenset[str]:
        """The cells of its column of codes."""
        at = self.heading.where["code"]
        cells_ = (row.cells[at].strip() for row in self.heading.rest if len(row.cells) > at)
        return frozenset(filter(None, cells_))


def table(sheets: Iterable[Sheet], wanted: str = "", more: Aliases | None = None) -> Table:
    """Read the first sheet with the needed headings and all others like it, or the `wanted` one.

    A hidden sheet is read only where it is wanted. Raise Unreadable where no sheet can be read.
    """
    problems: list[Unreadable] = []
    every, parts = list(sheets), list[_Part]()
    for sheet in _in_question(every, wanted):
        try:
            parts.append(_Part(sheet, _heading(sheet, more)))
        except Unreadable as error:
            problems.append(error)
    if not parts:
        raise next((p for p in problems if p.problem != EMPTY), problems[0])
    alike, editions = _alike(parts)
    named = {part.sheet.name for part in alike}
    others = [sheet.name for sheet in every if not sheet.hidden and sheet.name not in named]
    return _read(alike, [*_which(alike, others), *map(_edition, editions)])


def _in_question(sheets: Sequence[Sheet], wanted: str) -> Sequence[Sheet]:
    if not wanted:
        seen = [sheet for sheet in sheets if not sheet.hidden]
        if not seen:
            raise Unreadable("every sheet is hidden", "show one, or name it with --sheet",
                             "ทุกแผ่นงานถูกซ่อนไว้")
        return seen
    named = [sheet for sheet in sheets if sheet.name == wanted]
    if not named:
        raise Unreadable(
            f"no sheet {wanted!r}",
            f"it has {', '.join(repr(s.name) for s in sheets if s.name) or 'no sheets'}",
            f"ไม่พบแผ่นงาน {wanted!r}",
        )
    return named


def _alike(parts: Sequence[_Part]) -> tuple[list[_Part], list[_Part]]:
    """Return the first sheet and those of its shape, and other editions of them."""
    alike, editions, seen = [parts[0]], list[_Part](), set(parts[0].codes)
    for part in parts[1:]:
        if part.heading.where != parts[0].heading.where:
            continue
        again = len(part.codes & seen) > ANOTHER_EDITION * len(part.codes)
        (editions if again else alike).append(part)
        seen |= part.codes
    return alike, editions


def _heading(sheet: Sheet, more: Aliases | None) -> _Heading:
    """Find the heading. Where it has two lines, each column is called by both."""
    every = list(sheet.rows)
    found = {i: headings.found(row.cells, more, sheet.unseen)
             for i, row in enumerate(every[:HEADING_WITHIN]) if not row.blank}
    if not found:
        raise Unreadable(EMPTY, "give a register with a heading line", "ไฟล์ว่าง")
    top = at = next((i for i, where in found.items() if where.keys() >= set(headings.REQUIRED)), -1)
    if at < 0:
        at = max(found, key=lambda i: len(found[i]))
        headings.columns(every[at].cells, more)   # raises, naming what is missing
    while found.get(at + 1, {}).keys() >= set(headings.REQUIRED):
        at += 1
    if at == top and at + 1 < len(every) and remarks.below_a_heading(every[at + 1], found[at]):
        at += 1
    where = headings.found(every[at].cells, more, sheet.unseen)
    names = every[at].cells
    if at > top:
        where, names = headings.of_two(every[at - 1], every[at], more, sheet.unseen)
    return _Heading(where, names, every[at].line, every[at + 1:], top)


def _read(parts: Sequence[_Part], notes: list[Note]) -> Table:
    first = parts[0].heading
    rows, passed, before = list[FileRow](), list[FileRow](), 0
    for part in parts:
        placed = [row._replace(line=row.line + before) if before else row
                  for row in part.heading.rest if not row.blank]
        where, names = part.heading.where, part.heading.names
        over = {row.line for i, row in enumerate(placed)
                if remarks.no_agency(row, where, names, first=i == 0)}
        rows += [row for row in placed if row.line not in over]
        passed += [row for row in placed if row.line in over]
        before = max((row.line for row in placed), default=before)
    _in_their_places(first.where, rows[:SAMPLE])
    notes += [*_notes_on(first, rows, parts[0].sheet.unseen), *_passed_over(passed)]
    entries, problems = read(rows, first.where)
    columns = tuple((field, i, first.names[i].strip()) for field, i in first.where.items())
    return Table(entries, problems, (*notes, *_counted(rows, entries)), columns)


def _which(alike: Sequence[_Part], others: Sequence[str]) -> Iterator[Note]:
    """Say which sheets of a workbook were read, and which were not: they may list agencies too."""
    name, named = alike[0].sheet.name, ", ".join(map(quoted, others))
    if len(alike) > 1:
        yield _several(alike)
    elif name and not others:
        yield Note("", f"sheet {quoted(name)} read", f"อ่านแผ่นงาน {quoted(name)}")
    if others:
        yield Note("", f"sheet {quoted(name)} read; not read: {named}; --sheet NAME reads another",
                   f"อ่านแผ่นงาน {quoted(name)} ไม่อ่าน {named} หากต้องการแผ่นอื่นให้ใช้ --sheet")


def _several(alike: Sequence[_Part]) -> Note:
    begins, spans = 0, list[str]()
    for part in alike:
        last = max((row.line for row in part.heading.rest if not row.blank),
                   default=part.heading.line)
        spans.append(f"{quoted(part.sheet.name)} ({begins + 1:,}-{begins + last:,})")
        begins += last
    return Note(
        "", f"{len(alike)} sheets of one shape read as one list, by lines: {', '.join(spans)}",
        f"อ่านแผ่นงานที่มีรูปแบบเดียวกัน {len(alike)} แผ่นเป็นรายการเดียว (บรรทัด): {', '.join(spans)}",
    )


def _edition(part: _Part) -> Note:
    name = quoted(part.sheet.name)
    return Note(
        "",
        f"sheet {name} names agencies of the sheets before it again, as another edition would; "
        "--sheet reads it",
        f"แผ่นงาน {name} มีหน่วยงานซ้ำกับแผ่นก่อนหน้า น่าจะเป็นฉบับอื่น หากต้องการให้ใช้ --sheet",
    )


def _notes_on(heading: _Heading, rows: Sequence[FileRow], unseen: frozenset[int]) -> Iterator[Note]:
    if heading.skipped:
        yield Note("", f"heading in line {heading.line}; the rows above it are titles",
                   f"หัวตารางอยู่บรรทัด {heading.line} แถวเหนือขึ้นไปเป็นชื่อเรื่อง")
    for name, at in headings.doubled(heading.names, heading.where):
        visible = bool(unseen) and at not in unseen
        which = "the one that is not hidden" if visible else "the first"
        thai = "คอลัมน์ที่ไม่ถูกซ่อน" if visible else "คอลัมน์แรก"
        yield Note("", f"more than one column is called {name}; {which} is read",
                   f"มีคอลัมน์ชื่อ {name} มากกว่าหนึ่ง อ่าน{thai}")
    for field, at in heading.where.items():
        if at in unseen:
            yield Note(field, "the column is hidden in the workbook, and read",
                       "คอลัมน์นี้ถูกซ่อนในสมุดงาน แต่อ่านด้วย")
    if not rows:
        yield Note("", "a heading and no rows", "มีแต่หัวตาราง ไม่มีข้อมูล")
    if "cell" not in heading.where:
        yield _without_addresses(heading, rows)


def _passed_over(rows: Sequence[FileRow]) -> Iterator[Note]:
    if rows:
        more = " ..." if len(rows) > NAMED else ""
        lines = ", ".join(f"{row.line}" for row in rows[:NAMED]) + more
        yield Note("", f"{len(rows):,} rows are totals, remarks or the heading again, "
                       f"and passed over: line {lines}",
                   f"ข้าม {len(rows):,} แถวที่เป็นยอดรวม หมายเหตุ หรือหัวตารางซ้ำ: บรรทัด {lines}")


def _counted(rows: Sequence[FileRow], entries: Sequence[Entry]) -> Iterator[Note]:
    """Count what a person should look at: cells that were not read, and rows that are hidden."""
    for field, number in Counter(field for entry in entries for field in entry.unread).items():
        yield Note(field, f"{number:,} cells not read: what stood for them stays",
                   f"อ่านไม่ได้ {number:,} ช่อง จึงคงข้อมูลเดิมไว้")
    hidden = sum(any(at is None for at, *_ in row.marks.remarks) for row in rows)
    if hidden:
        yield Note("", f"{hidden:,} rows are hidden in the workbook, and read",
                   f"มี {hidden:,} แถวที่ถูกซ่อนในสมุดงาน แต่อ่านด้วย")


def _without_addresses(heading: _Heading, rows: Iterable[FileRow]) -> Note:
    name = HEADINGS["cell"][0]
    with_at = ((row, i) for row in rows for i, cell in enumerate(row.cells) if "@" in cell)
    for row, i in with_at:
        over = heading.names[i].strip() if i < len(heading.names) else ""
        raise Unreadable(
            f"no column {name} in the heading, but line {row.line} has an address under {over!r}",
            f"call that column {name}, or name it in register.headings",
            f"ไม่พบหัวคอลัมน์ {name} แต่บรรทัด {row.line} มีอีเมลในคอลัมน์ {over!r}",
        )
    return Note("", f"no column {name}: no agency gets an address from it",
                f"ไม่มีคอลัมน์ {name} จึงไม่ได้อีเมลของหน่วยงานใด")


def _is_day(cell: str) -> bool:
    try:
        dates.read_date(cell)
    except Unreadable:
        return False
    return not cell.isdecimal()


def _is_code(cell: str) -> bool:
    return len(cell) >= 4 and cell.translate(cells.ARABIC).removesuffix(".0").isdecimal()


LOOKS: dict[str, Callable[[str], bool]] = {   # what a field's cells look like
    "code":     _is_code,
    "kind":     lambda cell: kinds.kind_named(cell) is not None,
    "cell":     lambda cell: "@" in cell,
    "link":     lambda cell: cell.startswith(("http://", "https://", "www.")),
    "given_on": _is_day,
}
FEW, MOST, ENOUGH = 0.2, 0.8, 2
# (a, b): the cells of b look like those of a, and should
BY_RIGHT = {("cell", "announced"), ("code", "former")}


def _in_their_places(where: Mapping[str, int], rows: Sequence[FileRow]) -> None:
    """Raise Unreadable where what one column should hold stands under another's heading."""
    columns = {field: [cell for row in rows if i < len(row.cells)
                       and (cell := cells.given(row.cells[i][:LONG]))]
               for field, i in where.items()}
    columns = {field: column for field, column in columns.items() if len(column) >= ENOUGH}
    for field, looks in LOOKS.items():
        if field not in columns or _share(columns[field], looks) > FEW:
            continue
        swapped = (other for other, column in columns.items()
                   if _share(column, looks) >= MOST and (field, other) not in BY_RIGHT)
        for other in swapped:
            name, over = HEADINGS[field][0], HEADINGS[other][0]
            raise Unreadable(
                f"the columns look swapped: what should be under {name} stands under {over}",
                "put each heading over its own column",
                f"คอลัมน์น่าจะสลับกัน: ข้อมูลของ {name} อยู่ใต้ {over}",
            )


def _share(column: Sequence[str], looks: Callable[[str], bool]) -> float:
    return sum(map(looks, column)) / len(column) if column else 0.0
