from datetime import date

import pytest

from sarabanwatch.edge.offdays import closed

DAYS = closed([2026], (), ())


@pytest.mark.parametrize("day", [
    date(2026, 1, 1), date(2026, 3, 3), date(2026, 4, 6), date(2026, 4, 13), date(2026, 4, 14),
    date(2026, 4, 15),
    date(2026, 5, 4), date(2026, 5, 13), date(2026, 6, 3), date(2026, 7, 28), date(2026, 8, 12),
    date(2026, 10, 13),
    date(2026, 10, 23), date(2026, 12, 10), date(2026, 12, 31)])
def test_offices_are_closed_on_public_holidays_and_on_the_ploughing_day(day: date) -> None:
    assert day in DAYS


@pytest.mark.parametrize("day", [date(2026, 5, 1), date(2026, 1, 5), date(2026, 2, 17),
                                 date(2026, 5, 12)])
def test_offices_are_open_on_labour_day_and_on_ordinary_days(day: date) -> None:
    assert day not in DAYS


def test_only_the_years_asked_for_are_told() -> None:
    assert {day.year for day in DAYS} == {2026}
    assert {day.year for day in closed(range(2025, 2028), (), ())} == {2025, 2026, 2027}


def test_the_cabinet_adds_days_and_takes_days_away() -> None:
    added, removed = date(2026, 1, 2), date(2026, 1, 1)
    days = closed([2026], [added], [removed])
    assert days ^ DAYS <= {added, removed}
    assert added in days
    assert removed not in days


def test_what_is_both_added_and_removed_is_closed() -> None:
    day = date(2026, 1, 2)
    assert day in closed([2026], [day], [day])
