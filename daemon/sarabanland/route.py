"""Where a domain's mail goes: its hosts by preference, or why there are none.

The land's DNS is asked over the wire. Failures have the status codes that Postfix gives them (RFC
5321 section 5.1; RFC 7505 for the null MX).
"""

from typing import NamedTuple

import dns.asyncresolver
import dns.exception
import dns.name
import dns.resolver

from sarabanland.bounce import Outcome


class Hop(NamedTuple):
    """A mail host and the address it is reached at."""

    host: str
    address: str


NOT_FOUND = "X-Postfix; Host or domain name not found. Name service error for name={} type={}: {}"


class Router:
    """Routes by one nameserver on 127.0.0.1."""

    def __init__(self, dns_port: int) -> None:
        self._resolver = dns.asyncresolver.Resolver(configure=False)
        self._resolver.nameservers = ["127.0.0.1"]
        self._resolver.port = dns_port
        self._resolver.cache = dns.resolver.LRUCache(4096)

    async def hops(self, domain: str) -> list[Hop] | Outcome:
        """Return the mail hosts of a domain, the preferred first, or why there are none."""
        try:
            exchangers = await self._exchangers(domain)
        except (dns.resolver.NXDOMAIN, dns.name.LabelTooLong, dns.name.EmptyLabel):
            return Outcome("5.4.4", NOT_FOUND.format(domain, "AAAA", "Host not found"))
        except dns.exception.DNSException as silent:
            return Outcome("4.4.3", NOT_FOUND.format(domain, "MX", str(silent)))
        if exchangers == ["."]:
            return Outcome("5.1.0", f"X-Postfix; Domain {domain} does not accept mail (nullMX)")
        hops = [Hop(host, address) for host in exchangers or [domain]
                if (address := await self._address(host))]
        missing = (
            "Host not found" if exchangers else "Host found but no data record of requested type"
        )
        return hops or Outcome("5.4.4", NOT_FOUND.format((exchangers or [domain])[0], "A", missing))

    async def _exchangers(self, domain: str) -> list[str]:
        found = await self._resolver.resolve(dns.name.from_text(domain), "MX",
                                             raise_on_no_answer=False)
        records = sorted((record.preference, str(record.exchange)) for record in found.rrset or ())
        return [host if host == "." else host.rstrip(".") for _, host in records]

    async def _address(self, host: str) -> str:
        try:
            found = await self._resolver.resolve(dns.name.from_text(host), "A",
                                                 raise_on_no_answer=False)
        except dns.exception.DNSException:
            return ""
        return next((str(record.address) for record in found.rrset or ()), "")
