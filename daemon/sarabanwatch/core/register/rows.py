"""One row of the register -> an agency, or what is wrong with the row and what to do. No row is ever lost.

Knows what each field may hold; nothing of files, nor of where a column stands.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from sarabanwatch.core.calendar import thai_date
from sarabanwatch.core.facts import local
from sarabanwatch.core.facts.agency import Agency, AgencyKind, Announcement, Status
from sarabanwatch.core.register import agree, cells, dates, kinds, links, unread
from sarabanwatch.core.register.headings import HEADINGS
from sarabanwatch.core.register.records import (
    NO_MARKS,
    Entry,
    FileRow,
    Note,
    Problem,
    Unread,
    Unreadable,
    quoted,
)

LONGEST_CELL = 32_767   # characters, as in a spreadsheet; a longer cell is not one
ODD = ("cell", "announced")   # kept as they were typed: they are judged, not mended
PROVINCE_NAMES = {"กทม": "10", "กทม.": "10", "กรุงเทพ": "10", "กรุงเทพฯ": "10", "อยุธยา": "14"}


def read(rows: Iterable[FileRow], where: Mapping[str, int]) -> tuple[list[Entry], list[Problem]]:
    """Read rows; a code seen before makes a problem of the later row. len(rows) = entries + problems, each in order."""
    rows = list(rows)
    restored = _restorable(row.cells[where["code"]] for row in rows
                           if len(row.cells) > where["code"])
    entries: list[Entry] = []
    problems: list[Problem] = []
    lines: dict[str, int] = {}
    named: list[tuple[int, str, str]] = []
    for row in rows:
        said = _row_words(row, where)
        try:
            entry = _entry(row, said, restored)
            _only_once(entry.agency.code, lines)
        except Unreadable as error:
            problems.append(Problem(row.line, row.raw, error.problem, error.remedy, error.thai,
                                    error.field, *_code_and_name(row, where, restored)))
        else:
            lines[entry.agency.code] = row.line
            named.append((row.line, entry.agency.code, cells.tidy(said.typed.get("district", ""))))
            entries.append(entry)
    odd = agree.districts(named)
    return [replace(e, notes=(*e.notes, odd[e.line])) if e.line in odd else e
            for e in entries], problems


class _RowWords(NamedTuple):
    """What a row says: its cells by field, those that say nothing with why ("" among the cells), and what is to be told of it."""

    typed: dict[str, str]
    unread: dict[str, Unread]
    notes: list[Note]


def _row_words(row: FileRow, where: Mapping[str, int]) -> _RowWords:
    typed = {field: row.cells[i] if i < len(row.cells) else "" for field, i in where.items()}
    notes = list(_filled(row, where)) if row.filled else []
    if row.beside is not NO_MARKS:
        fields = {i: field for field, i in where.items()}
        notes += [Note(fields[i] if i is not None else "", *words) for i, *words in row.beside.said
                  if i is None or i in fields]
        notes += links.followed(typed, {field: row.beside.links[i] for field, i in where.items()
                                        if i in row.beside.links})
    shown_ = row.beside.unread
    dead = {field: why for field, i in where.items() if i in shown_
            or typed[field][:1] in unread.BEGINNINGS
            if (why := shown_.get(i) or unread.of_text(field, typed[field]))}
    if dead:
        typed.update(dict.fromkeys(dead, ""))
    return _RowWords(typed, dead, notes)


def _entry(row: FileRow, said: _RowWords, restored: Mapping[str, str]) -> Entry:
    for field, cell in said.typed.items():
        if len(cell) > LONGEST_CELL:
            raise Unreadable(
                f"the cell {HEADINGS[field][0]} holds {len(cell):,} characters",
                f"a cell holds at most {LONGEST_CELL:,}; a quotation mark that is not closed?",
                f"ช่อง {HEADINGS[field][0]} มี {len(cell):,} ตัวอักษร ยาวเกินไป", field,
            )
    agency, notes = _agency(said, restored)
    told = [Note(field, f"not read, so what stood before stays: {why.english}",
                 f"อ่านไม่ได้ จึงคงข้อมูลเดิมไว้: {why.thai}")
            for field, why in said.unread.items()]
    entry = Entry(row.line, row.raw, agency, (*said.notes, *told, *notes, *agree.with_code(agency)),
                  frozenset(said.unread))
    return replace(entry, agency=unread.keep_unread_fields(entry, None).agency) if said.unread else entry


def _code_and_name(row: FileRow, where: Mapping[str, int], restored: Mapping[str, str]) -> tuple[str, str]:
    """Return code and name that stand in a row, struck out or not, as far as they can be read."""
    stands = {field: row.cells[where[field]] if where[field] < len(row.cells) else ""
              for field in ("code", "name")}
    try:
        code, _ = cells.code(stands["code"], "code")
    except Unreadable:
        code = ""
    return "" if unread.of_text("code", code) else restored.get(code,
                                                                code), cells.tidy(stands["name"])


def _agency(said: _RowWords, restored: Mapping[str, str]) -> tuple[Agency, tuple[Note, ...]]:
    typed = said.typed
    clean = {field: cells.tidy(cell) for field, cell in typed.items() if field not in ODD}
    for field in ("code", "name"):
        if field in said.unread:
            raise _unread_cell(field, said.unread[field])
        if not clean[field]:
            raise Unreadable(f"the cell {HEADINGS[field][0]} is empty",
                             "fill it in; nothing else tells agencies apart",
                             f"ช่อง {HEADINGS[field][0]} ว่าง ต้องกรอก", field)
    code, notes = cells.code(typed["code"], "code")
    if not code:
        raise Unreadable(f"{quoted(clean['code'])} is no code", "write the agency's code",
                         f"{quoted(clean['code'])} ไม่ใช่รหัสหน่วยงาน", "code")
    if "kind" in said.unread and not local.parse(code):
        raise _unread_cell("kind", said.unread["kind"])
    kind, of_kind = kinds.kind(clean["kind"], local.parse(code))
    code, of_code = _with_leading_zeros(code, kind, restored)
    former, of_former = _former(said)
    province, of_province = _province(clean.get("province", ""),
                                      local.parse(code) if kind.local else None)
    if kind.local and local.parse(code):
        said.unread.pop("province", None)      # the code tells it
    announcement, of_announcement = _announcement(said)
    cell, of_cell = _plain(typed.get("cell", ""))
    agency = Agency(
        code=code, name=clean["name"], kind=kind, province=province,
        superior=cells.given(clean.get("superior", "")),
        status=_status(said, clean.get("status", "")), former=former, cell=cell,
        announcement=announcement)
    return agency, (*notes, *of_code, *of_kind, *_unseen(typed, "name"), *of_province, *of_former,
                    *of_cell, *of_announcement)


def _unread_cell(field: str, why: Unread) -> Unreadable:
    english, _, remedy = why.english.partition(": ")
    return Unreadable(f"the cell {HEADINGS[field][0]} says nothing: {english}",
                      remedy or "write the value", f"ช่อง {HEADINGS[field][0]}: {why.thai}", field)


def _with_leading_zeros(code: str, kind: AgencyKind, restored: Mapping[str, str]) -> tuple[str,
                                                                                           tuple[Note, ...]]:
    """Return a code with the leading zeros that a spreadsheet took; raise Unreadable where none can be put back."""
    if code not in restored:
        return code, ()
    if kind.local:
        raise Unreadable(
            f"the code {code} has {len(code)} digits, that of a local government has seven",
            "write all seven; which one is missing cannot be known", f"รหัส {code} มีไม่ครบ ๗ หลัก",
            "code",
        )
    return restored[code], (Note("code", f"leading zero restored: {restored[code]} from {code}",
                                 f"เติมเลขศูนย์นำหน้าที่หายไป: {restored[code]} จาก {code}"),)


def _status(said: _RowWords, label: str) -> Status:
    try:
        return kinds.status(label)
    except Unreadable as error:
        said.unread["status"] = _as_unread(error)
        return Status.NORMAL


def _former(said: _RowWords) -> tuple[str, tuple[Note, ...]]:
    typed = cells.given(said.typed.get("former", ""))
    try:
        return cells.code(typed, "former") if typed else ("", ())
    except Unreadable as error:
        said.unread["former"] = _as_unread(error)
        return "", ()


def _as_unread(error: Unreadable) -> Unread:
    return Unread(f"{error.problem}: {error.remedy}", error.thai)


def _plain(typed: str) -> tuple[str, tuple[Note, ...]]:
    """Return an e-mail cell as it stands, without what cannot be seen in it."""
    if typed.isascii() and typed.isprintable():
        return typed, ()
    storable = cells.storable(typed)
    plain = cells.without_invisible(storable)
    return plain, () if plain == storable else (Note(
        "cell", "characters that cannot be seen were taken out", "ลบอักขระที่มองไม่เห็นออก"),)


def _unseen(typed: Mapping[str, str], field: str) -> tuple[Note, ...]:
    if "".join(cells.tidy(typed[field]).split()) == "".join(typed[field].split()):
        return ()
    return (Note(field, "characters that cannot be seen, or vowels typed in two strokes, put right",
                 "แก้อักขระที่มองไม่เห็นหรือสระที่พิมพ์แยก"),)


def _province(clean: str, code: local.LocalCode | None) -> tuple[str, tuple[Note, ...]]:
    named = cells.given(clean)
    if not named:
        return (code.province, (Note("province", f"read from the code: {code.province}",
                                     f"อ่านจากรหัส: {code.province}"),)
                ) if code else ("", ())
    plain = named.removeprefix("จังหวัด").removeprefix("จ.").strip()
    number = PROVINCE_NAMES.get(plain, plain.translate(cells.ARABIC))
    found = local.PROVINCES.get(number) or (plain if plain in _PROVINCES else None)
    if found is None and code:
        return named, ()   # which province the code names is said in any case
    if found is None:
        return named, (Note("province", f"no province is called {quoted(named)}",
                            f"ไม่พบจังหวัดชื่อ {quoted(named)}"),)
    return found, () if named in {found, number,
                                  f"จังหวัด{found}"} else (cells.read_as_note("province", found, named),)


def _announcement(said: _RowWords) -> tuple[Announcement | None, tuple[Note, ...]]:
    link, day = cells.given(said.typed.get("link", "")), cells.given(said.typed.get("given_on", ""))
    given_on: date | None = None
    notes: tuple[Note, ...] = ()
    try:
        given_on, notes = _day(day)
    except Unreadable as error:
        if cells.says_none(day):
            notes = (Note("given_on", f"{error.problem}; {error.remedy}", error.thai),)
        else:
            said.unread["given_on"] = _as_unread(error)
    if not link and not given_on:
        return None, notes
    cell, of_cell = _plain(said.typed.get("announced", ""))
    return Announcement(link, given_on, cell), (*notes, *(note._replace(field="announced")
                                                          for note in of_cell))


def _day(text: str) -> tuple[date | None, tuple[Note, ...]]:
    if not text:
        return None, ()
    day, interpreted = dates.interpreted(text)
    return day, (cells.read_as_note("given_on", f"{thai_date(day)} ({day})",
                                    text),) if interpreted else ()


def _filled(row: FileRow, where: Mapping[str, int]) -> tuple[Note, ...]:
    fields = {i: field for field, i in where.items()}
    return tuple(Note(fields[i], f"filled down from line {line} (merged cells)",
                      f"เติมจากบรรทัด {line} (เซลล์ที่ผสาน)")
                 for i, line in row.filled if i in fields)


def _only_once(code: str, lines: Mapping[str, int]) -> None:
    if code in lines:
        raise Unreadable(f"code {code} stands in line {lines[code]} already", "keep one of the two",
                         f"รหัส {code} ซ้ำกับบรรทัด {lines[code]} ให้เหลือแถวเดียว", "code")


def _as_read(cell: str) -> str:
    """Return a code as it is read, so that a list and what is written back from it are counted alike; "" where it cannot be."""
    try:
        return cells.code(cell, "code")[0]
    except Unreadable:
        return ""


def _restorable(column: Iterable[str]) -> dict[str, str]:
    """Return code -> code with its leading zeros, for those that lost one or two: where most of a list's codes have seven.

    One that would then stand twice is left as it is.
    """
    digits = [code for code in map(_as_read, column) if code.isascii() and code.isdigit()]
    widths = Counter(map(len, digits))
    if 2 * widths[cells.WIDTH] <= len(digits):
        return {}
    there = set(digits)
    return {code: code.zfill(cells.WIDTH) for code in there
            if 0 < cells.WIDTH - len(code) <= cells.MOST_LOST
            and code.zfill(cells.WIDTH) not in there}


_PROVINCES = frozenset(local.PROVINCES.values())
