from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarabanwatch.core.calendar import (
    BANGKOK,
    after_office_hours,
    in_office_hours,
    thai_date,
    working_day,
)

ANCHOR = date(2026, 2, 17)
COUPS = frozenset({date(2026, 4, 13), date(2026, 4, 14), date(2026, 4, 15)})      # Songkran
# hypothesis wants bounds without a zone
BOUNDS = datetime(2020, 1, 1), datetime(2040, 1, 1)     # noqa: DTZ001
moments = st.datetimes(*BOUNDS).map(lambda naive: naive.replace(tzinfo=BANGKOK))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BANGKOK)


@pytest.mark.parametrize(("start", "hours", "end"), [
    ("2026-01-12 10:00", 1, "2026-01-12 11:00"),        # within a Monday
    ("2026-01-12 08:30", 8, "2026-01-12 16:30"),        # a whole day, to its very end
    ("2026-01-12 10:00", 8, "2026-01-13 10:00"),
    ("2026-01-12 03:00", 1, "2026-01-12 09:30"),        # before the doors open
    ("2026-01-12 16:30", 1, "2026-01-13 09:30"),        # as they close
    ("2026-01-12 22:00", 1, "2026-01-13 09:30"),
    ("2026-01-16 16:00", 1, "2026-01-19 09:00"),        # over a weekend
    ("2026-01-17 12:00", 16, "2026-01-20 16:30"),       # from a Saturday, two whole days
    ("2026-04-10 16:00", 1, "2026-04-16 09:00"),        # over a weekend and Songkran
    ("2026-04-13 10:00", 1, "2026-04-16 09:30"),        # from within a holiday
    ("2026-01-12 10:00", 0, "2026-01-12 10:00"),
    ("2026-01-12 16:30", 0, "2026-01-13 08:30"),        # the day is over
    ("2026-01-12 10:00", 80, "2026-01-26 10:00"),       # two weeks of work
])
def test_office_hours_pass_only_while_offices_are_open(start: str, hours: float, end: str) -> None:
    assert after_office_hours(at(start), hours, COUPS) == at(end)


def test_a_moment_of_any_zone_is_read_as_bangkoks() -> None:
    assert after_office_hours(datetime(2026, 1, 12, 3, tzinfo=UTC), 1, ()) == at("2026-01-12 11:00")
    assert after_office_hours(datetime(2026, 1, 11, 23, tzinfo=UTC), 1,
                              ()) == at("2026-01-12 09:30")


@given(moments, st.integers(1, 60))
def test_a_window_ends_within_the_opening_hours_of_a_working_day(start: datetime,
                                                                 hours: int) -> None:
    end = after_office_hours(start, hours, COUPS)
    assert working_day(end.date(), COUPS)
    assert time(8, 30) < end.time() <= time(16, 30)
    assert end - start >= timedelta(hours=hours)


@given(moments, st.integers(1, 30), st.integers(1, 30))
def test_hours_add_up(start: datetime, some: int, more: int) -> None:
    assert after_office_hours(after_office_hours(start, some, COUPS), more,
                              COUPS) == after_office_hours(
        start, some + more, COUPS)


def test_offices_are_open_from_monday_to_friday_but_for_holidays() -> None:
    week = [date(2026, 4, 13) + timedelta(days=n) for n in range(7)]
    assert [working_day(day, COUPS) for day in week] == [False, False, False, True, True, False,
                                                         False]
    assert [working_day(day, ()) for day in week] == [True] * 5 + [False] * 2


@pytest.mark.parametrize(("moment", "opened"), [
    ("2026-01-12 08:29", False), ("2026-01-12 08:30", True), ("2026-01-12 16:29", True),
    ("2026-01-12 16:30", False),
])
def test_offices_open_and_close_to_the_minute(moment: str, *, opened: bool) -> None:
    assert in_office_hours(at(moment), ()) == opened



@pytest.mark.parametrize(("day", "written"), [
    (date(2025, 12, 23), "๒๓ ธันวาคม ๒๕๖๘"), (date(2026, 1, 1), "๑ มกราคม ๒๕๖๙"),
    (date(2025, 11, 28), "๒๘ พฤศจิกายน ๒๕๖๘")])
def test_a_date_is_written_as_official_letters_do(day: date, written: str) -> None:
    assert thai_date(day) == written
