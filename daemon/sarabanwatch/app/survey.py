"""What can be known of the domains without a letter: which are due, two looks, what was found.

A fault is believed only when two looks show it: through two resolvers or, where only one is
configured, twice through that one with a while between. What could not be learnt leaves the last
known finding, with its date.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from sarabanwatch import store
from sarabanwatch.app.journal import Journal
from sarabanwatch.core import domain
from sarabanwatch.core.domain import DomainFacts, Findings, Surveyed
from sarabanwatch.ports import Clock, Resolver
from sarabanwatch.store import Ledger

PAGE = 500      # domains that are looked at together, and written down together
AGAIN = 60.0    # seconds before a single resolver is asked the same again

Look = tuple[DomainFacts, Findings]


async def survey(
    *, resolvers: Sequence[Resolver], every: timedelta, live: bool, ledger: Ledger, clock: Clock,
    journal: Journal,
) -> int:
    """Look at every domain that was not looked at for `every`; return how many there were.

    What is known of all domains is told before and after. Without resolvers nobody is asked. A
    private address in the DNS counts as a finding only when `live`: in an exercise every host has
    one.
    """
    journal.found(await ledger.read(store.domains.counts))
    due = await ledger.read(store.domains.due, clock.now() - every) if resolvers else ()
    if not due:
        return 0
    first, second, doubted = resolvers[0], resolvers[-1], dict[str, Look]()
    async for page in _looks(first, due, live=live):
        doubted |= {facts.domain: (facts, found) for facts, found in page if domain.doubted(found)}
        sure = [_surveyed(facts, found, 1) for facts, found in page if facts.domain not in doubted]
        await ledger.write(store.domains.record, sure, clock.now())
    if doubted and second is first:
        await clock.sleep(AGAIN)
    async for page in _looks(second, list(doubted), live=live):
        joined = [_joined(doubted[look[0].domain], look, len({first, second})) for look in page]
        await ledger.write(store.domains.record, joined, clock.now())
    journal.surveyed(len(due), len(doubted))
    journal.found(await ledger.read(store.domains.counts))
    return len(due)


async def _looks(resolver: Resolver, names: Sequence[str], *,
                 live: bool) -> AsyncIterator[list[Look]]:
    """Yield looks page by page; at the end the resolver drops what it has cached for them."""
    try:
        for at in range(0, len(names), PAGE):
            seen = await asyncio.gather(*map(resolver.look, names[at:at + PAGE]))
            yield [(facts, domain.judge(facts, private_counts=live)) for facts in seen]
    finally:
        resolver.forget()


def _joined(first: Look, second: Look, resolvers: int) -> Surveyed:
    found = domain.agreed(first[1], second[1])
    facts = second[0] if first[0].exists is None else first[0]
    return _surveyed(DomainFacts(facts.domain) if found is domain.NOTHING else facts, found,
                     resolvers)


def _surveyed(facts: DomainFacts, found: Findings, resolvers: int) -> Surveyed:
    named = None if facts.hosts is None else tuple((host.preference, host.name)
                                                   for host in facts.hosts)
    return Surveyed(facts.domain, found, named, facts.mail_host, resolvers)
