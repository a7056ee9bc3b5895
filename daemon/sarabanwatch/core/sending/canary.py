"""Is our own path whole? Letters to ourselves: one must come home, one must bounce.

They go out by the same relay and come back to the same inbox as everything else; where nothing goes by a relay, straight to
the host of our own inbox, for the way out is then proved by each agency's own answer. While one is lost, silence from the
agencies says nothing of them: it may be our own ears that are shut. Nor does it where too long no canary came home, for a
crash or a relay that was away: then nobody knows whether they were open. Times in and out are the Clock's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from sarabanwatch.core.facts.evidence import FactKind
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.sending.timekeeping import SKEW, lately


class CanaryKind(StrEnum):
    """What a canary must do."""

    HOME = "home"
    BOUNCE = "bounce"


BACK_BY: dict[CanaryKind, FactKind] = {CanaryKind.HOME: FactKind.CAME_HOME, CanaryKind.BOUNCE: FactKind.BOUNCED}


@dataclass(frozen=True, slots=True)
class Canary:
    """One letter to ourselves: when it was taken, when what it was sent for came back, and when it was refused for good.

    `doubted_at`: when it was known to be in doubt whether it left us, as after a crash in the middle of sending it.

    Home refused, as by an inbox that is gone or full: what comes back to us is refused too. Where it must bounce, and is
    refused while we speak, no bounce is sent: that tells nothing, neither way.
    """

    kind: CanaryKind
    drafted_at: datetime
    left_at: datetime | None
    back_at: datetime | None
    refused_at: datetime | None = None
    doubted_at: datetime | None = None

    @property
    def flew_at(self) -> datetime | None:
        """When it began to testify; None where it never did."""
        return self.left_at or (self.refused_at if self.kind is CanaryKind.HOME else None)

    def heard(self, patience: timedelta) -> datetime | None:
        """Return when it left, where it came back in time: our ears were open then. One in doubt that came back had left."""
        left = self.left_at or self.doubted_at
        if self.back_at is None or left is None or self.back_at - left > patience:
            return None
        return min(left, self.back_at)

    @property
    def took(self) -> timedelta | None:
        """How long it was away; None where it did not come back."""
        return self.back_at - self.left_at if self.back_at and self.left_at else None

    def lost(self, now: datetime, patience: timedelta) -> bool:
        """Say whether it did not come back in time (it may still come, late)."""
        if self.left_at is None:
            return self.flew_at is not None
        return (self.back_at or now) - self.left_at > patience

    def missed(self, since: datetime, until: datetime, now: datetime, patience: timedelta) -> bool:
        """Say whether it should have come back, for all that is known, from a flight between two moments, and did not."""
        if self.flew_at is not None:
            return self.lost(now, patience) and since - patience <= self.flew_at <= until
        in_doubt = self.doubted_at is not None and self.back_at is None
        return in_doubt and self.drafted_at <= until and since - patience <= (self.doubted_at
                                                                              or now)


def happened(flown: Iterable[Canary], now: datetime) -> list[Canary]:
    """Return those of which nothing lies in the future, as a clock that was wrong may have it: of the others nothing is known."""
    return [c for c in flown if all(at is None or at - now <= SKEW
                                    for at in (c.drafted_at, c.left_at, c.back_at, c.refused_at))]


def due(flown: Iterable[Canary], kind: CanaryKind, now: datetime, every: timedelta) -> bool:
    """Say whether it is time for another one."""
    return not any(lately(c.drafted_at, now, every) for c in flown if c.kind is kind)


def whole(flown: Iterable[Canary], now: datetime, patience: timedelta) -> bool:
    """Say whether our path stands now: of each errand, the last canary whose fate is known did come back in time."""
    latest: dict[CanaryKind, Canary] = {}
    for canary in sorted(happened(flown, now), key=lambda c: c.drafted_at):
        if canary.back_at is not None or canary.lost(now, patience):
            latest[canary.kind] = canary
    return not any(canary.lost(now, patience) for canary in latest.values())


def known_until(flown: Iterable[Canary], now: datetime, patience: timedelta) -> datetime | None:
    """Return up to when our path has testified; what happened later may still prove to have gone unheard. None: never yet.

    Of each errand some canary left then or later, and the fate of it and of all before it is known.
    """
    known: dict[CanaryKind, datetime | None] = {}
    unknown: set[CanaryKind] = set()
    for canary in sorted((c for c in happened(flown, now) if c.flew_at),
                         key=lambda c: c.flew_at or now):
        if canary.back_at is None and not canary.lost(now, patience):
            unknown.add(canary.kind)
        if canary.kind not in unknown:
            known[canary.kind] = canary.flew_at
        known.setdefault(canary.kind, None)
    moments = list(known.values())
    return min(filter(None, moments)) if moments and all(moments) else None


def asked_of(since: datetime, policy: Policy) -> datetime:
    """Return from when on canaries were drafted that may testify for what was silent since then (`proved`)."""
    return since - 2 * policy.canary.every - policy.canary.patience


def proved(flown: Iterable[Canary], since: datetime, over: datetime, now: datetime,
           policy: Policy) -> bool:
    """Say whether our ears are known to have been open from one moment until another: silence is then the agencies' own.

    No canary was missed since, and of each errand some came back that left near enough to one another all the while: the
    first before `since` or soon after, the last after `over` (where that is now: not long before), and between two no more
    than `canary_every` + `canary_patience`. Where no canaries are sent, it is taken on trust.
    """
    if not policy.canary.every:
        return True
    told = happened(flown, now)
    flew = {canary.kind for canary in told if canary.flew_at}
    kinds = {CanaryKind.HOME, *(flew if policy.canary.must_bounce else ())}
    return not any(canary.missed(since, now, now, policy.canary.patience)
                   for canary in told) and all(
        _often([c for c in told if c.kind is kind], since, over, now, policy)
        for kind in kinds)


def _often(flown: Iterable[Canary], since: datetime, over: datetime, now: datetime,
           policy: Policy) -> bool:
    near, patience = policy.canary.every + policy.canary.patience, policy.canary.patience
    heard = sorted(at for c in flown if (at := c.heard(patience)) and at >= since - near)
    return all(later - earlier <= near for earlier, later in pairwise([*heard, now])
               if earlier < over) and (
        [*heard, now][0] - since <= patience)


def back(flown: Iterable[Canary]) -> dict[CanaryKind, datetime]:
    """Return when a canary of each errand last came back."""
    return {c.kind: c.back_at for c in sorted(flown, key=lambda c: c.back_at or c.drafted_at)
            if c.back_at is not None}


def away(flown: Iterable[Canary]) -> dict[CanaryKind, timedelta]:
    """Return how long the last canary of each errand that came back was away."""
    return {c.kind: c.took for c in sorted(flown, key=lambda c: c.drafted_at)
            if c.took is not None}
