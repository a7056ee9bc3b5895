"""A direct line to mail hosts on loopback, by a resolver of a zone."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

from fakes.names import Names, Zone, resolving
from fakes.post import EvenChance
from fakes.wire import Scene, playing
from sarabanwatch.core.resolvers import DnsSection
from sarabanwatch.core.sending.reply import Answer, Outgoing
from sarabanwatch.edge.dns import DnsResolver
from sarabanwatch.edge.https import HttpsWeb
from sarabanwatch.edge.smtp import Contexts, Direct, DirectLine, MxLookup, Policies
from sarabanwatch.edge.smtp.direct import DirectTerms

NOW = datetime.now(UTC)
RAW = b"Subject: x\r\n\r\nx\r\n"
OUT = Outgoing("probes+sw1@probe.test", "saraban@one.go.test", "sw1", RAW)
ONE: Zone = {("one.go.test", "MX"): ["10 mx.one.go.test."], ("mx.one.go.test", "A"): ["127.0.0.1"]}


@asynccontextmanager
async def line(
    zone: Zone, port: int, *, policy_port: int = 1, live: bool = False, resolvers: int = 2,
    fresh: float = 300, **how: object,
) -> AsyncIterator[DirectLine]:
    """Yield a direct line that asks a resolver of this zone."""
    async with AsyncExitStack() as stack:
        names = await stack.enter_async_context(resolving(Names(zone,
                                                                **how)))  # type: ignore[arg-type]
        resolvers = [DnsResolver("127.0.0.1", names.port,
                                 DnsSection(timeout_seconds=5, per_second=1e6))
                     for _ in range(resolvers)]
        mx_lookup, contexts = MxLookup(resolvers, fresh), Contexts()
        policies = Policies(resolvers[0].addresses, HttpsWeb(), policy_port)
        made = DirectLine(Direct(mx_lookup, policies, EvenChance(),
                                 DirectTerms("watch.test", port=port, live=live),
                                 contexts=contexts))
        stack.callback(mx_lookup.close)
        stack.push_async_callback(made.close)
        yield made


async def sent(scene: Scene, zone: Zone = ONE, to: str = OUT.to, **how: object) -> Answer:
    """Send the letter to a host that plays a scene; return the answer."""
    async with playing(scene) as port, line(zone, port,
                                            **how) as direct:     # type: ignore[arg-type]
        await direct.ready()
        return await direct.send(Outgoing(OUT.sender, to, OUT.envid, RAW))
