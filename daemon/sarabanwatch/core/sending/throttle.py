"""How a mail host takes our letters: a back-off if it asks for fewer, a breaker if it blocks us.

The problem: thousands of agencies share a few mail hosts. A host that is pressed after it asked for
patience puts us on a blocklist; one that has us on a blocklist refuses every further letter for
what we are, which tells nothing of its agencies and costs each of them a second letter. Both
machines below are folds over what the host answered, oldest first. Nothing is counted up and
stored, so that the same responses give the same state after a restart.

The back-off. `level` is how often the pace is halved: 0 (full pace) to STEPS.
- SLOW_DOWN raises it by one. No letter goes for `pause`, doubled with each level up to
  `pause_longest`; afterwards the host gets half as many letters for each level.
- Each `decay` without another complaint lowers it by one.
- A complaint about a letter that had left before the last complaint is the same complaint.

The circuit breaker.
- *Closed*: letters go. So many BLOCKED in a row (`refusals`) open it; a SUCCESS between them starts
  the count again.
- *Open*: no letter goes for `open_for`, doubled after each probe that failed up to `open_longest`.
- *Half-open*: the wait is over, and one letter goes as a probe. SUCCESS closes the breaker; BLOCKED
  opens it again, for twice as long.
- A response to a letter that had left before the breaker opened changes nothing.

Example: refused for our reputation at 10:00, 10:01 and 10:02, the host gets one letter at 11:02,
the next at 13:02, at 17:02 ..., then one a day, until it takes one.

When many hosts' breakers are open at once, the fault is ours and nearly all letters wait: that
global breaker is `app.dispatcher`. It counts proven refusals alone, for a report of failure may be
forged.

Sources: RFC 5321 section 4.5.4.1 (pauses between tries) and 3.8 (421); the circuit breaker of
M. Nygard, "Release It!".
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sarabanwatch.core.facts.evidence import Evidence, FactKind, Reason
from sarabanwatch.core.returns import reason
from sarabanwatch.core.returns.refusals import Refusals
from sarabanwatch.core.sending.probe import Event
from sarabanwatch.core.sending.reply import Answer
from sarabanwatch.core.sending.route import Route

RELAY = "@relay"        # the name of our own relay where a mail host's name is expected
SERVICE_CLOSING = 421   # RFC 5321 section 3.8: the server ends the connection
STEPS = 6               # the highest level of the back-off
RATE = ": rate"         # part of the name of every rule of refusals that is about our pace


class ResponseKind(StrEnum):
    """What a response means for the letters that go to the same host next."""

    SUCCESS = "success"
    SLOW_DOWN = "slow down"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class HostResponse:
    """What a mail host, or our relay, answered: when, to a letter that left when, and its words.

    It is `proven` where it was given on our own connection, or in a report made by a host on our
    own path (core.returns.trace). Whoever saw the letter may have forged any other report; such a
    report counts for that letter's host only.
    """

    host: str
    at: datetime
    left_at: datetime
    kind: ResponseKind
    text: str = ""
    proven: bool = True


@dataclass(frozen=True, slots=True)
class ThrottleSettings:
    """The numbers of both machines; the module says what each does."""

    pause: timedelta = timedelta(minutes=5)
    pause_longest: timedelta = timedelta(hours=2)
    decay: timedelta = timedelta(hours=4)
    refusals: int = 3
    open_for: timedelta = timedelta(hours=1)
    open_longest: timedelta = timedelta(days=1)


SUCCESSES = frozenset({FactKind.DELIVERED, FactKind.DISPLAYED, FactKind.AUTOMATIC,
                       FactKind.RECEIPT, FactKind.ANSWERED, FactKind.QUIET})


def of_answer(answer: Answer, event: Event, refusals: Refusals) -> tuple[str, ResponseKind] | None:
    """Return who answered on our own connection, and the kind; None where it tells nothing.

    Who answered is RELAY, or "" for the agency's own mail host.
    """
    speaker = RELAY if answer.route is Route.RELAY else ""
    if event is Event.TAKEN:
        return speaker, ResponseKind.SUCCESS
    if not answer.code:
        # the host cannot be reached: trying again soon would not help
        return None if speaker or event is Event.LOST else (speaker, ResponseKind.SLOW_DOWN)
    why, rule = reason.of(refusals, answer.code, answer.status, answer.text)
    kind = _kind(answer.code, why, rule, lasting=event is Event.REFUSAL)
    return (speaker, kind) if kind else None


def of_evidence(fact: Evidence) -> ResponseKind | None:
    """Return the kind of response that a fact is; None where it tells nothing.

    Facts are what came back by mail, and windows that ended well.
    """
    if fact.kind in SUCCESSES:
        return ResponseKind.SUCCESS
    if fact.reason is None or fact.kind not in (FactKind.BOUNCED, FactKind.DELAYED):
        return None
    return _kind(0, fact.reason, fact.rule, lasting=fact.kind is FactKind.BOUNCED)


def _kind(code: int, why: Reason, rule: str, *, lasting: bool) -> ResponseKind | None:
    if RATE in rule or code == SERVICE_CLOSING:
        return ResponseKind.SLOW_DOWN
    if why is not Reason.SENDER:
        return None
    return ResponseKind.BLOCKED if lasting else ResponseKind.SLOW_DOWN


@dataclass(frozen=True, slots=True)
class HostState:
    """The state of both machines for one host; the breaker is open while `opened_at` is set.

    `refusals` counts those in a row until the breaker opens; `proven` how many of them and of later
    ones are proven, up to the setting. `refused_at` is when the last refusal came that counts, and
    `text` is what the host said with its last complaint or refusal.
    """

    level: int = 0
    slowed_at: datetime | None = None
    refusals: int = 0
    proven: int = 0
    opened_at: datetime | None = None
    refused_at: datetime | None = None
    failed_probes: int = 0
    text: str = ""

    def after(self, response: HostResponse, settings: ThrottleSettings) -> "HostState":
        """Return the state after one more response."""
        if response.kind is ResponseKind.SLOW_DOWN:
            return self._slower(response, settings)
        if response.kind is ResponseKind.BLOCKED:
            return self._refused(response, settings)
        if self.opened_at and response.left_at < self.opened_at:
            return self
        return replace(self, refusals=0, proven=0, opened_at=None, refused_at=None,
                       failed_probes=0)

    def _slower(self, response: HostResponse, settings: ThrottleSettings) -> "HostState":
        if self.slowed_at and response.left_at <= self.slowed_at:
            return self     # that letter had left before the last complaint
        level = min(self.level_at(response.at, settings) + 1, STEPS)
        return replace(self, level=level, slowed_at=response.at, text=response.text)

    def _refused(self, response: HostResponse, settings: ThrottleSettings) -> "HostState":
        now = replace(self, proven=min(self.proven + response.proven, settings.refusals))
        if self.opened_at:
            is_probe = response.left_at > (self.refused_at or self.opened_at)
            return replace(now, failed_probes=self.failed_probes + 1, refused_at=response.at,
                           text=response.text) if is_probe else now
        now = replace(now, refusals=self.refusals + 1, text=response.text)
        if now.refusals < settings.refusals:
            return now
        return replace(now, opened_at=response.at, refused_at=response.at, failed_probes=0)

    def surely_open(self, settings: ThrottleSettings) -> bool:
        """Say whether as many proven refusals as it takes have opened the breaker."""
        return self.opened_at is not None and self.proven >= settings.refusals

    def level_at(self, now: datetime, settings: ThrottleSettings) -> int:
        """Return how often the pace is halved now, after the time without complaint."""
        if self.slowed_at is None:
            return 0
        return max(0, self.level - max(timedelta(), now - self.slowed_at) // settings.decay)

    def waits_until(self, settings: ThrottleSettings,
                    last_left: datetime | None = None) -> datetime | None:
        """Return before when no letter goes there; None where none waits.

        `last_left` is when the last letter left for the host: it is the probe of an open breaker,
        and the next one waits as long again.
        """
        until = [self.slowed_at + _doubled(settings.pause, self.level - 1,
                                           settings.pause_longest)] if self.slowed_at else []
        if self.opened_at and self.refused_at:
            since = max(self.refused_at, last_left or self.refused_at)
            until.append(since + _doubled(settings.open_for, self.failed_probes,
                                          settings.open_longest))
        return max(until, default=None)


def _doubled(first: timedelta, times: int, longest: timedelta) -> timedelta:
    factor: int = 2 ** min(max(times, 0), 16)
    return min(first * factor, longest)
