"""The route of a letter: by relay or direct, to which hosts in which order, with which encryption.

What a host is held to comes from its own DNS and policy: DANE (RFC 7672) before MTA-STS (RFC 8461),
for DANE is the stronger promise. Without either, encryption is used where it is offered (RFC 7435).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sarabanwatch.core.domain import DomainFacts, Host
from sarabanwatch.core.sending import dane
from sarabanwatch.core.sending.dane import Tlsa
from sarabanwatch.core.sending.sts import Mode, StsPolicy


class Route(StrEnum):
    """How a letter gets to the agency's mail host."""

    RELAY = "relay"      # our own smarthost carries it on
    DIRECT = "direct"    # to the agency's own mail host


OTHER = {Route.RELAY: Route.DIRECT, Route.DIRECT: Route.RELAY}


class Demand(StrEnum):
    """What a mail host is held to."""

    OPPORTUNISTIC = "opportunistic"   # whatever it offers
    # encrypted, with any certificate: its TLSA records cannot be used (RFC 7672 section 2.2)
    TLS = "TLS"
    STS = "MTA-STS"               # encrypted, and its certificate holds
    DANE = "DANE"                 # encrypted, and its certificate is the one it promised


@dataclass(frozen=True, slots=True)
class Security:
    """What one host is held to; `barred` says why it must not be used at all, else "" (usable)."""

    demand: Demand = Demand.OPPORTUNISTIC
    records: tuple[Tlsa, ...] = ()
    barred: str = ""


def chosen(by_default: Route, others: frozenset[str], *names: str | None) -> Route:
    """Return the route for a domain: the default, or the other one where a name is in `others`.

    `names` are those of the domain and of its mail host.
    """
    return OTHER[by_default] if others.intersection(names) else by_default


def order(facts: DomainFacts, draw: Callable[[], float]) -> tuple[Host, ...]:
    """Return the hosts to try: by preference, by chance among equals (RFC 5321 section 5.1)."""
    return tuple(sorted(facts.receivers or (), key=lambda host: (host.preference, draw())))


def addresses(host: Host) -> tuple[str, ...]:
    """Return a host's addresses, IPv6 first (RFC 6724)."""
    return (*(host.ipv6 or ()), *(host.ipv4 or ()))


def security(host: Host, policy: StsPolicy | None) -> Security:
    """Return what a host is held to by its TLSA records and by its domain's MTA-STS policy."""
    if host.secure and host.tlsa is None:
        return Security(barred=f"DANE: whether {host.name} has TLSA records cannot be learnt")
    vouched = host.secure and bool(host.tlsa)
    if vouched and (records := dane.usable(host.tlsa or ())):
        return Security(Demand.DANE, records)
    if policy is None or policy.mode is not Mode.ENFORCE:
        return Security(Demand.TLS if vouched else Demand.OPPORTUNISTIC)
    named = policy.names(host.name)
    return Security(Demand.STS, barred="" if named
                    else f"MTA-STS: the policy does not name {host.name}")
