"""One row of the register -> an agency, or what is wrong with the row and what to do about it.

No row is lost. This module knows what each field may hold; it knows nothing of files.
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
AS_TYPED = ("cell", "announced")   # e-mail cells, which are judged and not corrected
Notes = tuple[Note, ...]
PROVINCE_NAMES = {"กทม": "10", "กทม.": "10", "กรุงเทพ": "10", "กรุงเทพฯ": "10", "อยุธยา": "14"}


def read(rows: Iterable[FileRow], where: Mapping[str, int]) -> tuple[list[Entry], list[Problem]]:
    """Read rows: len(rows) == len(entries) + len(problems), each in order.

    Of two rows with one code the later is a problem.
    """
    rows = list(rows)
    restored = _restorable(row.cells[where["code"]] for row in rows
                           if len(row.cells) > where["code"])
    entries: list[Entry] = []
    problems: list[Problem] = []
    lines: dict[str, int] = {}
    named: list[tuple[int, str, str]] = []
    for row in rows:
        words = _row_words(row, where)
        try:
            entry = _entry(row, words, restored)
            _only_once(entry.agency.code, lines)
        except Unreadable as error:
            problems.append(Problem(row.line, row.raw, error.problem, error.remedy, error.thai,
                                    error.field, *_code_and_name(row, where, restored)))
        else:
            lines[entry.agency.code] = row.line
            if district := words.typed.get("district"):
                named.append((row.line, entry.agency.code, cells.tidy(district)))
            entries.append(entry)
    odd = agree.districts(named)
    return [replace(e, notes=(*e.notes, odd[e.line])) if e.line in odd else e
            for e in entries], problems


class _RowWords(NamedTuple):
    """A row's cells by field, why some were not read (these are "" in `typed`), and notes."""

    typed: dict[str, str]
    unread: dict[str, Unread]
    notes: list[Note]


def _row_words(row: FileRow, where: Mapping[str, int]) -> _RowWords:
    typed = {field: row.cells[i] if i < len(row.cells) else "" for field, i in where.items()}
    notes = list(_filled(row, where)) if row.filled else []
    if row.marks is not NO_MARKS:
        fields = {i: field for field, i in where.items()}
        notes += [Note("" if i is None else fields[i], *words)
                  for i, *words in row.marks.remarks if i is None or i in fields]
        notes += links.followed(typed, {field: row.marks.links[i] for field, i in where.items()
                                        if i in row.marks.links})
    marked = row.marks.unread
    suspect = (field for field, i in where.items()
               if i in marked or typed[field][:1] in unread.BEGINNINGS)
    reasons = {field: marked.get(where[field]) or unread.of_text(field, typed[field])
               for field in suspect}
    not_read = {field: why for field, why in reasons.items() if why}
    typed.update(dict.fromkeys(not_read, ""))
    return _RowWords(typed, not_read, notes)


def _entry(row: FileRow, words: _RowWords, restored: Mapping[str, str]) -> Entry:
    for field, cell in words.typed.items():
        if len(cell) > LONGEST_CELL:
            raise Unreadable(
                f"the cell {HEADINGS[field][0]} holds {len(cell):,} characters",
                f"a cell holds at most {LONGEST_CELL:,}; a quotation mark that is not closed?",
                f"ช่อง {HEADINGS[field][0]} มี {len(cell):,} ตัวอักษร ยาวเกินไป", field,
            )
    agency, notes = _agency(words, restored)
    not_read = [Note(field, f"not read, so what stood before stays: {why.english}",
                     f"อ่านไม่ได้ จึงคงข้อมูลเดิมไว้: {why.thai}")
                for field, why in words.unread.items()]
    notes = (*words.notes, *not_read, *notes, *agree.with_code(agency))
    if not words.unread:
        return Entry(row.line, row.raw, agency, notes)
    return unread.keep_unread_fields(Entry(row.line, row.raw, agency, notes,
                                           frozenset(words.unread)), None)


def _code_and_name(row: FileRow, where: Mapping[str, int],
                   restored: Mapping[str, str]) -> tuple[str, str]:
    """Return the code and name in a row as far as they can be read, struck out or not."""
    stands = {field: row.cells[where[field]] if where[field] < len(row.cells) else ""
              for field in ("code", "name")}
    try:
        code, _ = cells.code(stands["code"], "code")
    except Unreadable:
        code = ""
    whole = "" if unread.of_text("code", code) else restored.get(code, code)
    return whole, cells.tidy(stands["name"])


def _agency(words: _RowWords, restored: Mapping[str, str]) -> tuple[Agency, Notes]:
    typed = words.typed
    clean = {field: cells.tidy(cell) for field, cell in typed.items() if field not in AS_TYPED}
    for field in ("code", "name"):
        if field in words.unread:
            raise _unread_cell(field, words.unread[field])
        if not clean[field]:
            raise Unreadable(f"the cell {HEADINGS[field][0]} is empty",
                             "fill it in; nothing else tells agencies apart",
                             f"ช่อง {HEADINGS[field][0]} ว่าง ต้องกรอก", field)
    code, notes = cells.code(typed["code"], "code")
    if not code:
        raise Unreadable(f"{quoted(clean['code'])} is no code", "write the agency's code",
                         f"{quoted(clean['code'])} ไม่ใช่รหัสหน่วยงาน", "code")
    if "kind" in words.unread and not local.parse(code):
        raise _unread_cell("kind", words.unread["kind"])
    kind, of_kind = kinds.kind(clean["kind"], local.parse(code))
    code, of_code = _with_leading_zeros(code, kind, restored)
    former, of_former = _former(words)
    province, of_province = _province(clean.get("province", ""),
                                      local.parse(code) if kind.local else None)
    if kind.local and local.parse(code):
        words.unread.pop("province", None)      # the code tells it
    announcement, of_announcement = _announcement(words)
    cell, of_cell = _plain(typed.get("cell", ""))
    agency = Agency(
        code=code, name=clean["name"], kind=kind, province=province,
        superior=cells.given(clean.get("superior", "")),
        status=_status(words, clean.get("status", "")), former=former, cell=cell,
        announcement=announcement)
    return agency, (*notes, *of_code, *of_kind, *_unseen(typed, "name"), *of_province, *of_former,
                    *of_cell, *of_announcement)


def _unread_cell(field: str, why: Unread) -> Unreadable:
    english, _, remedy = why.english.partition(": ")
    return Unreadable(f"the cell {HEADINGS[field][0]} says nothing: {english}",
                      remedy or "write the value", f"ช่อง {HEADINGS[field][0]}: {why.thai}", field)


def _with_leading_zeros(code: str, kind: AgencyKind,
                        restored: Mapping[str, str]) -> tuple[str, Notes]:
    """Return a code with the leading zeros that a spreadsheet dropped.

    Raise Unreadable for a local government, of which the missing digit cannot be known.
    """
    if code not in restored:
        return code, ()
    if kind.local:
        raise Unreadable(
            f"the code {code} has {len(code)} digits, that of a local government has seven",
            "write all seven; which one is missing cannot be known", f"รหัส {code} มีไม่ครบ ๗ หลัก",
            "code",
        )
    whole = restored[code]
    if whole == code:
        return code, ()
    return whole, (Note("code", f"leading zero restored: {whole} from {code}",
                        f"เติมเลขศูนย์นำหน้าที่หายไป: {whole} จาก {code}"),)


def _status(words: _RowWords, label: str) -> Status:
    try:
        return kinds.status(label)
    except Unreadable as error:
        words.unread["status"] = _as_unread(error)
        return Status.NORMAL


def _former(words: _RowWords) -> tuple[str, Notes]:
    typed = cells.given(words.typed.get("former", ""))
    try:
        return cells.code(typed, "former") if typed else ("", ())
    except Unreadable as error:
        words.unread["former"] = _as_unread(error)
        return "", ()


def _as_unread(error: Unreadable) -> Unread:
    return Unread(f"{error.problem}: {error.remedy}", error.thai)


def _plain(typed: str) -> tuple[str, Notes]:
    """Return an e-mail cell as it was typed, without its invisible characters."""
    if typed.isascii() and typed.isprintable():
        return typed, ()
    storable = cells.storable(typed)
    plain = cells.without_invisible(storable)
    removed = Note("cell", "characters that cannot be seen were taken out",
                   "ลบอักขระที่มองไม่เห็นออก")
    return plain, () if plain == storable else (removed,)


def _unseen(typed: Mapping[str, str], field: str) -> Notes:
    if "".join(cells.tidy(typed[field]).split()) == "".join(typed[field].split()):
        return ()
    return (Note(field, "characters that cannot be seen, or vowels typed in two strokes, put right",
                 "แก้อักขระที่มองไม่เห็นหรือสระที่พิมพ์แยก"),)


def _province(clean: str, code: local.LocalCode | None) -> tuple[str, Notes]:
    named = cells.given(clean)
    if not named and not code:
        return "", ()
    if not named and code:
        return code.province, (Note("province", f"read from the code: {code.province}",
                                    f"อ่านจากรหัส: {code.province}"),)
    plain = named.removeprefix("จังหวัด").removeprefix("จ.").strip()
    number = PROVINCE_NAMES.get(plain, plain.translate(cells.ARABIC))
    found = local.PROVINCES.get(number) or (plain if plain in _PROVINCES else None)
    if found is None and code:
        return named, ()   # `agree` says which province the code names
    if found is None:
        return named, (Note("province", f"no province is called {quoted(named)}",
                            f"ไม่พบจังหวัดชื่อ {quoted(named)}"),)
    as_named = named in {found, number, f"จังหวัด{found}"}
    return found, () if as_named else (cells.read_as_note("province", found, named),)


def _announcement(words: _RowWords) -> tuple[Announcement | None, Notes]:
    link, day = (cells.given(words.typed.get(field, "")) for field in ("link", "given_on"))
    given_on: date | None = None
    notes: Notes = ()
    try:
        given_on, notes = _day(day)
    except Unreadable as error:
        if cells.says_none(day):
            notes = (Note("given_on", f"{error.problem}; {error.remedy}", error.thai),)
        else:
            words.unread["given_on"] = _as_unread(error)
    if not link and not given_on:
        return None, notes
    cell, of_cell = _plain(words.typed.get("announced", ""))
    notes += tuple(note._replace(field="announced") for note in of_cell)
    return Announcement(link, given_on, cell), notes


def _day(text: str) -> tuple[date | None, Notes]:
    if not text:
        return None, ()
    day, interpreted = dates.interpreted(text)
    note = cells.read_as_note("given_on", f"{thai_date(day)} ({day})", text)
    return day, (note,) if interpreted else ()


def _filled(row: FileRow, where: Mapping[str, int]) -> Notes:
    fields = {i: field for field, i in where.items()}
    return tuple(Note(fields[i], f"filled down from line {line} (merged cells)",
                      f"เติมจากบรรทัด {line} (เซลล์ที่ผสาน)")
                 for i, line in row.filled if i in fields)


def _only_once(code: str, lines: Mapping[str, int]) -> None:
    if code in lines:
        raise Unreadable(f"code {code} stands in line {lines[code]} already", "keep one of the two",
                         f"รหัส {code} ซ้ำกับบรรทัด {lines[code]} ให้เหลือแถวเดียว", "code")


def _as_read(cell: str) -> str:
    """Return a code as it is read, or ""; so an exported list is read like the one it came from."""
    try:
        return cells.code(cell, "code")[0]
    except Unreadable:
        return ""


def _restorable(column: Iterable[str]) -> dict[str, str]:
    """Return code -> code with leading zeros for codes that lost one or two of them.

    It is empty unless most of the list's codes have seven digits; one that stands in several rows
    counts once. A code that would then stand twice stays as it is.
    """
    there = {code for code in map(_as_read, column) if code.isascii() and code.isdigit()}
    if 2 * Counter(map(len, there))[cells.WIDTH] <= len(there):
        return {}
    lost = {code: code.zfill(cells.WIDTH) for code in there
            if 0 < cells.WIDTH - len(code) <= cells.MOST_LOST}
    return {code: code if whole in there else whole for code, whole in lost.items()}


_PROVINCES = frozenset(local.PROVINCES.values())
