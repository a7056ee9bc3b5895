from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.samples import ANCHOR, HOUR, MONDAY, POLICY, RULES, agency
from sarabanwatch.core.address import judge
from sarabanwatch.core.calendar import after_office_hours
from sarabanwatch.core.facts.agency import Status
from sarabanwatch.core.judging.verdict import UNDECIDED, Verdict
from sarabanwatch.core.rounds import Timetable
from sarabanwatch.core.sending.plan import (
    Sent,
    due,
    permitted,
    retry_at,
    send_by,
    window_end,
    writes_to,
)
from sarabanwatch.core.sending.probe import State

ROUND = Timetable(ANCHOR, 6).slot(MONDAY)
ENDED = Sent(1, State.CLOSED, Verdict.UNKNOWN, 1)
MINUTE = timedelta(minutes=1)


def is_due(sent: Sent | None, address: str = "saraban@one.go.test") -> bool:
    return due(address, sent, ROUND, MONDAY, POLICY)


def test_an_agency_is_due_its_first_letter_of_the_round() -> None:
    assert is_due(None)


def test_one_without_an_address_is_never_due() -> None:
    assert not is_due(None, "")


def test_a_letter_goes_to_what_can_be_read_out_of_the_cell() -> None:
    for cell, address in (("Email: saraban@one.go.th", "saraban@one.go.th"), ("ไม่มี", ""),
                          ("saraban@example.go.th", "")):
        assert writes_to(agency(cell), judge(agency(cell), RULES)) == address


def test_a_body_outside_the_act_gets_no_letter() -> None:
    exempt = agency(status=Status.EXEMPT)
    assert writes_to(exempt, judge(exempt, RULES)) == ""


@pytest.mark.parametrize(("domain", "reserved"), [
    ("one.go.test", True), ("ONE.GO.TEST", True), ("one.example", True), ("one.invalid", True),
    ("localhost", False),
    ("one.go.th", False), ("test.go.th", False), ("onetest", False), ("one.com", False)])
def test_only_a_live_watch_writes_to_names_that_are_somebodys(domain: str, *,
                                                              reserved: bool) -> None:
    address = f"saraban@{domain}"
    assert permitted(address, POLICY) == is_due(None, address) == reserved
    assert permitted(address, replace(POLICY, live=True))
    assert due(address, None, ROUND, MONDAY, replace(POLICY, live=True))


def test_nobody_is_due_before_the_round_or_from_its_end_on() -> None:
    times = (ROUND.starts - MINUTE, ROUND.starts, ROUND.ends - MINUTE, ROUND.ends)
    assert [due("saraban@one.go.test", None, ROUND, now, POLICY) for now in times] == [False, True,
                                                                                       True, False]


@pytest.mark.parametrize("state", sorted(set(State) - {State.CLOSED}))
def test_never_while_a_letter_is_under_way_or_its_window_runs(state: State) -> None:
    assert not is_due(replace(ENDED, state=state))
    assert not is_due(Sent(1, state, None, 1))


@pytest.mark.parametrize("verdict", Verdict)
def test_a_fresh_letter_follows_one_that_decided_nothing_and_no_other(verdict: Verdict) -> None:
    assert is_due(replace(ENDED, verdict=verdict)) == (verdict in UNDECIDED)


def test_a_letter_not_yet_judged_is_waited_for() -> None:
    assert not is_due(replace(ENDED, verdict=None))


def test_so_many_letters_a_round_and_no_more() -> None:
    most = POLICY.campaign.letters_at_most
    assert [is_due(replace(ENDED, letters=n)) for n in (most - 1, most, most + 1)] == [True, False,
                                                                                       False]


def test_a_window_is_counted_in_office_hours_less_the_policys_holidays() -> None:
    tuesday = (MONDAY + timedelta(days=1)).date()
    assert window_end(MONDAY, POLICY) == after_office_hours(MONDAY, 16, ())
    assert window_end(MONDAY, replace(POLICY, holidays=frozenset({tuesday}))) == window_end(
        MONDAY, POLICY
    ) + timedelta(days=1)


def test_a_letter_may_leave_for_a_week_but_not_after_its_round() -> None:
    assert send_by(MONDAY, ROUND, POLICY) == MONDAY + POLICY.send_for
    assert send_by(ROUND.ends - HOUR, ROUND, POLICY) == ROUND.ends
    assert send_by(ROUND.ends + HOUR, ROUND, POLICY) == ROUND.ends + HOUR


@given(st.floats(0, 1, exclude_max=True), st.integers(0, 10_000))
def test_a_deferred_letter_waits_as_long_again_as_it_has_within_bounds(chance: float,
                                                                       minutes: int) -> None:
    wait = retry_at(MONDAY - minutes * MINUTE, MONDAY, chance, POLICY) - MONDAY
    middle = min(max(minutes * MINUTE, POLICY.retry_first), POLICY.retry_longest)
    assert middle * 0.8 <= wait <= middle * 1.2


def test_chance_spreads_retries_by_a_fifth_either_way() -> None:
    waits = [retry_at(MONDAY - HOUR, MONDAY, chance, POLICY) - MONDAY for chance in (0, 0.5, 0.75)]
    assert waits == [HOUR * 0.8, HOUR, HOUR * 1.1]
