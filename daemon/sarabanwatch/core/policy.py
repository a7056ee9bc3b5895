"""The numbers that the rules turn on. Why each is as it is stands in config/sarabanwatch.toml.

Each class is one table of that file, and the object that the rules take: the name of a number, its
unit and its default stand here and nowhere else. Where a rule adds a number to a moment, a property
gives it as a `timedelta`.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sarabanwatch.core.retention import Retained
from sarabanwatch.core.room import MEGA
from sarabanwatch.core.rounds import Timetable
from sarabanwatch.core.section import Section


class CampaignSection(Section, frozen=True):
    """[campaign]: the rounds of letters, and how long silence must last until it counts."""

    anchor: date
    weeks: int = 6
    window_office_hours: float = 16
    letters_at_most: int = 6
    holidays: str = ""      # the name of a file; the days themselves stand in `Policy`

    @property
    def timetable(self) -> Timetable:
        """When rounds begin, if it is taken (`core.rounds`)."""
        return Timetable(self.anchor, self.weeks)


class ConfirmSection(Section, frozen=True):
    """[confirm]: how a failure is confirmed, and how an address that fails is tried again.

    An address fails when `failures` of its last `of` letters failed `within_days`. `days` are the
    working days from a failure to the first, second, ... confirming letter. Once it fails, it is
    tried so early that a mending shows `again_days` after its last letter.
    """

    failures: int = 3
    of: int = 4
    within_days: float = 45
    days: tuple[int, ...] = (1, 1, 1)
    again_days: float = 7

    @property
    def within(self) -> timedelta:
        """Within which time failures confirm each other."""
        return timedelta(days=self.within_days)

    @property
    def again(self) -> timedelta:
        """Within which time of its last letter a mending shows."""
        return timedelta(days=self.again_days)


class IncidentSection(Section, frozen=True):
    """[incident]: when many downgrades at once are one incident (`core.judging.incident`)."""

    settle_hours: float = 24
    share: float = 0.2
    least: int = 10
    mend_share: float = 0.02

    @property
    def settles(self) -> timedelta:
        """How long a downgrade waits at least before it is published."""
        return timedelta(hours=self.settle_hours)


class CanarySection(Section, frozen=True):
    """[canary]: letters to ourselves, which prove our own path (`core.sending.canary`)."""

    every_hours: float = 4      # 0: none are sent
    patience_hours: float = 2
    must_bounce: str = ""

    @property
    def every(self) -> timedelta:
        """The time between two letters; zero where none are sent."""
        return timedelta(hours=self.every_hours)

    @property
    def patience(self) -> timedelta:
        """After which time a letter that is not back is lost."""
        return timedelta(hours=self.patience_hours)


class CatchAllSection(Section, frozen=True):
    """[catch_all]: letters to names that nobody has, which tell whether a domain takes any name."""

    test: bool = False
    except_for: tuple[str, ...] = ()
    text: str = ""

    @property
    def excepted(self) -> frozenset[str]:
        """The domains and mail hosts that get none, in lower case."""
        return frozenset(map(str.lower, self.except_for))


class LedgerSection(Section, frozen=True):
    """[ledger]: the file that remembers, for how long it keeps what, and the room it needs.

    Days (core.retention); 0: as long as the ledger. Megabytes (core.room). `url`: a database on a
    PostgreSQL server instead of the file.
    """

    file: str = "ledger.db"
    url: str = ""
    password_file: str = ""
    mail_days: float = 400
    own_days: float = 60
    reply_days: float = 400
    settled_days: float = 800
    attempt_days: float = 120
    spare_megabytes: float = 200

    @property
    def periods(self) -> Mapping[Retained, timedelta]:
        """For how long each kind is kept; zero: as long as the ledger."""
        return {kind: timedelta(days=getattr(self, f"{kind}_days")) for kind in Retained}

    @property
    def spare(self) -> int:
        """Octets that must stay free on its disk for letters to leave."""
        return round(self.spare_megabytes * MEGA)


@dataclass(frozen=True, slots=True)
class Policy:
    """The tables that judging takes, the public holidays, and the numbers that have no key."""

    campaign: CampaignSection
    live: bool = False
    holidays: Container[date] = field(default_factory=frozenset)
    confirm: ConfirmSection = field(default_factory=ConfirmSection)
    incident: IncidentSection = field(default_factory=IncidentSection)
    canary: CanarySection = field(default_factory=CanarySection)
    catch_all: CatchAllSection = field(default_factory=CatchAllSection)
    ledger: LedgerSection = field(default_factory=LedgerSection)
    retry_first: timedelta = timedelta(minutes=15)
    retry_longest: timedelta = timedelta(hours=6)
    send_for: timedelta = timedelta(days=7)
    outbox: int = 1000

    @property
    def correlation_window(self) -> timedelta:
        """How long downgrades count together: until one is confirmed and settles."""
        return self.incident.settles + timedelta(days=sum(self.confirm.days) + 2)
