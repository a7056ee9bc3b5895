"""Editions of the groups: how each group is counted, and from which day on.

An edition moves no agency to another group; it puts groups into other buckets of the census. One by
which too many agencies would be counted as to mend is held until a person releases it, and until
then the one before it stays in force. It is looked at from the day before its first day on, so that
it is held when that day comes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Generic, Protocol, TypeVar

from sarabanwatch import store
from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.judging.census import Buckets, bucket_of
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import too_many
from sarabanwatch.core.policy import Policy
from sarabanwatch.ports import Clock
from sarabanwatch.store import Ledger

MEND = "mend"


class Edition(Protocol):
    """One edition, as the configuration gives it."""

    @property
    def id(self) -> str:
        """Its name."""

    @property
    def valid_from(self) -> date:
        """Its first day."""

    @property
    def buckets(self) -> Buckets:
        """The groups that each bucket holds."""


E = TypeVar("E", bound=Edition)


@dataclass(slots=True)
class Editions(Generic[E]):
    """Every edition, oldest first, and the ids of those that are held."""

    every: Sequence[E]
    held: frozenset[str] = field(default=frozenset())

    def on(self, day: date) -> E:
        """Return the last edition in force by a day; before the first day of all, the first."""
        return next((e for e in reversed(self.every) if e.valid_from <= day
                     and e.id not in self.held), self.every[0])

    def before(self, edition: E) -> E | None:
        """Return the edition that comes, or would come, before another."""
        return next((e for e in reversed(self.every) if e.valid_from < edition.valid_from
                     and e.id not in self.held), None)


def to_mend(before: Buckets, after: Buckets) -> frozenset[Group]:
    """Return the groups that edition `after` counts as to mend, and `before` does not."""
    return frozenset(group for group in Group if bucket_of(group, before) != MEND
                     and bucket_of(group, after) == MEND)


async def look(*, editions: Editions[E], ledger: Ledger, clock: Clock, policy: Policy) -> None:
    """Hold the edition of tomorrow where it must be held; note which ones a person has released."""
    known = await ledger.read(store.incidents.editions)
    editions.held = _held(known)
    tomorrow = clock.now().astimezone(BANGKOK).date() + timedelta(days=1)
    due = next((e for e in reversed(editions.every) if e.valid_from <= tomorrow), None)
    was = editions.before(due) if due else None
    if (
        due is None or was is None or due.id in known
        or await ledger.read(store.judgements.judged_by, due.id)
    ):
        return
    counts, moved = await ledger.read(store.judgements.counts), to_mend(was.buckets, due.buckets)
    if too_many(sum(counts.get(group, 0) for group in moved), sum(counts.values()), policy):
        await ledger.write(store.incidents.hold_edition, due.id, moved, clock.now())
        editions.held |= {due.id}


def _held(known: Mapping[str, bool]) -> frozenset[str]:
    return frozenset(name for name, is_held in known.items() if is_held)
