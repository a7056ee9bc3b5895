"""Checks of the DNS: what it tells receivers of our domain, name and keys; our resolvers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sarabanwatch.core.checkup import Finding, Grade, fail, ok, warn
from sarabanwatch.core.domain import RULES, DomainFinding, DomainRule, Severity, judge
from sarabanwatch.edge import dns
from sarabanwatch.settings import resolver
from sarabanwatch.wiring.doctor import Patient
from sarabanwatch.wiring.edges import unpublished

# that our domain has none of these is worse for a sender than for others: receivers distrust it
NEEDED = frozenset({DomainFinding.NO_SPF, DomainFinding.SEVERAL_SPF, DomainFinding.NO_DMARC})
GRADES = {Severity.FAULT: Grade.FAIL, Severity.RISK: Grade.WARN, Severity.ADVICE: Grade.WARN,
          Severity.NOTE: Grade.OK}
NOBODY = warn("ไม่ได้ระบุเครื่องแม่ข่ายชื่อโดเมน (dns.resolvers) และถามของระบบเมื่อส่งจริงเท่านั้น",
              "no resolver is named (dns.resolvers); the system's are asked when live only")


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
    """Check whether our resolvers answer, and whether they validate DNSSEC."""
    with _asked(patient) as asked:
        return [await _validates(name, each) for name, each in asked] or [NOBODY]


async def _validates(name: str, asked: dns.DnsResolver) -> Finding:
    secure = await asked.validates()
    if secure is None:
        return fail(f"{name} ไม่ตอบ", f"{name} does not answer")
    if secure:
        return ok(f"{name} ตรวจ DNSSEC", f"{name} validates DNSSEC")
    return warn(f"{name} ไม่ตรวจ DNSSEC จึงใช้ DANE ไม่ได้",
                f"{name} does not validate DNSSEC: DANE cannot be used")


async def domain(patient: Patient) -> Sequence[Finding]:
    """Check our own domain as receivers do: MX, SPF, DMARC, TLS reports and the rest."""
    with _asked(patient) as asked:
        if not asked:
            return [NOBODY]
        facts = await asked[0][1].look(patient.domain)
    if facts.exists is None:
        return [warn(f"{patient.domain}: ไม่มีเครื่องใดตอบ",
                     f"{patient.domain}: nobody answers for it")]
    seen = judge(facts, private_counts=patient.components.settings.live)
    wrong = [_wrong(rule) for rule in RULES if seen[rule.finding]]
    unknown = ", ".join(name for name, holds in seen.items() if holds is None)
    more = [warn(f"ไม่ทราบผล: {unknown}", f"not known: {unknown}")] if unknown else []
    return [*wrong, *more] or [ok(f"{patient.domain}: ไม่มีสิ่งที่ต้องแก้ไข",
                                  f"{patient.domain}: nothing to mend")]


def _wrong(rule: DomainRule) -> Finding:
    grade = GRADES[rule.severity]
    if rule.finding in NEEDED:
        grade = Grade.FAIL
    return Finding(grade, f"{rule.finding}: {rule.thai}", f"{rule.finding}: {rule.advice}")


async def dkim(patient: Patient) -> Sequence[Finding]:
    """Compare our signing key with what our domain publishes."""
    if patient.edges.signer is None:
        return [ok("เครื่องส่งต่อเป็นผู้ลงลายเซ็น หากมี; `path` แสดงว่ามีหรือไม่",
                   "letters are signed by the relay, if at all; `path` shows whether they are")]
    if wrong := await unpublished(patient.edges):
        return [fail(wrong)]
    name = patient.edges.signer.name
    return [ok(f"{name} ประกาศกุญแจของเราแล้ว", f"{name} publishes our key")]


async def own_name(patient: Patient) -> Sequence[Finding]:
    """Check whether the name in our EHLO leads to us and back (RFC 1912 section 2.1)."""
    helo = patient.components.settings.sender.helo.lower()
    with _asked(patient) as asked:
        if not asked:
            return [NOBODY]
        addresses = await asked[0][1].addresses(helo)
        named = {address: await asked[0][1].names(address) for address in addresses or ()}
    if addresses is None:
        return [warn(f"{helo}: ไม่ทราบที่อยู่ IP", f"{helo}: its address is not known")]
    return [_pointer(helo, address, names) for address, names in named.items()] or [
        fail(f"{helo} ไม่มีที่อยู่ IP", f"{helo} has no address")]


def _pointer(helo: str, address: str, names: Sequence[str] | None) -> Finding:
    if names is None:
        return warn(f"{address}: ไม่ทราบชื่อ (PTR)", f"{address}: its name (PTR) is not known")
    if helo in names:
        return ok(f"{helo} คือ {address} และ {address} คือ {helo}",
                  f"{helo} is {address}, and {address} is {helo}")
    other = ", ".join(names)
    return warn(f"{helo} คือ {address} แต่ {address} {f'คือ {other}' if other else 'ไม่มีชื่อ'} (PTR)",
                f"{helo} is {address}, and {address} is {other or 'nameless'} (PTR)")
