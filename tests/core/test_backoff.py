"""When a server may be connected to again, whatever it does."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarabanwatch.core.sending.backoff import (
    BARRED_FIRST,
    BARRED_LONGEST,
    FIRST,
    LOG_INS,
    LONGEST,
    MINUTE,
    TRIED_WITHIN,
    Backoff,
)

EVEN = 0.5


def knocks(after: Callable[[Backoff, float], None], times: int) -> list[float]:
    """Connect so many times, each as soon as allowed; return when. `after` gives the outcome."""
    backoff, now, made = Backoff(), 0.0, []
    for _ in range(times):
        now = max(now, backoff.opens_at)
        made.append(now)
        backoff.tried(now, log_in=True)
        after(backoff, now)
    return made


def pauses(made: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(made)]


def test_a_server_that_fails_is_tried_after_growing_pauses_and_then_every_five_minutes() -> None:
    found = pauses(knocks(lambda backoff, now: backoff.failed(now, EVEN), 14))
    assert found[:4] == [FIRST, 2 * FIRST, 4 * FIRST, 8 * FIRST]
    assert found[-2:] == [LONGEST, LONGEST]


def test_a_log_in_refused_for_good_is_tried_rarely() -> None:
    found = pauses(knocks(lambda backoff, now: backoff.failed(now, EVEN, barred=True), 8))
    assert found[0] == BARRED_FIRST
    assert found[-1] == BARRED_LONGEST


@pytest.mark.parametrize("turns", [(False, True), (True, False)])
def test_the_pauses_begin_anew_when_the_trouble_is_of_another_kind(turns: tuple[bool,
                                                                                bool]) -> None:
    backoff, first = Backoff(), {False: FIRST, True: BARRED_FIRST}
    for barred in turns:
        backoff.failed(0.0, EVEN, barred=barred)
        backoff.failed(0.0, EVEN, barred=barred)
        assert backoff.rests_until == 2 * first[barred]


def test_a_first_pause_longer_than_the_longest_stays() -> None:
    backoff = Backoff(first=2 * LONGEST)
    backoff.failed(0.0, EVEN)
    backoff.failed(0.0, EVEN)
    assert backoff.opens_at == 2 * LONGEST


def test_chance_moves_a_pause_by_a_quarter_at_most() -> None:
    found = []
    for chance in (0.0, 1.0):
        backoff = Backoff()
        backoff.failed(0.0, chance)
        found.append(backoff.opens_at)
    assert found == [0.75 * FIRST, 1.25 * FIRST]


def test_a_connection_that_stands_lets_the_next_be_made_at_once_while_it_serves() -> None:
    backoff = Backoff()
    backoff.tried(0.0, log_in=False)
    assert backoff.opens_at == TRIED_WITHIN
    backoff.stood()
    assert backoff.opens_at == 0.0


def test_after_a_failure_a_connection_that_stands_proves_nothing_until_it_serves() -> None:
    backoff = Backoff()
    backoff.failed(0.0, EVEN)
    backoff.tried(FIRST, log_in=False)
    backoff.stood()
    assert backoff.opens_at == FIRST + TRIED_WITHIN
    backoff.served()
    assert (backoff.opens_at, backoff.failures) == (0.0, 0)


def test_after_it_served_the_first_pause_is_short_again() -> None:
    backoff = Backoff()
    for _ in range(6):
        backoff.failed(0.0, EVEN)
    backoff.served()
    backoff.failed(100.0, EVEN)
    assert backoff.opens_at == 100.0 + FIRST


@given(st.lists(st.sampled_from(["serves", "stands", "fails", "bars"]), min_size=20, max_size=80))
def test_whatever_a_server_does_there_are_never_more_than_a_few_log_ins_in_any_minute(
    does: list[str],
) -> None:
    turns = iter(does)

    def after(backoff: Backoff, now: float) -> None:
        event = next(turns)
        backoff.stood()
        if event == "serves":
            backoff.served()
        elif event != "stands":
            backoff.failed(now, 0.0, barred=event == "bars")

    made = knocks(after, len(does))
    assert all(sum(at <= other < at + MINUTE for other in made) <= LOG_INS for at in made)


def test_the_seventh_log_in_waits_until_a_minute_after_the_first() -> None:
    backoff = Backoff()
    for second in range(6):
        assert backoff.opens_at <= second
        backoff.tried(float(second), log_in=True)
        backoff.stood()
    assert backoff.opens_at == MINUTE


def test_connections_without_a_log_in_are_not_counted() -> None:
    backoff = Backoff()
    for _ in range(10 * LOG_INS):
        backoff.tried(0.0, log_in=False)
        backoff.stood()
    assert backoff.opens_at == 0.0
