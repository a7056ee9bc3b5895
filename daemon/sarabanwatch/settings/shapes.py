"""The shapes of the configuration files: a frozen table each, with its defaults.

Every key stands in config/sarabanwatch.toml with its default and why; a test holds the two
together.
"""

from datetime import date, datetime
from typing import Literal

from sarabanwatch.core.judging.census import Buckets, parted
from sarabanwatch.core.letters.section import LetterSection, ReportSection, SenderSection
from sarabanwatch.core.page.section import PageSection
from sarabanwatch.core.policy import (
    CampaignSection,
    CanarySection,
    CatchAllSection,
    ConfirmSection,
    IncidentSection,
    LedgerSection,
)
from sarabanwatch.core.register import ROWS_AT_MOST
from sarabanwatch.core.register.difference import ImportLimits
from sarabanwatch.core.resolvers import DnsSection
from sarabanwatch.core.section import Section
from sarabanwatch.core.sending.pace import PaceSection
from sarabanwatch.settings.accounts import InboxSection, RelaySection


class HeadingsSection(Section, frozen=True):
    """What the columns of a register are called besides their usual names.

    The fields are those of `core.register`.
    """

    code: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    province: tuple[str, ...] = ()
    district: tuple[str, ...] = ()
    superior: tuple[str, ...] = ()
    cell: tuple[str, ...] = ()
    link: tuple[str, ...] = ()
    given_on: tuple[str, ...] = ()
    announced: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    former: tuple[str, ...] = ()


class RegisterSection(ImportLimits, frozen=True):
    """Where the list of agencies comes from, and how much of it may change without a yes.

    All empty: it is imported by hand.
    """

    file: str = ""
    folder: str = ""
    url: str = ""
    every_hours: float = 1
    rows_at_most: int = ROWS_AT_MOST
    headings: HeadingsSection = HeadingsSection()


class RefusalsSection(Section, frozen=True):
    """[refusals]: a site's own refusal tables."""

    files: tuple[str, ...] = ()


class GroupsSection(Section, frozen=True):
    """What the groups are called, edition by edition."""

    editions: tuple[str, ...] = ()


class AddressSection(Section, frozen=True):
    """By which values an address is judged."""

    rules: str = ""


class RouteSection(Section, frozen=True):
    """By which route letters go."""

    by_default: Literal["relay", "direct"] = "relay"
    except_for: tuple[str, ...] = ()
    port: int = 25
    policy_port: int = 443


class DkimSection(Section, frozen=True):
    """Our own signature on letters."""

    key_file: str = ""
    selector: str = ""
    domain: str = ""
    sign: Literal["direct", "all"] = "direct"


class MetricsSection(Section, frozen=True):
    """Where Prometheus scrapes."""

    host: str = "127.0.0.1"
    port: int = 9725
    web_config: str = ""


class TokenSection(Section, frozen=True):
    """The keys that sign what letters carry out."""

    key_file: str = "token.keys"


class ClockSection(Section, frozen=True):
    """Civil time, or an exercise's."""

    rate: float = 1
    began: datetime | None = None
    shows: datetime | None = None


class Settings(Section, frozen=True):
    """The whole file."""

    sender: SenderSection
    relay: RelaySection
    inbox: InboxSection
    campaign: CampaignSection
    live: bool = False
    register: RegisterSection = RegisterSection()
    groups: GroupsSection = GroupsSection()
    refusals: RefusalsSection = RefusalsSection()
    letter: LetterSection = LetterSection()
    address: AddressSection = AddressSection()
    route: RouteSection = RouteSection()
    dkim: DkimSection = DkimSection()
    dns: DnsSection = DnsSection()
    ledger: LedgerSection = LedgerSection()
    metrics: MetricsSection = MetricsSection()
    page: PageSection = PageSection()
    token: TokenSection = TokenSection()
    pace: PaceSection = PaceSection()
    incident: IncidentSection = IncidentSection()
    canary: CanarySection = CanarySection()
    confirm: ConfirmSection = ConfirmSection()
    catch_all: CatchAllSection = CatchAllSection()
    report: ReportSection = ReportSection()
    clock: ClockSection = ClockSection()


class Holidays(Section, frozen=True):
    """config/holidays/extra.toml."""

    added: tuple[date, ...] = ()
    removed: tuple[date, ...] = ()


class GroupWords(Section, frozen=True):
    """One group in words: Thai and English label, what to mend, and that step by step."""

    bucket: str
    th: str
    en: str
    mend_th: str = ""
    mend_en: str = ""
    steps_th: tuple[str, ...] = ()
    steps_en: tuple[str, ...] = ()


class Groups(Section, frozen=True):
    """config/groups.toml."""

    id: str
    valid_from: date
    groups: dict[str, GroupWords]

    @property
    def buckets(self) -> Buckets:
        """Which groups each bucket holds."""
        return parted({name: words.bucket for name, words in self.groups.items()})
