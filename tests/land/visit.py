"""What a test needs to visit a land: bodies to settle there, a way to post, a reader of the inbox.
"""

import asyncio
import email
import email.message
import re
from collections.abc import Awaitable, Callable
from email.policy import default
from pathlib import Path

import aiosmtplib

from sarabanland.body import Announcement, Body

RATE = 72_000.0         # a simulated day in 1.2 seconds


def body(door: str, desk: str = "silent", domain: str = "") -> Body:
    """A body behind a door of a domain of its own (or of another's)."""
    address = f"saraban_{door}_{desk}@{domain or f'{door}-{desk}.go.test'}"
    code = f"{door}-{desk}"
    return Body(code, f"กรม{code}", "กรม", "กรุงเทพมหานคร", "", "", "", address,
                Announcement("https://info.go.test/x", "", address), "A2", address, door, desk)


class Mailbox:
    """The inbox as a plain IMAP client sees it; it waits for mail by IDLE, never by the clock."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._exists = 0

    async def say(self, words: str) -> list[bytes]:
        """Send one command, return its untagged lines."""
        self._writer.write(f"t {words}\r\n".encode())
        return await self.until(b"t ")

    async def until(self, start: bytes) -> list[bytes]:
        """Read to a line that begins so; a literal belongs to its line."""
        lines = [b""]
        while not lines[-1].startswith(start):
            line = await self._reader.readuntil(b"\r\n")
            if literal := re.search(rb"\{(\d+)\}\r\n$", line):
                line += await self._reader.readexactly(int(literal[1]))
            lines.append(line)
            # it may come with any answer, and comes once
            if told := re.match(rb"\* (\d+) EXISTS", line):
                self._exists = int(told[1])
        assert b" NO " not in lines[-1]
        assert b" BAD " not in lines[-1]
        return lines[1:]

    async def mails(self, least: int) -> list[email.message.EmailMessage]:
        """Wait until there are so many mails, and return them all."""
        self._writer.write(b"t IDLE\r\n")
        await self.until(b"+")
        while self._exists < least:
            await self.until(b"* ")
        self._writer.write(b"DONE\r\n")
        await self.until(b"t ")
        lines = await self.say("UID FETCH 1:* (UID BODY.PEEK[])")
        raws = (line.partition(b"}\r\n")[2] for line in lines if b"}\r\n" in line)
        return [email.message_from_bytes(raw, policy=default) for raw in raws]


class Bench:
    """A land, a way in and a way to see what comes back."""

    def __init__(self, folder: Path, relay: int, mailbox: Mailbox) -> None:
        self.folder = folder
        self.relay = relay
        self.mailbox = mailbox

    async def post(self, to: str, mark: str = "m", notify: str = "FAILURE,DELAY") -> None:
        """Send one letter as the watch does."""
        sender = f"probes+{mark}@probe.test"
        letter = (f"From: =?utf-8?B?4Lij?= <probes@probe.test>\r\nTo: {to}\r\n"
                  f"Reply-To: {sender}\r\nSubject: t 1\r\n"
                  f"Message-ID: <{mark}@probe.test>\r\n\r\nline\r\n.dot\r\n")
        async with aiosmtplib.SMTP(
                hostname="127.0.0.1", port=self.relay, start_tls=False,
                local_hostname="watch.probe.test") as smtp:
            await smtp.mail(sender, options=["RET=HDRS", f"ENVID={mark}"])
            await smtp.rcpt(to, options=[f"NOTIFY={notify}", f"ORCPT=rfc822;{to}"] if notify
                            else [])
            await smtp.data(letter.encode())


Open = Callable[..., Awaitable[Bench]]        # bodies, and a rate other than RATE
