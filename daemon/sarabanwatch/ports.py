"""What the daemon needs from the world, one Protocol each. Nothing here does anything.

What does stands in `edge`.

Moments are aware `datetime`s of the Clock. The ledger is no port: it is `store`, and there is one
of it.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sarabanwatch.core.domain import DomainFacts
from sarabanwatch.core.facts.web import WebPage
from sarabanwatch.core.judging.group import Group, Transition
from sarabanwatch.core.judging.incident import Kin
from sarabanwatch.core.letters.wording import Paper
from sarabanwatch.core.page.public import Account, Country
from sarabanwatch.core.register.history import OfferedList
from sarabanwatch.core.returns.arrival import Arrival, MailKind
from sarabanwatch.core.returns.kept import ReceivedMail
from sarabanwatch.core.returns.mailbox import Batch, Bookmarks, MissingMail
from sarabanwatch.core.sending.canary import CanaryKind
from sarabanwatch.core.sending.forecast import Forecast
from sarabanwatch.core.sending.halt import Halt
from sarabanwatch.core.sending.plan import Round
from sarabanwatch.core.sending.probe import Event
from sarabanwatch.core.sending.reply import Answer, Outgoing


class Clock(Protocol):
    """Civil time, which an exercise may let run faster than the wall's.

    It never leaps, whatever the wall's clock does.
    """

    def now(self) -> datetime:
        """Return the present moment."""

    def doubt(self) -> str:
        """Look at the wall's clock and say why it is not trusted; "" where it is."""

    def trust(self) -> None:
        """Take the wall's clock for right as it stands: a person said so."""

    def wall_seconds(self, seconds: float) -> float:
        """Return how many seconds of the wall so many civil ones are."""

    async def sleep(self, seconds: float) -> None:
        """Wait for so many civil seconds."""


class Chance(Protocol):
    """Chance, so that retries don't march in step."""

    def draw(self) -> float:
        """Return a number in [0, 1)."""


# --- letters out ----------------------------------------------------------------------------------


class Press(Protocol):
    """Prints letters."""

    async def pdf(self, paper: Paper, at: datetime) -> bytes:
        """Return a letter as PDF.

        Empty where that cannot be done, for a letter goes out without it.
        """


class Line(Protocol):
    """One connection to a relay, or to the hosts themselves."""

    async def ready(self) -> None:
        """Wait until it stands; raise Barred where the relay will not have us."""

    async def send(self, out: Outgoing) -> Answer:
        """Send one letter; raise nothing for what the other side does: that is the answer."""

    async def close(self) -> None:
        """Take leave of the other side."""


# --- mail in --------------------------------------------------------------------------------------


class Inbox(Protocol):
    """The mailbox that answers come to."""

    def batches(self, after: Bookmarks) -> AsyncIterator[Batch]:
        """Yield what came after the bookmarks, for ever, whatever the server says or does.

        The cursor moves only over mails that this batch, or one before it, gave or told to lack.
        Before each wait it says, to whom it was built with, within how many wall seconds it goes
        on.
        """


class Secret(Protocol):
    """What logs us in: a password or an access token, asked for anew at every log-in."""

    async def get(self) -> str:
        """Return it.

        Raise Barred where a person must mend something, Unanswered where it cannot be had for now.
        """

    def refused(self) -> bool:
        """Hear that the other side refused what was given last.

        Return whether `get` may give another now.
        """


class Reader(Protocol):
    """Reads mail within bounds of time and memory."""

    async def read(self, raw: bytes) -> Arrival:
        """Return what a raw mail is.

        Raise NoReader where that cannot be found out now, and nothing for the mail.
        """


class SignatureVerifier(Protocol):
    """Verifies DKIM signatures (RFC 6376)."""

    async def verified(self, raw: bytes) -> tuple[str, ...]:
        """Return the domains whose signature of a raw mail holds.

        What cannot be known is left out.
        """


# --- lists, pages and names -----------------------------------------------------------------------


class Web(Protocol):
    """The web, over verified TLS."""

    async def get(self, url: str, *, etag: str = "", at: str = "", seconds: float = 30,
                  octets: int = 64 << 20) -> WebPage:
        """Return one page of the host named and no other, within so much time and size.

        Raise Unanswered.

        `at` is the host's address, where the asker knows it; else the system is asked for it.
        """


class Forms(Protocol):
    """Forms of the web, over verified TLS."""

    async def post(self, url: str, form: Mapping[str, str], *, seconds: float = 30,
                   octets: int = 1 << 20) -> WebPage:
        """Send a form and return whatever is answered; raise Unanswered."""


class Source(Protocol):
    """Where lists of agencies come from."""

    @property
    def way(self) -> str:
        """What imports from here are marked with: file, folder, url."""

    @property
    def once(self) -> bool:
        """Whether what was taken is never taken again; else only not while it stays the same."""

    async def offer(self, mark: str) -> OfferedList | None:
        """Return what is new since the mark, or None.

        Raise Unreadable, Unanswered or OSError where it cannot be had.
        """


class Resolver(Protocol):
    """One resolver of the DNS."""

    async def look(self, domain: str) -> DomainFacts:
        """Return what it says of a domain, and raise nothing for what the DNS does.

        It is kept until `forget`.
        """

    def forget(self) -> None:
        """Forget what was told."""


class Archive(Protocol):
    """The ledger as people may see it: read-only, one thread at a time."""

    def changed(self) -> bool:
        """Say whether anything was written since this was last asked."""

    def country(self) -> Country:
        """Return every listed agency and every turn, as of one moment."""

    def account(self, code: str) -> Account | None:
        """Return one listed agency's account, or None."""


# --- who hears of it ------------------------------------------------------------------------------


class MailboxJournal(Protocol):
    """What is told and counted of the inbox."""

    def lost(self, error: BaseException) -> None:
        """The inbox was lost; it will be tried again."""

    def barred(self, error: BaseException) -> None:
        """The inbox will not have us; a person must act."""

    def told(self, words: str) -> None:
        """Its server told people something."""

    def not_given(self, folder: str, lacking: Sequence[MissingMail]) -> None:
        """Mails that it named were not given."""

    def lacking(self, mails: int) -> None:
        """So many mails lack by now."""



class Journal(Protocol):
    """One method an event: one log line and one counter each."""

    def started(self, half_sent: int) -> None:
        """The daemon began; so many letters were found half-sent."""

    def imported(self, good: int, bad: int) -> None:
        """A register stands, with so many good and bad rows."""

    def not_imported(self, error: BaseException | None) -> None:
        """A list could not be taken, and why; None: the source is well."""

    def drafted(self, letters: int, campaign: int) -> None:
        """Letters of a round were written down."""

    def confirming(self, letters: int) -> None:
        """Letters that confirm a fall were written down."""

    def suspected(self, agencies: int) -> None:
        """So many agencies are suspects."""

    def sent(self, serial: int, event: Event, answer: Answer, *, catch_all: bool = False) -> None:
        """A letter was tried, and this came of it."""

    def received(self, received: ReceivedMail, *, new: bool) -> None:
        """A mail was taken in; or known already."""

    def looked(self) -> None:
        """The inbox was read to its end."""

    def held_up(self, since: datetime | None) -> None:
        """Letters that may go have not gone since then; None: none waits so."""

    def path(
        self, *, whole: bool, away: Mapping[CanaryKind, timedelta], back: Mapping[CanaryKind, datetime],
        within: timedelta, signed: bool,
    ) -> None:
        """How our own path was found, by letters to ourselves."""

    def signs_until(self, until: datetime) -> None:
        """Until when our keys can sign."""

    def closed(self, letters: int) -> None:
        """Windows of so many letters ended."""

    def turned(self, change: Transition) -> None:
        """An agency's group turned."""

    def published(self, counts: Mapping[Group, int], number: int, round_: Round,
                  elapsed: float) -> None:
        """The census, and how far the round is."""

    def held(self, incidents: Mapping[int, Kin], agencies: int) -> None:
        """Which incidents stand, and how many agencies they hold."""

    def planned(self, foretold: Forecast) -> None:
        """What the rest of the round will need."""

    def paced(self, waiting: Mapping[str, int], open_hosts: Sequence[str], slowed: Sequence[str],
              *, breaker_open: bool) -> None:
        """How many letters wait, by why; the hosts whose breaker is open or that are slowed.

        `breaker_open`: the global breaker is open, so that nearly all letters wait.
        """

    def found(self, counts: Mapping[str, int]) -> None:
        """How many domains show each finding."""

    def backed_up(self, at: datetime | None) -> None:
        """The last backup is of then; None: there is none yet."""

    def awaited(self, waiting: Mapping[MailKind, tuple[int, datetime]]) -> None:
        """Which mails wait for a person, and since when."""

    def weakened(self, agencies: int) -> None:
        """How many stand by silence where any name is taken."""

    def surveyed(self, domains: int, doubted: int) -> None:
        """Domains were looked up."""

    def forgotten(self, mails: int) -> None:
        """Mails' words were forgotten."""

    def stepped(self, step: str) -> None:
        """A step ended well."""

    def failed(self, where: str, error: BaseException) -> None:
        """A step failed, and goes on at its next turn."""

    def set_aside(self, what: str, error: BaseException | str) -> None:
        """A mail, letter or agency that we fail at was set aside."""

    def halted(self, standing: Sequence[Halt]) -> None:
        """Which halts stand."""

    def relay_lost(self, error: BaseException) -> None:
        """The relay was lost; it will be tried again."""

    @property
    def mailbox(self) -> MailboxJournal:
        """What is told of the inbox."""

    def stopped(self) -> None:
        """The daemon ended."""
