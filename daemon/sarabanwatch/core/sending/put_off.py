"""A letter that its mail host put off until its time was over: is that the agency's failure?

A relay would return such a letter as given up; on the direct route, we must decide. It is the
agency's failure only where our own part is known to have worked:
- many tries, over the office hours of a whole window, those of a pause left out;
- every answer was the host's own, and none was about us;
- no canary was lost meanwhile;
- other mail hosts took letters of ours on the days of these tries.

Otherwise the letter is held: it never left us, which says nothing of anybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.facts.evidence import Blame, Evidence, FactKind
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.sending.pausing import silence_ends
from sarabanwatch.core.sending.probe import Event, TryResult
from sarabanwatch.core.sending.weekly import Span

TRIES = 5       # at least


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What happened to other letters while one was put off.

    `days`: on which mail hosts took other letters of ours. `refused_us`: its own host refused us
    for what we are. `whole`: no canary was lost. `paused`: when it was paused, in
    order and apart.
    """

    days: frozenset[date]
    refused_us: bool = False
    whole: bool = True
    paused: tuple[Span, ...] = ()


def tries(seen: Sequence[Evidence]) -> list[Evidence]:
    """Return the facts of the tries that were put off, in order."""
    return [fact for fact in seen if fact.kind is FactKind.PUT_OFF]


def ended(tried: Sequence[Evidence], meanwhile: Meanwhile, now: datetime,
          policy: Policy) -> TryResult:
    """Return the event and fact for a letter whose time is over before any host took it.

    It is given up, or held.
    """
    counted = [fact for fact in tried if fact.seen_at.astimezone(BANGKOK).date() in meanwhile.days]
    theirs = all(fact.blame is Blame.NOW for fact in tried) and not meanwhile.refused_us
    if theirs and meanwhile.whole and _long(counted, meanwhile.paused, policy):
        return TryResult(Event.GIVEN_UP, replace(tried[-1], kind=FactKind.GAVE_UP, seen_at=now))
    why = "its time ran out before it could leave us"
    return TryResult(Event.TOO_LATE, Evidence(
        FactKind.HELD, now, text=f"{why}; its agency was paused meanwhile" if meanwhile.paused
        else why))


def _long(counted: Sequence[Evidence], paused: Sequence[Span], policy: Policy) -> bool:
    """Say whether these tries are many, and span as long as silence must last until it counts."""
    if len(counted) < TRIES:
        return False
    return silence_ends(counted[0].seen_at, paused, policy) <= counted[-1].seen_at
