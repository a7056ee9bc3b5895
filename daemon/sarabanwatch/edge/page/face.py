"""What the page is told once: whose it is, where it stands, and what the groups are called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sarabanwatch.core.calendar import Campaign
from sarabanwatch.core.group import Group
from sarabanwatch.core.public import Shown


@dataclass(frozen=True, slots=True)
class Label:
    """One group in words, in Thai and English, and what its agencies do, step by step."""

    thai: str
    english: str
    steps_thai: tuple[str, ...] = ()
    steps_english: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Face:
    """All that is the same on every page. `base` ends with a slash; `campaign` gives the round of a moment.

    `live`: somebody answers questions there; else it is a tree of files.
    """

    base: str
    short: str
    owner: tuple[str, str]
    tell: str
    notice: str
    addresses: Shown
    labels: Mapping[Group, Label]
    now: Callable[[], datetime]
    campaign: Callable[[datetime], Campaign]
    live: bool = True

    @property
    def link(self) -> str:
        """What a QR code of the whole country says."""
        return self.short or self.base

    def of(self, slug: str) -> str:
        """What an agency's QR code says."""
        return f"{self.base}agency/{slug}.html"
