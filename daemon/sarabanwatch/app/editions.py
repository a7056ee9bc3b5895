"""The editions of the groups: one whose day has come, and by which too many would be counted as to mend, waits for a person.

An edition moves nobody's group; it counts groups in other buckets. Until a person releases it, the one before it stays in
force. It is looked at from the day before its own on, so that it is held when the day comes.
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
    """One edition: its id, its first day, which groups each bucket holds."""

    @property
    def id(self) -> str:
        """What it is called."""

    @property
    def valid_from(self) -> date:
        """Its first day."""

    @property
    def buckets(self) -> Buckets:
        """Which groups each bucket holds."""


E = TypeVar("E", bound=Edition)


@dataclass(slots=True)
class Editions(Generic[E]):
    """Every edition, oldest first, and the ids of those that are held."""

    every: Sequence[E]
    held: frozenset[str] = field(default=frozenset())

    def on(self, day: date) -> E:
        """Return the edition of a day: the last that was in force by then; before the first, the first."""
        return next((e for e in reversed(self.every) if e.valid_from <= day
                     and e.id not in self.held), self.every[0])

    def before(self, edition: E) -> E | None:
        """Return the edition that another follows, or would follow."""
        return next((e for e in reversed(self.every) if e.valid_from < edition.valid_from
                     and e.id not in self.held), None)


def to_mend(before: Buckets, after: Buckets) -> frozenset[Group]:
    """Return the groups that an edition would count as to mend, where the one before it does not."""
    return frozenset(group for group in Group if bucket_of(group, before) != MEND
                     and bucket_of(group, after) == MEND)


async def look(*, editions: Editions[E], ledger: Ledger, clock: Clock, policy: Policy) -> None:
    """Hold the edition of tomorrow where it would count too many as to mend, and learn which ones a person released."""
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
