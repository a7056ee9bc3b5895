"""Mail in: the watched mailbox (IMAP4rev1, RFC 3501), by IDLE (RFC 2177) with a poll beside it; the Inbox port.

Reads by UID from a cursor and changes nothing on the server: no flag, no deletion. A new UIDVALIDITY means that all is
read again; who keeps mails by their digest loses nothing and counts nothing twice. After any surprise the connection
is dropped and a new one made.
"""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aioimaplib import AioImapException
from aioimaplib.aioimaplib import quoted

from sarabanwatch.edge.imap.protocol import Client
from sarabanwatch.ports import Barred, Batch, Cursor

MAILS_AT_ONCE = 100
OCTETS_AT_ONCE = 8 * 2**20
LARGEST = 25 * 2**20          # of a larger mail only so much is fetched
IDLE_AT_MOST = 9 * 60.0       # servers hang up on longer ones, NAT sooner
GATHER = 0.05                 # seconds in which mails that come together are taken together
ANSWER_WITHIN = 60.0
OPENS_WITHIN = 6 * ANSWER_WITHIN    # connect, greeting, capabilities, log-in, mailbox; and the first question
SIZE = re.compile(rb"UID (\d+) .*?RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+) .*?UID (\d+)")
UID = re.compile(rb"UID (\d+)")
VALIDITY = re.compile(rb"UIDVALIDITY (\d+)")
SURPRISES = (OSError, AioImapException, asyncio.TimeoutError)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where the mailbox is. `tls` is none or implicit (port 993), verified unless none."""

    host: str
    port: int
    tls: str
    user: str
    password: str
    name: str
    poll_seconds: float


class ImapInbox:
    """The watched mailbox. `alive` is called whenever the watch moves, with the seconds until it moves again at most.

    `lost` is called when a connection breaks.
    """

    def __init__(
        self, box: Mailbox, *, alive: Callable[[float], None] = lambda _: None,
        lost: Callable[[BaseException], None] = lambda _: None,
    ) -> None:
        self._box, self._alive, self._lost = box, alive, lost

    async def batches(self, after: Cursor) -> AsyncIterator[Batch]:
        """Yield mails after the cursor as they come, for ever; an empty batch says that the end was reached."""
        cursor, pause = after, 1.0
        while True:
            self._alive(OPENS_WITHIN)
            async for batch in self._visit(cursor):
                cursor, pause = batch.cursor, 1.0
                yield batch
            self._alive(pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 60.0)

    async def _visit(self, cursor: Cursor) -> AsyncIterator[Batch]:
        """Yield what comes over one connection, until it breaks."""
        try:
            async with session(self._box) as (imap, validity):
                async for batch in self._hear(imap, cursor if cursor.validity == validity else Cursor(validity, 0)):
                    yield batch
        except SURPRISES as error:
            self._lost(error)

    async def _hear(self, imap: Client, cursor: Cursor) -> AsyncIterator[Batch]:
        while True:
            async for batch in _new(imap, cursor):
                cursor = batch.cursor
                yield batch
            yield Batch((), cursor, through=True)
            await self._rest(imap)

    async def _rest(self, imap: Client) -> None:
        """Return when there may be something new: the server said so, or it is time to look again."""
        poll = self._box.poll_seconds
        if "IDLE" not in imap.protocol.capabilities:
            self._alive(poll + ANSWER_WITHIN)
            await asyncio.sleep(poll)
            return
        self._alive(min(poll, IDLE_AT_MOST) + 4 * ANSWER_WITHIN)     # begin to idle, hear, end it, ask anew
        idle = await asyncio.wait_for(imap.idle_start(timeout=min(poll, IDLE_AT_MOST)), ANSWER_WITHIN)
        await imap.wait_server_push(timeout=IDLE_AT_MOST + ANSWER_WITHIN)
        imap.idle_done()
        await asyncio.wait_for(idle, ANSWER_WITHIN)
        await asyncio.sleep(GATHER)
        while not imap.protocol.idle_queue.empty():
            imap.protocol.idle_queue.get_nowait()


@asynccontextmanager
async def session(box: Mailbox) -> AsyncIterator[tuple[Client, int]]:
    """Log in and open the mailbox; yield the client and UIDVALIDITY. Raises Barred where waiting won't help."""
    where = f"inbox {box.host}:{box.port}"
    context = ssl.create_default_context() if box.tls == "implicit" else None
    imap = Client(box.host, box.port, timeout=ANSWER_WITHIN, ssl_context=context)
    try:
        await imap.wait_hello_from_server()
        reply = await imap.login(quoted(box.user), box.password)
        if reply.result != "OK":
            raise Barred(f"{where} refuses the log-in of {box.user!r}; see inbox.user and inbox.password_file")
        reply = await imap.select(quoted(box.name))
        found = next(filter(None, (VALIDITY.search(bytes(line)) for line in reply.lines)), None)
        if reply.result != "OK" or found is None:
            raise Barred(f"{where} has no mailbox {box.name!r} for {box.user!r}; see inbox.mailbox")
        yield imap, int(found[1])
    except ssl.SSLCertVerificationError as error:
        remedy = f"its certificate does not hold: {error.verify_message}; mend it, or name the host it is for"
        raise Barred(f"{where}: {remedy}") from error
    finally:
        await _leave(imap)


async def _leave(imap: Client) -> None:
    imap._client_task.cancel()  # noqa: SLF001 - upstream has no way to give up connecting
    if (alarm := imap._idle_waiter) is not None:  # noqa: SLF001 - as above
        alarm.cancel()      # else it starts a task that nobody waits for, in a loop that may be at its end
    transport = imap.protocol.transport
    if transport is not None:
        transport.abort()
    tasks = (imap._client_task, *imap.tasks, *imap.protocol.tasks)  # noqa: SLF001 - as above
    for task in tasks:
        task.cancel()   # one of upstream's waits for IDLE's `+` even after the connection is gone
    await asyncio.gather(*tasks, return_exceptions=True)


async def _new(imap: Client, cursor: Cursor) -> AsyncIterator[Batch]:
    reply = await imap.uid_search(f"UID {cursor.uid + 1}:*", charset=None)
    uids = sorted(int(word) for line in reply.lines for word in bytes(line).split() if word.isdigit())
    uids = [uid for uid in uids if uid > cursor.uid]   # `n:*` names the last one even when it is older
    for some in (uids[i:i + MAILS_AT_ONCE] for i in range(0, len(uids), MAILS_AT_ONCE)):
        for portion in portions(await _sizes(imap, some)):
            mails = await _fetch(imap, portion)
            yield Batch(mails, Cursor(cursor.validity, portion[-1]), through=False)


async def _sizes(imap: Client, uids: Sequence[int]) -> dict[int, int]:
    reply = await imap.uid("FETCH", _set(uids), "(UID RFC822.SIZE)")
    found = (SIZE.search(bytes(line)) for line in reply.lines)
    return {int(m[1] or m[4]): int(m[2] or m[3]) for m in found if m}


async def _fetch(imap: Client, uids: Sequence[int]) -> list[tuple[int, bytes]]:
    reply = await imap.uid("FETCH", _set(uids), f"(UID BODY.PEEK[]<0.{LARGEST}>)")
    return sorted(_mails(reply.lines))


def _mails(lines: Sequence[bytes | bytearray]) -> Iterator[tuple[int, bytes]]:
    for before, literal, after in zip(lines, lines[1:], lines[2:], strict=False):
        if isinstance(literal, bytearray):
            uid = UID.search(before) or UID.search(after)   # servers may put it on either side
            if uid:
                yield int(uid[1]), bytes(literal)


def portions(sizes: dict[int, int]) -> Iterator[list[int]]:
    """Split UIDs, ascending, into portions of bounded octets; one alone may be larger."""
    portion: list[int] = []
    octets = 0
    for uid in sorted(sizes):
        if portion and octets + sizes[uid] > OCTETS_AT_ONCE:
            yield portion
            portion, octets = [], 0
        portion.append(uid)
        octets += sizes[uid]
    if portion:
        yield portion


def _set(uids: Sequence[int]) -> str:
    return ",".join(map(str, uids))
