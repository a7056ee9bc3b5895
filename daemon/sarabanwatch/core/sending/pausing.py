"""A pause: no test letters for a while, as a person decided: for whom, from when, until when.

The problem: a ministry moves its data centre on Saturday night, a mail host's people ask for a week
of peace, a province is under water, or our own mail system is to be mended. Letters sent meanwhile
would come back, and silence would look like an answer.

A halt (`core.sending.halt`) is ours: we doubt our own ledger or clock, and nothing leaves until a
person says that the doubt is settled. A pause is a person's, has a scope (`Reach` and a name) and
mostly an end, and doubts nothing:

- A paused agency gets no letter of any kind. Letters that wait go on waiting in their turn; one
  whose time runs out by that is held, which says nothing of its agency.
- Silence in a pause counts for nothing: a window is as much longer as office hours were paused
  (`silence_ends`).
- Whatever comes back counts as ever, for it is a fact.
- Letters to ourselves go on, and the inbox is read, but for `Reach.ALL`: then nothing leaves us at
  all, and nobody looks into the inbox.

A pause is in force from `since` until `until`, or until a person ends it; one with `every` is in
force only in its hours of some days of the week. Example: `Weekly.read("sat 22:00-04:00")` is in
force each Saturday night until Sunday, four in the morning, in Bangkok.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sarabanwatch.core.calendar import after_office_hours, office_time
from sarabanwatch.core.facts.agency import Agency
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.sending.weekly import DAY, Span, Weekly


class Reach(StrEnum):
    """How far a pause reaches; the levels from MINISTRY on have a name beside them."""

    ALL = "all"              # nothing leaves us, and the inbox is left alone
    LETTERS = "letters"      # no letter to anybody; we go on listening
    MINISTRY = "ministry"    # a superior: all agencies under it, and the one of that name
    PROVINCE = "province"
    HOST = "host"            # a mail host
    AGENCY = "agency"        # by its code

    @property
    def named(self) -> bool:
        """Whether a name stands beside it."""
        return self not in {Reach.ALL, Reach.LETTERS}


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a letter concerns: its agencies (a catch-all probe has those of its domain), its host.

    `own`: it is a letter to ourselves.
    """

    codes: frozenset[str]
    superiors: frozenset[str]
    provinces: frozenset[str]
    host: str = ""
    own: bool = False


def subject_of(agency: Agency, host: str) -> Subject:
    """Return whom a letter to an agency concerns, whose mail goes to this host."""
    superiors = frozenset(filter(None, (agency.superior, agency.name)))
    provinces = frozenset(filter(None, (agency.province,)))
    return Subject(frozenset({agency.code}), superiors, provinces, host)


@dataclass(frozen=True, slots=True)
class PausedNow:
    """A pause that is in force, as it is shown: of what level and name, since when, and why.

    It lasts until `until`; None: until a person ends it. `forgettable`: only a person ever will.
    """

    level: Reach
    name: str
    since: datetime
    until: datetime | None
    forgettable: bool
    why: str


@dataclass(frozen=True, slots=True)
class Pause:
    """One pause; `key` names what its level is of, "" for ALL and LETTERS.

    `until` is None where no end was set. `ended_at` is when it ended: by a person (`ended_by`), or
    by itself ("").
    """

    number: int
    level: Reach
    key: str
    at: datetime
    since: datetime
    until: datetime | None
    every: Weekly | None
    by: str
    why: str
    ended_at: datetime | None = None
    ended_by: str = ""
    ended_why: str = ""

    def over(self, now: datetime) -> bool:
        """Say whether it has ended for good."""
        end = self.end
        return end is not None and end <= now

    @property
    def end(self) -> datetime | None:
        """When it ended or will; None where no end is set."""
        return min(filter(None, (self.until, self.ended_at)), default=None)

    def spans(self, since: datetime, until: datetime) -> Iterator[Span]:
        """Yield the times, in order, in which it is in force and that touch those between.

        They are given whole; one whose end is not known ends at `until`.
        """
        end = self.end
        whole = [Span(self.since, end or max(until, self.since))] if self.every is None else (
            self.every.spans(max(since, self.since), min(until, end) if end else until))
        for begins, ends in whole:
            span = Span(max(begins, self.since), min(ends, end) if end else ends)
            if since < span.ends and span.begins < until and span.begins < span.ends:
                yield span

    def in_force(self, now: datetime) -> bool:
        """Say whether it is in force at a moment."""
        if now < self.since or self.over(now):
            return False
        return self.every is None or self._now(now) is not None

    def rests_until(self, now: datetime) -> datetime | None:
        """Return until when it is in force without a break; None where no end is set."""
        span = self._now(now) if self.every else None
        return min(filter(None, (span.ends if span else None, self.end)), default=None)

    def next(self, now: datetime) -> datetime | None:
        """Return when it will be in force next; None where it is, or never will be again."""
        ahead = (span.begins for span in self.spans(now, max(now, self.since) + 8 * DAY))
        return next((begins for begins in ahead if begins > now), None)

    def shown(self, now: datetime) -> PausedNow:
        """Return it as it is shown while it is in force."""
        return PausedNow(self.level, self.key, self.since, self.rests_until(now), self.forgettable,
                         self.why)

    def _now(self, now: datetime) -> Span | None:
        every = self.every
        found = every.spans(now, now) if every else ()
        return next((span for span in found if span.begins <= now < span.ends), None)

    def covers(self, subject: Subject) -> bool:
        """Say whether it is for whom a letter concerns."""
        if subject.own or not self.level.named:
            return self.level is Reach.ALL or (self.level is Reach.LETTERS and not subject.own)
        return self.key in {Reach.MINISTRY: subject.superiors, Reach.PROVINCE: subject.provinces,
                            Reach.HOST: {subject.host}, Reach.AGENCY: subject.codes}[self.level]

    @property
    def forgettable(self) -> bool:
        """Whether only a person can end it, who may have forgotten it."""
        return self.end is None and self.every is None


def in_force(pauses: Iterable[Pause], now: datetime) -> list[Pause]:
    """Return the pauses that are in force at a moment."""
    return [pause for pause in pauses if pause.in_force(now)]


def without_name(levels: Iterable[Reach]) -> frozenset[Reach]:
    """Return those of these levels that have no name: they are for everybody."""
    return frozenset(level for level in levels if not level.named)


def spans_of(pauses: Iterable[Pause], subject: Subject, since: datetime,
             until: datetime) -> list[Span]:
    """Return, in order and apart, when pauses for a subject were in force between two moments."""
    return merged(span for pause in pauses if pause.covers(subject)
                  for span in pause.spans(since, until))


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, those that touch as one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.begins <= found[-1].ends:
            found[-1] = Span(found[-1].begins, max(found[-1].ends, span.ends))
        else:
            found.append(span)
    return found


def silence_ends(taken: datetime, spans: Iterable[Span], policy: Policy) -> datetime:
    """Return when the silence after a letter has lasted a whole window, pauses left out.

    `spans` are in order and apart (`spans_of`).
    """
    at, left = taken, timedelta(hours=policy.campaign.window_office_hours)
    for begins, ends in spans:
        clear = office_time(at, begins, policy.holidays)
        if clear >= left:
            break
        at, left = max(at, ends), left - clear
    return after_office_hours(at, left / timedelta(hours=1), policy.holidays)


def paused_time(since: datetime, until: datetime, spans: Iterable[Span]) -> timedelta:
    """Return how much of the time between two moments lies in spans that are apart."""
    return sum((max(timedelta(), min(ends, until) - max(begins, since)) for begins, ends in spans),
               timedelta())


@dataclass(frozen=True, slots=True)
class Paused:
    """Who is paused at a moment; nobody, as it stands.

    `levels` are those without a name; `domains` are those that a paused agency declares.
    """

    levels: frozenset[Reach] = frozenset()
    hosts: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()

    @property
    def all(self) -> bool:
        """Whether nothing leaves us at all, and the inbox is left alone."""
        return Reach.ALL in self.levels

    def agency(self, code: str, host: str) -> bool:
        """Say whether an agency, whose mail goes to this host, gets no letter."""
        return bool(self.levels) or host in self.hosts or code in self.codes

    def domain(self, domain: str, host: str) -> bool:
        """Say whether a domain gets no catch-all probe."""
        return bool(self.levels) or host in self.hosts or domain in self.domains


NOBODY = Paused()


@dataclass(frozen=True, slots=True)
class Waits:
    """Letters that are due and wait for a pause: serial -> mail host; catch-all probes apart."""

    letters: Mapping[int, str] = field(default_factory=dict)
    probes: Mapping[int, str] = field(default_factory=dict)

    @property
    def by_host(self) -> Counter[str]:
        """The letters to agencies by mail host."""
        return Counter(self.letters.values())
