"""What the daemon needs from the outside world, one Protocol each; `edge` implements them.

Moments are aware `datetime`s of the Clock. The ledger is no port: there is one, and it is `store`.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Protocol

from sarabanwatch.core.domain import DomainFacts
from sarabanwatch.core.facts.web import WebPage
from sarabanwatch.core.letters.wording import Paper
from sarabanwatch.core.page.genuine import OurLetter
from sarabanwatch.core.page.public import Account, Country
from sarabanwatch.core.register.history import OfferedList
from sarabanwatch.core.returns.arrival import Arrival
from sarabanwatch.core.returns.mailbox import Batch, Bookmarks
from sarabanwatch.core.sending.reply import Answer, Outgoing


class Clock(Protocol):
    """Civil time, which never leaps; in an exercise it may run faster than the machine's clock."""

    def now(self) -> datetime:
        """Return the present moment."""

    def doubt(self) -> str:
        """Read the machine's clock, and return why it is not trusted, or "" where it is."""

    def trust(self) -> None:
        """Trust the machine's clock as it stands now, because a person says that it is right."""

    def wall_seconds(self, seconds: float) -> float:
        """Return how many seconds of the machine's clock so many civil seconds take."""

    async def sleep(self, seconds: float) -> None:
        """Wait for so many civil seconds."""


class Chance(Protocol):
    """Random numbers, so that retries of many connections don't coincide. Not for secrets."""

    def draw(self) -> float:
        """Return a number in [0, 1)."""


# --- letters out ----------------------------------------------------------------------------------


class Press(Protocol):
    """Prints letters."""

    async def pdf(self, paper: Paper, at: datetime) -> bytes:
        """Return a letter as PDF, or b"" where that fails: the letter is then sent without it."""


class Line(Protocol):
    """One connection that sends letters: to a relay, or straight to the mail hosts."""

    @property
    def stands(self) -> bool:
        """Whether `ready` would return at once."""

    async def ready(self) -> None:
        """Wait until it is connected. Raise Barred where the relay refuses our log-in for good."""

    async def send(self, out: Outgoing) -> Answer:
        """Send one letter. Whatever the other side does is the answer, and never an exception."""

    async def close(self) -> None:
        """End the connection."""


# --- mail in --------------------------------------------------------------------------------------


class Inbox(Protocol):
    """The mailbox that answers come to."""

    def batches(self, after: Bookmarks) -> AsyncIterator[Batch]:
        """Yield what came after the bookmarks, for ever, whatever the server says or does.

        The cursor of a batch moves only past mails that this batch, or an earlier one, holds or
        names as missing. Before each wait the inbox reports, to the callback that it was built
        with, within how many wall seconds it goes on.
        """


class Secret(Protocol):
    """What logs us in: a password or an access token, asked for anew at every log-in."""

    async def get(self) -> str:
        """Return it. Raise Barred where a person must act, Unanswered where it may work later."""

    def refused(self) -> bool:
        """Note that the last one was refused; return whether `get` may now return another."""


class Reader(Protocol):
    """Reads mail within bounds of time and memory."""

    async def read(self, raw: bytes) -> Arrival:
        """Return what a raw mail is, however broken. Raise NoReader where no reader can be had."""


class SignatureVerifier(Protocol):
    """Verifies DKIM signatures (RFC 6376)."""

    async def verified(self, raw: bytes) -> tuple[str, ...]:
        """Return the domains whose signature of a raw mail is valid, as far as that is known."""


# --- lists, pages and names -----------------------------------------------------------------------


class Web(Protocol):
    """The web, over verified TLS."""

    async def get(self, url: str, *, etag: str = "", at: str = "", seconds: float = 30,
                  octets: int = 64 << 20) -> WebPage:
        """Return one page of the host named, without redirects; raise Unanswered.

        It takes at most `seconds` and `octets`. `etag` is that of the page as it was seen last, so
        that a page that stayed the same is not sent again. `at` is the host's address, where the
        caller knows it; otherwise the system resolves it.
        """


class Forms(Protocol):
    """Forms of the web, over verified TLS."""

    async def post(self, url: str, form: Mapping[str, str], *, seconds: float = 30,
                   octets: int = 1 << 20) -> WebPage:
        """Send a form, and return the answer whatever its status; raise Unanswered."""


class Source(Protocol):
    """Where lists of agencies come from."""

    @property
    def kind(self) -> str:
        """What an import from here is recorded as: file, folder or url."""

    @property
    def once(self) -> bool:
        """Whether a list that was imported once is never imported again, even after another one."""

    async def offer(self, watermark: str) -> OfferedList | None:
        """Return the list with its watermark, or None where it is the one of this watermark.

        Raise Unreadable, Unanswered or OSError where it cannot be read.
        """


class Resolver(Protocol):
    """One resolver of the DNS."""

    async def look(self, domain: str) -> DomainFacts:
        """Return what the DNS shows of a domain; what could not be asked is None in it.

        An answer is kept while it lasts, and no longer than until `forget`.
        """

    async def route(self, domain: str) -> DomainFacts:
        """Return of that what a letter to the domain needs; the rest is None and is not asked."""

    def forget(self) -> None:
        """Forget all answers."""


class Archive(Protocol):
    """What the public page may show of the ledger: read-only, one thread at a time."""

    def changed(self) -> bool:
        """Say whether anything was written since this was last asked."""

    def country(self) -> Country:
        """Return every listed agency and every transition, as of one moment."""

    def account(self, code: str) -> Account | None:
        """Return one listed agency's account, or None."""

    def letter(self, serial: int) -> OurLetter | None:
        """Return a letter that its agency's account shows, or None."""
