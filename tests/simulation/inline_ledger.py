"""The product's ledger without its thread, opened as the product does, on the simulated disk."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from fakes.platter import beneath
from sarabanwatch.store.ledger import FileLedger, open_to_write
from sarabanwatch.store.schema import migrate
from sarabanwatch.store.tx import Tx
from sarabanwatch.store.writer import Ledger, WriteRequest
from simulation.disk import Disk

FILE = Path("ledger.db")


def opened(disk) -> apsw.Connection:
    """Open the ledger as the product does; without shared memory it must own its file."""
    with beneath(disk, _own):
        return open_to_write(FILE)


class Inline(Ledger):
    """A ledger of either engine that writes when the loop comes round to it."""

    def _hand(self, request):
        """Share the next commit with all who ask before the loop comes round."""
        if not self._orders:
            asyncio.get_running_loop().call_soon(self._flush)
        self._orders.append(request)

    async def read(self, question, *args, **named):
        """Ask what is committed: between two turns of the loop nothing is half-done."""
        await asyncio.sleep(0)
        return question(self._db, *args, **named)

    def _flush(self):
        orders, self._orders = self._orders, []
        if orders:
            self._commit(orders)


class InlineLedger(Inline, FileLedger):
    """One on SQLite."""

    def __init__(self, disk):
        self._path = FILE
        self._orders: list[WriteRequest] = []
        try:
            self._db = opened(disk)
            migrate(self._db)
            self._db.execute("UPDATE epoch SET number = 7")      # the same in each play of a seed
        except apsw.Error as failed:
            raise self._unwritable(failed) from failed

    def close(self):
        """Close the file."""
        self._flush()
        self._db.close(True)


class OnDisk(Disk):
    """A disk on which the ledger stands: a machine that lasts when programs die."""

    def ledger(self) -> InlineLedger:
        """Open the ledger, as a program that starts."""
        return InlineLedger(self)

    @contextmanager
    def looked_at(self) -> Iterator[Tx]:
        """Open the file as a person would who looks at it; there is always room for that."""
        full, self.full = self.full, False
        db = InlineLedger(self)._db
        try:
            yield db
        finally:
            db.close(True)
            self.full = full


def _own(db: apsw.Connection) -> None:
    db.pragma("locking_mode", "exclusive")
