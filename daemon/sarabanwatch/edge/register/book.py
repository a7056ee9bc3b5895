"""Workbooks (XLSX, XLS, ODS) -> rows of text, by python-calamine, which reads values, not formulas.

Numbers become text as the spreadsheet shows them, dates become 2025-11-28. Marks on cells (errors,
strikes, links, hidden rows) are read separately, by `biff`, `ods` and `xlsx`, if a file has any.
"""

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, time

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from sarabanwatch.core.register import FileRow, Note, Sheet, Unreadable
from sarabanwatch.core.register.records import NO_MARKS
from sarabanwatch.edge.register.bounds import MOST_CELLS, MOST_COLUMNS, trimmed
from sarabanwatch.edge.register.form import FileForm, damaged, locked
from sarabanwatch.edge.register.marks import SheetMarks

EXACT = 1e15   # above this a spreadsheet's number is not exact
SPARSE = 4     # the area of a sheet may be so many times MOST_CELLS

MarksReader = Callable[[str], SheetMarks]     # the marks of a sheet, by its name


def sheets(raw: bytes, form: FileForm, wanted: str) -> tuple[list[Sheet], tuple[Note, ...]]:
    """Return a workbook's sheets and notes on it; raise Unreadable."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        marks_of = _marks_reader(raw, form, [about.name for about in book.sheets_metadata])
        every = [_sheet(book, about, marks_of, wanted) for about in book.sheets_metadata
                 if about.typ is SheetTypeEnum.WorkSheet]
    except PasswordError:
        raise locked() from None
    except CalamineError:
        raise damaged() from None
    if not every:
        raise Unreadable("a workbook without sheets", "give one with a heading line",
                         "สมุดงานไม่มีแผ่นงาน")
    unread = [sheet.name for sheet in every if sheet.hidden and sheet.name != wanted]
    note = Note("", f"hidden sheets are not read: {', '.join(unread)}",
                f"ไม่อ่านแผ่นงานที่ซ่อน: {', '.join(unread)}")
    return every, (*form.notes, note) if unread else form.notes


def _marks_reader(raw: bytes, form: FileForm, names: Sequence[str]) -> MarksReader:
    """Return a function that gives the marks of a sheet by its name."""
    from sarabanwatch.edge.register import biff, ods, xlsx

    if form.kind == "xls":
        read = dict(zip(names, biff.sheet_marks(raw), strict=False))
        return lambda name: read.get(name, SheetMarks())
    if not form.parts:
        return lambda _: SheetMarks()
    archive = zipfile.ZipFile(io.BytesIO(raw))
    if form.kind == "ods":
        sheets = ods.sheet_marks(archive)
        return lambda name: sheets.get(name, SheetMarks())
    shared, where = xlsx.shared_marks(archive), xlsx.parts(archive)
    marked = frozenset(where.values()) if shared.formats or shared.texts else form.parts

    def marks_of(name: str) -> SheetMarks:
        part = where.get(name)
        return xlsx.sheet_marks(archive, part, shared) if part in marked and part else SheetMarks()
    return marks_of


def _sheet(book: CalamineWorkbook, about: SheetMetadata, marks_of: MarksReader,
           wanted: str) -> Sheet:
    hidden = about.visible is not SheetVisibleEnum.Visible
    marks = SheetMarks() if hidden and about.name != wanted else marks_of(about.name)
    return Sheet(about.name, hidden, _rows(book, about.name, marks),
                 frozenset(marks.hidden_columns))


def _rows(book: CalamineWorkbook, name: str, marks: SheetMarks) -> Iterator[FileRow]:
    try:
        sheet = book.get_sheet_by_name(name)
    except CalamineError:
        raise damaged() from None
    height, width = sheet.total_height, sheet.total_width
    if width > MOST_COLUMNS or height * width > SPARSE * MOST_CELLS:
        raise Unreadable(f"the sheet {name!r} spans {height:,} rows and {width:,} columns",
                         "take out what stands far from the table", "ตารางกว้างหรือยาวเกินไป")
    left = ("",) * (sheet.start[1] if sheet.start else 0)
    merged = _Merged(sheet)
    for number, values in enumerate(sheet.iter_rows()):
        row = merged.row(number, trimmed((*left, *map(as_text, values))))
        cells, row_marks = marks.of_row(number, row.cells)
        yield row if row_marks is NO_MARKS else row._replace(cells=cells, marks=row_marks)


class _Merged:
    """Fills down, row by row, the left column of merged cells that cover several rows."""

    def __init__(self, sheet: CalamineSheet) -> None:
        self._begin: dict[int, list[tuple[int, int]]] = {}
        # column: the last row covered, the first one's line, its text
        self._open: dict[int, tuple[int, int, str]] = {}
        for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
            if bottom > top and left < MOST_COLUMNS:
                self._begin.setdefault(top, []).append((left, bottom))

    def row(self, number: int, raw: tuple[str, ...]) -> FileRow:
        """Return a row in which cells that are merged with one above have its text."""
        self._open = {column: held for column, held in self._open.items() if held[0] >= number}
        cells, filled = list(raw), []
        for column, (_, line, text) in self._open.items():
            cells += [""] * (column + 1 - len(cells))
            if not cells[column]:
                cells[column] = text
                filled.append((column, line))
        for column, bottom in self._begin.get(number, ()):
            if column < len(raw) and raw[column]:
                self._open[column] = bottom, number + 1, raw[column]
        return FileRow(number + 1, raw, tuple(cells), tuple(filled))


def as_text(value: object) -> str:
    """Return a cell as text: a number as the spreadsheet shows it, a day as 2025-11-28."""
    match value:
        case str():
            return value
        case bool():
            return str(value).upper()
        case float() if value.is_integer() and abs(value) < EXACT:
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case _:
            return str(value)
