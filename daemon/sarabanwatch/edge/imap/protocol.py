"""aioimaplib 2.0.3, as far as it serves: its commands, tags and states, with a reader of our own.

Upstream's reader calls itself once a line (RecursionError near 1,000), counts brackets anew for
each line, deletes `* ` inside lines, leaves commands waiting for ever when the connection is lost
or the server says BYE, and raises into the loop on octets that are no UTF-8. So this Protocol gives
what comes to a `Framer`, and each whole response to the one command that waits. It reaches into
private methods; therefore the version is pinned, and a contract test guards the pin.
"""

import asyncio
import re
import ssl
from collections.abc import Iterator
from typing import Any

from aioimaplib import aioimaplib as upstream

from sarabanwatch.core.facts import foreign
from sarabanwatch.edge.imap.framing import STATUS, Framer, Garbled, Response

ANSWER_WITHIN = 60.0            # wall seconds of silence before a command is given up
REPLY_WITHIN = 15 * 60.0        # wall seconds for a whole reply, however steadily it trickles
REPLY_AT_MOST = 64 * 2**20      # octets
CHANGE = re.compile(rb"(\d{1,10}) (EXISTS|EXPUNGE)", re.IGNORECASE)
TAKE_BACK = b"*"                # ends a log-in that cannot go on (RFC 3501 section 6.2.2)


class Protocol(upstream.IMAP4ClientProtocol):  # type: ignore[misc]  # upstream is untyped
    """One connection, one command at a time; once it is lost, every command fails."""

    pending_sync_command: upstream.Command | None
    transport: Any

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._framer = Framer()
        self._octets = 0                # of the reply that comes now
        self._answers: Iterator[bytes] = iter(())
        self.greeting: asyncio.Future[bytes] = loop.create_future()
        self.news = asyncio.Event()     # a mail has come, or the connection is lost
        self.granted = asyncio.Event()  # the server has begun IDLE
        self.exists: int | None = None  # how many mails the folder holds, as last said
        self.lost: BaseException | None = None
        self.parting = ""               # the words of a BYE
        self.challenges: list[bytes] = []

    # --- what comes in ----------------------------------------------------------------------------

    def data_received(self, d: bytes) -> None:
        """Take what came; whatever it is, it costs the connection at worst."""
        if self.lost is not None:
            return
        command = self._waiting()
        if command is not None:
            command._reset_timer()  # noqa: SLF001 - upstream sets it by whole lines only
        try:
            for response in self._framer.feed(d):
                self._heard(response)
        except (ValueError, upstream.AioImapException, Garbled) as error:
            self.break_off(Garbled(f"the server speaks no IMAP: {foreign.clean(str(error), 200)}"))

    def _heard(self, response: Response) -> None:
        line = response[0]
        if not self.greeting.done():
            self.greeting.set_result(line)
        elif line.startswith(b"* "):
            self._untagged([line[2:].lstrip(), *response[1:]])
        elif line.startswith(b"+"):
            self._continuation(line)
        elif STATUS.match(line):
            self._tagged(line)
        elif line:
            raise Garbled(foreign.text(line, 200))

    def _untagged(self, response: Response) -> None:
        """Note what concerns the connection, and hand the response to the command that waits."""
        line, command = response[0], self._waiting()
        if line[:4].upper() == b"BYE ":
            self.parting = foreign.text(line[4:], 500)
        elif (change := CHANGE.fullmatch(line)) is not None:
            self._changed(int(change[1]), change[2].upper())
        if command is None or command.name == "IDLE":
            return
        self._octets += sum(map(len, response))
        if self._octets > REPLY_AT_MOST:
            raise Garbled(f"a reply of more than {REPLY_AT_MOST:,} octets")
        command._resp_lines.append(response)  # noqa: SLF001 - upstream takes a line at a time

    def _changed(self, number: int, what: bytes) -> None:
        """Note how many mails the folder holds; one fewer (EXPUNGE) is no news."""
        self.exists = number if what == b"EXISTS" else max(0, (self.exists or 1) - 1)
        if what == b"EXISTS":
            self.news.set()

    def _tagged(self, line: bytes) -> None:
        """End the command that waits; upstream knows `OK` in capitals only."""
        tag, result, *words = line.split(b" ", 2)
        command = self._waiting()
        self._response_done(b" ".join((tag, result.upper(), *words)))
        if command is not None and command.name == "STARTTLS" and result.upper() == b"OK":
            self.transport.pause_reading()
            if not self._framer.empty:
                raise Garbled("the server sent more in clear text after STARTTLS")

    def _continuation(self, line: bytes) -> None:
        """Go on idling, or with the log-in's next response; upstream knows only one of these."""
        command = self._waiting()
        if command is not None and command.name == "IDLE":
            self.granted.set()
        elif command is not None and command.name == "AUTHENTICATE":
            self.challenges.append(line[1:].strip())
            self.transport.write(next(self._answers, TAKE_BACK) + b"\r\n")

    def _waiting(self) -> upstream.Command | None:
        """Return the command that waits for its end; there is never more than one."""
        return self.pending_sync_command or next(iter(self.pending_async_commands.values()), None)

    # --- what is asked ---------------------------------------------------------------------------

    async def execute(
        self, command: upstream.Command, scrub: str | None = None,
    ) -> upstream.Response:
        """Run a command. After any exception the connection is out of step, and is dropped."""
        if self.lost is not None:
            raise self.lost
        self._octets = 0
        try:
            async with asyncio.timeout(None if command.name == "IDLE" else REPLY_WITHIN):
                return await super().execute(command, scrub=scrub)
        except (TimeoutError, upstream.CommandTimeout):
            slow = TimeoutError(f"no whole answer to {command.name} in time")
            self.break_off(slow)
            raise slow from None
        except BaseException:
            self.break_off(ConnectionAbortedError(f"{command.name} was given up"))
            raise

    def will_answer(self, *words: bytes) -> None:
        """Set the responses to the challenges of the log-in that follows, in order."""
        self._answers, self.challenges = iter(words), []

    async def encrypt(self, context: ssl.SSLContext, host: str, within: float) -> None:
        """Begin TLS on the open connection; upstream can only begin a connection with it."""
        self.transport = await self.loop.start_tls(
            self.transport, self, context, server_hostname=host, ssl_handshake_timeout=within)

    # --- how it ends -----------------------------------------------------------------------------

    def break_off(self, why: BaseException) -> None:
        """Drop the connection, for a reason of ours."""
        self.lost = self.lost or why
        if self.transport is not None:
            self.transport.abort()
        self._fail(self.lost)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail the command that waits, with the words of a BYE; upstream never ends it."""
        words = f": {self.parting}" if self.parting else ""
        closed = ConnectionResetError(f"the server closed the connection{words}")
        self.lost = self.lost or exc or closed
        self._fail(self.lost)

    def _fail(self, why: BaseException) -> None:
        self.news.set()
        if not self.greeting.done():
            self.greeting.set_exception(why)
            self.greeting.exception()       # so that nothing is said where nobody waits for it
        waiting = [*self.pending_async_commands.values(), self.pending_sync_command]
        self.pending_async_commands.clear()
        self.pending_sync_command = None
        for command in filter(None, waiting):
            command._exception = why  # noqa: SLF001 - upstream has no way to fail a command
            command._timer.cancel()  # noqa: SLF001 - as above
            command._event.set()  # noqa: SLF001 - as above


async def connect(host: str, port: int, within: float, **how: Any) -> Protocol:  # noqa: ANN401
    """Connect within so many seconds, by whichever address of the host answers first."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(within):
        _, protocol = await loop.create_connection(
            lambda: Protocol(loop), host, port, happy_eyeballs_delay=0.25, **how)
    return protocol
