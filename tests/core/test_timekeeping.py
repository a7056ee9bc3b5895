"""A clock that jumps is not followed; one that keeps to a near time is; a person is believed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarabanwatch.core.sending.timekeeping import (
    IDLE,
    LEAP,
    NEAR,
    SETTLES,
    SKEW,
    STAYS,
    Timekeeping,
    contradicted,
    lately,
    length,
)

START = datetime(2026, 1, 12, 3, 0, tzinfo=UTC)
YEAR, HOUR, SECOND = timedelta(days=365), timedelta(hours=1), timedelta(seconds=1)
NONE = timedelta()
LOOK = 5.0


class Play:
    """A system clock that is ahead by what a scene says, looked at every five seconds."""

    def __init__(self) -> None:
        self.kept, self.steady = Timekeeping(START, 100.0), 100.0

    def true(self) -> datetime:
        return START + timedelta(seconds=self.steady - 100.0)

    def goes(self, seconds: float, ahead: timedelta = NONE) -> list[bool]:
        """Let so many seconds go by; return of each look whether we were in doubt after it."""
        doubts = []
        for _ in range(int(seconds / LOOK)):
            self.steady += LOOK
            self.kept = self.kept.looked(self.true() + ahead, self.steady)
            doubts.append(bool(self.kept.doubt))
        return doubts

    def off(self) -> timedelta:
        """How far our time is from the true one."""
        return self.kept.now(self.steady) - self.true()


def test_a_clock_that_keeps_time_is_followed_without_a_doubt() -> None:
    play = Play()
    assert not any(play.goes(3600))
    assert not any(play.goes(3600, LEAP - SECOND))      # a small step is taken
    assert play.off() == LEAP - SECOND


@pytest.mark.parametrize("leap", [YEAR, -YEAR, timedelta(days=543 * 365), timedelta(minutes=1),
                                  -timedelta(minutes=1)])
def test_one_that_leaps_and_comes_back_never_moves_us_and_is_believed_again_after_a_while(
    leap: timedelta,
) -> None:
    play = Play()
    play.goes(60)
    assert all(play.goes(15, leap))
    assert abs(play.off()) < SECOND
    assert all(play.goes(SETTLES))
    assert "right again" in play.kept.doubt
    assert not any(play.goes(60))
    assert abs(play.off()) < SECOND


def test_one_that_leaps_far_and_stays_is_not_followed_however_long_until_a_person_says_so() -> None:
    play = Play()
    assert all(play.goes(48 * 3600, YEAR))
    assert play.kept.doubt == "the clock jumped ahead by 365 days"
    play.kept = play.kept.trusting(play.true() + YEAR, play.steady)
    assert not play.kept.doubt
    assert not any(play.goes(3600, YEAR))
    assert play.off() == YEAR


@pytest.mark.parametrize("leap", [NEAR, -NEAR, 7 * HOUR, -7 * HOUR])
def test_one_that_leaps_within_a_day_and_stays_is_followed_after_an_hour(leap: timedelta) -> None:
    play = Play()
    assert all(play.goes(STAYS, leap))
    assert play.off() == NONE
    assert not any(play.goes(3600, leap))
    assert play.off() == leap


def test_one_that_leaps_again_and_again_is_not_followed() -> None:
    play = Play()
    for n in range(20):
        assert all(play.goes(STAYS / 2, (n % 3 + 1) * HOUR))
    assert play.off() == NONE


@given(st.lists(st.tuples(st.integers(1, 400), st.integers(-4000, 4000)), max_size=12))
def test_whatever_the_walls_clock_does_we_never_leap_but_by_what_was_believed(
    scene: list[tuple[int, int]],
) -> None:
    play, last = Play(), START
    for looks, minutes in scene:
        for _ in range(looks):
            before = play.kept
            play.goes(LOOK, timedelta(minutes=minutes))
            moved = play.kept.now(play.steady) - last
            believed = before.doubt and not play.kept.doubt and abs(moved) <= NEAR + HOUR
            assert abs(moved - timedelta(seconds=LOOK)) <= LEAP or believed
            last = play.kept.now(play.steady)


@pytest.mark.parametrize(("newest", "halted", "says"), [
    (None, False, ""), (START, False, ""), (START + SKEW, False, ""), (START - IDLE, False, ""),
    (START - NEAR, True, ""),
    (START + SKEW + SECOND, False, "in the future"),
    (START + 543 * YEAR, False, "543 years in the future"),
    (START - IDLE - SECOND, False, "100 days old"), (START - NEAR - SECOND, True, "24 hours old")])
def test_at_a_start_the_ledgers_newest_fact_gainsays_a_clock_that_is_behind_it_or_far_ahead(
    newest: datetime | None, halted: bool, says: str,  # noqa: FBT001 - as the table has it
) -> None:
    said = contradicted(START, newest, halted=halted)
    assert bool(said) == bool(says)
    assert says in said


@pytest.mark.parametrize(("ago", "is_so"), [
    (NONE, True), (HOUR - SECOND, True), (HOUR, False), (YEAR, False), (-SKEW, True),
    (-SKEW - SECOND, False), (-543 * YEAR, False)])
def test_what_is_in_the_future_did_not_happen_lately(
    ago: timedelta, is_so: bool,    # noqa: FBT001 - as above
) -> None:
    assert lately(START - ago, START, HOUR) is is_so


@pytest.mark.parametrize(("time", "said"), [
    (543 * YEAR, "543 years"), (-3 * YEAR, "3 years"), (YEAR, "365 days"), (30 * HOUR, "30 hours"),
    (HOUR, "60 minutes"), (SECOND, "1 seconds")])
def test_a_length_is_said_in_its_largest_unit(time: timedelta, said: str) -> None:
    assert length(time) == said
