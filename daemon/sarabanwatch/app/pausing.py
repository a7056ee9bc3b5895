"""Who is paused now, asked for before each look for letters; and how the inbox is left alone.

`core.sending.pausing` says what a pause is. Nothing is kept here that the ledger does not know.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import TypeVar

from sarabanwatch import store
from sarabanwatch.app.ending import end
from sarabanwatch.app.journal import Journal
from sarabanwatch.app.progress import Progress
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.judging.schedule import Failing
from sarabanwatch.core.sending import pausing
from sarabanwatch.core.sending.pace import PaceSection
from sarabanwatch.core.sending.pausing import NOBODY, Paused, Waits
from sarabanwatch.core.sending.plan import Candidate
from sarabanwatch.ports import Clock
from sarabanwatch.store import Ledger

Whose = TypeVar("Whose", Candidate, Failing)
OUTWARD = frozenset({"canary", "relay"})    # jobs that rest while nothing leaves us at all


class Pauses:
    """The pauses that are in force."""

    def __init__(self, ledger: Ledger, clock: Clock, journal: Journal, progress: Progress) -> None:
        self._ledger, self._clock, self._journal = ledger, clock, journal
        self._progress = progress
        self._all_paused, self._listens = asyncio.Event(), asyncio.Event()

    async def look(self) -> bool:
        """Return whether all is paused; end pauses whose time is over, and have changes told."""
        now = self._clock.now()
        standing = await self._ledger.read(store.pauses.standing)
        over = await self._ledger.write(store.pauses.expire, now) if any(
            pause.over(now) for pause in standing) else []
        active = pausing.in_force(standing, now)
        self._journal.paused(active, over, now)
        all_paused = pausing.Reach.ALL in pausing.without_name(pause.level for pause in active)
        begins, ends = self._listens, self._all_paused
        if all_paused:
            begins, ends = ends, begins
        begins.set()
        ends.clear()
        return all_paused

    async def waits(self) -> Waits:
        """Return the letters that are due and wait for a pause."""
        return await self._ledger.read(store.pauses.waits, self._clock.now())

    def unless(self, job: str,
               step: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[object]]:
        """Return a job's step that does nothing while it would go outward and all is paused."""
        async def do() -> None:
            if job not in OUTWARD or not await self.look():
                await step()
        return do

    async def listen(self, listening: Callable[[], Awaitable[None]]) -> None:
        """Listen but for the times in which all is paused; return when the listening ends."""
        while True:
            await self.look()
            self._progress.rest("receive")
            await self._listens.wait()
            tasks = loop, _ = (asyncio.ensure_future(listening()),
                               asyncio.ensure_future(self._all_paused.wait()))
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                await end(tasks)
                if not loop.cancelled():
                    loop.result()       # that it failed is told even where we were cancelled
            if not loop.cancelled():
                return


def unpaused(agencies: Iterable[Whose], paused: Paused, table: PaceSection) -> list[Whose]:
    """Return those of these agencies that no pause is in force for."""
    return [each for each in agencies
            if not paused.agency(each.code, table.host_of(each.address, each.mail_host))]


async def unfinished(ledger: Ledger, round_: int, at_most: int, table: PaceSection,
                     now: datetime) -> int:
    """Count what is left of a round for agencies that are paused: to be written, sent or heard."""
    paused = await ledger.read(store.pauses.paused, now)
    if paused == NOBODY:
        return 0
    undrafted = [c for c in await ledger.read(store.candidates.listed, round_)
                 if not c.sent or c.sent.letters < at_most]
    left_out = len(undrafted) - len(unpaused(undrafted, paused, table))
    return left_out + await ledger.read(store.pauses.unfinished, round_, now)


async def refuse(code: str, host: str, ledger: Ledger, clock: Clock) -> None:
    """Raise RequestError while a pause is in force for an agency whose mail goes to this host."""
    paused = await ledger.read(store.pauses.paused, clock.now())
    if paused.agency(code, host):
        raise RequestError(f"{code}: testing of it is paused; see `pause list`")


