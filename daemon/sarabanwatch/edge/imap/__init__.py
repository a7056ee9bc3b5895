"""The Inbox port: the watched mailbox by IMAP4rev1 (RFC 3501), with IDLE and a poll beside it.

Mail is read by UID from a cursor, and nothing on the server is changed: no flag, no deletion. Under
a new UIDVALIDITY all mail is read again; whoever keeps mails by their digest loses nothing and
counts nothing twice. A refusal is never taken for an empty answer. Whatever a server says or does
costs one connection at worst: it is reported, and after a pause another one is made.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from sarabanwatch.core.errors import Barred
from sarabanwatch.core.returns.mailbox import Batch, Bookmarks, Cursor
from sarabanwatch.core.sending.backoff import Backoff
from sarabanwatch.edge.imap.folder import Folder
from sarabanwatch.edge.imap.names import INBOX, meant
from sarabanwatch.edge.imap.opening import Mailbox, no_bound, session
from sarabanwatch.edge.imap.refusal import Unavailable
from sarabanwatch.edge.imap.session import Session
from sarabanwatch.edge.imap.talk import Bound
from sarabanwatch.ports import Chance

__all__ = ["ImapInbox", "Mailbox", "Unavailable", "session"]

ASK_AGAIN = 3600.0      # wall seconds between two tries to get mails that are missing
FIRST = 2.0             # wall seconds of the first pause after a connection that broke
HEALTHY = 120.0         # wall seconds that a connection must have lived for pauses to begin anew
EMPTIED = 4             # failures that count at most while each connection still gives mail

Hears = Callable[[BaseException], None]


def nobody(_error: BaseException) -> None:
    """Report to nobody."""


@dataclass(slots=True)
class Visit:
    """One connection: when it was begun, whether it gave mail, whether we were refused for good."""

    began: float
    gave: bool = False
    barred: bool = False

    def pause(self, backoff: Backoff, now: float, chance: float) -> float:
        """Return how many wall seconds to wait before the next connection.

        The pauses begin anew only after a connection that lasted for a while, because some servers
        log us in and hang up at once. A server that hangs up after each mail is still read to its
        end, at a moderate pace.
        """
        if now - self.began >= HEALTHY:
            backoff.served()
        elif self.gave:
            backoff.failures = min(backoff.failures, EMPTIED)
        backoff.failed(now, chance, barred=self.barred)
        return backoff.opens_at - now


def nothing(_words: str) -> None:
    """Report nothing."""


def uncertified(_ends: datetime) -> None:
    """Tell nobody until when the server's certificate holds."""


def unmeasured(_share: float) -> None:
    """Tell nobody how full it is."""


class ImapInbox:
    """The watched mailbox.

    Before each wait, `alive` is called with how many seconds it may take. `lost` is called with why
    the mailbox cannot be read for now, `barred` with why it cannot be read until a person mends
    something (it is tried again all the same, rarely), and `notice` with whatever else a person
    should know.
    """

    certified: Callable[[datetime], None] = staticmethod(uncertified)   # until when it is, heard

    def __init__(
        self, box: Mailbox, chance: Chance, *, alive: Bound = no_bound,
        lost: Hears = nobody, barred: Hears = nobody, notice: Callable[[str], None] = nothing,
    ) -> None:
        self._box, self._chance, self._backoff = box, chance, Backoff(FIRST)
        self._alive, self._lost, self._barred, self._notice = alive, lost, barred, notice
        self._unreported = set(box.also)        # folders whose absence was not reported yet
        self._asks_at: dict[str, float] = {}    # when a folder is asked again for its missing mails
        self._room_at = 0.0                     # when its room is asked for again
        self.filled: Callable[[float], None] = unmeasured   # hears which share of its room is used

    async def batches(self, after: Bookmarks) -> AsyncIterator[Batch]:
        """Yield mails after the bookmarks as they come, for ever.

        A batch that is `through` says that the end was reached. Each is taken to be on disk when
        the next is asked for. Never raises for what a server says or does.
        """
        time, self._after, self._known = asyncio.get_running_loop().time, after, dict[str, Folder]()
        while True:
            visit = Visit(time())
            self._backoff.tried(visit.began, log_in=True)
            async with aclosing(self._visit(visit)) as batches:
                async for batch in batches:
                    yield batch
            pause = visit.pause(self._backoff, time(), self._chance.draw())
            self._alive(pause)
            await asyncio.sleep(pause)

    async def _visit(self, visit: Visit) -> AsyncGenerator[Batch]:
        """Yield what comes over one connection until it breaks, and report why it did."""
        try:
            async with session(self._box, self._alive) as imap:
                if ends := imap.certificate_ends:
                    self.certified(ends)
                async for batch in self._read(imap):
                    visit.gave |= bool(batch.mails)
                    yield batch
        except Barred as error:
            visit.barred = True
            self._barred(error)
        except Exception as error:  # noqa: BLE001 - whatever a server does to us is told
            self._lost(error)

    async def _read(self, imap: Session) -> AsyncIterator[Batch]:
        """Read all folders to their end, and again whenever there may be something new.

        The main one comes first, so that it is read whatever becomes of the others; and last, so
        that it is the one whose news we await.
        """
        main, others = await self._main(imap), None
        while True:
            for folder in (*others, main) if others else (main,):
                async for batch in self._pass(imap, folder):
                    yield batch
            if others is None and (others := await self._others(imap)):
                continue
            yield Batch((), main.cursor, through=True, mailbox=main.name)
            await self._look_at_room(imap)
            await imap.rest(self._box.poll_seconds)

    async def _look_at_room(self, imap: Session) -> None:
        """Tell, once an hour at most, how full the mailbox is, where its server says so.

        Asked when all was read: a server that hangs over it costs a connection an hour, no mail.
        """
        now = asyncio.get_running_loop().time()
        if now < self._room_at:
            return
        self._room_at = now + ASK_AGAIN
        rooms = await imap.quota(self._box.name)
        self.filled(max((used / limit for used, limit in rooms if limit), default=0.0))

    async def _pass(self, imap: Session, folder: Folder) -> AsyncIterator[Batch]:
        """Yield a folder's new mails and, from time to time, missing ones that are given now."""
        folder.opened(await imap.open(folder.name))
        async for batch in folder.read(imap, self._box.since):
            yield batch
        now = asyncio.get_running_loop().time()
        if now >= self._asks_at.setdefault(folder.name, now + ASK_AGAIN):
            self._asks_at[folder.name] = now + ASK_AGAIN
            async for batch in folder.ask_again(imap):
                yield batch

    async def _main(self, imap: Session) -> Folder:
        name = self._box.name
        if name.upper() == INBOX:
            return self._folder(name)
        return self._folder(meant(name, await imap.folders() or ()) or name)

    async def _others(self, imap: Session) -> tuple[Folder, ...]:
        """Return the further folders to read; report, once, each that does not exist."""
        listed = await imap.folders() if self._box.also else []
        found = {wanted: meant(wanted, listed or ()) for wanted in self._box.also}
        for wanted in self._unreported & {wanted for wanted, name in found.items() if name is None}:
            self._unreported.discard(wanted)
            self._notice(f"{imap.where} has no folder {wanted!r}; see inbox.also")
        return tuple(self._folder(name) for name in dict.fromkeys(filter(None, found.values())))

    def _folder(self, name: str) -> Folder:
        """Return what is known of a folder."""
        cursor, lacking = self._after.cursors.get(name, Cursor()), self._after.lacking.get(name, ())
        return self._known.setdefault(name, Folder(name, cursor, lacking))
