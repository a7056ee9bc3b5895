"""Editions of the groups: what the next one would change; each is in force from its day."""

import asyncio
import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from fakes.mailroom import RECEIPT, mailroom
from sarabanwatch import settings, store
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.papers.comparison import Direction, compare
from sarabanwatch.settings import Misconfigured
from sarabanwatch.store import queries, snapshots
from sarabanwatch.wiring import Components
from sarabanwatch.wiring.site import static_site

Run = Callable[..., tuple[int, str, str]]
SHIPPED = settings.shipped("groups.toml").read_text(encoding="utf-8")


def edition(folder: Path, name: str, *changes: tuple[str, str]) -> Path:
    text = SHIPPED
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def next_one(folder: Path, *changes: tuple[str, str]) -> Path:
    return edition(folder, "next.toml", ('id = "2568-12"', 'id = "2569-10"'),
                   ("2025-12-23", "2026-10-01"), *changes)


def test_what_an_edition_would_change_is_shown_and_nothing_is_changed(run: Run,
                                                                      imported: Path) -> None:
    to_raised = ('[groups.unknown]\nbucket = "unknown"\nth = "ยังไม่ทราบผล"',
                 '[groups.unknown]\nbucket = "raised"\nth = "รอผล"')
    path = next_one(imported.parent, to_raised)
    told: Any = json.loads(run("groups", "check", path, "--json", "-c", imported)[1])
    assert (told["edition"], told["valid_from"], told["in_force"]) == ("2569-10", "2026-10-01",
                                                                       "2568-12")
    assert told["words"] == [{"group": "unknown", "key": "bucket", "was": "unknown",
                              "now": "raised"},
                             {"group": "unknown", "key": "th", "was": "ยังไม่ทราบผล", "now": "รอผล"}]
    assert told["counts"] == {"before": {"unknown": 2}, "after": {"raised": 2}}
    assert [(one["code"], one["was"], one["now"]) for one in told["moved"]] == [
        ("1001", "unknown", "raised"), ("1002", "unknown", "raised")]
    code, out, _ = run("groups", "check", path, "-c", imported)
    assert (code, "unknown        2 ->       0" in out) == (0, True)


def test_each_edition_holds_from_its_day_on(config: Path) -> None:
    next_one(config.parent, ("พร้อมใช้งาน ไม่มีการตีกลับ", "ส่งถึงแล้ว"))
    edition(config.parent, "first.toml")
    config.write_text(config.read_text() + '\n[groups]\neditions = ["next.toml", "first.toml"]\n')
    components = Components(config)
    assert [components.groups_on(date(2026, 9, 30)).id,
            components.groups_on(date(2026, 10, 1)).id] == ["2568-12", "2569-10"]
    assert [
        components.rules.edition(datetime(2026, 9, 30, hour, tzinfo=UTC)).split()[-1]
        for hour in (16, 17)
    ] == ["2568-12", "2569-10"]
    # before the first, the first
    assert components.groups_on(date(2020, 1, 1)).id == "2568-12"
    assert components.groups_on(date(2026, 10, 1)).groups["A2"].th == "ส่งถึงแล้ว"


@pytest.mark.parametrize(("change", "why"), [
    (("[groups.W]", "[groups.X]"), "groups: W, X: lacking, or unknown"),
    (('bucket = "raised"', 'bucket = "else"'),
     "bucket: 'else' is none; use one of ready, mend, raised, unknown"),
])
def test_an_edition_that_lacks_something_is_refused(tmp_path: Path, change: tuple[str, str],
                                                    why: str) -> None:
    with pytest.raises(Misconfigured, match=why):
        settings.editions([next_one(tmp_path, change)])


def test_two_editions_of_one_day_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="another edition holds from 2025-12-23 on"):
        settings.editions([edition(tmp_path, "a.toml"), edition(tmp_path, "b.toml")])


def test_an_edition_counts_from_its_day_on_and_the_past_by_its_own(run: Run,
                                                                   tmp_path: Path) -> None:
    room = mailroom(tmp_path, RECEIPT)      # on 12 January, 1001 turns A1; 1002 is not known yet
    edition(tmp_path, "first.toml")
    edition(tmp_path, "next.toml", ('id = "2568-12"', 'id = "2569-10"'),
            ("2025-12-23", "2026-01-13"),
            ('[groups.A1]\nbucket = "ready"', '[groups.A1]\nbucket = "mend"'))
    room.write_text(room.read_text() + '\n[groups]\neditions = ["next.toml", "first.toml"]\n')

    def told(*words: str) -> Any:
        code, out, _ = run(*words, "--json", "-c", room)
        assert code == 0
        return json.loads(out)

    assert [told("census", "--at", f"2026-01-{day}")["buckets"]["mend"] for day in (12, 13)] == [0,
                                                                                                 1]
    assert told("census")["buckets"] == {"ready": 0, "mend": 1, "raised": 0, "unknown": 1}
    assert told("census", "--by", "kind")["กรม"]["buckets"]["mend"] == 1
    for day in (12, 13):
        told("report", "freeze", "--at", f"2026-01-{day}T23:00")
    with queries.asking(tmp_path / "ledger.db") as db:
        before, after = (snapshots.read(db, snapshots.find(db, number)) for number in "12")
    assert [(s.rules["groups"], s.figures.buckets["ready"])
            for s in (before, after)] == [("2568-12", 1), ("2569-10", 0)]
    assert [move.direction for move in compare(before, after)] == [Direction.RULES, Direction.SAME]
    assert [row.code for row in after.to_mend] == ["1001"]
    moves = {row["label"]: row["count"] for row in told("report", "show", "2")["report"]["moves"]}
    assert moves["จัดกลุ่มใหม่เพราะหลักเกณฑ์เปลี่ยน"] == 1
    site = static_site(room)
    assert site.edition.bucket(Group.A1) == "mend"
    assert json.loads(site.document("data/census.json").body)["buckets"]["mend"] == 1
    assert b'class="verdict mend"' in site.document("agency/1001.html").body


def test_only_the_exempt_stand_beside_the_total(tmp_path: Path) -> None:
    for change in (('[groups.W]\nbucket = "raised"', '[groups.W]\nbucket = ""'),
                   ('[groups.exempt]\nbucket = ""', '[groups.exempt]\nbucket = "mend"')):
        with pytest.raises(Misconfigured, match="only exempt stands beside the total, and it does"):
            settings.editions([next_one(tmp_path, change)])


def test_two_editions_of_one_name_are_refused(tmp_path: Path) -> None:
    other = edition(tmp_path, "b.toml", ("2025-12-23", "2026-10-01"))
    with pytest.raises(
        Misconfigured, match="another edition is called '2568-12'; snapshots tell them apart by it"
    ):
        settings.editions([edition(tmp_path, "a.toml"), other])


def test_counts_are_rolled_up_by_ministry_province_and_kind(run: Run, imported: Path) -> None:
    told: Any = json.loads(run("census", "--by", "kind", "--json", "-c", imported)[1])
    assert {kind: part["total"] for kind, part in told.items()} == {"กรม": 2}
    assert run("census", "--by", "ministry", "-c", imported)[1].splitlines()[1].split()[:2] == ["2",
                                                                                                "0"]
    assert "not named" in run("census", "--by", "province", "-c", imported)[1]


def test_an_edition_that_the_ledger_holds_is_not_in_force_for_any_verb(run: Run,
                                                                       imported: Path) -> None:
    path = next_one(imported.parent, ("2026-10-01", "2026-01-01"))
    edition(imported.parent, "first.toml")
    imported.write_text(imported.read_text()
                        + f'\n[groups]\neditions = ["first.toml", "{path.name}"]\n')
    assert Components(imported).groups.id == "2569-10"

    async def hold() -> None:
        with closing(Components(imported).ledger()) as ledger:
            await ledger.write(store.incidents.hold_edition, "2569-10", {Group.UNKNOWN},
                               datetime(2026, 1, 1, tzinfo=UTC))

    asyncio.run(hold())
    assert Components(imported).groups.id == "2568-12"
    assert "edition of the groups 2569-10" in run("incidents", "list", "--lang", "en", "-c",
                                                  imported)[1]
    assert "held in their last group by incident 1: groups 2569-10" in run("census", "-c",
                                                                           imported)[1]
    assert json.loads(run("census", "--json", "-c", imported)[1])["held"] == [
        {"incident": 1, "scope": "groups", "key": "2569-10", "agencies": 2}]
    assert run("incidents", "release", "1", "--by", "Somchai", "-c", imported)[0] == 0
    assert Components(imported).groups.id == "2569-10"
