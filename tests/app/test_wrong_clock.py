"""An afternoon by a clock that was a year ahead.

Once it is set right all goes on, and no agency gets two letters in one window.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from fakes.clock import StoppedClock
from fakes.post import LATER
from fakes.samples import RULES, register
from fakes.watch import MONDAY, ONE, RULEBOOK, TWO, WEEK, Watch
from sarabanwatch import store
from sarabanwatch.core.policy import CanarySection
from sarabanwatch.core.sending import plan
from sarabanwatch.core.sending.canary import CanaryDraft, CanaryKind, due
from sarabanwatch.core.sending.timekeeping import contradicted
from sarabanwatch.store import FileLedger

HOME = "probes@probe.test"
AHEAD = MONDAY + timedelta(days=364)
HOURS = timedelta(hours=4)


@pytest.fixture
async def watch(tmp_path: Path) -> Iterator[Watch]:
    """Two agencies written to a year ahead, one of which put its letter off, and a canary."""
    with closing(FileLedger(tmp_path / "ledger.db")) as ledger:
        await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, AHEAD)
        watch = Watch(ledger, clock=StoppedClock(AHEAD))
        await ledger.write(store.canaries.launch,
                           CanaryDraft(CanaryKind.HOME, 0, lambda _: HOME, AHEAD + HOURS),
                           RULEBOOK.mint, AHEAD)
        watch.relay.says.append(LATER)
        await watch.written()
        watch.clock.at = MONDAY
        yield watch


async def rebase(watch: Watch) -> None:
    now = watch.clock.now()
    await watch.ledger.write(store.future.rebase, now, plan.window_end(now, RULEBOOK.policy))


async def test_the_mended_clock_is_gainsaid_by_what_was_written_and_a_letter_to_ourselves_is_due(
    watch: Watch,
) -> None:
    assert "364 days in the future" in contradicted(MONDAY,
                                                    await watch.ledger.read(store.future.newest),
                                                    halted=False)
    canaries = await watch.ledger.read(store.canaries.written_since, MONDAY - WEEK)
    assert len(canaries) == 1
    assert due(canaries, CanaryKind.HOME, MONDAY, CanarySection())


async def test_no_agency_gets_a_second_letter_in_the_window_of_the_first_and_then_each_gets_one(
    watch: Watch,
) -> None:
    await rebase(watch)
    assert await watch.draft() == 0
    assert await watch.send() == []
    watch.clock.pass_(WEEK)
    await rebase(watch)
    await watch.close(watch.clock.now())
    await watch.close(watch.clock.now())
    again = await watch.written()
    assert sorted(out.to for out in again) == sorted([ONE.cell, TWO.cell])
