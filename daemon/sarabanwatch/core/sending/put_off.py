"""A letter that its own mail host put off until its time ran out: the agency's failure, or nobody's that we know?

A relay would send such a letter back as given up; on the direct route that is for us to say. We say so only where all that
was ours is known to have stood: many tries over a whole window's office hours, every answer the host's own and none about
us, no letter to ourselves lost meanwhile, and other letters of ours taken on the days of these tries. Anything less, and the
letter never left us, which says nothing of anybody. Who tries, and when, is not known here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sarabanwatch.core.calendar import BANGKOK, after_office_hours
from sarabanwatch.core.facts.evidence import Blame, Evidence, FactKind
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.sending.probe import Event

TRIES = 5       # at least


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What befell others while a letter was put off.

    The days on which mail hosts took other letters from us, whether its own host refused us for what we are, and whether no letter
    to ourselves was lost.
    """

    days: frozenset[date]
    refused_us: bool = False
    whole: bool = True


def tries(seen: Sequence[Evidence]) -> list[Evidence]:
    """Return the facts that tell of a try put off, in order."""
    return [fact for fact in seen if fact.kind is FactKind.PUT_OFF]


def ended(tried: Sequence[Evidence], meanwhile: Meanwhile, now: datetime,
          policy: Policy) -> tuple[Event, Evidence]:
    """Return what becomes of a letter whose time is over before any host took it: given up, or held."""
    counted = [fact for fact in tried if fact.seen_at.astimezone(BANGKOK).date() in meanwhile.days]
    theirs = all(fact.blame is Blame.NOW for fact in tried) and not meanwhile.refused_us
    if theirs and meanwhile.whole and _long(counted, policy):
        return Event.GIVEN_UP, replace(tried[-1], kind=FactKind.GAVE_UP, seen_at=now)
    return Event.TOO_LATE, Evidence(FactKind.HELD, now,
                                    said="its time ran out before it could leave us")


def _long(counted: Sequence[Evidence], policy: Policy) -> bool:
    """Say whether these tries are many, and as far apart as silence must last to count."""
    if len(counted) < TRIES:
        return False
    return after_office_hours(counted[0].seen_at, policy.campaign.window_office_hours,
                              policy.holidays) <= counted[-1].seen_at
