"""A resolver on loopback, by UDP and TCP, that answers as a test wants.

With records, failures, silence, or too much.
"""

import asyncio
import struct
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

# (name, kind) -> records; a CNAME answers every kind
Zone = Mapping[tuple[str, str], Sequence[str]]


def never() -> bool:
    """Lose nothing."""
    return False


@dataclass
class Names(asyncio.DatagramProtocol):
    """One resolver. `moods`: name -> an rcode, "silent", "junk", "lame" or "long".

    `signed`: names that it vouches for. `lasts`: seconds that records may be kept; `absent`: those
    that an absence may, None where no SOA says so.
    """

    zone: Zone
    moods: Mapping[str, str] = field(default_factory=dict)
    signed: frozenset[str] = frozenset()
    loses: Callable[[], bool] = never
    lasts: int = 300
    absent: int | None = None
    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    port: int = 0
    way: asyncio.DatagramTransport | None = None

    def __post_init__(self) -> None:
        labels = [owner.split(".") for owner, _ in self.zone]
        # RFC 8020: parents exist too
        self.there = {".".join(each[at:]) for each in labels for at in range(len(each))}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the transport."""
        self.way = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one question, or not."""
        reply = None if self.loses() else self.answer(data, by_tcp=False)
        if reply and self.way:
            self.way.sendto(reply, addr)

    def answer(self, wire: bytes, *, by_tcp: bool) -> bytes | None:
        """Return its answer to a question."""
        query = dns.message.from_wire(wire)
        asked = query.question[0]
        name, kind = (
            asked.name.to_text(omit_final_dot=True).lower(),
            dns.rdatatype.to_text(asked.rdtype),
        )
        self.asked[name, kind] += 1
        mood = self.moods.get(name, "")
        if mood in ("silent", "junk"):
            return (
                wire[:2] + b"\x84\0\0\1\0\1\0\0\0\0" + wire[12:-11] + b"\xc0" if mood == "junk"
                else None
            )
        reply = dns.message.make_response(query)
        reply.flags |= 0 if mood == "lame" else dns.flags.RA
        if mood.isupper():
            reply.set_rcode(dns.rcode.from_text(mood))
        elif mood == "long" and not by_tcp:
            reply.flags |= dns.flags.TC
        else:
            self._fill(reply, name, kind)
        return reply.to_wire()

    def _fill(self, reply: dns.message.Message, name: str, kind: str) -> None:
        records = self.zone.get((name, kind), ())
        target = self.zone.get((name, "CNAME"), ())
        for rdtype, texts in ((kind, records), ("CNAME", target)):
            if texts:
                owner = f"{name.rstrip('.')}."
                reply.answer.append(dns.rrset.from_text(owner, self.lasts, "IN", rdtype, *texts))
        if self.absent is not None and not reply.answer:
            soa = f"ns.test. post.test. 1 9000 900 90000 {self.absent}"
            reply.authority.append(dns.rrset.from_text("test.", 3600, "IN", "SOA", soa))
        if target:
            self._fill(reply, target[0].rstrip("."), kind)
        elif name not in self.there:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        elif name in self.signed:
            reply.flags |= dns.flags.AD

    async def visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one question by TCP."""
        size = struct.unpack("!H", await reader.readexactly(2))[0]
        reply = self.answer(await reader.readexactly(size), by_tcp=True) or b""
        writer.write(struct.pack("!H", len(reply)) + reply)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def resolving(names: Names) -> AsyncIterator[Names]:
    """Listen on loopback, the same port for UDP and TCP.

    What is free for one may be taken for the other: then the next.
    """
    loop, tcp = asyncio.get_running_loop(), None
    while tcp is None:
        udp, _ = await loop.create_datagram_endpoint(lambda: names, ("127.0.0.1", 0))
        names.port = udp.get_extra_info("sockname")[1]
        try:
            tcp = await asyncio.start_server(names.visit, "127.0.0.1", names.port)
        except OSError:
            udp.close()
    try:
        yield names
    finally:
        udp.close()
        tcp.close()
        await tcp.wait_closed()
