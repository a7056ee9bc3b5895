"""What a watched mailbox gives: mails by UID, those that lack, and how far each folder has been read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a mailbox has been read: UIDVALIDITY and the last UID taken in (RFC 3501 section 2.3.1.1)."""

    validity: int = 0
    uid: int = 0


class FetchFailure(StrEnum):
    """Why a mail that a search named could not be had."""

    SILENT = "not given"        # the server says OK, and does not give it
    REFUSED = "refused"         # it refuses this one, or breaks off over it, and gives others
    STAND_IN = "stand-in"       # it gives a mail of its own that says that it cannot
    GONE = "gone"               # somebody deleted it before we read it


class MissingMail(NamedTuple):
    """A mail that could not be had, by its UID, and the server's words about it."""

    uid: int
    why: FetchFailure
    said: str = ""


@dataclass(frozen=True, slots=True)
class Bookmarks:
    """How far each folder has been read, by its name, and the UIDs of mails that lack there."""

    cursors: Mapping[str, Cursor] = field(default_factory=dict)
    lacking: Mapping[str, Collection[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some raw mails by UID, those that lack, and the cursor of their folder after both.

    `through`: no more than the cursor; all folders were read to their end.
    """

    mails: Sequence[tuple[int, bytes]]
    cursor: Cursor
    through: bool
    mailbox: str = "INBOX"
    lacking: Sequence[MissingMail] = ()


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What a folder told of mails by UID, and when: those that it gave, and those that lack."""

    at: datetime
    given: Collection[int] = ()
    lacking: Sequence[MissingMail] = ()
