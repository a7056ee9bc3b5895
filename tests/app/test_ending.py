"""What must not be left half-done is finished first, but is not waited for without end."""

import asyncio
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from fakes.clock import StoppedClock
from fakes.post import EvenChance, Inbox, Silent, Unsigned
from fakes.samples import MONDAY
from fakes.watch import RULEBOOK
from sarabanwatch.app import ending, service
from sarabanwatch.app.ending import finished
from sarabanwatch.app.parts import ServiceParts
from sarabanwatch.app.service import Service
from sarabanwatch.core.errors import Unwritable
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.store import FileLedger


class Work:
    """A piece of work that goes on when it is let."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.begun, self.let, self.done, self._fails = asyncio.Event(), asyncio.Event(), "", fails

    async def work(self) -> None:
        """Wait to be let; say how it ended."""
        self.begun.set()
        try:
            await self.let.wait()
        except asyncio.CancelledError:
            self.done = "cancelled"
            raise
        self.done = "whole"
        if self._fails:
            raise self._fails


async def cancelled_over(work: Work) -> asyncio.Task[None]:
    """Return a task that finishes this work, and was cancelled twice meanwhile."""
    task = asyncio.create_task(finished(work.work()))
    await work.begun.wait()
    for _ in range(2):
        task.cancel()
        await asyncio.sleep(0)
    assert not task.done()
    return task


async def test_what_is_cancelled_meanwhile_is_whole_and_then_cancelled() -> None:
    task = await cancelled_over(work := Work())
    work.let.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert work.done == "whole"


async def test_that_it_failed_comes_before_that_it_was_cancelled() -> None:
    task = await cancelled_over(work := Work(Unwritable("the disk is full")))
    work.let.set()
    with pytest.raises(Unwritable):
        await task


async def test_what_does_not_end_is_cancelled_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ending, "FINISHES_WITHIN", 0.05)
    task = await cancelled_over(work := Work())
    with pytest.raises(asyncio.CancelledError):
        await task
    assert work.done == "cancelled"


async def test_who_ends_others_does_so_to_their_end_though_it_is_cancelled_too() -> None:
    begun, let = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await finished(let.wait())

    task = asyncio.create_task(slow())
    await begun.wait()
    ends = asyncio.create_task(ending.end((task,)))
    for _ in range(3):
        await asyncio.sleep(0)
        ends.cancel()
    let.set()
    await asyncio.gather(ends, return_exceptions=True)
    assert task.done()


@pytest.mark.parametrize("begun", [True, False])
async def test_the_end_comes_though_another_program_holds_the_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, begun: bool,
) -> None:
    monkeypatch.setattr(service, "DRAINS_WITHIN", 0.1)
    monkeypatch.setattr(service, "ENDS_WITHIN", 0.2)
    file, ready = tmp_path / "ledger.db", asyncio.Event()
    with closing(FileLedger(file)) as ledger, closing(apsw.Connection(str(file))) as other:
        if not begun:
            other.execute("BEGIN IMMEDIATE")
        runs = Service(ServiceParts(
            ledger, StoppedClock(MONDAY), EvenChance(), MetricJournal(StoppedClock(MONDAY)),
            Inbox(), Silent(), Unsigned(), [], RULEBOOK))
        running = asyncio.create_task(runs.run(ready.set))
        if begun:
            await ready.wait()
            other.execute("BEGIN IMMEDIATE")
        runs.stop()
        await running
        assert ready.is_set() is begun
