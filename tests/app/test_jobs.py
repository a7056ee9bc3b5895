"""A job rests three times as long as it took, so a large register leaves room for letters."""

import asyncio
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import apscheduler.schedulers.base
import apscheduler.triggers.interval
import pytest

from fakes.samples import MONDAY
from sarabanwatch.app.jobs import ALONE, IN_TURN, JOBS, Jobs
from sarabanwatch.app.progress import Progress
from sarabanwatch.core.errors import Unwritable
from sarabanwatch.edge.journal import MetricJournal
from simulation.jumping import Loop, SimClock

LONG = 20.0     # seconds that a turn takes


class Stage:
    """Jobs whose steps record when they begin, and take so long."""

    def __init__(self, loop: asyncio.AbstractEventLoop, rate: float, takes: float) -> None:
        self._loop, self._takes = loop, takes
        self.begun: list[tuple[str, float]] = []
        self.given_up: list[BaseException] = []
        self.stopping, clock = asyncio.Event(), SimClock(loop, rate, MONDAY)
        self.journal = MetricJournal(clock)
        self.jobs = Jobs({name: lambda name=name: self.step(name) for name in JOBS}, clock,
                         self.journal, Progress(), self.stopping, self.given_up.append)

    async def step(self, name: str) -> None:
        self.begun.append((name, self._loop.time()))
        await asyncio.sleep(self._takes)

    async def turns(self, name: str, seconds: float) -> list[float]:
        """Run a job for so long; return when each of its runs began."""
        going = asyncio.create_task(self.jobs.go_on())
        await asyncio.sleep(seconds)
        self.stopping.set()
        await going
        return [at for begun, at in self.begun if begun == name]


@pytest.mark.parametrize(("rate", "takes", "apart"), [
    (1, 0, 300), (1, LONG, 320), (1, 200, 800),     # publish comes each 300 seconds of the clock
    (100, 0, 3), (100, LONG, 4 * LONG), (10_000, 0, 0.5),
])
def test_turns_lie_a_period_apart_and_at_least_thrice_what_one_took(rate: float, takes: float,
                                                                    apart: float) -> None:
    with closing(Loop()) as loop:
        async def play() -> list[float]:
            return await Stage(loop, rate, takes).turns("publish", 5 * apart + 1)

        begun = loop.run_until_complete(play())
    assert len(begun) >= 4
    assert {round(after - before, 6) for before, after in pairwise(begun)} == {apart}


def test_a_step_comes_again_though_all_stood_still_for_its_rest_just_as_it_ended() -> None:
    with closing(Loop()) as loop:
        stage = Stage(loop, 10_000, 0)
        step = stage.step

        async def stalls(name: str) -> None:
            await step(name)
            # before the scheduler has seen the end of the turn, the next one is due
            loop.call_soon(lambda: setattr(loop.jumping, "now", loop.time() + 1))

        stage.step = stalls     # type: ignore[method-assign]
        assert len(loop.run_until_complete(stage.turns("publish", 60))) > 4


def test_the_first_runs_come_in_the_order_of_the_table_without_those_that_take_minutes() -> None:
    with closing(Loop()) as loop:
        async def play() -> list[str]:
            stage = Stage(loop, 1, LONG)
            await stage.jobs.each_once()
            return [name for name, _ in stage.begun]

        assert loop.run_until_complete(play()) == list(IN_TURN) == [job for job in JOBS
                                                                    if job not in ALONE]


def test_when_the_end_is_asked_for_the_step_in_hand_ends_and_no_other_begins() -> None:
    with closing(Loop()) as loop:
        async def play() -> list[str]:
            stage = Stage(loop, 1, LONG)
            loop.call_later(1.5 * LONG, stage.stopping.set)
            await stage.jobs.each_once()
            return [name for name, _ in stage.begun]

        assert loop.run_until_complete(play()) == list(IN_TURN[:2])
        assert loop.time() == 2 * LONG


def test_a_ledger_that_cannot_be_written_is_told_to_who_may_end_the_daemon() -> None:
    async def full() -> None:
        raise Unwritable("no room")

    with closing(Loop()) as loop:
        async def play() -> Stage:
            stage = Stage(loop, 1, 0)
            stage.step = lambda _: full()   # type: ignore[method-assign]
            await stage.jobs.run("judge")
            return stage

        stage = loop.run_until_complete(play())
    assert [str(error) for error in stage.given_up] == ["no room"]


class Wall(datetime):
    """Return what APScheduler is told of a wall clock's time: UTC, converted by the zone."""

    shows = datetime(2026, 11, 28, tzinfo=UTC)

    @classmethod
    def now(cls, tz):
        """Return what it shows."""
        return tz.fromutc(cls.shows.replace(tzinfo=tz))


@pytest.mark.parametrize("leap", [timedelta(days=366), timedelta(days=-366)])
def test_the_wall_leaps_a_year_and_back_and_the_turns_come_as_ever(monkeypatch: pytest.MonkeyPatch,
                                                                   leap: timedelta) -> None:
    for module in (apscheduler.schedulers.base, apscheduler.triggers.interval):
        monkeypatch.setattr(module, "datetime", Wall)

    def wall(shows: datetime) -> None:
        monkeypatch.setattr(Wall, "shows", shows)

    with closing(Loop()) as loop:
        async def play() -> list[float]:
            loop.call_later(1000, wall, Wall.shows + leap)
            loop.call_later(2000, wall, Wall.shows)
            return await Stage(loop, 1, 0).turns("publish", 3001)

        assert loop.run_until_complete(play()) == pytest.approx([300 * turn
                                                                 for turn in range(1, 11)])


def test_a_panic_of_a_step_is_told_to_who_may_end_the_daemon() -> None:
    class Panic(BaseException):
        """A BaseException, as libraries written in Rust raise it."""

    async def panic() -> None:
        raise Panic

    with closing(Loop()) as loop:
        async def play() -> Stage:
            stage = Stage(loop, 1, 0)
            stage.step = lambda _: panic()   # type: ignore[method-assign]
            await stage.turns("publish", 301)
            return stage

        stage = loop.run_until_complete(play())
    assert {type(error) for error in stage.given_up} == {Panic}
