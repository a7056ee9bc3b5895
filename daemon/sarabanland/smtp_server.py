"""SMTP as a server: as little as the land needs, and no slower than it must be (RFC 5321, 3461).

A letter is read in one sweep, not line by line; what to say to it, a desk decides. It knows neither mailbox nor queue,
and it can do what a tidy server library would not: cut a connection, or think for minutes.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

LIMIT = 64 * 2**20          # octets of one letter
PATH = re.compile(r"(?:FROM|TO):\s*<([^<>\r\n]*)>\s*(.*)", re.IGNORECASE)
DROP = ""                   # a desk's answer that cuts the connection without a word


class Recipient(NamedTuple):
    """One RCPT with its parameters, names in capitals (NOTIFY, ORCPT)."""

    address: str
    options: Mapping[str, str]


@dataclass(slots=True)
class Envelope:
    """One mail transaction as a server sees it; `here` is the address on which it was met."""

    here: str
    sender: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    recipients: list[Recipient] = field(default_factory=list)
    content: bytes = b""


class Desk(Protocol):
    """Who decides. Each answer is a whole reply line; one that begins with 421 closes, DROP cuts."""

    name: str
    features: tuple[str, ...]

    async def recipient(self, envelope: Envelope, recipient: Recipient) -> str:
        """Take or refuse one recipient."""

    async def take(self, envelope: Envelope) -> str:
        """Take or refuse the letter itself, after its final dot."""


class Session:
    """One client's visit."""

    def __init__(self, desk: Desk, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._desk = desk
        self._reader = reader
        self._writer = writer
        self._envelope: Envelope | None = None
        self._here: str = writer.get_extra_info("sockname")[0]

    async def run(self) -> None:
        """Serve until the client leaves or is shown out."""
        try:
            reply = f"220 {self._desk.name} ESMTP"
            while reply and not reply.startswith(("221", "421")):
                reply = await self._turn(reply)
            self._writer.write(f"{reply}\r\n".encode() if reply else b"")
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass        # the client left, or sent what no letter is
        finally:
            self._writer.close()

    async def _turn(self, reply: str) -> str:
        """Say the last reply, hear one command, return the reply to it."""
        self._writer.write(f"{reply}\r\n".encode())
        line = (await self._reader.readuntil(b"\r\n"))[:-2].decode("utf-8", "replace")
        verb, _, rest = line.partition(" ")
        command = COMMANDS.get(verb.upper())
        return await command(self, rest) if command else "502 5.5.2 Command not known"

    async def ehlo(self, _rest: str) -> str:
        """Name ourselves and what we can do."""
        return "\r\n".join([f"250-{self._desk.name}", *(f"250-{can}" for can in self._desk.features), "250 HELP"])

    async def ok(self, _rest: str) -> str:
        """Agree (HELO, NOOP)."""
        return f"250 {self._desk.name}"

    async def rset(self, _rest: str) -> str:
        """Forget the transaction."""
        self._envelope = None
        return "250 2.0.0 Ok"

    async def quit(self, _rest: str) -> str:
        """Part."""
        return "221 2.0.0 Bye"

    async def mail(self, rest: str) -> str:
        """Open a transaction."""
        found = PATH.fullmatch(rest)
        if not found:
            return "501 5.5.4 Syntax: MAIL FROM:<address>"
        self._envelope = Envelope(self._here, found[1], _options(found[2]))
        return "250 2.1.0 Ok"

    async def rcpt(self, rest: str) -> str:
        """Put one recipient to the desk."""
        found = PATH.fullmatch(rest)
        if not self._envelope:
            return "503 5.5.1 MAIL first"
        if not found or not found[1]:
            return "501 5.1.3 Syntax: RCPT TO:<address>"
        recipient = Recipient(found[1], _options(found[2]))
        reply = await self._desk.recipient(self._envelope, recipient)
        if reply.startswith("250"):
            self._envelope.recipients.append(recipient)
        return reply

    async def data(self, _rest: str) -> str:
        """Take the letter in and put it to the desk."""
        envelope = self._envelope
        if not envelope or not envelope.recipients:
            return "503 5.5.1 RCPT first"
        self._writer.write(b"354 End with a dot\r\n")
        envelope.content = await self._letter()
        self._envelope = None
        return await self._desk.take(envelope)

    async def _letter(self) -> bytes:
        """Read to the final dot. The first octets are read apart: an empty letter's dot has no line before it."""
        start = await self._reader.readexactly(3)
        if start == b".\r\n":
            return b""
        letter = start + (await self._reader.readuntil(b"\r\n.\r\n"))[:-3]
        return letter.replace(b"\r\n..", b"\r\n.") if b"\r\n.." in letter else letter


COMMANDS: Mapping[str, Callable[[Session, str], Awaitable[str]]] = {
    "EHLO": Session.ehlo, "HELO": Session.ok, "NOOP": Session.ok, "RSET": Session.rset, "QUIT": Session.quit,
    "MAIL": Session.mail, "RCPT": Session.rcpt, "DATA": Session.data,
}


async def listen(desk: Desk, address: str, port: int) -> asyncio.Server:
    """Serve a desk on one loopback address; port 0 lets the kernel choose."""
    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Session(desk, reader, writer).run()
    return await asyncio.start_server(visit, address, port, limit=LIMIT)


def _options(text: str) -> dict[str, str]:
    pairs = (word.partition("=") for word in text.split())
    return {name.upper(): value for name, _, value in pairs}
