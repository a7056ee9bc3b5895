"""What an address is held to be: a fold over the results of its letters, oldest first.

The problem: one letter that comes back proves little. Servers are moved, lists of mailboxes are
lost for an hour, and a report may be forged. The next round's letter would settle it six weeks
late, when a minister asks today. So a letter that fails is followed by confirming letters on the
next working days (`core.judging.schedule`), and only several failures make the address bad.

States: *untried*, *good* and *bad*. Beside them an address may be *suspect*: the last letter that
decided anything failed, and that is not confirmed yet. A suspect keeps its state, and only those
who run the watch are told.

The rule:
- WEIGHT says what a verdict weighs. One that decides nothing (it blocks us, our own path was
  broken, nobody could read the reason) neither confirms nor clears, whenever it comes.
- Good news is believed at once: who takes a letter can be reached.
- Bad news is believed when failures confirm each other: of the last `of` letters that decided
  anything since the address was last bad, those that failed count `failures` together
  (`[confirm]`). A failure older than `within` before the newest letter no longer counts, and
  STRENGTH says as how many letters one failure counts.
- Once the address is bad, each further failure says anew how it fails.

Example, with 3 of 4: good, refused (Monday: suspect), refused (Tuesday: suspect), refused
(Wednesday: bad). Or: good, refused (suspect), taken in silence (good; the public was not told). Or:
full, taken, full, taken, full: 2 of 4, a suspect that never becomes bad.

The standing is derived each time from all letters to the present address, and never counted up, so
that judging twice gives the same.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sarabanwatch.core.facts.evidence import Evidence, Reason, in_force
from sarabanwatch.core.judging import verdict
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.policy import ConfirmSection


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
    """One row: for which failed letters it holds, as how many one counts, and why."""

    holds: Callable[[Sequence[Evidence]], bool]
    counts: int
    because: str
    thai: str


def _tried_for(days: int) -> Callable[[Sequence[Evidence]], bool]:
    """Hold where delivery was tried for so many days, then given up for a temporary reason."""
    def holds(seen: Sequence[Evidence]) -> bool:
        given_up = [e.seen_at for e in in_force(seen) if e.kind in verdict.FAILURES
                    and e.reason is Reason.TEMPORARY]
        return bool(given_up) and (
            max(given_up) - min(e.seen_at for e in seen) >= timedelta(days=days))
    return holds


STRENGTH = (
    FailureStrength(_tried_for(3), 3,
                    "given up after three days of tries: it has tried again itself",
                    "ส่งซ้ำเกินสามวันแล้วยังไม่สำเร็จ"),
    FailureStrength(_tried_for(1), 2, "given up after a day of tries",
                    "ส่งซ้ำเกินหนึ่งวันแล้วยังไม่สำเร็จ"),
    FailureStrength(lambda _: True, 1, "refused or returned, for whatever reason of theirs",
                    "ถูกปฏิเสธหรือตีกลับ"),
)


class LetterResult(NamedTuple):
    """The result of one letter: its verdict, when its last evidence came (None: there is none).

    `counts` is as how many letters it counts where it failed.
    """

    verdict: Verdict
    at: datetime | None = None
    counts: int = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """An address's health, and the verdict it rests on (None while untried).

    `suspect` is the verdict on its last letter where that is a failure not yet confirmed; `failed`
    is as how many letters the failures count together.
    """

    health: Health = Health.UNTRIED
    by: Verdict | None = None
    suspect: Verdict | None = None
    failed: int = 0

    @property
    def feared(self) -> "Standing":
        """The standing that the address would have if the suspicion were confirmed."""
        return Standing(Health.BAD, self.suspect) if self.suspect else self


def result_of(seen: Sequence[Evidence]) -> LetterResult:
    """Return the result of a letter by its evidence."""
    found = verdict.rule_for(seen).verdict
    counts = next(row.counts for row in STRENGTH if row.holds(seen)) if found in FAILURES else 1
    return LetterResult(found, max((e.seen_at for e in seen), default=None), counts)


def standing(letters: Iterable[LetterResult], confirm: ConfirmSection) -> Standing:
    """Return the standing of an address by the results of all letters to it, oldest first."""
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
    """Return as how many letters the failures count that are not too old beside the newest."""
    return sum(each.counts for each in last if each.verdict in FAILURES and (
        each.at is None or newest.at is None or newest.at - each.at <= confirm.within))
