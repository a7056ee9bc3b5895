"""`incidents`, and what `explain` says of an agency whose downgrade is held."""

import asyncio
import json
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fakes.clock import StoppedClock
from fakes.mailroom import CONFIG, RULEBOOK
from fakes.samples import HOUR, KEY, MONDAY, RULES, agency, fact, register, unbound
from sarabanwatch import store
from sarabanwatch.app import life
from sarabanwatch.cli import main
from sarabanwatch.core.facts.evidence import FactKind as Fact
from sarabanwatch.core.facts.evidence import Reason
from sarabanwatch.core.policy import ConfirmSection, IncidentSection
from sarabanwatch.core.sending.plan import Draft
from sarabanwatch.core.sending.probe import Event, TryResult
from sarabanwatch.store import FileLedger

ALL = [agency(f"saraban{n}@shared.go.th", f"{1000 + n}", name=f"กรมที่ {n}") for n in range(10)]
WEEK = timedelta(days=7)
SLOW = replace(RULEBOOK, policy=replace(RULEBOOK.policy, incident=IncidentSection(),
                                        confirm=ConfirmSection(1, 1)))


async def refuse(file: Path, number: int) -> None:
    """Have the letters to this number of agencies refused, and judge as shipped.

    So a downgrade waits for a day.
    """
    with closing(FileLedger(file)) as ledger:
        await ledger.write(store.register_table.replace, register(*ALL), RULES, MONDAY)
        for serial in await ledger.write(store.letters.draft,
                0, [Draft(a.code, a.cell, MONDAY + WEEK, None) for a in ALL[:number]], unbound,
                                         MONDAY):
            await ledger.write(store.letters.pick, serial, MONDAY)
            await ledger.write(store.letters.outcome, serial,
                               TryResult(Event.REFUSAL, fact(Fact.REFUSED, Reason.NO_MAILBOX)),
                               MONDAY, MONDAY + HOUR)
        await life.judge(ledger=ledger, clock=StoppedClock(MONDAY), rules=SLOW)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "token.keys").write_text(f"{KEY.kid} {KEY.secret.hex()} {KEY.until}\n")
    (tmp_path / "watch.toml").write_text(CONFIG)
    return tmp_path / "watch.toml"


@pytest.fixture
def held(config: Path) -> Path:
    """Ten agencies of one host, all refused: one incident."""
    asyncio.run(refuse(config.parent / "ledger.db", 10))
    return config


def verb(*words: str) -> int:
    """Run a verb; return its exit status."""
    sys.argv = ["sarabanwatch", *words]
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Run a verb that succeeds; return its output."""
    assert verb(*words) == 0
    return capsys.readouterr().out


def values(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in asked(capsys, *words, "--json").splitlines()]


def test_an_incident_is_listed_with_whom_it_is_about_and_how_many_it_holds(
    held: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    text = asked(capsys, "incidents", "list", "-c", str(held), "--lang", "en")
    assert "incident 1: mail domain shared.go.th  since 2026-01-12 10:00 +07, open" in text
    assert "10 agencies = 10 held in their last group + 0 good again + 0 changed group" in text
    assert "เหตุการณ์ร่วม 1: โดเมนอีเมล shared.go.th" in asked(capsys, "incidents", "list", "-c",
                                                               str(held))
    (told,) = values(capsys, "incidents", "list", "-c", str(held))
    assert (told["scope"], told["key"], told["agencies"], told["held"], told["closed_at"]) == (
        "mail domain", "shared.go.th", 10, 10, None)


def test_an_incident_shows_each_whom_it_holds(held: Path,
                                              capsys: pytest.CaptureFixture[str]) -> None:
    text = asked(capsys, "incidents", "show", "1", "-c", str(held), "--lang", "en")
    assert (
        "1003     กรมที่ 3: held in their last group; would be D2 (the mailbox does not exist)"
        in text
    )
    (told,) = values(capsys, "incidents", "show", "1", "-c", str(held))
    assert [(m["code"], m["outcome"], m["group"]) for m in told["members"]] == [(a.code, "", "D2")
                                                                            for a in ALL]


def test_explain_says_who_is_held_by_which_incident_and_why_it_stands_where_it_stood(
    held: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    text = asked(capsys, "explain", "1003", "-c", str(held), "--lang", "en")
    assert "group: not yet known" in text
    assert "because: not yet proven either way" in text
    assert ("lately found D2 (the mailbox does not exist, 2026-01-12 10:00 +07); "
            "held: incident 1, mail domain shared.go.th, 10 agencies") in text
    assert "คงกลุ่มเดิมไว้: เหตุการณ์ร่วม 1, โดเมนอีเมล shared.go.th, 10 หน่วยงาน" in asked(
        capsys, "explain", "1003", "-c", str(held)
    )


def test_explain_says_when_a_downgrade_alone_takes_effect(config: Path,
                                              capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(refuse(config.parent / "ledger.db", 9))
    text = asked(capsys, "explain", "1003", "-c", str(config), "--lang", "en")
    assert (
        "lately found D2 (the mailbox does not exist, 2026-01-12 10:00 +07); "
        "changes group at 2026-01-13 10:00 +07"
        in text
    )
    assert asked(capsys, "incidents", "list", "-c", str(config), "--lang", "en") == "no incident\n"
    (told,) = values(capsys, "explain", "1003", "-c", str(config))
    assert (told["downgrade"]["to"], told["downgrade"]["incident"]) == ("D2", None)


def test_a_person_releases_an_incident_once_and_by_name(held: Path,
                                                        capsys: pytest.CaptureFixture[str]) -> None:
    release = ("incidents", "release", "1", "-c", str(held), "--lang", "en")
    assert verb(*release, "--by", " ") == 2
    assert asked(capsys, *release, "--by", "สมชาย", "--note",
                 "host closed") == "incident 1: released, changed group: 10 agencies\n"
    assert verb(*release, "--by", "สมชาย") == 1
    assert "incident 1 ended" in capsys.readouterr().err
    assert asked(capsys, "incidents", "list", "-c", str(held), "--lang", "en") == "no incident\n"
    text = asked(capsys, "incidents", "list", "--all", "-c", str(held), "--lang", "en")
    assert "released by สมชาย (host closed)" in text
    (census,) = values(capsys, "census", "-c", str(held))
    assert census["groups"] == {"D2": 10}
    assert "1003     กรมที่ 3: is D2" in asked(capsys, "incidents", "show", "1", "-c", str(held),
                                               "--lang", "en")


@pytest.mark.parametrize("words", [("show", "2"), ("show", "0"), ("release", "2", "--by", "x")])
def test_an_incident_that_there_is_not_is_said_so(
    held: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...],
) -> None:
    assert verb("incidents", *words, "-c", str(held)) == 1
    assert "`incidents list --all` lists them" in capsys.readouterr().err
