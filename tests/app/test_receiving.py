"""While a batch of mails is written the next is read; and none is lost, whatever ends us."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import apsw
import pytest

from fakes.cancelling import cancelled_at
from fakes.post import EvenChance, Unsigned
from fakes.samples import HOUR, MONDAY
from fakes.watch import RULEBOOK, Watch
from sarabanwatch import store
from sarabanwatch.app.parts import ServiceParts
from sarabanwatch.app.service import Service
from sarabanwatch.core.errors import Unwritable
from sarabanwatch.core.returns.arrival import Arrival
from sarabanwatch.core.returns.mailbox import Batch, Bookmarks, Cursor
from sarabanwatch.edge.reader import ReaderProcess
from sarabanwatch.store import queries


def batches(first: int = 1) -> list[Batch]:
    """Return five mails of nobody's in three batches, numbered from the first on."""
    return [Batch([(uid, b"Subject: %d\r\n\r\nof nobody\r\n" % uid) for uid in uids],
                  Cursor(7, uids[-1]), through=False)
            for uids in ((first, first + 1), (first + 2, first + 3), (first + 4,))]


@dataclass
class Heard:
    """The Reader port, which tells when so many mails were read; of one it says the unsayable."""

    reader: ReaderProcess
    mails: int
    unsayable: str = ""
    read_all: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self, raw: bytes) -> Arrival:
        """Read."""
        arrival = await self.reader.read(raw)
        self.mails -= 1
        if not self.mails:
            self.read_all.set()
        return replace(arrival, subject="\ud800") if arrival.subject == self.unsayable else arrival

    async def close(self) -> None:
        """End."""
        await self.reader.close()


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Hold a ledger as another program may: nobody else can write."""
    with closing(apsw.Connection(str(file))) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def subjects(file: Path) -> list[str]:
    """Return the kept mails, in the order in which they were written."""
    with queries.asking(file) as db:
        return [subject for subject, in db.execute(
            "SELECT subject FROM reading JOIN mail ON digest = mail ORDER BY id")]


async def taken(watch: Watch, given: Sequence[Batch]) -> None:
    """Take batches in."""
    async with watch.receiving() as receiving:
        for batch in given:
            await receiving.take(batch)


def listens(watch: Watch, mails: int, unsayable: str = "") -> asyncio.Event:
    """Return what tells when the watch has read so many mails."""
    watch.reader = heard = Heard(watch.reader, mails, unsayable)  # type: ignore[assignment]  # wider
    return heard.read_all


async def test_a_batch_is_read_while_the_one_before_is_written_and_written_after_it(
    watch: Watch, tmp_path: Path,
) -> None:
    file, read_all = tmp_path / "ledger.db", listens(watch, 4, unsayable="2")
    with held(file):
        taking = asyncio.create_task(taken(watch, batches()))
        await read_all.wait()
        assert subjects(file) == []
    await taking
    # the second one was set aside, and those behind it waited until it was
    assert subjects(file) == ["1", "", "3", "4", "5"]
    assert await watch.ledger.read(store.arrivals.cursor, "INBOX") == Cursor(7, 5)


async def test_what_is_being_written_when_the_end_comes_is_told(watch: Watch,
                                                               tmp_path: Path) -> None:
    file, read_all = tmp_path / "ledger.db", listens(watch, 4)
    with held(file):
        taking = asyncio.create_task(taken(watch, batches()))
        await read_all.wait()
        taking.cancel()
        await asyncio.wait({taking}, timeout=0)
    with pytest.raises(asyncio.CancelledError):
        await taking
    assert await watch.ledger.write(store.arrivals.cursor, "INBOX") == Cursor(7, 2)
    assert (subjects(file), told(watch)) == (["1", "2"], 2)


async def test_none_is_lost_and_none_told_twice_at_whatever_moment_the_end_comes(
    watch: Watch, tmp_path: Path,
) -> None:
    file, wait = tmp_path / "ledger.db", 0
    while await cancelled_at(wait, taken(watch, given := batches(1 + 5 * wait))):
        kept = subjects(file)
        cursor = (await watch.ledger.read(store.arrivals.cursor, "INBOX")).uid
        assert kept == [str(uid) for uid in range(1, len(kept) + 1)], f"ended in its wait {wait}"
        assert (cursor, told(watch)) == (len(kept), len(kept)), f"ended in its wait {wait}"
        await taken(watch, [batch for batch in given if batch.cursor.uid > cursor])
        wait += 1
    assert told(watch) == len(subjects(file)) == 5 * (wait + 1)


def told(watch: Watch) -> float:
    """Return how many mails were told of."""
    return watch.journal.registry.get_sample_value("sarabanwatch_arrivals_total",
                                                   {"kind": "stranger"}) or 0


async def test_what_failed_at_a_batch_is_raised_before_the_next_is_begun(
    watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def gone(*_: object) -> None:
        raise Unwritable("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(watch.ledger, "write", gone)
        for given in batches()[:1], batches()[:2]:
            with pytest.raises(Unwritable):
                await taken(watch, given)
    assert subjects(tmp_path / "ledger.db") == []


@dataclass
class OneBatch:
    """The Inbox port: a batch once it is let, and then the end, of which it tells."""

    let: asyncio.Event = field(default_factory=asyncio.Event)
    ends: asyncio.Event = field(default_factory=asyncio.Event)
    asked_again: asyncio.Event = field(default_factory=asyncio.Event)

    async def batches(self, _after: Bookmarks) -> AsyncIterator[Batch]:
        """Yield both."""
        await self.let.wait()
        yield batches()[0]
        self.ends.set()
        yield Batch((), Cursor(7, 2), through=True)
        self.asked_again.set()
        await asyncio.Event().wait()


async def test_the_inbox_was_looked_at_when_its_end_was_reached_and_not_when_all_was_written(
    watch: Watch, tmp_path: Path,
) -> None:
    inbox, ready = OneBatch(), asyncio.Event()
    runs = Service(ServiceParts(watch.ledger, watch.clock, EvenChance(), watch.journal, inbox,
                                watch.reader, Unsigned(), [], RULEBOOK))
    running = asyncio.create_task(runs.run(ready.set))
    await ready.wait()
    with held(tmp_path / "ledger.db"):
        inbox.let.set()
        await inbox.ends.wait()
        assert runs.steps.looked_at is None
        watch.clock.pass_(HOUR)
    await inbox.asked_again.wait()
    assert runs.steps.looked_at == MONDAY
    runs.stop()
    await running
