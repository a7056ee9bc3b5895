"""DANE: whether the certificates that a mail host shows are those of its TLSA records (RFC 6698).

The caller must know that the records are vouched for by DNSSEC; without it they promise nothing. Of
the usages only DANE-TA(2) and DANE-EE(3) count for mail (RFC 7672 section 3.1.3).
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sarabanwatch.core.sending.certificate import Certificate

ANCHOR, LEAF = 2, 3
MATCHING: dict[int, Callable[[bytes], bytes]] = {
    0: bytes, 1: lambda octets: hashlib.sha256(octets).digest(),
    2: lambda octets: hashlib.sha512(octets).digest()}
LENGTHS = {1: 32, 2: 64}


@dataclass(frozen=True, slots=True)
class Tlsa:
    """One TLSA record (RFC 6698 section 2.1).

    `selector`: which part of the certificate (0 all, 1 the key). `matching`: how it is given (0 as
    it is, 1 SHA-256, 2 SHA-512).
    """

    usage: int
    selector: int
    matching: int
    given: bytes

    def matches(self, certificate: Certificate) -> bool:
        """Say whether the record is for this certificate."""
        octets = certificate.key if self.selector else certificate.der
        return MATCHING[self.matching](octets) == self.given


def usable(records: Iterable[str]) -> tuple[Tlsa, ...]:
    """Return the records that a sender of mail can use; `records` are as zone files write them."""
    read = (_read(text.split()) for text in records)
    return tuple(tlsa for tlsa in read if tlsa)


def _read(parts: list[str]) -> Tlsa | None:
    try:
        usage, selector, matching = (int(part) for part in parts[:3])
        given = bytes.fromhex("".join(parts[3:]))
    except ValueError:
        return None
    known = usage in (ANCHOR, LEAF) and selector in (0, 1) and matching in MATCHING
    if not known or len(given) != LENGTHS.get(matching, len(given)):
        return None
    return Tlsa(usage, selector, matching, given)


def leaf_matches(records: Iterable[Tlsa], chain: Sequence[Certificate]) -> bool:
    """Say whether a record promises the host's own certificate, the first of the chain.

    Its names and dates are then of no account (RFC 7672 section 3.1.1).
    """
    return bool(chain) and any(tlsa.usage == LEAF and tlsa.matches(chain[0]) for tlsa in records)


def anchors(records: Iterable[Tlsa], chain: Sequence[Certificate]) -> tuple[Certificate, ...]:
    """Return the promised authorities in the chain that a host shows.

    That they signed its certificate is still to be proved.
    """
    wanted = [tlsa for tlsa in records if tlsa.usage == ANCHOR]
    return tuple(certificate for certificate in chain
                 if any(tlsa.matches(certificate) for tlsa in wanted))
