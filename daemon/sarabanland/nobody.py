"""What a domain does with a letter to a name that nobody has.

Most refuse it; some take it and send a bounce later, or never. It depends on the domain's name
alone, so that it changes nothing else of a country. The big shared hosts refuse it. So does a
domain where a body has declared a mailbox that does not exist, because letters to that must fail.
"""

from collections.abc import Iterable
from zlib import crc32

from sarabanland.body import Body
from sarabanland.zone import BIG

REFUSES, TAKES, RETURNS = "refuses", "takes", "returns"
MANNERS = {0: TAKES, 1: RETURNS}
LOTS = 4
ABSENT = frozenset({"unknown", "unknown-thai", "late", "disabled"})


def domain_of(address: str) -> str:
    """Return the domain of an address, in small letters."""
    return address.rpartition("@")[2].lower()


def manners(bodies: Iterable[Body]) -> dict[str, str]:
    """Return what each domain of the country does with such a letter."""
    everyone = [body for body in bodies if body.address]
    strict = {domain_of(body.address) for body in everyone if body.door in ABSENT} | set(BIG)
    return {domain: REFUSES if domain in strict
            else MANNERS.get(crc32(domain.encode()) % LOTS, REFUSES)
            for domain in sorted({domain_of(body.address) for body in everyone})}
