"""What the DNS tells receivers of us: our domain, our name, our keys; and who tells it to us."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sarabanwatch.core.checkup import Finding, fail, ok, warn
from sarabanwatch.core.domain import RULES, DomainFinding, Severity, judge
from sarabanwatch.edge import dns
from sarabanwatch.settings import resolver
from sarabanwatch.wiring.doctor import Patient
from sarabanwatch.wiring.edges import unpublished

# that our domain has none of these is worse for a sender than for others: receivers distrust it
NEEDED = frozenset({DomainFinding.NO_SPF, DomainFinding.SEVERAL_SPF, DomainFinding.NO_DMARC})
NOBODY = warn("no resolver is named (dns.resolvers); the system's are asked when live only")


@contextmanager
def _asked(patient: Patient) -> Iterator[Sequence[tuple[str, dns.DnsResolver]]]:
    """Yield the resolvers that the daemon would ask, each with its place."""
    s = patient.components.settings
    named = s.dns.resolvers or (dns.system() if s.live else ())
    places = [(name, resolver(name)) for name in named]
    found = [(name, dns.DnsResolver(*place, s.dns))
             for name, place in places if place]
    try:
        yield found
    finally:
        for _, each in found:
            each.forget()


async def resolvers(patient: Patient) -> Sequence[Finding]:
    """See whether our resolvers answer, and whether they validate DNSSEC."""
    with _asked(patient) as asked:
        return [await _validates(name, each) for name, each in asked] or [NOBODY]


async def _validates(name: str, asked: dns.DnsResolver) -> Finding:
    secure = await asked.validates()
    if secure is None:
        return fail(f"{name} does not answer")
    return ok(f"{name} validates DNSSEC") if secure else warn(
        f"{name} does not validate DNSSEC: DANE counts for nothing")


async def domain(patient: Patient) -> Sequence[Finding]:
    """See our own domain as receivers do: MX, SPF, DMARC, TLS reports and the rest."""
    with _asked(patient) as asked:
        if not asked:
            return [NOBODY]
        facts = await asked[0][1].look(patient.domain)
    if facts.exists is None:
        return [warn(f"{patient.domain}: nobody answers for it")]
    seen = judge(facts, private_counts=patient.components.settings.live)
    wrong = [_wrong(rule.finding, rule.severity, f"{rule.finding}: {rule.advice}")
             for rule in RULES if seen[rule.finding]]
    unknown = [name for name, holds in seen.items() if holds is None]
    more = [warn(f"not known: {', '.join(unknown)}")] if unknown else []
    return [*wrong, *more] or [ok(f"{patient.domain}: nothing to mend")]


def _wrong(finding: DomainFinding, severity: Severity, text: str) -> Finding:
    if severity is Severity.FAULT or finding in NEEDED:
        return fail(text)
    return ok(text) if severity is Severity.NOTE else warn(text)


async def dkim(patient: Patient) -> Sequence[Finding]:
    """Hold our signing key against what our domain publishes."""
    if patient.edges.signer is None:
        return [ok("letters are signed by the relay, if at all; `path` shows whether they are")]
    if wrong := await unpublished(patient.edges):
        return [fail(wrong)]
    return [ok(f"{patient.edges.signer.name} publishes our key")]


async def own_name(patient: Patient) -> Sequence[Finding]:
    """See whether the name by which we greet stands for us both ways (RFC 1912 section 2.1)."""
    helo = patient.components.settings.sender.helo.lower()
    with _asked(patient) as asked:
        if not asked:
            return [NOBODY]
        addresses = await asked[0][1].addresses(helo)
        named = {address: await asked[0][1].names(address) for address in addresses or ()}
    if addresses is None:
        return [warn(f"{helo}: its address is not known")]
    return [_pointer(helo, address, names) for address, names in named.items()] or [
        fail(f"{helo} has no address")]


def _pointer(helo: str, address: str, names: Sequence[str] | None) -> Finding:
    if names is None:
        return warn(f"{address}: its name (PTR) is not known")
    if helo in names:
        return ok(f"{helo} is {address}, and {address} is {helo}")
    return warn(f"{helo} is {address}, and {address} is {', '.join(names) or 'nameless'} (PTR)")
