"""What the page is told once: whose it is, where it stands, and what the groups are called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sarabanwatch.core.judging.census import BUCKETS, Buckets, bucket_of
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.page.public import Shown, page_of


@dataclass(frozen=True, slots=True)
class GroupLabel:
    """One group in words, in Thai and English, and what its agencies do, step by step."""

    thai: str
    english: str
    steps_thai: tuple[str, ...] = ()
    steps_english: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageEdition:
    """What the groups are called, and in which bucket each counts, while it is in force."""

    labels: Mapping[Group, GroupLabel]
    buckets: Buckets = field(default_factory=lambda: BUCKETS)

    def bucket(self, group: Group) -> str:
        """Return the bucket that a group counts in; `exempt` for those beside the total."""
        return bucket_of(group, self.buckets) or "exempt"


@dataclass(frozen=True, slots=True)
class Face:
    """All that is the same on every page. `base` ends with a slash.

    `edition` gives the groups in force at a moment.

    `live`: somebody answers questions there; else it is a tree of files.
    """

    base: str
    short: str
    owner: tuple[str, str]
    tell: str
    notice: str
    addresses: Shown
    edition: Callable[[datetime], PageEdition]
    now: Callable[[], datetime]
    live: bool = True
    weeks: int = 6       # of a round
    hours: float = 16      # of a letter's window, in office hours

    @property
    def link(self) -> str:
        """What a QR code of the whole country says."""
        return self.short or self.base

    def of(self, slug: str) -> str:
        """What an agency's QR code says."""
        return f"{self.base}{page_of(slug)}"
