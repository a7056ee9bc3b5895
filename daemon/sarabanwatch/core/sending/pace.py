"""How gently we write, mail host by mail host: limits, what went lately, and how many letters a host may have now.

A *mail host* is whoever runs the servers: thousands of domains may have one. The limits are kept by what was seen to
leave us, and nothing is taken on trust: a letter in hand counts as one that leaves now, so that no sixty seconds ever
see more than a minute's letters. What a host answers is the business of `core.sending.throttle`.
"""

from collections import Counter, deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import takewhile
from math import ceil
from typing import NamedTuple
from zlib import crc32

import msgspec

from sarabanwatch.core.calendar import BANGKOK, Campaign, office_minutes, working_day
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.section import Section
from sarabanwatch.core.sending.throttle import HostResponse, HostState, ThrottleSettings
from sarabanwatch.core.sending.timekeeping import lately

MINUTE = timedelta(minutes=1)
REMEMBERS = timedelta(days=60)      # a host not written to for so long is warmed up anew
BOUNDLESS = 10**9


@dataclass(frozen=True, slots=True)
class Limits:
    """What one mail host is asked to bear: letters in hand at once, in any 60 seconds, and on a day.

    `warm_up` gives the day's letters on the first, second, ... day that we write to it; after those, `a_day` holds.
    """

    connections: int = BOUNDLESS
    a_minute: int = BOUNDLESS
    a_day: int = BOUNDLESS
    warm_up: tuple[int, ...] = ()

    def day(self, days_before: int) -> int:
        """Return the letters it may have on a day before which it was written to on so many days."""
        return (
            min(self.a_day, *self.warm_up[days_before : days_before + 1])
            if days_before < len(self.warm_up) else self.a_day
        )


class HostSection(Section, frozen=True):
    """[pace.hosts."NAME"]: the limits of one mail host; what it does not say is as for any other."""

    connections: int | None = None
    a_minute: int | None = None
    a_day: int | None = None        # 0: none
    warm_up: tuple[int, ...] | None = None


ANY_HOST = HostSection()


class PaceSection(Section, frozen=True):
    """[pace]: how gently mail hosts are written to.

    `in_all_...` are the limits of our relay, over all hosts. `spread` is the share of the round's
    working days over which first letters are spread; 0: none. The global breaker opens when the
    breakers of `breaker_hosts` hosts are open, and of more than `breaker_share` of all hosts that
    responded. A limit for a day of 0 is none.
    """

    connections: int = 4
    a_minute: int = 20
    a_day: int = 0
    warm_up: tuple[int, ...] = (200, 400, 800, 1600)
    in_all_a_minute: int = 60
    in_all_a_day: int = 0
    spread: float = 0.5
    office_hours: bool = True
    operators: tuple[str, ...] = ("mail.protection.outlook.com", "google.com", "googlemail.com",
                                  "pphosted.com", "mimecast.com")
    pause_minutes: float = 5
    decay_hours: float = 4
    refusals: int = 3
    open_minutes: float = 60
    breaker_hosts: int = 3
    breaker_share: float = 0.3
    hosts: dict[str, HostSection] = msgspec.field(default_factory=dict)

    def of(self, host: str) -> Limits:
        """Return the limits of a mail host, whose name is in lower case."""
        own = next((each for name, each in self.hosts.items() if name.lower() == host), ANY_HOST)
        a_day = self.a_day if own.a_day is None else own.a_day
        return Limits(own.connections or self.connections, own.a_minute or self.a_minute,
                      a_day or BOUNDLESS, self.warm_up if own.warm_up is None else own.warm_up)

    @property
    def in_all(self) -> Limits:
        """The limits of our relay."""
        return Limits(a_minute=self.in_all_a_minute, a_day=self.in_all_a_day or BOUNDLESS)

    @property
    def throttle(self) -> ThrottleSettings:
        """The numbers of back-off and breaker."""
        return ThrottleSettings(
            pause=timedelta(minutes=self.pause_minutes), decay=timedelta(hours=self.decay_hours),
            refusals=self.refusals, open_for=timedelta(minutes=self.open_minutes))

    def operator(self, name: str) -> str:
        """Return who runs a mail host: the suffix of a house that gives every customer a name of its own, or the name."""
        name = name.lower().rstrip(".")
        houses = map(str.lower, self.operators)
        return next((house for house in houses if name == house or name.endswith("." + house)),
                    name)

    def host_of(self, address: str, mail_host: str | None) -> str:
        """Return whom a letter to an address burdens: its mail host as the DNS shows it, or else its domain."""
        return self.operator(mail_host or address.rpartition("@")[2])


@dataclass(slots=True)
class Traffic:
    """What left us for one mail host: the last letters by their moments, and how many on each day."""

    left: deque[datetime] = field(default_factory=lambda: deque(maxlen=10_000))
    days: Counter[date] = field(default_factory=Counter)
    state: HostState = field(default_factory=HostState)
    responded: bool = False

    def went(self, at: datetime) -> None:
        """Take note of a letter that left, be it with what success."""
        self.left.append(at)
        self.days[at.astimezone(BANGKOK).date()] += 1

    @property
    def last(self) -> datetime | None:
        """When the last one left."""
        return self.left[-1] if self.left else None

    def days_before(self, day: date) -> int:
        """Count the days before one on which we wrote to it, as far back as is remembered."""
        return sum(1 for wrote, letters in self.days.items() if letters
                   and day - REMEMBERS < wrote < day)

    def within(self, now: datetime, span: timedelta) -> int:
        """Count the letters that left within a span before now."""
        # they may stand a little out of order
        last = takewhile(lambda at: now - at < 2 * span, reversed(self.left))
        return sum(lately(at, now, span) for at in last)


class Watermark(NamedTuple):
    """How far the past was read: the ids of the last try, fact and outcome of a notice."""

    attempt: int = 0
    evidence: int = 0
    notice: int = 0


@dataclass(frozen=True, slots=True)
class Past:
    """The past up to a watermark: letters that left us (mail host, moment) and responses, in order."""

    left: Sequence[tuple[str, datetime]]
    responses: Sequence[HostResponse]
    watermark: Watermark


@dataclass(frozen=True, slots=True)
class RoundLoad:
    """A round's letters by mail host: those that wait, and those written today."""

    waiting: Mapping[str, int]
    today: Mapping[str, int]


def room(limits: Limits, traffic: Traffic, in_hand: int, now: datetime,
         throttle: ThrottleSettings) -> int:
    """Return how many letters more a mail host may have now; `in_hand` are on their way to it."""
    today = now.astimezone(BANGKOK).date()
    until = traffic.state.waits_until(throttle, traffic.last)
    # a longer wait counts from a moment that is still to come: the clock was wrong
    if until and now < until <= now + throttle.open_longest:
        return 0
    half: int = 2 ** traffic.state.level_at(now, throttle)
    free = min(
        max(1, limits.connections // half) if not traffic.state.opened_at else 1,
        max(1, limits.a_minute // half) - traffic.within(now, MINUTE),
        limits.day(traffic.days_before(today)) - traffic.days[today])
    return max(0, free - in_hand)


def open_day(day: date, pace: PaceSection, holidays: Collection[date]) -> bool:
    """Say whether letters leave on a day."""
    return not pace.office_hours or working_day(day, holidays)


def minutes(day: date, pace: PaceSection, holidays: Collection[date]) -> float:
    """Return for how many minutes of a day letters leave."""
    return office_minutes(day, holidays) if pace.office_hours else 24 * 60


def days_left(now: datetime, round_: Campaign, pace: PaceSection, holidays: Collection[date]) -> int:
    """Return over how many days, today among them, first letters are still to be spread; at least 1."""
    whole = [day for day in round_days(round_) if working_day(day, holidays)]
    chosen = whole[:ceil(len(whole) * pace.spread)]
    today = now.astimezone(BANGKOK).date()
    return max(1, sum(day >= today for day in chosen))


def round_days(round_: Campaign) -> list[date]:
    """Return the days of a round."""
    first = round_.starts.astimezone(BANGKOK).date()
    return [first + timedelta(days=n) for n in range((round_.ends - round_.starts).days)]


def share(host: str, left: int, waiting: int, today: int, over: int, pace: PaceSection,
          policy: Policy) -> int:
    """Return how many letters to a host are written down now.

    `left` are still to be written this round, `waiting` written and not gone, `today` written today, `over` days are left.
    What doesn't divide by the days is laid on a day by the host's name, lest all small hosts have theirs on the first.
    """
    free = policy.outbox - waiting
    level = (
        (left + today + crc32(f"{host} {over}".encode()) % over) // over - today if pace.spread
        else left
    )
    return max(0, min(left, free, level))
