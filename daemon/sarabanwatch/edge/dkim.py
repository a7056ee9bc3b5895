"""DKIM (RFC 6376) by dkimpy, an optional extra.

Whose signature on a mail holds, with keys out of the DNS.

Knows DNS and threads. Says only what it has proved: a key that cannot be fetched, a signature that
fails and a missing dkimpy all come to the same, not known. What a proof is worth is said by
`core.returns.authenticity`.
"""

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from ipaddress import ip_address

import dns.exception
import dns.resolver
from dns.nameserver import Do53Nameserver

MOST_OCTETS = 4 << 20     # a larger mail is not verified: hashing it would hold up the others
MOST_SIGNATURES = 4       # of one mail; each costs a question to the DNS
SECONDS = 5.0             # for all keys of one mail
# of the header block; with more, and with long blanks, dkimpy's patterns become quadratic
HEAD = 64 << 10
BLANKS = re.compile(rb"[ \t]{1000}")
BLANKS_IN_HEAD = re.compile(rb"\s{200}")
SIGNED = re.compile(rb"^dkim-signature[ \t]*:", re.IGNORECASE | re.MULTILINE)


class Unverified:
    """The verifier where dkimpy is not installed: it verifies nothing."""

    async def verified(self, raw: bytes) -> tuple[str, ...]:
        """Return no domain."""
        del raw
        return ()


class DkimVerifier:
    """Verifies signatures; raises nothing, whatever the mail or the DNS holds."""

    def __init__(self, resolver: dns.resolver.Resolver, seconds: float = SECONDS) -> None:
        self._resolver, self._seconds = resolver, seconds

    async def verified(self, raw: bytes) -> tuple[str, ...]:
        """Return the domains whose signature holds, in the order of the signatures, each once."""
        head = raw[:MOST_OCTETS].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
        signatures = len(SIGNED.findall(head[:HEAD]))
        if not signatures or _too_hard(raw, head):
            return ()
        return await asyncio.to_thread(self._verified, raw, min(signatures, MOST_SIGNATURES))

    def _verified(self, raw: bytes, signatures: int) -> tuple[str, ...]:
        return tuple(dict.fromkeys(filter(None, (self._domain(raw, n) for n in range(signatures)))))

    def _domain(self, raw: bytes, number: int) -> str:
        """Return the domain of the n-th signature if it holds for the whole mail; else ""."""
        library = import_module("dkim")
        try:
            seal = library.DKIM(raw, minkey=1024, timeout=int(self._seconds))
            holds = seal.verify(idx=number, dnsfunc=self._key)
        except Exception:  # noqa: BLE001 - dkimpy raises anything; each means: not known
            return ""
        # RFC 6376 section 8.2: anybody may write on behind what `l` covers
        whole = b"l" not in seal.signature_fields
        return str(seal.domain, "ascii", "replace").lower() if holds and whole else ""

    def _key(self, name: bytes, timeout: float = SECONDS) -> bytes:
        """Return the key record of that name; b"" where there is none, or no answer."""
        try:
            answer = self._resolver.resolve(name.decode("ascii").rstrip(".") + ".", "TXT",
                                            lifetime=min(timeout, self._seconds))
        except (dns.exception.DNSException, UnicodeError, OSError):
            return b""
        return next((b"".join(record.strings) for record in answer), b"")


def _too_hard(raw: bytes, head: bytes) -> bool:
    return len(raw) > MOST_OCTETS or len(head) > HEAD or bool(BLANKS_IN_HEAD.search(head)
                                                              or BLANKS.search(raw))


def verifier(servers: Sequence[str]) -> DkimVerifier | Unverified:
    """Return a verifier that asks these resolvers (`address:port`), or the system's."""
    return DkimVerifier(resolver(servers)) if find_spec("dkim") else Unverified()


def resolver(servers: Sequence[str]) -> dns.resolver.Resolver:
    """Return a resolver that asks these servers, or the system's if it has any.

    ValueError where one is no address.
    """
    with suppress(dns.resolver.NoResolverConfiguration):
        if not servers:
            return dns.resolver.Resolver()
    asking = dns.resolver.Resolver(configure=False)
    asking.nameservers = [Do53Nameserver(*_endpoint(server)) for server in servers]
    return asking


def _endpoint(server: str) -> tuple[str, int]:
    """Read `address:port`; an IPv6 address stands in brackets."""
    address, _, port = server.rpartition(":")
    return str(ip_address(address.strip("[]"))), int(port)
