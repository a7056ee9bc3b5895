"""Resolvers that misbehave: what happens to a direct letter, its slot, the log and the metrics.

The first letter is to a domain about which the resolver always misbehaves; the second, on the same
line, is to one about which it tells the truth. What a resolver does not clearly say is not known:
then the letter waits.
"""

import asyncio
import json
import struct
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import pytest

from fakes.host import Host
from fakes.hurried import hurried
from fakes.names import Names, Zone, resolving
from fakes.post import EvenChance
from fakes.sending import Became, Telling, became
from fakes.wire import playing
from sarabanwatch.core.resolvers import DnsSection
from sarabanwatch.edge.dns import DnsResolver
from sarabanwatch.edge.https import HttpsWeb
from sarabanwatch.edge.smtp import Contexts, Direct, DirectLine, MxLookup, Policies
from sarabanwatch.edge.smtp.direct import DirectTerms

MX, A, ONE = "MX", "A", "one.go.test"
TWO: Zone = {("two.go.test", MX): ["10 mx.two.go.test."], ("mx.two.go.test", A): ["127.0.0.1"]}
GOOD: Zone = {**TWO, (ONE, MX): ["10 mx.one.go.test."], ("mx.one.go.test", A): ["127.0.0.1"]}
UNKNOWN, NOWHERE = (
    "where the domain's mail goes is not known yet",
    "no mail host has an address that we may connect to",
)
TAKEN, PUT_OFF, REFUSED = ("taken", 250, "2.0.0", "taken"), ("put off", 0, ""), "refused"
STATES = {"taken": "accepted", "put off": "deferred", "refused": "refused"}
OUTCOMES = {"taken": "taken", "put off": "later", "refused": "refused"}
LATE = 4.0      # seconds after which an answer comes: the question was put again meanwhile

UDP, TCP = "UDP", "TCP"
# (resolver, question, by UDP or TCP) -> datagrams
Says = Callable[["Contrary", bytes, str], Sequence[bytes]]


@dataclass
class Contrary(Names):
    """A resolver that says something else about `one.go.test` and all beneath it."""

    says: Says | None = None
    peer: tuple[str, int] = ("", 0)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one question over UDP, by any number of datagrams."""
        self.peer = addr
        for reply in self.all(data, UDP):
            self.way.sendto(reply, addr)

    def all(self, wire: bytes, way: str) -> Sequence[bytes]:
        """Return all its datagrams in answer to a question."""
        about = dns.message.from_wire(wire).question[0].name.to_text(omit_final_dot=True).lower()
        if self.says and about.endswith(ONE):
            return self.says(self, wire, way)
        return [self.answer(wire, by_tcp=way == TCP) or b""]

    async def visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one question by TCP."""
        size = struct.unpack("!H", await reader.readexactly(2))[0]
        for reply in self.all(await reader.readexactly(size), TCP):
            writer.write(reply)
        await writer.drain()
        writer.close()


def saying(rcode: str) -> Says:
    """Answer with this code and nothing else."""
    def says(_: Contrary, wire: bytes, __: str) -> Sequence[bytes]:
        reply = dns.message.make_response(dns.message.from_wire(wire), recursion_available=True)
        reply.set_rcode(dns.rcode.from_text(rcode))
        return [reply.to_wire()]
    return says


def truth(names: Contrary, wire: bytes) -> bytes:
    """Return the true answer."""
    return names.answer(wire, by_tcp=False) or b""


def changed(octets: Callable[[bytes], Sequence[bytes]]) -> Says:
    """Return datagrams made from the true answer."""
    return lambda names, wire, _: octets(truth(names, wire))


def by_tcp(*stream: bytes) -> Says:
    """Say by UDP that the answer is too long for it, and this by TCP."""
    def says(names: Contrary, wire: bytes, way: str) -> Sequence[bytes]:
        reply = truth(names, wire)
        return stream if way == TCP else [reply[:2] + bytes([reply[2] | 0x02]) + reply[3:]]
    return says


def wholly_by_tcp(names: Contrary, wire: bytes, way: str) -> Sequence[bytes]:
    """Say by UDP that the answer is too long for it, and the truth by TCP."""
    reply = truth(names, wire)
    return [struct.pack("!H", len(reply)) + reply] if way == TCP else [reply[:2]
                                                                       + bytes([reply[2] | 0x02])
                                                                       + reply[3:]]


def late(names: Contrary, wire: bytes, _: str) -> Sequence[bytes]:
    """Answer after the client's time is over."""
    asyncio.get_running_loop().call_later(LATE, names.way.sendto, truth(names, wire), names.peer)
    return ()


def other_id(reply: bytes, by: int) -> bytes:
    """Return a reply to another question's number."""
    return ((int.from_bytes(reply[:2]) + by) % 65536).to_bytes(2) + reply[2:]


def kind_of(wire: bytes) -> str:
    return dns.rdatatype.to_text(dns.message.from_wire(wire).question[0].rdtype)


def only_of(kind: str, says: Says) -> Says:
    """Misbehave when asked for this kind of record alone."""
    return lambda names, wire, way: says(names, wire,
                                         way) if kind_of(wire) == kind else [truth(names, wire)]


@dataclass(frozen=True)
class Row:
    """What two resolvers say of the first letter's domain, and its last fact.

    Kind, code, status, words.
    """

    name: str
    says: tuple[Says | None, Says | None]
    last: tuple[object, ...] = (*PUT_OFF, UNKNOWN)
    zone: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=lambda: GOOD)
    signed: frozenset[str] = frozenset()


def both(name: str, says: Says | None, *last: object, **more: object) -> Row:
    """Return a row in which both resolvers misbehave alike."""
    return Row(name, (says, says), *((last,) if last else ()), **more)


ROWS = (
    both("they fail", saying("SERVFAIL")),
    both("they refuse", saying("REFUSED")),
    both("they do not understand our questions", saying("FORMERR")),
    both("they do not know how", saying("NOTIMP")),
    both("they say nothing", lambda *_: ()),
    both("they say five octets", changed(lambda reply: [reply[:5]])),
    both("they say a head and nothing behind it", changed(lambda reply: [reply[:12]])),
    both("they break off in the middle", changed(lambda reply: [reply[:-7]])),
    both("their answer is rubbish", changed(lambda reply: [reply[:12] + b"\xc0\x0c" * 40])),
    both("they answer with our question",
         changed(lambda reply: [reply[:2] + bytes([reply[2] & 0x7F]) + reply[3:]])),
    both("they answer another question",
         changed(lambda reply: [reply.replace(b"\3one\2go", b"\3two\2go")])),
    both("they answer under another number", changed(lambda reply: [other_id(reply, 1)])),
    both("a stranger guesses at the number a hundred times before the answer comes",
         changed(lambda reply: [*(other_id(saying("NXDOMAIN")(None, reply_to(reply), UDP)[0], n)
                                  for n in range(1, 100)), reply]),
         *TAKEN),
    both("they only refer us to others",
         changed(lambda reply: [reply[:3] + bytes([reply[3] & 0x7F]) + reply[4:]])),
    both("they answer when nobody waits any more", late),
    both("they answer twice", changed(lambda reply: [reply, reply]), *TAKEN),
    both("they want TCP, and tell all there", wholly_by_tcp, *TAKEN),
    both("they want TCP, and hang up there", by_tcp()),
    both("they want TCP, and break off there", by_tcp(b"\0\x50" + b"x" * 9)),
    both("they want TCP, and say rubbish there", by_tcp(b"\0\x14" + b"\xff" * 20)),
    both("the domain's name leads round in a circle", None, *PUT_OFF, UNKNOWN,
         zone={**TWO, (ONE, "CNAME"): ["a.one.go.test."],
               ("a.one.go.test", "CNAME"): ["one.go.test."]}),
    both("twenty hosts are named, and none of them exists", None, REFUSED, 550, "5.4.4",
         "the domain has no mail host",
         zone={**TWO, (ONE, MX): [f"10 mx{n}.nowhere.test." for n in range(20)]}),
    both("the host's name is octets", None, REFUSED, 550, "5.4.4", "the domain has no mail host",
         zone={**TWO, (ONE, MX): ["10 \\000\\255\\.x.nowhere.test."]}),
    both("the host's address is one of nobody's", None, *PUT_OFF, NOWHERE,
         zone={**GOOD, ("mx.one.go.test", A): ["192.0.2.1"]}),
    both("the host's addresses cannot be learnt", only_of(A, saying("SERVFAIL")), *PUT_OFF,
         NOWHERE),
    both("its IPv6 addresses alone cannot be learnt", only_of("AAAA", saying("SERVFAIL")), *TAKEN),
    both("whether it has TLSA records cannot be learnt", only_of("TLSA", saying("SERVFAIL")),
         *PUT_OFF, "cannot be learnt",
         signed=frozenset({ONE, "mx.one.go.test"})),
    both("its policies' texts are in the Thai code page", None, *TAKEN,
         zone={**GOOD, (ONE, "TXT"): ['"v=spf1 \\228\\193\\232\\190\\186"'],
               ("_mta-sts.one.go.test", "TXT"): ['"\\255\\000"']}),
    both("both say that there is no such domain", saying("NXDOMAIN"), REFUSED, 550, "5.1.2",
         "no such domain"),
    Row("one says that there is no such domain, and the other fails",
        (saying("NXDOMAIN"), saying("SERVFAIL"))),
    Row("one says that there is no such domain, and the other knows it",
        (saying("NXDOMAIN"), None)),
    Row("the first fails, and the other knows it", (saying("SERVFAIL"), None)),
)


def reply_to(reply: bytes) -> bytes:
    """Return the question that a reply is to."""
    message = dns.message.from_wire(reply)
    question = dns.message.make_query(message.question[0].name, message.question[0].rdtype,
                                      id=message.id)
    return question.to_wire()


@asynccontextmanager
async def line_by(row: Row, port: int) -> AsyncIterator[DirectLine]:
    """Yield a line straight to mail hosts that asks the row's resolvers."""
    async with AsyncExitStack() as stack:
        names = [await stack.enter_async_context(resolving(Contrary(row.zone, signed=row.signed,
                                                                    says=says)))
                 for says in row.says]
        mx_lookup = MxLookup([DnsResolver("127.0.0.1", each.port, DnsSection(per_second=1e6))
                              for each in names])
        stack.callback(mx_lookup.close)

        async def nowhere(_: str) -> None:
            return None

        shared = Direct(mx_lookup, Policies(nowhere, HttpsWeb()), EvenChance(),
                        DirectTerms("watch.test", port=port), contexts=Contexts())
        line = DirectLine(shared)
        stack.push_async_callback(line.close)
        yield line


async def played(row: Row, journal: Telling, file: Path) -> Became:
    host = Host({})
    async with playing(host.scene) as port, line_by(row, port) as line:
        return await became(line, journal, file)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_resolver_that_misbehaves(row: Row, tmp_path: Path,
                                    capsys: pytest.CaptureFixture[str]) -> None:
    found = hurried(played(row, Telling(), tmp_path / "ledger.db"))
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    kind, *words = row.last
    assert found.states == [STATES[kind], "accepted"]
    assert found.last
    assert found.last[:3] == (kind, *words[:2])
    assert words[2] in found.last[3]
    assert found.in_hand == 0
    assert not [line for line in told if line["event"] in ("failed", "set aside")]
    assert [line["outcome"] for line in told if line["event"] == "sent"] == [OUTCOMES[kind],
                                                                             "taken"]
    for outcome in ("taken", "later", "refused", "lost"):
        assert found.metric("letters_total", outcome=outcome) == [OUTCOMES[kind],
                                                                  "taken"].count(outcome), outcome
