"""How the country stood at the end of each round, and what has moved since."""

from datetime import datetime, timedelta

import pytest

from fakes.archive import BECAUSE, NOW, MemoryArchive, listing
from sarabanwatch.core.judging.census import BUCKETS
from sarabanwatch.core.judging.group import Group, Transition
from sarabanwatch.core.page import trend
from sarabanwatch.core.page.site_index import site_index
from sarabanwatch.core.page.trend import Course, TrendPoint, course, moments, moved
from sarabanwatch.core.rounds import Timetable

DAYS = [NOW - timedelta(days=n) for n in range(10)]


def turn(number: int, code: str, was: Group | None, now: Group, at: datetime) -> Transition:
    return Transition(number, code, was, now, BECAUSE[now], at)


def test_the_past_is_told_by_undoing_what_changed_since() -> None:
    listings = [listing("1", "หนึ่ง", Group.A1), listing("2", "สอง", Group.D2),
                listing("3", "สาม", Group.E)]
    turns = [turn(1, "1", None, Group.D2, DAYS[8]), turn(2, "2", None, Group.A2, DAYS[7]),
             turn(3, "1", Group.D2, Group.A1, DAYS[3]),
             turn(4, "2", Group.A2, Group.D2, DAYS[2]), turn(5, "gone", None, Group.A1, DAYS[1])]
    weekly = tuple(Timetable(DAYS[n].date(), 6).slot(DAYS[n]) for n in (9, 5, 1))
    told = moments(MemoryArchive(listings, turns, rounds=weekly).country())
    assert [(each.at, dict(each.groups)) for each in told] == [
        (weekly[1].starts, {"1": Group.D2, "2": Group.A2, "3": Group.E}),
        (weekly[2].starts, {"1": Group.A1, "2": Group.D2, "3": Group.E}),
        (NOW, {"1": Group.A1, "2": Group.D2, "3": Group.E})]


def test_of_a_ledger_that_knows_nothing_there_is_no_moment() -> None:
    country = MemoryArchive([]).country()
    assert [each.at for each in moments(country)] == [country.at]
    assert moments(type(country)((), (), None)) == []


@pytest.mark.parametrize(("was", "now", "means"), [
    (None, Group.D1, Course.LEARNT), (Group.UNKNOWN, Group.A1, Course.LEARNT),
    (Group.A1, Group.D2, Course.WORSENED), (Group.D2, Group.A2, Course.MENDED),
    (Group.W, Group.A1, Course.MENDED), (Group.D1, Group.D3, Course.SHIFTED),
    (Group.A2, Group.A1, Course.SHIFTED), (Group.A1, Group.UNKNOWN, Course.SHIFTED),
    (Group.A1, Group.W, Course.SHIFTED)])
def test_a_change_of_group_has_one_meaning(was: Group | None, now: Group, means: Course) -> None:
    assert course(was, now, BUCKETS) is means


def test_what_moved_is_counted_by_agency_and_not_by_change() -> None:
    before = TrendPoint(DAYS[5], {"1": Group.A1, "2": Group.D2, "3": Group.UNKNOWN, "4": Group.E})
    now = TrendPoint(NOW, {"1": Group.D1, "2": Group.A1, "3": Group.A2, "4": Group.E})
    assert moved(before, now, BUCKETS) == {Course.WORSENED: 1, Course.MENDED: 1, Course.SHIFTED: 0,
                                           Course.LEARNT: 1}


def test_what_is_ranked_has_its_floor_and_stands_once() -> None:
    ready = {"ลำพูน": 12, "ลำปาง": 6, "แพร่": 3, "น่าน": 9}
    listings = [listing(f"{name}{n}", name, Group.A1 if n < of else Group.D2, province=name)
                for name, of in ready.items() for n in range(9 if name == "น่าน" else 12)]
    lowest, highest = trend.ranked(site_index(listings)["province"].values())
    assert [sheet.thai for sheet in lowest] == ["แพร่"]
    assert [sheet.thai for sheet in highest] == ["ลำพูน"]      # of nine alone, น่าน is not ranked
