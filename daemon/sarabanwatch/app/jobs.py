"""The table of jobs: which step, how often, how long it may take. What is due is derived from the ledger; a turn only wakes a step.

APScheduler wakes them, on the event loop's time (`app.steady`): a step, then a rest. A step that fails, or that takes longer
than it may, is told and counted, and comes again at its next turn.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, NamedTuple

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from sarabanwatch.app.progress import Progress
from sarabanwatch.app.steady import LoopTime
from sarabanwatch.core.errors import Unwritable
from sarabanwatch.ports import Clock, Journal

SHORTEST = 0.5      # wall seconds between two runs of a job, however fast the clock
# times as long as it took a job rests at least: a large register leaves room for the letters
RESTS = 3
MINUTE = 60.0


class Job(NamedTuple):
    """How often a step runs, in seconds of the clock; and how many of the wall's it may take before it is cut off."""

    every: float
    within: float = 10 * MINUTE


JOBS: dict[str, Job] = {
    # a file that is read for ten minutes is refused (edge.register)
    "register": Job(15 * MINUTE, within=15 * MINUTE),
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
    # a hundred thousand domains, and resolvers that do not answer
    "survey":   Job(15 * MINUTE, within=360 * MINUTE),
    "forget":   Job(15 * MINUTE),
}
# takes minutes: nothing waits for its first run, nor for its end
ALONE = frozenset({"survey"})
IN_TURN = tuple(job for job in JOBS if job not in ALONE)
# late turns are one turn, and none is too late
EACH = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
LOOP_TIME = LoopTime()

# a step still running at its next turn is no news
logging.getLogger("apscheduler").setLevel(logging.CRITICAL)


class Jobs:
    """Runs steps at their turns until it is asked to stop.

    `give_up` is told of what makes going on senseless: a ledger that cannot be written, and what is no Exception.
    """

    def __init__(
        self, steps: Mapping[str, Callable[[], Awaitable[object]]], clock: Clock, journal: Journal,
        progress: Progress, stopping: asyncio.Event, give_up: Callable[[BaseException], None],
    ) -> None:
        self._steps, self._clock, self._journal, self._progress = steps, clock, journal, progress
        self._stopping, self._give_up = stopping, give_up
        self._ticker = AsyncIOScheduler(timezone=LOOP_TIME, job_defaults=EACH)
        self.in_hand: dict[str, asyncio.Task[Any]] = {}

    async def run(self, name: str) -> float:
        """Run a step once; return how many wall seconds it took."""
        # the simulation jumps in it
        within, time = JOBS[name].within, asyncio.get_running_loop().time
        began = time()
        self._progress.expect(name, within)
        try:
            async with asyncio.timeout(within) as bound:
                await self._steps[name]()
            self._journal.stepped(name)
        except Unwritable as error:
            self._give_up(error)
        except Exception as error:  # noqa: BLE001 - the one place where a job's failure is caught: recorded, then on
            over = TimeoutError(
                f"{name} was cut off after {within:g} seconds; it runs again at its next turn"
            )
            self._journal.failed("job", over if bound.expired() else error)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - a panic of a library, say
            self._give_up(error)
        finally:
            self._progress.rest(name)
        return time() - began

    async def each_once(self) -> None:
        """Run the steps for which others wait once, in their order, unless the end is asked for."""
        for name in IN_TURN:
            if not self._stopping.is_set():
                await self.run(name)

    async def go_on(self, at_once: Collection[str] = ALONE) -> None:
        """Have each step come at its turns until the end is asked for; then let those in hand end, unless they are ALONE."""
        self._ticker.start()
        try:
            for name in self._steps:
                every = IntervalTrigger(seconds=self.pause(name), timezone=LOOP_TIME)
                self._ticker.add_job(self._turn, every, args=[name], id=name)
                self._rests(name, 0.0 if name in at_once else self.pause(name))
            await self._stopping.wait()
            self._ticker.pause()
            await asyncio.gather(*(task for name, task in self.in_hand.items()
                                   if name not in ALONE))
        finally:
            self._ticker.shutdown()

    async def _turn(self, name: str) -> None:
        """Run a step; it rests for its period after that, and thrice as long as it took."""
        turn = asyncio.current_task()
        if turn is None or self._stopping.is_set():     # it was woken as the end was asked for
            return
        self.in_hand[name] = turn
        try:
            took = await self.run(name)
        finally:
            del self.in_hand[name]
        if not self._stopping.is_set():
            self._rests(name, max(self.pause(name), RESTS * took))

    def _rests(self, name: str, seconds: float) -> None:
        """Have a step come in so many wall seconds, and have the watchdog know it."""
        self._progress.expect(name, seconds)
        self._ticker.modify_job(name, next_run_time=LOOP_TIME.moment(seconds))

    def pause(self, name: str) -> float:
        """Return how many wall seconds lie between two runs of a job at least."""
        return max(SHORTEST, self._clock.wall_seconds(JOBS[name].every))
