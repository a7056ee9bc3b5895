"""What the other side of an open SMTP connection says, reply by reply.

aiosmtplib connects, greets, begins TLS and logs in; then a `Replies` takes the connection over. Its
own protocol knows one reply at a time: it drops what comes before somebody waits, and so cannot
have several commands answered (PIPELINING, RFC 2920). Here every reply is kept, in order, until it
is asked for; and what nobody asked for is seen.
"""

import asyncio
from collections import deque

import aiosmtplib

from sarabanwatch.core.facts import foreign

LINE_AT_MOST = 8192     # octets of a line, and ...
REPLY_AT_MOST = 32768   # ... of what has come and is no whole reply yet
REPLIES_AT_MOST = 100   # that nobody has asked for yet
NO_REPLY = -1           # the code of what came and is no reply


class Replies(asyncio.Protocol):
    """The replies of one connection; once it is lost, or what comes is no SMTP, none follows."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        """Take over a connection that aiosmtplib made, with what came over it meanwhile."""
        if client.protocol is None or not isinstance(client.transport, asyncio.Transport):
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        # it keeps what came behind a reply, and has no other method to see it
        self._buffer = bytearray(client.protocol._buffer)  # noqa: SLF001
        self._transport = client.transport
        self._whole: deque[aiosmtplib.SMTPResponse] = deque()
        self._lines: list[bytes] = []           # of a reply of which more must come
        self._failed: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._transport.set_protocol(self)

    @property
    def stands(self) -> bool:
        """Whether the connection is open, and whatever came over it could be read."""
        return self._failed is None and not self._transport.is_closing()

    @property
    def quiet(self) -> bool:
        """Whether nothing has come that nobody has asked for."""
        return not (self._whole or self._lines or self._buffer)

    @property
    def unasked(self) -> str:
        """What has come and nobody has asked for, as text; "" for nothing."""
        replies = [f"{reply.code} {reply.message}".encode("utf-8", "surrogateescape")
                   for reply in self._whole]
        return foreign.text(b"\n".join([*replies, *self._lines, bytes(self._buffer)]).strip())

    def write(self, octets: bytes) -> None:
        """Send octets; raise SMTPServerDisconnected where the connection is gone."""
        if self._transport.is_closing():
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        self._transport.write(octets)

    async def next(self, within: float) -> aiosmtplib.SMTPResponse:
        """Return the next reply; raise an SMTPException where none comes in so many seconds."""
        if not (self._whole or self._failed):
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            late = loop.call_later(within, self._late)
            try:
                await self._waiter
            finally:
                late.cancel()
                self._waiter = None
        if self._failed and not self._whole:
            raise self._failed
        return self._whole.popleft()

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    # --- what the transport tells us --------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        if self._failed:
            return
        self._buffer += data
        try:
            self._read()
        except aiosmtplib.SMTPResponseException as error:
            self._fail(error)
        if self._whole:
            self._wake()

    def eof_received(self) -> None:
        """Note that the other side says no more."""
        self._fail(aiosmtplib.SMTPServerDisconnected("Unexpected EOF received"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the connection is gone."""
        lost = aiosmtplib.SMTPServerDisconnected("Connection lost")
        lost.__cause__ = exc
        self._fail(lost)

    def _fail(self, error: Exception) -> None:
        self._failed = self._failed or error
        self._wake()

    def _late(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_exception(
                aiosmtplib.SMTPReadTimeoutError("Timed out waiting for server response"))

    def _wake(self) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_result(None)

    def _read(self) -> None:
        """Take whole lines from the buffer, and whole replies from these (RFC 5321, 4.2.1)."""
        while (end := self._buffer.find(b"\n") + 1) > 0:
            line = bytes(self._buffer[:end])
            del self._buffer[:end]
            if end > LINE_AT_MOST:
                raise _too_long()
            if not line[:3].isdigit():
                raise aiosmtplib.SMTPResponseException(
                    NO_REPLY, f"Malformed SMTP response line: {line.decode('utf-8', 'ignore')}")
            self._lines.append(line)
            if line[3:4] != b"-":
                words = b"\n".join(each[4:].strip(b" \t\r\n") for each in self._lines)
                self._lines.clear()
                self._whole.append(aiosmtplib.SMTPResponse(
                    int(line[:3]), words.decode("utf-8", "surrogateescape")))
        unread = len(self._buffer) + sum(map(len, self._lines))
        if unread > REPLY_AT_MOST or len(self._whole) > REPLIES_AT_MOST:
            raise _too_long()


def _too_long() -> aiosmtplib.SMTPResponseException:
    return aiosmtplib.SMTPResponseException(NO_REPLY, "Response too long")
