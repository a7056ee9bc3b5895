"""What a list, rules or an edition would change, told before it is taken in.

Example: "22 become B3: the cell begins with `E-mail :`".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from sarabanwatch.core.address import JudgedCell
from sarabanwatch.core.address.thai import in_ascii
from sarabanwatch.core.judging.group import Group, GroupRule
from sarabanwatch.core.judging.incident import TO_MEND, too_many
from sarabanwatch.core.policy import Policy

LONGEST = 40    # characters of a cell that a reason quotes
FORM = frozenset({Group.B1, Group.B2, Group.B3})


@dataclass(frozen=True, slots=True)
class GroupMove:
    """One agency that would change group (`was` None: it is new), and why, in English and Thai."""

    code: str
    name: str
    was: Group | None
    now: Group
    why: str
    thai: str

    @property
    def to_mend(self) -> bool:
        """Whether it would come among those to mend, where it was not."""
        return self.was not in {None, Group.EXEMPT, *TO_MEND} and self.now in TO_MEND


class AlikeMoves(NamedTuple):
    """Agencies that would change alike: from which group to which, why, and their codes."""

    was: Group | None
    now: Group
    why: str
    thai: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consequences:
    """All changes of group, the most frequent first; `listed`: how many agencies there are."""

    moves: tuple[AlikeMoves, ...]
    to_mend: int
    listed: int

    def held(self, policy: Policy) -> bool:
        """Whether so many would come among those to mend that an incident would hold them."""
        return too_many(self.to_mend, self.listed, policy)


def of(moves: Iterable[GroupMove], listed: int) -> Consequences:
    """Sum moves up."""
    codes: dict[tuple[Group | None, Group, str, str], list[str]] = {}
    every = list(moves)
    for move in every:
        codes.setdefault((move.was, move.now, move.why, move.thai), []).append(move.code)
    found = sorted((AlikeMoves(*what, tuple(whose)) for what, whose in codes.items()),
                   key=lambda alike: (-len(alike.codes), alike[:3]))
    return Consequences(tuple(found), sum(move.to_mend for move in every), listed)


def why(rule: GroupRule, judged: JudgedCell) -> tuple[str, str]:
    """Return why an agency is in a group, in English and Thai.

    Where the form of its address decides, that is the requirement that its cell breaks; else it is
    the reason of the group's rule.
    """
    broken = next((each for each in judged.broken if each.group == rule.group),
                  None) if rule.group in FORM else None
    if broken is None:
        return rule.because, rule.thai
    return _round(judged) if broken.name == "tidy-cell" else (broken.advice, broken.thai)


def _round(judged: JudgedCell) -> tuple[str, str]:
    """Return what stands before or after the one address of a cell, in English and Thai."""
    cell, address = in_ascii(judged.cell), judged.addresses[0]
    at = cell.lower().find(address.lower())
    before, after = (cell[:at].strip(), cell[at + len(address):].strip()) if at >= 0 else ("", "")
    if before:
        return f"the cell begins with `{before[:LONGEST]}`", f"ช่องอีเมลขึ้นต้นด้วย `{before[:LONGEST]}`"
    if after:
        return f"the cell ends with `{after[:LONGEST]}`", f"ช่องอีเมลลงท้ายด้วย `{after[:LONGEST]}`"
    return "more than the address stands in the cell", "ในช่องอีเมลมีมากกว่าอีเมล"
