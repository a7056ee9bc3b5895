"""A mail server (SMTP) that behaves, except for the answers that a row gives it."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from itertools import chain, repeat

from fakes.acts import Act

# a reply without its CRLF; None: what is right
Answer = bytes | Act | tuple[bytes | Act, ...] | None
Turns = Callable[[], Iterable[Answer]]
RIGHT = {
    "BANNER": b"220 mx.test", "HELO": b"250 mx.test", "AUTH": b"235 2.7.0 welcome",
    "MAIL": b"250 2.1.0 OK",
    "RCPT": b"250 2.1.5 OK", "DATA": b"354 go on", "DOT": b"250 2.0.0 taken",
    "RSET": b"250 2.0.0 OK", "QUIT": b"221 2.0.0 bye",
    "STARTTLS": b"454 4.7.0 not now", "": b"500 5.5.2 what?"}

# what a refused command bars, and whatever else clears (RFC 5321 section 4.1.4)
BARS = {"MAIL": ("RCPT", "DATA"), "RCPT": ("DATA",), "RSET": (), "EHLO": (), "HELO": ()}
OUT_OF_ORDER = b"503 5.5.1 out of order"


def always(answer: Answer) -> Turns:
    """Always answer this."""
    return lambda: repeat(answer)


def first(*answers: Answer) -> Turns:
    """Answer these in order, then correctly."""
    return lambda: answers


def after(n: int, *answers: Answer) -> Turns:
    """Answer correctly so many times, then these, then correctly."""
    return lambda: chain(repeat(None, n), answers)


class Host:
    """The server; `heard` are the lines that it received, letters whole."""

    def __init__(self, says: Mapping[str, Turns], offers: tuple[bytes, ...] = ()) -> None:
        self._says = {verb: iter(turns()) for verb, turns in says.items()}
        self._right = {**RIGHT, "EHLO": b"".join((b"250-mx.test\r\n",
                                                  *(b"250-%s\r\n" % offer for offer in offers),
                                                  b"250 HELP"))}
        self.heard: list[bytes] = []
        self.letters = 0
        self._barred: tuple[str, ...] = ()

    async def scene(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        verb, line = "BANNER", b"x"
        while line:
            if await self._answered(verb, reader, writer) and verb == "DATA":
                self.heard.append(line := await reader.readuntil(b"\r\n.\r\n"))
                self.letters += 1
                verb = "DOT"
                continue
            self.heard.append(line := await reader.readline())
            said = line.split(maxsplit=1)[0].decode("ascii",
                                                    "replace").upper() if line.strip() else ""
            verb = said if said in self._right else ""

    async def _answered(self, verb: str, reader: asyncio.StreamReader,
                        writer: asyncio.StreamWriter) -> bool:
        """Answer; say whether a letter is to come, if this was DATA."""
        answer = next(self._says.get(verb, iter(())), None)
        answer = answer or (OUT_OF_ORDER if verb in self._barred else self._right[verb])
        if verb in BARS:
            agreed = isinstance(answer, bytes) and answer.startswith(b"2")
            self._barred = () if agreed else BARS[verb]
        for part in answer if isinstance(answer, tuple) else (answer,):
            if isinstance(part, bytes):
                writer.write(part + b"\r\n")
            else:
                await part(reader, writer)
        await writer.drain()
        return isinstance(answer, bytes) and answer.startswith(b"354")
