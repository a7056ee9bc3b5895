"""Whose testing is paused is told on their pages: until when, and what that means."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from fakes.archive import NOW
from fakes.site import a_country, a_face, page
from sarabanwatch.core.sending.pausing import Pause, Reach
from sarabanwatch.core.sending.weekly import Weekly
from sarabanwatch.page import Site

HOUR = timedelta(hours=1)
UNTIL = datetime(2026, 3, 5, 21, 0, tzinfo=NOW.tzinfo)     # 04.00 of the 6th in Bangkok


def paused(level: Reach, key: str = "", codes: frozenset[str] = frozenset(),
           **how: object) -> Site:
    given = {"since": NOW - HOUR, "until": UNTIL, "every": None} | how
    pause = Pause(1, level, key, NOW - HOUR, by="สมศรี", why="ความลับ",
                  **given)     # type: ignore[arg-type]  # as its fields are
    archive = a_country()
    return Site(archive, a_face(), replace(archive.country(), pauses=((pause, codes),)))


def tells(site: Site, path: str) -> bool:
    """Say whether a page tells of a pause, the same in both languages; never who or why."""
    thai, english = page(site, path), page(site, f"en/{path}")
    says = "พักการทดสอบ" in thai
    assert says is ("Testing is paused" in english)
    assert "ความลับ" not in thai + english
    assert "สมศรี" not in thai + english
    return says


@pytest.mark.parametrize("site", [
    paused(Reach.AGENCY, "a2", frozenset({"a2"})), paused(Reach.HOST, "mx.test", frozenset({"a2"})),
    paused(Reach.MINISTRY, "จังหวัดเชียงใหม่", frozenset({"a2"}))])
def test_an_agency_that_is_paused_is_told_and_no_other(site: Site) -> None:
    assert [tells(site, f"agency/{slug}.html") for slug in ("a2", "a1")] == [True, False]
    assert "พักการทดสอบถึง 6 มีนาคม 2569 เวลา 04.00 น." in page(site, "agency/a2.html")
    assert "Testing is paused until 6 March 2026, 04:00" in page(site, "en/agency/a2.html")
    assert "When the pause is over: 6 March 2026, 04:00" in page(site, "en/agency/a2.html")


def test_the_page_of_a_ministry_or_province_tells_of_its_own_pause_and_of_one_for_all() -> None:
    ministry = paused(Reach.MINISTRY, "จังหวัดเชียงใหม่")
    (sheet,) = [each for each in ministry.site_index["ministry"].values()
                if each.thai == "จังหวัดเชียงใหม่"]
    (province,) = [each for each in ministry.site_index["province"].values()
                   if each.thai == "เชียงใหม่"]
    paths = [f"ministry/{sheet.slug}.html", f"province/{province.slug}.html", "index.html"]
    assert [tells(ministry, path) for path in paths] == [True, False, False]
    of_it = paused(Reach.PROVINCE, "เชียงใหม่")
    assert [tells(of_it, path) for path in paths] == [False, True, False]
    for level in (Reach.ALL, Reach.LETTERS):
        assert [tells(paused(level), path) for path in paths] == [True] * 3
        assert tells(paused(level), "agency/a1.html")


@pytest.mark.parametrize("how", [
    {"since": NOW + HOUR}, {"until": NOW - timedelta(minutes=1)},
    {"every": Weekly.read("sat 22:00-04:00")}], ids=["to come", "over", "not in these hours"])
def test_one_that_is_not_in_force_is_not_told(how: dict[str, object]) -> None:
    assert not tells(paused(Reach.LETTERS, **how), "agency/a1.html")


def test_one_without_an_end_is_for_the_time_being() -> None:
    site = paused(Reach.LETTERS, until=None)
    assert "Testing is paused for the time being" in page(site, "en/agency/a1.html")
    assert "พักการทดสอบชั่วคราว" in page(site, "agency/a1.html")
