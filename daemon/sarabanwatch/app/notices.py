"""Notices out, at a person's command: each is written down before it leaves us and after, and leaves us once.

They go where letters may go (`live`) and the way that letters go, with no mark of a test letter: what comes back to them is
nobody's evidence. What became of their agencies is told by the ledger.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sarabanwatch.core import plan, reply
from sarabanwatch.core.policy import Policy
from sarabanwatch.ports import Clock, Line, Outgoing

BARRED = "not permitted: live = false"
BEFORE = "sent before, or in doubt"


@dataclass(frozen=True, slots=True)
class Addressed:
    """One notice ready to go: whose, where to, the group that it speaks of, the bytes."""

    code: str
    address: str
    was: str
    raw: bytes


class Book(Protocol):
    """Where notices are written down."""

    async def intend(self, snapshot: int, code: str, address: str, was: str, by: str, at: datetime) -> int | None:
        """Return the number of a notice that is about to leave us; None where it did before, or is in doubt."""

    async def became(self, notice: int, event: str, said: str, at: datetime) -> None:
        """Take down what became of it."""


async def send(
    notices: Sequence[Addressed], snapshot: int, by: str, sender: str, *, book: Book, line: Line, clock: Clock, policy: Policy,
) -> AsyncIterator[tuple[str, str]]:
    """Send notices one by one; yield each code with what became of it."""
    for notice in notices:
        if not plan.permitted(notice.address, policy):
            yield notice.code, BARRED
            continue
        await line.ready()
        number = await book.intend(snapshot, notice.code, notice.address, notice.was, by, clock.now())
        if number is None:
            yield notice.code, BEFORE
            continue
        answer = await line.send(Outgoing(sender, notice.address, f"notice-{number}", notice.raw))
        event, fact = reply.read(answer, clock.now())
        await book.became(number, event, fact.said if fact else answer.said, clock.now())
        yield notice.code, event
