"""Workbooks made on the spot, small.

XLSX by xlsxwriter, ODS and XLS by hand, and archives that lie.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

import xlsxwriter

Cell = str | float
Rows = Iterable[Sequence[Cell]]
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def xlsx(rows: Rows, *, merged: Sequence[tuple[int, int, int, int]] = (), hidden: bool = False,
         more: dict[str, Rows] | None = None, name: str = "ทะเบียน") -> bytes:
    """Return an XLSX with one sheet, and `more` by name.

    Merged ranges are first row, first column, last row, last column.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_urls": False})
    for title, table in {name: rows, **(more or {})}.items():
        sheet = book.add_worksheet(title)
        _fill(sheet, table)
        if title == name and hidden:
            sheet.hide()
        elif hidden:
            sheet.activate()   # the one that is shown cannot be hidden
            sheet.set_first_sheet()
        if title == name:
            for area in merged:
                sheet.merge_range(*area, "")
            _fill(sheet, table)
    book.close()
    return out.getvalue()


def _fill(sheet: xlsxwriter.worksheet.Worksheet, rows: Rows) -> None:
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if isinstance(cell, str) and cell:
                sheet.write_string(i, j, cell)
            elif cell != "":
                sheet.write_number(i, j, cell)


def ods(rows: Rows) -> bytes:
    """Return an ODS with one sheet of text and numbers."""
    def cell(value: Cell) -> str:
        if isinstance(value, str):
            return ('<table:table-cell office:value-type="string">'
                    f"<text:p>{escape(value)}</text:p></table:table-cell>")
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    names = "".join(f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
                    for short, long in (("office", "office"), ("table", "table"), ("text", "text")))
    return archive({
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": (f'<?xml version="1.0"?><office:document-content{names}>'
                        f'<office:body><office:spreadsheet><table:table table:name="ทะเบียน">{body}'
                        "</table:table></office:spreadsheet></office:body>"
                        "</office:document-content>").encode(),
        "META-INF/manifest.xml": b"<manifest/>",
    })


def archive(parts: dict[str, bytes]) -> bytes:
    """Return a ZIP archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, octets in parts.items():
            packed.writestr(name, octets)
    return out.getvalue()


def changed(book: bytes, **parts: bytes | None) -> bytes:
    """Return a workbook with parts replaced, added, or (None) taken out.

    `__` in a name stands for a slash, `_dot_` for a dot.
    """
    named = {name.replace("__", "/").replace("_dot_", "."): octets
             for name, octets in parts.items()}
    old = zipfile.ZipFile(io.BytesIO(book))
    kept = {name: old.read(name) for name in old.namelist() if name not in named}
    return archive(kept | {name: octets for name, octets in named.items() if octets is not None})


def part(book: bytes, name: str) -> bytes:
    """Return one part of a workbook."""
    return zipfile.ZipFile(io.BytesIO(book)).read(name)


def lying(book: bytes, name: str, size: int) -> bytes:
    """Return a workbook, one part of which declares so many octets unpacked in both its headers."""
    raw = bytearray(book)
    for mark, at_size, at_name, length in ((b"PK\x03\x04", 22, 30, 26),
                                           (b"PK\x01\x02", 24, 46, 28)):
        at = raw.find(mark)
        while at >= 0:
            long = int.from_bytes(raw[at + length:at + length + 2], "little")
            if raw[at + at_name:at + at_name + long] == name.encode():
                raw[at + at_size:at + at_size + 4] = size.to_bytes(4, "little")
            at = raw.find(mark, at + 4)
    return bytes(raw)


def deflated(pattern: bytes, times: int) -> bytes:
    """Return a pattern many times over; zipped, it is small."""
    return zlib.decompress(zlib.compress(pattern)) * times


def xls(rows: Rows, merged: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """Return an XLS (BIFF8 in a compound file) with one sheet."""
    name = "ทะเบียน".encode("utf-16-le")
    begin = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    sheet = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)) + b"".join(
        _cell(i, j, cell) for i, row in enumerate(rows) for j, cell in enumerate(row) if cell != "")
    areas = b"".join(struct.pack("<HHHH", top, bottom, left, right)
                     for top, left, bottom, right in merged)
    sheet += _record(0xE5, struct.pack("<H", len(merged)) + areas) + _record(0x0A, b"")
    at = len(begin) + 4 + 8 + len(name) + 4
    bound = _record(0x85, struct.pack("<IHBB", at, 0, len(name) // 2, 1) + name)
    return compound("Workbook", begin + bound + _record(0x0A, b"") + sheet)


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _cell(row: int, column: int, cell: Cell) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if not isinstance(cell, str):
        return _record(0x203, place + struct.pack("<d", cell))
    return _record(0x204, place + struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le"))


def compound(name: str, stream: bytes) -> bytes:
    """Return an OLE compound file of one stream, made long enough to need no small sectors."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    fats = next(n for n in range(1, 110) if n * 128 >= n + 1 + sectors)
    table = [*[FAT] * fats, END, *range(fats + 2, fats + 1 + sectors), END]
    head = struct.pack("<8s16sHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3,
                       0xFFFE, 9, 6, 0, fats, fats, 0, 4096, END, 0, END, 0)
    head = head.ljust(76, b"\0") + b"".join(struct.pack("<I", i if i < fats else FREE)
                                            for i in range(109))
    fat = b"".join(struct.pack("<I", entry) for entry in table).ljust(512 * fats, b"\xff")
    entries = _entry("Root Entry", 5, 1, END, 0) + _entry(name, 2, FREE, fats + 1, len(stream))
    return head + fat + entries.ljust(512, b"\0") + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    written = (name + "\0").encode("utf-16-le")
    return struct.pack("<64sHBBIII16sIQQIQ", written, len(written), kind, 1, FREE, FREE, child, b"",
                       0, 0, 0, start, size)
