"""Mail in: the watched mailbox (IMAP4rev1, RFC 3501), with IDLE and a poll beside; the Inbox port.

Reads by UID from a cursor and changes nothing on the server: no flag, no deletion. Under a new
UIDVALIDITY all is read again; who keeps mails by their digest loses nothing and counts nothing
twice. A refusal is never an empty answer, and whatever a server says or does costs a connection at
worst: that is told, and after a pause another is made.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass

from sarabanwatch.core.backoff import Backoff
from sarabanwatch.edge.imap.folder import Folder
from sarabanwatch.edge.imap.opening import Mailbox, no_bound, session
from sarabanwatch.edge.imap.refusal import Unavailable
from sarabanwatch.edge.imap.session import Session
from sarabanwatch.edge.imap.talk import Bound
from sarabanwatch.ports import Barred, Batch, Bookmarks, Chance, Cursor

__all__ = ["ImapInbox", "Mailbox", "Unavailable", "session"]

ASK_AGAIN = 3600.0      # wall seconds between two askings for mails that are known to lack
FIRST = 2.0             # wall seconds of the first pause after a connection that broke
HEALTHY = 120.0         # wall seconds that a connection must have lived for pauses to begin anew
EMPTIED = 4             # failures that count at most while each connection still gives mail

Hears = Callable[[BaseException], None]


def nobody(_error: BaseException) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Visit:
    """One connection: when it was begun, whether it gave mail, whether we were refused for good."""

    began: float
    gave: bool = False
    barred: bool = False

    def pause(self, backoff: Backoff, now: float, chance: float) -> float:
        """Return how many wall seconds to wait before the next, and note how this one went.

        Pauses begin anew only after a connection that lived for a while: some servers log us in and
        hang up. One that hangs up after each mail is emptied all the same, at a middle pace.
        """
        if now - self.began >= HEALTHY:
            backoff.served()
        elif self.gave:
            backoff.failures = min(backoff.failures, EMPTIED)
        backoff.failed(now, chance, barred=self.barred)
        return backoff.opens_at - now


class ImapInbox:
    """The watched mailbox.

    `alive` hears before each wait how many seconds it may take. `lost` hears why the mailbox cannot
    be read for now, `barred` why it cannot be until a person mends something; it is tried again all
    the same, rarely.
    """

    def __init__(
        self, box: Mailbox, chance: Chance, *,
        alive: Bound = no_bound, lost: Hears = nobody, barred: Hears = nobody,
    ) -> None:
        self._box, self._chance, self._backoff = box, chance, Backoff(FIRST)
        self._alive, self._lost, self._barred = alive, lost, barred

    async def batches(self, after: Bookmarks) -> AsyncIterator[Batch]:
        """Yield mails after the bookmarks as they come, for ever.

        A batch that is `through` says that the end was reached. Each is taken to be on disk when
        the next is asked for. Never raises for what a server says or does.
        """
        name, time = self._box.name, asyncio.get_running_loop().time
        folder = Folder(name, after.cursors.get(name, Cursor()), after.lacking.get(name, ()))
        self._ask_again_at = time() + ASK_AGAIN
        while True:
            visit = Visit(time())
            self._backoff.tried(visit.began, log_in=True)
            async with aclosing(self._visit(visit, folder)) as batches:
                async for batch in batches:
                    yield batch
            pause = visit.pause(self._backoff, time(), self._chance.draw())
            self._alive(pause)
            await asyncio.sleep(pause)

    async def _visit(self, visit: Visit, folder: Folder) -> AsyncGenerator[Batch]:
        """Yield what comes over one connection until it breaks; tell why it did."""
        try:
            async with session(self._box, self._alive) as imap:
                async for batch in self._read(imap, folder):
                    visit.gave |= bool(batch.mails)
                    yield batch
        except Barred as error:
            visit.barred = True
            self._barred(error)
        except Exception as error:  # noqa: BLE001 - whatever a server does to us is told
            self._lost(error)

    async def _read(self, imap: Session, folder: Folder) -> AsyncIterator[Batch]:
        """Read to the end, and again whenever there may be something new."""
        folder.opened(await imap.select(folder.name))
        while True:
            async for batch in folder.read(imap):
                yield batch
            async for batch in self._again(imap, folder):
                yield batch
            yield Batch((), folder.cursor, through=True, mailbox=folder.name)
            await imap.rest(self._box.poll_seconds)

    async def _again(self, imap: Session, folder: Folder) -> AsyncIterator[Batch]:
        """Yield what is given by now of the mails that lacked, when it is time to ask."""
        now = asyncio.get_running_loop().time()
        if now >= self._ask_again_at:
            self._ask_again_at = now + ASK_AGAIN
            async for batch in folder.ask_again(imap):
                yield batch
