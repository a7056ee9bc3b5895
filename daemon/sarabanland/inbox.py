"""The watched inbox: starts the IMAP server, and puts mail into it by APPEND, several at a time.

Each mail gets the two trace fields that a mail host writes at final delivery: Return-Path, and
Delivered-To with the envelope recipient.
"""

import asyncio
import os
import sys
from pathlib import Path

HOME = "probe.test"
USER = "probes"
BATCH = 40              # mails in one APPEND (RFC 3502)
BACKLOG = 400           # waiting mails; while there are more, the relay takes no letter


class Inbox:
    """One mailbox, one writer."""

    def __init__(self, password_file: Path) -> None:
        self._password_file = password_file
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue()
        self._room = asyncio.Event()
        self._room.set()
        self._tag = 0
        self.port = 0
        self.delivered = 0

    async def open(self) -> None:
        """Start the server and log in; raise RuntimeError if it does not come up."""
        self._server = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-m", "sarabanland.imapd", str(os.getpid()), USER,
            str(self._password_file),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE)
        assert self._server.stdout  # noqa: S101 - asked for above
        line = await self._server.stdout.readline()
        if not line.strip().isdigit():
            raise RuntimeError(
                "the inbox did not start: is pymap installed? (pip install 'sarabanwatch[demo]')"
            )
        self.port = int(line)
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        await self._reader.readuntil(b"\r\n")
        password = self._password_file.read_text(encoding="utf-8").strip()
        await self._command(f"LOGIN {USER} {password}".encode())

    def deliver(self, recipient: str, sender: str, mail: bytes) -> None:
        """Queue a mail for the mailbox. Mail to another domain than the watch's is dropped."""
        if recipient.lower().endswith(f"@{HOME}"):
            self._waiting.put_nowait(
                f"Return-Path: <{sender}>\r\nDelivered-To: {recipient}\r\n".encode() + mail
            )
            if self._waiting.qsize() > BACKLOG:
                self._room.clear()

    async def room(self) -> None:
        """Wait until no more than BACKLOG mails wait."""
        await self._room.wait()

    async def run(self) -> None:
        """Put queued mail into the mailbox, for ever."""
        while True:
            mails = [await self._waiting.get()]
            while len(mails) < BATCH and not self._waiting.empty():
                mails.append(self._waiting.get_nowait())
            literals = b"".join(b" {%d+}\r\n%s" % (len(mail), mail) for mail in mails)
            await self._command(b"APPEND INBOX" + literals)
            self.delivered += len(mails)
            if self._waiting.qsize() < BACKLOG // 2:
                self._room.set()

    async def watch(self) -> None:
        """Raise RuntimeError when the server ends, which ends the land."""
        status = await self._server.wait()
        raise RuntimeError(f"the inbox ended before the land did, with status {status}")

    async def close(self) -> None:
        """Kill the server, which may hang or be stopped, and wait for its end."""
        if self._server.returncode is None:
            self._server.kill()
        await self._server.wait()
        self._writer.close()

    async def _command(self, words: bytes) -> None:
        self._tag += 1
        tag = b"L%d " % self._tag
        self._writer.write(tag + words + b"\r\n")
        line = b""
        try:
            while not line.startswith(tag):
                line = await self._reader.readuntil(b"\r\n")
        except (EOFError, ConnectionError) as lost:
            raise RuntimeError("the inbox closed its connection to the relay") from lost
        if not line.startswith(tag + b"OK"):
            raise RuntimeError(f"the inbox refused: {line.decode().strip()}")
