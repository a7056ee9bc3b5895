"""A mailbox whose server can be told to fall over, to forget its numbering, or to know no IDLE; held beside a real one."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

CAN = b"IMAP4rev1"


@dataclass
class Box:
    """Mails by UID. `visits` counts connections; `fall` drops those that stand; `meanwhile` comes in while others are fetched."""

    mails: dict[int, bytes] = field(default_factory=dict)
    meanwhile: dict[int, bytes] = field(default_factory=dict)
    validity: int = 7
    idles: bool = True
    visits: int = 0
    heard: list[str] = field(default_factory=list)
    idling: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    falling: asyncio.Event = field(default_factory=asyncio.Event)

    def deliver(self, uid: int, mail: bytes) -> None:
        """Put a mail in and tell who idles."""
        self.mails[uid] = mail
        self.changed.set()

    def fall(self) -> None:
        """Drop every connection; the next is taken again."""
        self.falling.set()
        self.falling = asyncio.Event()

    async def scene(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self.visits += 1
        serving = asyncio.create_task(self._serve(reader, writer))
        fallen = asyncio.create_task(self.falling.wait())
        done, left = await asyncio.wait({serving, fallen}, return_when=asyncio.FIRST_COMPLETED)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if serving in done:
            serving.result()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        while line := (await reader.readline()).decode():
            tag, _, words = line.strip().partition(" ")
            self.heard.append(words)
            for answer in self._answers(words.upper()):
                writer.write(answer)
            if words.upper() == "IDLE":
                writer.write(b"+ idling\r\n")
                self.idling.set()
                await self._idle(reader, writer)
            writer.write(f"{tag} OK done\r\n".encode())

    async def _idle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        done = asyncio.create_task(reader.readline())
        changed = asyncio.create_task(self.changed.wait())
        await asyncio.wait({done, changed}, return_when=asyncio.FIRST_COMPLETED)
        self.changed.clear()
        if not done.done():
            writer.write(b"* %d EXISTS\r\n" % len(self.mails))
        changed.cancel()
        await done

    def _answers(self, words: str) -> Iterator[bytes]:
        if words.startswith("CAPABILITY"):
            yield b"* CAPABILITY %s\r\n" % (CAN + b" IDLE" if self.idles else CAN)
        elif words.startswith("SELECT"):
            yield b"* OK [UIDVALIDITY %d] valid\r\n" % self.validity
        elif words.startswith("UID SEARCH"):
            first = int(words.split()[3].partition(":")[0])
            last = max(self.mails, default=0)
            found = [uid for uid in sorted(self.mails) if uid >= min(first, last)]     # n:* names the last one at least
            yield b"* SEARCH %s\r\n" % " ".join(map(str, found)).encode()
        elif words.startswith("UID FETCH"):
            yield from self._fetched([int(uid) for uid in words.split()[2].split(",")], "BODY" in words)
            if self.meanwhile:
                self.mails |= self.meanwhile
                self.meanwhile = {}
                yield b"* %d EXISTS\r\n" % len(self.mails)      # said once, and to an idler not again

    def _fetched(self, uids: list[int], whole: bool) -> Iterator[bytes]:  # noqa: FBT001 - within this file
        for uid in uids:
            mail = self.mails[uid]
            if whole:
                yield b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%b)\r\n" % (uid, uid, len(mail), mail)
            else:
                yield b"* %d FETCH (RFC822.SIZE %d UID %d)\r\n" % (uid, len(mail), uid)


def changes_anything(words: str) -> bool:
    """Say whether a command changes a mailbox (RFC 3501 sections 6.3 and 6.4)."""
    asked = words.upper()
    return bool(re.match(r"(UID )?(STORE|COPY|MOVE|EXPUNGE)|APPEND|CLOSE|DELETE|CREATE|RENAME", asked)) or (
        "FETCH" in asked and "BODY[" in asked)      # without PEEK it sets \Seen
