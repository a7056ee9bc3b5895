"""An edition that would count too many agencies as to mend is held until a person releases it."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from fakes.samples import HOUR, MONDAY, RULES, agency, register
from fakes.watch import DAY, RULEBOOK, Watch
from sarabanwatch import store
from sarabanwatch.app.editions import Editions, look, to_mend
from sarabanwatch.core.judging.census import BUCKETS, Buckets
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import Kin, Scope
from sarabanwatch.store import FileLedger

TODAY = MONDAY.date()
STRICTER: Buckets = BUCKETS | {"ready": (Group.A1,), "mend": (*BUCKETS["mend"], Group.A2)}


class Edition(NamedTuple):
    """One edition."""

    id: str
    valid_from: date
    buckets: Buckets = STRICTER


# as the rules of tests are called, so that it was judged by
FIRST = Edition("test", date(2025, 1, 1), BUCKETS)


def editions(*more: Edition) -> Editions[Edition]:
    return Editions([FIRST, *more])


@pytest.fixture
async def watch(tmp_path: Path) -> AsyncIterator[Watch]:
    """A watch over sixty agencies in A2."""
    watch = Watch(FileLedger(tmp_path / "ledger.db"))
    await watch.ledger.write(
        store.register_table.replace, register(*[agency(f"saraban@a{n}.go.test", f"{1000 + n}")
                                                 for n in range(60)]), RULES, MONDAY)
    await watch.judge()
    await watch.draft()
    await watch.send()
    await watch.end()
    yield watch
    await watch.reader.close()
    watch.ledger.close()


async def seen(watch: Watch, all_: Editions[Edition]) -> None:
    await look(editions=all_, ledger=watch.ledger, clock=watch.clock, policy=RULEBOOK.policy)


async def test_one_that_counts_too_many_as_to_mend_is_held_from_the_day_before_until_released(
    watch: Watch,
) -> None:
    today = watch.clock.now().date()
    all_ = editions(Edition("next", today + 2 * DAY))
    await seen(watch, all_)
    assert await watch.ledger.read(store.incidents.held) == ({}, 0)
    watch.clock.pass_(DAY)
    await seen(watch, all_)
    watch.clock.pass_(DAY)
    assert (all_.on(watch.clock.now().date()).id, all_.held) == ("test", {"next"})
    assert await watch.ledger.read(store.incidents.held) == ({1: Kin(Scope.EDITION, "next")}, 0)
    await watch.judge()         # what has no falls is not over for that
    assert await watch.ledger.read(store.incidents.editions) == {"next": True}
    assert await watch.ledger.write(store.incidents.release, 1, "สมชาย", "",
                                    watch.clock.now()) == 60
    await seen(watch, all_)
    assert (all_.on(watch.clock.now().date()).id, all_.held) == ("next", frozenset())
    await seen(watch, all_)
    assert await watch.ledger.read(store.incidents.editions) == {"next": False}


@pytest.mark.parametrize("buckets",
                         [BUCKETS, BUCKETS | {"raised": (Group.W, Group.A2), "ready": (Group.A1,)}])
async def test_an_edition_that_counts_few_as_to_mend_is_in_force_on_its_day(
    watch: Watch, buckets: Buckets
) -> None:
    all_ = editions(Edition("next", watch.clock.now().date(), buckets))
    await seen(watch, all_)
    assert (all_.on(watch.clock.now().date()).id,
            await watch.ledger.read(store.incidents.editions)) == ("next", {})


async def test_one_that_was_judged_by_already_is_not_taken_out_of_force(watch: Watch) -> None:
    all_ = editions(Edition("next", watch.clock.now().date()))
    await watch.ledger.write(store.judgements.follow, "test next", watch.clock.now() + HOUR)
    await seen(watch, all_)
    assert all_.held == frozenset()


async def test_a_ledger_by_which_nothing_was_judged_holds_none(tmp_path: Path) -> None:
    watch = Watch(FileLedger(tmp_path / "first.db"))
    all_ = editions(Edition("next", TODAY))
    await seen(watch, all_)
    assert all_.held == frozenset()
    await watch.reader.close()
    watch.ledger.close()


def test_of_several_held_ones_the_last_that_is_not_held_is_in_force() -> None:
    all_ = editions(Edition("b", date(2026, 1, 1)), Edition("c", date(2026, 2, 1)))
    all_.held = frozenset({"c"})
    assert [all_.on(day).id for day in (date(2024, 1, 1), date(2025, 6, 1), date(2026, 1, 1),
                                        date(2026, 3, 1))] == [
        "test", "test", "b", "b"]
    assert all_.before(all_.every[2]) is all_.every[1]
    assert all_.before(FIRST) is None


def test_only_groups_that_were_not_to_mend_before_count() -> None:
    assert to_mend(BUCKETS, STRICTER) == {Group.A2}
    assert to_mend(STRICTER, BUCKETS) == frozenset()
