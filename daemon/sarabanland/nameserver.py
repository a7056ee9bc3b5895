"""The land's DNS: answers MX, A and TXT over UDP and TCP on loopback, from one zone."""

import asyncio
import struct
from typing import cast

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from sarabanland.zone import Zone

LIFE = 300      # seconds a record, or its absence, may be kept
# without it an absence may not be kept (RFC 2308 section 3)
SOA = dns.rrset.from_text("test.", LIFE, "IN", "SOA",
                          f"ns.test. hostmaster.test. 1 3600 900 86400 {LIFE}")


def answer(question: bytes, zone: Zone) -> bytes | None:
    """Return the answer to one wire question: records, NODATA or NXDOMAIN.

    None for what is no question.
    """
    try:
        query = dns.message.from_wire(question)
    except dns.exception.DNSException:
        return None
    if len(query.question) != 1:
        return None
    reply = dns.message.make_response(query)
    reply.flags |= dns.flags.AA | dns.flags.RA
    asked = query.question[0]
    name = asked.name.to_text(omit_final_dot=True).lower()
    records = _records(name, asked.rdtype, zone)
    if records:
        reply.answer.append(dns.rrset.from_text(asked.name, LIFE, "IN", asked.rdtype, *records))
    else:
        reply.authority.append(SOA)
        if not zone.knows(name):
            reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply.to_wire()


def _records(name: str, kind: dns.rdatatype.RdataType, zone: Zone) -> list[str]:
    if kind == dns.rdatatype.MX:
        return [f"{preference} {host.rstrip('.')}."
                for preference, host in zone.exchangers.get(name, ())]
    table = {dns.rdatatype.A: zone.addresses, dns.rdatatype.TXT: zone.texts}.get(kind, {})
    return [table[name]] if name in table else []


class Nameserver(asyncio.DatagramProtocol):
    """Serves one zone on a port of 127.0.0.1, the same for UDP and TCP."""

    def __init__(self, zone: Zone) -> None:
        self._zone = zone
        self._udp: asyncio.DatagramTransport | None = None
        self._tcp: asyncio.Server | None = None
        self.port = 0

    async def open(self, port: int = 0) -> None:
        """Begin to listen, on the given port or a free one.

        What is free for UDP may be taken for TCP: then the next.
        """
        loop = asyncio.get_running_loop()
        while self._tcp is None:
            udp, _ = await loop.create_datagram_endpoint(lambda: self, ("127.0.0.1", port))
            self.port = udp.get_extra_info("sockname")[1]
            try:
                self._tcp = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
            except OSError:
                udp.close()
                if port:
                    raise

    def close(self) -> None:
        """Stop listening."""
        if self._tcp:
            self._tcp.close()
        if self._udp:
            self._udp.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the way to answer."""
        self._udp = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one question."""
        reply = answer(data, self._zone)
        if reply and self._udp:
            self._udp.sendto(reply, addr)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while size := await reader.read(2):
                reply = answer(await reader.readexactly(*struct.unpack("!H", size)), self._zone)
                if reply:
                    writer.write(struct.pack("!H", len(reply)) + reply)
        except (ConnectionError, asyncio.IncompleteReadError, struct.error):
            pass        # the asker went away
        finally:
            writer.close()
