"""A domain as it was last surveyed or, where it never was, as the DNS shows it now.

It stands apart from `cli.domains`, because only a correction needs resolvers.
"""

import asyncio
from functools import reduce
from typing import Any

from sarabanwatch.cli import domains
from sarabanwatch.core import domain
from sarabanwatch.core.domain import DomainFacts
from sarabanwatch.edge.dns import DnsResolver
from sarabanwatch.store.domains import KnownDomain, KnownFinding
from sarabanwatch.store.tx import Tx
from sarabanwatch.wiring import Components
from sarabanwatch.wiring.edges import Edges


def looked_up(components: Components, db: Tx, address: str) -> dict[str, Any] | None:
    """Return an address's domain as last surveyed, else as the DNS shows it now.

    None where no resolver is configured.
    """
    return domains.of(db, address, components.clock.now()) or _asked_now(components, db, address)


def _asked_now(components: Components, db: Tx, address: str) -> dict[str, Any] | None:
    name, resolvers = address.rpartition("@")[2].lower(), Edges(components).resolvers
    if not resolvers or not name:
        return None
    # a fault counts only when two looks show it
    looks = asyncio.run(_look(name, (resolvers[0], resolvers[-1])))
    found = reduce(domain.agreed, (domain.judge(facts, private_counts=components.settings.live)
                                   for facts in looks))
    now, facts = components.clock.now(), looks[0]
    at = now.isoformat()
    row = KnownDomain(
        name, 0, facts.mail_host or "",
        [(host.preference, host.name) for host in facts.hosts or ()],
        at, at if any(holds is not None for holds in found.values()) else None, len(resolvers),
        [KnownFinding(finding, at, at) for finding, holds in found.items() if holds])
    return domains.collect(db, row, now)


async def _look(name: str, resolvers: tuple[DnsResolver, DnsResolver]) -> list[DomainFacts]:
    looks = []
    for resolver in resolvers:
        try:
            looks.append(await resolver.look(name))
        finally:
            resolver.forget()
    return looks
