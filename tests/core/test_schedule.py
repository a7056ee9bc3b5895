"""When an address that failed is looked at next: each row of the table, by the days of offices."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.samples import ANCHOR, HOUR, MONDAY
from sarabanwatch.core.calendar import (
    BANGKOK,
    OPENS,
    after_office_hours,
    opening,
    working_day,
)
from sarabanwatch.core.judging.schedule import Failing, conclude_by, expected, next_look
from sarabanwatch.core.policy import CampaignSection, ConfirmSection, Policy
from sarabanwatch.core.rounds import Timetable

DAY = timedelta(days=1)
HOLIDAY = date(2026, 1, 15)
POLICY = Policy(CampaignSection(ANCHOR), holidays=frozenset({HOLIDAY}),
                confirm=ConfirmSection(days=(1, 1, 3)))
SUSPECT = Failing("1001", "saraban@one.go.th", None, pending=True, held=False, confirming=0,
                  ended_at=MONDAY)
FELL = replace(SUSPECT, pending=False)
HELD = replace(SUSPECT, held=True, confirming=3)


def opens(day: int) -> datetime:
    return datetime.combine(date(2026, 1, day), OPENS, BANGKOK)


@pytest.mark.parametrize(("after", "days", "at"), [
    # a holiday, a week-end
    (MONDAY, 0, 12), (MONDAY, 1, 13), (MONDAY, 3, 16), (MONDAY, 4, 19),
    # whatever the hour
    (opens(12) - HOUR, 1, 13), (opens(12) + 12 * HOUR, 1, 13),
    # a day off, and from one
    (opens(15), 0, 16), (opens(17), 0, 19), (opens(17), 1, 19), (opens(18), 2, 20)])
def test_offices_open_on_so_many_working_days_later(after: datetime, days: int, at: int) -> None:
    assert opening(after, days, POLICY.holidays) == opens(at)


@pytest.mark.parametrize(("failing", "at"), [
    (SUSPECT, opens(13)), (replace(SUSPECT, confirming=1), opens(13)),
    (replace(SUSPECT, confirming=2), opens(16)),
    (replace(SUSPECT, ended_at=opens(14)), opens(16)), (replace(SUSPECT, held=True), opens(13)),
    (replace(SUSPECT, confirming=3), opens(14)), (FELL, opens(14)),
    (replace(FELL, ended_at=opens(17)), opens(22)),
    (replace(FELL, confirming=9), opens(14)),
    (replace(FELL, news_at=MONDAY + HOUR), MONDAY + HOUR),
    (replace(FELL, news_at=MONDAY - HOUR), opens(14)),
    (replace(HELD, news_at=MONDAY + HOUR), MONDAY + HOUR)])
def test_who_failed_is_looked_at_on_a_day_of_its_own_and_at_once_when_something_stirs(
    failing: Failing, at: datetime
) -> None:
    assert next_look(failing, POLICY) == at


# hypothesis wants bounds without a zone
BOUNDS = datetime(2026, 1, 1), datetime(2026, 12, 31)   # noqa: DTZ001
moments = st.datetimes(*BOUNDS).map(lambda naive: naive.replace(tzinfo=BANGKOK))


@given(moments)
def test_a_mending_shows_within_a_week_of_the_last_letter_unasked(ended: datetime) -> None:
    at = next_look(replace(FELL, ended_at=ended), replace(POLICY, holidays=frozenset()))
    assert after_office_hours(at, POLICY.campaign.window_office_hours, ()) <= ended + 7 * DAY
    # an address that fails is no more written to than it takes
    assert at.date() - ended.date() >= 3 * DAY


def test_over_long_holidays_who_failed_is_looked_at_as_soon_as_offices_open() -> None:
    closed = frozenset(date(2026, 1, day) for day in range(13, 20))
    assert next_look(FELL, replace(POLICY, holidays=closed)) == opens(20)


def test_whom_an_incident_holds_for_long_are_spread_over_the_working_days_of_a_week() -> None:
    days = {next_look(replace(HELD, code=str(code)), replace(POLICY, holidays=frozenset())).date()
            for code in range(200)}
    assert days == {date(2026, 1, day) for day in (13, 14, 15, 16, 19)}


some = st.builds(Failing, st.integers(0, 99).map(str), st.just("x@one.go.th"), st.none(),
                 st.booleans(), st.booleans(), st.integers(0, 6), moments, st.none())


@given(some)
def test_without_a_cause_nobody_is_looked_at_twice_on_a_day_nor_later_than_in_two_weeks(
    failing: Failing,
) -> None:
    at = next_look(failing, POLICY)
    assert failing.ended_at.date() < at.date() <= failing.ended_at.date() + 14 * DAY
    assert working_day(at.date(), POLICY.holidays)


@given(some, moments)
def test_a_plan_leaves_room_for_at_least_what_will_be_written_until_the_round_ends(
    failing: Failing, now: datetime
) -> None:
    round_ = Timetable(ANCHOR, 6).slot(now)
    most = expected([failing], now, round_, POLICY, lambda address, _: address)[failing.address]
    each, at, written = failing, max(now, next_look(failing, POLICY)), 0
    while at < round_.ends:
        written += 1
        each = replace(each, ended_at=at, confirming=each.confirming + 1, held=False)
        at = next_look(each, POLICY)
    assert written <= most


def test_a_failure_is_told_or_cleared_by_the_close_of_the_third_working_day() -> None:
    """From a Monday, over a holiday on the Thursday: the Friday's close."""
    assert conclude_by(MONDAY, POLICY) == opening(MONDAY, 4, ()) + 8 * HOUR
    assert conclude_by(MONDAY, replace(POLICY, holidays=frozenset())) == (
        opening(MONDAY, 3, ()) + 8 * HOUR)


@pytest.mark.parametrize(("confirm", "days"), [
    (ConfirmSection(failures=1), 3), (ConfirmSection(days=(1, 2)), 4),
    (ConfirmSection(days=(2, 3, 9)), 6), (ConfirmSection(failures=4, days=(1, 1, 3)), 6),
    # the third failure comes by a weekly letter
    (ConfirmSection(days=(1,)), 7)])
def test_where_confirming_takes_longer_by_the_configuration_it_is_due_that_much_later(
    confirm: ConfirmSection, days: int,
) -> None:
    policy = replace(POLICY, confirm=confirm, holidays=frozenset())
    assert conclude_by(MONDAY, policy) == opening(MONDAY, days, ()) + 8 * HOUR
