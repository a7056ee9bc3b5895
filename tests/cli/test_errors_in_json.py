"""Who asks for JSON is told what is wrong as JSON: one object on stderr, and nothing on stdout."""

import json
import re
from pathlib import Path

import pytest

from fakes.verbs import Run

THAI = re.compile("[ก-๛]")
# what is typed; the remedy, in both languages; how to get help
REFUSED = {
    "agency show x": (1, "ดูรายชื่อทั้งหมดด้วย `agencies`", "`agencies` lists all", ""),
    "agency show กรม": (1, "ให้ระบุรหัสของหน่วยงานเดียว:\n  1001  กรมหนึ่ง\n  1002  กรมสอง",
                        "give the code of one:\n  1001  กรมหนึ่ง\n  1002  กรมสอง", ""),
    "status -c /none.toml": (78, "ให้ระบุไฟล์ตั้งค่าด้วย --config FILE",
                             "name a configuration with --config FILE", ""),
    "explain": (2, "", "", "sarabanwatch explain --help"),
    "explain 1001 --jsn": (2, "หมายถึง '--json' หรือไม่", "Did you mean '--json'?",
                           "sarabanwatch explain --help"),
    "explain 1001 --lang e": (2, "หมายถึง 'en' หรือไม่", "did you mean 'en'?",
                              "sarabanwatch explain --help"),
    "census --at 2999-01-01x": (2, "", "", "sarabanwatch census --help"),
    "statsu": (2, "หมายถึง 'status' หรือไม่", "Did you mean 'status'?", "sarabanwatch --help"),
    "register qqq": (2, "ให้ใช้ check, history, import, undo", "It has check, history, import, undo.",
                     "sarabanwatch register --help"),
    "--nix status": (2, "", "", "sarabanwatch --help"),
}


@pytest.mark.parametrize("typed", REFUSED)
def test_an_error_is_one_object_on_stderr_for_whoever_asked_for_json(
    run: Run, imported: Path, monkeypatch: pytest.MonkeyPatch, typed: str,
) -> None:
    monkeypatch.setenv("SARABANWATCH_CONFIG", str(imported))
    exit_code, thai, english, help_ = REFUSED[typed]
    code, out, err = run(*typed.split(), "--json")
    assert (code, out, err.count("\n")) == (exit_code, "", 1)
    error = json.loads(err)["error"]
    assert list(error) == ["exit_code", "th", "en", "remedy_th", "remedy_en", "help"]
    assert (error["exit_code"], error["remedy_th"], error["remedy_en"], error["help"]) == (
        exit_code, thai, english, help_)
    assert THAI.search(error["th"])
    assert not re.search(r"[a-z]+ [a-z]+ [a-z]+ ", error["th"])
    assert not error["en"].startswith("sarabanwatch: ")
    assert error["en"].endswith(english)


def test_wrong_words_are_told_in_the_language_that_was_asked_for(run: Run) -> None:
    for asked in (["--lang", "en"], ["--lang=en"]):
        for typed in (["explain", "--nix"], ["statsu"]):
            code, out, err = run(*typed, *asked)
            assert (code, out) == (2, "")
            assert not THAI.search(err)


def test_a_journal_is_told_in_words_for_people_read_it(
    run: Run, imported: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sarabanwatch.cli._priority", lambda: "<3>")
    assert run("agency", "show", "x", "--json", "-c", imported)[2].startswith("<3>sarabanwatch: no")
