"""Questions and answers of the DNS on the wire, over UDP sockets of our own.

dnspython's own exchange opens a socket a question and reads every answer whole: about half as many
questions a second, or fewer, in the same run (`tests/bench/dns_sweep.py`). Here a question is put
together from its name, and only an answer that holds records is read by dnspython.
"""

import asyncio
import struct
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import dns.entropy
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
from dns.rdatatype import CNAME, SOA, RdataType

# without either it is a referral, or a refusal in disguise
RESOLVES = dns.flags.RA | dns.flags.AA
TRUNCATED = 0x02                            # in the third octet
# no more than one fragment back (EDNS, 1232 octets); AD in a question asks for AD in the answer
# (RFC 6840 section 5.7)
EDNS = b"\0\0\x29\x04\xd0\0\0\0\0\0\0"
FLAGS = dns.flags.RD | dns.flags.AD


@dataclass(frozen=True)
class DnsAnswer:
    """What a resolver clearly said, in `wire`.

    Whether the name exists, the records asked for, whether an alias (CNAME) led there, and AD.
    """

    wire: bytes
    exists: bool
    records: tuple[Any, ...] = ()
    alias: bool = False
    secure: bool = False

    @cached_property
    def lasts(self) -> int:
        """For how many seconds it may be kept; an absence as its SOA says (RFC 2308 section 5).

        0 where it does not say. Most answers are used once, so this is read when it is asked for.
        """
        try:
            message = dns.message.from_wire(self.wire, ignore_trailing=True)
        except (dns.exception.DNSException, ValueError):
            return 0
        of_absence = [min(rrset.ttl, rrset[0].minimum)
                      for rrset in message.authority if rrset.rdtype == SOA] or [0]
        return min(rrset.ttl for rrset in message.answer) if self.records else min(of_absence)


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
        return DnsAnswer(wire, code == dns.rcode.NOERROR, secure=secure)
    try:
        sets = dns.message.from_wire(wire, ignore_trailing=True).answer
    except (dns.exception.DNSException, ValueError):
        return None
    records = tuple(record for rrset in sets if rrset.rdtype == kind for record in rrset)
    return DnsAnswer(wire, True, records, any(rrset.rdtype == CNAME for rrset in sets), secure)


class UdpSocket(asyncio.DatagramProtocol):
    """One UDP socket towards one resolver.

    Answers find their question by id, port and the question itself.
    """

    def __init__(self) -> None:
        self._waiting: dict[int, tuple[bytes, asyncio.Future[bytes | None]]] = {}
        self._transport: asyncio.DatagramTransport | None = None
        self._retired = False

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
            _unheard(heard)

    async def ask(self, query: bytes, within: float) -> bytes | None:
        """Return the answer to a question, or None where none came within so many seconds."""
        number = dns.entropy.random_16()
        while number in self._waiting:
            number = dns.entropy.random_16()
        loop = asyncio.get_running_loop()
        heard: asyncio.Future[bytes | None] = loop.create_future()
        late = loop.call_later(within, _unheard, heard)
        self._waiting[number] = query[10:-len(EDNS)].lower(), heard
        try:
            cast("asyncio.DatagramTransport", self._transport).sendto(number.to_bytes(2) + query)
            return await heard
        finally:
            late.cancel()
            del self._waiting[number]
            if self._retired and not self._waiting:
                self.close()

    def retire(self) -> None:
        """Close the socket as soon as nobody waits at it."""
        self._retired = True
        if not self._waiting:
            self.close()

    def close(self) -> None:
        """Close the socket."""
        if self._transport:
            self._transport.close()


def _unheard(heard: asyncio.Future[bytes | None]) -> None:
    if not heard.done():
        heard.set_result(None)
