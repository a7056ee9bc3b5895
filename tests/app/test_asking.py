"""A letter that a person asks for goes before all that wait, and counts for no round.

It never goes while another letter to the address is under way.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from fakes.clock import StoppedClock
from fakes.mailroom import RULEBOOK, mailroom, opened
from fakes.post import EvenChance, Relay
from fakes.samples import HOUR, MONDAY, POLICY, RULES, agency, register
from sarabanwatch import store
from sarabanwatch.app import life, rounds
from sarabanwatch.app.asking import ask
from sarabanwatch.app.life import Outlet
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.cli import group
from sarabanwatch.core.errors import ConfigError, RequestError
from sarabanwatch.core.facts.agency import Status
from sarabanwatch.core.sending.plan import Draft
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.store import Ledger
from sarabanwatch.store.lock import is_kept, keeping

HOUSE = "mx.house.th"
LIVE = replace(RULEBOOK, policy=replace(POLICY, live=True))
SAME_HOST = [agency(f"saraban@n{n}.go.th", f"100{n}") for n in range(1, 5)]
ROUND = POLICY.campaign.timetable.slot(MONDAY).id


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    async with opened(tmp_path / "ledger.db") as made:
        await made.write(store.register_table.replace, register(*SAME_HOST), RULES, MONDAY)
        yield made


async def asked(ledger: Ledger, code: str = "1004", rules: Rulebook = LIVE) -> int:
    return await ask(code, HOUSE, ledger=ledger, clock=StoppedClock(MONDAY), rules=rules)


async def draft(ledger: Ledger, days: int = 0) -> int:
    clock = StoppedClock(MONDAY + timedelta(days=days))
    parts = {"ledger": ledger, "clock": clock, "rules": LIVE, "journal": MetricJournal(clock)}
    await rounds.turn(**parts)
    return await life.draft(**parts)


async def next_(ledger: Ledger) -> list[int]:
    return [each.serial for each in await ledger.read(store.pacing.due, MONDAY, 40)]


async def test_it_goes_before_all_that_waits(ledger: Ledger) -> None:
    await ledger.write(
        store.letters.draft, ROUND, [Draft(a.code, a.cell, MONDAY + 99 * HOUR, None, HOUSE)
                                     for a in SAME_HOST[:3]],
                               LIVE.mint, MONDAY)
    serial = await asked(ledger)
    assert (await next_(ledger))[0] == serial


async def test_it_belongs_to_no_round_which_writes_its_own_letter_later(ledger: Ledger) -> None:
    serial = await asked(ledger)
    assert await draft(ledger) == 3
    most = POLICY.campaign.letters_at_most
    assert (await ledger.read(store.letters.round_of, ROUND, most)).planned == 3
    clock = StoppedClock(MONDAY)
    await life.send(serial, Outlet(Relay(), EvenChance()), ledger=ledger, clock=clock, rules=LIVE,
                    journal=MetricJournal(clock))
    late = MONDAY + timedelta(days=7)
    await life.close(looked_at=late, ledger=ledger, clock=StoppedClock(late), rules=LIVE,
                     journal=MetricJournal(clock))
    assert await draft(ledger, 7) == 1


async def test_nobody_gets_two_in_one_window(ledger: Ledger) -> None:
    await asked(ledger)
    with pytest.raises(RequestError, match=r"1004: letter 1 to it is under way \(it waits"):
        await asked(ledger)
    await draft(ledger)
    with pytest.raises(RequestError, match=r"1001: letter [0-9]+ to it is under way"):
        await asked(ledger, "1001")


async def test_a_letter_to_its_old_address_keeps_none_from_the_new_one(ledger: Ledger) -> None:
    await draft(ledger)
    with pytest.raises(RequestError):
        await asked(ledger)
    moved = replace(SAME_HOST[3], cell="saraban@moved.go.th")
    await ledger.write(store.register_table.replace, register(*SAME_HOST[:3], moved, digest="d2"),
                       RULES, MONDAY)
    assert await asked(ledger)
    with pytest.raises(RequestError):
        await asked(ledger)


@pytest.mark.parametrize(("changed", "rules", "why"), [
    ({"cell": "ไม่มี"}, LIVE, "no address can be read"),
    ({"status": Status.EXEMPT}, LIVE, "outside the Act"),
    ({}, RULEBOOK, "live = false"), ({"code": "1009"}, LIVE, "no agency 1004"),
])
async def test_whom_none_may_go_to_gets_none(ledger: Ledger, changed: dict, rules: Rulebook,
                                             why: str) -> None:
    await ledger.write(
        store.register_table.replace, register(*SAME_HOST[:3], replace(SAME_HOST[3], **changed),
                                               digest="d2"), RULES, MONDAY)
    with pytest.raises(RequestError, match=why):
        await asked(ledger, rules=rules)
    assert await ledger.read(store.pacing.hosts, MONDAY) == {}


async def test_who_asked_to_be_left_alone_is(ledger: Ledger) -> None:
    await ledger.write(store.opt_outs.add, "1004", None, "สมชาย", "โทรศัพท์", MONDAY)
    with pytest.raises(RequestError, match="asked to be left alone"):
        await asked(ledger)


def run(config: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(group, ["probe", *words, "-c", str(config)])
    return done.exit_code, done.output


def test_people_see_what_a_letter_would_meet_and_why_none_may_go(tmp_path: Path) -> None:
    config = mailroom(tmp_path)
    code, said = run(config, "1001", "--lang", "en")
    assert (code, "goes nowhere: live = false" in said) == (0, True)
    assert run(config, "1001", "--now", "--lang", "en") == (
        1, "sarabanwatch: 1001: live = false: nothing goes to real domains\n",
    )
    assert run(config, "1001", "--trace")[0] == 2
    config.write_text("live = true\nletter.unsigned_because = 'an exercise'\n" + config.read_text())
    told = json.loads(run(config, "1001", "--json")[1])
    assert (told["to"], told["barred"], told["mail_host"], told["route"]) == ("saraban@one.go.th",
                                                                              "", "one.go.th",
                                                                              "relay")
    code, said = run(config, "1001", "--now")
    # the round's own, whose window runs
    assert (code, "to it is under way (its window runs until" in said) == (1, True)


def test_who_asks_while_no_daemon_runs_is_told_and_the_letter_stands(tmp_path: Path) -> None:
    config = mailroom(tmp_path)
    config.write_text("live = true\nletter.unsigned_because = 'an exercise'\n" + config.read_text())

    async def end_both() -> None:
        late = MONDAY + timedelta(days=7)
        async with opened(tmp_path / "ledger.db") as ledger:
            await life.close(looked_at=late, ledger=ledger, clock=StoppedClock(late), rules=LIVE,
                             journal=MetricJournal(StoppedClock(late)))

    asyncio.run(end_both())
    code, said = run(config, "1001", "--now", "--trace", "--lang", "en")
    assert (code, said.splitlines()[-1]) == (
        1,
        "!! no `run` works on this ledger: the letter is sent when `run` starts",
    )
    with keeping(tmp_path / "ledger.db"):
        code, said = run(config, "1002", "--now", "--lang", "en")
        assert (code, "no `run`" in said, len(said.splitlines())) == (0, False, 1)
        with (
            pytest.raises(ConfigError, match="another daemon runs over this ledger"),
            keeping(tmp_path / "." / "ledger.db"),
        ):
            pass
    assert not is_kept(tmp_path / "ledger.db")
