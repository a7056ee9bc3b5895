"""What the DNS shows of a mail domain: one row a finding, with its severity, source and remedy.

Every answer is yes, no, or not known (None): a resolver that failed or did not answer is never a
fault of the domain. Nothing here decides about groups: whether a letter arrives says more.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from operator import attrgetter
from typing import NamedTuple

Records = tuple[str, ...] | None     # (): there are none; None: not known
Known = bool | None


class DomainFinding(StrEnum):
    """What may be found about a domain."""

    NO_DOMAIN = "no-domain"
    NULL_MX = "null-mx"
    NO_HOST = "no-mail-host"
    MX_NOWHERE = "mx-nowhere"
    MX_PARTLY = "mx-partly-nowhere"
    MX_ALIAS = "mx-alias"
    PRIVATE = "private-address"
    SEVERAL_SPF = "several-spf"
    OPEN_SPF = "open-spf"
    IMPLICIT_MX = "implicit-mx"
    NO_SPF = "no-spf"
    NO_DMARC = "no-dmarc"
    WEAK_DMARC = "weak-dmarc"
    NO_MTA_STS = "no-mta-sts"
    NO_TLS_RPT = "no-tls-rpt"
    NO_DANE = "no-dane"
    NO_IPV6 = "no-ipv6"


class Severity(StrEnum):
    """How severe a finding is."""

    FAULT = "fault"      # mail cannot arrive; believed only where two looks show it
    RISK = "risk"        # some mail may not arrive, or forged mail may
    ADVICE = "advice"    # ought to be mended
    NOTE = "note"        # good to have


def some(answers: Iterable[Known]) -> Known:
    """Return yes where any is yes; no only where each is known to be no."""
    seen = set(answers)
    return True if True in seen else None if None in seen else False


def every(answers: Iterable[Known]) -> Known:
    """Return no where any is no; yes only where each is known to be yes."""
    return no(some(no(answer) for answer in answers))


def no(answer: Known) -> Known:
    """Return the opposite; what is not known stays so."""
    return None if answer is None else not answer


def shown(records: tuple[object, ...] | None) -> Known:
    """Say whether there are any records."""
    return None if records is None else bool(records)


@dataclass(frozen=True, slots=True)
class Host:
    """A host that mail is sent to: MX preference, name, addresses, TLSA records at port 25.

    `alias`: the name is an alias (CNAME). `secure`: the resolver vouched (AD) for MX, addresses and
    TLSA alike (RFC 7672 section 2.2).
    """

    preference: int
    name: str
    alias: Known = None
    ipv4: Records = None
    ipv6: Records = None
    tlsa: Records = None
    secure: bool = False

    @property
    def resolves(self) -> Known:
        """Whether it has any address."""
        return some((shown(self.ipv4), shown(self.ipv6)))

    @property
    def private(self) -> Known:
        """Whether any of its addresses cannot be reached from outside (RFC 1918, RFC 6890)."""
        return some(None if a is None else any(not ip_address(ip).is_global for ip in a)
                    for a in (self.ipv4, self.ipv6))

    @property
    def dane(self) -> Known:
        """Whether a sender may use DANE; TLSA records that nobody vouched for say nothing."""
        return (self.secure or None) if self.tlsa else shown(self.tlsa)


@dataclass(frozen=True, slots=True)
class DomainFacts:
    """What one look at a domain found: its MX hosts, most preferred first, and its policies.

    `own` is the domain itself as a host, where it has no MX. `dmarc` was found at `dmarc_at`, which
    is the domain or a parent of it.
    """

    domain: str
    exists: Known = None
    hosts: tuple[Host, ...] | None = None
    own: Host | None = None
    spf: Records = None
    dmarc: Records = None
    dmarc_at: str = ""
    mta_sts: Records = None
    tls_rpt: Records = None

    @property
    def null_mx(self) -> Known:
        """Whether it says that it takes no mail: one MX, to the root (RFC 7505 section 3)."""
        return None if self.hosts is None else [host.name for host in self.hosts] == ["."]

    @property
    def mx(self) -> tuple[Host, ...] | None:
        """The hosts that MX records name; none by a null MX."""
        return () if self.null_mx else self.hosts

    @property
    def receivers(self) -> tuple[Host, ...] | None:
        """The hosts that a sender tries: MX hosts, else the domain (RFC 5321 section 5.1)."""
        if self.hosts != ():
            return self.mx
        return None if self.own is None else () if self.own.resolves is False else (self.own,)

    @property
    def mail_host(self) -> str | None:
        """The name of the host tried first, by which its operator is known; "" where there is none.

        None where it is not known. It is the host's own name, and not the domain registered above
        it, which cannot be found without a list of public suffixes.
        """
        if self.exists is False:
            return ""
        return None if self.receivers is None else next((host.name for host in self.receivers), "")


def parents(domain: str) -> tuple[str, ...]:
    """Return the domain and the names above it (but the last label), where DMARC may be found.

    That finds the organisation's policy (RFC 7489 section 6.6.3) and a registry's (RFC 9091)
    without a list of public suffixes.
    """
    labels = domain.split(".")
    return tuple(".".join(labels[at:]) for at in range(max(1, len(labels) - 1)))


def tagged(texts: Records, version: str) -> Records:
    """Return the texts that begin with `v=version` as a whole word."""
    tag = re.compile(rf"v\s*=\s*{version}(?=[\s;]|$)", re.IGNORECASE)
    return None if texts is None else tuple(text for text in texts if tag.match(text))


def _of(hosts: tuple[Host, ...] | None, fold: Callable[[Iterable[Known]], Known],
        ask: Callable[[Host], Known]) -> Known:
    return None if hosts is None else fold(map(ask, hosts))


def _alone(facts: DomainFacts, resolves: bool) -> Known:  # noqa: FBT001 - within this table
    """Say whether there is no MX, and the domain itself has an address, or has none."""
    own = None if facts.own is None else facts.own.resolves
    return every((no(shown(facts.hosts)), own if resolves else no(own)))


def _lacks(facts: DomainFacts, has: Known) -> Known:
    """Say whether a domain that takes mail lacks something."""
    return every((shown(facts.receivers), no(has)))


def _count(records: Records, holds: Callable[[int], bool]) -> Known:
    return None if records is None else holds(len(records))


def _spf_open(facts: DomainFacts) -> Known:
    if facts.spf is None:
        return None
    return any(re.search(r"\s\+?all(\s|$)", text, re.IGNORECASE) for text in facts.spf)


def _dmarc_weak(facts: DomainFacts) -> Known:
    if facts.dmarc is None or len(facts.dmarc) != 1:
        return None if facts.dmarc is None else False
    tags = {key.strip().lower(): value.strip().lower() for key, _, value in
            (part.partition("=") for part in facts.dmarc[0].split(";"))}
    own = tags.get("p", "none")
    return (own if facts.dmarc_at == facts.domain else tags.get("sp", own)) == "none"


class DomainRule(NamedTuple):
    """One row: the finding, its severity and source, when it holds, and a sentence of advice."""

    finding: DomainFinding
    severity: Severity
    source: str
    holds: Callable[[DomainFacts], Known]
    advice: str
    thai: str


F, S = DomainFinding, Severity
RESOLVES = attrgetter("resolves")
RULES = (
    DomainRule(F.NO_DOMAIN, S.FAULT, "RFC 5321 section 5.1",
               lambda f: no(f.exists),
               "The domain does not exist: have it registered or renewed, or declare another "
               "address.",
               "ไม่มีโดเมนนี้ ให้จดทะเบียนหรือต่ออายุโดเมน หรือแจ้งอีเมลใหม่"),
    DomainRule(F.NULL_MX, S.FAULT, "RFC 7505 section 3",
               lambda f: f.null_mx,
               "The domain says that it takes no mail (null MX): publish the MX of its mail host, "
               "or declare another address.",
               "โดเมนประกาศว่าไม่รับอีเมล (null MX) ให้ตั้งค่า MX ไปยังเครื่องแม่ข่ายอีเมลจริง หรือแจ้งอีเมลใหม่"),
    DomainRule(F.NO_HOST, S.FAULT, "RFC 5321 section 5.1",
               lambda f: _alone(f, resolves=False),
               "The domain has neither MX nor address: publish an MX record that names its mail "
               "host.",
               "โดเมนไม่มีทั้ง MX และหมายเลข IP ให้เพิ่มระเบียน MX ที่ชี้ไปยังเครื่องแม่ข่ายอีเมล"),
    DomainRule(F.MX_NOWHERE, S.FAULT, "RFC 5321 section 5.1",
               lambda f: every((shown(f.mx), no(_of(f.mx, some, RESOLVES)))),
               "No host named by the MX records has an address: mend the names, or give them A and "
               "AAAA records.",
               "ไม่มีเครื่องใดตาม MX ที่มีหมายเลข IP ให้แก้ชื่อเครื่อง หรือเพิ่มระเบียน A และ AAAA"),
    DomainRule(F.MX_PARTLY, S.RISK, "RFC 5321 section 5.1",
               lambda f: every((_of(f.mx, some, RESOLVES), no(_of(f.mx, every, RESOLVES)))),
               "A host named by the MX records has no address: take it out, or give it A and AAAA "
               "records.",
               "มีเครื่องตาม MX ที่ไม่มีหมายเลข IP ให้ลบออก หรือเพิ่มระเบียน A และ AAAA"),
    DomainRule(F.MX_ALIAS, S.RISK, "RFC 2181 section 10.3",
               lambda f: _of(f.mx, some, attrgetter("alias")),
               "An MX record names an alias (CNAME): name the host itself, for some senders refuse "
               "an alias.",
               "MX ชี้ไปยังชื่อแฝง (CNAME) ให้ชี้ไปยังชื่อเครื่องจริง เพราะผู้ส่งบางรายไม่ยอมรับ"),
    DomainRule(F.PRIVATE, S.RISK, "RFC 1918 section 3",
               lambda f: _of(f.receivers, some, attrgetter("private")),
               "A mail host has an address that nobody outside can reach: publish its public "
               "address.",
               "เครื่องแม่ข่ายอีเมลใช้หมายเลข IP ภายในที่ภายนอกเข้าไม่ถึง ให้ประกาศหมายเลข IP สาธารณะ"),
    DomainRule(F.SEVERAL_SPF, S.RISK, "RFC 7208 section 4.5",
               lambda f: _count(f.spf, lambda n: n > 1),
               "Several SPF records stand side by side, so none counts: join them into one.",
               "มีระเบียน SPF มากกว่าหนึ่งรายการ จึงใช้ไม่ได้ ให้รวมเป็นรายการเดียว"),
    DomainRule(F.OPEN_SPF, S.RISK, "RFC 7208 section 5.1",
               _spf_open,
               "The SPF record lets everybody send in the domain's name: end it with -all or ~all.",
               "SPF เปิดให้ใครก็ได้ส่งในนามโดเมนนี้ ให้ลงท้ายด้วย -all หรือ ~all"),
    DomainRule(F.IMPLICIT_MX, S.ADVICE, "RFC 5321 section 5.1",
               lambda f: _alone(f, resolves=True),
               "Mail goes to the domain's own address for want of an MX: publish an MX record.",
               "ไม่มี MX อีเมลจึงส่งไปยังหมายเลข IP ของโดเมนเอง ให้เพิ่มระเบียน MX"),
    DomainRule(F.NO_SPF, S.ADVICE, "RFC 7208 section 3",
               lambda f: no(shown(f.spf)),
               "There is no SPF record: publish one that names the hosts which send for the "
               "domain.",
               "ไม่มีระเบียน SPF ให้เพิ่มระเบียนที่ระบุเครื่องซึ่งส่งอีเมลในนามโดเมนนี้"),
    DomainRule(F.NO_DMARC, S.ADVICE, "RFC 7489 section 6.6.3",
               lambda f: _count(f.dmarc, lambda n: n != 1),
               "There is no DMARC policy, or more than one: publish exactly one, beginning with "
               "p=none and reports.",
               "ไม่มีนโยบาย DMARC หรือมีเกินหนึ่งรายการ ให้มีรายการเดียว เริ่มจาก p=none พร้อมรับรายงาน"),
    DomainRule(F.WEAK_DMARC, S.ADVICE, "RFC 7489 section 6.3",
               _dmarc_weak,
               "The DMARC policy is none, so forged mail passes: go on to quarantine, then reject.",
               "นโยบาย DMARC เป็น none อีเมลปลอมจึงผ่านได้ ให้ปรับเป็น quarantine แล้วเป็น reject"),
    DomainRule(F.NO_MTA_STS, S.NOTE, "RFC 8461 section 3.1",
               lambda f: _lacks(f, _count(f.mta_sts, lambda n: n == 1)),
               "There is no MTA-STS policy: publish one, so that mail to the domain is always "
               "encrypted.",
               "ไม่มีนโยบาย MTA-STS ให้ประกาศ เพื่อให้อีเมลถึงโดเมนนี้เข้ารหัสเสมอ"),
    DomainRule(F.NO_TLS_RPT, S.NOTE, "RFC 8460 section 3",
               lambda f: _lacks(f, _count(f.tls_rpt, lambda n: n == 1)),
               "Nobody is told when encryption to the domain fails: publish a TLS-RPT record.",
               "ไม่มีผู้รับรายงานเมื่อการเข้ารหัสล้มเหลว ให้เพิ่มระเบียน TLS-RPT"),
    DomainRule(F.NO_DANE, S.NOTE, "RFC 7672 section 2.2",
               lambda f: _lacks(f, _of(f.receivers, every, attrgetter("dane"))),
               "Not every mail host has a TLSA record under DNSSEC: sign the zone and publish "
               "them.",
               "เครื่องแม่ข่ายอีเมลบางเครื่องไม่มีระเบียน TLSA ภายใต้ DNSSEC ให้ลงนามโซนและเพิ่มระเบียน"),
    DomainRule(F.NO_IPV6, S.NOTE, "RFC 6540 section 2",
               lambda f: _lacks(f, _of(f.receivers, some, lambda host: shown(host.ipv6))),
               "No mail host can be reached over IPv6: give at least one an AAAA record.",
               "ไม่มีเครื่องแม่ข่ายอีเมลที่ใช้ IPv6 ได้ ให้เพิ่มระเบียน AAAA อย่างน้อยหนึ่งเครื่อง"),
)
BY_NAME = {rule.finding: rule for rule in RULES}
FAULTS = frozenset(rule.finding for rule in RULES if rule.severity is Severity.FAULT)
Findings = Mapping[DomainFinding, Known]
NOTHING: Findings = dict.fromkeys(DomainFinding)
NOT_KNOWN = "not-known"    # counted beside the findings: the last survey learnt nothing


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What one survey found of a domain, from how many resolvers.

    `exchangers` are the MX hosts with their preference; None: they are not known.
    """

    domain: str
    findings: Findings
    exchangers: tuple[tuple[int, str], ...] | None
    mail_host: str | None
    resolvers: int

    @property
    def known(self) -> bool:
        """Whether it is known that the domain exists or does not."""
        return self.findings[F.NO_DOMAIN] is not None


def judge(facts: DomainFacts, *, private_counts: bool) -> Findings:
    """Return the findings of one look; private addresses are none unless `private_counts`."""
    if facts.exists is False:
        return {finding: finding is F.NO_DOMAIN for finding in DomainFinding}
    found = {rule.finding: rule.holds(facts) for rule in RULES}
    return found if private_counts else found | {F.PRIVATE: False}


def doubted(found: Findings) -> bool:
    """Say whether a second look is needed: the first shows a fault, or cannot rule one out."""
    return any(found[fault] is not False for fault in FAULTS)


def agreed(first: Findings, second: Findings) -> Findings:
    """Join two looks: each fills what the other lacks.

    Where they do not show the same faults, nothing is known.
    """
    if any((first[fault] is True) != (second[fault] is True) for fault in FAULTS):
        return NOTHING
    return {finding: second[finding] if first[finding] is None else first[finding]
            for finding in DomainFinding}
