import asyncio
from datetime import UTC, datetime, timedelta

from sarabanwatch.edge.chance import SystemChance
from sarabanwatch.edge.clock import FastClock, WallClock

SHOWS = datetime(2026, 2, 17, 1, 30, tzinfo=UTC)


def test_the_walls_clock_is_aware_and_in_utc() -> None:
    before, now, after = datetime.now(UTC), WallClock().now(), datetime.now(UTC)
    assert before <= now <= after
    assert now.tzinfo is UTC
    assert WallClock().wall_seconds(90) == 90


def test_a_fast_clock_shows_what_it_is_told_and_runs_at_its_rate() -> None:
    began = datetime.now(UTC) - timedelta(seconds=10)
    before, now, after = datetime.now(UTC), FastClock(360, began, SHOWS).now(), datetime.now(UTC)
    assert SHOWS + 360 * (before - began) <= now <= SHOWS + 360 * (after - began)
    assert now.tzinfo is UTC


class Machine:
    """Both clocks of a machine, as a test sets them."""

    def __init__(self) -> None:
        self.shows, self.steady = SHOWS, 50.0

    def passes(self, seconds: float, leaps: timedelta = timedelta()) -> None:
        self.steady += seconds
        self.shows += timedelta(seconds=seconds) + leaps


def test_a_wall_that_leaps_is_not_followed_until_a_person_trusts_it() -> None:
    machine = Machine()
    wall = WallClock(lambda: machine.shows, lambda: machine.steady)
    fast = FastClock(10, SHOWS, SHOWS, wall)
    machine.passes(5, timedelta(days=365))
    assert wall.now() == SHOWS + timedelta(seconds=5)
    assert fast.doubt() == "the clock jumped ahead by 365 days"
    assert fast.now() == SHOWS + timedelta(seconds=50)
    fast.trust()
    assert (wall.doubt(), fast.doubt()) == ("", "")
    assert wall.now() == SHOWS + timedelta(days=365, seconds=5)
    assert fast.now() == SHOWS + 10 * timedelta(days=365, seconds=5)


def test_a_small_step_of_the_wall_is_followed_at_the_next_look() -> None:
    machine = Machine()
    wall = WallClock(lambda: machine.shows, lambda: machine.steady)
    machine.passes(5, timedelta(seconds=2))
    assert wall.now() == SHOWS + timedelta(seconds=5)
    assert wall.doubt() == ""
    assert wall.now() == SHOWS + timedelta(seconds=7)


def test_seconds_of_a_fast_clock_take_less_of_the_walls() -> None:
    clock = FastClock(360, datetime.now(UTC), SHOWS)
    assert clock.wall_seconds(3600) == 10


async def test_a_sleeper_sleeps_by_his_own_clock() -> None:
    clock = FastClock(1_000_000, datetime.now(UTC), SHOWS)
    before = clock.now()
    await asyncio.gather(clock.sleep(3600), WallClock().sleep(0))
    assert clock.now() - before >= timedelta(hours=1)


def test_chance_is_drawn_from_nought_to_one() -> None:
    drawn = [SystemChance().draw() for _ in range(1000)]
    assert all(0 <= number < 1 for number in drawn)
    assert len(set(drawn)) > 900
