"""What the Regulation on Saraban (No. 4) B.E. 2564 asks of a central address, a row each.

A row says when a cell breaks it, to which group that leads, how grave it is, what to advise, and in
which source it is written. Suffixes, free-mail hosts and placeholders are dated configuration
(`Rules`).
"""

import re
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from sarabanwatch.core.address.cell import Mending, ReadAddress
from sarabanwatch.core.address.domain import X_SAMPLE, Domain, coded_host, described
from sarabanwatch.core.address.rules import Rules
from sarabanwatch.core.address.thai import in_ascii, is_thai
from sarabanwatch.core.facts import local
from sarabanwatch.core.facts.agency import LOCAL, Agency, AgencyKind
from sarabanwatch.core.facts.provinces import PROVINCES, Province

CODED = re.compile(r"saraban_0(\d{7})", re.IGNORECASE | re.ASCII)
# meant as a code, whatever became of it
NUMBERED = re.compile(r"\d{5,}|[\dlo]{7,8}$", re.IGNORECASE | re.ASCII)
ATOMS = re.compile(r"(?!.*[._-]$)[^.]+(?:\.[^.]+)*")     # RFC 5321 section 4.1.2
LONGEST_LOCAL = 64          # RFC 5321 section 4.5.3.1.1
PUNYCODE = re.compile(r"(?:^|\.)xn--")
HEADS = ("กระทรวง", "กรม", "มหาวิทยาลัย")
# these, and offices with such names, have a domain of their own
HOUSED = LOCAL | {AgencyKind.PROVINCE, AgencyKind.STATE_ENTERPRISE}
TRADING = frozenset({AgencyKind.STATE_ENTERPRISE, AgencyKind.PUBLIC_ORGANISATION, AgencyKind.OTHER})
WORD = "saraban"
PROVINCIAL = "2"


class CellFinding(StrEnum):
    """The whole cell in one word."""

    RIGHT = "right"              # usable as it stands, and as the Regulation asks
    ODD = "odd"                  # one good address can be read, but the cell needs tidying
    WRONG = "wrong"              # an address, but not one that the Regulation accepts
    UNREADABLE = "unreadable"    # no address


class Cell(NamedTuple):
    """A cell, the addresses read in it, and the one that is taken for the central address."""

    text: str
    found: tuple[ReadAddress, ...]
    chosen: ReadAddress
    local: str       # the local part of `chosen`, in small letters
    domain: Domain   # what is known of its domain
    code: str        # the local government's code in it, or ""
    agency: Agency
    rules: Rules


def cell(text: str, found: tuple[ReadAddress, ...], chosen: ReadAddress, agency: Agency,
         rules: Rules) -> Cell:
    """Return a cell with all that the requirements ask of it."""
    domain = described(chosen.domain, rules)
    form = CODED.fullmatch(chosen.local) if domain.coded else None
    code = form[1] if form and (local.parse(form[1]) or form[1] == agency.code) else ""
    return Cell(text, found, chosen, chosen.local.lower(), domain, code, agency, rules)


class Requirement(NamedTuple):
    """One row: its name, when a cell breaks it, the group that this leads to, and the advice.

    `writable`: whether a letter may be sent to the address although the cell breaks the
    requirement.
    """

    name: str
    broken: Callable[[Cell], bool]
    group: str
    finding: CellFinding
    writable: bool
    advice: str
    thai: str
    source: str


def _placeholder(c: Cell) -> bool:
    return c.domain.sample or bool(X_SAMPLE.search(c.local))


def _misnumbered(c: Cell) -> bool:
    return c.domain.coded and not c.code and bool(NUMBERED.search(c.local))


def _another_code(c: Cell) -> bool:
    if not c.domain.coded or _misnumbered(c):
        return False
    if not c.code:
        # the mailbox of the department itself, or of one of its units
        return c.agency.kind.local and c.local.startswith(WORD)
    own = {c.agency.code, c.agency.former} - {""}
    if not own:
        return _elsewhere(c.code, c.agency)
    return not any(_same_place(c.code, code) for code in own)


def latin(province: Province) -> str:
    """Return a province's name as it stands in an address: small Latin letters, nothing else."""
    return re.sub("[^a-z]", "", province.english.lower())


def _another_province(c: Cell) -> bool:
    """On a host that provinces share: does the address name a province that the agency is not?"""
    local_body = c.agency.kind.local
    if c.chosen.domain not in c.rules.province_hosts or not (
            local_body or c.agency.kind is AgencyKind.PROVINCE):
        return False
    name = re.sub("[^a-z]", "", c.local.removeprefix(WORD))
    return any(name == latin(province) and (local_body or province.thai not in c.agency.name)
               for province in PROVINCES)


def _same_place(code: str, own: str) -> bool:
    """A raise in status changes only the first digit, and never that of a province's own body."""
    return code[1:] == own[1:] and (code[0] == PROVINCIAL) == (own[0] == PROVINCIAL)


def _elsewhere(code: str, agency: Agency) -> bool:
    """Is this code of another kind of body or province than an agency without a code?"""
    read = local.parse(code)
    if read is None or not agency.kind.local:
        return agency.kind is not AgencyKind.OTHER
    place = agency.province or province_in(agency.name)
    if (agency.kind is AgencyKind.PAO) != (read.kind is AgencyKind.PAO):
        return True
    return bool(place) and place != read.province


def province_in(name: str) -> str:
    """Return the province that stands as a last word in an agency's name, or ""."""
    _, _, last = name.strip().rpartition(" ")
    place = last.removeprefix("จังหวัด").removeprefix("จ.")
    return place if last != name.strip() and place in local.PROVINCES.values() else ""


def _another_domain(c: Cell) -> bool:
    owner, own_names = c.domain.owner, f"{c.agency.name} {c.agency.superior}"
    if not owner or (c.domain.shared and c.local != WORD):
        return False
    if any(word in own_names for word in owner):
        return False
    return c.agency.kind in HOUSED or c.agency.name.startswith(HEADS)


def _foreign(c: Cell) -> bool:
    if not c.found or c.domain.meant:
        return False
    return c.domain.free or not c.domain.suffix or (c.domain.trade and c.agency.kind not in TRADING)


def _mistyped(c: Cell) -> bool:
    coded = CODED.fullmatch(c.local)
    return bool(c.domain.meant or (coded and coded_host(c.chosen.domain, c.rules)))


def _nameless(c: Cell) -> bool:
    return bool(c.domain.suffix) and c.domain.name in ((), ("mail",))


def _of_another_script(c: Cell) -> bool:
    return bool(PUNYCODE.search(c.chosen.domain)) and not is_thai(c.chosen.domain)


def _dangling(c: Cell) -> bool:
    return bool(c.found) and not (c.domain.formed and len(c.local) <= LONGEST_LOCAL
                                  and ATOMS.fullmatch(c.local))


def begins(local_part: str, separators: str) -> bool:
    """Say whether a local part (small letters) begins with saraban, and not with, say, sarabann."""
    if not local_part.startswith(WORD):
        return False
    after, then = local_part[len(WORD):][:1], local_part[len(WORD) + 1:][:1]
    too_long = after.isalpha() and not then.isalnum()    # one letter more, and the word ends
    return after in separators or (after.isalnum() and not too_long)     # "" is in every string


def _not_ascii(c: Cell) -> bool:
    return bool(c.found) and not c.local.isascii()


def _begins_otherwise(c: Cell) -> bool:
    return bool(c.found) and c.local.isascii() and not begins(c.local, c.rules.separators)


def _untidy(c: Cell) -> bool:
    alone = in_ascii(c.text.strip()).lower() == c.chosen.address.lower()
    return len(c.found) == 1 and not c.chosen.mended and not alone


def _of_another_agency(c: Cell) -> bool:
    return _another_code(c) or _another_province(c)


def _needed(mending: Mending) -> Callable[[Cell], bool]:
    return lambda c: mending in c.chosen.mended


F, M = CellFinding, Mending
ANNEX = "ระเบียบสารบรรณ (ฉบับที่ ๔) พ.ศ. ๒๕๖๔ ภาคผนวก ๗"
ACT = "พ.ร.บ. การปฏิบัติราชการทางอิเล็กทรอนิกส์ พ.ศ. ๒๕๖๕ มาตรา ๑๐"
DLA = "สถ.: saraban_0 + รหัส อปท. @dla.go.th"
RFC = "RFC 5321 § 4.1.2"
REQUIREMENTS = (
    Requirement("an-address", lambda c: not c.found, "B3", F.UNREADABLE, False,
                "Declare one e-mail address.",
                "ระบุอีเมลกลางหนึ่งรายการ", ACT),
    Requirement("one-address", lambda c: len(c.found) > 1, "B3", F.ODD, False,
                "Declare one address only; name the central one.",
                "ระบุอีเมลกลางเพียงรายการเดียว", ANNEX),
    Requirement("no-placeholder", _placeholder, "B3", F.WRONG, False,
                "Replace the sample address by the agency's own.",
                "แทนที่อีเมลตัวอย่างด้วยอีเมลของหน่วยงาน", ACT),
    Requirement("own-code", _of_another_agency, "B3", F.WRONG, False,
                "The code, or the province, in the address is another agency's.",
                "รหัสหรือจังหวัดในอีเมลเป็นของหน่วยงานอื่น", DLA),
    Requirement("whole-code", _misnumbered, "B3", F.WRONG, False,
                "On this host the address is saraban_0 and the seven digits of the agency's code.",
                "อีเมลบนโดเมนนี้คือ saraban_0 ตามด้วยรหัส อปท. เจ็ดหลัก", DLA),
    Requirement("own-domain", _another_domain, "B3", F.WRONG, False,
                "The domain is another agency's.",
                "โดเมนเป็นของหน่วยงานอื่น", ACT),
    Requirement("no-slip", _mistyped, "B3", F.WRONG, False,
                "The domain's ending looks mistyped.",
                "ท้ายโดเมนน่าจะพิมพ์ผิด", RFC),
    Requirement("domain-with-a-name", _nameless, "B3", F.WRONG, False,
                "The agency's name is missing from the domain.",
                "โดเมนไม่มีชื่อหน่วยงาน", RFC),
    Requirement("plain-domain", _of_another_script, "B3", F.WRONG, False,
                "The domain is in another script, or in letters that only look Latin.",
                "โดเมนเป็นอักษรอื่นหรืออักษรที่คล้ายอักษรละติน ให้ใช้โดเมนอักษรละติน", "RFC 5890 § 2.3.2.1"),
    Requirement("well-formed", _dangling, "B3", F.WRONG, False,
                "Dots, hyphens and underscores stand between words, never at an end.",
                "จุดและขีดต้องอยู่ระหว่างคำเท่านั้น", RFC),
    Requirement("one-at", _needed(M.AT), "B3", F.ODD, False,
                "Write one @.",
                "อีเมลต้องมีเครื่องหมาย @ หนึ่งตัว", RFC),
    Requirement("no-space", _needed(M.SPACE), "B3", F.ODD, False,
                "Leave no space or quotation mark inside the address.",
                "ห้ามมีเว้นวรรคหรือเครื่องหมายคำพูดภายในอีเมล", RFC),
    Requirement("latin-letters", _needed(M.LETTERS), "B3", F.ODD, False,
                "A letter looks Latin and is not: type the address anew.",
                "มีอักษรที่ไม่ใช่อักษรละตินปนอยู่ ให้พิมพ์อีเมลใหม่", RFC),
    Requirement("arabic-digits", _needed(M.DIGITS), "B3", F.ODD, False,
                "Write digits in the address as 0-9.",
                "ใช้เลขอารบิกในอีเมล", RFC),
    Requirement("one-dot", _needed(M.DOTS), "B3", F.ODD, False,
                "Part the domain's names by one dot each.",
                "คั่นชื่อโดเมนด้วยจุดเดียว", RFC),
    Requirement("clear-end", _needed(M.END), "B3", F.ODD, False,
                "Leave a space behind the address.",
                "เว้นวรรคหลังอีเมล", RFC),
    Requirement("tidy-cell", _untidy, "B3", F.ODD, True,
                "Leave nothing but the address in the cell.",
                "ให้ระบุในช่องอีเมลเฉพาะที่อยู่อีเมลเท่านั้น", ACT),
    Requirement("latin-name", _not_ascii, "B1", F.WRONG, False,
                "What stands before the @ is in Thai letters, which few mail systems can write to.",
                "ส่วนหน้า @ เป็นอักษรไทย ซึ่งระบบอีเมลส่วนใหญ่ส่งถึงไม่ได้", "RFC 6531 § 3"),
    Requirement("official-domain", _foreign, "B2", F.WRONG, True,
                "Use an address on the agency's own government domain.",
                "ใช้อีเมลบนโดเมนของหน่วยงานรัฐ", ANNEX),
    Requirement("present-host", lambda c: c.domain.former, "B1", F.WRONG, True,
                "This is MailGoThai's former form: ask for the address that replaced it.",
                "เป็นอีเมลรูปแบบเดิมของ MailGoThai ให้สอบถามอีเมลปัจจุบัน", ANNEX),
    Requirement("begins-with-saraban", _begins_otherwise, "B1", F.WRONG, True,
                "The central address begins with saraban.",
                "อีเมลกลางต้องขึ้นต้นด้วย saraban", ANNEX),
)
GRAVEST = (F.UNREADABLE, F.WRONG, F.ODD, F.RIGHT)
