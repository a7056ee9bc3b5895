"""The real inbox reads from a misbehaving server into a real ledger; and what happens."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing, closing
from dataclasses import dataclass, field
from pathlib import Path

import apsw

from fakes.clock import StoppedClock
from fakes.post import EvenChance, Unsigned
from fakes.samples import MONDAY
from fakes.watch import RULEBOOK
from sarabanwatch import store
from sarabanwatch.app.reading import Readers
from sarabanwatch.app.receiving import Receiving
from sarabanwatch.core.returns.mailbox import Batch, Bookmarks, Cursor
from sarabanwatch.edge.imap import ImapInbox, Mailbox
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.edge.reader import ReaderProcess
from sarabanwatch.store import FileLedger, Ledger

AT_MOST = 600.0 # seconds; a play that is not over by then hangs

Hears = Callable[[BaseException], None]


@dataclass
class Heard:
    """What happened: why the mailbox was lost or barred, which mails were given.

    And what is in ledger and metrics.
    """

    journal: MetricJournal
    lost: list[str] = field(default_factory=list)
    barred: list[str] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    kept: list[bytes] = field(default_factory=list)
    bookmarks: Bookmarks = field(default_factory=Bookmarks)
    lacking: list[tuple[int, str, str]] = field(default_factory=list)  # UID, why, how it ended

    @property
    def cursor(self) -> Cursor:
        """How far INBOX was read."""
        return self.bookmarks.cursors.get("INBOX", Cursor())

    def metric(self, name: str, **labels: str) -> float:
        """Return the value of a metric."""
        found = self.journal.registry.get_sample_value(f"sarabanwatch_{name}", labels)
        assert found is not None, name
        return found


class Listener:
    """Plays an inbox into a ledger until it was lost so often and, if asked, read to its end."""

    def __init__(self, breaks: int, *, through: bool) -> None:
        self.heard = Heard(MetricJournal(StoppedClock(MONDAY)))
        self._breaks, self._through = breaks, through
        self._over = asyncio.Event()

    async def listen(self, mailbox: Mailbox, file: Path, after: Bookmarks) -> Heard:
        """Read; raise AssertionError where it is not over in time."""
        heard, journal = self.heard, self.heard.journal
        inbox = ImapInbox(
            mailbox,
            EvenChance(),
            lost=self._notes(heard.lost, journal.mailbox.lost),
            barred=self._notes(heard.barred, journal.mailbox.barred),
        )
        with closing(FileLedger(file)) as ledger:
            taking = asyncio.create_task(self._take(inbox, ledger, after))
            ending = asyncio.create_task(self._over.wait())
            await asyncio.wait(
                {taking, ending}, timeout=AT_MOST, return_when=asyncio.FIRST_COMPLETED
            )
            taking.cancel()
            ending.cancel()
            for ended in await asyncio.gather(taking, ending, return_exceptions=True):
                if isinstance(ended, Exception):
                    raise ended
            assert self._over.is_set(), heard
            heard.bookmarks = await ledger.read(store.lacking.bookmarks)
            journal.mailbox.lacking(await ledger.read(store.lacking.count))
        with closing(apsw.Connection(str(file))) as db:
            heard.lacking = list(db.execute("SELECT uid, why, ended FROM lacking ORDER BY uid"))  # type: ignore[arg-type]
        return heard

    async def _take(self, inbox: ImapInbox, ledger: Ledger, after: Bookmarks) -> None:
        heard, clock, reader = self.heard, StoppedClock(MONDAY), ReaderProcess(RULEBOOK.ours,
                                                                               RULEBOOK.refusals)
        async with (
            Receiving(Readers(reader, Unsigned()), ledger=ledger, clock=clock, rules=RULEBOOK,
                      journal=heard.journal) as receiving,
            aclosing(inbox.batches(after)) as batches,  # type: ignore[type-var]
        ):
            async for batch in batches:
                heard.batches.append(batch)
                heard.kept += [raw for _, raw in batch.mails if raw not in heard.kept]
                if batch.mails or batch.lacking:
                    await receiving.take(batch)
                if batch.through:
                    await receiving.done()
                    heard.journal.looked()
                    self._see(through=True)

    def _notes(self, where: list[str], tell: Hears) -> Hears:
        def note(error: BaseException) -> None:
            where.append(str(error))
            tell(error)
            self._see(through=False)

        return note

    def _see(self, *, through: bool) -> None:
        broken = len(self.heard.lost) + len(self.heard.barred)
        if broken >= self._breaks and through is self._through:
            self._over.set()
