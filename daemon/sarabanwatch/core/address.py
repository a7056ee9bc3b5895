"""Is the declared address what the Regulation on Saraban (No. 4) B.E. 2564 asks? One row a requirement; says what to mend.

Reads the raw cell as a careful officer would: what can be read out of it is said, what is odd about it is said, nothing
is ever corrected here. Which suffixes, free-mail hosts and placeholders there are is dated configuration (`Rules`).
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from sarabanwatch.core.agency import Agency

ADDRESS = re.compile(r"[a-z0-9][a-z0-9._%+'-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}", re.IGNORECASE)
WORD = re.compile(r"(?:[^\W\u0e01-\u0e4e]|[.%+'@-])+")   # Thai letters end a word, as Thai text runs on without a space
LOCAL_CODE = re.compile(r"saraban[_.-]?0?(\d{7})$", re.IGNORECASE)
GENERIC = frozenset({"com", "net", "org", "edu", "gov", "info", "biz"})


class Finding(StrEnum):
    """The whole cell in one word."""

    RIGHT = "right"              # usable as it stands, and as the Regulation asks
    ODD = "odd"                  # one good address can be read out of it, but the cell needs tidying
    WRONG = "wrong"              # an address, but not one the Regulation accepts
    UNREADABLE = "unreadable"    # no address, or more than one


@dataclass(frozen=True, slots=True)
class Rules:
    """Values of the rules, with the day from which they hold."""

    id: str
    valid_from: date
    official_suffixes: tuple[str, ...]
    free_mail: frozenset[str]
    placeholders: frozenset[str]
    local_government_hosts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Judged:
    """What was read out of a cell, and which requirements it breaks."""

    cell: str
    finding: Finding
    addresses: tuple[str, ...]
    broken: tuple["Requirement", ...]

    @property
    def groups(self) -> frozenset[str]:
        """The groups that the broken requirements lead to."""
        return frozenset(requirement.group for requirement in self.broken)

    @property
    def writable(self) -> str:
        """The one address that a letter may be written to, or ""."""
        if self.finding is Finding.UNREADABLE or any(not r.writable for r in self.broken):
            return ""
        return self.addresses[0]


class Cell(NamedTuple):
    """A cell, the addresses in it (domains in small letters), its agency and the rules of the day."""

    text: str
    addresses: tuple[str, ...]
    agency: Agency
    rules: Rules

    @property
    def local(self) -> str:
        """Local part of the first address."""
        return self.addresses[0].rpartition("@")[0] if self.addresses else ""

    @property
    def domain(self) -> str:
        """Domain of the first address."""
        return self.addresses[0].rpartition("@")[2] if self.addresses else ""


class Requirement(NamedTuple):
    """One row: the name, when a cell breaks it, where that leads, and what to say."""

    name: str
    broken: Callable[[Cell], bool]
    group: str
    finding: Finding
    writable: bool
    advice: str
    thai: str


def _under(domain: str, suffixes: tuple[str, ...] | frozenset[str]) -> bool:
    return any(domain == s or domain.endswith("." + s) for s in suffixes)


def _mistyped(cell: Cell) -> bool:
    ending = ".".join(cell.domain.split(".")[-2:])
    return (
        not _under(cell.domain, cell.rules.official_suffixes)
        and not _under(cell.domain, cell.rules.free_mail)
        and ending.split(".")[0] not in GENERIC
        and any(one_slip(ending, suffix) for suffix in cell.rules.official_suffixes)
    )


def _another_code(cell: Cell) -> bool:
    found = LOCAL_CODE.match(cell.local)
    if found is None or cell.domain not in cell.rules.local_government_hosts:
        return False
    own = {cell.agency.code[1:], cell.agency.former[1:]} - {""}   # raising changes the first digit only
    return found[1][1:] not in own


def _foreign(cell: Cell) -> bool:
    if not cell.addresses or _mistyped(cell):
        return False
    return _under(cell.domain, cell.rules.free_mail) or not _under(cell.domain, cell.rules.official_suffixes)


F = Finding
REQUIREMENTS = (
    Requirement("an-address", lambda c: not c.addresses, "B3", F.UNREADABLE, False,
                "Declare one e-mail address.", "ระบุอีเมลกลางหนึ่งรายการ"),
    Requirement("one-address", lambda c: len(c.addresses) > 1, "B3", F.UNREADABLE, False,
                "Declare one address only; name the central one.", "ระบุอีเมลกลางเพียงรายการเดียว"),
    Requirement("no-placeholder", lambda c: c.domain in c.rules.placeholders, "B3", F.WRONG, False,
                "Replace the sample address by the agency's own.", "แทนที่อีเมลตัวอย่างด้วยอีเมลของหน่วยงาน"),
    Requirement("own-code", _another_code, "B3", F.WRONG, False,
                "The code in the address is another agency's.", "รหัสในอีเมลเป็นของหน่วยงานอื่น"),
    Requirement("no-slip", _mistyped, "B3", F.WRONG, False,
                "The domain's ending looks mistyped.", "ท้ายโดเมนน่าจะพิมพ์ผิด"),
    Requirement("tidy-cell", lambda c: len(c.addresses) == 1 and c.text.strip().lower() != c.addresses[0].lower(),
                "B3", F.ODD, True,
                "Leave nothing but the address in the cell.", "ในช่องอีเมลให้มีเฉพาะอีเมลเท่านั้น"),
    Requirement("official-domain", _foreign, "B2", F.WRONG, True,
                "Use an address on the agency's own government domain.", "ใช้อีเมลบนโดเมนของหน่วยงานรัฐ"),
    Requirement("begins-with-saraban", lambda c: bool(c.addresses) and not c.local.lower().startswith("saraban"),
                "B1", F.WRONG, True,
                "The central address begins with saraban.", "อีเมลกลางต้องขึ้นต้นด้วย saraban"),
)
GRAVEST = (F.UNREADABLE, F.WRONG, F.ODD, F.RIGHT)


def addresses_in(text: str) -> tuple[str, ...]:
    """Return the addresses that a person would read in a text, domains in small letters, each once.

    A word is an address as a whole or not at all: what is left of one when a Thai digit or a look-alike letter of another
    script is taken away may be somebody else's.
    """
    visible = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    words = (word.strip(".%+'-") for word in WORD.findall(visible))
    found = (word.rpartition("@") for word in words if ADDRESS.fullmatch(word))
    return tuple(dict.fromkeys(f"{local}@{domain.lower()}" for local, _, domain in found))


def same(one: str, other: str) -> bool:
    """Say whether two cells declare the same address; texts without any are compared as texts."""
    read = [{address.lower() for address in addresses_in(cell)} or {" ".join(cell.split())} for cell in (one, other)]
    return read[0] == read[1]


def judge(agency: Agency, rules: Rules) -> Judged:
    """Hold an agency's cell against every requirement."""
    cell = Cell(agency.cell, addresses_in(agency.cell), agency, rules)
    broken = tuple(requirement for requirement in REQUIREMENTS if requirement.broken(cell))
    worst = min((r.finding for r in broken), key=GRAVEST.index, default=F.RIGHT)
    return Judged(agency.cell, worst, cell.addresses, broken)


def one_slip(one: str, other: str) -> bool:
    """Say whether two different words are one typing slip apart (Damerau-Levenshtein distance 1)."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, others = one[start:], other[start:]
    swapped = rest[1::-1] + rest[2:] if len(rest) > 1 else rest
    return rest[1:] == others[1:] or rest[1:] == others or rest == others[1:] or swapped == others
