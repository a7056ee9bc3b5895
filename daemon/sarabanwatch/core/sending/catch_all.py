"""Does a domain take any name? A *stray* tells: one letter to a name there that nobody has, and what comes of it.

Refused or returned, as it should be: the domain knows its names. Taken in silence, or even answered: it takes anything, so
that "taken" says little of the names that agencies declared there. Whatever else befell the stray, nothing is known. A
receipt or an answer of an agency is none the weaker for it. Knows neither when a stray is due nor how it is sent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sarabanwatch.core.domain import Known, Severity
from sarabanwatch.core.facts.evidence import Evidence
from sarabanwatch.core.judging import verdict
from sarabanwatch.core.judging.verdict import Verdict

NAME = "no-such-name-"
CHANCE = 10         # characters of the token's MAC, which nobody outside can foretell


class CatchAllFinding(StrEnum):
    """What may be found by a stray."""

    TAKES_ANYTHING = "takes-anything"


class CatchAllRule(NamedTuple):
    """The finding, how grave, where it is written, and one sentence of advice; what it means for whoever is judged there."""

    finding: CatchAllFinding
    severity: Severity
    source: str
    advice: str
    thai: str
    means: str
    means_thai: str


RULE = CatchAllRule(
    CatchAllFinding.TAKES_ANYTHING, Severity.ADVICE, "RFC 5321 section 3.3",
    "The domain takes letters to any name, so whoever mistypes an address is never told: have unknown names refused.",
    "โดเมนรับอีเมลที่ส่งถึงชื่อใดก็ได้ ผู้ที่พิมพ์ที่อยู่ผิดจึงไม่ทราบว่าส่งไม่ถึง ให้ตั้งค่าปฏิเสธชื่อที่ไม่มีผู้ใช้",
    "the domain takes any name: that a letter was taken says little",
    "โดเมนนี้รับทุกชื่อ การที่รับหนังสือไว้จึงบอกอะไรได้น้อย",
)

TELLS: dict[Verdict, Known] = {
    Verdict.PROVEN:     True,     # somebody reads what nobody was meant to get
    Verdict.ACCEPTS:    True,
    Verdict.REFUSES:    False,
    Verdict.UNROUTABLE: False,
    Verdict.IMPAIRED:   None,     # a full mailbox, its size, its policy: of which name?
    Verdict.BLOCKS_US:  None,
    Verdict.WITHHELD:   None,
    Verdict.UNSETTLED:  None,
    Verdict.UNKNOWN:    None,
    Verdict.PENDING:    None,
}

@dataclass(frozen=True, slots=True)
class Tried:
    """A domain that strays were sent to: the facts of each, the oldest first."""

    domain: str
    strays: Sequence[Sequence[Evidence]]
    asked: int      # what this answers; a fact that comes meanwhile asks again


def address(domain: str, token: str) -> str:
    """Return the name at a domain that a stray goes to: nobody's, and the same one however often it is asked for."""
    return f"{NAME}{token[-CHANCE:]}@{domain}"


def takes_anything(strays: Iterable[Sequence[Evidence]]) -> Known:
    """Say whether a domain takes any name, by the facts of its strays, oldest first: the last one that tells counts."""
    told = [known for seen in strays if (known := TELLS[verdict.judge(seen).verdict]) is not None]
    return told[-1] if told else None
