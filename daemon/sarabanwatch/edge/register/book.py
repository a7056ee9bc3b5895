"""Workbooks -> rows of text: XLSX, XLS, ODS, by python-calamine, which reads values and never formulas.

Knows sheets and the types of cells. Numbers become text as the spreadsheet shows them, dates as 2025-11-28. What else a
workbook shows of its cells (errors, strikes, links, what is hidden) is read beside it, where there is anything of that kind.
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
from sarabanwatch.edge.register.bounds import MOST_CELLS, MOST_COLUMNS, trimmed, within
from sarabanwatch.edge.register.form import FileForm, damaged, locked
from sarabanwatch.edge.register.shown import SheetMarks

EXACT = 1e15   # a spreadsheet's number has no more digits
SPARSE = 4     # times as many cells as may be full


def sheets(raw: bytes, form: FileForm, wanted: str) -> tuple[list[Sheet], tuple[Note, ...]]:
    """Return a workbook's sheets, and what is to be said of it; raise Unreadable."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        besides = _besides(raw, form, [about.name for about in book.sheets_metadata])
        every = [_sheet(book, about, besides, wanted) for about in book.sheets_metadata
                 if about.typ is SheetTypeEnum.WorkSheet]
    except PasswordError:
        raise locked() from None
    except CalamineError:
        raise damaged() from None
    if not every:
        raise Unreadable("a workbook without sheets", "give one with a heading line",
                         "สมุดงานไม่มีแผ่นงาน")
    unread = [sheet.name for sheet in every if sheet.hidden and sheet.name != wanted]
    said = Note("", f"hidden sheets are not read: {', '.join(unread)}",
                f"ไม่อ่านแผ่นงานที่ซ่อน: {', '.join(unread)}")
    return every, (*form.notes, said) if unread else form.notes


def _besides(raw: bytes, form: FileForm, names: Sequence[str]) -> Callable[[str], SheetMarks]:
    """Return what tells, of a sheet by its name, what it shows besides values."""
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
    all_ = bool(shared.formats or shared.texts)
    return lambda name: xlsx.sheet_marks(archive, where[name], shared) if name in where and (
        all_ or where[name] in form.parts) else SheetMarks()


def _sheet(book: CalamineWorkbook, about: SheetMetadata, besides: Callable[[str], SheetMarks],
           wanted: str) -> Sheet:
    hidden = about.visible is not SheetVisibleEnum.Visible
    beside = SheetMarks() if hidden and about.name != wanted else besides(about.name)
    return Sheet(about.name, hidden, within(_rows(book, about.name, beside)),
                 frozenset(beside.unseen))


def _rows(book: CalamineWorkbook, name: str, beside: SheetMarks) -> Iterator[FileRow]:
    try:
        sheet = book.get_sheet_by_name(name)
    except CalamineError:
        raise damaged() from None
    if (
        sheet.total_width > MOST_COLUMNS
        or sheet.total_height * sheet.total_width > SPARSE * MOST_CELLS
    ):
        raise Unreadable(
            f"the sheet {name!r} spans {sheet.total_height:,} rows and {sheet.total_width:,} columns",
            "take out what stands far from the table", "ตารางกว้างหรือยาวเกินไป",
        )
    left = ("",) * (sheet.start[1] if sheet.start else 0)
    merged = _Merged(sheet)
    for number, values in enumerate(sheet.iter_rows()):
        row = merged.row(number, trimmed((*left, *map(as_text, values))))
        cells, besides = beside.beside(number, row.cells)
        yield row if besides is NO_MARKS else row._replace(cells=cells, beside=besides)


class _Merged:
    """Fills down what merged cells show, a row at a time: the left column of those that cover several rows."""

    def __init__(self, sheet: CalamineSheet) -> None:
        self._begin: dict[int, list[tuple[int, int]]] = {}
        # column: the last row covered, the first one's line, its text
        self._open: dict[int, tuple[int, int, str]] = {}
        for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
            if bottom > top and left < MOST_COLUMNS:
                self._begin.setdefault(top, []).append((left, bottom))

    def row(self, number: int, raw: tuple[str, ...]) -> FileRow:
        """Return a row with the cells filled in that stand merged with one above."""
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
