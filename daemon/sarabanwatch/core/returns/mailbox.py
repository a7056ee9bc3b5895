"""What a watched mailbox gives: mails by UID, missing mails, and how far it has been read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a mailbox has been read: UIDVALIDITY and last UID (RFC 3501 section 2.3.1.1)."""

    validity: int = 0
    uid: int = 0


class FetchFailure(StrEnum):
    """Why a mail that a search named could not be fetched."""

    SILENT = "not given"        # the server says OK and does not give it
    REFUSED = "refused"         # it refuses this one, or disconnects over it, and gives others
    STAND_IN = "stand-in"       # it gives a mail of its own instead, which says that it cannot
    GONE = "gone"               # somebody deleted it before we read it


class MissingMail(NamedTuple):
    """A mail that could not be fetched, by its UID, and the server's words about it."""

    uid: int
    why: FetchFailure
    reply: str = ""


@dataclass(frozen=True, slots=True)
class Bookmarks:
    """How far each folder has been read, by its name, and the UIDs of its missing mails."""

    cursors: Mapping[str, Cursor] = field(default_factory=dict)
    lacking: Mapping[str, Collection[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some raw mails by UID, missing mails, and the folder's cursor after both.

    `through`: this only sets the cursor; all folders were read to their end.
    """

    mails: Sequence[tuple[int, bytes]]
    cursor: Cursor
    through: bool
    mailbox: str = "INBOX"
    lacking: Sequence[MissingMail] = ()


@dataclass(frozen=True, slots=True)
class FetchReport:
    """Which mails, by UID, a folder gave when it was asked again, and which are still missing."""

    at: datetime
    given: Collection[int] = ()
    lacking: Sequence[MissingMail] = ()
