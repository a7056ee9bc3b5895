"""The table of jobs: which step, how often, how long it may take. What is due is derived from the ledger; a turn only wakes a step.

Each job has a loop of its own on the monotonic clock: a step, then a rest. A step that fails, or that takes longer than it
may, is told and counted, and comes again at its next turn.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import NamedTuple

from sarabanwatch.app.progress import Progress
from sarabanwatch.core.errors import Unwritable
from sarabanwatch.ports import Clock, Journal

SHORTEST = 0.5      # wall seconds between two runs of a job, however fast the clock
RESTS = 3           # times as long as it took a job rests at least: a large register leaves room for the letters
MINUTE = 60.0


class Job(NamedTuple):
    """How often a step runs, in seconds of the clock; and how many of the wall's it may take before it is cut off."""

    every: float
    within: float = 10 * MINUTE


JOBS: dict[str, Job] = {
    "register": Job(15 * MINUTE, within=15 * MINUTE),       # a file that is read for ten minutes is refused (edge.register)
    "rebase":   Job(15 * MINUTE),
    "recover":  Job(5 * MINUTE),
    "relay":    Job(5 * MINUTE),
    "canary":   Job(15 * MINUTE),
    "draft":    Job(15 * MINUTE),
    "confirm":  Job(15 * MINUTE),
    "close":    Job(15 * MINUTE),
    "judge":    Job(5 * MINUTE),
    "announce": Job(5 * MINUTE),
    "publish":  Job(5 * MINUTE),
    "stray":    Job(15 * MINUTE),
    "survey":   Job(15 * MINUTE, within=360 * MINUTE),      # a hundred thousand domains, and resolvers that do not answer
    "forget":   Job(15 * MINUTE),
}
ALONE = frozenset({"survey"})       # takes minutes: nothing waits for its first run, nor for its end
IN_TURN = tuple(job for job in JOBS if job not in ALONE)


class Jobs:
    """Runs steps at their turns until it is asked to stop; `give_up` is told of a ledger that cannot be written."""

    def __init__(
        self, steps: Mapping[str, Callable[[], Awaitable[object]]], clock: Clock, journal: Journal, progress: Progress,
        stopping: asyncio.Event, give_up: Callable[[Unwritable], None],
    ) -> None:
        self._steps, self._clock, self._journal, self._progress = steps, clock, journal, progress
        self._stopping, self._give_up = stopping, give_up

    async def run(self, name: str) -> float:
        """Run a step once; return how many wall seconds it took."""
        within, time = JOBS[name].within, asyncio.get_running_loop().time       # the simulation jumps in it
        began = time()
        self._progress.expect(name, within)
        try:
            async with asyncio.timeout(within) as bound:
                await self._steps[name]()
            self._journal.stepped(name)
        except Unwritable as error:
            self._give_up(error)
        except Exception as error:  # noqa: BLE001 - the one place where a job's failure is caught: recorded, then on
            over = TimeoutError(f"{name} was cut off after {within:g} seconds; it runs again at its next turn")
            self._journal.failed("job", over if bound.expired() else error)
        return time() - began

    async def each_once(self) -> None:
        """Run the steps for which others wait once, in their order, unless the end is asked for."""
        for name in IN_TURN:
            if not self._stopping.is_set():
                await self.run(name)

    async def begin(self, name: str) -> None:
        """Run a step now, and go on."""
        await self.go_on(name, await self.run(name))

    async def go_on(self, name: str, took: float = 0.0) -> None:
        """Run a step at each of its turns: after its period, and thrice as long as its last run took."""
        while await self._rests(name, max(self.pause(name), RESTS * took)):
            took = await self.run(name)
        self._progress.rest(name)

    def pause(self, name: str) -> float:
        """Return how many wall seconds lie between two runs of a job at least."""
        return max(SHORTEST, self._clock.wall_seconds(JOBS[name].every))

    async def _rests(self, name: str, seconds: float) -> bool:
        """Rest for so many wall seconds; False where the end was asked for."""
        self._progress.expect(name, seconds)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        return not self._stopping.is_set()
