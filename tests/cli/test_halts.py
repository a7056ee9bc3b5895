"""`halts list`, `halts lift`; and what they keep others from."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakes.mailroom import mailroom, opened
from fakes.samples import MONDAY
from sarabanwatch import store
from sarabanwatch.cli import group
from sarabanwatch.core.sending.halt import Why

SAID = "it was copied or restored with its witness"


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(group, [*words, "--config", str(config)])


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A ledger that sends nothing, because it is not the one that last ran here."""
    async def halt() -> None:
        async with opened(tmp_path / "ledger.db") as ledger:
            assert await ledger.write(store.halts.begin, Why.RESTORED, SAID, MONDAY)
            assert not await ledger.write(store.halts.begin, Why.RESTORED, "again", MONDAY)

    config = mailroom(tmp_path)
    asyncio.run(halt())
    return config


def test_what_is_doubted_is_listed_and_says_no(config: Path) -> None:
    listed = run(config, "halts", "list", "--lang", "en")
    assert listed.exit_code == 1
    assert (
        listed.output
        == "1  the ledger is not the one that last ran here; halted since 2026-01-12 10:00 +07: "
           f"{SAID}\n"
           "   next: `sarabanwatch halts lift 1 --by NAME`, once the daemon of the other is "
           "stopped (`ledger copy`), or in two working days (a backup)\n"
    )
    assert json.loads(run(config, "halts", "list", "--json").output) == {
        "halt": 1, "why": "restored", "since": "2026-01-12T03:00:00+00:00", "detail": SAID,
        "lifted_at": None, "by": "", "note": ""}


def test_in_thai_it_says_in_thai_why(config: Path) -> None:
    for verb in ("halts list", "status"):
        said = run(config, *verb.split()).output
        assert "ถูกคัดลอกหรือกู้คืนมาพร้อมไฟล์กำกับฐานข้อมูล" in said
        assert SAID not in said


def test_lifted_by_name_it_stands_in_the_list_of_all_and_nothing_is_halted(config: Path) -> None:
    assert run(config, "halts", "lift", "1", "--by", "Somsri", "--note",
               "windows are over").exit_code == 0
    left = run(config, "halts", "list", "--lang", "en")
    assert (left.exit_code, left.output) == (0, "nothing is halted\n")
    (told,) = map(json.loads, run(config, "halts", "list", "--all", "--json").output.splitlines())
    assert (told["by"], told["note"]) == ("Somsri", "windows are over")
    assert " by Somsri windows are over" in run(config, "halts", "list", "--all", "--lang",
                                                "en").output


@pytest.mark.parametrize("words", [("7", "--by", "Somsri"), ("1", "--by", " ")])
def test_what_cannot_be_lifted_is_said(config: Path, words: tuple[str, ...]) -> None:
    assert run(config, "halts", "lift", *words).exit_code
    assert run(config, "halts", "list").exit_code == 1


def test_a_letter_that_is_asked_for_meanwhile_is_refused_with_the_reason(config: Path) -> None:
    asked = run(config, "probe", "1001", "--now")
    assert asked.exit_code == 1
    assert SAID in asked.output
