"""What we know: the records and the ten books of the ledger."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sarabanwatch.core.facts.agency import Agency
from sarabanwatch.core.facts.evidence import Evidence
from sarabanwatch.core.judging.consequence import Move
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.judging.incident import Kin
from sarabanwatch.core.judging.standing import Standing
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.register.difference import What
from sarabanwatch.core.returns.arrival import Arrival
from sarabanwatch.core.returns.review import Reading, Word
from sarabanwatch.core.sending.plan import Sent
from sarabanwatch.ports.world import Lacking


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
