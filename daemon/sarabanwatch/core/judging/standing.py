"""What an address is known to be, and when that turns: a fold over what its letters came to, oldest first.

The problem: one letter that comes back proves little, for servers are moved, lists of mailboxes are lost for an hour, and
a report may be forged. To wait for the next round's letter proves it six weeks late, to a minister who asks today. So a
letter that fails is followed by confirming letters, on the next working days (`core.judging.schedule`), and only several of
them turn the address.

States. *Untried*, *good* and *bad*. Beside them *suspect*: the last letter that decided anything failed, and it is not
confirmed yet. A suspect stands where it stood, and only those who run the watch are told.

The rule. What a letter came to weighs as WEIGHT has it; what decides nothing (it blocks us, our own path was broken,
nobody could read the reason) neither confirms nor clears, whenever it comes. Good news is believed at once: whoever takes
a letter can be reached. Bad news is believed when, of the last `of` letters that decided anything since it was last bad, so
many failed as to count `failures` together (`[confirm]`); a failure older than `within` before the last one is too old to
count. Once bad, each further failure says anew how it fails. STRENGTH says as how many letters one that failed counts.

Example, with 3 of 4: good, refused (Monday: suspect), refused (Tuesday: suspect), refused (Wednesday: bad). Or: good,
refused (suspect), taken in silence (good, nobody was told). Or: full, taken, full, taken, full: 2 of 4, suspect, never bad.

Derived each time anew from all letters to the present address, never counted up, so judging twice gives the same.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sarabanwatch.core.facts.evidence import Evidence, Reason
from sarabanwatch.core.judging import verdict
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.policy import ConfirmSection
from sarabanwatch.core.returns.review import in_force


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


class FailureStrength(NamedTuple):
    """One row: of which failed letters it speaks, as how many one counts, and why; in English and Thai."""

    holds: Callable[[Sequence[Evidence]], bool]
    counts: int
    because: str
    thai: str


def _tried_for(days: int) -> Callable[[Sequence[Evidence]], bool]:
    """Hold where a letter was tried for so long before it was given up, for a reason that may pass."""
    def holds(seen: Sequence[Evidence]) -> bool:
        given_up = [e.seen_at for e in in_force(seen) if e.kind in verdict.FAILURES
                    and e.reason is Reason.TEMPORARY]
        return bool(given_up) and max(given_up) - min(e.seen_at
                                                      for e in seen) >= timedelta(days=days)
    return holds


STRENGTH = (
    FailureStrength(_tried_for(3), 3,
                    "given up after three days of tries: it has tried again itself",
                    "พยายามส่งซ้ำเองเกินสามวันแล้วไม่สำเร็จ"),
    FailureStrength(_tried_for(1), 2, "given up after a day of tries",
                    "พยายามส่งซ้ำเองเกินหนึ่งวันแล้วไม่สำเร็จ"),
    FailureStrength(lambda _: True, 1, "refused or returned, for whatever reason of theirs",
                    "ถูกปฏิเสธหรือตีกลับ"),
)


class LetterResult(NamedTuple):
    """What one letter came to: the verdict, when that was last known, and as how many letters it counts if it failed."""

    verdict: Verdict
    at: datetime | None = None
    counts: int = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """An address's health, and the verdict it rests on (None while untried).

    `suspect` is what its last letters came to where that is a failure not yet confirmed, and `failed` as how many they count.
    """

    health: Health = Health.UNTRIED
    by: Verdict | None = None
    suspect: Verdict | None = None
    failed: int = 0

    @property
    def feared(self) -> "Standing":
        """What it stands as if the suspicion is true."""
        return Standing(Health.BAD, self.suspect) if self.suspect else self


def told(seen: Sequence[Evidence]) -> LetterResult:
    """Return what a letter came to, by its evidence."""
    found = verdict.judge(seen).verdict
    counts = next(row.counts for row in STRENGTH if row.holds(seen)) if found in FAILURES else 1
    return LetterResult(found, max((e.seen_at for e in seen), default=None), counts)


def standing(letters: Iterable[LetterResult], confirm: ConfirmSection) -> Standing:
    """Fold what all letters to one address came to, oldest first."""
    now, last = Standing(), deque[LetterResult](maxlen=confirm.of)
    for letter in letters:
        weight = WEIGHT[letter.verdict]
        if weight is None:
            continue
        if weight is Health.GOOD and now.health is Health.BAD:
            last.clear()    # it was mended: what comes now is to be confirmed anew
        last.append(letter)
        failed = _failed(last, letter, confirm)
        if weight is Health.GOOD or now.health is Health.BAD or failed >= confirm.failures:
            now = Standing(weight, letter.verdict)
        else:
            now = replace(now, suspect=letter.verdict, failed=failed)
    return now


def _failed(last: Iterable[LetterResult], newest: LetterResult, confirm: ConfirmSection) -> int:
    """Return as how many letters those count that failed, not too long before the newest."""
    return sum(each.counts for each in last if each.verdict in FAILURES and (
        each.at is None or newest.at is None or newest.at - each.at <= confirm.within))
