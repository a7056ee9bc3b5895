"""The land's DNS over the wire, UDP and TCP."""

from collections.abc import AsyncIterator

import dns.asyncquery
import dns.message
import dns.rcode
import pytest
from dns.rdatatype import SOA

from sarabanland.nameserver import Nameserver
from sarabanland.zone import Zone

ZONE = Zone(
    exchangers={"dla.go.test": ((10, "mx1.dla.go.test"),), "never.go.test": ((0, "."),)},
    addresses={"mx1.dla.go.test": "127.20.0.1"},
    texts={"probe.test": '"v=spf1 -all"'},
    barren={"bare.go.test", "go.test"},
)


@pytest.fixture
async def nameserver() -> AsyncIterator[Nameserver]:
    server = Nameserver(ZONE)
    await server.open()
    yield server
    server.close()


@pytest.mark.parametrize(("name", "kind", "records", "code"), [
    ("dla.go.test", "MX", ["10 mx1.dla.go.test."], dns.rcode.NOERROR),
    ("DLA.go.test", "MX", ["10 mx1.dla.go.test."], dns.rcode.NOERROR),
    ("never.go.test", "MX", ["0 ."], dns.rcode.NOERROR),
    ("mx1.dla.go.test", "A", ["127.20.0.1"], dns.rcode.NOERROR),
    ("mx1.dla.go.test", "AAAA", [], dns.rcode.NOERROR),
    ("probe.test", "TXT", ['"v=spf1 -all"'], dns.rcode.NOERROR),
    ("bare.go.test", "MX", [], dns.rcode.NOERROR),
    ("nowhere.go.test", "MX", [], dns.rcode.NXDOMAIN),
])
@pytest.mark.parametrize("ask", [dns.asyncquery.udp, dns.asyncquery.tcp])
async def test_a_name_answers_as_the_zone_says(
        nameserver: Nameserver, ask: type, name: str, kind: str, records: list[str],
        code: dns.rcode.Rcode) -> None:
    reply = await ask(dns.message.make_query(name, kind), "127.0.0.1", port=nameserver.port,
                      timeout=60)
    assert [record.to_text().lower() for rrset in reply.answer for record in rrset] == records
    assert reply.rcode() == code
    assert [rrset.rdtype for rrset in reply.authority] == ([] if records else [SOA])


async def test_what_is_no_question_gets_no_answer_and_does_no_harm(nameserver: Nameserver) -> None:
    nameserver.datagram_received(b"\x00junk", ("127.0.0.1", 9))
    reply = await dns.asyncquery.udp(
        dns.message.make_query("dla.go.test", "MX"), "127.0.0.1", port=nameserver.port, timeout=60)
    assert reply.answer
