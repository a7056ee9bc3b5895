"""What an agency is judged from, and what it was found to be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sarabanwatch.core.facts.agency import Agency
from sarabanwatch.core.facts.evidence import Evidence
from sarabanwatch.core.judging.consequence import GroupMove
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import Kin
from sarabanwatch.core.judging.standing import Standing
from sarabanwatch.core.judging.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Case:
    """All that an agency is judged from: every letter to its present address, oldest first, with its evidence."""

    agency: Agency
    letters: Sequence[tuple[int, Sequence[Evidence]]]
    was: Group | None
    asked: int = 0      # what this case answers; a fact that comes meanwhile asks again
    cause: Kin | None = None    # what we did that had it judged, or that a fall of it comes of


# how an agency would move, None where it would stay
Judge = Callable[[Case], GroupMove | None]


class Downgrade(NamedTuple):
    """To which group an agency would turn, why, and what its address would stand as; `confirmed`, or only suspected."""

    group: Group
    because: str
    standing: Standing
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an agency was found to be, with the verdict of each of its letters; a `downgrade` does not turn it yet."""

    code: str
    group: Group
    because: str
    standing: Standing
    verdicts: Mapping[int, Verdict]
    at: datetime
    asked: int
    downgrade: Downgrade | None = None
    rules: str = ""      # the ids of the rules that it was made by
    cause: Kin | None = None    # what we did that a fall comes of
