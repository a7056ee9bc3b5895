"""By which way a letter goes, to which hosts in which order, and how safe the way must be. Opens nothing.

What a host is held to is read from its own DNS and policy: DANE (RFC 7672) above MTA-STS (RFC 8461), for the one who
promises more is believed; without either, encryption is used where it is offered (RFC 7435) and judged apart.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sarabanwatch.core.domain import DomainFacts, Host
from sarabanwatch.core.sending import dane
from sarabanwatch.core.sending.dane import Tlsa
from sarabanwatch.core.sending.sts import Mode, StsPolicy


class Route(StrEnum):
    """By which way."""

    RELAY = "relay"      # our own smarthost carries it on
    DIRECT = "direct"    # to the agency's own mail host


OTHER = {Route.RELAY: Route.DIRECT, Route.DIRECT: Route.RELAY}


class Demand(StrEnum):
    """What a mail host is held to."""

    WELCOME = "opportunistic"     # whatever it offers
    # encrypted, whoever it is: TLSA records that we cannot use (RFC 7672 section 2.2)
    TLS = "TLS"
    STS = "MTA-STS"               # encrypted, and its certificate holds
    DANE = "DANE"                 # encrypted, and its certificate is the one it promised


@dataclass(frozen=True, slots=True)
class Security:
    """What one host is held to; `barred` says why it must not be used at all, or is ""."""

    demand: Demand = Demand.WELCOME
    records: tuple[Tlsa, ...] = ()
    barred: str = ""


def chosen(by_default: Route, others: frozenset[str], *names: str | None) -> Route:
    """Return the way for a domain, by its own name and its mail host's: the default, or the other one."""
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
        return Security(Demand.TLS if vouched else Demand.WELCOME)
    named = policy.names(host.name)
    return Security(Demand.STS, barred="" if named
                    else f"MTA-STS: the policy does not name {host.name}")
