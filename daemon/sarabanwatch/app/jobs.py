"""The table of jobs: which step runs, how often, and how long it may take.

A run only wakes a step; what is due the step finds in the ledger. APScheduler wakes them on the
event loop's time (`app.steady`): a step, then a rest. A step that fails, or that takes longer than
it may, is logged and counted, and runs again after its rest.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, NamedTuple

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from sarabanwatch.app.journal import Journal
from sarabanwatch.app.progress import Progress
from sarabanwatch.app.steady import LoopTime
from sarabanwatch.core.errors import Unwritable
from sarabanwatch.ports import Clock

SHORTEST = 0.5      # wall seconds between two runs of a job, however fast the clock
# A job rests at least so many times as long as it took: a large register leaves room for letters.
RESTS = 3
MINUTE = 60.0


class Job(NamedTuple):
    """How often a step runs, and after how long it is cut off.

    `every` is in seconds of the clock, which may run faster than the wall's; `within` in wall
    seconds.
    """

    every: float
    within: float = 10 * MINUTE


JOBS: dict[str, Job] = {
    "room":     Job(MINUTE),
    # edge.register refuses a file that takes ten minutes to read
    "register": Job(15 * MINUTE, within=15 * MINUTE),
    "rebase":   Job(15 * MINUTE),
    "recover":  Job(5 * MINUTE),
    "relay":    Job(5 * MINUTE),
    "rounds":   Job(5 * MINUTE),
    "holidays": Job(5 * MINUTE),
    "canary":   Job(15 * MINUTE),
    "draft":    Job(15 * MINUTE),
    "confirm":  Job(15 * MINUTE),
    "close":    Job(15 * MINUTE),
    "judge":    Job(5 * MINUTE),
    "announce": Job(5 * MINUTE),
    "publish":  Job(5 * MINUTE),
    "catch_all": Job(15 * MINUTE),
    # a hundred thousand domains, and resolvers that do not answer
    "survey":   Job(15 * MINUTE, within=360 * MINUTE),
    "forget":   Job(15 * MINUTE),
    "audit":    Job(15 * MINUTE),
}
# It may take hours: nothing waits for its first run, nor for its end.
ALONE = frozenset({"survey"})
IN_TURN = tuple(job for job in JOBS if job not in ALONE)
# Several missed runs become one run, and a run is never too late to be made. A turn says as its
# last word when it comes again, and may be due before the scheduler has seen its end: of one
# instance at most, that turn would be skipped, and with it all that follow.
EACH = {"max_instances": 2, "coalesce": True, "misfire_grace_time": None}
LOOP_TIME = LoopTime()

logging.getLogger("apscheduler").setLevel(logging.CRITICAL)     # what fails is recorded below


class Jobs:
    """Runs each step at its period until it is asked to stop.

    `give_up` is called with an error after which the daemon cannot go on: a ledger that cannot be
    written, or a BaseException that is no Exception.
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
        # the loop's own time, because that is what the simulation moves forward
        within, time = JOBS[name].within, asyncio.get_running_loop().time
        began = time()
        self._progress.expect(name, within)
        try:
            async with asyncio.timeout(within) as bound:
                await self._steps[name]()
            self._journal.stepped(name)
        except Unwritable as error:
            self._give_up(error)
        except Exception as error:  # noqa: BLE001 - here a job's failure is caught, and recorded
            over = TimeoutError(
                f"{name} was cut off after {within:g} seconds; it runs again at its next turn"
            )
            self._journal.failed("job", over if bound.expired() else error)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - a panic of a library, for example
            self._give_up(error)
        finally:
            self._progress.rest(name)
        return time() - began

    async def each_once(self) -> None:
        """Run the steps that others depend on once, in their order, unless the end is asked for."""
        for name in IN_TURN:
            if not self._stopping.is_set():
                await self.run(name)

    async def go_on(self, at_once: Collection[str] = ALONE) -> None:
        """Run each step at its period until the end is asked for; then wait for those that run.

        Steps in `at_once` run first at once, the others after one period. Those in ALONE are not
        waited for at the end.
        """
        self._ticker.start()
        # the end of a step says when it runs again; it is not woken, for nothing, while it runs
        by_itself = IntervalTrigger(weeks=52, timezone=LOOP_TIME)
        try:
            for name in self._steps:
                self._ticker.add_job(self._turn, by_itself, args=[name], id=name)
                self._rests(name, 0.0 if name in at_once else self.pause(name))
            await self._stopping.wait()
            self._ticker.pause()
            await asyncio.gather(*(task for name, task in self.in_hand.items()
                                   if name not in ALONE))
        finally:
            self._ticker.shutdown()

    async def _turn(self, name: str) -> None:
        """Run a step; then it rests for its period, or RESTS times as long as it took."""
        turn = asyncio.current_task()
        if turn is None or self._stopping.is_set():     # woken just as the end was asked for
            return
        self.in_hand[name], seconds = turn, 0.0
        try:
            seconds = await self.run(name)
        finally:
            del self.in_hand[name]
            if not self._stopping.is_set():
                self._rests(name, max(self.pause(name), RESTS * seconds))

    def _rests(self, name: str, seconds: float) -> None:
        """Have a step run in so many wall seconds, and tell the watchdog when to expect it."""
        self._progress.expect(name, seconds)
        self._ticker.modify_job(name, next_run_time=LOOP_TIME.moment(seconds))

    def pause(self, name: str) -> float:
        """Return the shortest time between two runs of a job, in wall seconds."""
        return max(SHORTEST, self._clock.wall_seconds(JOBS[name].every))
