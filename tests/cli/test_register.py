"""The register's verbs: changes are shown first, too many are refused, all can be undone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.register import books
from fakes.verbs import Run, one_line
from sarabanwatch.cli import acting

HEAD = "รหัส,ชื่อหน่วยงาน,ประเภท,จังหวัด,อีเมล,ลิงก์ประกาศ,อีเมลตามประกาศ,สถานะ,รหัสเดิม"
Rows = dict[str, list[str]]


@pytest.fixture
def rows() -> Rows:
    """Forty agencies, so that one of them is a small share."""
    def row(n: int) -> list[str]:
        address = f"saraban@a{n}.go.test"
        return [f"{n}", f"กรมที่ {n}", "กรม", "กรุงเทพมหานคร", address, f"https://a{n}.test", address,
                "", ""]
    return {str(n): row(n) for n in range(1001, 1041)}


@pytest.fixture
def take(run: Run, config: Path) -> Callable[..., tuple[int, Any]]:
    """Writes a list and imports it; returns exit code and output."""
    def import_(rows: Rows, *words: str) -> tuple[int, Any]:
        path = config.parent / "list.csv"
        path.write_text("\n".join([HEAD, *(",".join(row) for row in rows.values())]),
                        encoding="utf-8")
        code, out, _ = run("register", "import", path, *words, "--json", "-c", config)
        return code, json.loads(out)

    return import_


def changes(told: Any) -> set[tuple[str, str]]:
    return {(one["code"], one["change"]) for one in told["changes"]}


def test_a_first_list_is_taken_and_a_second_one_only_shown(run: Run, config: Path, rows: Rows,
                                                           take: Any) -> None:
    assert take(rows)[1]["applied"]
    rows["1001"][1] = "กรมใหม่"
    code, told = take(rows)
    assert (code, told["applied"], told["refused"]) == (0, False, "")
    assert told["changes"] == [{"code": "1001", "name": "กรมใหม่", "change": "renamed",
                                "was": "กรมที่ 1001", "now": "กรมใหม่"}]
    assert "กรมใหม่" not in run("agencies", "-c", config)[1]
    code, told = take(rows, "--yes")
    assert (code, told["applied"]) == (0, True)
    assert "กรมใหม่" in run("agencies", "-c", config)[1]


def test_every_change_is_shown_by_its_name(rows: Rows, take: Any) -> None:
    rows["1009"][5:7] = ["", ""]
    rows["1012"][7] = "ยกฐานะ"
    take(rows)
    del rows["1002"]
    rows["1003"][1] = "กรมใหม่"
    rows["1004"][2] = "องค์การมหาชน"
    rows["1005"][3] = "ชลบุรี"
    rows["1006"][4] = "saraban@new.go.test"
    rows["1007"][5:7] = ["", ""]
    rows["1008"][5] = "https://other.test"
    rows["1009"][5] = "https://a9.test"
    rows["1010"][7] = "ยกเว้น"
    rows["1011"][7] = "ยกฐานะ"
    rows["1012"][7] = ""
    rows["9999"] = ["9999", *rows["1001"][1:]]
    told = take(rows)[1]
    assert changes(told) == {
        ("1002", "removed"), ("1003", "renamed"), ("1004", "changed kind"), ("1005", "moved"),
        ("1006", "changed address"),
        ("1007", "announcement withdrawn"), ("1008", "announcement changed"),
        ("1009", "announcement given"),
        ("1010", "exempted"), ("1011", "raised"), ("1012", "ordinary again"), ("9999", "added")}
    assert told["refused"] == "10 of 40 agencies (25.0%) would change, more than 5.0%"


def test_too_much_is_refused_with_the_share_and_taken_when_a_person_says_so(
    run: Run, config: Path, rows: Rows, take: Any,
) -> None:
    take(rows)
    half = dict(list(rows.items())[:20])
    code, told = take(half)
    assert (code, told["applied"]) == (1, False)
    assert told["refused"] == "20 of 40 agencies (50.0%) would vanish, more than 5.0%"
    code, _, err = run("register", "import", config.parent / "list.csv", "-c", config)
    assert (code, "20 of 40 agencies (50.0%) would vanish" in err, "--yes" in err) == (1, True,
                                                                                       True)
    assert len(run("agencies", "-c", config)[1].splitlines()) == 40
    assert take(half, "--yes")[0] == 0
    assert len(run("agencies", "-c", config)[1].splitlines()) == 20


def test_a_change_is_dated_undone_and_the_undoing_undone(run: Run, config: Path, rows: Rows,
                                                         take: Any) -> None:
    take(rows)
    before = run("agencies", "--json", "-c", config)[1]
    rows["1001"][4] = "saraban@new.go.test"
    take(rows, "--yes", "--by", "สมชาย")
    after = run("agencies", "--json", "-c", config)[1]
    code, out, _ = run("register", "undo", "--json", "-c", config)
    assert (code, json.loads(out)["applied"], run("agencies", "--json", "-c", config)[1]) == (0,
                                                                                              False,
                                                                                              after)
    assert run("register", "undo", "--yes", "-c", config)[0] == 0
    assert run("agencies", "--json", "-c", config)[1] == before
    assert run("register", "undo", "--yes", "-c", config)[0] == 0
    assert run("agencies", "--json", "-c", config)[1] == after
    told = [json.loads(text) for text in run("register", "history", "--json", "-c",
                                             config)[1].splitlines()]
    user = acting.user()
    assert [(one["import"], one["channel"], one["by"], one["restores"], one["counts"])
            for one in told] == [
        (1, "hand", user, None, {"added": 40}), (2, "hand", "สมชาย", None, {"changed address": 1}),
        (3, "undo", user, 1, {"changed address": 1}), (4, "undo", user, 2, {"changed address": 1})]
    (change,) = json.loads(run("register", "history", "2", "--json", "-c", config)[1])
    assert (change["was"], change["now"]) == ("saraban@a1001.go.test", "saraban@new.go.test")
    assert "saraban@a1001.go.test -> saraban@new.go.test" in run("register", "history", "2", "-c",
                                                                 config)[1]


def test_explain_shows_the_dated_lines(run: Run, config: Path, rows: Rows, take: Any) -> None:
    take(rows)
    rows["1001"][4] = "saraban@new.go.test"
    take(rows, "--yes")
    told = json.loads(run("explain", "1001", "--json", "-c", config)[1])
    assert [(d["thing"], d["value"], d["until"] is None) for d in told["lines"]] == [
        ("agency", "กรมที่ 1001 (กรม)", True), ("address", "saraban@a1001.go.test", False),
        ("address", "saraban@new.go.test", True),
        ("announcement", "https://a1001.test saraban@a1001.go.test", True)]
    said = run("explain", "1001", "--lang", "en", "-c", config)[1]
    assert "until" in said
    assert "saraban@a1001.go.test" in said


def test_nothing_to_go_back_to_is_said(run: Run, config: Path, rows: Rows, take: Any) -> None:
    take(rows)
    code, _, err = run("register", "undo", "--yes", "-c", config)
    assert (code, one_line(err)) == (
        1, "there was no import before the last one: nothing to go back to")
    code, _, err = run("register", "history", "7", "-c", config)
    assert (code, one_line(err)) == (1, "there is no import 7; `register history` lists all")


# --- what had to be interpreted is kept -----------------------------------------------------------

ODD = """รหัส,ชื่อหน่วยงาน,ประเภท,จังหวัด,อีเมล
6110101,อบต.หนึ่ง,อบต.,ชลบุรี,saraban@one.go.test
6110102,อบต.สอง,อบต.,สมุทรปราการ,saraban@two.go.test
"6,110,103",อบต.สาม,อบต.,,saraban@three.go.test
"""


@pytest.fixture
def odd(run: Run, config: Path) -> Path:
    """A ledger whose first import had to be interpreted, and whose second puts that right."""
    first, second = config.parent / "odd.csv", config.parent / "even.csv"
    first.write_text(ODD, encoding="utf-8")
    second.write_text(
        ODD.replace("ชลบุรี", "สมุทรปราการ").replace(
            '"6,110,103",อบต.สาม,อบต.,', "6110103,อบต.สาม,อบต.,สมุทรปราการ"
        ),
        encoding="utf-8",
    )
    for file in (first, second):
        assert run("register", "import", file, "--yes", "-c", config)[0] == 0
    return config


def test_row_notes_are_kept_with_their_import_and_shown(run: Run, odd: Path) -> None:
    told = json.loads(run("register", "history", "--notes", 1, "--json", "-c", odd)[1])
    assert {row["code"]: [note["column"] for note in row["notes"]] for row in told["rows"]} == {
        "6110101": ["จังหวัด"], "6110103": ["รหัสหน่วยงาน", "จังหวัด"]}
    assert told["rows"][0]["notes"][0]["th"] == "ระบุ ชลบุรี แต่รหัสอยู่ในจังหวัดสมุทรปราการ"
    assert (told["source"], told["rows"][1]["line"]) == ("odd.csv", 4)
    said = run("register", "history", "--notes", 1, "-c", odd)[1]
    assert "odd.csv: มีข้อสังเกต 2 แถว จาก 3" in said
    assert "6110103  อบต.สาม: รหัสหน่วยงาน: อ่านเป็น '6110103' จาก '6,110,103'" in said


def test_what_is_put_right_is_noted_no_more_and_an_undo_brings_its_notes_back(run: Run,
                                                                              odd: Path) -> None:
    def noted(code: str) -> list[str]:
        return [note["en"] for note in json.loads(run("agency", "show", code, "--json", "-c",
                                                      odd)[1])["notes"]]

    assert json.loads(run("register", "history", "--notes", 2, "--json", "-c",
                          odd)[1])["rows"] == []
    assert noted("6110101") == noted("6110102") == []
    run("register", "undo", "--yes", "-c", odd)
    assert noted("6110101") == ["ชลบุรี, but the code is one of สมุทรปราการ"]
    assert "ข้อสังเกตของแถว" in run("agency", "show", "6110101", "-c", odd)[1]
    assert len(json.loads(run("register", "history", "--notes", 3, "--json", "-c",
                              odd)[1])["rows"]) == 2


def test_notes_of_an_import_that_was_not_are_1(run: Run, odd: Path) -> None:
    code, _, err = run("register", "history", "--notes", 9, "-c", odd)
    assert (code, "there is no import 9" in err) == (1, True)


def test_the_sheet_that_was_read_is_named_and_those_that_were_not(run: Run, config: Path) -> None:
    table: list[list[object]] = [line.split(",") for line in ODD.splitlines()[:3]]
    file = config.parent / "book.xlsx"
    file.write_bytes(books.xlsx([["สารบัญ"]], more={"ปี 2568": table[:2], "ปี 2569": table}))
    for words, rows, said in (
        ((), 1, "sheet 'ปี 2568' read; not read: 'ทะเบียน', 'ปี 2569'; --sheet NAME reads another"),
        (
            ("--sheet", "ปี 2569"), 2,
            "sheet 'ปี 2569' read; not read: 'ทะเบียน', 'ปี 2568'; --sheet NAME",
        ),
    ):
        told = json.loads(run("register", "import", file, *words, "--json", "-c", config)[1])
        assert (told["rows"], said in told["notes"][0]["en"]) == (rows, True)
        assert said in run("register", "check", file, *words)[1]
        assert said in run("register", "import", file, *words, "-c", config)[1]
    code, _, err = run("register", "import", file, "--sheet", "x", "-c", config)
    assert (code, "no sheet 'x'; it has 'ทะเบียน', 'ปี 2568', 'ปี 2569'" in err) == (65, True)
