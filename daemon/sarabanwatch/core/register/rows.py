"""One row of the register -> an agency, or what is wrong with the row and what to do. No row is ever lost.

Knows what each field may hold; nothing of files, nor of where a column stands.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from sarabanwatch.core import local
from sarabanwatch.core.agency import Agency, Announcement
from sarabanwatch.core.calendar import thai_date
from sarabanwatch.core.register import agree, cells, dates, kinds
from sarabanwatch.core.register.headings import HEADINGS, bare
from sarabanwatch.core.register.records import Entry, Note, Problem, Row, Unreadable, shown

LONGEST_CELL = 32_767   # characters, as in a spreadsheet; a longer cell is not one
ODD = ("cell", "announced")   # kept as they were typed: they are judged, not mended
PROVINCE_NAMES = {"กทม": "10", "กทม.": "10", "กรุงเทพ": "10", "กรุงเทพฯ": "10", "อยุธยา": "14"}


def read(rows: Iterable[Row], where: Mapping[str, int]) -> tuple[list[Entry], list[Problem]]:
    """Read rows; a code seen before makes a problem of the later row. len(rows) = entries + problems, each in order."""
    rows = list(rows)
    heading = {field: bare(name) for field, names in HEADINGS.items() for name in names[:1]}
    restored = _restorable(row.cells[where["code"]] for row in rows if len(row.cells) > where["code"])
    entries: list[Entry] = []
    problems: list[Problem] = []
    lines: dict[str, int] = {}
    named: list[tuple[int, str, str]] = []
    for row in rows:
        typed = {field: row.cells[i] if i < len(row.cells) else "" for field, i in where.items()}
        try:
            entry = _entry(row, typed, _filled(row, where), restored)
            _only_once(entry.agency.code, lines)
        except Unreadable as error:
            again = all(bare(typed[field]) == heading[field] for field in ("code", "name", "kind"))
            wrong = Unreadable("the heading again", "take the row out", "หัวตารางซ้ำ ให้ลบแถวนี้") if again else error
            problems.append(Problem(row.line, row.raw, wrong.problem, wrong.remedy, wrong.thai, wrong.field))
        else:
            lines[entry.agency.code] = row.line
            named.append((row.line, entry.agency.code, cells.tidy(typed.get("district", ""))))
            entries.append(entry)
    odd = agree.districts(named)
    return [replace(e, notes=(*e.notes, odd[e.line])) if e.line in odd else e for e in entries], problems


def _entry(row: Row, typed: Mapping[str, str], filled: tuple[Note, ...], restored: Mapping[str, str]) -> Entry:
    for field, cell in typed.items():
        if len(cell) > LONGEST_CELL:
            raise Unreadable(f"the cell {HEADINGS[field][0]} holds {len(cell):,} characters",
                             f"a cell holds at most {LONGEST_CELL:,}; a quotation mark that is not closed?",
                             f"ช่อง {HEADINGS[field][0]} มี {len(cell):,} ตัวอักษร ยาวเกินไป", field)
    agency, notes = _agency(typed, restored)
    return Entry(row.line, row.raw, agency, (*filled, *notes, *agree.with_code(agency)))


def _agency(typed: Mapping[str, str], restored: Mapping[str, str]) -> tuple[Agency, tuple[Note, ...]]:
    clean = {field: cells.tidy(cell) for field, cell in typed.items() if field not in ODD}
    for field in ("code", "name"):
        if not clean[field]:
            raise Unreadable(f"the cell {HEADINGS[field][0]} is empty", "fill it in; nothing else tells agencies apart",
                             f"ช่อง {HEADINGS[field][0]} ว่าง ต้องกรอก", field)
    code, notes = cells.code(typed["code"], "code")
    if not code:
        raise Unreadable(f"{shown(clean['code'])} is no code", "write the agency's code",
                         f"{shown(clean['code'])} ไม่ใช่รหัสหน่วยงาน", "code")
    kind, of_kind = kinds.kind(clean["kind"], local.parse(code))
    if code in restored and not kind.local:
        code, notes = restored[code], (*notes, Note("code", f"leading zero restored: {restored[code]} from {code}",
                                                    f"เติมเลขศูนย์นำหน้าที่หายไป: {restored[code]} จาก {code}"))
    elif code in restored:
        raise Unreadable(f"the code {code} has {len(code)} digits, that of a local government has seven",
                         "write all seven; which one is missing cannot be known", f"รหัส {code} มีไม่ครบ ๗ หลัก", "code")
    former, of_former = cells.code(cells.given(clean.get("former", "")), "former")
    province, of_province = _province(clean.get("province", ""), local.parse(code) if kind.local else None)
    announcement, of_announcement = _announcement(typed)
    agency = Agency(
        code=code, name=clean["name"], kind=kind, province=province, superior=cells.given(clean.get("superior", "")),
        status=kinds.status(clean.get("status", "")), former=former, cell=cells.storable(typed.get("cell", "")),
        announcement=announcement,
    )
    return agency, (*notes, *of_kind, *_unseen(typed, "name"), *of_province, *of_former, *of_announcement)


def _unseen(typed: Mapping[str, str], field: str) -> tuple[Note, ...]:
    if "".join(cells.tidy(typed[field]).split()) == "".join(typed[field].split()):
        return ()
    return (Note(field, "characters that cannot be seen, or vowels typed in two strokes, put right",
                 "แก้อักขระที่มองไม่เห็นหรือสระที่พิมพ์แยก"),)


def _province(clean: str, code: local.LocalCode | None) -> tuple[str, tuple[Note, ...]]:
    named = cells.given(clean)
    if not named:
        return (code.province, (Note("province", f"read from the code: {code.province}", f"อ่านจากรหัส: {code.province}"),)
                ) if code else ("", ())
    plain = named.removeprefix("จังหวัด").removeprefix("จ.").strip()
    number = PROVINCE_NAMES.get(plain, plain.translate(cells.ARABIC))
    found = local.PROVINCES.get(number) or (plain if plain in _PROVINCES else None)
    if found is None and code:
        return named, ()   # which province the code names is said in any case
    if found is None:
        return named, (Note("province", f"no province is called {shown(named)}", f"ไม่พบจังหวัดชื่อ {shown(named)}"),)
    return found, () if named in {found, number, f"จังหวัด{found}"} else (cells.read_as("province", found, named),)


def _announcement(typed: Mapping[str, str]) -> tuple[Announcement | None, tuple[Note, ...]]:
    link, day = cells.given(typed.get("link", "")), cells.given(typed.get("given_on", ""))
    try:
        given_on, notes = _day(day)
    except Unreadable as error:
        if not link and any(map(str.isdigit, day)):
            raise
        given_on, notes = None, (Note("given_on", f"{error.problem}; {error.remedy}", error.thai),)
    if not link and not given_on:
        return None, notes
    return Announcement(link, given_on, cells.storable(typed.get("announced", ""))), notes


def _day(text: str) -> tuple[date | None, tuple[Note, ...]]:
    if not text:
        return None, ()
    day, interpreted = dates.interpreted(text)
    return day, (cells.read_as("given_on", f"{thai_date(day)} ({day})", text),) if interpreted else ()


def _filled(row: Row, where: Mapping[str, int]) -> tuple[Note, ...]:
    fields = {i: field for field, i in where.items()}
    return tuple(Note(fields[i], f"filled down from line {line} (merged cells)", f"เติมจากบรรทัด {line} (เซลล์ที่ผสาน)")
                 for i, line in row.filled if i in fields)


def _only_once(code: str, lines: Mapping[str, int]) -> None:
    if code in lines:
        raise Unreadable(f"code {code} stands in line {lines[code]} already", "keep one of the two",
                         f"รหัส {code} ซ้ำกับบรรทัด {lines[code]} ให้เหลือแถวเดียว", "code")


def _restorable(column: Iterable[str]) -> dict[str, str]:
    """Return code -> code with its leading zeros, for those that lost one or two: where most of a list's codes have seven.

    One that would then stand twice is left as it is.
    """
    plain = [cells.tidy(cell).translate(cells.ARABIC).removesuffix(".0") for cell in column]
    digits = [code for code in plain if code.isascii() and code.isdigit()]
    widths = Counter(map(len, digits))
    if 2 * widths[cells.WIDTH] <= len(digits):
        return {}
    there = set(digits)
    return {code: code.zfill(cells.WIDTH) for code in there
            if 0 < cells.WIDTH - len(code) <= cells.MOST_LOST and code.zfill(cells.WIDTH) not in there}


_PROVINCES = frozenset(local.PROVINCES.values())
