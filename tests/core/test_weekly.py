"""Hours of the week, as people write them."""

from datetime import datetime, time

import pytest

from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.sending.weekly import Span, Weekly

SATURDAY = datetime(2026, 3, 7, tzinfo=BANGKOK)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return SATURDAY.replace(day=day, hour=hour, minute=minute)


@pytest.mark.parametrize(("text", "means"), [
    ("sat 22:00-04:00", "sat 22:00-04:00"), ("Saturday 22.00 - 04.00", "sat 22:00-04:00"),
    ("เสาร์ 22:00-04:00", "sat 22:00-04:00"), ("วันเสาร์ 22.00–24.00", "sat 22:00-00:00"),
    ("mon,thu 12:00-13:00", "mon,thu 12:00-13:00"), ("พฤ. จ. 9:00-9:30", "mon,thu 09:00-09:30"),
    ("daily 01:00-02:00", "daily 01:00-02:00"), ("ทุกวัน 0:00-24:00", "daily 00:00-00:00"),
])
def test_hours_are_read_in_either_language_and_written_one_way(text: str, means: str) -> None:
    assert str(Weekly.read(text)) == means
    assert Weekly.read(means) == Weekly.read(text)


@pytest.mark.parametrize(("text", "why"), [
    ("sat", "names no hours: write sat 22:00-04:00"), ("satday 22:00-04:00", "names no hours"),
    ("sat 25:00-26:00", "25:00 is no time of a day"), ("", "names no hours"),
    ("sat 22:61-23:00", "no time of a day"), ("31 22:00-23:00", "names no hours"),
])
def test_what_names_no_hours_is_refused_with_how_to_write_it(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Weekly.read(text)


def test_hours_that_pass_midnight_end_on_the_next_day() -> None:
    night = Weekly(frozenset({5}), time(22), time(4))
    assert list(night.spans(at(7, 12), at(9, 0))) == [Span(at(7, 22), at(8, 4))]
    assert list(night.spans(at(8, 3), at(8, 3, 30))) == [Span(at(7, 22), at(8, 4))]
    assert list(night.spans(at(8, 4), at(8, 9))) == []


def test_a_day_of_24_hours_has_no_gap_to_the_next() -> None:
    always = Weekly.read("daily 00:00-24:00")
    spans = list(always.spans(at(7, 12), at(9, 12)))
    assert spans == [Span(at(day, 0), at(day + 1, 0)) for day in (7, 8, 9)]
