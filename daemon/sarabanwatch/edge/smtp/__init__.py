"""The Line port: letters go through our own relays, or straight to the agency's mail host.

Which of them is configured by domain or mail host. Both use one open connection (`wire`). When a
letter is tried again is not known here.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from sarabanwatch.core.sending import route
from sarabanwatch.core.sending.reply import Answer, Outgoing
from sarabanwatch.core.sending.route import Route
from sarabanwatch.edge.smtp.direct import Direct, DirectLine, DirectTerms
from sarabanwatch.edge.smtp.mx_lookup import MxLookup
from sarabanwatch.edge.smtp.policies import Policies
from sarabanwatch.edge.smtp.relay import RelayLine, Relays
from sarabanwatch.edge.smtp.relay_server import RelayServer
from sarabanwatch.edge.smtp.tls import Contexts

__all__ = ["Contexts", "Direct", "DirectLine", "DirectTerms", "MxLookup", "Policies",
           "RelayLine", "RelayServer", "Relays", "RoutedLine"]

Sign = Callable[[bytes], Awaitable[bytes]]      # a message -> the same with our signature before it


class RoutedLine:
    """A line that sends by relay or directly, as the letter's domain or mail host wants.

    It is ready when the line of the default route is.
    """

    def __init__(self, relay: RelayLine, direct: DirectLine, mx_lookup: MxLookup,
                 others: frozenset[str], by_default: Route,
                 sign: Mapping[Route, Sign] | None = None) -> None:
        self._relay, self._direct, self._sign = relay, direct, sign or {}
        self._mx_lookup, self._others, self._default = mx_lookup, others, by_default

    @property
    def stands(self) -> bool:
        """Whether the line of the default route is ready."""
        return self._default is not Route.RELAY or self._relay.stands

    async def ready(self) -> None:
        """Return when the line of the default route is ready."""
        if self._default is Route.RELAY:
            await self._relay.ready()

    async def send(self, out: Outgoing) -> Answer:
        """Send one letter by its route, signed where it is to be.

        Where only few letters go by a relay, a relay that is down delays those alone.
        """
        by = await self._route(out.to.rpartition("@")[2].lower())
        if sign := self._sign.get(by):
            out = replace(out, raw=await sign(out.raw))
        if by is Route.DIRECT:
            return await self._direct.send(out)
        return await self._relay.send(out)

    async def _route(self, domain: str) -> Route:
        """Return the letter's route; ask the DNS for the mail host only where that may matter."""
        if not self._others or domain in self._others:
            return route.chosen(self._default, self._others, domain)
        facts, _ = await self._mx_lookup.look(domain)
        return route.chosen(self._default, self._others, domain, facts.mail_host)

    async def close(self) -> None:
        """Close both connections."""
        await self._relay.close()
        await self._direct.close()
