"""Text files -> rows: CSV (RFC 4180) with commas, semicolons, tabs or bars.

The encoding is UTF-8, UTF-16 or TIS-620/CP874. The separator is the one that gives a heading.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, zip_longest

from sarabanwatch.core.register import HEADING_WITHIN, FileRow, Note, Sheet, Unreadable
from sarabanwatch.core.register.export import unguarded
from sarabanwatch.core.register.headings import REQUIRED, found
from sarabanwatch.edge.register.bounds import trimmed

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
END = "\ufdd0"   # a noncharacter, which no text holds; it marks the end of the file
BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
UTF_8 = re.compile(
    rb"\xe0[\xb8\xb9][\x80-\xbf]|\xed[\xa0-\xbf][\x80-\xbf]|\xe2\x80[\x80-\xbf]|\xef\xbb\xbf"
)
HIGH = re.compile(rb"[\x80-\xff]")
LINE_ENDS = ("\n", "\r")
PLAIN = frozenset({"utf-8", "utf-8-sig"})
NAMES = {"cp874": "TIS-620/windows-874"}
FEWEST = 40      # in UTF-16 at least one octet in so many is zero
MOSTLY = 0.3     # share of non-ASCII octets in UTF-8 sequences above which it is not TIS-620


def sheets(raw: bytes,
           headings: Mapping[str, Sequence[str]] | None) -> tuple[list[Sheet], tuple[Note, ...]]:
    """Return the rows of a text file as its one sheet; raise Unreadable."""
    encoding, ended = _encoding(raw)
    csv.field_size_limit(max(len(raw) + 1, csv.field_size_limit()))
    separator = _separator(raw, encoding, headings)
    notes = []
    if encoding not in PLAIN:
        name = NAMES.get(encoding, encoding)
        notes.append(Note("", f"encoding {name} read", f"อ่านด้วยรหัสอักขระ {name}"))
    if separator != ",":
        notes.append(Note("", f"separated by {SEPARATORS[separator]}s", f"คั่นด้วย {separator!r}"))
    rows = _rows(_lines(raw, encoding), separator, ended=ended)
    return [Sheet("", hidden=False, rows=rows)], tuple(notes)


def _lines(raw: bytes, encoding: str) -> Iterable[str]:
    """Return the lines of a text with their ends, decoded one after the other."""
    return io.TextIOWrapper(io.BytesIO(raw), encoding, newline="")


def _encoding(raw: bytes) -> tuple[str, bool]:
    """Return how all of a text is encoded, and whether its last line has an end."""
    marked = next((name for bom, name in BYTE_ORDER_MARKS if raw.startswith(bom)), None)
    marked = marked or _unmarked_utf_16(raw)
    try:
        return marked or "utf-8", raw.decode(marked or "utf-8").endswith(LINE_ENDS)
    except UnicodeDecodeError as error:
        wrong = error
    high = len(HIGH.findall(raw))
    if marked or len(b"".join(UTF_8.findall(raw))) > MOSTLY * high or b"\0" in raw:
        raise _mixed(raw, wrong.start, (marked or "utf-8").removesuffix("-sig").upper())
    try:
        return "cp874", raw.decode("cp874").endswith(LINE_ENDS)
    except UnicodeDecodeError as error:
        raise _mixed(raw, error.start, "UTF-8 nor TIS-620") from None


def _unmarked_utf_16(raw: bytes) -> str | None:
    """Recognise UTF-16 without a byte order mark.

    Of its ASCII characters every second octet is zero, always on the same side.
    """
    head = raw[:4096]
    first, second = head[::2].count(0), head[1::2].count(0)
    few, many = sorted((first, second))
    if len(raw) % 2 or many * FEWEST < len(head) or few * 4 > many:
        return None
    return "utf-16-be" if first > second else "utf-16-le"


def _mixed(raw: bytes, start: int, encoding: str) -> Unreadable:
    line = raw[:start].count(b"\n") + 1
    return Unreadable(f"line {line}: not {encoding}; mixed encodings, or no text at all",
                      "save it as CSV UTF-8",
                      f"บรรทัด {line}: รหัสอักขระปนกัน หรือไม่ใช่ข้อความ ให้บันทึกเป็น CSV UTF-8")


def _separator(raw: bytes, encoding: str, headings: Mapping[str, Sequence[str]] | None) -> str:
    """Return the separator with which a line names the needed columns, or else a comma."""
    for separator in SEPARATORS:
        top = islice(csv.reader(_lines(raw, encoding), delimiter=separator), HEADING_WITHIN)
        if any(found(row, headings).keys() >= set(REQUIRED) for row in top):
            return separator
    return ","


def _rows(lines: Iterable[str], separator: str, *, ended: bool) -> Iterator[FileRow]:
    """Yield the rows with the number of their last line; raise Unreadable if it is cut off.

    A cell that is as the one above it is the same text, so that a long list takes less memory.
    """
    reader = csv.reader(chain(lines, [END]), delimiter=separator)
    line, before, last = 0, list[str](), list[str]()
    for cells in reader:
        if cells == [END]:
            break
        if cells and cells[-1].endswith(END):
            raise Unreadable(f"line {line + 1}: a quotation mark opens and is never closed",
                             "close it, or take it out",
                             f"บรรทัด {line + 1}: เครื่องหมายคำพูดเปิดแล้วไม่ปิด")
        shared = [above if above == cell else cell
                  for above, cell in zip_longest(last[:len(cells)], cells)]
        line, before, last = reader.line_num, last, shared
        raw = trimmed(shared)
        meant = tuple(map(unguarded, raw))
        yield FileRow(line, raw, raw if meant == raw else meant)
    if not ended and _broken_off(last, before):
        raise Unreadable(
            f"line {line}: the file ends in the midst of this row; it was cut off on its way",
            "send it again", f"บรรทัด {line}: ไฟล์จบกลางแถว น่าจะส่งมาไม่ครบ ให้ส่งใหม่",
        )


def _broken_off(last: Sequence[str], before: Sequence[str]) -> bool:
    """Say whether the last row, which has no line end, is cut off.

    It is where it has fewer cells than the row before it and is not a remark below the table.
    """
    return len(last) < len(before) and (len(last) > 1 or last[:1] == [] or last[0].isdecimal())
