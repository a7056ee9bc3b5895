"""SMTP as a client: offers letters to mail hosts over connections that are kept for the next letter (RFC 5321)."""

import asyncio
import contextlib
from typing import NamedTuple

PATIENCE = 60.0             # wall seconds to wait for a reply


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
