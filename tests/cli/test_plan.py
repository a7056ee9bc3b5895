"""`plan`: the load by host and day, what would mend a late round, and who refuses us."""

import asyncio
import json
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fakes.mailroom import CONFIG
from fakes.samples import HOUR, KEY, RULES, agency, register, unbound
from sarabanwatch import store
from sarabanwatch.cli import main
from sarabanwatch.core.domain import DomainFinding, Surveyed
from sarabanwatch.core.facts.evidence import Evidence, FactKind, Reason
from sarabanwatch.core.sending.plan import Draft
from sarabanwatch.core.sending.probe import Event, TryResult
from sarabanwatch.core.sending.throttle import HostResponse, ResponseKind
from sarabanwatch.store import FileLedger

TUESDAY = datetime(2026, 2, 17, 1, 30, tzinfo=UTC)      # 08.30 in Bangkok, the first day of a round
BIG = [agency(f"saraban_{n}@big.go.th", f"{1000 + n}") for n in range(300)]
SMALL = [agency(f"saraban@small{n}.go.th", f"{2000 + n}") for n in range(20)]


def configuration(pace: str) -> str:
    now = datetime.now(UTC).isoformat()
    return (f"{CONFIG}\n[pace]\n{pace}\n[clock]\nrate = 1.001\nbegan = {now}\n"
            "shows = 2026-02-17T08:30:00+07:00\n")


async def _lay_out(file: Path) -> None:
    with closing(FileLedger(file)) as ledger:
        await ledger.write(store.register_table.replace, register(*BIG, *SMALL), RULES, TUESDAY)
        await ledger.write(
            store.domains.record, [Surveyed("big.go.th", {DomainFinding.NO_DOMAIN: False}, None,
                                            "mx.house.th", 1)], TUESDAY)


async def refuse(file: Path, *agencies: int) -> None:
    """Let letters be refused by the big host, for what we are."""
    with closing(FileLedger(file)) as ledger:
        drafts = [Draft(BIG[n].code, BIG[n].cell, TUESDAY + 99 * HOUR, None, "mx.house.th")
                  for n in agencies]
        for serial in await ledger.write(store.letters.draft, 0, drafts, unbound, TUESDAY):
            await ledger.write(store.letters.pick, serial, TUESDAY)
            fact = Evidence(FactKind.REFUSED, TUESDAY, 554, "5.7.1", "blocked using rbl.test",
                            Reason.SENDER)
            word = HostResponse("", TUESDAY, TUESDAY, ResponseKind.BLOCKED, fact.text)
            await ledger.write(store.letters.outcome, serial, TryResult(Event.REFUSAL, fact),
                               TUESDAY, TUESDAY + 99 * HOUR, word)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "token.keys").write_text(f"{KEY.kid} {KEY.secret.hex()} {KEY.until}\n")
    (tmp_path / "watch.toml").write_text(configuration("").replace("2026-01-06", "2026-02-17"))
    asyncio.run(_lay_out(tmp_path / "ledger.db"))
    return tmp_path / "watch.toml"


def say(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    sys.argv = ["sarabanwatch", *map(str, words)]
    code = 0
    try:
        main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, capsys.readouterr().out


def test_it_shows_hosts_days_holidays_and_the_proof(config: Path,
                                                    capsys: pytest.CaptureFixture[str]) -> None:
    code, out = say(capsys, "plan", "--lang", "en", "-c", config)
    assert code == 0
    assert out.startswith("round 1 · letters still to write 320 · written and waiting 0\n")
    assert "     300        20     15  2026-03-10  mx.house.th\n" in out
    assert "9 more" in out
    assert "\n20 domains are not surveyed yet: each counts as a mail host of its own\n" in out
    assert "Tue 2026-03-03  · public holiday\n" in out
    assert "Sat 2026-02-21  · weekend\n" in out
    assert "the round ends 2026-03-31 00:00 +07\nin time, with " in out
    assert sum(line.count("█") > 0 for line in out.splitlines()) == 15


def test_it_speaks_thai_unless_told_otherwise(config: Path,
                                              capsys: pytest.CaptureFixture[str]) -> None:
    assert "ทันกำหนด" in say(capsys, "plan", "-c", config)[1]


def test_a_machine_gets_one_value(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told: dict[str, Any] = json.loads(say(capsys, "plan", "--json", "-c", config)[1])
    assert told["in_time"] is True
    assert told["hosts"]["mx.house.th"] == {
        "left": 300, "waiting": 0, "connections": 4, "a_minute": 20, "days": 15,
        "last_day": "2026-03-10"}
    assert sum(day["letters"] for day in told["days"]) == 320
    assert told["domains_not_surveyed"] == 20
    assert (told["changes"], told["open"], told["slowed"], told["all_wait"]) == ({}, [], [], False)


def test_a_round_that_would_be_late_is_told_with_the_change_that_mends_it(
        config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(configuration('[pace.hosts."mx.house.th"]\na_day = 5').replace("2026-01-06",
                                                                                     "2026-02-17"))
    code, out = say(capsys, "plan", "--lang", "en", "-c", config)
    assert code == 1
    assert "too late, by " in out
    change = next(line for line in out.splitlines()
                  if line.startswith('in time with pace.hosts."mx.house.th".a_day = '))
    value = change.rpartition(" ")[2]
    spread = "spread = 0\n" if "pace.spread = 0" in out else ""
    config.write_text(
        configuration(f'{spread}[pace.hosts."mx.house.th"]\na_day = {value}').replace(
            "2026-01-06", "2026-02-17"
        )
    )
    assert say(capsys, "plan", "-c", config)[0] == 0


def test_a_host_that_refuses_us_is_named_with_its_words_and_when_it_is_probed(
        config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(refuse(config.parent / "ledger.db", 0, 1, 2))
    out = say(capsys, "plan", "--lang", "en", "-c", config)[1]
    assert (
        "mx.house.th: blocks us: nothing is sent, one letter as a probe 2026-02-17 09:30 +07 "
        "(blocked using rbl.test)\n"
        in out
    )


def test_where_nothing_is_left_it_says_so(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def empty() -> None:
        with closing(FileLedger(config.parent / "ledger.db")) as ledger:
            await ledger.write(store.register_table.replace, register(digest="d9"), RULES,
                               TUESDAY + HOUR)

    asyncio.run(empty())
    code, out = say(capsys, "plan", "--lang", "en", "-c", config)
    assert code == 0
    assert "no letter is left to send in this round" in out
