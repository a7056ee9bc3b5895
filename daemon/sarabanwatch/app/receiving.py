"""Takes mail in, batch by batch: while one is written, the next is fetched and read.

To read takes the interpreter, to write mostly zlib and the disk, which leave it to others: so one
goes on behind the other, and two batches are in memory. Mails are written in the order in which
they came: a batch, its evidence and its cursor in one transaction, once the batch before it is on
disk and told. Whatever ends us, the ledger has all mails up to its cursor; the rest are read again.
"""

import asyncio
from types import TracebackType
from typing import Self

from sarabanwatch.app import life
from sarabanwatch.app.ending import finished
from sarabanwatch.app.journal import Journal
from sarabanwatch.app.reading import Readers
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.core.returns.mailbox import Batch
from sarabanwatch.ports import Clock
from sarabanwatch.store import Ledger


class Receiving:
    """Batches on their way into the ledger. `async with` it: at its end all are on disk and told.

    That is so even where the daemon's end comes meanwhile, but for a batch that is still read.
    """

    def __init__(self, readers: Readers, *, ledger: Ledger, clock: Clock, rules: Rulebook,
                 journal: Journal) -> None:
        self._readers, self._ledger, self._clock = readers, ledger, clock
        self._rules, self._journal = rules, journal
        self._writing: asyncio.Task[None] | None = None

    async def take(self, batch: Batch) -> None:
        """Read a batch, and begin to write it once the one before is on disk and told.

        Raise what failed at that one, and what `life.read` raises.
        """
        received = await life.read(batch, self._readers, ledger=self._ledger, clock=self._clock,
                                   rules=self._rules)
        await self.done()
        self._writing = asyncio.create_task(life.take_in(
            received, batch, ledger=self._ledger, clock=self._clock, journal=self._journal))

    async def done(self) -> None:
        """Return when all that was taken is on disk and told; raise what failed at that."""
        writing, self._writing = self._writing, None
        if writing:
            await finished(writing)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        trace: TracebackType | None) -> None:
        await self.done()
