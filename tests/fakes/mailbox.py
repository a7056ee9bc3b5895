"""A mailbox whose server can be told to misbehave: once, in turn, or at certain mails.

Otherwise it behaves by RFC 3501; it is compared with real servers, which do not misbehave on
demand.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from fakes.acts import Act

CAN = b"IMAP4rev1"
# What is said in place of an answer: octets, in which TAG stands for the command's tag, and acts.
Answer = bytes | Act | tuple[bytes | Act, ...]


@dataclass
class Box:
    """Mails by UID. `visits` counts connections; `fall` drops those that stand.

    `says` holds, by command, what is said in place of an answer, in turn; None: what is right. The
    commands are GREETING, CAPABILITY, LOGIN, AUTHENTICATE, LIST, SELECT, SEARCH, SIZES, FETCH,
    IDLE. Mails that it `withholds` it leaves out of its answers, those that it `refuses` make them
    a NO. `others` are folders besides, by their name on the wire; `lists` what LIST says of all of
    them. `meanwhile` comes in while others are fetched.
    """

    mails: dict[int, bytes] = field(default_factory=dict)
    meanwhile: dict[int, bytes] = field(default_factory=dict)
    says: dict[str, Iterator[Answer | None]] = field(default_factory=dict)
    withholds: set[int] = field(default_factory=set)
    refuses: set[int] = field(default_factory=set)
    breaks: set[int] = field(default_factory=set)
    others: dict[str, dict[int, bytes]] = field(default_factory=dict)
    lists: bytes = b'* LIST () "/" INBOX\r\n'
    opened: str = "INBOX"
    offers: bytes = b""
    validity: int = 7
    idles: bool = True
    visits: int = 0
    heard: list[str] = field(default_factory=list)
    asked: Counter[int] = field(default_factory=Counter)  # how often each mail was asked for
    idling: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    falling: asyncio.Event = field(default_factory=asyncio.Event)

    def deliver(self, uid: int, mail: bytes) -> None:
        """Put a mail in, and notify clients in IDLE."""
        self.mails[uid] = mail
        self.changed.set()

    def fall(self) -> None:
        """Drop every connection; new ones are accepted."""
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
        if not await self._misbehaves("GREETING", b"*", reader, writer):
            writer.write(b"* OK ready\r\n")
        while line := (await reader.readline()).decode():
            tag, _, words = line.strip().partition(" ")
            self.heard.append(words)
            if await self._misbehaves(_command(words.upper()), tag.encode(), reader, writer):
                continue
            if words.upper().startswith("SELECT"):
                self.opened = words.partition(" ")[2].strip('"')
            for answer in self._answers(words.upper()):
                writer.write(answer)
            if words.upper() == "IDLE":
                writer.write(b"+ idling\r\n")
                self.idling.set()
                await self._idle(reader, writer)
            elif words.upper().startswith("AUTHENTICATE"):
                writer.write(b"+ \r\n")
                self.heard.append((await reader.readline()).decode().strip())
            writer.write(f"{tag} {self._end(words.upper())}\r\n".encode())

    async def _misbehaves(
        self, command: str, tag: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        answer = next(self.says.get(command, iter(())), None)
        for part in answer if isinstance(answer, tuple) else (answer,):
            if isinstance(part, bytes):
                writer.write(part.replace(b"TAG", tag))
            elif part is not None:
                await part(reader, writer)
        return answer is not None

    async def _idle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        done = asyncio.create_task(reader.readline())
        changed = asyncio.create_task(self.changed.wait())
        await asyncio.wait({done, changed}, return_when=asyncio.FIRST_COMPLETED)
        self.changed.clear()
        if not done.done():
            writer.write(b"* %d EXISTS\r\n" % len(self.mails))
        changed.cancel()
        await done

    @property
    def _here(self) -> dict[int, bytes]:
        """The mails of the folder that is open."""
        return self.others.get(self.opened, self.mails)

    def _answers(self, words: str) -> Iterator[bytes]:
        if words.startswith("CAPABILITY"):
            yield b"* CAPABILITY %b\r\n" % b" ".join(
                (CAN, self.offers, b"IDLE" if self.idles else b"")
            )
        elif words.startswith("ENABLE"):
            yield b"* ENABLED UTF8=ACCEPT\r\n"
        elif words.startswith("SELECT"):
            yield b"* %d EXISTS\r\n* OK [UIDVALIDITY %d] valid\r\n" % (
                len(self._here),
                self.validity,
            )
        elif words.startswith("LIST"):
            yield self.lists
        elif words.startswith("UID SEARCH"):
            yield b"* SEARCH %s\r\n" % " ".join(map(str, self._found(words.split()[3]))).encode()
        elif words.startswith("UID FETCH"):
            yield from self._fetched(_uids(words), "BODY" in words)
            if self.meanwhile:
                self.mails |= self.meanwhile
                self.meanwhile = {}
                yield b"* %d EXISTS\r\n" % len(self._here)  # said once, and to an idler not again

    def _found(self, wanted: str) -> list[int]:
        if ":" not in wanted:
            return sorted(set(map(int, wanted.split(","))) & self._here.keys())
        last = max(self._here, default=0)
        return [
            uid for uid in sorted(self._here) if uid >= min(int(wanted.partition(":")[0]), last)
        ]

    def _fetched(self, uids: list[int],
                 whole: bool) -> Iterator[bytes]:  # noqa: FBT001 - within this file
        self.asked.update(uids if whole else ())
        if whole and self.breaks & {*uids}:
            raise ConnectionResetError("as the scene has it")
        for uid in [
            uid for uid in uids if uid in self._here and uid not in self.withholds | self.refuses
        ]:
            mail = self._here[uid]
            if whole:
                yield b"* %d FETCH (UID %d BODY[]<0> {%d}\r\n%b)\r\n" % (uid, uid, len(mail), mail)
            else:
                yield b"* %d FETCH (RFC822.SIZE %d UID %d)\r\n" % (uid, len(mail), uid)

    def _end(self, words: str) -> str:
        refused = "BODY" in words and self.refuses & {*_uids(words)}
        return "NO [SERVERBUG] it cannot be read" if refused else "OK done"


def _command(words: str) -> str:
    """Name a command as `says` does."""
    if words.startswith("UID FETCH"):
        return "FETCH" if "BODY" in words else "SIZES"
    return words.removeprefix("UID ").partition(" ")[0]


def _uids(words: str) -> list[int]:
    return [int(uid) for uid in words.split()[2].split(",")]


def changes_anything(words: str) -> bool:
    """Say whether a command changes a mailbox (RFC 3501 sections 6.3 and 6.4)."""
    asked = words.upper()
    return bool(
        re.match(r"(UID )?(STORE|COPY|MOVE|EXPUNGE)|APPEND|CLOSE|DELETE|CREATE|RENAME", asked)
    ) or ("FETCH" in asked and "BODY[" in asked)  # without PEEK it sets \Seen
