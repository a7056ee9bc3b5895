"""Canaries: letters to ourselves that show whether mail goes out and comes back.

The problem: where an agency does not answer and nothing bounces, either its mailbox took the
letter, or our own inbox is broken and we would never learn that it did not. Silence counts for an
agency only while our own path is proved to work.

So a canary of each kind goes out every few hours, by the same relay and to the same inbox as all
mail: one of kind HOME must arrive, one of kind BOUNCE goes to an address that does not exist and
must come back as a bounce. (Where nothing goes by a relay, canaries go straight to the host of our
inbox: each agency's own answer then proves the way out.)

- One that is not back within `canary.patience_hours` is lost. While the last one of a kind is lost,
  the path is broken (`whole`), and silence is withheld.
- Silence is proved only where canaries of each kind left often enough before, during and after it,
  and all came back (`proved`). After a crash, or while the relay was away, nobody knows.

Moments are those of the Clock port.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from sarabanwatch.core.facts.evidence import FactKind
from sarabanwatch.core.facts.letter import Letter
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.policy import CanarySection, Policy
from sarabanwatch.core.sending.pausing import paused_time
from sarabanwatch.core.sending.timekeeping import SKEW, lately
from sarabanwatch.core.sending.weekly import Span


class CanaryKind(StrEnum):
    """What a canary must do: arrive in our inbox, or come back as a bounce."""

    HOME = "home"
    BOUNCE = "bounce"


class CanaryDraft(NamedTuple):
    """A canary to be written down; `address` makes its address of its token."""

    kind: CanaryKind
    round_: int
    address: Callable[[str], str]
    send_by: datetime


BACK_BY: dict[CanaryKind, FactKind] = {
    CanaryKind.HOME: FactKind.CAME_HOME,
    CanaryKind.BOUNCE: FactKind.BOUNCED,
}


def at_home(address: str, mailbox: str) -> bool:
    """Say whether an address is in the domain of our own mailbox: a letter there is our affair."""
    return address.rpartition("@")[2].lower() == mailbox.rpartition("@")[2].lower()


def to_us(letter: Letter, mailbox: str) -> bool:
    """Say whether a letter is a canary that stays in the domain of our own mailbox."""
    return letter.purpose is Purpose.CANARY and at_home(letter.address, mailbox)


@dataclass(frozen=True, slots=True)
class Canary:
    """One letter to ourselves: when it was drafted, accepted by a server, back, refused for good.

    `doubted_at`: when it was found that nobody knows whether it left us, as after a crash.

    One of kind HOME that is refused, as by an inbox that is gone or full, shows that other mail to
    us is refused, too. One of kind BOUNCE that is refused on our own connection brings no bounce,
    and shows nothing.
    """

    kind: CanaryKind
    drafted_at: datetime
    left_at: datetime | None
    back_at: datetime | None
    refused_at: datetime | None = None
    doubted_at: datetime | None = None

    @property
    def shows_since(self) -> datetime | None:
        """When it began to show anything of our path; None where it never did."""
        return self.left_at or (self.refused_at if self.kind is CanaryKind.HOME else None)

    def heard(self, patience: timedelta) -> datetime | None:
        """Return when it left, where it came back in time, so that our path worked then; else None.

        One in doubt that came back did leave.
        """
        left = self.left_at or self.doubted_at
        if self.back_at is None or left is None or self.back_at - left > patience:
            return None
        return min(left, self.back_at)

    @property
    def in_doubt(self) -> bool:
        """Whether nobody knows that it left us, for it is not back either."""
        return self.doubted_at is not None and self.left_at is None and self.back_at is None

    @property
    def away_for(self) -> timedelta | None:
        """How long it was away; None where it is not back."""
        return self.back_at - self.left_at if self.back_at and self.left_at else None

    def lost(self, now: datetime, patience: timedelta) -> bool:
        """Say whether it was not back in time (it may still come, late)."""
        if self.left_at is None:
            return self.shows_since is not None
        return (self.back_at or now) - self.left_at > patience

    def missed(self, since: datetime, until: datetime, now: datetime, patience: timedelta) -> bool:
        """Say whether one that left between two moments should be back by now, and is not.

        One in doubt that is not back counts as missed.
        """
        if self.shows_since is not None:
            return self.lost(now, patience) and since - patience <= self.shows_since <= until
        if self.doubted_at is None or self.back_at is not None:
            return False
        return self.drafted_at <= until and since - patience <= self.doubted_at


def happened(canaries: Iterable[Canary], now: datetime) -> list[Canary]:
    """Return those without a moment in the future, which a wrong clock may have left behind."""
    return [c for c in canaries if all(at is None or at - now <= SKEW
                                    for at in (c.drafted_at, c.left_at, c.back_at, c.refused_at))]


def unpaused(canaries: Iterable[Canary], left_alone: Sequence[Span], now: datetime) -> list[Canary]:
    """Return canaries as if each had left later by as long as nobody listened while it was away.

    `left_alone` are the times in which the inbox was left alone on purpose, apart (`pausing`). One
    that came home then was read afterwards, and was in time all the same.
    """
    return [replace(each, left_at=each.left_at and each.left_at + paused_time(
        each.left_at, each.back_at or now, left_alone)) for each in canaries]


def due(canaries: Iterable[Canary], kind: CanaryKind, now: datetime,
        section: CanarySection) -> bool:
    """Say whether another canary of this kind is due.

    One in doubt says nothing while it is not back: the next follows soon, and does not wait its
    turn, so that it is home before our path counts as not proved.
    """
    return not any(lately(c.drafted_at, now, section.every)
                   and (not c.in_doubt or lately(c.doubted_at or now, now, section.patience / 4))
                   for c in canaries if c.kind is kind)


def whole(canaries: Iterable[Canary], now: datetime, patience: timedelta) -> bool:
    """Say whether our path works: the last canary of each kind with a known fate was in time."""
    latest: dict[CanaryKind, Canary] = {}
    for canary in sorted(happened(canaries, now), key=lambda c: c.drafted_at):
        if canary.back_at is not None or canary.lost(now, patience):
            latest[canary.kind] = canary
    return not any(canary.lost(now, patience) for canary in latest.values())


def known_until(canaries: Iterable[Canary], now: datetime, patience: timedelta) -> datetime | None:
    """Return up to when it is known whether our path worked; None: it is not known of any moment.

    Of each kind some canary left then or later, and the fate of it and of all before it is known.
    """
    known: dict[CanaryKind, datetime | None] = {}
    unknown: set[CanaryKind] = set()
    for canary in sorted((c for c in happened(canaries, now) if c.shows_since),
                         key=lambda c: c.shows_since or now):
        if canary.back_at is None and not canary.lost(now, patience):
            unknown.add(canary.kind)
        if canary.kind not in unknown:
            known[canary.kind] = canary.shows_since
        known.setdefault(canary.kind, None)
    moments = list(known.values())
    return min(filter(None, moments)) if moments and all(moments) else None


def asked_of(since: datetime, policy: Policy) -> datetime:
    """Return from when on drafted canaries matter for silence since a moment (`proved`)."""
    return since - 2 * policy.canary.every - policy.canary.patience


def proved(canaries: Iterable[Canary], since: datetime, over: datetime, now: datetime,
           policy: Policy) -> bool:
    """Say whether our path is known to have worked from `since` until `over`.

    Silence in that time is then the agencies' own. No canary was missed since, and of each kind
    some came back that left near enough to one another: the first before `since` or soon after, the
    last after `over` (where that is now: not long before), and between two no more than
    `canary.every` and `canary.patience` together. Where no canaries are sent, it is taken on trust.
    """
    if not policy.canary.every:
        return True
    past = happened(canaries, now)
    if any(canary.missed(since, now, now, policy.canary.patience) for canary in past):
        return False
    shown = {canary.kind for canary in past if canary.shows_since}
    kinds = {CanaryKind.HOME, *(shown if policy.canary.must_bounce else ())}
    return all(_often([c for c in past if c.kind is kind], since, over, now, policy)
               for kind in kinds)


def _often(canaries: Iterable[Canary], since: datetime, over: datetime, now: datetime,
           policy: Policy) -> bool:
    near, patience = policy.canary.every + policy.canary.patience, policy.canary.patience
    heard = sorted(at for c in canaries if (at := c.heard(patience)) and at >= since - near)
    return all(later - earlier <= near for earlier, later in pairwise([*heard, now])
               if earlier < over) and (
        [*heard, now][0] - since <= patience)


def back(canaries: Iterable[Canary]) -> dict[CanaryKind, datetime]:
    """Return by kind when a canary last came back."""
    return {c.kind: c.back_at for c in sorted(canaries, key=lambda c: c.back_at or c.drafted_at)
            if c.back_at is not None}


def away(canaries: Iterable[Canary]) -> dict[CanaryKind, timedelta]:
    """Return by kind how long the last canary that came back was away."""
    return {c.kind: c.away_for for c in sorted(canaries, key=lambda c: c.drafted_at)
            if c.away_for is not None}
