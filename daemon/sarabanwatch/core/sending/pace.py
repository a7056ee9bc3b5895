"""The pace: how many letters a mail host may have now, in a minute, and on a day.

A *mail host* is whoever runs the servers, and thousands of domains may share one. The limits are
kept by the letters that left us. A letter that is being sent counts as one that leaves now, so that
no sixty seconds ever see more than a minute's letters. How a host's responses change its pace is
the business of `core.sending.throttle`.
"""

from collections import Counter, deque
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from itertools import takewhile
from math import ceil
from typing import NamedTuple
from zlib import crc32

import msgspec

from sarabanwatch.core.calendar import BANGKOK, office_minutes, working_day
from sarabanwatch.core.rounds import Campaign
from sarabanwatch.core.section import Section
from sarabanwatch.core.sending.throttle import HostResponse, HostState, ThrottleSettings
from sarabanwatch.core.sending.timekeeping import SKEW

MINUTE = timedelta(minutes=1)
REMEMBERS = timedelta(days=60)      # a host that got no letter for so long is warmed up again
BOUNDLESS = 10**9


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one mail host: letters at once, in any 60 seconds, and on a day.

    `warm_up` gives the letters of the first, second, ... day on which we write to it; after those
    days, `a_day` holds.
    """

    connections: int = BOUNDLESS
    a_minute: int = BOUNDLESS
    a_day: int = BOUNDLESS
    warm_up: tuple[int, ...] = ()

    def day(self, days_before: int) -> int:
        """Return the limit of a day, where we wrote to the host on so many days before."""
        return min(self.a_day, *self.warm_up[days_before:days_before + 1], BOUNDLESS)


class HostSection(Section, frozen=True):
    """[pace.hosts."NAME"]: the limits of one mail host; a key left out is as for all others."""

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
        """Return who runs a mail host: a provider in `operators`, or the host itself."""
        name, houses = name.lower().rstrip("."), _in_lower_case(self.operators)
        if not name.endswith(houses):       # most run their own; it is asked of very many
            return name
        return next((house for house in houses if name == house or name.endswith("." + house)),
                    name)

    def host_of(self, address: str, mail_host: str | None) -> str:
        """Return the mail host of an address, as the DNS shows it, or else its domain."""
        return self.operator(mail_host or address.rpartition("@")[2])


@cache
def _in_lower_case(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(str.lower, names))


@dataclass(slots=True)
class Traffic:
    """The letters that left for one mail host: when the last did, how many a day; its state."""

    left: deque[datetime] = field(default_factory=lambda: deque(maxlen=10_000))
    days: Counter[date] = field(default_factory=Counter)
    state: HostState = field(default_factory=HostState)

    def went(self, at: datetime) -> None:
        """Record a letter that left, whatever its outcome."""
        self.left.append(at)
        self.days[at.astimezone(BANGKOK).date()] += 1

    @property
    def last(self) -> datetime | None:
        """When the last one left."""
        return self.left[-1] if self.left else None

    def days_before(self, day: date) -> int:
        """Count the days before a day on which we wrote to the host, as far as is remembered."""
        return sum(1 for wrote, letters in self.days.items() if letters
                   and day - REMEMBERS < wrote < day)

    def within(self, now: datetime, span: timedelta) -> int:
        """Count the letters that left within a span before now."""
        after, until = now - span, now + SKEW       # a moment in the future did not happen
        # they may stand a little out of order
        last = takewhile((after - span).__lt__, reversed(self.left))
        return sum(after < at <= until for at in last)


class Watermark(NamedTuple):
    """How far the past was read: the ids of the last try, fact and outcome of a notice."""

    attempt: int = 0
    evidence: int = 0
    notice: int = 0


@dataclass(frozen=True, slots=True)
class Past:
    """The past up to a watermark: letters that left (mail host, moment) and responses, in order."""

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
    """Return how many more letters a mail host may have now; `in_hand` are being sent to it."""
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


def open_day(day: date, pace: PaceSection, holidays: Container[date]) -> bool:
    """Say whether letters leave on a day."""
    return not pace.office_hours or working_day(day, holidays)


def minutes(day: date, pace: PaceSection, holidays: Container[date]) -> float:
    """Return for how many minutes of a day letters leave."""
    return office_minutes(day, holidays) if pace.office_hours else 24 * 60


def days_left(now: datetime, round_: Campaign, pace: PaceSection,
              holidays: Container[date]) -> int:
    """Return over how many days, today included, first letters are still spread; at least 1."""
    whole = [day for day in round_days(round_) if working_day(day, holidays)]
    chosen = whole[:ceil(len(whole) * pace.spread)]
    today = now.astimezone(BANGKOK).date()
    return max(1, sum(day >= today for day in chosen))


def round_days(round_: Campaign) -> list[date]:
    """Return the days of a round."""
    first = round_.starts.astimezone(BANGKOK).date()
    return [first + timedelta(days=n) for n in range((round_.ends - round_.starts).days)]


def share(host: str, left: int, free: int, today: int, over: int, pace: PaceSection) -> int:
    """Return how many letters to a host are to be written down now.

    `left` are still to be written in this round, for `free` is room among those that wait, `today`
    were written today, and `over` days are left. The remainder of the division goes to a day that
    depends on the host's name, so that not all small hosts have theirs on the first day.
    """
    level = (
        (left + today + crc32(f"{host} {over}".encode()) % over) // over - today if pace.spread
        else left
    )
    return max(0, min(left, free, level))
