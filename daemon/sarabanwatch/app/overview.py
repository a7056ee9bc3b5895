"""How we stand now (`core.overview`), put together from the ledger and from what paces letters."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sarabanwatch.app.dispatcher import Dispatcher
from sarabanwatch.app.drafting import midnight
from sarabanwatch.core.calendar import in_office_hours, opening
from sarabanwatch.core.overview import Overview, OwnPath
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.returns.arrival import MailKind
from sarabanwatch.core.sending import canary as canaries
from sarabanwatch.core.sending.canary import CanaryKind
from sarabanwatch.core.sending.pace import PaceSection, Watermark
from sarabanwatch.ports import Clock
from sarabanwatch.store import (
    Ledger,
    Tx,
    copies,
    halts,
    incidents,
    lacking,
    overview,
    pacing,
    pauses,
    rounds,
    rulings,
)
from sarabanwatch.store.canaries import heard


class HostsSeen(NamedTuple):
    """The mail hosts that refuse us and those that slow us down; whether all letters wait."""

    open: tuple[str, ...]
    slowed: tuple[str, ...]
    all_wait: bool


def hosts_seen(dispatcher: Dispatcher, now: datetime) -> HostsSeen:
    """Return what a dispatcher knows of mail hosts."""
    return HostsSeen(tuple(dispatcher.open_hosts), tuple(dispatcher.slowed(now)),
                     dispatcher.breaker_open)


class Overseer:
    """Tells how we stand, again and again, over an open ledger: it reads tries and answers once."""

    def __init__(self, ledger: Ledger, clock: Clock, policy: Policy, pace: PaceSection) -> None:
        self._ledger, self._clock, self._policy, self._pace = ledger, clock, policy, pace
        self._dispatcher = Dispatcher(pace, policy)

    async def look(self) -> Overview:
        """Return how we stand now, without what only the daemon knows."""
        now = self._clock.now()
        await self._dispatcher.learn(self._ledger, now)
        return await self._ledger.read(seen, self._policy, self._pace,
                                       hosts_seen(self._dispatcher, now), now)


def from_ledger(tx: Tx, policy: Policy, pace: PaceSection, now: datetime) -> Overview:
    """Return how we stand by the ledger alone, where no daemon runs."""
    dispatcher = Dispatcher(pace, policy)
    dispatcher.take(pacing.since(tx, Watermark(), now))
    return seen(tx, policy, pace, hosts_seen(dispatcher, now), now)


def seen(tx: Tx, policy: Policy, pace: PaceSection, hosts: HostsSeen, now: datetime) -> Overview:
    """Return how we stand, without what only a running daemon knows."""
    round_ = rounds.current(tx, policy.campaign.timetable, now)
    refused = rounds.change(tx, policy.campaign.timetable, now)
    found = incidents.held(tx)
    backup = copies.last(tx)
    return Overview(
        at=now, addressed=overview.addressed(tx), round=round_.number, starts=round_.starts,
        ends=round_.ends, follows=round_.next, elapsed=round_.elapsed(now),
        overdue=rounds.overdue(tx, policy.campaign.timetable, now),
        refused=refused[1].wanted if refused else None,
        **overview.round_of(tx, round_.id)._asdict(),
        today=overview.left_since(tx, midnight(now)), **_ahead(tx, policy, pace, now),
        open_hosts=hosts.open, slowed_hosts=hosts.slowed, all_wait=hosts.all_wait,
        **_own_path(tx, policy, now), lacking=lacking.count(tx), **_mails(tx),
        incidents=len(found[0]), held=found[1], notices=overview.notices_in_doubt(tx),
        halts=tuple(halt.detail for halt in halts.standing(tx)),
        paused=tuple(each.shown(now) for each in pauses.in_force(tx, now)),
        backup=backup.at if backup else None)


def _ahead(tx: Tx, policy: Policy, pace: PaceSection, now: datetime) -> Mapping[str, Any]:
    found = overview.ahead(tx, now)
    leaves = now if found.due else found.next
    if leaves and pace.office_hours:
        leaves = opens(leaves, policy)
    return {**found._asdict(), "next": leaves}


def opens(at: datetime, policy: Policy) -> datetime:
    """Return a moment where offices are open then, else when they open next."""
    if in_office_hours(at, policy.holidays):
        return at
    today = opening(at, 0, policy.holidays)
    return today if today > at else opening(at, 1, policy.holidays)


def _own_path(tx: Tx, policy: Policy, now: datetime) -> Mapping[str, Any]:
    """Return what letters to ourselves show, judged as the daemon does (`app.own_path`)."""
    every, patience = policy.canary.every, policy.canary.patience
    if not every:
        return {"path": OwnPath.UNTRIED, "came_home": None}
    sent = canaries.happened(heard(tx, now - 4 * (every + patience), now), now)
    came_home = canaries.back(sent).get(CanaryKind.HOME)
    if not canaries.whole(sent, now, patience):
        path = OwnPath.BROKEN
    else:
        path = OwnPath.WHOLE if came_home else OwnPath.UNKNOWN
    return {"path": path, "came_home": came_home}


def _mails(tx: Tx) -> Mapping[str, Any]:
    """Count what waits for a person, corrections apart, each with its oldest."""
    waiting = rulings.oldest(tx)
    corrections, since = waiting.get(MailKind.CORRECTION, (0, None))
    others = [each for kind, each in waiting.items() if kind is not MailKind.CORRECTION]
    return {"mails": sum(number for number, _ in others),
            "mails_since": min((at for _, at in others), default=None),
            "corrections": corrections, "corrections_since": since}
