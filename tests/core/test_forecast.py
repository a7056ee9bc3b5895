"""The rest of a round, simulated: level over office days, and what would mend a late one."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.samples import paced
from sarabanwatch.core.calendar import BANGKOK, working_day
from sarabanwatch.core.policy import CampaignSection, Policy
from sarabanwatch.core.sending.forecast import HostLoad, Remedy, forecast, remedies
from sarabanwatch.core.sending.pace import Limits, Traffic

START = datetime(2026, 1, 6, tzinfo=BANGKOK)      # the first day of a round, a Tuesday
DAY = timedelta(days=1)
POLICY = Policy(CampaignSection(date(2026, 1, 6)), holidays=frozenset({date(2026, 1, 14)}))
ROUND = POLICY.campaign.timetable.slot(START)
POLITE = paced(Limits(a_minute=20), office_hours=True, spread=0.5)
BIG = {"big.test": HostLoad(6000)}


def test_each_day_has_its_share_and_no_holiday_or_weekend_has_any() -> None:
    foretold = forecast(BIG, START, ROUND, POLITE, POLICY)
    working = [day for day in foretold.days if day.total]
    assert len(working) == 15
    assert {day.total for day in working} == {400}
    assert all(working_day(day.day, POLICY.holidays) for day in working)
    assert [day.day for day in foretold.days if not day.opens][:3] == [date(2026, 1, 10),
                                                                       date(2026, 1, 11),
                                                                       date(2026, 1, 14)]
    assert foretold.in_time
    assert foretold.last == datetime(2026, 1, 27, 16, 30, tzinfo=BANGKOK)
    assert foretold.over == datetime(2026, 1, 29, 16, 30, tzinfo=BANGKOK)


def test_a_warm_up_is_caught_up_with() -> None:
    slow = paced(of=POLITE, any_host=Limits(a_minute=20, warm_up=(100, 200)))
    totals = [day.total for day in forecast(BIG, START, ROUND, slow, POLICY).days if day.total]
    assert totals[:2] == [100, 200]
    assert sum(totals) == 6000
    assert max(totals) > 400


def test_a_host_that_we_wrote_to_before_needs_no_warming_up() -> None:
    known = Traffic()
    known.went(START - 3 * DAY)
    known.went(START - 2 * DAY)
    slow = paced(of=POLITE, any_host=Limits(a_minute=20, warm_up=(100, 200)))
    foretold = forecast({"big.test": HostLoad(6000, traffic=known)}, START, ROUND, slow, POLICY)
    assert foretold.days[0].total == 400


def test_letters_that_wait_go_first_and_todays_are_counted() -> None:
    known = Traffic()
    for _ in range(90):
        known.went(START)
    capped = paced(of=POLITE, any_host=Limits(a_day=100))
    foretold = forecast({"big.test": HostLoad(0, 250, 340, known)}, START + timedelta(hours=9),
                        ROUND, capped, POLICY)
    assert [day.total for day in foretold.days] == [10, 100, 100, 40][:len(foretold.days)]


def test_what_is_left_of_today_bounds_today() -> None:
    late = START + timedelta(hours=16)      # half an hour before offices close
    foretold = forecast({"big.test": HostLoad(6000)}, late, ROUND, paced(of=POLITE, spread=0),
                        POLICY)
    assert foretold.days[0].total == 20 * 30


def test_all_hosts_together_are_bounded_too() -> None:
    loads = {f"mx{n}.test": HostLoad(100) for n in range(50)}
    bounded = paced(of=POLITE, spread=0, in_all=Limits(a_minute=5))
    foretold = forecast(loads, START, ROUND, bounded, POLICY)
    assert max(day.total for day in foretold.days) == 5 * 480
    assert sum(day.total for day in foretold.days) == 5000


def test_all_hosts_together_are_bounded_a_day_and_what_has_left_today_counts() -> None:
    loads = {f"mx{n}.test": HostLoad(100) for n in range(50)}
    bounded = paced(of=POLITE, spread=0, in_all=Limits(a_day=700))
    foretold = forecast(loads, START, ROUND, bounded, POLICY, gone=300)
    assert [day.total for day in foretold.days if day.opens][:3] == [400, 700, 700]
    assert sum(day.total for day in foretold.days) == 5000


@pytest.mark.parametrize("left", [timedelta(minutes=1), DAY, 40 * DAY])
def test_where_nothing_is_left_the_round_is_in_time_to_its_last_minute(left: timedelta) -> None:
    for loads in ({}, {"big.test": HostLoad(0)}):
        foretold = forecast(loads, ROUND.ends - left, ROUND, POLITE, POLICY)
        assert foretold.in_time
        assert foretold.late == 0


# --- too late -------------------------------------------------------------------------------------


def test_a_late_round_is_told_with_the_limit_that_is_too_narrow_and_what_would_do() -> None:
    narrow = paced(of=POLITE, any_host=Limits(a_minute=1), spread=0)
    load = {"big.test": HostLoad(20_000), "small.test": HostLoad(9)}
    foretold = forecast(load, START, ROUND, narrow, POLICY)
    assert not foretold.in_time
    assert foretold.spare < timedelta()
    assert 0 < foretold.late < 20_009       # those of the last days, not all
    assert remedies(load, START, ROUND, narrow,
                    POLICY) == [Remedy('pace.hosts."big.test".a_minute', "2")]


def test_a_spread_to_the_very_end_leaves_no_time_for_the_last_windows() -> None:
    whole = paced(of=POLITE, spread=1)
    assert not forecast(BIG, START, ROUND, whole, POLICY).in_time
    assert remedies(BIG, START, ROUND, whole, POLICY) == [Remedy("pace.spread", "0")]


def test_a_warm_up_that_never_ends_is_named() -> None:
    load = {"big.test": HostLoad(20_000)}
    slow = paced(of=POLITE, any_host=Limits(a_minute=20, warm_up=(10,) * 40), spread=0)
    assert Remedy('pace.hosts."big.test".warm_up', "[]") in remedies(load, START, ROUND, slow,
                                                                     POLICY)


def test_the_limit_of_all_hosts_is_named_where_it_is_that() -> None:
    load = {f"mx{n}.test": HostLoad(1000) for n in range(30)}
    tight = paced(of=POLITE, in_all=Limits(a_minute=1), spread=0)
    assert [change.key for change in remedies(load, START, ROUND, tight,
                                              POLICY)] == ["pace.in_all_a_minute"]


def test_the_limit_of_all_hosts_a_day_is_named_where_it_is_that() -> None:
    load = {f"mx{n}.test": HostLoad(1000) for n in range(30)}
    tight = paced(of=POLITE, in_all=Limits(a_minute=600, a_day=500), spread=0)
    changes = remedies(load, START, ROUND, tight, POLICY)
    assert [change.key for change in changes] == ["pace.in_all_a_day"]
    wide = paced(of=tight, in_all=Limits(a_minute=600, a_day=int(changes[0].value)))
    assert forecast(load, START, ROUND, wide, POLICY).in_time


def test_where_the_days_left_are_too_few_no_limit_is_promised_to_do() -> None:
    late = ROUND.ends - DAY
    foretold = forecast(BIG, late, ROUND, POLITE, POLICY)
    assert not foretold.in_time
    assert foretold.late == 6000
    assert remedies(BIG, late, ROUND, POLITE, POLICY) == []


LOADS = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3000).map(HostLoad))
limits = st.builds(Limits, a_minute=st.integers(1, 40), a_day=st.integers(1, 500),
                   warm_up=st.lists(st.integers(1, 99)).map(tuple))


@settings(max_examples=60)
@given(LOADS, limits, st.integers(0, 41), st.sampled_from([0, 0.5, 1]))
def test_no_day_is_foretold_that_the_limits_refuse_and_no_letter_is_lost(
    loads: dict[str, HostLoad], each: Limits, day: int, spread: float,
) -> None:
    table = paced(of=POLITE, any_host=each, spread=spread)
    foretold = forecast(loads, datetime(2026, 1, 6, 2, tzinfo=UTC) + day * DAY, ROUND, table,
                        POLICY)
    for host, load in loads.items():
        days = foretold.of(host)
        assert all(one.letters[host] <= min(each.day(n), each.a_minute * 480)
                   for n, one in enumerate(days))
        assert sum(one.letters[host] for one in days) == load.letters or foretold.last is None
