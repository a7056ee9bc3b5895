"""`holidays`: listed with where they are from, declared by name, and taken away."""

import json
from pathlib import Path

import pytest

from fakes.verbs import Run

BY = ("--by", "สมชาย", "--why", "มติคณะรัฐมนตรี")


def test_a_day_is_declared_listed_and_taken_away(run: Run, imported: Path) -> None:
    code, out, err = run("holidays", "add", "1/7/2642", *BY, "--lang", "en", "-c", imported)
    assert code == 0, err
    assert out == "2099-07-01 is a holiday\nwindows that run, and moved: 0\n"
    listed = run("holidays", "list", "--year", "2642", "-c", imported)[1]
    assert " 1 ก.ค. 2642  พ.    มติคณะรัฐมนตรี (บันทึกโดย สมชาย)" in listed
    days = [json.loads(line) for line in
            run("holidays", "list", "--year", "2099", "--json", "-c", imported)[1].splitlines()]
    assert {day["source"] for day in days} == {"package", "declared"}
    code, _, err = run("holidays", "remove", "2099-07-01", *BY, "-c", imported)
    assert code == 0, err
    assert "เปิดทำการ" in run("holidays", "list", "--year", "2099", "-c", imported)[1]


def test_a_public_holiday_can_be_taken_away_too(run: Run, imported: Path) -> None:
    assert run("holidays", "remove", "2099-04-13", *BY, "-c", imported)[0] == 0
    gone = [json.loads(line) for line in
            run("holidays", "list", "--year", "2099", "--json", "-c", imported)[1].splitlines()]
    assert [day["day"] for day in gone if not day["closed"]] == ["2099-04-13"]


@pytest.mark.parametrize(("words", "complaint"), [
    (("add", "2099-04-13", *BY), "2099-04-13 is a holiday already"),
    (("remove", "2099-07-01", *BY), "2099-07-01 is no holiday"),
    (("add", "nonsense", *BY), "nonsense"),
    (("add", "2099-07-01", "--by", "x", "--why", " "), "say it in words"),
])
def test_what_is_so_already_or_is_no_day_is_refused(
    run: Run, imported: Path, words: tuple[str, ...], complaint: str,
) -> None:
    code, _, err = run("holidays", *words, "-c", imported)
    assert code != 0
    assert complaint in err
