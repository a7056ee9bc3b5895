"""Does a domain take mail to any name? One letter to a name there that nobody has shows it.

Such a letter is a *catch-all probe*. Refused or returned, as it should be: the domain knows its
names. Taken in silence, or even answered: it takes any name, so that "taken" says little of the
addresses that agencies declared there. Anything else shows nothing. A receipt or an answer of an
agency is none the weaker for it. When a probe is due, and how it is sent, is not known here.
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
    """What a catch-all probe may find."""

    TAKES_ANYTHING = "takes-anything"


class CatchAllRule(NamedTuple):
    """The finding, its severity and source, a sentence of advice, what it means for a judgement."""

    finding: CatchAllFinding
    severity: Severity
    source: str
    advice: str
    thai: str
    means: str
    means_thai: str


RULE = CatchAllRule(
    CatchAllFinding.TAKES_ANYTHING, Severity.ADVICE, "RFC 5321 section 3.3",
    "The domain takes letters to any name, so whoever mistypes an address is never told: have "
    "unknown names refused.",
    "โดเมนรับอีเมลที่ส่งถึงชื่อใดก็ได้ ผู้ที่พิมพ์ที่อยู่ผิดจึงไม่ทราบว่าส่งไม่ถึง "
    "ให้ตั้งค่าปฏิเสธชื่อที่ไม่มีผู้ใช้",
    "the domain takes any name: that a letter was taken says little",
    "โดเมนนี้รับทุกชื่อ การที่รับหนังสือไว้จึงบอกอะไรได้น้อย",
)

SHOWS: dict[Verdict, Known] = {
    Verdict.PROVEN:     True,     # somebody reads what nobody was meant to get
    Verdict.ACCEPTS:    True,
    Verdict.REFUSES:    False,
    Verdict.UNROUTABLE: False,
    Verdict.IMPAIRED:   None,     # full, too large, against a policy: it may be so for any name
    Verdict.BLOCKS_US:  None,
    Verdict.WITHHELD:   None,
    Verdict.UNSETTLED:  None,
    Verdict.UNKNOWN:    None,
    Verdict.PENDING:    None,
}

@dataclass(frozen=True, slots=True)
class ProbedDomain:
    """A domain that catch-all probes were sent to: the facts of each, the oldest first.

    `asked` counts the facts that asked for a judgement; one that comes meanwhile asks again.
    """

    domain: str
    probes: Sequence[Sequence[Evidence]]
    asked: int


def address(domain: str, token: str) -> str:
    """Return the address at a domain that the letter with this token goes to; nobody has it."""
    return f"{NAME}{token[-CHANCE:]}@{domain}"


def takes_anything(probes: Iterable[Sequence[Evidence]]) -> Known:
    """Say whether a domain takes any name, by the facts of its probes, oldest first.

    The last probe that shows something counts.
    """
    shown = [known for seen in probes
             if (known := SHOWS[verdict.rule_for(seen).verdict]) is not None]
    return shown[-1] if shown else None
