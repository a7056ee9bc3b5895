"""The census by what agencies share, and the agencies that fell: what operations see of whom."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import Kin

LARGEST = 20        # mail hosts that stand by name; the others stand together
OTHERS = "other"
NAMED = 200         # agencies that fell which are named at most; more of them are an incident
SHOWN = timedelta(days=7)       # so long a fall stands on after it was mended


class Share(NamedTuple):
    """So many agencies of one kind, superior, province, mail host ("": none) and group."""

    kind: str
    superior: str
    province: str
    host: str
    group: Group
    agencies: int


class CensusPart(NamedTuple):
    """One part of the country: by which dimension it is cut, and the part's name."""

    dimension: str      # kind, ministry, province or mail host
    name: str


@dataclass(frozen=True, slots=True)
class Fall:
    """An agency that was reached and fell to D1-D3: when and why, and when it was mended.

    `group` and `because` are those that it fell to. `mended` is None while it is out of reach.
    """

    code: str
    name: str
    superior: str
    province: str
    host: str
    group: Group
    because: str
    at: datetime
    mended: datetime | None = None


class OpenIncident(NamedTuple):
    """An open incident: its number, what its agencies share, most of their reasons, how many."""

    number: int
    kin: Kin
    because: str        # "" where it holds none
    held: int


class TransitionKind(NamedTuple):
    """From which group to which, and why, agencies have moved; "" for not judged before."""

    was: str
    now: str
    because: str


class CountedTo(NamedTuple):
    """What had been written when agencies were counted: the last of each, 0 for none.

    Every change of group is a transition. So whoever has counted once need only look at those that
    came since, as long as no agency stands under another part of the country: by another list,
    another mail host of a domain, or a ledger that was put back.
    """

    epoch: int = 0
    listed: int = 0         # the last import of the register
    host: int = 0           # the last change of a domain's mail host
    transition: int = 0

    def follows(self, before: "CountedTo") -> bool:
        """Say whether nothing but transitions came since `before`."""
        return self[:-1] == before[:-1] and self.transition >= before.transition


NOWHERE = CountedTo()


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The country as operations see it: the census by part, the falls, the open incidents.

    `moved`: how many agencies have moved so, ever. `to`: up to where all this was counted.
    """

    shares: Sequence[Share] = ()
    falls: Sequence[Fall] = ()
    incidents: Sequence[OpenIncident] = ()
    moved: Mapping[TransitionKind, int] = field(default_factory=dict)
    to: CountedTo = NOWHERE

    @property
    def groups(self) -> Mapping[Group, int]:
        """How many agencies are of each group."""
        counted = Counter[Group]()
        for share in self.shares:
            counted[share.group] += share.agencies
        return counted


NOT_COUNTED = Breakdown()


def parts(shares: Sequence[Share]) -> Mapping[tuple[CensusPart, Group], int]:
    """Count agencies by part and group.

    The twenty mail hosts that most agencies use stand by name, all others as "other".
    """
    hosts = Counter[str]()
    for share in shares:
        if share.host:
            hosts[share.host] += share.agencies
    large = {host for host, _ in hosts.most_common(LARGEST)}
    counted = Counter[tuple[CensusPart, Group]]()
    for kind, superior, province, host, group, agencies in shares:
        of = {"kind": kind, "ministry": superior, "province": province,
              "mail host": host if host in large else OTHERS if host else ""}
        for dimension, name in of.items():
            counted[CensusPart(dimension, name), group] += agencies
    return counted


def named(falls: Iterable[Fall], now: datetime) -> list[Fall]:
    """Return the falls that stand by name: those out of reach, or mended within a week.

    The latest come first; no more than 200 stand.
    """
    standing = [fall for fall in falls if fall.mended is None or now - fall.mended < SHOWN]
    return sorted(standing, key=lambda fall: fall.at, reverse=True)[:NAMED]
