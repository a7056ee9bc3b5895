"""Where the mail of a domain goes, as the resolvers tell; kept for a while, so that a host of many is asked about once.

That a domain is not there, or has no host, is believed only when two resolvers say so; a lone one must say so twice,
with a while between. Until then, and for all that is not known, a letter waits.
"""

import asyncio
from collections.abc import Sequence

from sarabanwatch.core.domain import Facts
from sarabanwatch.ports import Witness

FRESH = 300.0     # wall seconds that an answer is kept
AGAIN = 60.0      # wall seconds before a lone resolver's second word counts


class Atlas:
    """What the resolvers tell of domains; shared by all lines. The witnesses are its own: it makes them forget."""

    def __init__(self, witnesses: Sequence[Witness]) -> None:
        self._witnesses = tuple(witnesses)
        self._looking = 0
        self._since = 0.0
        self._absent: dict[str, float] = {}

    async def look(self, domain: str) -> tuple[Facts, bool]:
        """Return what is known of a domain, and whether an absence that it shows is to be believed."""
        self._forget()
        self._looking += 1
        try:
            facts = await self._witnesses[0].look(domain) if self._witnesses else Facts(domain)
            return facts, lacks(facts) and await self._confirmed(domain)
        finally:
            self._looking -= 1

    async def _confirmed(self, domain: str) -> bool:
        if len(self._witnesses) > 1:
            return lacks(await self._witnesses[-1].look(domain))
        now = asyncio.get_running_loop().time()
        return now - self._absent.setdefault(domain, now) > AGAIN

    def _forget(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._looking == 0 and now - self._since > FRESH:
            self.close()
            self._since = now

    def close(self) -> None:
        """Forget every answer, and close what is open."""
        for witness in self._witnesses:
            witness.forget()


def lacks(facts: Facts) -> bool:
    """Say whether there is surely no host to send to: no domain, or neither MX nor address (RFC 5321 section 5.1)."""
    nowhere = facts.receivers is not None and all(host.resolves is False for host in facts.receivers)
    return facts.exists is False or (facts.null_mx is False and nowhere)
