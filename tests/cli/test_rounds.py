"""`rounds`: listed and shown, opened, ended, skipped, extra ones for some; another timetable."""

import json
from pathlib import Path
from typing import Any

import pytest

from fakes.verbs import Run

BY = ("--by", "สมชาย", "--why", "เหตุผล")


@pytest.fixture
def dated(imported: Path) -> Path:
    """A configuration with a register, ten days into its round."""
    clock = ("\n[clock]\nrate = 0.000001\nbegan = 2026-01-01T00:00:00Z\n"
             "shows = 2026-02-27T03:00:00Z\n")
    text = imported.read_text(encoding="utf-8")
    assert "anchor = 2026-02-17" in text
    imported.write_text(text + clock, encoding="utf-8")
    return imported


def told(run: Run, config: Path, *words: str, code: int = 0) -> list[Any]:
    """Run a verb with --json; return its values."""
    ended, out, err = run("rounds", *words, "--json", "-c", config)
    assert ended == code, err
    return [json.loads(line) for line in out.splitlines()]


def test_before_the_first_round_there_is_nothing_to_show_and_it_says_until_when(
    run: Run, dated: Path,
) -> None:
    (only,) = told(run, dated, "list")
    assert only.keys() == {"next"}
    code, _, err = run("rounds", "show", "-c", dated)
    assert code != 0
    assert "no round was opened yet" in err


def test_a_round_is_opened_shown_ended_and_the_next_skipped(run: Run, dated: Path) -> None:
    (opened,) = told(run, dated, "open", *BY)
    assert (opened["round"], opened["by"], opened["why"]) == ("1", "สมชาย", "เหตุผล")
    assert opened["due_at"].startswith("2026-03-30T17:00")
    (shown,) = told(run, dated, "show")
    assert (shown["state"], shown["reached"]) == ("runs", 0)
    (closed,) = told(run, dated, "close", "1", *BY)
    assert (closed["state"], closed["closed_by"]) == ("ended early", "สมชาย")
    code, out, _ = run("plan", "--lang", "en", "-c", dated)
    assert code == 0
    assert "no round runs now; the next one begins 2026-03-31 00:00 +07" in out
    (skipped,) = told(run, dated, "skip", *BY)
    assert skipped["next"].startswith("2026-05-11T17:00")
    rows = told(run, dated, "list")
    assert [row.get("state") for row in rows] == ["ended early", "skipped", None]
    (again,) = told(run, dated, "open", *BY)
    assert (again["round"], again["state"]) == ("2", "runs")
    assert told(run, dated, "show", "2")[0]["state"] == "runs"
    assert told(run, dated, "close", "2", *BY)[0]["state"] == "ended early"


def test_an_extra_round_is_for_those_named_and_says_how_many(run: Run, dated: Path) -> None:
    (would,) = told(run, dated, "extra", "--group", "unknown", "--dry-run", *BY)
    (opened,) = told(run, dated, "extra", "--group", "unknown", *BY)
    assert (opened["round"], opened["chosen"]) == ("extra-1", would["chosen"])
    assert opened["selection"]["group"] == "unknown"
    assert len(opened["unreached"]) <= opened["chosen"]


@pytest.mark.parametrize(("words", "complaint"), [
    (("extra", *BY), "say whom it is for"),
    (("extra", "--province", "กรุงเก่า", *BY), "there is no such agency"),
    (("close", "9", *BY), "no round 9; `rounds list` lists them"),
    (("skip", *BY), "no round was opened yet"),
    (("open", "--by", " ", "--why", "x"), "say it in words"),
    (("plan", "--accept"), "--accept wants the reason"),
    (("plan", "--accept", *BY), "there is nothing to accept"),
])
def test_what_cannot_be_is_refused_with_a_remedy(run: Run, dated: Path, words: tuple[str, ...],
                                                 complaint: str) -> None:
    code, out, err = run("rounds", *words, "-c", dated)
    assert code != 0
    assert complaint in out + err


@pytest.mark.parametrize(("anchor", "refused", "lang", "says"), [
    ("2026-03-03", "sooner", "en", "28 days sooner, and 0 agencies"),
    ("2026-04-14", "later", "th", "ช้าลง 14 วัน"),
])
def test_another_anchor_is_shown_refused_and_taken_with_a_yes(
    run: Run, dated: Path, anchor: str, refused: str, lang: str, says: str,
) -> None:
    told(run, dated, "open", *BY)
    (same,) = told(run, dated, "plan")
    assert same["refused"] == ""
    text = dated.read_text(encoding="utf-8")
    dated.write_text(text.replace("anchor = 2026-02-17", f"anchor = {anchor}"), encoding="utf-8")
    (plan,) = told(run, dated, "plan", code=1)
    assert plan["refused"] == refused
    assert says in run("rounds", "plan", "--lang", lang, "-c", dated)[1]
    assert "rounds plan --accept" in run("check-config", "-c", dated)[1]
    (taken,) = told(run, dated, "plan", "--accept", *BY)
    assert taken["refused"] == ""
    assert told(run, dated, "show")[0]["due_at"][:10] in {"2026-03-02", "2026-04-13"}
