"""While an agency is paused no letter goes to it and no silence of it counts; all else goes on."""

from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from fakes.paused import BESIDE, UNDER, pause, pauses, resume
from fakes.post import answer, bounce
from fakes.samples import HOUR, MONDAY, POLICY, RULES, paced, register
from fakes.watch import DAY, RULEBOOK, WEEK, Watch, evidence
from sarabanwatch import store
from sarabanwatch.app import life
from sarabanwatch.app.asking import ask
from sarabanwatch.app.catch_all_probes import probe_domains
from sarabanwatch.app.dispatcher import Dispatcher
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts.evidence import FactKind
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.policy import CatchAllSection
from sarabanwatch.core.sending.pausing import Reach
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.store import FileLedger

ALL_OF_IT = [(Reach.ALL, ""), (Reach.LETTERS, ""), (Reach.MINISTRY, "กระทรวงหนึ่ง"),
             (Reach.PROVINCE, "น่าน"), (Reach.HOST, "one.go.test"), (Reach.AGENCY, "1001")]
OF_ONE = ALL_OF_IT[2:]


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    with closing(FileLedger(tmp_path / "ledger.db")) as ledger:
        await ledger.write(store.register_table.replace, register(UNDER, BESIDE), RULES, MONDAY)
        yield Watch(ledger)


@pytest.mark.parametrize(("level", "key"), ALL_OF_IT)
async def test_a_letter_that_was_drafted_waits_at_every_level_and_goes_when_resumed(
    watch: Watch, level: Reach, key: str,
) -> None:
    await watch.draft()
    await pause(watch, level, key)
    sent = [letter.to for letter in await watch.send()]
    assert sent == ([BESIDE.cell] if level.named else [])
    await resume(watch)
    assert UNDER.cell in [letter.to for letter in await watch.send()]


@pytest.mark.parametrize(("level", "key"), ALL_OF_IT)
async def test_none_is_written_down_meanwhile_by_the_round_or_at_a_persons_wish(
    watch: Watch, level: Reach, key: str,
) -> None:
    await pause(watch, level, key)
    assert await watch.draft() == (1 if level.named else 0)
    with pytest.raises(RequestError, match="1001: testing of it is paused"):
        await ask("1001", None, ledger=watch.ledger, clock=watch.clock, rules=RULEBOOK)
    await resume(watch)
    assert await watch.draft() == (1 if level.named else 2)


@pytest.mark.parametrize(("level", "key"), OF_ONE)
async def test_no_confirming_letter_follows_a_failure_meanwhile(
    watch: Watch, level: Reach, key: str,
) -> None:
    one, _ = await watch.written()
    await watch.receive(bounce(one))
    await watch.judge()
    await watch.close(watch.clock.now())
    await pause(watch, level, key)
    watch.clock.pass_(WEEK)
    assert await watch.again() == 0
    await resume(watch)
    assert await watch.again() == 1


@pytest.mark.parametrize(("level", "key"), OF_ONE)
async def test_a_domain_of_a_paused_agency_gets_no_catch_all_probe(
    watch: Watch, level: Reach, key: str,
) -> None:
    await watch.written()
    await watch.end()
    await pause(watch, level, key)
    rules = replace(RULEBOOK, policy=replace(RULEBOOK.policy,
                                             catch_all=CatchAllSection(test=True)))
    assert await probe_domains(ledger=watch.ledger, clock=watch.clock, rules=rules,
                               journal=watch.journal) == 1
    await pause(watch, Reach.HOST, "two.go.test")
    waits = await pauses(watch).waits()
    assert ([*waits.letters], list(waits.probes.values())) == ([], ["two.go.test"])
    dispatcher = Dispatcher(paced(), rules.policy)
    dispatcher.paused = waits
    assert not await dispatcher.catch_all_probes(watch.ledger, watch.clock.now(), {}, 9)
    assert await watch.send() == []


async def test_what_waits_for_a_pause_takes_nobodys_turn_and_is_counted(watch: Watch) -> None:
    await watch.draft()
    await pause(watch)
    dispatcher, now = Dispatcher(paced(), POLICY), watch.clock.now()
    dispatcher.paused = await pauses(watch).waits()
    await dispatcher.learn(watch.ledger, now)
    due = await watch.ledger.read(store.pacing.hosts, now)
    assert list(dispatcher.rooms(due, now)) == ["two.go.test"]
    counted = dispatcher.why(due, now)
    assert (counted["paused"], sum(counted.values())) == (1, 2)
    load = await watch.ledger.read(store.pacing.load, 0, now)
    assert set(dispatcher.loads({}, load, {})) == {"two.go.test"}


@pytest.mark.parametrize(("level", "key"), OF_ONE)
async def test_silence_of_a_pause_counts_for_nothing_and_the_window_runs_as_much_longer(
    watch: Watch, level: Reach, key: str,
) -> None:
    await watch.written()
    watch.clock.pass_(HOUR)
    await pause(watch, level, key)
    await watch.end()                           # a week, in which the inbox was read through
    assert await watch.groups() == {Group.UNKNOWN: 1, Group.A2: 1}
    await resume(watch)
    watch.clock.pass_(DAY)                      # a Tuesday, eight office hours later
    assert await watch.close(watch.clock.now()) == 0
    watch.clock.pass_(DAY)
    assert await watch.close(watch.clock.now()) == 1
    await watch.judge()
    assert await watch.groups() == {Group.A2: 2}


async def test_a_window_that_was_over_before_the_pause_ends_in_it(watch: Watch) -> None:
    await watch.written()
    watch.clock.pass_(3 * DAY)
    await pause(watch)
    watch.clock.pass_(HOUR)
    assert await watch.close(watch.clock.now()) == 2


async def test_weekly_hours_at_night_take_nothing_from_a_window_and_stop_letters_in_them_only(
    watch: Watch,
) -> None:
    await watch.written()
    await pause(watch, every="daily 22:00-04:00")
    watch.clock.pass_(3 * DAY)
    assert await watch.close(watch.clock.now()) == 2
    asked = await ask("1001", None, ledger=watch.ledger, clock=watch.clock, rules=RULEBOOK)
    watch.clock.pass_(13 * HOUR)                # 23.00 in Bangkok
    assert await watch.send() == []
    watch.clock.pass_(6 * HOUR)
    assert len(await watch.send()) == 1
    assert asked == 3


async def test_what_comes_back_in_a_pause_counts_as_ever(watch: Watch) -> None:
    one, two = await watch.written()
    await pause(watch, Reach.LETTERS, "")
    watch.clock.pass_(HOUR)
    await watch.receive(bounce(one), answer(two))
    await watch.judge()
    assert await watch.groups() == {Group.D2: 1, Group.A1: 1}


async def test_a_letter_whose_time_runs_out_in_a_pause_is_held_and_nobodys_fault(
    watch: Watch,
) -> None:
    await watch.draft()
    await pause(watch)
    await watch.send()
    await watch.end()
    assert await watch.verdicts(UNDER) == [Verdict.UNKNOWN]
    (fact,) = await evidence(watch)
    assert (fact.kind, fact.text) == (
        FactKind.HELD, "its time ran out before it could leave us; its agency was paused meanwhile")
    await resume(watch)
    assert await watch.draft() == 1


async def test_one_that_ends_by_itself_is_ended_at_its_time_and_told_once(
    watch: Watch, capsys: pytest.CaptureFixture[str],
) -> None:
    watch.journal = MetricJournal(watch.clock)      # it writes where the test reads
    await pause(watch, until=MONDAY + HOUR)
    asks = pauses(watch)
    await asks.look()
    watch.clock.pass_(2 * HOUR)
    for _ in range(2):
        await asks.look()
    reported = capsys.readouterr().err
    assert [reported.count(f'"event": "{event}"')
            for event in ("paused", "no longer paused", "pause over")] == [1, 1, 1]
    (ended,) = await watch.ledger.read(lambda tx: list(store.pauses.listed(tx, ended=True)))
    assert (ended.ended_at, ended.ended_by) == (MONDAY + HOUR, "")
    with pytest.raises(RequestError, match="no pause 1 stands"):
        await resume(watch)


async def test_the_gauges_show_what_is_in_force_and_since_when_without_an_end(
    watch: Watch,
) -> None:
    def value(name: str, **labels: str) -> float:
        found = watch.journal.registry.get_sample_value(name, labels)
        assert found is not None
        return found

    asks = pauses(watch)
    await asks.look()
    unending = "sarabanwatch_pause_without_end_timestamp_seconds"
    assert value(unending) == value("sarabanwatch_pauses", level="ministry") == 0
    await pause(watch)
    await pause(watch, Reach.PROVINCE, "น่าน", until=MONDAY + DAY)
    await asks.look()
    assert value("sarabanwatch_pauses", level="ministry") == 1
    assert value("sarabanwatch_pauses", level="province") == 1
    assert value(unending) > 0
    await resume(watch)
    await asks.look()
    assert value(unending) == value("sarabanwatch_pauses", level="ministry") == 0


async def test_the_rounds_progress_leaves_out_who_is_paused(watch: Watch) -> None:
    await watch.written()
    await pause(watch)
    await watch.end()
    for paused, done in ((True, 1.0), (False, 0.5)):
        if not paused:
            await resume(watch)
        await life.publish(ledger=watch.ledger, clock=watch.clock, rules=watch.rules,
                           journal=watch.journal)
        assert watch.journal.registry.get_sample_value("sarabanwatch_campaign_done_ratio") == done
