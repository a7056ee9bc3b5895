"""SMTP on the wire, both ends, as little as the land needs and no slower than it must be (RFC 5321, 3461).

The server reads a letter in one sweep instead of line by line, and asks a desk what to say; the client keeps its
connection for the next letter. Neither knows what a mailbox or a queue is.
"""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

LIMIT = 64 * 2**20          # octets of one letter
PATIENCE = 60.0             # wall seconds that a client waits for a reply
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


class Reply(NamedTuple):
    """A server's last word on a letter: 2xx taken, 4xx for now, 5xx for good."""

    code: int
    text: str


class Client:
    """A connection to a mail host, kept for several letters. Not to be used again after any exception."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, address: str, port: int, name: str) -> "Client":
        """Connect and greet; raise ConnectionError where nobody listens or the host is not ready."""
        client = cls(*await asyncio.open_connection(address, port))
        try:
            for step in (b"", f"EHLO {name}\r\n".encode()):
                reply = await client._say(step)
                if reply.code >= 400:
                    raise ConnectionError(reply.text)  # noqa: TRY301 - closed below like any other failure
        except BaseException:
            client.close()
            raise
        return client

    async def send(self, sender: str, recipient: str, content: bytes) -> Reply:
        """Offer one letter to one recipient; return the reply that decided. Raise ConnectionError if cut off."""
        for step in (f"MAIL FROM:<{sender}>\r\n", f"RCPT TO:<{recipient}>\r\n", "DATA\r\n"):
            reply = await self._say(step.encode())
            if reply.code >= 400:
                await self._reset(reply)
                return reply
        stuffed = content.replace(b"\r\n.", b"\r\n..") if b"\r\n." in content else content
        return await self._say(stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n"))

    def close(self) -> None:
        """Leave without ceremony."""
        self._writer.close()

    async def _reset(self, reply: Reply) -> None:
        if reply.code == 421:
            self.close()
        else:
            await self._say(b"RSET\r\n")

    @property
    def usable(self) -> bool:
        """Whether another letter may be sent on it."""
        return not self._writer.is_closing() and not self._reader.at_eof()

    async def _say(self, words: bytes) -> Reply:
        self._writer.write(words)
        lines = []
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    line = (await self._reader.readuntil(b"\r\n"))[:-2].decode("utf-8", "replace")
                    lines.append(line[4:])
                    if line[3:4] != "-":
                        return Reply(int(line[:3]), " ".join(lines))
        except (asyncio.IncompleteReadError, TimeoutError) as gone:
            raise ConnectionError("lost connection") from gone


def _options(text: str) -> dict[str, str]:
    pairs = (word.partition("=") for word in text.split())
    return {name.upper(): value for name, _, value in pairs}


class Pool:
    """Open connections to mail hosts, at most IDLE of them waiting."""

    IDLE = 96

    def __init__(self, port: int, name: str) -> None:
        self._port = port
        self._name = name
        self._idle: dict[str, list[Client]] = {}
        self._waiting = 0

    async def send(self, address: str, sender: str, recipient: str, content: bytes) -> Reply:
        """Offer one letter at an address over a kept connection or a new one; raise ConnectionError if none holds."""
        client = self._kept(address) or await Client.open(address, self._port, self._name)
        try:
            reply = await client.send(sender, recipient, content)
        except BaseException:
            client.close()
            raise
        self._keep(address, client)
        return reply

    def close(self) -> None:
        """Close whatever waits."""
        for clients in self._idle.values():
            for client in clients:
                client.close()
        self._idle.clear()

    def _kept(self, address: str) -> Client | None:
        with contextlib.suppress(KeyError, IndexError):
            client = self._idle[address].pop()
            self._waiting -= 1
            return client if client.usable else None
        return None

    def _keep(self, address: str, client: Client) -> None:
        if client.usable and self._waiting < self.IDLE:
            self._idle.setdefault(address, []).append(client)
            self._waiting += 1
        else:
            client.close()
