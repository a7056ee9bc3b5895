"""The product's ledger without its thread, opened as the product does, on the simulated disk."""

import asyncio
from pathlib import Path

import apsw

from fakes.platter import beneath
from sarabanwatch.store.ledger import FileLedger, open_to_write
from sarabanwatch.store.schema import migrate
from sarabanwatch.store.writer import WriteRequest

FILE = Path("ledger.db")


def opened(disk) -> apsw.Connection:
    """Open the ledger as the product does; without shared memory it must own its file."""
    with beneath(disk, _own):
        return open_to_write(FILE)


class InlineLedger(FileLedger):
    """A ledger that writes when the loop comes round to it."""

    def __init__(self, disk):
        self._path = FILE
        self._orders: list[WriteRequest] = []
        try:
            self._db = opened(disk)
            migrate(self._db)
            self._db.execute("UPDATE epoch SET number = 7")      # the same in each play of a seed
        except apsw.Error as failed:
            raise self._unwritable(failed) from failed

    def writing(self, step, *args, **named):
        """Share the next commit with all who ask before the loop comes round."""
        loop = asyncio.get_running_loop()
        if not self._orders:
            loop.call_soon(self._flush)
        self._orders.append(WriteRequest(lambda tx: step(tx, *args, **named), loop.create_future()))
        return self._orders[-1].done

    async def read(self, question, *args, **named):
        """Ask what is committed: between two turns of the loop nothing is half-done."""
        await asyncio.sleep(0)
        return question(self._db, *args, **named)

    def close(self):
        """Close the file."""
        self._flush()
        self._db.close(True)

    def _flush(self):
        orders, self._orders = self._orders, []
        if orders:
            self._commit(orders)


def _own(db: apsw.Connection) -> None:
    db.pragma("locking_mode", "exclusive")
