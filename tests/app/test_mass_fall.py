"""An outage of a shared host, step by step: nobody turns, all are tried afresh, the good are cleared, the bad turn."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from fakes.samples import HOUR, MONDAY, agency, register
from fakes.watch import ADDRESS, RULEBOOK, WEEK, Watch
from sarabanwatch.app import life
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import Kin, Scope
from sarabanwatch.core.policy import Policy
from sarabanwatch.store import SqliteLedger

HOST = Kin(Scope.DOMAIN, "shared.go.test")
ALL = [agency(f"saraban{n}@shared.go.test", f"{1000 + n}") for n in range(12)]
EVERYONE = {a.cell for a in ALL}
BAD = "saraban3@shared.go.test"


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    """A watch over twelve agencies of one host."""
    watch = Watch(SqliteLedger(tmp_path / "ledger.db", ADDRESS))
    await watch.ledger.roll.replace(register(*ALL), MONDAY)
    await watch.judge()
    yield watch
    await watch.reader.close()
    watch.ledger.close()


async def written(watch: Watch, refused: Iterable[str]) -> set[str]:
    """Write to whoever is due, while these addresses are refused; return whom was written to."""
    watch.relay.refuses = frozenset(refused)
    return {out.to for out in await watch.written()}


async def test_in_an_outage_nobody_turns_and_afterwards_only_who_fails_again(watch: Watch) -> None:
    await written(watch, EVERYONE)
    await watch.judge()
    assert await watch.groups() == {Group.UNKNOWN: 12}
    assert await watch.ledger.incidents.held() == ({1: HOST}, 12)
    assert await watch.written() == []                  # their windows still run
    await watch.end()
    assert await written(watch, {BAD}) == EVERYONE      # in the same round
    await watch.end()
    assert await watch.groups() == {Group.A2: 11, Group.D2: 1}
    assert await watch.ledger.incidents.held() == ({}, 0)


async def test_a_host_that_goes_on_failing_stays_held_until_a_person_releases_it(watch: Watch) -> None:
    for _ in range(20):
        await written(watch, EVERYONE)
        watch.clock.pass_(30 * HOUR)
        await watch.close(watch.clock.now() + WEEK)
        await watch.judge()
    assert len(watch.relay.letters) == 12 * RULEBOOK.policy.letters_at_most
    assert await watch.groups() == {Group.UNKNOWN: 12}
    assert await watch.ledger.incidents.release(1, "สมชาย", "", watch.clock.now()) == 12
    assert await watch.groups() == {Group.D2: 12}
    assert await watch.announce() == 12


async def test_good_agencies_of_last_round_keep_their_group_through_an_outage(watch: Watch) -> None:
    once = replace(RULEBOOK, policy=Policy(RULEBOOK.policy.anchor, fails_before_turning=1))
    await written(watch, ())
    await watch.end()
    assert await watch.groups() == {Group.A2: 12}
    watch.clock.at = MONDAY + 6 * WEEK
    await written(watch, EVERYONE)
    await life.judge(ledger=watch.ledger, clock=watch.clock, rules=once)
    assert await watch.groups() == {Group.A2: 12}
    assert (await watch.ledger.incidents.held())[1] == 12


async def test_a_fall_waits_to_be_settled_and_then_turns(watch: Watch) -> None:
    slow = replace(RULEBOOK, policy=Policy(RULEBOOK.policy.anchor, fall_settles=24 * HOUR))
    await written(watch, {BAD})
    for hours, fallen in ((0, 0), (23, 0), (1, 1)):
        watch.clock.pass_(hours * HOUR)
        await life.judge(ledger=watch.ledger, clock=watch.clock, rules=slow)
        assert (await watch.groups()).get(Group.D2, 0) == fallen
