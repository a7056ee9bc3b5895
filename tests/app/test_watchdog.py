"""The watchdog is fed often enough at any rate of the clock, and a loop that hangs is found."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import closing, suppress
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.samples import MONDAY
from sarabanwatch.app.jobs import JOBS, RESTS, Jobs
from sarabanwatch.app.progress import GRACE, Progress, feed
from sarabanwatch.edge.journal import MetricJournal
from simulation.jumping import Loop, SimClock

WATCHDOG = 120.0                # WatchdogSec of the unit
EVERY = WATCHDOG / 4
Step = Callable[[], Awaitable[object]]


def on_jumping_time(play: Callable[[asyncio.AbstractEventLoop],
                                   Coroutine[None, None, None]]) -> None:
    """Play a scene whose hours take no time."""
    with closing(Loop()) as loop:
        loop.run_until_complete(play(loop))


class Stage:
    """One job beside the watchdog: when it was fed, which loop hung, what failed."""

    def __init__(self, loop: asyncio.AbstractEventLoop, name: str, rate: float, step: Step) -> None:
        self._loop, self._name = loop, name
        self.fed, self.hung, self.runs = list[float](), list[str](), 0
        self.progress, self.stopping = Progress(), asyncio.Event()
        self.journal = MetricJournal(SimClock(loop, rate, MONDAY))
        self.jobs = Jobs(
            {name: step}, SimClock(loop, rate, MONDAY), self.journal, self.progress, self.stopping,
            self.fail)

    def fail(self, error: BaseException) -> None:
        raise error

    async def play(self, seconds: float) -> None:
        """Run the job for so long."""
        feeding = asyncio.create_task(feed(self.progress,
                                           lambda: self.fed.append(self._loop.time()),
                                           self.hung.extend, EVERY))
        going = asyncio.create_task(self.jobs.go_on({self._name}))
        await asyncio.sleep(seconds)
        self.stopping.set()
        feeding.cancel()
        going.cancel()
        await asyncio.wait({feeding, going}, timeout=1)

    def gaps(self) -> list[float]:
        """Return how long the watchdog waited each time."""
        return [after - before for before, after in pairwise([0, *self.fed, self._loop.time()])]

    def errors(self) -> float:
        """Return how many failures were counted."""
        return self.journal.registry.get_sample_value("sarabanwatch_errors_total",
                                                      {"where": "job"}) or 0


@settings(max_examples=30)      # an example plays hours; each job has its turn
@given(st.sampled_from(sorted(JOBS)), st.integers(1, 10_000), st.floats(0, 1))
def test_a_job_that_keeps_its_time_has_the_watchdog_fed_within_half_of_its_own(
    name: str, rate: int, share: float
) -> None:
    job = JOBS[name]

    async def play(loop: asyncio.AbstractEventLoop) -> None:
        stage = Stage(loop, name, rate, lambda: asyncio.sleep(share * 0.99 * job.within))
        took = share * 0.99 * job.within
        await stage.play(2 * took + max(job.every / rate, RESTS * took))
        assert max(stage.gaps()) <= WATCHDOG / 2
        assert (stage.hung, stage.errors()) == ([], 0)

    on_jumping_time(play)


@pytest.mark.parametrize("name", JOBS)
@pytest.mark.parametrize("rate", [1, 10_000])
def test_a_step_that_waits_for_what_never_comes_is_cut_off_told_and_comes_again(name: str,
                                                                                rate: int) -> None:
    job, begun = JOBS[name], list[float]()

    async def play(loop: asyncio.AbstractEventLoop) -> None:
        async def never() -> None:
            begun.append(loop.time())
            await asyncio.Event().wait()

        stage = Stage(loop, name, rate, never)
        await stage.play(job.within + max(RESTS * job.within, job.every) + 1)
        assert len(begun) == 2
        assert stage.errors() == 1
        assert max(stage.gaps()) <= WATCHDOG / 2

    on_jumping_time(play)


@pytest.mark.parametrize("name", JOBS)
@pytest.mark.parametrize("rate", [1, 10_000])
def test_a_loop_that_hangs_is_told_once_and_the_watchdog_is_fed_no_more(name: str,
                                                                        rate: int) -> None:
    async def play(loop: asyncio.AbstractEventLoop) -> None:
        released = asyncio.Event()

        async def endless() -> None:
            while not released.is_set():
                with suppress(asyncio.CancelledError):
                    await released.wait()

        stage, overdue = Stage(loop, name, rate, endless), JOBS[name].within + GRACE
        await stage.play(overdue + WATCHDOG)
        released.set()
        assert stage.hung == [name]
        assert overdue - EVERY <= stage.fed[-1] <= overdue < stage.fed[-1] + WATCHDOG
        await asyncio.sleep(1)

    on_jumping_time(play)


def test_what_waits_for_work_is_not_said_to_hang_however_long() -> None:
    async def play(_: asyncio.AbstractEventLoop) -> None:
        progress = Progress()
        progress.expect("send 0", 60)
        progress.rest("send 0")
        await asyncio.sleep(100 * 3600)
        assert progress.hanging() == []

    on_jumping_time(play)


def test_one_that_goes_on_after_all_is_fed_for_again() -> None:
    async def play(loop: asyncio.AbstractEventLoop) -> None:
        progress, fed, hung = Progress(), list[float](), list[str]()
        feeding = asyncio.create_task(feed(progress, lambda: fed.append(loop.time()), hung.extend,
                                           EVERY))
        progress.expect("receive", 0)
        await asyncio.sleep(GRACE + WATCHDOG)
        progress.expect("receive", 600)
        await asyncio.sleep(2 * EVERY)
        assert fed[-1] > GRACE + WATCHDOG
        assert hung == ["receive"]
        feeding.cancel()

    on_jumping_time(play)


def test_who_waits_for_what_is_known_does_not_hang() -> None:
    async def play(loop: asyncio.AbstractEventLoop) -> None:
        del loop
        progress = Progress()
        progress.expect("receive", 10)
        progress.rest("send 1")
        await asyncio.sleep(10 + GRACE - 1)
        progress.bear(60)
        await asyncio.sleep(60)
        assert progress.hanging() == []
        await asyncio.sleep(GRACE + 1)
        assert progress.hanging() == ["receive"]

    on_jumping_time(play)
