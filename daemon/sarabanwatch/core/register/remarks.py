"""Rows of a list that are not an agency: totals, remarks, column numbers, a repeated heading."""

import re
from collections.abc import Mapping, Sequence

from sarabanwatch.core.register.cells import ARABIC, tidy
from sarabanwatch.core.register.headings import REQUIRED, bare
from sarabanwatch.core.register.records import FileRow

WORDS = re.compile(
    r"รวม|ยอดรวม|จำนวนรวม|ผลรวม|ทั้งหมด|ทั้งสิ้น|หมายเหตุ|\*|ที่มา|แหล่งที่มา|ข้อมูล ?ณ|ผู้จัดทำ|ผู้รายงาน|"
    r"ผู้ตรวจ|ลงชื่อ|พิมพ์เมื่อ|พิมพ์โดย|ปรับปรุงล่าสุด|(?:grand )?total|sum\b|notes?\b|"
    r"remarks?\b|source|prepared by|as of", re.IGNORECASE)
LIKE_A_CODE = re.compile(r"\d{3,}", re.ASCII)


def no_agency(row: FileRow, where: Mapping[str, int], names: Sequence[str], *, first: bool) -> bool:
    """Say whether a row is not an agency. A row that may be one is kept, however little it holds.

    `first`: it is the first below the heading, where column numbers may stand.
    """
    if not first and _plainly(row, where):
        return False
    if _again(row, where, names) or (first and _numbers(row)):
        return True
    code, name, kind = (_cell(row, where[field]) for field in REQUIRED)
    filled = [i for i, cell in enumerate(row.cells) if cell.strip()]
    if kind or LIKE_A_CODE.search(code.translate(ARABIC)) or row.marks.unread:
        return False
    if any("@" in cell for cell in row.cells):
        return False
    words = tidy(row.cells[filled[0]]) if filled else ""
    return bool(WORDS.match(words)) or (len(filled) == 1 and not name)


def below_a_heading(row: FileRow, where: Mapping[str, int]) -> bool:
    """Say whether a row is the lower line of a heading.

    It is where words stand under some columns, and nothing under those that a register needs.
    """
    filled = {i: tidy(cell) for i, cell in enumerate(row.raw) if cell.strip()}
    needed = {where[field] for field in REQUIRED}
    if not filled or row.marks.unread or filled.keys() & needed:
        return False
    return not any(WORDS.match(cell) or "@" in cell or any(map(str.isdigit, cell))
                   for cell in filled.values())


def _plainly(row: FileRow, where: Mapping[str, int]) -> bool:
    """Say whether a row is certainly an agency: it has a kind, its code begins with a digit."""
    code, kind = (row.cells[where[field]] if where[field] < len(row.cells) else ""
                  for field in ("code", "kind"))
    return code[:1].isdigit() and bool(kind.strip())


def _again(row: FileRow, where: Mapping[str, int], names: Sequence[str]) -> bool:
    return all(bare(_cell(row, where[field])) == bare(names[where[field]]) for field in REQUIRED)


def _numbers(row: FileRow) -> bool:
    """Say whether a row numbers the columns: (1) (2) (3) ..."""
    numbers = [tidy(cell).translate(ARABIC).strip("()[]") for cell in row.cells if cell.strip()]
    return len(numbers) > 2 and numbers == [f"{n}" for n in range(1, len(numbers) + 1)]


def _cell(row: FileRow, at: int) -> str:
    return tidy(row.cells[at]) if at < len(row.cells) else ""
