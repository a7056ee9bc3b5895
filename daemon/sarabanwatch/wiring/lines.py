"""The connections that letters leave by: through a relay, or straight to the mail hosts."""

from collections.abc import Callable

from sarabanwatch.core.domain import Records
from sarabanwatch.core.sending.route import Route
from sarabanwatch.edge.chance import SystemChance
from sarabanwatch.edge.smtp import (
    Contexts,
    Direct,
    DirectLine,
    DirectTerms,
    MxLookup,
    Policies,
    RelayLine,
    Relays,
    RoutedLine,
)
from sarabanwatch.edge.smtp.mx_lookup import FRESH
from sarabanwatch.wiring.edges import Edges

SHORTEST_FRESH = 1.0    # wall seconds for which an MX answer is kept, however fast the clock


def line_maker(edges: Edges, relays: Relays) -> Callable[[], RoutedLine]:
    """Return a maker of lines by these relays or directly; all share what they learn."""
    components, resolvers = edges.components, edges.resolvers
    s = components.settings
    fresh = max(SHORTEST_FRESH, components.clock.wall_seconds(FRESH))
    mx_lookup, contexts = MxLookup(resolvers, fresh), Contexts()

    async def addresses(name: str) -> Records:
        return await resolvers[0].addresses(name) if resolvers else None

    policies = Policies(addresses, edges.web, s.route.policy_port, live=s.live)
    direct = Direct(mx_lookup, policies, SystemChance(),
                    DirectTerms(s.sender.helo, s.route.port, s.live, s.relay.success_reports),
                    contexts)
    signer = edges.signer
    signed = dict.fromkeys(components.signed, signer.sign) if signer else {}
    return lambda: RoutedLine(RelayLine(relays), DirectLine(direct), mx_lookup, components.others,
                              Route(s.route.by_default), signed)
