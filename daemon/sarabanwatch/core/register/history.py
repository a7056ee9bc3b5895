"""The register as it came to be: lists that were offered, imports, and what stood from when until when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sarabanwatch.core.register import Register
from sarabanwatch.core.register.difference import ChangeKind


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
    counts: Mapping[ChangeKind, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PastValue:
    """What the register said of an agency's name, address or announcement, since when and until when (None: still)."""

    thing: str
    said: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class OfferedList:
    """A list of agencies as it was offered, and the mark by which the source knows it again."""

    register: Register
    mark: str
