"""What a resolver on loopback says of domains: what is believed, and what is not known."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import pytest
from dns.rdatatype import MX as MX_KIND

from fakes.names import Names, Zone, resolving
from sarabanwatch.core.domain import DomainFacts, DomainFinding, Host, agreed, judge
from sarabanwatch.core.resolvers import DnsSection
from sarabanwatch.edge.dns import DnsResolver, system
from sarabanwatch.edge.dns.wire import UdpSocket, question, read

TXT, MX = "TXT", "MX"
WHOLE: Zone = {
    ("one.go.test", MX): ["20 mx2.one.go.test.", "10 MX1.one.go.test."],
    ("one.go.test", TXT): ['"google-site-verification=1"', '"v=spf1 mx" " -all"'],
    ("_dmarc.one.go.test", TXT): ['"v=DMARC1; p=reject"'],
    ("_mta-sts.one.go.test", TXT): ['"v=STSv1; id=1"'],
    ("_smtp._tls.one.go.test", TXT): ['"v=TLSRPTv1; rua=mailto:r@one.go.test"'],
    ("mx1.one.go.test", "A"): ["192.0.2.1"], ("mx1.one.go.test", "AAAA"): ["2001:db8::1"],
    ("_25._tcp.mx1.one.go.test", "TLSA"): ["3 1 1 " + "00" * 32],
    ("mx2.one.go.test", "A"): ["192.0.2.2"],
}
SIGNED = frozenset({"one.go.test", "mx1.one.go.test", "_25._tcp.mx1.one.go.test"})


@asynccontextmanager
async def witnessing(names: Names, **gently: Any) -> AsyncIterator[DnsResolver]:
    """Yield a DnsResolver that asks this server, with short times."""
    async with resolving(names):
        witness = DnsResolver("127.0.0.1", names.port, DnsSection(
            **({"timeout_seconds": 0.2, "per_second": 1e6} | gently)))
        try:
            yield witness
        finally:
            witness.forget()


async def look(zone: Zone, domain: str = "one.go.test", **how: Any) -> DomainFacts:
    async with witnessing(Names(zone, **how)) as witness:
        return await witness.look(domain)


async def test_a_look_reads_all_that_a_domain_shows() -> None:
    assert await look(WHOLE, signed=SIGNED) == DomainFacts(
        "one.go.test", True, (Host(10, "mx1.one.go.test", False, ("192.0.2.1",), ("2001:db8::1",),
                                   ("3 1 1 " + "00" * 32,), True),
                              Host(20, "mx2.one.go.test", False, ("192.0.2.2",), (), (), False)),
        None, ("v=spf1 mx -all",), ("v=DMARC1; p=reject",), "one.go.test", ("v=STSv1; id=1",),
        ("v=TLSRPTv1; rua=mailto:r@one.go.test",))


@pytest.mark.parametrize("unsigned", sorted(SIGNED))
async def test_a_host_is_secure_only_where_mx_addresses_and_tlsa_all_are(unsigned: str) -> None:
    facts = await look(WHOLE, signed=SIGNED - {unsigned})
    assert facts.hosts
    assert facts.hosts[0].dane is None


async def test_a_name_that_is_not_there_does_not_exist_and_nothing_more_is_asked() -> None:
    async with witnessing(names := Names(WHOLE)) as witness:
        assert await witness.look("two.go.test") == DomainFacts("two.go.test", exists=False)
        assert names.asked == Counter({("two.go.test", MX): 1})


@pytest.mark.parametrize("mood", ["SERVFAIL", "REFUSED", "NOTIMP", "FORMERR", "silent", "junk",
                                  "lame"])
async def test_a_resolver_that_fails_refuses_is_silent_or_talks_nonsense_tells_nothing(
    mood: str,
) -> None:
    assert await look(WHOLE, moods={"two.go.test": mood},
                      domain="two.go.test") == DomainFacts("two.go.test")


@pytest.mark.parametrize(("mood", "times"), [("silent", 3), ("SERVFAIL", 1)])
async def test_silence_is_asked_again_and_a_failure_is_not(mood: str, times: int) -> None:
    async with witnessing(names := Names(WHOLE, {"one.go.test": mood})) as witness:
        await witness.look("one.go.test")
        assert names.asked["one.go.test", MX] == times


async def test_where_nobody_listens_nothing_is_learnt() -> None:
    async with resolving(Names(WHOLE)) as names:
        port = names.port
    # it is told at once: nobody waits so long
    witness = DnsResolver("127.0.0.1", port, DnsSection(timeout_seconds=1000))
    assert await witness.look("one.go.test") == DomainFacts("one.go.test")
    witness.forget()


async def test_what_one_question_got_no_answer_to_is_left_open_and_the_rest_stands() -> None:
    facts = await look(WHOLE, moods={"_dmarc.one.go.test": "SERVFAIL", "mx2.one.go.test": "silent"})
    assert (facts.dmarc, facts.spf) == (None, ("v=spf1 mx -all",))
    assert facts.hosts
    assert [host.resolves for host in facts.hosts] == [True, None]


async def test_a_long_answer_is_fetched_by_tcp() -> None:
    assert await look(WHOLE, signed=SIGNED, moods={"one.go.test": "long"}) == await look(
        WHOLE, signed=SIGNED
    )


async def test_an_alias_is_seen_for_what_it_is() -> None:
    zone = {("one.go.test", MX): ["10 mail.one.go.test."],
            ("mail.one.go.test", "CNAME"): ["mx.two.go.test."],
            ("mx.two.go.test", "A"): ["192.0.2.3"]}
    facts = await look(zone)
    assert facts.hosts
    assert (facts.hosts[0].alias, facts.hosts[0].ipv4) == (True, ("192.0.2.3",))


async def test_an_alias_to_nowhere_exists_and_leads_nowhere() -> None:
    facts = await look({("one.go.test", "CNAME"): ["gone.two.test."]})
    assert judge(facts, private_counts=True)[DomainFinding.NO_DOMAIN] is False
    assert judge(facts, private_counts=True)[DomainFinding.NO_HOST] is True


async def test_a_null_mx_is_not_asked_about() -> None:
    async with witnessing(names := Names({("one.go.test", MX): ["0 ."]})) as witness:
        facts = await witness.look("one.go.test")
    assert facts.null_mx is True
    assert {kind for _, kind in names.asked} == {MX, TXT}


async def test_where_there_is_no_mx_the_domain_itself_is_the_host() -> None:
    facts = await look({("one.go.test", "A"): ["192.0.2.1"]})
    assert (facts.hosts, facts.mail_host) == ((), "one.go.test")


async def test_the_policy_of_the_organisation_holds_where_the_domain_has_none() -> None:
    zone = {("a.one.go.test", MX): ["0 ."], ("_dmarc.one.go.test", TXT): ['"v=DMARC1; p=none"'],
            ("_dmarc.go.test", TXT): ['"v=DMARC1; p=reject"']}
    facts = await look(zone, "a.one.go.test")
    assert (facts.dmarc, facts.dmarc_at) == (("v=DMARC1; p=none",), "one.go.test")


async def test_a_host_of_many_domains_is_asked_about_once_until_all_is_forgotten() -> None:
    zone = {(f"d{n}.test", MX): ["10 mx.house.test."]
            for n in range(20)} | {("mx.house.test", "A"): ["192.0.2.1"]}
    # a slow machine is no lost packet
    async with witnessing(names := Names(zone), timeout_seconds=30) as witness:
        await asyncio.gather(*(witness.look(f"d{n}.test") for n in range(20)))
        assert names.asked["mx.house.test", "A"] == 1
        witness.forget()
        await witness.look("d1.test")
        assert names.asked["mx.house.test", "A"] == 2


@pytest.mark.parametrize(("lasts", "absent", "mx", "aaaa"), [
    (300, 300, 1, 1),       # both are kept
    (0, 300, 2, 1),         # no longer than their TTL
    (300, 0, 1, 2),         # an absence: than its SOA says
    (300, None, 1, 2)])     # without one it is not kept (RFC 2308 section 5)
async def test_an_answer_is_used_no_longer_than_it_lasts(
    lasts: int, absent: int | None, mx: int, aaaa: int,
) -> None:
    zone = {("one.go.test", MX): ["10 mx.go.test."], ("mx.go.test", "A"): ["192.0.2.1"]}
    async with witnessing(names := Names(zone, lasts=lasts, absent=absent)) as witness:
        assert await witness.route("one.go.test") == await witness.route("one.go.test")
    assert (names.asked["one.go.test", MX], names.asked["mx.go.test", "AAAA"]) == (mx, aaaa)


async def test_that_none_answered_is_so_until_all_is_forgotten() -> None:
    async with witnessing(names := Names(WHOLE, {"one.go.test": "SERVFAIL"})) as witness:
        for _ in range(2):
            assert await witness.route("one.go.test") == DomainFacts("one.go.test")
        assert names.asked.total() == 1
        witness.forget()
        await witness.route("one.go.test")
        assert names.asked.total() == 2


async def test_of_a_letters_route_no_more_is_asked_than_decides_it() -> None:
    async with witnessing(names := Names(WHOLE)) as witness:
        facts = await witness.route("one.go.test")
    hosts = [(f"mx{n}.one.go.test", kind) for n in (1, 2) for kind in ("A", "AAAA")]
    assert set(names.asked) == {("one.go.test", MX), ("_mta-sts.one.go.test", TXT), *hosts}
    assert (facts.mta_sts, facts.spf, facts.dmarc) == (("v=STSv1; id=1",), None, None)
    assert facts.hosts
    assert {(host.tlsa, host.secure) for host in facts.hosts} == {(None, False)}


async def test_tlsa_records_are_asked_for_where_mx_and_addresses_are_vouched_for() -> None:
    async with witnessing(names := Names(WHOLE, signed=SIGNED)) as witness:
        facts, whole = await witness.route("one.go.test"), await witness.look("one.go.test")
    assert names.asked["_25._tcp.mx1.one.go.test", "TLSA"] == 1
    assert facts.hosts
    assert whole.hosts
    assert (facts.hosts[0], facts.hosts[1].secure) == (whole.hosts[0], whole.hosts[1].secure)


async def test_who_waits_for_an_answer_gets_it_though_all_is_forgotten_meanwhile() -> None:
    async with witnessing(names := Slow(WHOLE), timeout_seconds=30) as witness:
        look = asyncio.create_task(witness.route("one.go.test"))
        while not names.waiting:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0)
        witness.forget()
        assert (await look).exists is True


class Slow(Names):
    """A resolver that collects questions before it answers them."""

    waiting = 0
    most = 0

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer in a while."""
        self.waiting += 1
        self.most = max(self.most, self.waiting)
        asyncio.get_running_loop().call_later(0.05, self.release, data, addr)

    def release(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer now."""
        self.waiting -= 1
        super().datagram_received(data, addr)


@pytest.mark.parametrize("in_flight", [1, 3])
async def test_no_more_questions_are_in_flight_than_allowed(in_flight: int) -> None:
    async with witnessing(names := Slow({}), in_flight=in_flight, timeout_seconds=30) as witness:
        await asyncio.gather(*(witness.look(f"d{n}.test") for n in range(9)))
    assert names.most == in_flight


@pytest.mark.parametrize("name", ["a" * 64 + ".test", "a..test", ".".join(["abc"] * 80)])
async def test_a_name_that_cannot_be_asked_about_is_not_known(name: str) -> None:
    assert (await look(WHOLE, name)).exists is None


# --- the wire -------------------------------------------------------------------------------------


def test_an_answer_to_another_question_is_not_heard() -> None:
    async def hear(name: str) -> bytes | None:
        socket_ = UdpSocket()
        socket_.connection_made(Echo(socket_, name))
        return await socket_.ask(question("one.test", MX_KIND) or b"", 0.1)

    assert asyncio.run(hear("one.test"))
    assert asyncio.run(hear("two.test")) is None


class Echo(asyncio.DatagramTransport):
    """A transport that returns each question as an answer about some name."""

    def __init__(self, socket_: UdpSocket, name: str) -> None:
        super().__init__()
        self._socket, self._name = socket_, name

    def sendto(self, data: Any, addr: Any = None) -> None:
        """Answer at once."""
        asked = question(self._name, MX_KIND) or b""
        self._socket.datagram_received(data[:2] + b"\x81\x80" + asked[2:], addr)


@pytest.mark.parametrize("seed", range(200))
def test_no_octets_make_reading_an_answer_fail(seed: int) -> None:
    chance = Random(seed)
    base = bytes.fromhex("000184000001000100000000") + (question("one.test", MX_KIND) or b"")[10:]
    wire = bytearray(base + chance.randbytes(chance.randrange(60)))
    for _ in range(chance.randrange(8)):
        wire[chance.randrange(2, len(wire))] = chance.randrange(256)
    answer = read(bytes(wire), MX_KIND)
    assert answer is None or isinstance(answer.exists, bool)


def test_the_systems_resolvers_are_named_with_their_port_or_there_are_none() -> None:
    assert all(place.rpartition(":")[2].isdigit() for place in system())


# --- a resolver that loses questions --------------------------------------------------------------


@pytest.mark.parametrize("seed", range(2))
async def test_with_a_fifth_of_the_packets_lost_nothing_is_wrongly_said_not_to_exist(
    seed: int,
) -> None:
    there = [f"d{n}.go.test" for n in range(60)]
    gone = [f"x{n}.go.test" for n in range(20)]
    zone = {(name, MX): ["10 mx.house.test."]
            for name in there} | {("mx.house.test", "A"): ["192.0.2.1"]}
    chance = Random(seed)
    losing, sound = Names(zone, loses=lambda: chance.random() < 0.2), Names(zone)
    async with (witnessing(losing, timeout_seconds=1, tries=2) as first,
                witnessing(sound, timeout_seconds=30) as second):
        looks = [await asyncio.gather(*map(witness.look, there + gone))
                 for witness in (first, second)]
    found = {one.domain: agreed(judge(one, private_counts=True), judge(two, private_counts=True))
             for one, two in zip(*looks, strict=True)}
    lacking = {name for name, held in found.items() if held[DomainFinding.NO_DOMAIN]}
    assert lacking <= set(gone)
    assert not {name for name in there if found[name][DomainFinding.MX_NOWHERE]}
    assert len(lacking) > 10      # and most that are gone are found to be
