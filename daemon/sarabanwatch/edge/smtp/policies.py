"""MTA-STS policies as domains publish them (RFC 8461 section 3.3).

They are fetched over HTTPS and kept for as long as they say. They are fetched again when the
domain's record names another version; where that fails, the old policy stays in force until its
end. No redirect is followed; size and time are bounded.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address

from sarabanwatch.core.domain import DomainFacts, Records
from sarabanwatch.core.errors import Unanswered
from sarabanwatch.core.sending import sts
from sarabanwatch.core.sending.sts import StsPolicy
from sarabanwatch.ports import Web

FETCH_WITHIN = 10.0       # wall seconds
LARGEST = 64 << 10        # octets (section 3.3: implementations may limit)
TRY_AGAIN = 300.0         # wall seconds after a fetch that failed
FAILURES = (Unanswered, ValueError)

Addresses = Callable[[str], Awaitable[Records]]


@dataclass(slots=True)
class CachedPolicy:
    """A fetched policy: its version, its end, and when another was last tried."""

    version: str = ""
    policy: StsPolicy | None = None
    until: float = 0.0
    tried: float = float("-inf")


class Policies:
    """The policies of all domains; shared by all lines."""

    def __init__(self, addresses: Addresses, web: Web, port: int = 443, *,
                 live: bool = False) -> None:
        self._addresses, self._web, self._port, self._live = addresses, web, port, live
        self._held: dict[str, CachedPolicy] = {}

    async def of(self, facts: DomainFacts) -> StsPolicy | None:
        """Return the policy that a domain is held to; None where it has none that we know."""
        now, version = asyncio.get_running_loop().time(), sts.version(facts.mta_sts)
        if not version and facts.domain not in self._held:
            return None
        held = self._held.setdefault(facts.domain, CachedPolicy())
        stale = held.until <= now or version != held.version
        if version and stale and now - held.tried > TRY_AGAIN:
            held.tried = now
            with suppress(*FAILURES):      # the old one stands until its day (section 3.3)
                held.policy = await self._fetch(facts.domain)
                held.version, held.until, held.tried = (
                    version,
                    now + held.policy.max_age,
                    float("-inf"),
                )
        return held.policy if held.until > now else None

    async def _fetch(self, domain: str) -> StsPolicy:
        host = f"mta-sts.{domain}"
        places = await self._addresses(host) or ()
        allowed = [place for place in places if self._live or ip_address(place).is_loopback]
        if not allowed:
            raise ValueError("no address that we may ask")
        page = await self._web.get(f"https://{host}:{self._port}/.well-known/mta-sts.txt",
                                   at=allowed[0], seconds=FETCH_WITHIN,
                                   octets=LARGEST)      # no redirect is followed (section 3.3)
        return sts.read(page.body.decode("utf-8"))
