"""Many falls of one kin at once are one incident: what is a fall, what makes a mass of them, when it is over.

A fall is found by letters, or comes of something that we did: a list was taken in, rules changed, mail was read anew. The
first kind waits to be settled, and is held by what the fallen have in common. The second kind turns at once, unless one
thing that we did would move more than a share of all agencies among those to mend: then it is held until a person
releases it, or it is undone.

A fall waits before it turns an agency, until it is confirmed and settled, so that those which gather slowly are still all
there when they are found to be a mass: then none of them turns. A suspect counts as the others do, or a host that refuses
everybody would be an incident only when all are confirmed; it is one within the hour. This knows who fell, when, of whose
kin they are, and how many of that kin were written to lately; nothing of letters or of what they said. One outage of a
shared mail host is one fault, not thousands.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.policy import Policy

FAILING = frozenset({Group.D1, Group.D2, Group.D3})
TO_MEND = FAILING | {Group.B1, Group.B2, Group.B3, Group.C, Group.E}


class Scope(StrEnum):
    """What the fallen may have in common."""

    HOST = "mail host"
    # one of many on a host; and all that is known of its host before the survey
    DOMAIN = "mail domain"
    SUPERIOR = "superior"
    PROVINCE = "province"
    COUNTRY = "country"
    LIST = "list"               # what we did: took in a list (the import's number) ...
    RULES = "rules"             # ... judged by other rules (their ids) ...
    REPLAY = "replay"           # ... read mail anew (when)
    # or would count groups elsewhere (the edition's id): nobody falls, and only a person ends it
    EDITION = "groups"


OURS = frozenset({Scope.LIST, Scope.RULES, Scope.REPLAY, Scope.EDITION})


class Kin(NamedTuple):
    """One mail host, mail domain, superior or province by its name, the country (""), or one thing that we did."""

    scope: Scope
    key: str

    @property
    def ours(self) -> bool:
        """Whether it is something that we did."""
        return self.scope in OURS

    def __str__(self) -> str:
        """It on one line, as `caused` reads it."""
        return f"{self.scope}: {self.key}"


def caused(text: str) -> Kin | None:
    """Read what we did, as it stands on one line; None for nothing."""
    scope, _, key = text.partition(": ")
    return Kin(Scope(scope), key) if text else None


COUNTRY = Kin(Scope.COUNTRY, "")


@dataclass(frozen=True, slots=True)
class PendingDowngrade:
    """An agency that would turn: since when; the incident that holds it; whether a letter written since failed as well.

    `cause`: what we did that it comes of. `failing`: whether it is one of letters, whatever made us see it.
    One that is not `confirmed` is a suspect: it is part of a mass like any other, and turns when confirming letters fail.
    """

    code: str
    kin: tuple[Kin, ...]
    fell_at: datetime
    incident: int | None = None
    probed: bool = False
    cause: Kin | None = None
    failing: bool = True
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident: whom it is about, whether more may join it, and how many of its agencies have proved good since."""

    id: int
    kin: Kin
    open: bool = True
    cleared: int = 0


@dataclass(frozen=True, slots=True)
class PendingDowngrades:
    """Every fall that has not turned, their incidents, and how many of each kin were written to lately or fell.

    `listed`: how many agencies there are.
    """

    falls: Sequence[PendingDowngrade] = ()
    incidents: Sequence[Incident] = ()
    sizes: Mapping[Kin, int] = field(default_factory=dict)
    listed: int = 0


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
    named = {Scope.HOST: host, Scope.DOMAIN: domain, Scope.SUPERIOR: superior,
             Scope.PROVINCE: province}
    return (*(Kin(scope, key) for scope, key in named.items() if key), COUNTRY)


def falls(was: Group | None, now: Group, cause: Kin | None = None) -> bool:
    """Say whether an address that was not known to fail is found to fail: from good, or from not yet known.

    The first judgement counts too: an outage in the midst of a first campaign would else be published as thousands of faults.
    Where something that we did is the `cause`, whoever was judged before and would come among those to mend falls as well.
    """
    if now in FAILING:
        return was not in FAILING
    return cause is not None and was not in {None, Group.EXEMPT, *TO_MEND} and now in TO_MEND


def cause_of(cause: Kin | None, now: Group) -> Kin | None:
    """Return what we did that a fall comes of; None where letters are its cause, which were only judged on that occasion."""
    return cause if cause and (now not in FAILING or cause.scope is Scope.REPLAY) else None


def mass(fallen: int, of: int, policy: Policy) -> bool:
    """Say whether so many of so many are a mass: a least number, and more than a share."""
    return fallen >= policy.incident.least and fallen > policy.incident.share * of


def too_many(moved: int, of: int, policy: Policy) -> bool:
    """Say whether one thing that we did moves more of all agencies among those to mend than is believed unasked."""
    return moved >= policy.incident.least and moved > policy.incident.mend_share * of


def settle(falling: PendingDowngrades, now: datetime, policy: Policy) -> Settlement:
    """Decide of every fall whether it is held, waits on, or turns."""
    loose = [fall for fall in falling.falls if fall.incident is None]
    joined = _joined(loose, falling.incidents)
    loose = _without(loose, joined)
    opened = _by_cause(loose, falling.listed, policy)
    loose = _without(loose, opened)
    opened |= _masses([f for f in loose if f.failing and now - f.fell_at <= policy.falls_gather],
                      falling.sizes, policy)
    over = [i.id for i in falling.incidents if i.open and _over(i, falling.falls, policy)]
    ended = {i.id for i in falling.incidents if not i.open} | set(over)
    waited = [f.code for f in _without(loose, opened)
              if f.confirmed and (_at_once(f) or now - f.fell_at >= policy.incident.settles)]
    failed = [f.code for f in falling.falls if f.incident in ended and f.probed and f.confirmed]
    return Settlement(opened, joined, over, waited + failed)


def _without(loose: Iterable[PendingDowngrade],
             held: Mapping[Any, Iterable[str]]) -> list[PendingDowngrade]:
    taken = {code for codes in held.values() for code in codes}
    return [fall for fall in loose if fall.code not in taken]


def _at_once(fall: PendingDowngrade) -> bool:
    """Say whether a fall that is no mass turns unsettled: all of one list, or of one change of rules, are found together."""
    return fall.cause is not None and fall.cause.scope is not Scope.REPLAY


def _by_cause(loose: Iterable[PendingDowngrade], listed: int, policy: Policy) -> dict[Kin,
                                                                                      list[str]]:
    """Return the falls that come of one thing that we did, where these are too many."""
    found: dict[Kin, list[str]] = {}
    for fall in loose:
        if fall.cause:
            found.setdefault(fall.cause, []).append(fall.code)
    return {cause: codes for cause, codes in found.items() if too_many(len(codes), listed, policy)}


def _joined(loose: Iterable[PendingDowngrade], incidents: Sequence[Incident]) -> dict[int,
                                                                                      list[str]]:
    joined: dict[int, list[str]] = {}
    for fall in loose:
        of = next((i.id for i in incidents if i.open and i.kin in fall.kin), None)
        if of is not None:
            joined.setdefault(of, []).append(fall.code)
    return joined


def _masses(loose: Sequence[PendingDowngrade], sizes: Mapping[Kin, int],
            policy: Policy) -> dict[Kin, list[str]]:
    """Return masses by what their falls have in common, each fall in one: the kin that fits the falls best takes first.

    It fits the better the more of it fell, and the more of the fallen are of it (Dice's measure): of an outage of the host
    of half the country, the host is the cause, not the country, nor each of its provinces.
    """
    found: dict[Kin, list[str]] = {}
    while masses := [(each, n) for each, n in _counted(loose).items()
                     if mass(n, sizes[each], policy)]:
        best, _ = max(masses, key=lambda one: (2 * one[1] / (sizes[one[0]] + len(loose)), one[0]))
        found[best] = [fall.code for fall in loose if best in fall.kin]
        loose = [fall for fall in loose if best not in fall.kin]
    return found


def _counted(loose: Iterable[PendingDowngrade]) -> Counter[Kin]:
    return Counter(each for fall in loose for each in fall.kin if not each.ours)


def _over(incident: Incident, held: Iterable[PendingDowngrade], policy: Policy) -> bool:
    """Say whether letters written since show that it is over: enough of them are decided, and no mass of those failed.

    What we did is over when it was undone: it holds nobody any more.
    """
    mine = [fall for fall in held if fall.incident == incident.id]
    if incident.kin.ours:
        return not mine and incident.kin.scope is not Scope.EDITION
    failed = sum(fall.probed for fall in mine)
    decided = failed + incident.cleared
    return (decided >= policy.incident.least or failed == len(mine)) and not mass(
        failed, decided, policy)
