"""Where the mail of a domain goes, as the resolvers say.

An answer is kept while it lasts, and no longer than FRESH, so that a host of many domains is asked
about once. That a domain
does not exist, or has no host, is believed only when two resolvers say so; a single resolver must
say so twice, with a pause between. Until then, and while nothing is known, the letter waits.
"""

import asyncio
from collections.abc import Sequence

from sarabanwatch.core.domain import DomainFacts
from sarabanwatch.ports import Resolver

# seconds that an answer is kept at most; a lone resolver's second word counts only after that
FRESH = 300.0


class MxLookup:
    """MX look-ups that all lines share; it alone has its resolvers forget their answers."""

    def __init__(self, resolvers: Sequence[Resolver], fresh: float = FRESH) -> None:
        self._resolvers, self._fresh = tuple(resolvers), fresh
        self._round, self._since = 0, 0.0
        # domain -> the round in which it was first found lacking
        self._absent: dict[str, int] = {}

    async def look(self, domain: str) -> tuple[DomainFacts, bool]:
        """Return what is known of a domain, and whether an absence it shows is to be believed."""
        self._forget()
        round_ = self._round
        facts = await self._resolvers[0].route(domain) if self._resolvers else DomainFacts(domain)
        if lacks(facts):
            return facts, await self._confirmed(domain, round_)
        self._absent.pop(domain, None)
        return facts, False

    async def _confirmed(self, domain: str, round_: int) -> bool:
        if len(self._resolvers) > 1:
            return lacks(await self._resolvers[-1].route(domain))
        return self._absent.setdefault(domain, round_) < round_

    def _forget(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._since >= self._fresh:
            self.close()
            self._round, self._since = self._round + 1, now

    def close(self) -> None:
        """Forget every answer, and close what is open."""
        for resolver in self._resolvers:
            resolver.forget()


def lacks(facts: DomainFacts) -> bool:
    """Say whether there is certainly no host to send to.

    The domain does not exist, or has neither MX nor address (RFC 5321 section 5.1).
    """
    nowhere = facts.receivers is not None and all(host.resolves is False
                                                  for host in facts.receivers)
    return facts.exists is False or (facts.null_mx is False and nowhere)
