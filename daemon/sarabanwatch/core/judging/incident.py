"""Many downgrades at once with one thing in common are one fault: an incident, which holds them.

The problem: thousands of agencies share a few mail hosts, and one list moves thousands of cells.
One outage, or one slip of ours, would be published as thousands of faults. So a downgrade (a change
of group to the worse) is not published at once: it is *pending* until it is confirmed
(`core.judging.standing`) and has settled, and meanwhile those that have something in common are
counted together.

What they have in common is their *kin*: the mail host, mail domain, superior, province or the whole
country, or one thing that we did (a list taken in, other rules, mail read anew). A pending
downgrade
- joins an open incident of its kin, where there is one;
- is held by a new incident where many of its kin are downgraded at once: at least `least`, and more
  than `share` of those written to lately. This is a correlated outage. Suspects count too, so that
  a host that refuses everybody is an incident within the hour;
- is held, too, where one thing that we did moves more than `mend_share` of all agencies among those
  to mend;
- else takes effect: the group changes once it is confirmed and `settle_hours` are over. What one
  list or change of rules did settles at once, for all of it is found together.

Whom an incident holds keeps its group, and is written to again (`core.judging.schedule`). Those
whose letters arrive are cleared. The incident is over when enough of the letters since are decided,
and too few of them failed to be correlated; those that failed again are then downgraded. What we
did is over when it was undone; else a person releases it.

Example: the host of 3,000 offices refuses all mail on a Monday. By Tuesday 600 are suspects: one
incident, nobody is downgraded. On Wednesday the host is back, letters arrive, and all are cleared;
an office whose mailbox is gone indeed fails again, and is downgraded when the incident is over.

Nothing is known here of letters or of what they said.
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
    """What agencies may have in common; the last four are things that we did."""

    HOST = "mail host"
    DOMAIN = "mail domain"      # one of many on a host; all that is known before the survey
    SUPERIOR = "superior"
    PROVINCE = "province"
    COUNTRY = "country"
    LIST = "list"               # a list was taken in; the key is the import's number
    RULES = "rules"             # all were judged by other rules; their ids
    REPLAY = "replay"           # mail was read anew; when
    EDITION = "groups"          # an edition of the groups that would count too many as to mend


OURS = frozenset({Scope.LIST, Scope.RULES, Scope.REPLAY, Scope.EDITION})


class Kin(NamedTuple):
    """One thing that agencies have in common: its scope, and its name ("" for the country)."""

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
    """A downgrade that has not taken effect: whose, since when, and the incident that holds it.

    `failed_again`: a letter written since failed as well. `cause`: what we did that it comes of.
    `failing`: it is to D1-D3, whatever made us see it. One that is not `confirmed` is a suspicion;
    it counts towards an incident, and takes effect only once confirming letters failed.
    """

    code: str
    kin: tuple[Kin, ...]
    found_at: datetime
    incident: int | None = None
    failed_again: bool = False
    cause: Kin | None = None
    failing: bool = True
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident: what its agencies have in common, if more may join, how many are cleared."""

    id: int
    kin: Kin
    open: bool = True
    cleared: int = 0


@dataclass(frozen=True, slots=True)
class PendingDowngrades:
    """All pending downgrades and their incidents.

    `sizes`: how many of each kin were written to lately or are downgraded. `listed`: how many
    agencies there are.
    """

    downgrades: Sequence[PendingDowngrade] = ()
    incidents: Sequence[Incident] = ()
    sizes: Mapping[Kin, int] = field(default_factory=dict)
    listed: int = 0


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of pending downgrades, by the codes of agencies.

    Incidents to open and to join, incidents that are over, and whose downgrade takes effect.
    """

    opened: Mapping[Kin, Sequence[str]]
    joined: Mapping[int, Sequence[str]]
    over: Sequence[int]
    effective: Sequence[str]

    @property
    def idle(self) -> bool:
        """Whether all stays as it is."""
        return not (self.opened or self.joined or self.over or self.effective)


def kin(host: str, domain: str, superior: str, province: str) -> tuple[Kin, ...]:
    """Return all that an agency may have in common with others; "" stands for what is not known."""
    named = {Scope.HOST: host, Scope.DOMAIN: domain, Scope.SUPERIOR: superior,
             Scope.PROVINCE: province}
    return (*(Kin(scope, key) for scope, key in named.items() if key), COUNTRY)


def is_downgrade(was: Group | None, now: Group, cause: Kin | None = None) -> bool:
    """Say whether a change of group is a downgrade, which must be pending first.

    It is, where an address that was not known to fail is found to fail. The first judgement counts
    too: an outage in a first campaign would else be published as thousands of faults. Where
    something that we did is the `cause`, so is any change that brings an agency that was judged
    before among those to mend.
    """
    if now in FAILING:
        return was not in FAILING
    return cause is not None and was not in {None, Group.EXEMPT, *TO_MEND} and now in TO_MEND


def cause_of(cause: Kin | None, now: Group) -> Kin | None:
    """Return what we did that a downgrade comes of; None where its letters are the cause.

    The letters are, where they were only judged on the occasion of a list or of other rules.
    """
    return cause if cause and (now not in FAILING or cause.scope is Scope.REPLAY) else None


def is_correlated(failed: int, of: int, policy: Policy) -> bool:
    """Say whether so many of so many fail for one reason: a least number, and more than a share."""
    return failed >= policy.incident.least and failed > policy.incident.share * of


def too_many(moved: int, of: int, policy: Policy) -> bool:
    """Say whether one thing that we did moves so many of all agencies that a person must agree."""
    return moved >= policy.incident.least and moved > policy.incident.mend_share * of


def settle(pending: PendingDowngrades, now: datetime, policy: Policy) -> Settlement:
    """Decide of every pending downgrade whether it is held, waits on, or takes effect."""
    loose = [each for each in pending.downgrades if each.incident is None]
    joined = _joined(loose, pending.incidents)
    loose = _without(loose, joined)
    opened = _by_cause(loose, pending.listed, policy)
    loose = _without(loose, opened)
    recent = [each for each in loose
              if each.failing and now - each.found_at <= policy.correlation_window]
    opened |= _correlated(recent, pending.sizes, policy)
    over = [i.id for i in pending.incidents if i.open and _over(i, pending.downgrades, policy)]
    ended = {i.id for i in pending.incidents if not i.open} | set(over)
    waited = [each.code for each in _without(loose, opened)
              if each.confirmed and (_settles_at_once(each)
                                     or now - each.found_at >= policy.incident.settles)]
    failed = [each.code for each in pending.downgrades
              if each.incident in ended and each.failed_again and each.confirmed]
    return Settlement(opened, joined, over, waited + failed)


def _without(loose: Iterable[PendingDowngrade],
             held: Mapping[Any, Iterable[str]]) -> list[PendingDowngrade]:
    taken = {code for codes in held.values() for code in codes}
    return [each for each in loose if each.code not in taken]


def _settles_at_once(pending: PendingDowngrade) -> bool:
    """Say whether it need not settle: what one list or change of rules did is found together."""
    return pending.cause is not None and pending.cause.scope is not Scope.REPLAY


def _by_cause(loose: Iterable[PendingDowngrade], listed: int,
              policy: Policy) -> dict[Kin, list[str]]:
    """Return the downgrades that come of one thing that we did, where these are too many."""
    found: dict[Kin, list[str]] = {}
    for each in loose:
        if each.cause:
            found.setdefault(each.cause, []).append(each.code)
    return {cause: codes for cause, codes in found.items() if too_many(len(codes), listed, policy)}


def _joined(loose: Iterable[PendingDowngrade],
            incidents: Sequence[Incident]) -> dict[int, list[str]]:
    joined: dict[int, list[str]] = {}
    for each in loose:
        of = next((i.id for i in incidents if i.open and i.kin in each.kin), None)
        if of is not None:
            joined.setdefault(of, []).append(each.code)
    return joined


def _correlated(loose: Sequence[PendingDowngrade], sizes: Mapping[Kin, int],
                policy: Policy) -> dict[Kin, list[str]]:
    """Return correlated outages, each downgrade in one: the kin that fits best takes first.

    A kin fits the better, the more of it is downgraded and the more of the downgraded are of it
    (Dice's measure): where the host of half the country is out, the host is the cause, and not the
    country nor each of its provinces.
    """
    found: dict[Kin, list[str]] = {}
    while counts := [(each, n) for each, n in _counted(loose).items()
                     if is_correlated(n, sizes[each], policy)]:
        best, _ = max(counts, key=lambda one: (2 * one[1] / (sizes[one[0]] + len(loose)), one[0]))
        found[best] = [each.code for each in loose if best in each.kin]
        loose = [each for each in loose if best not in each.kin]
    return found


def _counted(loose: Iterable[PendingDowngrade]) -> Counter[Kin]:
    return Counter(each for pending in loose for each in pending.kin if not each.ours)


def _over(incident: Incident, pending: Iterable[PendingDowngrade], policy: Policy) -> bool:
    """Say whether letters written since show that an incident is over.

    Enough of them must be decided, and too few of these failed to be correlated. What we did is
    over when it was undone: then it holds nobody any more.
    """
    held = [each for each in pending if each.incident == incident.id]
    if incident.kin.ours:
        return not held and incident.kin.scope is not Scope.EDITION
    failed = sum(each.failed_again for each in held)
    decided = failed + incident.cleared
    enough = decided >= policy.incident.least or failed == len(held)
    return enough and not is_correlated(failed, decided, policy)
