"""The Resolver port on dnspython: what one resolver says of a mail domain.

A resolver that fails, refuses, does not answer or sends what cannot be read says nothing: the
result is "not known", never an absence. Only NXDOMAIN and an empty answer from a resolver that does
resolve are absences (RFC 2308 section 2). Whether an absence is believed is decided elsewhere.
Answers are kept while they last, and no longer than until `forget`, so that a host that many
domains share is asked about once.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import dns.asyncquery
import dns.exception
import dns.message
import dns.name
import dns.resolver
import dns.reversename
from dns.rdatatype import AAAA, MX, NS, PTR, TLSA, TXT, A, RdataType

from sarabanwatch.core.domain import DomainFacts, Host, Records, parents, tagged
from sarabanwatch.core.facts import foreign
from sarabanwatch.core.resolvers import DnsSection
from sarabanwatch.edge.dns.wire import TRUNCATED, DnsAnswer, UdpSocket, question, read

SOCKETS = 4              # questions in flight are spread over so many source ports
HOSTS_AT_MOST = 16       # MX hosts looked at: more are nobody's mail system
TEXT_AT_MOST = 1000      # characters of a policy that are kept
NAP_AT_LEAST = 0.01      # seconds: a shorter one is not worth a timer
LIMITS = DnsSection()
Asked = asyncio.Task[DnsAnswer | None]


class DnsResolver:
    """One resolver, with a bound on questions in flight; answers are kept while they last."""

    def __init__(self, host: str, port: int, limits: DnsSection = LIMITS) -> None:
        self._where, self._limits = (host, port), limits
        self._room = asyncio.Semaphore(limits.in_flight)
        self._turn = 0.0
        self._sockets: list[asyncio.Task[UdpSocket]] = []
        # with the loop's time at which each was put
        self._asked: dict[tuple[str, RdataType], tuple[Asked, float]] = {}

    def forget(self) -> None:
        """Forget every answer; sockets are closed as soon as nobody waits at them."""
        for opened in self._sockets:
            opened.add_done_callback(_retire)
        self._sockets, self._asked = [], {}

    async def route(self, domain: str) -> DomainFacts:
        """Return what this resolver says of a domain as far as a letter to it needs that.

        Whether a host has TLSA records is asked only where their promise could be believed: where
        the resolver vouches for MX and addresses (RFC 7672 section 2.2). What was not asked, or not
        clearly said, is left as not known.
        """
        mx = await self._ask(domain, MX)
        if mx is None or not mx.exists:
            return DomainFacts(domain, exists=None if mx is None else False)
        named = sorted((record.preference, _plain(record.exchange))
                       for record in mx.records)[:HOSTS_AT_MOST]
        mta_sts = self._ask(f"_mta-sts.{domain}", TXT)
        hosts = await asyncio.gather(*(self._host(preference, name, secure=mx.secure)
                                       for preference, name in named or [(0, domain)]))
        return DomainFacts(domain, True, tuple(hosts) if named else (),
                           None if named else hosts[0], mta_sts=_policy(await mta_sts, "STSv1"))

    async def look(self, domain: str) -> DomainFacts:
        """Return all that this resolver says of a domain.

        What it did not clearly say is left as not known.
        """
        facts = await self.route(domain)
        if not facts.exists:
            return facts
        spf, tls_rpt, (dmarc, dmarc_at), hosts, own = await asyncio.gather(
            self._ask(domain, TXT), self._ask(f"_smtp._tls.{domain}", TXT), self._dmarc(domain),
            self._with_tlsa(facts.hosts or ()), self._with_tlsa([facts.own] if facts.own else []))
        return replace(facts, hosts=hosts, own=next(iter(own), None), spf=_policy(spf, "spf1"),
                       dmarc=dmarc, dmarc_at=dmarc_at, tls_rpt=_policy(tls_rpt, "TLSRPTv1"))

    async def addresses(self, name: str) -> Records:
        """Return the addresses of any name, IPv6 first.

        None where one kind could not be learnt and there are none of the other.
        """
        four, six = map(_values, await asyncio.gather(self._ask(name, A), self._ask(name, AAAA)))
        return (*(six or ()), *(four or ())) or (None if four is None or six is None else ())

    async def names(self, address: str) -> tuple[str, ...] | None:
        """Return the names of an address (PTR), in small letters; None where they are not known."""
        answer = await self._ask(dns.reversename.from_address(address).to_text(), PTR)
        return None if answer is None else tuple(_plain(each.target) for each in answer.records)

    async def validates(self) -> bool | None:
        """Say whether it validates DNSSEC: the root is signed. None where it does not answer."""
        root = await self._ask(".", NS)
        return None if root is None else root.secure

    async def _host(self, preference: int, name: str, *, secure: bool) -> Host:
        if name == ".":
            return Host(preference, name, False, (), (), ())
        answers = four, six = await asyncio.gather(self._ask(name, A), self._ask(name, AAAA))
        aliases = {answer.alias for answer in answers if answer}
        host = Host(preference, name, any(aliases) if aliases else None, _values(four),
                    _values(six))
        if not (secure and _vouched(answers)):
            return host
        tlsa = await self._tlsa(name)
        return replace(host, tlsa=_values(tlsa), secure=_vouched((tlsa,)))

    async def _with_tlsa(self, hosts: Iterable[Host]) -> tuple[Host, ...]:
        return tuple([replace(host, tlsa=_values(await self._tlsa(host.name)))
                      if host.tlsa is None else host for host in hosts])

    def _tlsa(self, host: str) -> Asked:
        return self._ask(f"_25._tcp.{host}", TLSA)

    async def _dmarc(self, domain: str) -> tuple[Records, str]:
        """Return the DMARC records and the domain that they stand at.

        That is the domain itself or, where it has none, the nearest parent domain that has some.
        """
        found: Records = ()
        for name in parents(domain):
            found = _policy(await self._ask(f"_dmarc.{name}", TXT), "DMARC1")
            if found is None or found:
                return found, name
        return found, domain

    def _ask(self, name: str, kind: RdataType) -> Asked:
        """Return what answers a question: one that was put already, while its answer lasts."""
        now = asyncio.get_running_loop().time()
        kept, at = self._asked.get((name, kind), (None, 0.0))
        if kept is None or (kept.done() and not _lasts(kept, now - at)):
            kept, at = asyncio.create_task(self._put(name, kind)), now
            self._asked[name, kind] = kept, at
        return kept

    async def _put(self, name: str, kind: RdataType) -> DnsAnswer | None:
        query = question(name, kind)
        for _ in range(self._limits.tries if query else 0):
            async with self._room:
                await self._pace()
                wire = await self._exchange(query or b"")
            if wire:
                return read(wire, kind)
        return None

    async def _exchange(self, query: bytes) -> bytes | None:
        try:
            socket_ = await self._socket()
        except OSError:      # this resolver cannot be reached, as over IPv6 where there is none
            return None
        wire = await socket_.ask(query, self._limits.timeout_seconds)
        if wire and wire[2] & TRUNCATED:
            return await self._by_tcp(wire[:2] + query)
        return wire

    async def _by_tcp(self, query: bytes) -> bytes | None:
        """Ask once more, by TCP (RFC 7766)."""
        host, port = self._where
        with suppress(dns.exception.DNSException, OSError, EOFError):
            reply = await dns.asyncquery.tcp(dns.message.from_wire(query), host,
                                             self._limits.timeout_seconds, port)
            return reply.to_wire()
        return None

    async def _pace(self) -> None:
        now = asyncio.get_running_loop().time()
        self._turn = max(self._turn, now) + 1 / self._limits.per_second
        if self._turn - now > NAP_AT_LEAST:
            await asyncio.sleep(self._turn - now)

    async def _socket(self) -> UdpSocket:
        if len(self._sockets) < SOCKETS:
            self._sockets.append(asyncio.create_task(self._listen()))
        self._sockets.append(self._sockets.pop(0))      # the next question takes the next port
        return await self._sockets[-1]

    async def _listen(self) -> UdpSocket:
        _, socket_ = await asyncio.get_running_loop().create_datagram_endpoint(
            UdpSocket, remote_addr=self._where)
        return socket_


def system() -> tuple[str, ...]:
    """Return the system's resolvers as `address:port`; none where it names none."""
    try:
        found = dns.resolver.Resolver()
    except dns.resolver.NoResolverConfiguration:
        return ()
    return tuple(f"{host}:{found.port}" for host in found.nameservers if isinstance(host, str))


def _plain(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


def _retire(opened: asyncio.Task[UdpSocket]) -> None:
    if not opened.cancelled() and opened.exception() is None:
        opened.result().retire()


def _lasts(answered: Asked, age: float) -> bool:
    """Say whether an answer may still be used; that none came is so until all is forgotten."""
    if answered.cancelled() or answered.exception():
        return False
    answer = answered.result()
    return answer is None or age < answer.lasts


def _vouched(answers: Iterable[DnsAnswer | None]) -> bool:
    return all(answer.secure for answer in answers if answer and answer.records)


def _policy(answer: DnsAnswer | None, version: str) -> Records:
    return None if answer is None else tagged(tuple(map(_text, answer.records)), version)


def _values(answer: DnsAnswer | None) -> Records:
    return None if answer is None else tuple(record.to_text() for record in answer.records)


def _text(record: Any) -> str:  # noqa: ANN401 - a TXT record
    return foreign.text(b"".join(record.strings), TEXT_AT_MOST)
