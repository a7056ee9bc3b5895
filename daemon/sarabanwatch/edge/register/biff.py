"""XLS -> the marks on its sheets, from the records of a BIFF8 stream ([MS-XLS] section 2.4)."""

import io
import struct
from collections.abc import Iterator

import olefile  # type: ignore[import-untyped]  # it has no types

from sarabanwatch.core.register import Unreadable
from sarabanwatch.core.register.unread import STRUCK, error
from sarabanwatch.edge.register.bounds import MOST_COLUMNS
from sarabanwatch.edge.register.marks import SheetMarks

STREAMS = ("Workbook", "Book")
BEGIN, END, FONT, FORMAT, SHEET = 0x809, 0x0A, 0x31, 0xE0, 0x85
FORMULA, ERROR, ROW, COLUMNS, LINK = 0x06, 0x205, 0x208, 0x7D, 0x1B8
# cells: LABELSST, LABEL, RSTRING, NUMBER, RK
TEXTS = frozenset({0xFD, 0x204, 0xD6, 0x203, 0x27E, FORMULA})
STRIKE, HIDDEN_ROW, HIDDEN_COLUMN = 0x0008, 0x0020, 0x0001
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
          0x24: "#NUM!", 0x2A: "#N/A"}
# the moniker of a link to a page or a mailbox ([MS-OSHARED] section 2.3.7.6)
URL = bytes.fromhex("E0C9EA79F9BACE118C8200AA004BA90B")
NO_FONT = 4             # no font has this number
MOST_LINKED = 10_000    # cells of one link
Record = tuple[int, bytes]


def sheet_marks(raw: bytes) -> list[SheetMarks]:
    """Return the marks of each sheet, in order; raise Unreadable where they cannot be read."""
    try:
        with olefile.OleFileIO(io.BytesIO(raw)) as file:
            stream = file.openstream(next(name for name in STREAMS if file.exists(name))).read()
        shared = list(_records(stream, 0))
        struck = _struck(shared)
        return [_sheet(_records(stream, int.from_bytes(body[:4], "little")), struck)
                for kind, body in shared if kind == SHEET]
    except (OSError, struct.error, StopIteration, IndexError, ValueError):
        raise Unreadable("errors in its cells cannot be told from empty ones", "save it as XLSX",
                         "แยกค่าผิดพลาดกับช่องว่างในไฟล์นี้ไม่ได้ ให้บันทึกเป็น XLSX") from None


def _records(stream: bytes, at: int) -> Iterator[Record]:
    """Yield the records of the substream that begins at `at`."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        depth += (kind == BEGIN) - (kind == END)
        if depth <= 0:
            return
        yield kind, stream[at + 4:at + 4 + length]
        at += 4 + length


def _struck(shared: list[Record]) -> frozenset[int]:
    """Return the numbers of cell formats whose font is struck out."""
    fonts = [bool(_short(body, 2) & STRIKE) for kind, body in shared if kind == FONT]
    formats = [_short(body, 0) for kind, body in shared if kind == FORMAT]
    return frozenset(n for n, font in enumerate(formats)
                     if any(fonts[font - (font > NO_FONT):][:1]))


def _sheet(records: Iterator[Record], struck: frozenset[int]) -> SheetMarks:
    found = SheetMarks()
    for kind, body in records:
        if kind == ROW and _short(body, 12) & HIDDEN_ROW:
            found.hidden.add(_short(body, 0))
        elif kind == COLUMNS and _short(body, 8) & HIDDEN_COLUMN:
            found.hide(range(_short(body, 0), min(_short(body, 2) + 1, MOST_COLUMNS)))
        elif kind == LINK:
            _link(body, found)
        elif kind == ERROR and body[7]:
            found.note(_short(body, 0), _short(body, 2), error(ERRORS.get(body[6], "#N/A")))
        elif kind == FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
            found.note(_short(body, 0), _short(body, 2), error(ERRORS.get(body[8], "#N/A")))
        elif kind in TEXTS and _short(body, 4) in struck:
            found.note(_short(body, 0), _short(body, 2), STRUCK)
    return found


def _link(body: bytes, found: SheetMarks) -> None:
    at = body.find(URL)
    if at < 0:
        return
    length = int.from_bytes(body[at + 16:at + 20], "little")
    target = body[at + 20:at + 20 + length].decode("utf-16-le", "replace").partition("\0")[0]
    top, bottom, left, right = struct.unpack_from("<HHHH", body)
    cells = [(row, column) for row in range(top, bottom + 1)
             for column in range(left, min(right + 1, MOST_COLUMNS))]
    for row, column in cells[:MOST_LINKED]:
        found.note(row, column, target)


def _short(body: bytes, at: int) -> int:
    return int(struct.unpack_from("<H", body, at)[0])
