"""Is our own path whole?"""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarabanwatch.core.sending.canary import (
    BACK_BY,
    Canary,
    Errand,
    away,
    back,
    due,
    happened,
    known_until,
    proved,
    whole,
)

T0 = datetime(2026, 2, 23, 1, 30, tzinfo=UTC)
PATIENCE = timedelta(hours=2)
NOW = T0 + timedelta(hours=48)


def hour(n):
    return None if n is None else T0 + timedelta(hours=n)


def flown(left, back, errand=Errand.HOME):
    return Canary(errand, hour(left if left is not None else 0), hour(left), hour(back))


def test_every_errand_has_what_brings_it_back():
    assert set(BACK_BY) == set(Errand)


@pytest.mark.parametrize(("left", "back", "lost"), [
    (0, 1, False),        # in time
    (0, 2, False),        # just in time
    (0, 3, True),         # late
    (0, None, True),      # never
    (47, None, False),    # may still come
    (None, None, False),  # never left us: the relay's matter, and seen there
])
def test_a_canary_is_lost_when_it_is_not_back_in_time(left, back, lost):
    assert flown(left, back).lost(NOW, PATIENCE) is lost


@pytest.mark.parametrize(("flights", "stands"), [
    ([], True),
    ([(0, 1)], True),
    ([(0, None)], False),
    ([(0, None), (4, 5)], True),              # the next one came back: whole again
    ([(0, 1), (4, None)], False),
    ([(0, 1), (47, None)], True),             # the last one's fate is not known yet
    ([(0, None), (47, None)], False),         # and until it is, the one before counts
])
def test_the_path_stands_by_the_last_canary_whose_fate_is_known(flights, stands):
    assert whole([flown(*f) for f in flights], NOW, PATIENCE) is stands


def test_one_errand_does_not_answer_for_the_other():
    assert not whole([flown(0, 1), flown(0, None, Errand.BOUNCE)], NOW, PATIENCE)


@pytest.mark.parametrize(("left", "back", "holds"), [
    (10, 11, True), (10, None, False), (10, 14, False),
    (7.5, None, True),     # flew before the window, too long ago to have been in the air in it
    (8, None, False),      # still in the air when the window began
    (31, None, True),      # flew after the window
])
def test_silence_is_proved_where_no_canary_of_its_time_was_lost(left, back, holds):
    assert proved([flown(left, back)], hour(10), hour(30), NOW, PATIENCE) is holds


def test_a_canary_is_due_when_the_last_one_of_its_errand_is_old_enough():
    every = timedelta(hours=4)
    assert due([], Errand.HOME, NOW, every)
    assert not due([flown(45, None)], Errand.HOME, NOW, every)
    assert due([flown(45, None)], Errand.BOUNCE, NOW, every)
    assert due([flown(44, None)], Errand.HOME, NOW, every)


@given(st.lists(st.tuples(st.integers(0, 47), st.none() | st.integers(0, 60))))
def test_where_all_of_a_stretch_is_proved_its_parts_are(flights):
    all_flown = [flown(left, None if back is None else left + back) for left, back in flights]
    if proved(all_flown, hour(0), hour(48), NOW, PATIENCE):
        assert proved(all_flown, hour(5), hour(20), NOW, PATIENCE)


@pytest.mark.parametrize(("flights", "until"), [
    ([], None),
    ([(47, None)], None),                          # the first may still come
    ([(10, 11)], 10),
    ([(10, 11), (20, None)], 20),                  # lost is known too
    ([(10, 11), (47, None)], 10),
    ([(10, 11), (46.5, None), (47, 47.5)], 10),    # one that left before may still come
    ([(10, 11), (None, None)], 10),                # never left us: it testifies to nothing
])
def test_the_path_has_testified_up_to_the_last_one_before_which_all_is_known(flights, until):
    assert known_until([flown(*flight) for flight in flights], NOW, PATIENCE) == hour(until)


def test_of_two_errands_both_must_have_told():
    home, bounced = flown(20, 21), flown(10, 11, Errand.BOUNCE)
    assert known_until([home, bounced], NOW, PATIENCE) == hour(10)
    assert known_until([home, flown(47, None, Errand.BOUNCE)], NOW, PATIENCE) is None


def refused(at, errand=Errand.HOME):
    return Canary(errand, hour(at), None, None, hour(at))


def test_an_inbox_that_refuses_our_own_letter_breaks_the_path_until_the_next_comes_home():
    assert not whole([flown(0, 1), refused(4)], NOW, PATIENCE)
    assert whole([flown(0, 1), refused(4), flown(8, 9)], NOW, PATIENCE)
    assert not proved([refused(4)], hour(3), hour(20), NOW, PATIENCE)
    assert proved([refused(4)], hour(7), hour(20), NOW, PATIENCE)
    assert known_until([flown(0, 1), refused(4)], NOW, PATIENCE) == hour(4)


def test_one_that_must_bounce_and_is_refused_at_once_tells_nothing():
    told = [flown(0, 1), refused(4, Errand.BOUNCE)]
    assert whole(told, NOW, PATIENCE)
    assert proved(told, hour(0), hour(20), NOW, PATIENCE)
    assert known_until(told, NOW, PATIENCE) == hour(0)


def test_how_long_the_last_of_each_errand_was_away_is_known():
    told = [flown(0, 1), flown(8, 8.5), flown(12, None), flown(0, 3, Errand.BOUNCE), refused(20)]
    assert away(told) == {Errand.HOME: timedelta(hours=0.5), Errand.BOUNCE: timedelta(hours=3)}


def test_of_each_errand_the_last_that_came_back_is_told_whichever_left_first() -> None:
    told = [flown(0, 9), flown(4, 5), flown(12, None), flown(1, 2, Errand.BOUNCE)]
    assert back(told) == {Errand.HOME: flown(0, 9).back_at, Errand.BOUNCE: flown(1, 2).back_at}
    assert back([]) == {}


FUTURE = Canary(Errand.HOME, NOW + timedelta(days=543 * 365), NOW + timedelta(days=543 * 365), None)


def test_one_written_in_the_future_by_a_clock_that_was_wrong_keeps_no_other_from_flying():
    assert due([FUTURE], Errand.HOME, NOW, PATIENCE)
    assert due([FUTURE, flown(0, 1)], Errand.HOME, NOW, PATIENCE)
    assert not due([Canary(Errand.HOME, NOW + timedelta(minutes=1), None, None)], Errand.HOME, NOW, PATIENCE)


def test_of_one_in_the_future_nothing_is_known():
    assert known_until([flown(0, 1), FUTURE], NOW, PATIENCE) == hour(0)
    assert whole([flown(0, 1), FUTURE], NOW, PATIENCE)
    assert not whole([flown(0, None), FUTURE], NOW, PATIENCE)
    assert happened([FUTURE, flown(0, 1)], NOW) == [flown(0, 1)]
