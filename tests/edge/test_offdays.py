from datetime import date

import pytest

from sarabanwatch.core.calendar import OffDays
from sarabanwatch.edge.offdays import closed, named

DAYS = closed(2026)


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


def test_a_year_is_told_when_it_is_asked_for_in_both_languages() -> None:
    assert {day.year for day in DAYS} == {2026}
    assert {day.year for day in closed(2031)} == {2031}
    assert named(2026, "th")[date(2026, 4, 13)] == "วันสงกรานต์"
    assert named(2026, "en").keys() == named(2026, "th").keys() == DAYS


def test_the_cabinet_adds_days_and_takes_days_away_and_a_person_has_the_last_word() -> None:
    added, removed, opened = date(2026, 1, 2), date(2026, 1, 1), date(2026, 4, 13)
    days = OffDays(closed, {added: True, removed: False}, {opened: False})
    assert [day in days for day in (added, removed, opened, date(2026, 4, 14))] == [True, False,
                                                                                  False, True]
    days.declared = {removed: True}
    assert [day in days for day in (removed, opened)] == [True, True]
