"""The report's first page: causes that sum to what is to mend, next steps, the way here, a map."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fakes.census import CUT, FINAL, OFFICE, QUOTE, office, row, snapshot
from sarabanwatch.core.facts.agency import AgencyKind
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.papers.findings import (
    CAUSES,
    MANY,
    ROUNDS,
    causes,
    covering,
    proposals,
    tiles,
    trend,
    worst,
)

FULL = (replace(QUOTE, meaning="กล่องจดหมายเต็ม"),)


@pytest.mark.parametrize(("group", "quotes", "name"), [
    ("D1", (), "โดเมนรับอีเมลไม่ได้"), ("D2", (), "ไม่มีกล่องจดหมาย"), ("D3", FULL, "กล่องจดหมายเต็ม"),
    ("D3", (QUOTE,), "จำกัดผู้ส่ง ขนาด หรือตัวกรอง"), ("D3", (), "จำกัดผู้ส่ง ขนาด หรือตัวกรอง"),
    ("B1", (), "รูปแบบอีเมลไม่ถูกต้อง"), ("B2", (), "รูปแบบอีเมลไม่ถูกต้อง"), ("B3", (), "รูปแบบอีเมลไม่ถูกต้อง"),
    ("C", (), "ไม่มีประกาศ หรือประกาศไม่ตรง"), ("E", (), "ไม่มีประกาศ หรือประกาศไม่ตรง"),
])
def test_each_agency_to_mend_has_one_cause(group: str, quotes: tuple[object, ...],
                                           name: str) -> None:
    found = causes(snapshot(row("1", group, quotes=quotes), row("2", "A1")))
    assert [cause["name"] for cause in found if cause["count"]] == [name]


def test_the_causes_sum_to_what_is_to_mend_under_any_edition() -> None:
    every = [row(str(n), group) for n, group in enumerate(Group)]
    for told in (snapshot(*every), snapshot(*every, moved={"W": "mend"})):
        counts = [cause["count"] for cause in causes(told)]
        assert sum(map(int, map(str, counts))) == told.figures.buckets["mend"]
    assert causes(snapshot(*every, moved={"W": "mend"}))[-1]["name"] == CAUSES[-1].name


def test_the_next_steps_name_how_many_and_until_when() -> None:
    told = snapshot(row("1", "D2"), row("2", "E", kind=AgencyKind.SAO.value))
    said = proposals(told, office(deadline_days=45))
    assert "๒ หน่วยงาน ให้แก้ไขภายใน ๔๕ วัน" in said[0]
    assert "๑ แห่ง" in said[1]


def test_the_trend_goes_from_the_oldest_round_to_this_one() -> None:
    now = snapshot(row("1"), row("2", "E"))
    earlier = [replace(snapshot(row("1", "E"), row("2", "E")), as_of=CUT - timedelta(weeks=6 * n))
               for n in range(1, 12)]
    shown = trend(now, earlier)
    assert len(shown) == ROUNDS
    assert shown[-1] == {"day": "๒๒ ธันวาคม ๒๕๖๘", "share": 50.0, "shown": "50.0"}
    assert shown[-2]["day"] == "๑๐ พฤศจิกายน ๒๕๖๘"


def test_the_map_has_a_tile_for_each_province_and_says_nothing_where_nothing_is_known() -> None:
    shown = tiles(snapshot(row("1", province="ตาก"), row("2", "E", province="จังหวัดตาก")))
    assert len(shown) == 77
    assert [tile["share"] for tile in shown if tile["share"] is not None] == [50.0]
    assert {tile["shade"] for tile in shown} == {-1, 1}


def test_the_worst_provinces_are_ranked_among_those_with_enough_agencies() -> None:
    few = [row(f"f{n}", "E", province="ตาก") for n in range(MANY - 1)]
    many = [row(f"{p}{n}", "E" if n < bad else "A1", province=p)
            for p, bad in (("น่าน", 3), ("แพร่", 9), ("เลย", 3)) for n in range(MANY)]
    assert [(w["name"], w["share"]) for w in worst(snapshot(*few, *many))] == [
        ("แพร่", "55.0"), ("น่าน", "85.0"), ("เลย", "85.0")]


def test_the_covering_letter_leaves_room_for_a_number_of_its_own() -> None:
    facts = covering(snapshot(row("1")), OFFICE, FINAL, "หนึ่ง\n\nสอง")
    assert (facts["to"], facts["number"]) == ("เลขาธิการคณะรัฐมนตรี", "")
    assert facts["body"] == ["หนึ่ง", "สอง"]
