"""Letters straight to the agency's own mail host, as securely as its domain asks.

Hosts are tried in order of MX preference, over IPv6 and IPv4. A host that cannot be reached, or
does not accept a session, is left for the next; anything that a host says later is the answer.
Encryption is used where it is offered; where the certificate does not hold, a second connection is
made that accepts it, because doubtful encryption is better than none. Only MTA-STS and DANE keep a
letter from being sent.
"""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass, replace
from ipaddress import ip_address

import aiosmtplib

from sarabanwatch.core.domain import DomainFacts, Host
from sarabanwatch.core.sending import dane, route
from sarabanwatch.core.sending.certificate import Certificate
from sarabanwatch.core.sending.reply import Answer, Outgoing, Stage
from sarabanwatch.core.sending.route import Demand, Route, Security
from sarabanwatch.core.sending.tls import Seen
from sarabanwatch.edge.smtp import tls
from sarabanwatch.edge.smtp.mx_lookup import MxLookup
from sarabanwatch.edge.smtp.policies import Policies
from sarabanwatch.edge.smtp.wire import SURPRISES, Patience, Wire, hello, parsed, words_of
from sarabanwatch.ports import Chance

ADDRESSES_AT_MOST = 6       # tried for one letter
CONNECT_WITHIN = 30.0       # wall seconds for each step of a connection ...
CONNECTS_WITHIN = 120.0     # ... and for all connections that are tried for one letter
# (RFC 5321 section 4.5.3.2 would have ten minutes at the dot)
PATIENCE = Patience(300.0, 300.0, 300.0)
# wall seconds that a connection is kept for the next letter to the same host
KEEP_IDLE = 20.0
REMEMBER = 24 * 3600.0      # wall seconds until a host's encryption is tried anew


class Unsafe(Exception):  # noqa: N818 - said of the host
    """A host is not as secure as its domain asks; carries what was seen."""

    def __init__(self, seen: Seen) -> None:
        super().__init__(f"{seen.demand}: {seen.failed}")
        self.seen = seen


class Weaker(Exception):  # noqa: N818 - said of the host
    """Encryption failed as it was tried, and a weaker kind may work."""


@dataclass(frozen=True, slots=True)
class KnownTls:
    """What is known of a host's encryption: why its chain does not hold, or why TLS fails.

    It is believed until the loop's time `until`.
    """

    untrusted: str = ""
    broken: str = ""
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class DirectTerms:
    """How we come to mail hosts: our name, their port, and whether they are to report success.

    Unless `live`, only hosts on loopback are connected to.
    """

    helo: str
    port: int = 25
    live: bool = False
    success_reports: bool = True


class Direct:
    """What all direct lines share: look-ups, policies, terms, and what was learnt of hosts."""

    def __init__(self, mx_lookup: MxLookup, policies: Policies, chance: Chance,
                 terms: DirectTerms, contexts: tls.Contexts | None = None) -> None:
        self.mx_lookup, self.policies, self.chance = mx_lookup, policies, chance
        self.terms = terms
        self.contexts = contexts or tls.Contexts()
        self.known: dict[str, KnownTls] = {}
        self.authorities: dict[Security, tuple[Certificate, ...]] = {}

    def places(self, host: Host) -> tuple[str, ...]:
        """Return the addresses of a host that we may connect to: loopback only, unless live."""
        return tuple(place for place in route.addresses(host) if self.terms.live
                     or ip_address(place).is_loopback)


class DirectLine:
    """The Line port by one connection to a mail host at a time.

    It is always ready: the host is known only with the letter.
    """

    def __init__(self, shared: Direct) -> None:
        self._shared = shared
        self._wire: Wire | None = None
        self._at = ("", Security())
        self._idle: asyncio.TimerHandle | None = None

    @property
    def stands(self) -> bool:
        """Whether it is ready: always."""
        return True

    async def ready(self) -> None:
        """Return at once: the connection is made when there is a letter."""

    async def send(self, out: Outgoing) -> Answer:
        """Send one letter to the first host of its domain that accepts a session."""
        domain = out.to.rpartition("@")[2].lower()
        facts, believed = await self._shared.mx_lookup.look(domain)
        if unsendable := _unsendable(facts, believed=believed):
            return unsendable
        try:
            return await self._to_first(facts, out)
        finally:
            self._rest()

    async def _to_first(self, facts: DomainFacts, out: Outgoing) -> Answer:
        policy = await self._shared.policies.of(facts)
        answer = Answer(Stage.CONNECT, 0, "", "no mail host has an address that we may connect to",
                        Route.DIRECT)
        tries, until = 0, asyncio.get_running_loop().time() + CONNECTS_WITHIN
        for host in route.order(facts, self._shared.chance.draw):
            security = route.security(host, policy)
            if security.barred:
                seen = Seen(host.name, demand=security.demand, failed=security.barred)
                answer = Answer(Stage.CONNECT, 0, "", security.barred, Route.DIRECT, host.name,
                                seen)
                continue
            if kept := await self._over_kept(host, security, out):
                return kept
            for place in self._shared.places(host)[:ADDRESSES_AT_MOST - tries]:
                tries += 1
                reached = await self._reach(host, place, security, until)
                if isinstance(reached, Wire):
                    self._wire, self._at = reached, (host.name, security)
                    return await reached.send(out)
                answer = reached
        return answer

    async def _over_kept(self, host: Host, security: Security, out: Outgoing) -> Answer | None:
        """Send over the open connection, if it is to this host.

        Return None where it is not, or was closed meanwhile.
        """
        if self._idle:
            self._idle.cancel()
        if self._wire is None or not self._wire.stands or self._at != (host.name, security):
            await self.close()
            return None
        answer = await self._wire.send(out)
        # it was closed while idle: the letter was not mentioned
        gone = answer.stage is Stage.MAIL and answer.code in (0, 421)
        return None if gone else answer

    async def _reach(self, host: Host, place: str, security: Security,
                     until: float) -> Wire | Answer:
        """Connect to one address before `until` (loop time); return an answer if that fails."""
        try:
            async with asyncio.timeout_at(until):
                return await self._as_safe_as_asked(host, place, security)
        except Unsafe as error:
            return Answer(Stage.CONNECT, 0, "", str(error), Route.DIRECT, host.name, error.seen)
        except aiosmtplib.SMTPResponseException as error:
            reply = parsed(error.code, error.message)
            return Answer(Stage.CONNECT, *reply, Route.DIRECT, host.name)
        except SURPRISES as error:
            why = words_of(error) if str(error) else "no connection in time"
            text = f"{host.name}[{place}]: {why}"
            return Answer(Stage.CONNECT, 0, "", text, Route.DIRECT, host.name)

    async def _as_safe_as_asked(self, host: Host, place: str, security: Security) -> Wire:
        while True:
            with suppress(Weaker):
                return await _connected(self._shared, host, place, security)

    def _rest(self) -> None:
        if self._wire is not None and self._wire.stands:
            self._idle = asyncio.get_running_loop().call_later(KEEP_IDLE, self._wire.drop)

    async def close(self) -> None:
        """Close the connection, if there is one."""
        wire, self._wire = self._wire, None
        if self._idle:
            self._idle.cancel()
        if wire is not None:
            await wire.close()


def _unsendable(facts: DomainFacts, *, believed: bool) -> Answer | None:
    """Return the answer for a letter that no host can take; None where one can."""
    if facts.null_mx:
        reply = 556, "5.1.10", "the domain takes no mail: null MX (RFC 7505)"
    elif believed and facts.exists is False:
        reply = 550, "5.1.2", "no such domain"
    elif believed:
        reply = 550, "5.4.4", "the domain has no mail host"
    elif facts.receivers:
        return None
    else:
        reply = 0, "", "where the domain's mail goes is not known yet"
    return Answer(Stage.CONNECT, *reply, Route.DIRECT, "DNS")


async def _connected(shared: Direct, host: Host, place: str, security: Security) -> Wire:
    """Connect once, as securely as asked.

    Raise Weaker where a less strict try may work, and Unsafe where none may.
    """
    client = aiosmtplib.SMTP(hostname=place, port=shared.terms.port, timeout=CONNECT_WITHIN,
                             local_hostname=shared.terms.helo, use_tls=False, start_tls=False)
    try:
        await client.connect()
        await hello(client)
        seen = await _covered(shared, client, host, security)
        return Wire(client, Route.DIRECT, host.name, seen, success=shared.terms.success_reports,
                    patience=PATIENCE)
    except BaseException:
        client.close()
        raise


async def _covered(shared: Direct, client: aiosmtplib.SMTP, host: Host, security: Security) -> Seen:
    """Begin encryption as `security` demands; return what was seen of it."""
    demand = "" if security.demand is Demand.OPPORTUNISTIC else str(security.demand)
    known = shared.known.get(host.name, KnownTls())
    if known.until <= asyncio.get_running_loop().time():
        known = KnownTls()
    if not client.supports_extension("starttls"):
        seen = Seen(host.name, demand=demand)
        return seen if not demand else _unsafe(seen, f"{host.name} offers no STARTTLS")
    if not demand and known.broken:
        return Seen(host.name, failed=known.broken)
    try:
        await client.starttls(server_hostname=host.name,
                              tls_context=_context(shared, security, known))
    except (ssl.SSLError, aiosmtplib.SMTPException, UnicodeError, ConnectionError) as error:
        shared.authorities.pop(security, None)
        return _not_covered(shared, host.name, demand, known, error)
    await hello(client)
    judged = security.demand is not Demand.DANE
    seen = tls.seen(client, host.name, untrusted=known.untrusted if not demand else "",
                    demand=demand, judged=judged)
    return _held_to(shared, client, seen, security)


def _context(shared: Direct, security: Security, known: KnownTls) -> ssl.SSLContext:
    if security.demand is Demand.OPPORTUNISTIC:
        return shared.contexts.loose if known.untrusted else shared.contexts.verified
    if security.demand is Demand.STS:
        return shared.contexts.verified
    authorities = shared.authorities.get(security, ())
    return tls.anchored(authorities) if authorities else shared.contexts.pinned


def _not_covered(shared: Direct, host: str, demand: str, known: KnownTls,
                 error: BaseException) -> Seen:
    """Raise Unsafe where the failed TLS was demanded; else remember it and raise Weaker."""
    cause = error.__cause__ if isinstance(error.__cause__, ssl.SSLError) else error
    why = (
        cause.verify_message if isinstance(cause, ssl.SSLCertVerificationError)
        else str(cause) or type(cause).__name__
    )
    if demand:
        return _unsafe(Seen(host, demand=demand), f"no trustworthy TLS connection to {host}: {why}")
    until = asyncio.get_running_loop().time() + REMEMBER
    known = replace(known, broken=why, until=until) if known.untrusted else KnownTls(why,
                                                                                     until=until)
    shared.known[host] = known
    raise Weaker(why) from None


def _held_to(shared: Direct, client: aiosmtplib.SMTP, seen: Seen, security: Security) -> Seen:
    """Return what was seen, if it is what `security` demands.

    Raise Unsafe, or Weaker to try again with what was learnt.
    """
    if security.demand is Demand.STS and not seen.named:
        return _unsafe(seen, f"the certificate of {seen.host} is for another name")
    if security.demand is not Demand.DANE:
        return seen
    chain = tls.chain(client)
    if dane.leaf_matches(security.records, chain):
        return seen
    authorities = dane.anchors(security.records, chain)
    if not authorities:
        return _unsafe(seen, f"no certificate of {seen.host} is one that its TLSA records promise")
    if not seen.named:
        return _unsafe(seen, f"the certificate of {seen.host} is for another name")
    # that they signed it is proved on a second connection, which trusts them alone
    if not tls.proved(client):
        shared.authorities[security] = authorities
        raise Weaker("the authority of its certificate is known now")
    return seen


def _unsafe(seen: Seen, why: str) -> Seen:
    raise Unsafe(replace(seen, failed=why))
