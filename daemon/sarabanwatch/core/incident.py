"""Many falls of one kin at once are one incident: what is a fall, what makes a mass of them, when it is over.

A fall waits before it turns an agency, so that those which gather slowly are still all there when they are found to be a
mass: then none of them turns. It knows who fell, when, of whose kin they are, and how many of that kin were written to
lately; nothing of letters or of what they said. One outage of a shared mail host is one fault, not thousands.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sarabanwatch.core.group import Group
from sarabanwatch.core.policy import Policy

FAILING = frozenset({Group.D1, Group.D2, Group.D3})


class Scope(StrEnum):
    """What the fallen may have in common."""

    HOST = "mail host"
    DOMAIN = "mail domain"      # one of many on a host; and all that is known of its host before the survey
    SUPERIOR = "superior"
    PROVINCE = "province"
    COUNTRY = "country"


class Kin(NamedTuple):
    """One mail host, mail domain, superior or province by its name, or the country ("")."""

    scope: Scope
    key: str


COUNTRY = Kin(Scope.COUNTRY, "")


@dataclass(frozen=True, slots=True)
class Fall:
    """An agency that would turn: since when; the incident that holds it; whether a letter written since failed as well."""

    code: str
    kin: tuple[Kin, ...]
    fell_at: datetime
    incident: int | None = None
    probed: bool = False


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident: whom it is about, whether more may join it, and how many of its agencies have proved good since."""

    id: int
    kin: Kin
    open: bool = True
    cleared: int = 0


@dataclass(frozen=True, slots=True)
class Falling:
    """Every fall that has not turned, their incidents, and how many of each kin were written to lately or fell."""

    falls: Sequence[Fall] = ()
    incidents: Sequence[Incident] = ()
    sizes: Mapping[Kin, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of them: incidents to open and to join, by the codes of agencies; incidents that are over; who turns."""

    opened: Mapping[Kin, Sequence[str]]
    joined: Mapping[int, Sequence[str]]
    over: Sequence[int]
    turned: Sequence[str]

    @property
    def idle(self) -> bool:
        """Whether all stays as it is."""
        return not (self.opened or self.joined or self.over or self.turned)


def kin(host: str, domain: str, superior: str, province: str) -> tuple[Kin, ...]:
    """Return all that an agency may have in common with others; a name that is not known is none."""
    named = {Scope.HOST: host, Scope.DOMAIN: domain, Scope.SUPERIOR: superior, Scope.PROVINCE: province}
    return (*(Kin(scope, key) for scope, key in named.items() if key), COUNTRY)


def falls(was: Group | None, now: Group) -> bool:
    """Say whether an address that was not known to fail is found to fail: from good, or from not yet known.

    The first judgement counts too: an outage in the midst of a first campaign would else be published as thousands of faults.
    What the register changes (groups B, C, E, W) is no fall: whoever takes the register in is shown the difference.
    """
    return now in FAILING and was not in FAILING


def mass(fallen: int, of: int, policy: Policy) -> bool:
    """Say whether so many of so many are a mass: a least number, and more than a share."""
    return fallen >= policy.mass_least and fallen > policy.mass_share * of


def settle(falling: Falling, now: datetime, policy: Policy) -> Settlement:
    """Decide of every fall whether it is held, waits on, or turns."""
    loose = [fall for fall in falling.falls if fall.incident is None]
    joined = _joined(loose, falling.incidents)
    taken = {code for codes in joined.values() for code in codes}
    loose = [fall for fall in loose if fall.code not in taken]
    opened = _masses(loose, falling.sizes, policy)
    taken = {code for codes in opened.values() for code in codes}
    over = [i.id for i in falling.incidents if i.open and _over(i, falling.falls, policy)]
    ended = {i.id for i in falling.incidents if not i.open} | set(over)
    waited = [f.code for f in loose if f.code not in taken and now - f.fell_at >= policy.fall_settles]
    return Settlement(opened, joined, over, waited + [f.code for f in falling.falls if f.incident in ended and f.probed])


def _joined(loose: Iterable[Fall], incidents: Sequence[Incident]) -> dict[int, list[str]]:
    joined: dict[int, list[str]] = {}
    for fall in loose:
        of = next((i.id for i in incidents if i.open and i.kin in fall.kin), None)
        if of is not None:
            joined.setdefault(of, []).append(fall.code)
    return joined


def _masses(loose: Sequence[Fall], sizes: Mapping[Kin, int], policy: Policy) -> dict[Kin, list[str]]:
    """Return masses by what their falls have in common, each fall in one: the kin that fits the falls best takes first.

    It fits the better the more of it fell, and the more of the fallen are of it (Dice's measure): of an outage of the host
    of half the country, the host is the cause, not the country, nor each of its provinces.
    """
    found: dict[Kin, list[str]] = {}
    while masses := [(each, n) for each, n in _counted(loose).items() if mass(n, sizes[each], policy)]:
        best, _ = max(masses, key=lambda one: (2 * one[1] / (sizes[one[0]] + len(loose)), one[0]))
        found[best] = [fall.code for fall in loose if best in fall.kin]
        loose = [fall for fall in loose if best not in fall.kin]
    return found


def _counted(loose: Iterable[Fall]) -> Counter[Kin]:
    return Counter(each for fall in loose for each in fall.kin)


def _over(incident: Incident, held: Iterable[Fall], policy: Policy) -> bool:
    """Say whether letters written since show that it is over: enough of them are decided, and no mass of those failed."""
    mine = [fall for fall in held if fall.incident == incident.id]
    failed = sum(fall.probed for fall in mine)
    decided = failed + incident.cleared
    return (decided >= policy.mass_least or failed == len(mine)) and not mass(failed, decided, policy)
