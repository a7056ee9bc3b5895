"""A relay and an inbox in memory, and what comes back.

The relay answers as it is told to; the inbox gives what is put in.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from datetime import datetime

from sarabanwatch import store
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.returns.arrival import Arrival
from sarabanwatch.core.returns.mailbox import Batch, Bookmarks, Cursor
from sarabanwatch.core.sending.reply import Answer, Outgoing, Stage
from sarabanwatch.store import Ledger

TAKEN = Answer(Stage.DOT, 250, "2.0.0", "taken")
LOST = Answer(Stage.DOT, 0, "", "connection lost")
LATER = Answer(Stage.RCPT, 451, "4.7.1", "greylisted, try again later")
NO_USER = Answer(Stage.RCPT, 550, "5.1.1", "no such user")


@dataclass
class Relay:
    """The Line port: `says` holds the next answers.

    Without any it takes every letter but those to addresses that begin as it `refuses`; to these it
    says `no`.
    """

    says: deque[Answer] = field(default_factory=deque)
    letters: list[Outgoing] = field(default_factory=list)
    refuses: tuple[str, ...] = ()
    no: Answer = NO_USER
    closed: bool = False

    @property
    def stands(self) -> bool:
        """Say yes."""
        return True

    async def ready(self) -> None:
        """Be ready at once."""

    async def send(self, out: Outgoing) -> Answer:
        """Record the letter and return the next answer."""
        self.letters.append(out)
        await asyncio.sleep(0)
        if self.says:
            return self.says.popleft()
        return self.no if out.to.startswith(self.refuses) else TAKEN

    async def close(self) -> None:
        """Record the end."""
        self.closed = True


@dataclass
class Inbox:
    """The Inbox port: each list of mails put in is one batch, followed by the end."""

    mails: asyncio.Queue[list[bytes]] = field(default_factory=asyncio.Queue)

    async def batches(self, after: Bookmarks) -> AsyncIterator[Batch]:
        """Yield what is put in."""
        uid = after.cursors.get("INBOX", Cursor()).uid
        while True:
            yield Batch((), Cursor(7, uid), through=True)
            some = await self.mails.get()
            numbered = [(uid + n, raw) for n, raw in enumerate(some, start=1)]
            uid += len(some)
            yield Batch(numbered, Cursor(7, uid), through=False)


class Silent:
    """The Reader port: reads nothing."""

    async def read(self, raw: bytes) -> Arrival:
        """Raise: it must not be asked."""
        raise AssertionError(raw)


@dataclass
class Password:
    """The Secret port: a password that is never renewed."""

    words: str = "x"

    async def get(self) -> str:
        """Return it."""
        return self.words

    def refused(self) -> bool:
        """Return False: there is no other."""
        return False


@dataclass(frozen=True)
class Unsigned:
    """The SignatureVerifier port: nothing is signed."""

    async def verified(self, raw: bytes) -> tuple[str, ...]:
        """Return nobody."""
        del raw
        return ()


@dataclass(frozen=True)
class EvenChance:
    """The Chance port: always the middle."""

    def draw(self) -> float:
        """Return a half."""
        return 0.5


def answer(out: Outgoing, text: str = "ได้รับหนังสือแล้ว เลขรับ 123/2569") -> bytes:
    """Return a clerk's answer to a letter."""
    return (f"From: {out.to}\r\nTo: {out.sender}\r\nSubject: Re: test\r\nMIME-Version: 1.0\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n").encode()


def bounce(out: Outgoing, status: str = "5.1.1", said: str = "550 5.1.1 no such user",
           recipient: str = "") -> bytes:
    """Return the relay's DSN (RFC 3464) of a letter, in answer to RCPT TO."""
    to = recipient or out.to
    return (
        f"Return-Path: <>\r\nFrom: MAILER-DAEMON@relay.test\r\nTo: {out.sender}\r\n"
        f"Subject: Undelivered\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain\r\n\r\n"
        f"<{to}>: host mx said: {said} (in reply to RCPT TO command)\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.test\r\n\r\n"
        f"Final-Recipient: rfc822; {to}\r\nAction: failed\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {said}\r\n\r\n--b--\r\n"
    ).encode()


async def sendable(
    ledger: Ledger, now: datetime, limit: int, besides: Collection[int], *,
    canaries_only: bool = False,
) -> list[int]:
    """Return the letters that may be sent, as the daemon would choose them.

    Letters to ourselves, then others; each host has room for all.
    """
    own = [serial for serial, _ in await ledger.read(store.pacing.waiting, Purpose.CANARY, besides,
                                                     now)]
    others = () if canaries_only else await ledger.read(store.pacing.due, now,
                                                        limit + len(besides))
    return [*own, *(each.serial for each in others if each.serial not in besides)][:limit]
