"""What cannot be read is not absent: a cell that shows an error, a formula without its value, text that was struck out.

Such a cell changes nothing: what stood for it before stays (`kept`). Where nothing stood, that it was not read is part of the
agency (`Agency.unread`), so that no group is decided from the gap. Pure; which cells a file could not give, its reader says.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from sarabanwatch.core.facts.agency import Agency, Announcement
from sarabanwatch.core.register.headings import HEADINGS
from sarabanwatch.core.register.records import Entry, Note, Problem, Register, Unread, quoted

FORMULA = Unread(
    "a formula whose value the file does not hold: open it, let it be worked out, save it, or paste the values",
    "เป็นสูตรที่ไฟล์ไม่ได้เก็บค่าไว้ ให้เปิดไฟล์ให้คำนวณแล้วบันทึก หรือวางเป็นค่า",
)
STRUCK = Unread("it is struck out: take it out of the list, or take the line away",
                "มีขีดฆ่า ให้ลบออกจากรายการ หรือเอาขีดฆ่าออก")
NOUGHT = Unread(
    "it holds 0, as a look-up gives for an empty cell: write the value, or leave it empty",
    "มีค่าเป็น 0 ซึ่งมักเกิดจากสูตรค้นหาที่พบช่องว่าง ให้กรอกค่าจริงหรือเว้นว่าง",
)
_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|ERROR!|"
                    r"GETTING_DATA|#+)|Err:\d{3}", re.IGNORECASE)
BEGINNINGS = frozenset("#0Ee \t\n\xa0")     # with which every such text begins
_NOUGHT = re.compile(r"0(?:\.0+)?")
IN_WORDS = frozenset({"code", "name", "kind", "province", "superior", "cell", "link", "given_on",
                      "announced", "status", "former"})
# fields that are one part of an agency each
STAYS = ("province", "superior", "status", "former", "cell")
# what a group may hang on
WEIGHTY = frozenset({"cell", "status", "link", "given_on", "announced"})
ANNOUNCED = ("link", "given_on", "announced")
IN_FULL = {"อบต": "องค์การบริหารส่วนตำบล", "อบจ": "องค์การบริหารส่วนจังหวัด", "ทต.": "เทศบาลตำบล",
           "ทม.": "เทศบาลเมือง", "ทน.": "เทศบาลนคร",
           "สนง.": "สำนักงาน", "จ.": "จังหวัด"}
PLACED = frozenset({"link", "given_on"})     # one of which makes an announcement
GIVEN = "announcement"     # in Agency.unread: whether there is one is not known


def error(text: str) -> Unread:
    """Say that a cell shows a spreadsheet's error."""
    return Unread(f"it shows the error {quoted(text)}: mend the formula, or write the value",
                  f"แสดงค่าผิดพลาด {quoted(text)} ให้แก้สูตรหรือกรอกค่าจริง")


def of_text(field: str, text: str) -> Unread | None:
    """Return why a cell's text says nothing; None where it does."""
    plain = text.strip()
    if _ERROR.fullmatch(plain):
        return error(plain)
    return NOUGHT if field in IN_WORDS and _NOUGHT.fullmatch(plain) else None


def with_unread_kept(register: Register, before: Mapping[str, Agency]) -> Register:
    """Return a list as it may be held against the register that stood: what it could not say there stays as it was.

    A column that the list lacks says nothing of those who stood; a name in short is the same name.
    """
    lacks = _lacking(register) if before else frozenset[str]()
    entries = [_against(entry, before.get(entry.agency.code), lacks) for entry in register.entries]
    gone = before.keys() - {entry.agency.code for entry in entries}
    named: dict[str, list[str]] = {}
    for code in sorted(gone):
        named.setdefault(spelt_out(before[code].name), []).append(code)
    stay = {code: problem for problem in register.problems
            for code in ([problem.code] if problem.code else named.get(spelt_out(problem.name), ()))
            if code in gone}
    return replace(register, entries=[*entries, *(_stays(problem, before[code])
                                                  for code, problem in stay.items())],
                   notes=(*register.notes, *_of_columns(lacks)))


def _lacking(register: Register) -> frozenset[str]:
    """Return the fields for which a list has no column; of an announcement's place and day one will do."""
    has = {field for field, *_ in register.columns}
    lacks = frozenset({*STAYS, *ANNOUNCED} - has) if has else frozenset[str]()
    return lacks if lacks >= PLACED else lacks - PLACED


def _of_columns(lacks: frozenset[str]) -> Iterator[Note]:
    if lacks:
        named = ", ".join(HEADINGS[field][0] for field in HEADINGS if field in lacks)
        yield Note("", f"no column {named}: what stood there stays",
                   f"ไม่มีคอลัมน์ {named} จึงคงข้อมูลเดิมไว้")


def _against(entry: Entry, before: Agency | None, lacks: frozenset[str]) -> Entry:
    settled_ = keep_unread_fields(entry, before, lacks)
    if (
        before is None or entry.agency.name == before.name
        or spelt_out(entry.agency.name) != spelt_out(before.name)
    ):
        return settled_
    # abbreviated, or spelt out: no other name
    return replace(settled_, agency=replace(settled_.agency, name=before.name))


def count_unread_rows(register: Register) -> int:
    """Count the rows that could not be read where it matters: those by which an agency stands as it did, or is not known."""
    return sum(entry.kept or not entry.unread.isdisjoint(WEIGHTY) for entry in register.entries)


def _stays(problem: Problem, agency: Agency) -> Entry:
    note = Note(
        problem.field, f"the row could not be read ({problem.problem}); what stood before stays",
        f"อ่านแถวนี้ไม่ได้ ({problem.thai or problem.problem}) จึงคงข้อมูลเดิมไว้",
    )
    return Entry(problem.line, problem.raw, agency, (note,), kept=True)


def spelt_out(name: str) -> str:
    """Return a name without abbreviations and spaces, by which two writings of it are compared."""
    spelt = "".join(name.split())
    short = next((each for each in IN_FULL if spelt.startswith(each)), "")
    return IN_FULL[short] + spelt[len(short):].lstrip(".") if short else spelt


def keep_unread_fields(entry: Entry, before: Agency | None, lacks: frozenset[str] = frozenset()) -> Entry:
    """Return an entry with what stood before for each cell that could not be read, or whose column the list `lacks`."""
    unread = entry.unread | lacks if before else entry.unread
    if not unread:
        return entry
    agency, lacking = entry.agency, set[str]()
    for field in STAYS:
        if field not in unread:
            continue
        if before and field not in before.unread:
            agency = replace(agency, **{field: getattr(before, field)})
        else:
            lacking.add(field)
    given, unknown = _announcement(entry.agency.announcement, unread, before)
    if before:
        unknown -= lacks - before.unread        # a column that is not there leaves nothing open
    return replace(entry, agency=replace(agency, announcement=given,
                                         unread=frozenset(lacking | unknown)))


def _announcement(
    given: Announcement | None, fields: frozenset[str], before: Agency | None,
) -> tuple[Announcement | None, set[str]]:
    """Return the announcement, and what is not known of it, where these fields were not read."""
    unread = fields.intersection(ANNOUNCED)
    stood = before.announcement if before else None
    if given is None:
        if not unread - {"announced"}:
            return None, set()
        known = before is not None and GIVEN not in before.unread
        return (stood, set(before.unread & {"announced"})) if known and before else (None, {GIVEN})
    if stood is None:
        return given, set(unread & {"announced"})
    return Announcement(
        stood.link if "link" in unread else given.link,
        stood.given_on if "given_on" in unread else given.given_on,
        stood.cell if "announced" in unread
        else given.cell), set(unread & {"announced"} & (before.unread if before else set()))
