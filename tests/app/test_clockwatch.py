"""While the clock is doubted, a halt is in force; a person or time lifts it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fakes.clock import StoppedClock
from fakes.samples import MONDAY, RULES, register
from fakes.watch import ONE
from sarabanwatch import store
from sarabanwatch.app.clockwatch import ClockWatch
from sarabanwatch.app.halts import Halts
from sarabanwatch.core.sending.halt import Halt, Why
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.store import FileLedger, Ledger, halts

DAY, YEAR = timedelta(days=1), timedelta(days=365)


@dataclass
class Clock(StoppedClock):
    """A clock that is doubted as a test says."""

    says: str = ""
    trusted: bool = False

    def doubt(self) -> str:
        """Return the doubt."""
        return self.says

    def trust(self) -> None:
        """Record that a person trusts it."""
        self.says, self.trusted = "", True


@pytest.fixture
async def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger whose newest fact is of MONDAY."""
    with closing(FileLedger(tmp_path / "ledger.db")) as opened:
        await opened.write(store.register_table.replace, register(ONE), RULES, MONDAY)
        yield opened


async def begun(ledger: Ledger, at: datetime) -> tuple[ClockWatch, Clock]:
    clock = Clock(at)
    watch = ClockWatch(ledger, clock)
    await watch.begin()
    return watch, clock


async def stands(ledger: Ledger) -> list[str]:
    return [halt.detail for halt in await ledger.read(store.halts.standing)]


async def every(ledger: Ledger) -> list[Halt]:
    return await ledger.read(lambda db: list(halts.listed(db)))


async def test_a_clock_that_leaps_halts_us_and_one_that_is_believed_again_lifts_it_by_itself(
    ledger: Ledger,
) -> None:
    watch, clock = await begun(ledger, MONDAY)
    await watch.look()
    assert await stands(ledger) == []
    clock.says = "the clock jumped ahead by 365 days"
    for _ in range(3):
        await watch.look()
        assert await stands(ledger) == [clock.says]
    assert watch.sure.is_set()      # the time that we go by is as good as before: mail is read
    clock.says = ""
    await watch.look()
    assert await stands(ledger) == []
    (halt,) = await every(ledger)
    assert (halt.by, halt.note) == ("", "the clock has been right for a while")
    assert not clock.trusted


async def test_who_lifts_it_says_that_the_clock_is_right_as_it_stands(ledger: Ledger) -> None:
    watch, clock = await begun(ledger, MONDAY)
    clock.says = "the clock jumped back by 2 days"
    await watch.look()
    await ledger.write(store.halts.lift, 1, "Somsri", "it was wrong before", MONDAY)
    await watch.look()
    assert clock.trusted
    assert await stands(ledger) == []


@pytest.mark.parametrize(("at", "says"), [(MONDAY - DAY, "24 hours in the future"),
                                          (MONDAY + 101 * DAY, "101 days old"),
                                          (MONDAY + 543 * YEAR, "543 years old")])
async def test_a_start_that_the_newest_fact_contradicts_is_halted_and_reads_no_mail_until_told_to(
    ledger: Ledger, at: datetime, says: str,
) -> None:
    watch, clock = await begun(ledger, at)
    assert [says in said for said in await stands(ledger)] == [True]
    for _ in range(3):
        await watch.look()
    assert not watch.sure.is_set()
    await ledger.write(store.halts.lift, 1, "Somsri", "", at)
    await watch.look()
    assert watch.sure.is_set()
    assert clock.trusted
    await watch.look()
    assert await stands(ledger) == []


async def test_facts_in_the_future_gainsay_no_more_once_their_time_has_come(ledger: Ledger) -> None:
    watch, clock = await begun(ledger, MONDAY - DAY)
    clock.pass_(DAY)
    await watch.look()
    assert watch.sure.is_set()
    assert await stands(ledger) == []


@pytest.mark.parametrize(("after", "lifted"), [(DAY / 2, True), (2 * DAY, False), (-DAY, False)])
async def test_a_halt_outlives_a_restart_and_is_lifted_only_where_the_clock_agrees_with_the_ledger(
    ledger: Ledger, after: timedelta, lifted: bool,  # noqa: FBT001 - as the table has it
) -> None:
    await ledger.write(store.halts.begin, Why.CLOCK, "the clock jumped ahead by 30 days", MONDAY)
    watch, _ = await begun(ledger, MONDAY + after)
    await watch.look()
    assert (await stands(ledger) == []) is lifted
    assert watch.sure.is_set() is lifted


async def test_a_ledger_in_which_nothing_is_written_gainsays_no_clock(tmp_path: Path) -> None:
    with closing(FileLedger(tmp_path / "empty.db")) as empty:
        watch, _ = await begun(empty, MONDAY + 543 * YEAR)
        assert watch.sure.is_set()
        assert await stands(empty) == []


async def test_no_job_runs_by_the_old_time_after_a_person_lifted_the_halt_and_before_the_next_look(
    ledger: Ledger,
) -> None:
    watch, clock = await begun(ledger, MONDAY + YEAR)
    asks, times = Halts(ledger, MetricJournal(clock), watch), list[bool]()

    async def job() -> None:
        times.append(clock.trusted)

    await asks.unless("rounds", job)()
    assert times == []
    (halt,) = await every(ledger)
    await ledger.write(halts.lift, halt.number, "Somsri", "the clock is right", MONDAY)
    await asks.unless("rounds", job)()
    assert times == [True]
