"""Questions and answers of the DNS on the wire, over UDP sockets of our own.

dnspython's own exchange opens a socket a question and reads every answer whole: about half as many
questions a second, or fewer, in the same run (`tests/bench/dns_sweep.py`). Here a question is put
together from its name, and only an answer that holds records is read by dnspython.
"""

import asyncio
import struct
from typing import Any, NamedTuple, cast

import dns.entropy
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
from dns.rdatatype import CNAME, RdataType

# without either it is a referral, or a refusal in disguise
RESOLVES = dns.flags.RA | dns.flags.AA
TRUNCATED = 0x02                            # in the third octet
# no more than one fragment back (EDNS, 1232 octets); AD in a question asks for AD in the answer
# (RFC 6840 section 5.7)
EDNS = b"\0\0\x29\x04\xd0\0\0\0\0\0\0"
FLAGS = dns.flags.RD | dns.flags.AD


class DnsAnswer(NamedTuple):
    """What a resolver clearly said.

    Whether the name exists, the records asked for, whether an alias (CNAME) led there, and AD.
    """

    exists: bool
    records: tuple[Any, ...] = ()
    alias: bool = False
    secure: bool = False


def question(name: str, kind: RdataType) -> bytes | None:
    """Return a question on the wire behind its id; None where the name cannot stand in the DNS."""
    try:
        wire = dns.name.from_text(name).to_wire()
    except dns.exception.DNSException:
        return None
    return struct.pack("!HHHHH", FLAGS, 1, 0, 0, 1) + cast("bytes", wire) + struct.pack("!HH", kind,
                                                                                        1) + EDNS


def read(wire: bytes, kind: RdataType) -> DnsAnswer | None:
    """Return what an answer clearly says; None for failures, referrals and what cannot be read."""
    flags, _, answers = struct.unpack_from("!HHH", wire, 2)
    code, secure = flags & 0xF, bool(flags & dns.flags.AD)
    if code not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN) or not flags & RESOLVES:
        return None
    if not answers:
        return DnsAnswer(code == dns.rcode.NOERROR, secure=secure)
    try:
        sets = dns.message.from_wire(wire, ignore_trailing=True).answer
    except (dns.exception.DNSException, ValueError):
        return None
    records = tuple(record for rrset in sets if rrset.rdtype == kind for record in rrset)
    return DnsAnswer(True, records, any(rrset.rdtype == CNAME for rrset in sets), secure)


class UdpSocket(asyncio.DatagramProtocol):
    """One UDP socket towards one resolver.

    Answers find their question by id, port and the question itself.
    """

    def __init__(self) -> None:
        self._waiting: dict[int, tuple[bytes, asyncio.Future[bytes | None]]] = {}
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the transport."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Hand an answer to whoever asked; drop what nobody did."""
        del addr
        if len(data) < 12 or not data[2] & 0x80:
            return
        asked, heard = self._waiting.get(int.from_bytes(data[:2]), (None, None))
        if asked and heard and not heard.done() and data[12:12 + len(asked)].lower() == asked:
            heard.set_result(data)

    def error_received(self, exc: Exception) -> None:
        """End all waits: nobody listens at that address (ICMP port unreachable)."""
        del exc
        for _, heard in self._waiting.values():
            if not heard.done():
                heard.set_result(None)

    async def ask(self, query: bytes,
                  timeout: float) -> bytes | None:  # noqa: ASYNC109 - a part of the promise
        """Return the answer to a question, or None where none came in time."""
        number = dns.entropy.random_16()
        while number in self._waiting:
            number = dns.entropy.random_16()
        heard: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self._waiting[number] = query[10:-len(EDNS)].lower(), heard
        try:
            cast("asyncio.DatagramTransport", self._transport).sendto(number.to_bytes(2) + query)
            async with asyncio.timeout(timeout):
                return await heard
        except TimeoutError:
            return None
        finally:
            del self._waiting[number]

    def close(self) -> None:
        """Close the socket."""
        if self._transport:
            self._transport.close()
