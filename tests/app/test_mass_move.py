"""What we do ourselves may move many agencies at once: it is held, whatever its cause.

A person releases it, or it is undone.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from fakes.samples import MONDAY, RULES, agency, register
from fakes.watch import ADDRESS, RULEBOOK, Watch
from sarabanwatch import store
from sarabanwatch.app import life
from sarabanwatch.core.facts.agency import Agency
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import Kin, Scope
from sarabanwatch.store import FileLedger

ALL = [agency(f"saraban@a{n}.go.test", f"{1000 + n}") for n in range(60)]


def prefixed(first: int) -> list[Agency]:
    """Return all agencies, the first ones with a word before their address, as lists have it."""
    return [replace(a, cell=f"E-mail : {a.cell}") if n < first else a for n, a in enumerate(ALL)]


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    """A watch over sixty agencies, whose addresses all work."""
    watch = Watch(FileLedger(tmp_path / "ledger.db"))
    await watch.ledger.write(store.register_table.replace, register(*ALL), RULES, MONDAY)
    await watch.judge()
    await watch.draft()
    await watch.send()
    await watch.end()
    assert await watch.groups() == {Group.A2: 60}
    yield watch
    await watch.reader.close()
    watch.ledger.close()


async def take(watch: Watch, agencies: list[Agency], digest: str) -> None:
    await watch.ledger.write(store.register_table.replace, register(*agencies, digest=digest),
                             RULES, watch.clock.now())
    await watch.judge()


async def test_a_habit_of_a_list_moves_nobody_until_a_person_releases_it(watch: Watch) -> None:
    await take(watch, prefixed(25), "d2")
    assert await watch.groups() == {Group.A2: 60}
    assert await watch.ledger.read(store.incidents.held) == ({1: Kin(Scope.LIST, "2")}, 25)
    await watch.judge()
    await watch.end()           # letters to the same addresses tell nothing of it
    assert await watch.groups() == {Group.A2: 60}
    assert await watch.ledger.write(store.incidents.release, 1, "สมชาย", "the list is right",
                                    watch.clock.now()) == 25
    assert await watch.groups() == {Group.A2: 35, Group.B3: 25}


async def test_a_list_that_is_mended_or_undone_lets_go_in_silence(watch: Watch) -> None:
    await take(watch, prefixed(25), "d2")
    await take(watch, prefixed(13), "d3")
    assert await watch.ledger.read(store.incidents.held) == ({1: Kin(Scope.LIST, "2")}, 13)
    await watch.ledger.write(store.register_table.restore, 1, RULES, watch.clock.now())
    await watch.judge()
    assert (await watch.groups(), await watch.ledger.read(store.incidents.held)) == ({Group.A2: 60},
                                                                                     ({}, 0))


async def test_a_few_are_downgraded_at_once(watch: Watch) -> None:
    await take(watch, prefixed(9), "d2")
    assert (await watch.groups(), await watch.ledger.read(store.incidents.held)) == ({Group.A2: 51,
                                                                                      Group.B3: 9},
                                                                                     ({}, 0))


async def test_other_rules_are_judged_by_at_once_and_held_where_they_move_too_many(
    watch: Watch,
) -> None:
    rules = replace(RULEBOOK, addresses=structs.replace(ADDRESS, id="other",
                                                official_suffixes=("or.test",)))
    assert await life.judge(ledger=watch.ledger, clock=watch.clock, rules=rules) == 60
    assert await watch.groups() == {Group.A2: 60}
    assert await watch.ledger.read(store.incidents.held) == ({1: Kin(Scope.RULES, "other")}, 60)
    assert await life.judge(ledger=watch.ledger, clock=watch.clock, rules=rules) == 0


async def test_nobody_is_judged_anew_while_the_rules_stay(watch: Watch) -> None:
    assert await watch.judge() == 0


async def test_what_a_list_makes_of_agencies_that_were_never_judged_is_no_fall(
    tmp_path: Path,
) -> None:
    watch = Watch(FileLedger(tmp_path / "first.db"))
    await take(watch, prefixed(25), "d1")
    assert await watch.groups() == {Group.UNKNOWN: 35, Group.B3: 25}
    await watch.reader.close()
    watch.ledger.close()

