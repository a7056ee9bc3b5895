"""What our own deliveries showed of a mail host's encryption, and what to mend: one row a finding.

It is seen on connections that carried, or should have carried, a letter; none is ever opened for
it. An invalid certificate keeps no letter back, unless the domain itself asks for that (MTA-STS,
DANE).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sarabanwatch.core.domain import Severity

OLD = ("SSLv3", "TLSv1", "TLSv1.1")          # RFC 8996
SOON = timedelta(days=30)


class TlsFinding(StrEnum):
    """What may be found about a mail host's encryption."""

    POLICY = "tls-policy-failed"
    NO_TLS = "no-tls"
    BROKEN = "tls-fails"
    EXPIRED = "certificate-expired"
    UNTRUSTED = "certificate-untrusted"
    WRONG_NAME = "certificate-wrong-name"
    OLD = "old-tls"
    SOON = "certificate-expires-soon"


@dataclass(frozen=True, slots=True)
class Seen:
    """The encryption of one connection: TLS version ("": none), cipher, certificate.

    `untrusted`: why its chain is not valid ("": it is). `named`: it is for the host's name. `ends`:
    when it expires. `demand`: what the domain asks of senders. `failed`: why encryption that was
    begun, or demanded, failed. `judged` is False where no authority need vouch for the certificate
    (DANE).
    """

    host: str
    version: str = ""
    cipher: str = ""
    untrusted: str = ""
    named: bool = True
    ends: datetime | None = None
    demand: str = ""
    failed: str = ""
    judged: bool = True

    def __str__(self) -> str:
        """Return it in a few words: the encryption, and whether the domain's demand was met."""
        return "; ".join(filter(None, (
            f"{self.version} {self.cipher}".rstrip() or "no encryption",
            f"its certificate: {self.untrusted}" if self.untrusted else "",
            "its certificate is for another name" if self.judged and self.version and not self.named
            else "",
            f"{self.demand} {'not kept' if self.failed else 'kept'}" if self.demand else "",
            self.failed)))


class TlsRule(NamedTuple):
    """One row: the finding, its severity and source, when it holds, and a sentence of advice."""

    finding: TlsFinding
    severity: Severity
    source: str
    holds: Callable[[Seen, datetime], bool]
    advice: str
    thai: str


def _expired(seen: Seen, now: datetime) -> bool:
    return seen.judged and seen.ends is not None and seen.ends <= now


F, S = TlsFinding, Severity
RULES = (
    TlsRule(F.POLICY, S.RISK, "RFC 8461 section 5, RFC 7672 section 2.2",
            lambda s, _: bool(s.demand and s.failed),
            "The domain demands encryption that its mail host does not give, so careful senders "
            "deliver nothing: mend the certificate, or the policy.",
            "โดเมนกำหนดให้เข้ารหัสแต่เครื่องแม่ข่ายอีเมลทำตามไม่ได้ ผู้ส่งที่เคร่งครัดจะไม่ส่งให้ "
            "ให้แก้ไขใบรับรองหรือนโยบาย"),
    TlsRule(F.NO_TLS, S.RISK, "RFC 3207 section 4",
            lambda s, _: not s.version and not s.failed,
            "The mail host offers no encryption, so letters to it can be read on the way: "
            "switch STARTTLS on.",
            "เครื่องแม่ข่ายอีเมลไม่รองรับการเข้ารหัส ผู้อื่นอาจอ่านหนังสือระหว่างทางได้ ให้เปิดใช้ STARTTLS"),
    TlsRule(F.BROKEN, S.RISK, "RFC 3207 section 4.1",
            lambda s, _: not s.version and bool(s.failed) and not s.demand,
            "The mail host offers encryption that does not come about: mend its TLS settings or "
            "its certificate's files.",
            "เครื่องแม่ข่ายอีเมลเสนอการเข้ารหัสแต่เชื่อมต่อไม่สำเร็จ ให้แก้การตั้งค่า TLS หรือไฟล์ใบรับรอง"),
    TlsRule(F.EXPIRED, S.RISK, "RFC 5280 section 4.1.2.5",
            _expired,
            "The mail host's certificate has expired: renew it, and have it renewed by itself "
            "from now on.",
            "ใบรับรองของเครื่องแม่ข่ายอีเมลหมดอายุแล้ว ให้ต่ออายุ และตั้งให้ต่ออายุโดยอัตโนมัติ"),
    TlsRule(F.UNTRUSTED, S.ADVICE, "RFC 5280 section 6",
            lambda s, now: s.judged and bool(s.untrusted) and not _expired(s, now),
            "Nobody known vouches for the mail host's certificate: use one of a public "
            "authority, with its whole chain.",
            "ใบรับรองของเครื่องแม่ข่ายอีเมลไม่มีผู้ออกที่เชื่อถือได้รับรอง "
            "ให้ใช้ใบรับรองจากผู้ออกสาธารณะพร้อมใบรับรองกลางครบถ้วน"),
    TlsRule(F.WRONG_NAME, S.ADVICE, "RFC 6125 section 6",
            lambda s, _: s.judged and bool(s.version) and not s.named,
            "The mail host's certificate is for another name: have one issued for the name that "
            "the MX record gives.",
            "ใบรับรองของเครื่องแม่ข่ายอีเมลออกให้ชื่ออื่น ให้ขอใบรับรองตามชื่อเครื่องใน MX"),
    TlsRule(F.OLD, S.ADVICE, "RFC 8996",
            lambda s, _: s.version in OLD,
            "The mail host speaks an outdated version of TLS only: switch TLS 1.2 and 1.3 on.",
            "เครื่องแม่ข่ายอีเมลใช้ TLS รุ่นเก่าที่เลิกใช้แล้ว ให้เปิดใช้ TLS 1.2 และ 1.3"),
    TlsRule(F.SOON, S.NOTE, "RFC 5280 section 4.1.2.5",
            lambda s, now: s.judged and s.ends is not None and now < s.ends <= now + SOON,
            "The mail host's certificate expires within 30 days: renew it in time.",
            "ใบรับรองของเครื่องแม่ข่ายอีเมลจะหมดอายุภายใน 30 วัน ให้ต่ออายุก่อนกำหนด"),
)


def rules_for(seen: Seen, now: datetime) -> tuple[TlsRule, ...]:
    """Return the rows that hold for a connection, the most severe first."""
    return tuple(rule for rule in RULES if rule.holds(seen, now))
