"""Rounds of letters: each is a record in the ledger, and a timetable tells when the next begins.

The problem: a round that is only arithmetic on the configuration changes under our feet when
somebody edits it. Moved later, the same number comes again and nobody is written to for a month;
moved earlier, everybody is written to twice in a fortnight.

The rule. A round is written down when it opens, with its cut-off (`due_at`) and with the timetable
that it opened by. The next one begins at that cut-off, whatever the configuration says meanwhile.
Another timetable is taken by itself where the next round begins when it was to begin; one that
would begin it sooner or later waits for a person's yes, and until then the old one goes on.

| kind | who opens it | its letters |
|---|---|---|
| regular | we, at the cut-off of the one before; or a person, sooner | to every agency |
| skipped | a person, beforehand; or we, where no daemon ran for its whole time | none |
| extra | a person, for some agencies | to those, beside the regular ones |

A round that opens late is not cut short: it ends with the first beginning of its timetable that is
at least half a round away. So nobody gets a second letter days after the first because we were
installed, or came back, near the end of a round.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import count
from typing import NamedTuple

from sarabanwatch.core.calendar import BANGKOK

ABSENT = "no daemon ran in that time"
MOMENT = timedelta(microseconds=1)


class RoundKind(StrEnum):
    """What kind of round it is."""

    REGULAR = "regular"
    SKIPPED = "skipped"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Campaign:
    """The span of a round: letters name its `id`, people its `number`; `ends` is exclusive.

    `next` is when the round after it begins.
    """

    id: int
    number: int
    starts: datetime
    ends: datetime
    next: datetime
    extra: bool = False

    @property
    def label(self) -> str:
        """What people call it: 7, or extra-2."""
        return f"extra-{self.number}" if self.extra else str(self.number)

    def runs(self, now: datetime) -> bool:
        """Say whether letters of this round may be written at a moment."""
        return self.starts <= now < self.ends

    def elapsed(self, now: datetime) -> float:
        """Return the share of the round that is over, 0 to 1; 0 before it has begun."""
        if now < self.starts or self.starts >= self.ends:
            return 0.0
        return min(1.0, (now - self.starts) / (self.ends - self.starts))


@dataclass(frozen=True, slots=True)
class Timetable:
    """When rounds begin: at midnight of the anchor, and every so many weeks from then on."""

    anchor: date
    weeks: int

    @property
    def length(self) -> timedelta:
        """How long a round lasts."""
        return timedelta(weeks=self.weeks)

    @property
    def first(self) -> datetime:
        """When the first round begins."""
        return datetime.combine(self.anchor, time(), BANGKOK)

    def after(self, moment: datetime) -> datetime:
        """Return the first beginning after a moment."""
        if moment < self.first:
            return self.first
        return self.first + ((moment - self.first) // self.length + 1) * self.length

    def beginnings(self, after: datetime) -> Iterator[datetime]:
        """Yield the beginnings after a moment, without end."""
        start = self.after(after)
        return (start + n * self.length for n in count())

    def cut_off(self, opened: datetime) -> datetime:
        """Return when a round ends: the first beginning that is at least half a round away."""
        return self.after(opened + self.length / 2)

    def slot(self, moment: datetime) -> Campaign:
        """Return the round that a moment from the anchor on falls in, if nobody interferes."""
        place = (moment - self.first) // self.length
        starts = self.first + place * self.length
        return Campaign(place, place + 1, starts, starts + self.length, starts + self.length)


class Act(NamedTuple):
    """What is done to rounds: when, by whom ("": by us), and why."""

    at: datetime
    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """Whom an extra round is for; "" for any."""

    ministry: str = ""
    province: str = ""
    group: str = ""
    host: str = ""


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """A round as the ledger has it.

    `opened_at` is when it begins; `due_at` its cut-off; `closed_at` when it ended, None while it
    runs. `by` opened it ("": the daemon). `rules` are the ids of the address rules and of the
    groups, `register` the import, by which it began. `left_over` counts the agencies that it did
    not reach by its end.
    """

    id: int
    kind: RoundKind
    number: int
    opened_at: datetime
    due_at: datetime
    timetable: Timetable
    closed_at: datetime | None = None
    by: str = ""
    why: str = ""
    closed_by: str = ""
    closed_why: str = ""
    rules: str = ""
    register: int | None = None
    selection: Selection = field(default_factory=Selection)
    chosen: int = 0
    left_over: int | None = None

    @property
    def ends(self) -> datetime:
        """When it ended, or is to end."""
        return min(self.closed_at or self.due_at, self.due_at)

    @property
    def label(self) -> str:
        """What people call it."""
        return self.span(self.due_at).label

    def span(self, follows: datetime) -> Campaign:
        """Return its span, where the next one begins at `follows`."""
        return Campaign(self.id, self.number, self.opened_at, self.ends, follows,
                        self.kind is RoundKind.EXTRA)


@dataclass(frozen=True, slots=True)
class TimetableChange:
    """A timetable that would begin the next round at another moment than stands (`due`)."""

    due: datetime
    wanted: datetime

    @property
    def sooner(self) -> bool:
        """Whether the running round would be cut short."""
        return self.wanted < self.due


def chain(records: Sequence[RoundRecord]) -> list[RoundRecord]:
    """Return the rounds that follow one another, the oldest first.

    Those are all but the extra ones, and skipped ones that were withdrawn.
    """
    links = (r for r in records if r.kind is RoundKind.REGULAR
             or (r.kind is RoundKind.SKIPPED and r.closed_at is None))
    return sorted(links, key=lambda r: (r.opened_at, r.id))


def campaigns(records: Sequence[RoundRecord], timetable: Timetable,
              now: datetime) -> list[Campaign]:
    """Return the regular rounds, the oldest first; at least one, which need not have begun.

    A skipped round is told of by none: the one before it has ended, and the next is to come.
    """
    links = chain(records)
    regular = [r for r in links if r.kind is RoundKind.REGULAR]
    if not regular:
        coming = next(iter(openings((), now, timetable)), None)
        first = coming.span(coming.opened_at) if coming else timetable.slot(timetable.first)
        return [replace(first, ends=first.starts, next=first.starts)]
    follows = [r.opened_at for r in regular[1:]] + [links[-1].due_at]
    return [r.span(begins) for r, begins in zip(regular, follows, strict=True)]


def at(spans: Sequence[Campaign], moment: datetime) -> Campaign:
    """Return the round of a moment: the last that had begun, or else the first of all."""
    return next((each for each in reversed(spans) if each.starts <= moment), spans[0])


def openings(records: Sequence[RoundRecord], now: datetime,
             timetable: Timetable) -> Iterator[RoundRecord]:
    """Yield the rounds that are to be opened by now, the oldest first; none where one runs.

    Their ids are preliminary. Those for whose whole time no daemon ran are skipped ones.
    """
    links = chain(records)
    if not links:
        if now >= timetable.first:
            slot = timetable.slot(now)
            yield RoundRecord(slot.id, RoundKind.REGULAR, slot.number, slot.starts,
                              timetable.cut_off(now), timetable)
        return
    last = links[-1]
    stands = taken(last, now, timetable)
    begins, free = last.due_at, max(r.id for r in records) + 1
    for n in count():
        if now < begins:
            return
        whole = stands.cut_off(begins)
        missed = whole <= now
        kind = RoundKind.SKIPPED if missed else RoundKind.REGULAR
        ends = whole if missed else stands.cut_off(max(begins, now))
        yield RoundRecord(free + n, kind, last.number + 1 + n, begins, ends, stands,
                          why=ABSENT if missed else "")
        begins = ends


def foreseen(records: Sequence[RoundRecord], timetable: Timetable, now: datetime) -> Campaign:
    """Return the regular round of a moment, with those that the daemon would open by then."""
    return at(campaigns([*records, *openings(records, now, timetable)], timetable, now), now)


def changed(last: RoundRecord, now: datetime, timetable: Timetable) -> TimetableChange | None:
    """Return what a timetable would change of when the next round begins; None: nothing.

    The timetable that the round itself was opened by changes nothing, though a round that opened
    late in its slot lasts to the end of the next one.
    """
    if timetable == last.timetable:
        return None
    wanted = timetable.after(min(now, last.due_at - MOMENT))
    return TimetableChange(last.due_at, wanted) if wanted != last.due_at else None


def taken(last: RoundRecord, now: datetime, timetable: Timetable) -> Timetable:
    """Return the timetable to go on by: the configured one where it may be taken, or the old."""
    return last.timetable if changed(last, now, timetable) else timetable


def ahead(begins: datetime, timetable: Timetable, number: int) -> list[datetime]:
    """Return so many beginnings: one that is given, and those that follow by a timetable."""
    found = [begins]
    while len(found) < number:
        found.append(timetable.cut_off(found[-1]))
    return found
