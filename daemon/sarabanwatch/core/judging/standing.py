"""What an address is known to be, and when that turns: a fold over all verdicts, oldest first.

One failure never unseats a good address: it must fail `fails_before_turning` times in a row. Good news is believed at
once; no news changes nothing. Derived each time anew, never counted up, so judging twice gives the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sarabanwatch.core.judging.verdict import Verdict


class Health(StrEnum):
    """What an address is held to be."""

    UNTRIED = "untried"
    GOOD = "good"
    BAD = "bad"


V = Verdict
WEIGHT: dict[V, Health | None] = {
    V.PROVEN:     Health.GOOD,
    V.ACCEPTS:    Health.GOOD,
    V.UNROUTABLE: Health.BAD,
    V.REFUSES:    Health.BAD,
    V.IMPAIRED:   Health.BAD,
    V.BLOCKS_US:  None,   # says nothing about them
    V.WITHHELD:   None,
    V.UNSETTLED:  None,
    V.UNKNOWN:    None,
    V.PENDING:    None,
}
FAILURES = frozenset(verdict for verdict, weight in WEIGHT.items() if weight is Health.BAD)


@dataclass(frozen=True, slots=True)
class Standing:
    """An address's health, and the verdict it rests on (None while untried)."""

    health: Health = Health.UNTRIED
    by: Verdict | None = None


def standing(verdicts: Iterable[Verdict], fails_before_turning: int) -> Standing:
    """Fold the verdicts of all letters to one address, oldest first."""
    now, fails = Standing(), 0
    for verdict in verdicts:
        weight = WEIGHT[verdict]
        if weight is None:
            continue
        fails = 0 if weight is Health.GOOD else fails + 1
        if now.health is not Health.GOOD or fails == 0 or fails >= fails_before_turning:
            now = Standing(weight, verdict)
    return now
