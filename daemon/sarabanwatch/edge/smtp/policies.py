"""MTA-STS policies as domains publish them (RFC 8461 section 3.3): fetched over HTTPS, kept as long as they say.

Whatever keeps us from a new policy leaves the old one standing until its day. Fetched anew when the domain's record
names another version. A small client of our own (h11): no redirects, little to read, little time.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address

import h11

from sarabanwatch.core import sts
from sarabanwatch.core.domain import Facts, Records
from sarabanwatch.core.sts import Policy

FETCH_WITHIN = 10.0       # wall seconds
LARGEST = 64 << 10        # octets (section 3.3: implementations may limit)
TRY_AGAIN = 300.0         # wall seconds after a fetch that failed
FAILURES = (OSError, EOFError, ValueError, TimeoutError, h11.ProtocolError)   # a bad certificate is an OSError

Addresses = Callable[[str], Awaitable[Records]]


@dataclass(slots=True)
class Held:
    """A policy that was fetched: which version, until when it holds, and when it was last tried to get another."""

    version: str = ""
    policy: Policy | None = None
    until: float = 0.0
    tried: float = float("-inf")


class Policies:
    """The policies of all domains; shared by all lines."""

    def __init__(self, addresses: Addresses, context: Callable[[], ssl.SSLContext], port: int = 443, *, live: bool = False) -> None:
        self._addresses, self._context, self._port, self._live = addresses, context, port, live
        self._held: dict[str, Held] = {}

    async def of(self, facts: Facts) -> Policy | None:
        """Return the policy that a domain is held to; None where it has none that we know."""
        now, version = asyncio.get_running_loop().time(), sts.version(facts.mta_sts)
        if not version and facts.domain not in self._held:
            return None
        held = self._held.setdefault(facts.domain, Held())
        stale = held.until <= now or version != held.version
        if version and stale and now - held.tried > TRY_AGAIN:
            held.tried = now
            with suppress(*FAILURES):      # the old one stands until its day (section 3.3)
                held.policy = await self._fetch(facts.domain)
                held.version, held.until, held.tried = version, now + held.policy.max_age, float("-inf")
        return held.policy if held.until > now else None

    async def _fetch(self, domain: str) -> Policy:
        host = f"mta-sts.{domain}"
        places = await self._addresses(host) or ()
        allowed = [place for place in places if self._live or ip_address(place).is_loopback]
        if not allowed:
            raise ValueError("no address that we may ask")
        async with asyncio.timeout(FETCH_WITHIN):
            return sts.read(await fetched(allowed[0], self._port, host, self._context()))


async def fetched(address: str, port: int, host: str, context: ssl.SSLContext) -> str:
    """Return the policy file of a host; raise OSError, EOFError, ValueError or h11's ProtocolError where there is none."""
    reader, writer = await asyncio.open_connection(address, port, ssl=context, server_hostname=host)
    try:
        http = h11.Connection(h11.CLIENT)
        asked = h11.Request(method="GET", target="/.well-known/mta-sts.txt",
                            headers=[("Host", host), ("User-Agent", "sarabanwatch"), ("Connection", "close")])
        writer.write((http.send(asked) or b"") + (http.send(h11.EndOfMessage()) or b""))
        return (await _body(http, reader)).decode("utf-8")
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _body(http: h11.Connection, reader: asyncio.StreamReader) -> bytes:
    body = b""
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(await reader.read(LARGEST))
        elif isinstance(event, h11.Response) and event.status_code != 200:
            raise ValueError(f"status {event.status_code}")       # a redirect too (section 3.3)
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > LARGEST:
                raise ValueError("too long")
        elif isinstance(event, (h11.EndOfMessage, h11.ConnectionClosed)):
            return body
