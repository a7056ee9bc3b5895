"""What we know: the records and the ten books of the ledger."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from sarabanwatch.core.domain import Known, Surveyed
from sarabanwatch.core.facts.agency import Agency
from sarabanwatch.core.facts.evidence import Evidence
from sarabanwatch.core.facts.letter import Letter
from sarabanwatch.core.facts.token import Mint
from sarabanwatch.core.judging.consequence import Consequences, Move
from sarabanwatch.core.judging.group import Change, Group
from sarabanwatch.core.judging.incident import Kin
from sarabanwatch.core.judging.schedule import Failing
from sarabanwatch.core.judging.standing import Standing
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.register import Register
from sarabanwatch.core.register.difference import Difference, Limits, What
from sarabanwatch.core.returns.arrival import Arrival
from sarabanwatch.core.returns.arrival import Kind as Mail
from sarabanwatch.core.returns.review import Lesson, Reading, Word
from sarabanwatch.core.sending.canary import Canary, Errand
from sarabanwatch.core.sending.plan import Sent
from sarabanwatch.core.sending.probe import Event, State
from sarabanwatch.core.sending.throttle import Remark
from sarabanwatch.core.sending.tls import Seen
from sarabanwatch.ports.pacing import Pacing
from sarabanwatch.ports.people import Halts, Incidents, Wishes
from sarabanwatch.ports.world import Bookmarks, Cursor, Lacking


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agency as the plan sees it: an address to write to, and this round's letters there so far.

    A raised body stands there twice while its announcement is awaited: with its own address and its former one.
    """

    code: str
    address: str
    sent: Sent | None
    mail_host: str | None = None    # the first that its domain names, as last known; "" for none
    under_way: bool = False         # a letter to that address is not closed, whosever it is: it gets none beside that


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter to be written down: whom to, until when it may leave us, and the doubtful one it replaces."""

    code: str
    address: str
    send_by: datetime
    replaces: int | None
    host: str = ""      # whom it burdens


@dataclass(frozen=True, slots=True)
class Tried:
    """A domain that strays were sent to: the facts of each, the oldest first."""

    domain: str
    strays: Sequence[Sequence[Evidence]]
    asked: int      # what this answers; a fact that comes meanwhile asks again


@dataclass(frozen=True, slots=True)
class Received:
    """One mail taken in: raw, what it is, the letter it belongs to and the fact it adds (None: a stranger's)."""

    raw: bytes
    digest: str
    arrived_at: datetime
    arrival: Arrival
    serial: int | None
    evidence: Evidence | None
    refused: str = ""
    signed: tuple[str, ...] = ()   # domains whose DKIM signature we verified when it came
    maker: str = ""                # who made a report (core.returns.trace)
    makers: tuple[str, ...] = ()   # whom a letter to ourselves, or a report about one, shows to be on our own path
    alike: str = ""                # as `core.returns.review.Reading` has them
    taught: str = ""

    @property
    def reading(self) -> Reading:
        """What it was found to be."""
        return Reading(self.arrival, self.serial, self.evidence, self.refused, self.alike, self.taught)


@dataclass(frozen=True, slots=True)
class Told:
    """What a folder told of mails by UID, and when: those that it gave, and those that lack."""

    at: datetime
    given: Collection[int] = ()
    lacking: Sequence[Lacking] = ()


@dataclass(frozen=True, slots=True)
class Stored:
    """One mail as it was kept: raw, when it came, whose signature held then, and the last word on it.

    Of one that was forgotten `raw` is empty.
    """

    digest: str
    raw: bytes
    arrived_at: datetime
    signed: tuple[str, ...]
    word: Word
    forgotten_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """All that an agency is judged from: every letter to its present address, oldest first, with its evidence."""

    agency: Agency
    letters: Sequence[tuple[int, Sequence[Evidence]]]
    was: Group | None
    asked: int = 0      # what this case answers; a fact that comes meanwhile asks again
    cause: Kin | None = None    # what we did that had it judged, or that a fall of it comes of


Judge = Callable[[Case], Move | None]       # how an agency would move, None where it would stay


class Downgrade(NamedTuple):
    """To which group an agency would turn, why, and what its address would stand as; `confirmed`, or only suspected."""

    group: Group
    because: str
    standing: Standing
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an agency was found to be, with the verdict of each of its letters; a `downgrade` does not turn it yet."""

    code: str
    group: Group
    because: str
    standing: Standing
    verdicts: Mapping[int, Verdict]
    at: datetime
    asked: int
    downgrade: Downgrade | None = None
    rules: str = ""      # the ids of the rules that it was made by
    cause: Kin | None = None    # what we did that a fall comes of


@dataclass(frozen=True, slots=True)
class Round:
    """One campaign's letters: planned = sent + doubtful + held + pending; open ones still have a window running."""

    planned: int
    sent: int
    doubtful: int
    held: int
    pending: int
    open: int
    undrafted: int
    unjudged: int

    @property
    def over(self) -> bool:
        """Whether nothing is left to draft, send, wait for or judge."""
        return self.planned > 0 and not (self.pending or self.open or self.undrafted or self.unjudged)


@dataclass(frozen=True, slots=True)
class Import:
    """One import: of which file, by which way (hand, file, folder, url, undo) and whom; what it changed, and how often."""

    number: int = 0
    at: datetime | None = None
    source: str = ""
    good: int = 0
    bad: int = 0
    way: str = "hand"
    by: str = ""
    restores: int | None = None
    counts: Mapping[What, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dated:
    """What the register said of an agency's name, address or announcement, since when and until when (None: still)."""

    thing: str
    said: str
    since: datetime
    until: datetime | None


class Roll(Protocol):
    """The register as it stands, and as it came to be."""

    async def weigh(self, register: Register) -> Difference: ...
    async def foresee(
        self, register: Register, at: datetime, judge: Judge, *, way: str = "hand", restores: int | None = None,
    ) -> Consequences: ...
    async def replace(
        self, register: Register, at: datetime, *, way: str = "hand", by: str = "", limits: Limits | None = None,
    ) -> bool: ...
    async def restore(self, number: int, at: datetime, *, by: str = "") -> bool: ...
    async def took(self, way: str, digest: str, *, ever: bool) -> bool: ...
    async def mark(self, way: str) -> str: ...
    async def marked(self, way: str, mark: str) -> None: ...
    async def agency(self, code: str) -> Agency | None: ...
    async def expire(self, at: datetime) -> int: ...


class Letters(Protocol):
    """Every letter, from draft to the end of its window; canaries too."""

    async def candidates(self, campaign: int) -> Sequence[Candidate]: ...
    async def draft(
        self, campaign: int, drafts: Sequence[Draft], mint: Mint, at: datetime,
    ) -> Sequence[int]: ...
    async def pick(self, serial: int, at: datetime) -> tuple[Letter, datetime] | None: ...
    async def outcome(
        self, serial: int, event: Event, evidence: Evidence | None, at: datetime, until: datetime | None,
        word: Remark | None = None,
    ) -> State: ...
    async def confirm(self, serial: int, token: str, fact: Evidence) -> bool: ...
    async def canaries(self, since: datetime) -> Sequence[Canary]: ...
    async def launch(
        self, errand: Errand, campaign: int, address: Callable[[str], str], mint: Mint, at: datetime,
        send_by: datetime,
    ) -> None: ...
    async def ask(self, campaign: int, draft: Draft, mint: Mint, at: datetime) -> int | None: ...
    async def lose(self, besides: Collection[int], fact: Evidence, until: datetime) -> int: ...
    async def unsent_by(self, now: datetime) -> Sequence[tuple[int, Sequence[Evidence]]]: ...
    async def overdue(self, now: datetime, limit: int) -> Sequence[tuple[int, Sequence[Evidence]]]: ...
    async def close(self, closed: Sequence[tuple[int, Evidence | None]], at: datetime) -> None: ...
    async def round(self, campaign: int, letters_at_most: int) -> Round: ...


class Looks(Protocol):
    """Addresses that failed, and the letters that confirm it."""

    async def failing(self) -> Sequence[Failing]: ...
    async def confirm(self, campaign: int, drafts: Sequence[Draft], mint: Mint, at: datetime) -> int: ...
    async def decided(self, limit: int) -> Sequence[int]: ...
    async def suspects(self) -> int: ...


class Arrivals(Protocol):
    """Every mail that came in, and how far the mailbox has been read."""

    async def cursor(self, mailbox: str) -> Cursor: ...
    async def bookmarks(self) -> Bookmarks: ...
    async def lacking(self) -> int: ...
    async def home_signed(self) -> Sequence[str] | None: ...
    async def letter(self, serial: int) -> Letter | None: ...
    async def last_letter_to(self, address: str, by: datetime) -> int | None: ...
    async def take_in(
        self, mailbox: str, received: Sequence[Received], cursor: Cursor, told: Told | None = None,
    ) -> Sequence[bool]: ...
    async def forget(self, before: datetime, limit: int, at: datetime) -> int: ...


class Rulings(Protocol):
    """The mails that are kept, and what was said of each: first, anew, or by a person."""

    async def page(self, after: str, limit: int, octets: int) -> Sequence[Stored]: ...
    async def kept(self) -> int: ...
    async def waiting(self) -> Mapping[Mail, tuple[int, datetime]]: ...
    async def find(self, digest: str) -> Stored: ...
    async def last_letter_of(self, code: str, by: datetime) -> int | None: ...
    async def lay(self, words: Mapping[str, Word], at: datetime, cause: Kin | None = None) -> int: ...
    async def lesson(self, alike: str) -> Lesson | None: ...
    async def alike(self, alike: str) -> Sequence[str]: ...
    async def learn(self, lesson: Lesson, words: Mapping[str, Word], at: datetime, cause: Kin | None = None) -> None: ...
    async def unlearn(self, number: int, by: str, at: datetime) -> bool: ...


class Judgements(Protocol):
    """What has been made of it all."""

    async def judged_by(self, rules: str) -> bool: ...
    async def follow(self, rules: str, at: datetime) -> None: ...
    async def unjudged(self, limit: int) -> Sequence[Case]: ...
    async def record(self, judgements: Sequence[Judgement]) -> None: ...
    async def untold(self, limit: int) -> Sequence[Change]: ...
    async def told(self, ids: Sequence[int], at: datetime) -> None: ...
    async def counts(self) -> Mapping[Group, int]: ...
    async def rows(self) -> tuple[int, int]: ...


class Domains(Protocol):
    """What the DNS shows of the domains that letters go to."""

    async def due(self, before: datetime) -> Sequence[str]: ...
    async def record(self, seen: Sequence[Surveyed], at: datetime) -> None: ...
    async def counts(self) -> Mapping[str, int]: ...
    async def routable(self, domain: str) -> Known: ...


class Hosts(Protocol):
    """What our own deliveries showed of mail hosts."""

    async def note(self, seen: Seen, at: datetime) -> None: ...


class Strays(Protocol):
    """Letters to names that nobody has, and what they tell of domains."""

    async def due(self, campaign: int) -> Sequence[tuple[str, str | None]]: ...
    async def write(
        self, campaign: int, hosts: Mapping[str, str], mint: Mint, at: datetime, send_by: datetime,
    ) -> int: ...
    async def unjudged(self) -> Sequence[Tried]: ...
    async def record(self, found: Sequence[tuple[Tried, Known]], at: datetime) -> None: ...
    async def weakened(self) -> int: ...


class Ledger(Protocol):
    """Every book."""

    @property
    def roll(self) -> Roll: ...
    @property
    def letters(self) -> Letters: ...
    @property
    def looks(self) -> Looks: ...
    @property
    def pacing(self) -> Pacing: ...
    @property
    def arrivals(self) -> Arrivals: ...
    @property
    def rulings(self) -> Rulings: ...
    @property
    def judgements(self) -> Judgements: ...
    @property
    def incidents(self) -> Incidents: ...
    @property
    def domains(self) -> Domains: ...
    @property
    def hosts(self) -> Hosts: ...
    @property
    def strays(self) -> Strays: ...
    @property
    def wishes(self) -> Wishes: ...
    @property
    def halts(self) -> Halts: ...
