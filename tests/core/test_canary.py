"""Is our own path whole?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarabanwatch.core.policy import CampaignSection, CanarySection, Policy
from sarabanwatch.core.sending.canary import (
    BACK_BY,
    Canary,
    CanaryKind,
    asked_of,
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


def made(left, back, kind=CanaryKind.HOME):
    return Canary(kind, hour(left if left is not None else 0), hour(left), hour(back))


def test_every_kind_has_what_brings_it_back():
    assert set(BACK_BY) == set(CanaryKind)


@pytest.mark.parametrize(("left", "back", "lost"), [
    (0, 1, False),        # in time
    (0, 2, False),        # just in time
    (0, 3, True),         # late
    (0, None, True),      # never
    (47, None, False),    # may still come
    (None, None, False),  # never left us: the relay's matter, and seen there
])
def test_a_canary_is_lost_when_it_is_not_back_in_time(left, back, lost):
    assert made(left, back).lost(NOW, PATIENCE) is lost


@pytest.mark.parametrize(("moments", "stands"), [
    ([], True),
    ([(0, 1)], True),
    ([(0, None)], False),
    ([(0, None), (4, 5)], True),              # the next one came back: whole again
    ([(0, 1), (4, None)], False),
    ([(0, 1), (47, None)], True),             # the last one's fate is not known yet
    ([(0, None), (47, None)], False),         # and until it is, the one before counts
])
def test_the_path_stands_by_the_last_canary_whose_fate_is_known(moments, stands):
    assert whole([made(*f) for f in moments], NOW, PATIENCE) is stands


def test_one_kind_does_not_answer_for_the_other():
    assert not whole([made(0, 1), made(0, None, CanaryKind.BOUNCE)], NOW, PATIENCE)


POLICY = Policy(CampaignSection(T0.date()),
                canary=CanarySection(must_bounce="no-such-box@probe.test"))
OFTEN = (6, 10, 14, 18, 22, 26, 30, 34, 38, 42, 46)


def heard(*lefts, kind=CanaryKind.HOME):
    return [made(left, left + 1, kind) for left in lefts]


def silence_is_proved(told, policy=POLICY):
    return proved(told, hour(10), hour(30), NOW, policy)


@pytest.mark.parametrize(("left", "back", "holds"), [
    (11, 12, True), (11, None, False), (11, 15, False),
    (7.5, None, True),     # left before the window, too long ago to have been under way in it
    (8, None, False),      # still under way when the window began
    (31, None, False),     # left after the window, and nobody may have listened before
])
def test_silence_is_proved_where_no_canary_of_its_time_was_lost(left, back, holds):
    assert silence_is_proved([*heard(*OFTEN), made(left, back)]) is holds


@pytest.mark.parametrize(("home", "holds"), [
    (OFTEN, True),
    # none at all: nobody knows whether we heard
    ((), False),
    (OFTEN[1:], True),                                      # the first left with the letter
    (tuple(left + 2 for left in OFTEN), True),              # six hours between two are not too many
    ((11.5, 16, 20, 24, 28, 32), True),                     # the first left soon after it
    # what came back before that may have gone unheard
    ((13, 16, 20, 24, 28, 32), False),
    ((2, 13, 16, 20, 24, 28, 32), False),
    ((6, 12, 18, 24, 30), True),                            # just near enough to one another
    # a gap within the window, as a crash leaves one
    ((6, 10, 14, 20.5, 24, 28, 32), False),
    ((6, 10, 14, 18, 22, 26, 46), False),                   # a gap over its end
    ((6, 10, 14, 18, 22, 26, 30), True),                    # a gap after it
])
def test_silence_is_proved_where_canaries_came_home_near_enough_on_both_sides_all_the_while(home,
                                                                                            holds):
    assert silence_is_proved(heard(*home)) is holds


def test_each_kind_must_have_been_near_enough():
    assert silence_is_proved(heard(*OFTEN) + heard(*OFTEN, kind=CanaryKind.BOUNCE))
    assert not silence_is_proved(heard(*OFTEN) + heard(6, 30, kind=CanaryKind.BOUNCE))
    assert not silence_is_proved(heard(*OFTEN, kind=CanaryKind.BOUNCE))
    assert silence_is_proved(heard(*OFTEN) + heard(6, 30, kind=CanaryKind.BOUNCE),
                             replace(POLICY, canary=CanarySection()))


@pytest.mark.parametrize(("drafted", "doubted", "back", "holds"), [
    (20, 20.5, None, False), (20, 20.5, 21, True), (6, 7, None, True), (7, 8, None, False),
    (47, 47.5, None, False)])
def test_one_of_which_nobody_knows_whether_it_left_proves_no_silence_until_it_comes_back(drafted,
                                                                                         doubted,
                                                                                         back,
                                                                                         holds):
    canary = Canary(CanaryKind.HOME, hour(drafted), None, hour(back), doubted_at=hour(doubted))
    assert silence_is_proved([*heard(*OFTEN), canary]) is holds


@pytest.mark.parametrize(("doubted", "back", "holds"),
                         [(18.5, 19, True), (19, 18.5, True), (18.5, 21, False),
                          (18.5, None, False)])
def test_one_that_nobody_knew_to_have_left_proves_that_we_hear_when_it_comes_back_in_time(doubted,
                                                                                          back,
                                                                                          holds):
    canary = Canary(CanaryKind.HOME, hour(18), None, hour(back), doubted_at=hour(doubted))
    assert silence_is_proved([*(each for each in heard(*OFTEN) if each.left_at != hour(18)),
                              canary]) is holds


def test_of_silence_until_now_the_last_one_must_have_left_lately():
    assert proved(heard(*OFTEN), hour(10), NOW, NOW, POLICY)
    assert not proved(heard(*OFTEN[:-2]), hour(10), NOW, NOW, POLICY)


def test_where_none_are_sent_silence_is_taken_on_trust():
    assert silence_is_proved([], replace(POLICY, canary=CanarySection(every_hours=0)))


def test_whoever_is_asked_about_a_silence_was_drafted_since():
    # it was put off until the next was due
    late = Canary(CanaryKind.HOME, hour(0.5), hour(4), hour(5))
    assert late.drafted_at >= asked_of(hour(10), POLICY)
    assert silence_is_proved([late, *heard(10, 14, 18, 22, 26, 30)])


def test_a_canary_is_due_when_the_last_one_of_its_kind_is_old_enough():
    assert due([], CanaryKind.HOME, NOW, POLICY.canary)
    assert not due([made(45, None)], CanaryKind.HOME, NOW, POLICY.canary)
    assert due([made(45, None)], CanaryKind.BOUNCE, NOW, POLICY.canary)
    assert due([made(44, None)], CanaryKind.HOME, NOW, POLICY.canary)


def test_one_in_doubt_that_is_not_back_soon_is_followed():
    """A connection lost at the final dot says nothing of our path for hours."""
    doubted = replace(made(None, None), drafted_at=hour(47), doubted_at=hour(47.25))
    just = replace(doubted, doubted_at=hour(47.75))
    assert due([doubted], CanaryKind.HOME, NOW, POLICY.canary)
    assert not due([just], CanaryKind.HOME, NOW, POLICY.canary)
    assert not due([replace(doubted, back_at=hour(47.5))], CanaryKind.HOME, NOW, POLICY.canary)


@given(st.lists(st.tuples(st.integers(0, 47), st.none() | st.integers(0, 60)), max_size=4))
def test_where_all_of_a_stretch_is_proved_its_parts_are(moments):
    told = [*heard(*range(0, 48, 4)),
            *(made(left, None if back is None else left + back) for left, back in moments)]
    if proved(told, hour(0), hour(48), NOW, POLICY):
        assert proved(told, hour(5), hour(20), NOW, POLICY)


@pytest.mark.parametrize(("moments", "until"), [
    ([], None),
    ([(47, None)], None),                          # the first may still come
    ([(10, 11)], 10),
    ([(10, 11), (20, None)], 20),                  # lost is known too
    ([(10, 11), (47, None)], 10),
    ([(10, 11), (46.5, None), (47, 47.5)], 10),    # one that left before may still come
    ([(10, 11), (None, None)], 10),                # never left us: it testifies to nothing
])
def test_the_path_is_known_up_to_the_last_one_before_which_all_is_known(moments, until):
    assert known_until([made(*each) for each in moments], NOW, PATIENCE) == hour(until)


def test_of_two_kinds_both_must_have_told():
    home, bounced = made(20, 21), made(10, 11, CanaryKind.BOUNCE)
    assert known_until([home, bounced], NOW, PATIENCE) == hour(10)
    assert known_until([home, made(47, None, CanaryKind.BOUNCE)], NOW, PATIENCE) is None


def refused(at, kind=CanaryKind.HOME):
    return Canary(kind, hour(at), None, None, hour(at))


def test_an_inbox_that_refuses_our_own_letter_breaks_the_path_until_the_next_comes_home():
    assert not whole([made(0, 1), refused(4)], NOW, PATIENCE)
    assert whole([made(0, 1), refused(4), made(8, 9)], NOW, PATIENCE)
    assert not silence_is_proved([*heard(*OFTEN), refused(9)])
    assert silence_is_proved([*heard(*OFTEN), refused(7)])
    assert known_until([made(0, 1), refused(4)], NOW, PATIENCE) == hour(4)


def test_one_that_must_bounce_and_is_refused_at_once_tells_nothing():
    told = [made(0, 1), refused(4, CanaryKind.BOUNCE)]
    assert whole(told, NOW, PATIENCE)
    assert silence_is_proved([*heard(*OFTEN), refused(14, CanaryKind.BOUNCE)])
    assert known_until(told, NOW, PATIENCE) == hour(0)


def test_how_long_the_last_of_each_kind_was_away_is_known():
    sent = [made(0, 1), made(8, 8.5), made(12, None), made(0, 3, CanaryKind.BOUNCE),
            refused(20)]
    assert away(sent) == {CanaryKind.HOME: timedelta(hours=0.5),
                          CanaryKind.BOUNCE: timedelta(hours=3)}


def test_of_each_kind_the_last_that_came_back_is_told_whichever_left_first() -> None:
    sent = [made(0, 9), made(4, 5), made(12, None), made(1, 2, CanaryKind.BOUNCE)]
    assert back(sent) == {CanaryKind.HOME: made(0, 9).back_at,
                          CanaryKind.BOUNCE: made(1, 2).back_at}
    assert back([]) == {}


IN_543_YEARS = NOW + timedelta(days=543 * 365)
FUTURE = Canary(CanaryKind.HOME, IN_543_YEARS, IN_543_YEARS, None)


def test_one_written_in_the_future_by_a_wrong_clock_keeps_no_other_back():
    assert due([FUTURE], CanaryKind.HOME, NOW, POLICY.canary)
    assert due([FUTURE, made(0, 1)], CanaryKind.HOME, NOW, POLICY.canary)
    soon = Canary(CanaryKind.HOME, NOW + timedelta(minutes=1), None, None)
    assert not due([soon], CanaryKind.HOME, NOW, POLICY.canary)


def test_of_one_in_the_future_nothing_is_known():
    assert known_until([made(0, 1), FUTURE], NOW, PATIENCE) == hour(0)
    assert whole([made(0, 1), FUTURE], NOW, PATIENCE)
    assert not whole([made(0, None), FUTURE], NOW, PATIENCE)
    assert happened([FUTURE, made(0, 1)], NOW) == [made(0, 1)]
