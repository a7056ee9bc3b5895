"""`census --at` and `agencies --at`: a past day, as it was known then, under the labels of that
day.
"""

import asyncio
import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.test_groups import SHIPPED
from fakes import samples
from fakes.mailroom import CAME, RECEIPT, mailroom
from fakes.samples import HOUR, MONDAY
from sarabanwatch.core.facts.agency import AgencyKind
from sarabanwatch.store import FileLedger, queries, register_table, snapshots

BEFORE, SINCE = CAME - HOUR, CAME + HOUR


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """Two agencies since Monday, of which one gave a receipt number two hours later."""
    return mailroom(tmp_path, RECEIPT)


def told(run: Any, *words: object) -> Any:
    code, out, _ = run(*words, "--json")
    assert code == 0
    return json.loads(out)


def test_a_past_moment_is_counted_as_it_was_known_then(run: Any, room: Path) -> None:
    now = told(run, "census", "-c", room)
    since = told(run, "census", "--at", SINCE.isoformat(), "-c", room)
    assert {key: since[key] for key in ("total", "groups", "buckets", "shares")} == {
        key: now[key] for key in ("total", "groups", "buckets", "shares")}
    before = told(run, "census", "--at", BEFORE.isoformat(), "-c", room)
    assert (before["groups"], before["total"]) == ({"unknown": 2}, 2)
    assert (before["as_of"], before["edition"]) == (BEFORE.isoformat(), "2568-12")
    parts = told(run, "census", "--at", SINCE.isoformat(), "--by", "kind", "-c", room)
    assert parts == told(run, "census", "--by", "kind", "-c", room)


def test_a_past_census_is_the_one_that_is_frozen_of_that_moment(run: Any, room: Path) -> None:
    kept = told(run, "report", "freeze", "--at", "2026-01-12T13:00", "-c", room)
    with queries.asking(room.parent / "ledger.db") as db:
        frozen = snapshots.read(db, snapshots.find(db, str(kept["id"]))).figures
    counted = told(run, "census", "--at", "2026-01-12T13:00", "-c", room)
    assert (frozen.total, frozen.buckets, frozen.shares) == (counted["total"], counted["buckets"],
                                                             counted["shares"])
    assert (
        {group: n for group, n in frozen.groups.items() if n}
        == counted["groups"]
        == {"A1": 1, "unknown": 1}
    )


def test_a_day_alone_is_its_end_and_is_said_in_words(run: Any, room: Path) -> None:
    code, out, _ = run("census", "--at", "2026-01-12", "-c", room)
    assert (code, out.splitlines()[0]) == (
        0, "ณ 12 ม.ค. 2569 23.59 น. (ไทย) · as of 2026-01-12 23:59 +07 (2568-12)")
    assert "  1  A1 " in out


def test_a_past_list_has_the_groups_of_then_and_its_filters(run: Any, room: Path) -> None:
    def listed(*words: object) -> list[tuple[str, str]]:
        rows = map(json.loads, run("agencies", *words, "--json", "-c", room)[1].splitlines())
        return [(row["code"], row["group"]) for row in rows]

    assert listed("--at", BEFORE.isoformat()) == [("1001", "unknown"), ("1002", "unknown")]
    assert listed("--at", SINCE.isoformat()) == listed() == [("1001", "A1"), ("1002", "unknown")]
    assert listed("--at", SINCE.isoformat(), "--group", "A1") == listed("--at", SINCE.isoformat(),
                                                                        "--since",
                                                                        "2026-01-12") == [
        ("1001", "A1")]
    assert listed("--at", SINCE.isoformat(), "--kind", "กรม", "--group",
                  "unknown") == [("1002", "unknown")]
    for none in (("--ministry", "x"), ("--province", "x"), ("--kind", "อบต."),
                 ("--since", "2026-01-13")):
        assert listed("--at", SINCE.isoformat(), *none) == []
    out = room.parent / "out.json"
    assert run("agencies", "--at", BEFORE.isoformat(), "--out", out, "-c", room)[0] == 0
    assert [row["group"] for row in json.loads(out.read_text(encoding="utf-8"))] == ["unknown",
                                                                                     "unknown"]


def test_what_is_yet_to_come_what_was_before_and_what_is_no_day_are_said(run: Any,
                                                                         room: Path) -> None:
    for words, code, said in (
            (("census", "--at", "2099-01-01"), 2, "2099-01-01 23:59 +07 is yet to come"),
            (("census", "--at", "1 มกราคม 2642"), 2, "2099-01-01 23:59 +07 is yet to come"),
            (("census", "--at", "quux"), 2,
             "'quux' is no day: write 2026-03-30, 30/3/2569 or 2026-03-30T16:30"),
            (("agencies", "--at", "2026-01-12", "--host", "x"), 2, "is not kept"),
            (("census", "--at", (MONDAY - timedelta(days=1)).date()), 1,
             "the first register was taken in at 2026-01-12 10:00 +07")):
        got, _, err = run(*words, "-c", room)
        assert (got, said in err) == (code, True)


def test_labels_are_those_of_the_day(run: Any, room: Path) -> None:
    (room.parent / "old.toml").write_text(SHIPPED, encoding="utf-8")
    (room.parent / "new.toml").write_text(
        SHIPPED.replace('"2568-12"', '"2569-02"')
        .replace("2025-12-23", "2026-01-13")
        .replace("พร้อมใช้งาน มีการตอบรับ", "ตอบแล้ว"), encoding="utf-8",
    )
    room.write_text(room.read_text() + '\n[groups]\neditions = ["old.toml", "new.toml"]\n')
    assert "A1  พร้อมใช้งาน มีการตอบรับ" in run("census", "--at", "2026-01-12", "-c", room)[1]
    assert "A1  ตอบแล้ว" in run("census", "--at", "2026-01-13", "-c", room)[1]


def test_places_stand_in_thai_order_and_a_province_is_no_ministry(
    run: Any, tmp_path: Path,
) -> None:
    bodies = [samples.agency("saraban@one.go.test", str(n), kind=kind, province=province,
                             superior=superior, name=f"ที่ {n}")
              for n, (kind, province, superior) in enumerate([
                  (AgencyKind.SUBDISTRICT, "อุตรดิตถ์", "จังหวัดอุตรดิตถ์"),
                  (AgencyKind.SAO, "เชียงราย", "จังหวัดเชียงราย"),
                  (AgencyKind.DEPARTMENT, "กรุงเทพมหานคร", "กระทรวงยุติธรรม")])]
    room = mailroom(tmp_path)

    async def put() -> None:
        with closing(FileLedger(tmp_path / "ledger.db")) as ledger:
            await ledger.write(register_table.replace, samples.register(*bodies, digest="d2"),
                               samples.RULES, CAME)

    asyncio.run(put())
    assert list(told(run, "census", "--by", "province", "-c", room)) == [
        "กรุงเทพมหานคร", "เชียงราย", "อุตรดิตถ์"]
    ministries = told(run, "census", "--by", "ministry", "-c", room)
    assert {name: part["total"] for name, part in ministries.items()} == {
        "กระทรวงยุติธรรม": 1, "องค์กรปกครองส่วนท้องถิ่น": 2}
    assert ministries == told(run, "census", "--by", "ministry", "--at",
                              (CAME + HOUR).isoformat(), "-c", room)
