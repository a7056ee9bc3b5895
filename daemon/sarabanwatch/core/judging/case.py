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
    """All that an agency is judged from.

    `letters` are those to its present address, oldest first: serial and evidence. `asked` counts
    the facts that asked for a judgement; one that comes meanwhile asks again. `cause` is what we
    did that had the agency judged, or that its pending downgrade comes of.
    """

    agency: Agency
    letters: Sequence[tuple[int, Sequence[Evidence]]]
    was: Group | None
    asked: int = 0
    cause: Kin | None = None


# returns how an agency would change group, None where it would keep it
Judge = Callable[[Case], GroupMove | None]


class Downgrade(NamedTuple):
    """A worse group that an agency may come to, why, and the standing that goes with it.

    One that is not `confirmed` is a suspicion (`core.judging.standing`).
    """

    group: Group
    because: str
    standing: Standing
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an agency was found to be, with the verdict on each of its letters by serial.

    A `downgrade` has no effect yet: it is pending (`core.judging.incident`). `rules` are the ids of
    the rules that were in force; `cause` is what we did that the downgrade comes of.
    """

    code: str
    group: Group
    because: str
    standing: Standing
    verdicts: Mapping[int, Verdict]
    at: datetime
    asked: int
    downgrade: Downgrade | None = None
    rules: str = ""
    cause: Kin | None = None
