"""A ledger that another program holds is waited for, and no request fails."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from fakes.books import ONE, TWO, draft
from fakes.samples import MONDAY, RULES, register
from sarabanwatch import store
from sarabanwatch.core.errors import Unwritable
from sarabanwatch.core.returns.mailbox import Cursor
from sarabanwatch.store import FileLedger, Ledger
from sarabanwatch.store import ledger as ledger_file

IN_VAIN = 3     # waits that end in vain before the file is let go


class Holder:
    """Another program, which holds a ledger's lock until it has been waited for so often."""

    def __init__(self, file: Path) -> None:
        self._file, self._held, self.heard = file, None, list[float]()

    def take(self) -> None:
        self._held = apsw.Connection(str(self._file))
        self._held.execute("BEGIN IMMEDIATE")

    def told(self, seconds: float) -> None:
        self.heard.append(seconds)
        if len(self.heard) == IN_VAIN and self._held:
            self._held.close()


@pytest.fixture
def holder(file: Path, monkeypatch: pytest.MonkeyPatch) -> Holder:
    monkeypatch.setattr(ledger_file, "FIRST_WAIT_MS", 1)
    monkeypatch.setattr(ledger_file, "LONGEST_WAIT_MS", 4)
    return Holder(file)


@pytest.fixture
def ledger(file: Path, holder: Holder) -> Iterator[Ledger]:
    with closing(FileLedger(file, busy=holder.told)) as opened:
        yield opened


async def test_what_is_to_be_written_meanwhile_waits_and_is_written(ledger: Ledger,
                                                                    holder: Holder) -> None:
    await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
    holder.take()
    written = await asyncio.gather(draft(ledger, ONE), draft(ledger, TWO), ledger.write(
        store.arrivals.take_in, "INBOX", (), Cursor(1, 9)))
    assert written == [[1], [2], []]
    assert await ledger.read(store.arrivals.cursor, "INBOX") == Cursor(1, 9)


async def test_each_wait_in_vain_is_told_with_how_long_it_has_been_and_so_is_its_end(
    ledger: Ledger, holder: Holder
) -> None:
    await ledger.write(store.register_table.replace, register(ONE), RULES, MONDAY)
    assert holder.heard == []
    holder.take()
    await draft(ledger, ONE)
    *waits, end = holder.heard
    assert waits == sorted(waits)
    assert len(waits) == IN_VAIN
    assert end == 0


async def test_at_the_end_it_is_not_waited_for_for_ever(file: Path,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_file, "FIRST_WAIT_MS", 3_600_000)
    monkeypatch.setattr(ledger_file, "TRY_MS", 1)
    ledger = FileLedger(file)
    await ledger.write(store.register_table.replace, register(ONE), RULES, MONDAY)
    held = apsw.Connection(str(file))
    held.execute("BEGIN IMMEDIATE")
    waits = asyncio.create_task(draft(ledger, ONE))
    await asyncio.sleep(0)
    await asyncio.to_thread(ledger.close)
    with pytest.raises(Unwritable, match="cannot be written"):
        await waits


async def test_a_ledger_that_cannot_be_read_any_more_is_no_fault_of_the_one_who_asks(
    ledger: Ledger,
) -> None:
    def fails(db: apsw.Connection) -> None:
        raise apsw.IOError

    with pytest.raises(Unwritable):
        await ledger.read(fails)


async def test_a_full_disk_is_told_as_one_however_deep_in_a_step_it_was_met(
    ledger: Ledger,
) -> None:
    def fills(tx: apsw.Connection) -> None:
        tx.execute("CREATE TABLE more (bytes)")
        tx.pragma("max_page_count", tx.pragma("page_count"))
        with tx, tx:
            tx.execute("INSERT INTO more VALUES (randomblob(100000))")

    with pytest.raises(Unwritable, match="disk is full"):
        await ledger.write(fills)
