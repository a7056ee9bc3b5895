"""While a halt stands, nothing is sent and no window ends, but mail is taken in; once it is lifted,
all goes on."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from fakes.post import answer
from fakes.samples import RULES, register
from fakes.watch import MONDAY, ONE, TWO, Watch
from sarabanwatch import store
from sarabanwatch.app import halts
from sarabanwatch.app.clockwatch import ClockWatch
from sarabanwatch.app.halts import BARRED, Halts
from sarabanwatch.app.jobs import JOBS
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.sending.halt import Why
from sarabanwatch.store import FileLedger


@pytest.fixture
async def watch(tmp_path: Path) -> Iterator[Watch]:
    with closing(FileLedger(tmp_path / "ledger.db")) as ledger:
        await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
        yield Watch(ledger)


async def test_no_letter_is_picked_and_mail_is_taken_in_all_the_same(watch: Watch) -> None:
    one, two = await watch.written()
    await watch.ledger.write(store.halts.begin, Why.RESTORED, "a copy", MONDAY)
    await watch.receive(answer(one))
    await watch.judge()
    assert await watch.groups() == {Group.A1: 1, Group.UNKNOWN: 1}
    await watch.end()       # by hand: the service would not
    await watch.draft()
    assert await watch.send() == []
    with pytest.raises(RequestError, match="a copy"):
        await halts.refuse(watch.ledger)
    await watch.ledger.write(store.halts.lift, 1, "Somsri", "", MONDAY)
    await halts.refuse(watch.ledger)
    assert two.to == TWO.cell


def of(watch: Watch) -> Halts:
    return Halts(watch.ledger, watch.journal, ClockWatch(watch.ledger, watch.clock))


@pytest.mark.parametrize("why", list(Why))
async def test_each_doubt_bars_jobs_that_exist_and_no_others(watch: Watch, why: Why) -> None:
    asks, ran = of(watch), list[str]()

    def step(name: str) -> object:
        async def run() -> None:
            ran.append(name)

        return run

    await watch.ledger.write(store.halts.begin, why, "doubted", MONDAY)
    for name in JOBS:
        await asks.unless(name, step(name))()
    assert set(JOBS) - set(ran) == BARRED[why]
    assert {"draft", "canary", "catch_all"} <= BARRED[why]
    assert ({"close", "forget"} <= BARRED[why]) == (why is not Why.ROOM)
    assert watch.journal.registry.get_sample_value("sarabanwatch_halted", {"why": why}) == 1
    await watch.ledger.write(store.halts.lift, 1, "", "", MONDAY)
    assert await asks.stand() == frozenset()
    assert watch.journal.registry.get_sample_value("sarabanwatch_halted", {"why": why}) == 0
