r"""Octets of an IMAP server -> whole responses (RFC 3501 sections 2.2.2 and 4.3).

A response is a line, or lines with literals between them: a line that ends in `{3}` is followed by
three octets and the rest of the response. So a response is a list in which lines and literals take
turns, a line first and last:

    * 1 FETCH (UID 7 BODY[] {3}\r\nabc)\r\n   ->   [b"* 1 FETCH (UID 7 BODY[] {3}", b"abc", b")"]

A status response (OK, NO, BAD, BYE, PREAUTH) ends in words for people, which no literal follows,
whatever they end in. Lines may end in a bare LF. What is longer than any honest answer is refused,
for the server might go on for ever.
"""

import re
from collections.abc import Iterator

LINE_AT_MOST = 16 * 2**20       # octets: SEARCH names a million mails in 8 MB
LITERAL_AT_MOST = 32 * 2**20    # octets: of a mail no more than 25 MiB is asked for
LITERAL = re.compile(rb"\{(\d{1,20})\+?\}$")
STATUS = re.compile(rb"(?:[^ ]+ (?:OK|NO|BAD|BYE|PREAUTH)\b|\+)", re.IGNORECASE)

Response = list[bytes]


class Garbled(ConnectionError):  # noqa: N818 - said of the server
    """What the server says is no IMAP, or too long; nothing more of it can be understood."""


class Framer:
    """Gathers octets as they come, and gives each response when it is whole."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._looked = 0                    # before this place there is no line end
        self._literal: int | None = None    # the size of the literal that comes next
        self._parts: Response = []

    @property
    def empty(self) -> bool:
        """Whether nothing has come that is not part of a whole response."""
        return not self._buffer and not self._parts

    def feed(self, octets: bytes) -> Iterator[Response]:
        """Take octets, and yield the responses that are whole by now; raise Garbled."""
        self._buffer += octets
        while (part := self._part()) is not None:
            self._parts.append(part)
            if self._literal is None and len(self._parts) % 2:      # a line, and no literal follows
                whole, self._parts = self._parts, []
                yield whole

    def _part(self) -> bytes | None:
        """Return the next line or literal; None where more must come first."""
        if self._literal is None:
            return self._line()
        if len(self._buffer) < self._literal:
            return None
        size, self._literal = self._literal, None
        return self._taken(size)

    def _line(self) -> bytes | None:
        end = self._buffer.find(b"\n", self._looked)
        if end < 0:
            self._looked = len(self._buffer)
            if self._looked > LINE_AT_MOST:
                raise Garbled(f"a line of more than {LINE_AT_MOST:,} octets")
            return None
        self._looked = 0
        line = self._taken(end + 1).removesuffix(b"\n").removesuffix(b"\r")
        announced = LITERAL.search(line)
        if announced and not STATUS.match(self._parts[0] if self._parts else line):
            self._literal = int(announced[1])
            if self._literal > LITERAL_AT_MOST:
                raise Garbled(f"a literal of {self._literal:,} octets")
        return line

    def _taken(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken
