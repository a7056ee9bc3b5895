"""Workbooks as offices send them: struck out, hidden, linked, formulas without values.

XLSX by xlsxwriter, ODS and XLS by hand.
"""

import io
import re
import struct
from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter

from corpus.register import books


class Formula(NamedTuple):
    """A formula; `value` None: the file holds none."""

    text: str
    value: str | float | None = None


class Error(NamedTuple):
    """An error that a cell shows."""

    text: str


class Struck(NamedTuple):
    """A text of which the first part is struck out."""

    gone: str
    left: str = ""


class Link(NamedTuple):
    """Words, and what the link behind them leads to."""

    words: str
    target: str


Cell = str | float | Formula | Error | Struck | Link
CODES = {"#NULL!": 0x00, "#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#NAME?": 0x1D,
         "#NUM!": 0x24, "#N/A": 0x2A}


def xlsx(rows: Sequence[Sequence[Cell]], *, hidden: Sequence[int] = (),
         unseen: Sequence[int] = ()) -> bytes:
    """Return an XLSX with one sheet; rows and columns that are hidden are numbered from 0."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_urls": False})
    sheet, struck = book.add_worksheet("ทะเบียน"), book.add_format({"font_strikeout": True})
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            _write(sheet, i, j, cell, struck)
    for i in hidden:
        sheet.set_row(i, None, None, {"hidden": True})
    for j in unseen:
        sheet.set_column(j, j, None, None, {"hidden": True})
    book.close()
    whole = out.getvalue()
    return books.changed(
        whole, xl__worksheets__sheet1_dot_xml=_without_values(
            books.part(whole, "xl/worksheets/sheet1.xml")
        ),
    )


NO_VALUE = "no value"


def _write(sheet: xlsxwriter.worksheet.Worksheet, i: int, j: int, cell: Cell,
           struck: object) -> None:
    match cell:
        case Formula(text, value):
            sheet.write_formula(i, j, text, None, NO_VALUE if value is None else value)
        case Error(text):
            sheet.write_formula(i, j, "=A1", None, text)
        case Struck(gone, ""):
            sheet.write_string(i, j, gone, struck)
        case Struck(gone, left):
            sheet.write_rich_string(i, j, struck, gone, left)
        case Link(words, target):
            sheet.write_url(i, j, target, None, words)
        case str() if cell:
            sheet.write_string(i, j, cell)
        case float() | int():
            sheet.write_number(i, j, cell)


def _without_values(sheet: bytes) -> bytes:
    """As a program writes formulas that does not work them out."""
    return re.sub(rb' t="str"(><f>[^<]*</f>)<v>no value</v>', rb"\1<v></v>", sheet)


NAMES = "".join(
    f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
    for short in ("office", "table", "text", "style"))
NAMES += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
NAMES += ' xmlns:xlink="http://www.w3.org/1999/xlink"'
STYLE = ("<style:style style:name='T1' style:family='text'>"
         "<style:text-properties style:text-line-through-style='solid'/>"
         "</style:style>")


def ods(rows: Sequence[Sequence[Cell]], *, hidden: Sequence[int] = (),
        unseen: Sequence[int] = ()) -> bytes:
    """Return an ODS with one sheet, as LibreOffice writes it."""
    columns = "".join(f"<table:table-column{AWAY.format('collapse') if j in unseen else ''}/>"
                      for j in range(max(map(len, rows))))
    body = "".join(
        f"<table:table-row{AWAY.format('filter') if i in hidden else ''}>"
        f"{''.join(map(_of_ods, row))}</table:table-row>"
        for i, row in enumerate(rows)
    )
    return books.archive({
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": (f'<?xml version="1.0"?><office:document-content{NAMES}>'
                        f"<office:automatic-styles>{STYLE}</office:automatic-styles>"
                        "<office:body><office:spreadsheet>"
                        f'<table:table table:name="ทะเบียน">{columns}{body}</table:table>'
                        "</office:spreadsheet></office:body></office:document-content>").encode(),
        "META-INF/manifest.xml": b"<manifest/>",
    })


AWAY = " table:visibility='{}'"


def _of_ods(cell: Cell) -> str:
    told, words = " office:value-type='string'", ""
    match cell:
        case Formula(formula, value):
            told = f" table:formula={quoteattr('of:' + formula)}" + (told if value is not None
                                                                     else "")
            words = "" if value is None else escape(str(value))
        case Error(text):
            told += " table:formula='of:=A1' office:string-value='' calcext:value-type='error'"
            words = escape(text)
        case Struck(gone, left):
            words = f"<text:span text:style-name='T1'>{escape(gone)}</text:span>{escape(left)}"
        case Link(text, target):
            words = f"<text:a xlink:href={quoteattr(target)}>{escape(text)}</text:a>"
        case str():
            words = escape(cell)
        case _:
            return f"<table:table-cell office:value-type='float' office:value='{cell}'/>"
    return (
        f"<table:table-cell{told}>{f'<text:p>{words}</text:p>' if words else ''}</table:table-cell>"
    )


def xls(rows: Sequence[Sequence[Cell]], *, hidden: Sequence[int] = (),
        unseen: Sequence[int] = ()) -> bytes:
    """Return an XLS (BIFF8) with one sheet; format 1 is struck out.

    It has no texts that are struck out in part.
    """
    name = "ทะเบียน".encode("utf-16-le")
    fonts = b"".join(_record(0x31, struct.pack("<HH", 200, 0x0008 if n == 1 else 0) + bytes(12))
                     for n in range(2))
    formats = b"".join(_record(0xE0, struct.pack("<H", n) + bytes(18)) for n in range(2))
    begin = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + fonts + formats
    sheet = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    sheet += b"".join(_record(0x7D, struct.pack("<HHHHHH", j, j, 8, 0, 1, 0)) for j in unseen)
    sheet += b"".join(_record(0x208, struct.pack("<HHHHHHHH", i, 0, 9, 255, 0, 0, 0x20, 0))
                      for i in hidden)
    sheet += b"".join(_cell(i, j, cell) for i, row in enumerate(rows) for j, cell in enumerate(row)
                      if cell != "")
    sheet += b"".join(_link(i, j, cell) for i, row in enumerate(rows) for j, cell in enumerate(row)
                      if isinstance(cell, Link))
    sheet += _record(0x0A, b"")
    at = len(begin) + 4 + 8 + len(name) + 4
    bound = _record(0x85, struct.pack("<IHBB", at, 0, len(name) // 2, 1) + name)
    return books.compound("Workbook", begin + bound + _record(0x0A, b"") + sheet)


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _cell(row: int, column: int, cell: Cell) -> bytes:
    match cell:
        case Error(text):
            return _record(0x205, struct.pack("<HHHBB", row, column, 0, CODES[text], 1))
        case Formula():
            result = struct.pack("<BxBxxxH", 2, CODES["#N/A"], 0xFFFF)
            return _record(0x06, struct.pack("<HHH", row, column, 0) + result + bytes(8))
        case Struck(gone, left):
            return _text(row, column, gone + left, 1)
        case Link(words, _):
            return _text(row, column, words, 0)
        case str():
            return _text(row, column, cell, 0)
    return _record(0x203, struct.pack("<HHHd", row, column, 0, cell))


def _text(row: int, column: int, text: str, format_: int) -> bytes:
    return _record(0x204, struct.pack("<HHHHB", row, column, format_, len(text), 1)
                   + text.encode("utf-16-le"))


def _link(row: int, column: int, cell: Link) -> bytes:
    url = bytes.fromhex("E0C9EA79F9BACE118C8200AA004BA90B")
    target = (cell.target + "\0").encode("utf-16-le")
    return _record(0x1B8, struct.pack("<HHHH", row, row, column, column) + bytes(16)
                   + struct.pack("<II", 2, 3) + url + struct.pack("<I", len(target)) + target)
