"""One ordinary agency, letter, form and set of rules, for tests to bend."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from string import Template

from msgspec import structs

from sarabanwatch import settings
from sarabanwatch.core.address import Rules
from sarabanwatch.core.facts import token
from sarabanwatch.core.facts.agency import Agency, AgencyKind, Announcement, Status
from sarabanwatch.core.facts.evidence import Certainty, Evidence, Reason
from sarabanwatch.core.facts.evidence import FactKind as Fact
from sarabanwatch.core.facts.letter import Letter
from sarabanwatch.core.facts.token import Key
from sarabanwatch.core.letters.section import LetterSection, ReportSection, SenderSection
from sarabanwatch.core.letters.wording import Form
from sarabanwatch.core.policy import CampaignSection, CanarySection, IncidentSection, Policy
from sarabanwatch.core.register import Entry, Problem, Register
from sarabanwatch.core.returns.arrival import Ours
from sarabanwatch.core.sending.pace import BOUNDLESS, Limits, PaceSection

ANCHOR = date(2026, 1, 6)
MONDAY = datetime(2026, 1, 12, 3, 0, tzinfo=UTC)     # 10.00 in Bangkok, an ordinary Monday
HOUR = timedelta(hours=1)
KEY = Key("a", b"0123456789abcdef", date(2027, 12, 31))
RULES = Rules(
    "test", date(2021, 8, 23), ("go.th", "ac.th", "or.th", "mi.th", "co.th"),
    frozenset({"gmail.com", "hotmail.co.th"}),
    frozenset({"example.go.th"}), frozenset({"dla.go.th"}))
# downgrades are published at once, and no letters go to ourselves
POLICY = Policy(CampaignSection(ANCHOR), incident=IncidentSection(settle_hours=0),
                canary=CanarySection(every_hours=0))
# nobody is held back; `paced` bends it
UNPACED = PaceSection(BOUNDLESS, BOUNDLESS, 0, (), BOUNDLESS, 0, spread=0, office_hours=False,
                      operators=())
REFUSALS = settings.refusals()
FORM = Form(SenderSection("probes@probe.test", "ระบบทดสอบ", "probe.test"),
            LetterSection(contact=("โทร. ๐",)), ReportSection(office=()),
            Template("ที่ $number\n\n$name <$address>\n\n$replaces\n"))
OURS = Ours(FORM.sender.address, FORM.sender.number)


def paced(any_host: Limits | None = None, in_all: Limits | None = None,
          of: PaceSection = UNPACED, **keys: object) -> PaceSection:
    """Return a pace (by default one that holds nobody back) with these limits and keys."""
    if any_host:
        keys |= {"connections": any_host.connections, "a_minute": any_host.a_minute,
                 "a_day": any_host.a_day, "warm_up": any_host.warm_up}
    if in_all:
        keys |= {"in_all_a_minute": in_all.a_minute, "in_all_a_day": in_all.a_day}
    return structs.replace(of, **keys)


def mint(serial: int, key: Key = KEY, *, epoch: int = 0, to: str = "") -> str:
    """Return a letter's token.

    By default one that is bound neither to ledger nor to addressee, so that a test knows it
    beforehand.
    """
    return token.mint(serial, key, epoch=epoch, to=to)


def unbound(serial: int, *, epoch: int = 0, to: str = "") -> str:
    """Mint tokens that a test knows beforehand."""
    del epoch, to
    return mint(serial)


def agency(cell: str = "saraban@one.go.th", code: str = "1001", **fields: object) -> Agency:
    """Return an agency whose announcement gives the very address that it declared."""
    plain = Agency(code, "กรมหนึ่ง", AgencyKind.DEPARTMENT, cell=cell,
                   announcement=Announcement("https://one.test/a", None, cell))
    return replace(plain, **fields)     # type: ignore[arg-type]  # fields are named by the test


def unannounced(cell: str = "saraban@one.go.th") -> Agency:
    """Return an agency without an announcement."""
    return agency(cell, announcement=None)


def raised(cell: str = "saraban@one.go.th") -> Agency:
    """Return a local government raised in status."""
    return agency(cell, kind=AgencyKind.SUBDISTRICT, status=Status.RAISED)


def register(*agencies: Agency, problems: Sequence[Problem] = (), digest: str = "d1") -> Register:
    """Return a file of so many good rows, from line 2 on."""
    entries = [Entry(line, (a.code, a.name, a.cell), a) for line, a in enumerate(agencies, start=2)]
    return Register("register.csv", digest, entries, problems)


def letter(serial: int = 7, **fields: object) -> Letter:
    """Return the facts of one letter."""
    plain = Letter(serial, mint(serial, KEY), "1001", "กรมหนึ่ง", "saraban@one.go.th", MONDAY)
    return replace(plain, **fields)     # type: ignore[arg-type]  # as above


def fact(kind: Fact, reason: Reason | None = None, sure: Certainty = Certainty.SIGNED) -> Evidence:
    """Return one fact."""
    return Evidence(kind, MONDAY, reason=reason, certainty=sure)
