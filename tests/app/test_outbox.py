"""Which letters are handed out now, and when they are looked for again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from fakes.post import EvenChance, Inbox, Silent, Unsigned
from fakes.samples import HOUR, MONDAY, RULES, paced, register
from fakes.watch import ONE, RULEBOOK, TWO, Watch
from sarabanwatch import store
from sarabanwatch.app.asking import ask
from sarabanwatch.app.drafting import write
from sarabanwatch.app.outbox import SCARCE_PAUSE, Outbox
from sarabanwatch.app.own_path import canary
from sarabanwatch.app.parts import ServiceParts
from sarabanwatch.app.service import Service
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.policy import CanarySection
from sarabanwatch.core.sending.pausing import Reach
from sarabanwatch.core.sending.plan import Candidate, Sent
from sarabanwatch.core.sending.probe import State
from sarabanwatch.store import FileLedger
from sarabanwatch.store.pauses import Wanted

RULES_OF_DAY = replace(RULEBOOK, policy=replace(RULEBOOK.policy, canary=CanarySection()),
                       pace=paced(office_hours=True))


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    with closing(FileLedger(tmp_path / "ledger.db")) as ledger:
        await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
        yield Watch(ledger, rules=RULES_OF_DAY)


def outbox(watch: Watch) -> Outbox:
    return Service(ServiceParts(watch.ledger, watch.clock, EvenChance(), watch.journal, Inbox(),
                                Silent(), Unsigned(), [watch.relay], watch.rules)).outbox


async def going(box: Outbox) -> list[int]:
    return [serial for serial, _ in await box.may_go(10)]


async def to_ourselves(watch: Watch) -> None:
    assert await canary(ledger=watch.ledger, clock=watch.clock, rules=watch.rules,
                        journal=watch.journal)


async def pause(watch: Watch, level: Reach) -> None:
    asked = Wanted(level, "", MONDAY, None, None, "สมศรี", "ย้ายศูนย์ข้อมูล")
    await watch.ledger.write(store.pauses.add, asked, MONDAY)


@pytest.mark.parametrize(("level", "goes"), [(Reach.LETTERS, [1]), (Reach.ALL, [])])
async def test_letters_to_ourselves_go_while_letters_are_paused_and_not_while_all_is(
    watch: Watch, level: Reach, goes: list[int],
) -> None:
    await to_ourselves(watch)
    await watch.draft()
    await pause(watch, level)
    assert await going(outbox(watch)) == goes


async def test_a_letter_to_ourselves_is_not_among_those_that_wait_for_a_pause(
    watch: Watch,
) -> None:
    await to_ourselves(watch)
    await watch.draft()
    await pause(watch, Reach.LETTERS)
    waits = await watch.ledger.read(store.pauses.waits, MONDAY)
    assert sorted(waits.letters) == [2, 3]


async def test_what_a_person_asked_for_goes_at_night_unless_our_own_path_is_broken(
    watch: Watch,
) -> None:
    watch.clock.pass_(14 * HOUR)
    await ask(ONE.code, None, ledger=watch.ledger, clock=watch.clock, rules=watch.rules)
    box = outbox(watch)
    assert await going(box) == [1]
    box.path_whole = False
    assert await going(box) == []


async def test_a_letter_that_we_failed_at_is_set_aside_until_its_time_has_come(
    watch: Watch,
) -> None:
    await watch.draft()
    box, now = outbox(watch), asyncio.get_running_loop().time()
    box._aside = {1: now + 3600, 2: now}
    assert await going(box) == [2]
    box._aside = {1: now, 2: now}
    assert await going(box) == [1, 2]


@pytest.mark.parametrize(("letters", "rests"), [(2, [SCARCE_PAUSE]), (4, [])])
async def test_it_rests_after_a_look_that_left_room_and_looks_on_at_once_after_a_full_one(
    watch: Watch, monkeypatch: pytest.MonkeyPatch, letters: int, rests: list[float],
) -> None:
    box, rested = outbox(watch), list[float]()

    async def rest(seconds: float) -> None:
        rested.append(seconds)

    async def found(limit: int) -> list[tuple[int, str]]:
        assert limit == 4       # as many again as one connection is given ahead
        return [(serial, "one.go.test") for serial in range(letters)]

    monkeypatch.setattr(box, "may_go", found)
    monkeypatch.setattr("sarabanwatch.app.outbox.asyncio.sleep", rest)
    await box.fill()
    assert (rested, len(box.in_hand)) == (rests, letters)


@pytest.mark.parametrize(("verdict", "replaces"), [
    *((verdict, None) for verdict in Verdict if verdict is not Verdict.UNKNOWN),
    (Verdict.UNKNOWN, 1), (None, None)])
async def test_a_fresh_letter_names_the_one_before_only_where_nobody_knows_whether_that_left(
    watch: Watch, verdict: Verdict | None, replaces: int | None,
) -> None:
    await watch.written()
    await watch.end()
    round_ = watch.rules.policy.campaign.timetable.slot(MONDAY)
    sent = Sent(1, State.CLOSED, verdict, 1) if verdict else None
    assert await write([(Candidate(ONE.code, ONE.cell, sent), "one.go.test")], round_,
                       watch.ledger, watch.rules, watch.clock) == 1
    letter, _ = await watch.ledger.write(store.letters.pick, 3, watch.clock.now())
    assert letter.replaces == replaces


async def test_a_pause_ends_at_the_very_moment_that_was_named(watch: Watch) -> None:
    until = MONDAY + timedelta(days=1)
    asked = Wanted(Reach.LETTERS, "", MONDAY, until, None, "สมศรี", "ย้ายศูนย์ข้อมูล")
    await watch.ledger.write(store.pauses.add, asked, MONDAY)
    assert await watch.ledger.write(store.pauses.expire, until - timedelta(seconds=1)) == []
    (over,) = await watch.ledger.write(store.pauses.expire, until)
    (written,) = await watch.ledger.read(lambda tx: [*store.pauses.listed(tx, ended=True)])
    assert (over.number, written.ended_at) == (written.number, until)
