"""The register's history: lists that were offered, imports, and past values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sarabanwatch.core.register import Register
from sarabanwatch.core.register.difference import ChangeKind


@dataclass(frozen=True, slots=True)
class Import:
    """One import: its file, its route (hand, file, folder, url, undo), by whom, its changes."""

    number: int = 0
    at: datetime | None = None
    source: str = ""
    good: int = 0
    bad: int = 0
    channel: str = "hand"
    by: str = ""
    restores: int | None = None
    counts: Mapping[ChangeKind, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PastValue:
    """A value of an agency's name, address or announcement, and its time (`until` None: still).

    `given_on` is the day of an announcement.
    """

    thing: str
    value: str
    since: datetime
    until: datetime | None
    given_on: date | None = None


@dataclass(frozen=True, slots=True)
class OfferedList:
    """A list of agencies as a source offered it, and the ETag (or the like) of this version."""

    register: Register
    etag: str
