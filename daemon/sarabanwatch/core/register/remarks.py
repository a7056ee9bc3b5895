"""Rows of a list that are no agency's: totals, remarks, the numbers of the columns, the heading again. Told, never taken."""

import re
from collections.abc import Mapping, Sequence

from sarabanwatch.core.register.cells import ARABIC, tidy
from sarabanwatch.core.register.headings import REQUIRED, bare
from sarabanwatch.core.register.records import FileRow

WORDS = re.compile(
    r"รวม|ยอดรวม|จำนวนรวม|ผลรวม|ทั้งหมด|ทั้งสิ้น|หมายเหตุ|\*|ที่มา|แหล่งที่มา|ข้อมูล ?ณ|ผู้จัดทำ|ผู้รายงาน|ผู้ตรวจ|ลงชื่อ|พิมพ์เมื่อ|พิมพ์โดย|ปรับปรุงล่าสุด|"
    r"(?:grand )?total|sum\b|notes?\b|remarks?\b|source|prepared by|as of", re.IGNORECASE)
LIKE_A_CODE = re.compile(r"\d{3,}", re.ASCII)


def no_agency(row: FileRow, where: Mapping[str, int], names: Sequence[str], *, first: bool) -> bool:
    """Say whether a row is no agency's. One that may be an agency's is none of these, however little stands in it."""
    if not first and _plainly(row, where):
        return False
    if _again(row, where, names) or (first and _numbers(row)):
        return True
    code, name, kind = (_cell(row, where[field]) for field in REQUIRED)
    filled = [i for i, cell in enumerate(row.cells) if cell.strip()]
    if (
        kind or LIKE_A_CODE.search(code.translate(ARABIC)) or row.beside.unread
        or any("@" in cell for cell in row.cells)
    ):
        return False
    words = tidy(row.cells[filled[0]]) if filled else ""
    return bool(WORDS.match(words)) or (len(filled) == 1 and not name)


def below_a_heading(row: FileRow, where: Mapping[str, int]) -> bool:
    """Say whether a row is the lower line of a heading: words under some of its columns, nothing under those that are needed."""
    filled = {i: tidy(cell) for i, cell in enumerate(row.raw) if cell.strip()}
    if not filled or row.beside.unread or not filled.keys().isdisjoint(where[field]
                                                                       for field in REQUIRED):
        return False
    return not any(WORDS.match(cell) or "@" in cell or any(map(str.isdigit, cell))
                   for cell in filled.values())


def _plainly(row: FileRow, where: Mapping[str, int]) -> bool:
    """Say whether a row is surely an agency's: a code with a digit in front, and a kind."""
    code, kind = (row.cells[where[field]] if where[field] < len(row.cells) else ""
                  for field in ("code", "kind"))
    return code[:1].isdigit() and bool(kind.strip())


def _again(row: FileRow, where: Mapping[str, int], names: Sequence[str]) -> bool:
    return all(bare(_cell(row, where[field])) == bare(names[where[field]]) for field in REQUIRED)


def _numbers(row: FileRow) -> bool:
    """Say whether a row numbers the columns: (1) (2) (3) ..."""
    told = [tidy(cell).translate(ARABIC).strip("()[]") for cell in row.cells if cell.strip()]
    return len(told) > 2 and told == [f"{n}" for n in range(1, len(told) + 1)]


def _cell(row: FileRow, at: int) -> str:
    return tidy(row.cells[at]) if at < len(row.cells) else ""
