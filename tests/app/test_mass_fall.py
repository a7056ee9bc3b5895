"""An outage of a shared host, step by step.

No agency is lowered, all are tried again; those that answer are cleared, the others are lowered.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from fakes.samples import MONDAY, RULES, agency, register
from fakes.watch import DAY, RULEBOOK, WEEK, Watch
from sarabanwatch import store
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import Kin, Scope
from sarabanwatch.core.policy import ConfirmSection, IncidentSection
from sarabanwatch.store import FileLedger

HOST = Kin(Scope.DOMAIN, "shared.go.test")
ALL = [agency(f"saraban{n}@shared.go.test", f"{1000 + n}") for n in range(12)]
EVERYONE = {a.cell for a in ALL}
BAD = "saraban3@shared.go.test"
SHIPPED = replace(RULEBOOK, policy=replace(RULEBOOK.policy, confirm=ConfirmSection(),
                                           incident=IncidentSection()))


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    """A watch over twelve agencies of one host, by the shipped numbers."""
    watch = Watch(FileLedger(tmp_path / "ledger.db"), rules=SHIPPED)
    await watch.ledger.write(store.register_table.replace, register(*ALL), RULES, MONDAY)
    await watch.judge()
    yield watch
    await watch.reader.close()
    watch.ledger.close()


async def day(watch: Watch, refused: Iterable[str], *, days: float = 1) -> set[str]:
    """Send what is due while these addresses are refused; judge, and go on to another day.

    Return who was written to.
    """
    watch.relay.refuses = tuple(refused)
    sent = {out.to for out in await watch.written()}
    await watch.judge()
    await watch.close(watch.clock.now())
    watch.clock.pass_(days * DAY)
    await watch.close(watch.clock.now())
    await watch.judge()
    return sent


async def held(watch: Watch) -> int:
    return (await watch.ledger.read(store.incidents.held))[1]


async def test_a_host_that_refuses_all_is_one_incident_at_once_and_when_it_returns_all_are_cleared(
    watch: Watch,
) -> None:
    watch.relay.refuses = tuple(EVERYONE)
    await watch.written()
    await watch.judge()
    assert await watch.ledger.read(store.incidents.held) == ({1: HOST}, 12)       # the same hour
    assert await watch.groups() == {Group.UNKNOWN: 12}
    # no second letter on that day
    assert await day(watch, EVERYONE) == set()
    # the next working day: it is back
    assert await day(watch, {BAD}) == EVERYONE
    assert await day(watch, {BAD}, days=4) == {BAD}
    assert await watch.groups() == {Group.A2: 11, Group.D2: 1}          # that one really is gone
    assert await watch.ledger.read(store.incidents.held) == ({}, 0)


async def test_while_a_host_is_down_each_gets_a_letter_on_some_days_and_nobody_is_downgraded(
    watch: Watch,
) -> None:
    sent = [await day(watch, EVERYONE) for _ in range(11)]
    assert sent[:4] == [EVERYONE] * 4                           # Monday, and three confirming ones
    assert set.union(*sent[4:]) == EVERYONE                     # then each on days of its own
    assert max(map(len, sent[4:])) < 12
    assert sent[5:7] == [set(), set()]                          # a week-end
    assert (await watch.groups(), await held(watch)) == ({Group.UNKNOWN: 12}, 12)
    # it is back: those whose day it was are well after their window,
    some = await day(watch, (), days=4)
    assert 0 < len(some) < 12
    assert await day(watch, (), days=5) | some == EVERYONE      # and so all others are tried again
    assert (await watch.groups(), await held(watch)) == ({Group.A2: 12}, 0)


async def test_a_host_that_goes_on_failing_stays_held_until_a_person_releases_it(
    watch: Watch,
) -> None:
    for _ in range(20):
        await day(watch, EVERYONE)
    assert await watch.groups() == {Group.UNKNOWN: 12}
    assert await watch.ledger.write(store.incidents.release, 1, "สมชาย", "",
                                    watch.clock.now()) == 12
    assert await watch.groups() == {Group.D2: 12}
    assert await watch.announce() == 12


async def test_whom_a_person_releases_before_it_is_confirmed_turns_when_it_is(watch: Watch) -> None:
    await day(watch, EVERYONE)
    assert await watch.ledger.write(store.incidents.release, 1, "สมชาย", "", watch.clock.now()) == 0
    assert await watch.groups() == {Group.UNKNOWN: 12}
    await day(watch, EVERYONE)
    await day(watch, EVERYONE)
    assert await watch.groups() == {Group.D2: 12}


async def test_good_agencies_of_last_round_keep_their_group_through_an_outage(watch: Watch) -> None:
    await day(watch, (), days=7)
    assert await watch.groups() == {Group.A2: 12}
    watch.clock.at = MONDAY + 6 * WEEK
    for _ in range(4):
        await day(watch, EVERYONE)
    assert (await watch.groups(), await held(watch)) == ({Group.A2: 12}, 12)


async def test_a_confirmed_downgrade_takes_effect_when_it_is_settled(watch: Watch) -> None:
    slow = replace(SHIPPED.policy, confirm=ConfirmSection(1, 1), incident=IncidentSection())
    watch.rules = replace(SHIPPED, policy=slow)
    watch.relay.refuses = (BAD,)
    await watch.written()
    for hours, fallen in ((0, 0), (23, 0), (1, 1)):
        watch.clock.pass_(timedelta(hours=hours))
        await watch.judge()
        assert (await watch.groups()).get(Group.D2, 0) == fallen


async def test_a_host_that_refuses_196_of_196_is_one_incident_that_day_and_is_cleared_at_its_return(
    tmp_path: Path,
) -> None:
    watch = Watch(FileLedger(tmp_path / "ledger.db"), rules=SHIPPED)
    whole = [agency(f"saraban{n}@shared.go.test", f"{1000 + n}") for n in range(196)]
    await watch.ledger.write(store.register_table.replace, register(*whole), RULES, MONDAY)
    while await watch.groups() != {Group.A2: 196}:
        await day(watch, ())
    await watch.announce()
    watch.clock.at = MONDAY + 6 * WEEK
    watch.relay.refuses = tuple(each.cell for each in whole)
    assert len(await watch.written()) == 196
    await watch.judge()
    assert await watch.ledger.read(store.incidents.held) == ({1: HOST}, 196)
    while await held(watch):
        await day(watch, ())
    # the next working day's letters, and their windows
    assert watch.clock.now() - (MONDAY + 6 * WEEK) <= 4 * DAY
    assert (await watch.groups(), await watch.announce()) == ({Group.A2: 196}, 0)
    assert await watch.ledger.read(store.incidents.held) == ({}, 0)
    await watch.reader.close()
    watch.ledger.close()
