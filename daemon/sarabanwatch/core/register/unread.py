"""What cannot be read is not absent: a cell that shows an error, a formula without its value, text that was struck out.

Such a cell changes nothing: what stood for it before stays (`kept`). Where nothing stood, that it was not read is part of the
agency (`Agency.unread`), so that no group is decided from the gap. Pure; which cells a file could not give, its reader says.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from sarabanwatch.core.agency import Agency, Announcement
from sarabanwatch.core.register.records import Entry, Note, Problem, Register, Unread, shown

FORMULA = Unread("a formula whose value the file does not hold: open it, let it be worked out, save it, or paste the values",
                 "เป็นสูตรที่ไฟล์ไม่ได้เก็บค่าไว้ ให้เปิดไฟล์ให้คำนวณแล้วบันทึก หรือวางเป็นค่า")
STRUCK = Unread("it is struck out: take it out of the list, or take the line away", "มีขีดฆ่า ให้ลบออกจากรายการ หรือเอาขีดฆ่าออก")
NOUGHT = Unread("it holds 0, as a look-up gives for an empty cell: write the value, or leave it empty",
                "มีค่าเป็น 0 ซึ่งมักเกิดจากสูตรค้นหาที่พบช่องว่าง ให้กรอกค่าจริงหรือเว้นว่าง")
_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|ERROR!|"
                    r"GETTING_DATA|#+)|Err:\d{3}", re.IGNORECASE)
_NOUGHT = re.compile(r"0(?:\.0+)?")
IN_WORDS = frozenset({"code", "name", "kind", "province", "superior", "cell", "link", "given_on", "announced", "status", "former"})
STAYS = ("province", "superior", "status", "former", "cell")       # fields that are one part of an agency each
WEIGHTY = frozenset({"cell", "status", "link", "given_on", "announced"})     # what a group may hang on
ANNOUNCED = ("link", "given_on", "announced")
GIVEN = "announcement"     # in Agency.unread: whether there is one is not known


def error(text: str) -> Unread:
    """Say that a cell shows a spreadsheet's error."""
    return Unread(f"it shows the error {shown(text)}: mend the formula, or write the value",
                  f"แสดงค่าผิดพลาด {shown(text)} ให้แก้สูตรหรือกรอกค่าจริง")


def of_text(field: str, text: str) -> Unread | None:
    """Return why a cell's text says nothing; None where it does."""
    plain = text.strip()
    if plain[:1] in "#Ee" and _ERROR.fullmatch(plain):
        return error(plain)
    return NOUGHT if plain[:1] == "0" and field in IN_WORDS and _NOUGHT.fullmatch(plain) else None


def settled(register: Register, before: Mapping[str, Agency]) -> Register:
    """Return a list as it may be held against the register that stood: what it could not say there stays as it was."""
    entries = [kept(entry, before.get(entry.agency.code)) for entry in register.entries]
    lacking = before.keys() - {entry.agency.code for entry in entries}
    named: dict[str, list[str]] = {}
    for code in sorted(lacking):
        named.setdefault(before[code].name, []).append(code)
    stay = {code: problem for problem in register.problems
            for code in ([problem.code] if problem.code else named.get(problem.name, ())) if code in lacking}
    return replace(register, entries=[*entries, *(_stays(problem, before[code]) for code, problem in stay.items())])


def gaps(register: Register) -> int:
    """Count the rows that could not be read where it matters: those by which an agency stands as it did, or is not known."""
    return sum(entry.kept or not entry.unread.isdisjoint(WEIGHTY) for entry in register.entries)


def _stays(problem: Problem, agency: Agency) -> Entry:
    note = Note(problem.field, f"the row could not be read ({problem.problem}); what stood before stays",
                f"อ่านแถวนี้ไม่ได้ ({problem.thai or problem.problem}) จึงคงข้อมูลเดิมไว้")
    return Entry(problem.line, problem.raw, agency, (note,), kept=True)


def kept(entry: Entry, before: Agency | None) -> Entry:
    """Return an entry with what stood before for each cell that could not be read."""
    if not entry.unread:
        return entry
    agency, lacking = entry.agency, set[str]()
    for field in STAYS:
        if field not in entry.unread:
            continue
        if before and field not in before.unread:
            agency = replace(agency, **{field: getattr(before, field)})
        else:
            lacking.add(field)
    given, lacks = _announcement(entry, before)
    return replace(entry, agency=replace(agency, announcement=given, unread=frozenset(lacking | lacks)))


def _announcement(entry: Entry, before: Agency | None) -> tuple[Announcement | None, set[str]]:
    """Return the announcement, and what is not known of it."""
    given, unread = entry.agency.announcement, entry.unread.intersection(ANNOUNCED)
    stood = before.announcement if before else None
    if given is None:
        if not unread - {"announced"}:
            return None, set()
        known = before is not None and GIVEN not in before.unread
        return (stood, set(before.unread & {"announced"})) if known and before else (None, {GIVEN})
    if stood is None:
        return given, set(unread & {"announced"})
    return Announcement(
        stood.link if "link" in unread else given.link, stood.given_on if "given_on" in unread else given.given_on,
        stood.cell if "announced" in unread else given.cell), set(unread & {"announced"} & (before.unread if before else set()))
