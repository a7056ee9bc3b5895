"""One row of the register -> an agency, or what is wrong with the row and what to do. No row is ever lost.

Knows headings (Thai and English), kinds, and dates in both eras; nothing of files.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sarabanwatch.core.agency import Agency, Announcement, Kind, Status
from sarabanwatch.core.calendar import MONTHS

HEADINGS: dict[str, tuple[str, ...]] = {
    "code":      ("รหัสหน่วยงาน", "รหัส", "code"),
    "name":      ("ชื่อหน่วยงาน", "หน่วยงาน", "name", "agency"),
    "kind":      ("ประเภท", "ประเภทหน่วยงาน", "kind", "type"),
    "province":  ("จังหวัด", "province"),
    "superior":  ("สังกัด", "superior", "ministry"),
    "cell":      ("อีเมล", "e-mail", "email", "ไปรษณีย์อิเล็กทรอนิกส์"),
    "link":      ("ลิงก์ประกาศ", "announcement", "link"),
    "given_on":  ("วันที่ประกาศ", "announced on", "date"),
    "announced": ("อีเมลตามประกาศ", "announced e-mail", "announced email"),
    "status":    ("สถานะ", "status"),
    "former":    ("รหัสเดิม", "former code"),
}
REQUIRED = ("code", "name", "kind", "cell")
SHORT_KINDS = {
    "อบจ.": Kind.PAO, "อบจ": Kind.PAO, "ทน.": Kind.CITY, "ทม.": Kind.TOWN, "ทต.": Kind.SUBDISTRICT,
    "อบต.": Kind.SAO, "อบต": Kind.SAO,
}
SHORT_MONTHS = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
BUDDHIST = 543
FIRST_BUDDHIST_YEAR = 2400


class Unreadable(ValueError):  # noqa: N818 - said of the row
    """A row, or a heading line, that cannot be read; carries the remedy."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem}; {remedy}")
        self.problem, self.remedy = problem, remedy


@dataclass(frozen=True, slots=True)
class Entry:
    """One readable row: its line in the file, its raw cells, and the agency."""

    line: int
    raw: tuple[str, ...]
    agency: Agency


@dataclass(frozen=True, slots=True)
class Problem:
    """One unreadable row: its line, its raw cells, what is wrong and what to do."""

    line: int
    raw: tuple[str, ...]
    problem: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Register:
    """A whole file read: rows in = entries + problems."""

    source: str
    digest: str
    entries: Sequence[Entry]
    problems: Sequence[Problem]


def columns(heading: Sequence[str]) -> dict[str, int]:
    """Return field -> column of a heading line; raise Unreadable naming what is missing."""
    places = {_squeezed(cell): i for i, cell in reversed(list(enumerate(heading)))}
    found = {field: places[alias]
             for field, aliases in HEADINGS.items() for alias in reversed(aliases) if alias in places}
    missing = [HEADINGS[field][0] for field in REQUIRED if field not in found]
    if missing:
        raise Unreadable(f"no column {', '.join(missing)} in the heading", "name the columns as in README, Install")
    return found


def read(rows: Iterable[tuple[int, Sequence[str]]], where: Mapping[str, int]) -> tuple[list[Entry], list[Problem]]:
    """Read numbered rows; a code seen before makes a problem of the later row. len(rows) = entries + problems."""
    entries: list[Entry] = []
    problems: list[Problem] = []
    lines: dict[str, int] = {}
    for line, row in rows:
        try:
            agency = _agency({field: row[i] if i < len(row) else "" for field, i in where.items()})
            _only_once(agency.code, lines)
        except Unreadable as error:
            problems.append(Problem(line, tuple(row), error.problem, error.remedy))
        else:
            lines[agency.code] = line
            entries.append(Entry(line, tuple(row), agency))
    return entries, problems


def _only_once(code: str, lines: Mapping[str, int]) -> None:
    if code in lines:
        raise Unreadable(f"code {code} stands in line {lines[code]} already", "keep one of the two")


def _agency(cells: Mapping[str, str]) -> Agency:
    clean = {field: " ".join(cell.split()) for field, cell in cells.items()}
    for field in ("code", "name"):
        if not clean[field]:
            raise Unreadable(f"the cell {HEADINGS[field][0]} is empty", "fill it in; nothing else tells agencies apart")
    return Agency(
        code=clean["code"].translate(_ARABIC), name=clean["name"], kind=_kind(clean["kind"]),
        province=clean.get("province", ""), superior=clean.get("superior", ""), status=_status(clean.get("status", "")),
        former=clean.get("former", "").translate(_ARABIC), cell=cells["cell"], announcement=_announcement(cells),
    )


def _kind(label: str) -> Kind:
    try:
        return SHORT_KINDS.get(label) or Kind(label)
    except ValueError:
        raise Unreadable(f"unknown kind {label!r}", f"use one of {', '.join(Kind)}") from None


def _status(label: str) -> Status:
    try:
        return Status(label)
    except ValueError:
        known = f"leave it empty, or use {Status.RAISED} or {Status.EXEMPT}"
        raise Unreadable(f"unknown status {label!r}", known) from None


def _announcement(cells: Mapping[str, str]) -> Announcement | None:
    link, given_on = cells.get("link", "").strip(), cells.get("given_on", "").strip()
    if not link and not given_on:
        return None
    return Announcement(link, read_date(given_on) if given_on else None, cells.get("announced", ""))


_ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_DATES = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
    re.compile(r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})"),
    re.compile(r"(?P<d>\d{1,2})\s*(?P<m>[ก-๛.]+?)\s*(?:พ\.ศ\.\s*)?(?P<y>\d{4})"),
)


def read_date(text: str) -> date:
    """Read a date as Thai offices write it: Thai or Arabic digits, month names, Buddhist (>= 2400) or Christian era."""
    plain = " ".join(text.translate(_ARABIC).split())
    try:
        match = next(m for m in (form.fullmatch(plain) for form in _DATES) if m)
        year = int(match["y"])
        return date(year - BUDDHIST if year >= FIRST_BUDDHIST_YEAR else year, _month(match["m"]), int(match["d"]))
    except (StopIteration, ValueError):
        raise Unreadable(f"{text!r} is no date", "write it as 28 พฤศจิกายน 2568 or 2025-11-28") from None


def _month(name: str) -> int:
    if name.isdigit():
        return int(name)
    return (MONTHS if name in MONTHS else SHORT_MONTHS).index(name) + 1


def _squeezed(heading: str) -> str:
    visible = "".join(c for c in heading if unicodedata.category(c) != "Cf")
    return " ".join(visible.split()).lower()
