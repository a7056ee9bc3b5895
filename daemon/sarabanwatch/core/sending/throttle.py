"""How a mail host takes us, by its own words: gladly, "not so fast", or "not you". A fold over what it said, oldest first.

Two machines that don't meet. *Slower*: a host that complains of our pace is left alone for a while and then written to
half as fast; each further complaint doubles both, quiet hours halve them again. *The breaker*: so many refusals in a row
that blame us shut a host; then one letter at a time feels whether it has changed its mind, each after twice the wait.
Nothing here is counted up on the side: told the same words again, it stands the same.
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

RELAY = "@relay"        # stands where a mail host's name does, when our own relay speaks
SHUTS_THE_DOOR = 421    # RFC 5321 section 3.8: the server parts from us
STEPS = 6               # doublings at most
RATE = ": rate"         # how rows that speak of our pace are called, whoever says so


class ResponseKind(StrEnum):
    """What a word means for those who write next."""

    GLAD = "glad"
    SLOWER = "slower"
    NOT_US = "not us"


@dataclass(frozen=True, slots=True)
class HostResponse:
    """What a mail host, or our relay, said: when, of a letter that left when, in which tone.

    It is `proven` where it was said on our own connection, or in a report that a host on our own path made
    (core.returns.trace). Other reports may be forged by whoever saw the letter; they speak to us of that letter's host only.
    """

    host: str
    at: datetime
    left_at: datetime
    tone: ResponseKind
    said: str = ""
    proven: bool = True


@dataclass(frozen=True, slots=True)
class ThrottleSettings:
    """The numbers of both machines."""

    pause: timedelta = timedelta(minutes=5)
    pause_longest: timedelta = timedelta(hours=2)
    eases: timedelta = timedelta(hours=4)
    refusals: int = 3
    shut: timedelta = timedelta(hours=1)
    shut_longest: timedelta = timedelta(days=1)


GLAD = frozenset({FactKind.DELIVERED, FactKind.DISPLAYED, FactKind.AUTOMATIC, FactKind.RECEIPT,
                  FactKind.ANSWERED, FactKind.QUIET})


def of_answer(answer: Answer, event: Event, refusals: Refusals) -> tuple[str, ResponseKind] | None:
    """Return who spoke on our own connection (RELAY, or "" for the agency's host) and the tone; None where it tells nothing."""
    speaker = RELAY if answer.route is Route.RELAY else ""
    if event is Event.TAKEN:
        return speaker, ResponseKind.GLAD
    if not answer.code:
        # it is not there: no use in hurrying
        return None if speaker or event is Event.LOST else (speaker, ResponseKind.SLOWER)
    why, rule = reason.of(refusals, answer.code, answer.status, answer.said)
    tone = _tone(answer.code, why, rule, lasting=event is Event.REFUSAL)
    return (speaker, tone) if tone else None


def of_evidence(fact: Evidence) -> ResponseKind | None:
    """Return the tone of what came home by mail, or of a window that ended well; None where it tells nothing."""
    if fact.kind in GLAD:
        return ResponseKind.GLAD
    if fact.reason is None or fact.kind not in (FactKind.BOUNCED, FactKind.DELAYED):
        return None
    return _tone(0, fact.reason, fact.rule, lasting=fact.kind is FactKind.BOUNCED)


def _tone(code: int, why: Reason, rule: str, *, lasting: bool) -> ResponseKind | None:
    if RATE in rule or (code == SHUTS_THE_DOOR and not lasting):
        return ResponseKind.SLOWER
    if why is not Reason.SENDER:
        return None
    return ResponseKind.NOT_US if lasting else ResponseKind.SLOWER


@dataclass(frozen=True, slots=True)
class HostState:
    """How a host stands towards us. `slowed_at` and `shut_at` are None while it has no complaint.

    `refusals` counts those in a row until it is shut, `proven` those of them, and of later ones, that are proven: as many
    at most.
    """

    level: int = 0
    slowed_at: datetime | None = None
    refusals: int = 0
    proven: int = 0
    shut_at: datetime | None = None
    felt_at: datetime | None = None     # when the last word of refusal came that counts
    feelers: int = 0
    said: str = ""

    def heard(self, word: HostResponse, manners: ThrottleSettings) -> "HostState":
        """Return how it stands after one more word."""
        if word.tone is ResponseKind.SLOWER:
            return self._slower(word, manners)
        if word.tone is ResponseKind.NOT_US:
            return self._refused(word, manners)
        if self.shut_at and word.left_at < self.shut_at:
            return self     # it speaks of a letter from before
        return replace(self, refusals=0, proven=0, shut_at=None, felt_at=None, feelers=0)

    def _slower(self, word: HostResponse, manners: ThrottleSettings) -> "HostState":
        if self.slowed_at and word.left_at <= self.slowed_at:
            return self     # the same complaint: that letter was on its way already
        level = min(self.slowness(word.at, manners) + 1, STEPS)
        return replace(self, level=level, slowed_at=word.at, said=word.said)

    def _refused(self, word: HostResponse, manners: ThrottleSettings) -> "HostState":
        told = replace(self, proven=min(self.proven + word.proven, manners.refusals))
        if self.shut_at:
            fresh = word.left_at > (self.felt_at or self.shut_at)
            return replace(told, feelers=self.feelers + 1, felt_at=word.at,
                           said=word.said) if fresh else told
        count = self.refusals + 1
        if count < manners.refusals:
            return replace(told, refusals=count, said=word.said)
        return replace(told, refusals=count, shut_at=word.at, felt_at=word.at, feelers=0,
                       said=word.said)

    def surely_shut(self, manners: ThrottleSettings) -> bool:
        """Say whether it is shut by as many proven refusals as it takes."""
        return self.shut_at is not None and self.proven >= manners.refusals

    def slowness(self, now: datetime, manners: ThrottleSettings) -> int:
        """Return how often its pace is halved now; quiet hours forgive one halving after another."""
        if self.slowed_at is None:
            return 0
        return max(0, self.level - max(timedelta(), now - self.slowed_at) // manners.eases)

    def waits_until(self, manners: ThrottleSettings,
                    last_left: datetime | None = None) -> datetime | None:
        """Return before when no letter goes there; a shut host takes one feeler a wait, `last_left` being the last."""
        until = [self.slowed_at + _doubled(manners.pause, self.level - 1,
                                           manners.pause_longest)] if self.slowed_at else []
        if self.shut_at and self.felt_at:
            since = max(self.felt_at, last_left or self.felt_at)
            until.append(since + _doubled(manners.shut, self.feelers, manners.shut_longest))
        return max(until, default=None)


def _doubled(first: timedelta, times: int, longest: timedelta) -> timedelta:
    factor: int = 2 ** min(max(times, 0), 16)
    return min(first * factor, longest)
