"""The rest of a round, day by day: when the last letter leaves, and whether that is in time.

The round is simulated with the same functions that keep the pace (`core.sending.pace`), so that it
cannot promise what they refuse. It counts the letters still to be written and those that wait. It
does not foresee second letters, nor hosts that will refuse or complain.
"""

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import ceil

from msgspec import structs

from sarabanwatch.core.calendar import BANGKOK, CLOSES, OPENS
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.rounds import Campaign
from sarabanwatch.core.sending import pace, plan
from sarabanwatch.core.sending.pace import BOUNDLESS, HostSection, Limits, PaceSection, Traffic

FARTHEST = 366          # days
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HostLoad:
    """The letters of one host: still to be written, waiting, and written today."""

    left: int
    waiting: int = 0
    written: int = 0
    traffic: Traffic = field(default_factory=Traffic)

    @property
    def letters(self) -> int:
        """The letters that are still to leave."""
        return self.left + self.waiting


@dataclass(frozen=True, slots=True)
class Day:
    """One day: whether letters leave at all, and how many to each host."""

    day: date
    opens: bool
    letters: Mapping[str, int]

    @property
    def total(self) -> int:
        """All its letters."""
        return sum(self.letters.values())


@dataclass(frozen=True, slots=True)
class Forecast:
    """A round as it will go.

    `last` is by when the last letter leaves, `over` the end of its window; None: it never leaves.
    `late` letters leave so late, or never, that their windows are not over by the round's end.
    """

    round: Campaign
    days: tuple[Day, ...]
    last: datetime | None
    over: datetime | None
    late: int = 0

    @property
    def spare(self) -> timedelta:
        """How long before the end of the round all windows are over; negative where too late."""
        return (self.round.ends - self.over) if self.over else timedelta(days=-FARTHEST)

    @property
    def in_time(self) -> bool:
        """Whether the round ends in time."""
        return self.spare >= timedelta()

    def of(self, host: str) -> list[Day]:
        """Return the days on which a host has letters."""
        return [day for day in self.days if day.letters.get(host)]


@dataclass(frozen=True, slots=True)
class Remedy:
    """A key of the configuration, and the value with which the round would end in time."""

    key: str
    value: str


def forecast(
    loads: Mapping[str, HostLoad], now: datetime, round_: Campaign, table: PaceSection,
    policy: Policy, gone: int = 0,
) -> Forecast:
    """Simulate the rest of the round until every letter has left, and its window is over.

    `gone` letters have left today already, to all hosts together.
    """
    days = tuple(_played(loads, now, round_, table, policy, gone))
    ends = [(max(now, closes), day.total) for day in days if day.total
            for closes in [_closes(day.day, table)]]
    left = sum(load.letters for load in loads.values()) - sum(letters for _, letters in ends)
    late = left + sum(letters for closes, letters in ends
                      if plan.window_end(closes, policy) > round_.ends)
    if left:
        return Forecast(round_, days, None, None, late)
    if not ends:
        return Forecast(round_, days, now, now)
    last, _ = ends[-1]
    return Forecast(round_, days, last, plan.window_end(last, policy), late)


def _closes(day: date, table: PaceSection) -> datetime:
    """Return when the last letters of a day leave."""
    return datetime.combine(day, CLOSES if table.office_hours else time.max, BANGKOK)


def _played(
    loads: Mapping[str, HostLoad], now: datetime, round_: Campaign, table: PaceSection,
    policy: Policy, gone_in_all: int,
) -> Iterator[Day]:
    left = Counter({host: load.left for host, load in loads.items()})
    queue = Counter({host: load.waiting for host, load in loads.items()})
    wrote = Counter({host: load.traffic.days_before(now.astimezone(BANGKOK).date())
                     for host, load in loads.items()})
    at = now.astimezone(BANGKOK)
    for number in range(FARTHEST):
        if not (left.total() or queue.total()):
            return
        over = pace.days_left(at, round_, table, policy.holidays)
        span = _minutes_left(at, table, policy.holidays)
        day, letters = at.date(), Counter[str]()
        opens = pace.open_day(day, table, policy.holidays)
        for host, load in loads.items() if opens else ():
            new = pace.share(host, left[host], BOUNDLESS, 0 if number else load.written, over,
                             table)
            left[host], queue[host] = left[host] - new, queue[host] + new
            gone = 0 if number else load.traffic.days[day]
            most = _most(table.of(host), wrote[host], span)
            letters[host] = max(0, min(queue[host], most - gone))
        letters = _shared(letters, _most(table.in_all, 0, span, 0 if number else gone_in_all))
        queue -= letters
        wrote.update(letters.keys())
        yield Day(day, opens, letters)
        at = datetime.combine(day + DAY, time(), BANGKOK)


def _minutes_left(at: datetime, table: PaceSection, holidays: Container[date]) -> float:
    opens, closes = (OPENS, CLOSES) if table.office_hours else (time(), time.max)
    begins, ends = (datetime.combine(at, moment, BANGKOK) for moment in (opens, closes))
    return min(pace.minutes(at.date(), table, holidays),
               max(0.0, (ends - max(at, begins)) / MINUTE))


def _most(limits: Limits, days_before: int, span: float, gone: int = 0) -> int:
    return max(0, min(limits.day(days_before) - gone, int(limits.a_minute * span)))


def _shared(letters: Counter[str], most: int) -> Counter[str]:
    """Return a day's letters by host, cut down in proportion where more than `most` would leave."""
    total, before, cut = letters.total(), 0, Counter[str]()
    for host, count in letters.items():
        upto = before + count
        cut[host] = count if total <= most else upto * most // total - before * most // total
        before = upto
    return +cut


def remedies(
    loads: Mapping[str, HostLoad], now: datetime, round_: Campaign, table: PaceSection,
    policy: Policy, gone: int = 0,
) -> list[Remedy]:
    """Return changes with which a late round would end in time; none where no limit would do.

    The changes that are returned were simulated to the end. Where the limits leave room, only the
    spread is narrowed.
    """
    days = [day for day in pace.round_days(round_) if _would_do(day, now, round_, table, policy)]
    if not days:
        return []
    narrow = structs.replace(table, spread=0)
    spread = [Remedy("pace.spread", "0")] if table.spread else []
    if table.spread and forecast(loads, now, round_, narrow, policy, gone).in_time:
        return spread
    span = min(pace.minutes(day, table, policy.holidays) for day in days)
    enough = {host: _enough(load.letters, len(days), span) for host, load in loads.items()}
    hosts = {host: limits for host, limits in enough.items()
             if not _bears(table.of(host), limits, len(days), span)}
    in_all = Limits(a_minute=max(table.in_all.a_minute,
                                 sum(limits.a_minute for limits in enough.values())),
                    a_day=max(table.in_all.a_day, sum(limits.a_day for limits in enough.values())))
    named = {name: each for name, each in table.hosts.items() if name.lower() not in hosts}
    named |= {host: HostSection(limits.connections, limits.a_minute, limits.a_day, limits.warm_up)
              for host, limits in hosts.items()}
    wider = structs.replace(narrow, hosts=named, in_all_a_minute=in_all.a_minute,
                            in_all_a_day=in_all.a_day)
    changes = [*spread, *(change for host, limits in hosts.items()
                          for change in _changes(f'hosts."{host}".', table.of(host), limits))]
    changes += _changes("in_all_", table.in_all, in_all)
    return changes if forecast(loads, now, round_, wider, policy, gone).in_time else []


def _would_do(day: date, now: datetime, round_: Campaign, table: PaceSection,
              policy: Policy) -> bool:
    """Say whether a letter that leaves at the end of a future day is over in time."""
    here = now.astimezone(BANGKOK)
    return (day > here.date() and pace.open_day(day, table, policy.holidays)
            and plan.window_end(_closes(day, table), policy) <= round_.ends)


def _enough(letters: int, days: int, span: float) -> Limits:
    a_day = ceil(letters / days)
    return Limits(a_minute=ceil(a_day / span), a_day=a_day)


def _bears(limits: Limits, needed: Limits, days: int, span: float) -> bool:
    return sum(_most(limits, day, span) for day in range(days)) >= needed.a_day * days


def _changes(of: str, was: Limits, now: Limits) -> Iterator[Remedy]:
    if now.a_minute > was.a_minute:
        yield Remedy(f"pace.{of}a_minute", str(now.a_minute))
    if now.a_day > was.a_day:
        yield Remedy(f"pace.{of}a_day", str(now.a_day))
    if any(letters < now.a_day for letters in was.warm_up):
        yield Remedy(f"pace.{of}warm_up", "[]")
