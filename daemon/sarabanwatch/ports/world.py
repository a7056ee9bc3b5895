"""The world about us: clock and chance, the post, the inbox, the DNS."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from sarabanwatch.core.domain import Facts
from sarabanwatch.core.errors import AccessError, ConfigError, StorageError, UnavailableError
from sarabanwatch.core.letters.wording import Paper
from sarabanwatch.core.register import Register
from sarabanwatch.core.returns.arrival import Arrival
from sarabanwatch.core.sending.reply import Answer


class Barred(AccessError):  # noqa: N818 - said of us
    """The other side will not have us: wrong password, no TLS, not welcome. Waiting won't help; a person must act."""


class Unwritable(StorageError):  # noqa: N818 - said of the ledger
    """The ledger cannot be written. What cannot be written down is not done: going on is senseless."""


class NoReader(UnavailableError):  # noqa: N818 - said of our own process
    """A process of ours that reads what strangers wrote cannot be had. Nothing is known of what was to be read: try again later."""


class Unusable(Unwritable):
    """The ledger is lost, damaged or another program's. A person must act; starting again does not help."""

    exit_code = ConfigError.exit_code


class Clock(Protocol):
    """Civil time, which an exercise may let run faster than the wall's. It never leaps: `now` follows no clock that does.

    `doubt` looks at the wall's clock and says why it is not trusted, or ""; `trust` takes it for right as it stands.
    """

    def now(self) -> datetime: ...
    def doubt(self) -> str: ...
    def trust(self) -> None: ...
    def wall_seconds(self, seconds: float) -> float: ...
    async def sleep(self, seconds: float) -> None: ...


class Chance(Protocol):
    """A number in [0, 1), so that retries don't march in step."""

    def draw(self) -> float: ...


# --- the post: letters out -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One letter on the wire: VERP envelope sender, one recipient, envelope id (RFC 3461), the bytes."""

    sender: str
    to: str
    envid: str
    raw: bytes


class Press(Protocol):
    """Prints a letter as PDF; empty where that cannot be done, for a letter goes out without it."""

    async def pdf(self, paper: Paper, at: datetime) -> bytes: ...


class Line(Protocol):
    """One connection to our relay. `ready` waits until it stands; `send` never raises for what the other side does."""

    async def ready(self) -> None: ...
    async def send(self, out: Outgoing) -> Answer: ...
    async def close(self) -> None: ...


# --- the inbox: mail in ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a mailbox has been read: UIDVALIDITY and the last UID taken in (RFC 3501 section 2.3.1.1)."""

    validity: int = 0
    uid: int = 0


class Lack(StrEnum):
    """Why a mail that a search named could not be had."""

    SILENT = "not given"        # the server says OK, and does not give it
    REFUSED = "refused"         # it refuses this one, or breaks off over it, and gives others
    STAND_IN = "stand-in"       # it gives a mail of its own that says that it cannot
    GONE = "gone"               # somebody deleted it before we read it


class Lacking(NamedTuple):
    """A mail that could not be had, by its UID, and the server's words about it."""

    uid: int
    why: Lack
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
    lacking: Sequence[Lacking] = ()


class Inbox(Protocol):
    """The mailbox that answers come to; yields for ever, whatever its server says or does.

    The cursor moves only over mails that this batch, or one before it, gave or told to lack. Before
    each wait it says to whom it was built with within how many wall seconds it goes on.
    """

    def batches(self, after: Bookmarks) -> AsyncIterator[Batch]: ...


class Secret(Protocol):
    """What logs us in: a password or an access token, asked for anew at every log-in.

    `get` raises Barred where a person must mend something, Unanswered where it cannot be had for
    now. `refused` is told that the other side refused what was given last, and returns whether
    `get` may give another now.
    """

    async def get(self) -> str: ...
    def refused(self) -> bool: ...


class Reader(Protocol):
    """Reads one raw mail within bounds of time and memory; raises NoReader where that cannot be done now, nothing for the mail."""

    async def read(self, raw: bytes) -> Arrival: ...


class Seals(Protocol):
    """Verifies the DKIM signatures of a raw mail: the domains whose signature holds. What cannot be known is left out."""

    async def verified(self, raw: bytes) -> tuple[str, ...]: ...


# --- lists of agencies -------------------------------------------------------------------------------------------------


class Unanswered(UnavailableError):  # noqa: N818 - said of the page
    """A page of the web could not be had; the message says which, and why."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was answered: 200 with its body, or 304 where it is still the one that bears the ETag we named.

    `whole`: its end was told beforehand (RFC 9112 section 6.3), so that a connection that was cut could not pass for it.
    """

    status: int
    body: bytes
    etag: str
    kind: str
    whole: bool = True


class Web(Protocol):
    """Asks one page over verified TLS, of the host named and no other, within so much time and size; raises Unanswered.

    `at` is the host's address, where the asker knows it; else the system is asked for it.
    """

    async def get(self, url: str, *, etag: str = "", at: str = "", seconds: float = 30, octets: int = 64 << 20) -> Page: ...


class Forms(Protocol):
    """Sends a form to a page over verified TLS, and returns whatever it answers; raises Unanswered."""

    async def post(
        self, url: str, form: Mapping[str, str], *, seconds: float = 30, octets: int = 1 << 20,
    ) -> Page: ...


@dataclass(frozen=True, slots=True)
class Offer:
    """A list of agencies as it was offered, and the mark by which the source knows it again."""

    register: Register
    mark: str


class Source(Protocol):
    """Where lists come from. `once`: what was taken is never taken again, else only not while it stays the same.

    `offer` returns None where nothing new is there; raises Unreadable, Unanswered or OSError where it cannot be had.
    """

    @property
    def way(self) -> str: ...
    @property
    def once(self) -> bool: ...
    async def offer(self, mark: str) -> Offer | None: ...


# --- the DNS: what can be known without a letter ---------------------------------------------------------------------


class Witness(Protocol):
    """One resolver. `look` never raises for what the DNS does; what it was told is kept until `forget`."""

    async def look(self, domain: str) -> Facts: ...
    def forget(self) -> None: ...
