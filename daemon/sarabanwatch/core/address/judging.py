"""A cell held against every requirement: what was read, what it breaks, and the gravest finding."""

import re
from dataclasses import dataclass

from sarabanwatch.core.address.cell import ReadAddress, read
from sarabanwatch.core.address.requirements import (
    CODED,
    GRAVEST,
    REQUIREMENTS,
    WORD,
    CellFinding,
    Requirement,
    cell,
)
from sarabanwatch.core.address.rules import Rules
from sarabanwatch.core.facts.agency import Agency

NOTHING = ReadAddress("")
NEAR = 16   # characters beside an address in which words are read
REPLACED = re.compile("เดิม|เก่า|ยกเลิก|เลิกใช้|ไม่ใช้|old|former")


@dataclass(frozen=True, slots=True)
class JudgedCell:
    """What was read in a cell, and which requirements it breaks."""

    cell: str
    finding: CellFinding
    addresses: tuple[str, ...]
    broken: tuple[Requirement, ...]

    @property
    def groups(self) -> frozenset[str]:
        """The groups that the broken requirements lead to."""
        return frozenset(requirement.group for requirement in self.broken)

    @property
    def writable(self) -> str:
        """The one address that a letter may be written to, or ""."""
        if self.finding is CellFinding.UNREADABLE or any(not r.writable for r in self.broken):
            return ""
        return self.addresses[0]


def judge(agency: Agency, rules: Rules) -> JudgedCell:
    """Hold an agency's cell against every requirement; of several addresses the best is judged."""
    found = read(agency.cell)
    chosen = (*likeliest_first(found, agency, rules), NOTHING)[0]
    broken = _broken(agency.cell, found, chosen, agency, rules)
    return JudgedCell(agency.cell, _gravest(broken), tuple(each.address for each in found), broken)


def is_right(address: str, agency: Agency, rules: Rules) -> bool:
    """Say whether an address alone in its cell would be right for an agency."""
    found = read(address)
    if len(found) != 1:
        return False
    held = cell(address, found, found[0], agency, rules)
    return not any(requirement.broken(held) for requirement in REQUIREMENTS)


def likeliest_first(found: tuple[ReadAddress, ...], agency: Agency,
                    rules: Rules) -> list[ReadAddress]:
    """Return addresses with the likeliest central one first.

    They are ordered by the gravest finding, then: not described as replaced, with a local
    government's code, the bare word saraban, the order in the cell.
    """
    def rank(each: ReadAddress) -> tuple[int, bool, bool, bool]:
        finding = _gravest(_broken(each.address, (each,), each, agency, rules))
        coded = CODED.fullmatch(each.local) is not None and bool(agency.code)
        return (
            -GRAVEST.index(finding), _given_up(each, agency.cell), not coded,
            each.local.lower() != WORD,
        )
    return sorted(found, key=rank) if len(found) > 1 else list(found)


def _given_up(each: ReadAddress, text: str) -> bool:
    """Say whether words beside an address say that it was replaced.

    Examples: `เดิม a@one.go.th`, `a@one.go.th (ยกเลิก)`.
    """
    before, _, after = text.lower().partition(each.address.lower())
    return bool(REPLACED.search(re.split(r"[@)\]]", before[-NEAR:])[-1])
                or REPLACED.match(after[:NEAR].lstrip(" (-[")))


def _broken(text: str, found: tuple[ReadAddress, ...], chosen: ReadAddress, agency: Agency,
            rules: Rules) -> tuple[Requirement, ...]:
    held = cell(text, found, chosen, agency, rules)
    return tuple(requirement for requirement in REQUIREMENTS if requirement.broken(held))


def _gravest(broken: tuple[Requirement, ...]) -> CellFinding:
    return min((r.finding for r in broken), key=GRAVEST.index, default=CellFinding.RIGHT)
