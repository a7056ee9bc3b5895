"""What the daemon needs from the outside world, one Protocol each; `edge` implements them.

Moments are aware `datetime`s of the Clock. The ledger is no port: there is one, and it is `store`.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from sarabanwatch.core.domain import DomainFacts
from sarabanwatch.core.facts.web import WebPage
from sarabanwatch.core.judging.breakdown import Breakdown
from sarabanwatch.core.judging.group import Group, Transition
from sarabanwatch.core.judging.incident import Kin
from sarabanwatch.core.letters.wording import Paper
from sarabanwatch.core.page.public import Account, Country
from sarabanwatch.core.register.history import OfferedList
from sarabanwatch.core.returns.arrival import Arrival, MailKind
from sarabanwatch.core.returns.kept import ReceivedMail
from sarabanwatch.core.returns.mailbox import Batch, Bookmarks, MissingMail
from sarabanwatch.core.rounds import Campaign, RoundRecord, TimetableChange
from sarabanwatch.core.sending.canary import CanaryKind
from sarabanwatch.core.sending.ended import EndedLetter
from sarabanwatch.core.sending.forecast import Forecast
from sarabanwatch.core.sending.halt import Halt
from sarabanwatch.core.sending.pausing import Pause
from sarabanwatch.core.sending.plan import Round
from sarabanwatch.core.sending.probe import Event
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

        The answer is kept until `forget`.
        """

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


# --- log and metrics ------------------------------------------------------------------------------


class MailboxJournal(Protocol):
    """What is logged and counted of the inbox."""

    def lost(self, error: BaseException) -> None:
        """The inbox does not answer; it is tried again."""

    def barred(self, error: BaseException) -> None:
        """The inbox refuses us; a person must act."""

    def notice(self, words: str) -> None:
        """Something about it that a person should know, such as a folder that is not there."""

    def not_given(self, folder: str, lacking: Sequence[MissingMail]) -> None:
        """It named mails, and did not return them."""

    def lacking(self, mails: int) -> None:
        """So many mails are missing now."""


class RoundJournal(Protocol):
    """What is logged and counted of rounds."""

    def opened(self, record: RoundRecord) -> None:
        """A round was opened, or is skipped."""

    def closed(self, record: RoundRecord) -> None:
        """A round has ended."""

    def holidays(self, days: Sequence[date], windows: int) -> None:
        """These days were declared holidays, or none; so many windows that run moved."""

    def stands(self, round_: Campaign, extra: int, refused: TimetableChange | None) -> None:
        """The last regular round, how many extra ones run, and a timetable that is refused."""


class Journal(Protocol):
    """One method for each event: it writes one line to the log, and counts."""

    def started(self, half_sent: int) -> None:
        """The daemon began; so many letters were found half-sent."""

    def imported(self, good: int, bad: int) -> None:
        """A register was imported, with so many good and bad rows."""

    def not_imported(self, error: BaseException | None) -> None:
        """A list was not imported, and why; None: no list is refused now."""

    def drafted(self, letters: int, round_: str) -> None:
        """Letters of a round were written down."""

    def confirming(self, letters: int) -> None:
        """Letters that confirm a failure were written down."""

    def suspected(self, agencies: int) -> None:
        """So many agencies failed, which is not confirmed yet."""

    def sent(self, serial: int, event: Event, answer: Answer, *, agency: str,
             catch_all: bool = False) -> None:
        """One try to send a letter to an agency ended; the `agency` is "" where it goes to none."""

    def received(self, received: ReceivedMail, *, new: bool, agency: str) -> None:
        """A mail was taken in, or was known already; it is about a letter to this agency, or ""."""

    def looked(self) -> None:
        """The inbox was read to its end."""

    def held_up(self, since: datetime | None) -> None:
        """Letters may go to some host, and none was sent since then; None: nothing is held up."""

    def path(
        self, *, whole: bool, away: Mapping[CanaryKind, timedelta],
        back: Mapping[CanaryKind, datetime], within: timedelta, signed: bool,
    ) -> None:
        """What letters to ourselves show of our own path; see the implementation for each fact."""

    def signs_until(self, until: datetime) -> None:
        """Until when our keys can sign."""

    def closed(self, letters: Sequence[EndedLetter]) -> None:
        """The windows of these letters ended."""

    def changed_group(self, change: Transition) -> None:
        """An agency changed its group."""

    def published(self, counts: Mapping[Group, int], number: int, round_: Round,
                  elapsed: float) -> None:
        """The agencies by group, and how far the round is, `elapsed` from 0 to 1."""

    def held(self, incidents: Mapping[int, Kin], agencies: int) -> None:
        """Which incidents are open, and how many agencies they hold."""

    def broken_down(self, found: Breakdown) -> None:
        """The census by part, who fell, which incidents are open, how agencies ever moved."""

    def planned(self, foretold: Forecast) -> None:
        """The forecast for the rest of the round."""

    def paced(self, waiting: Mapping[str, int], open_hosts: Sequence[str], slowed: Sequence[str],
              *, breaker_open: bool) -> None:
        """How many letters wait, by why; the hosts whose breaker is open or that are slowed.

        `breaker_open`: the global breaker is open, so that nearly all letters wait.
        """

    def found(self, counts: Mapping[str, int]) -> None:
        """How many domains show each finding."""

    def report_due(self, cut_off: datetime | None, frozen: datetime | None,
                   released: datetime | None, *, left_over: int) -> None:
        """When the last round ended and its report was frozen and released; None: not yet.

        The round did not reach `left_over` agencies.
        """

    def backed_up(self, at: datetime | None) -> None:
        """The last backup is of then; None: there is none yet."""

    def awaited(self, waiting: Mapping[MailKind, tuple[int, datetime]]) -> None:
        """Which mails wait for a person, and since when."""

    def weakened(self, agencies: int) -> None:
        """How many agencies are ready by silence at a domain that takes any name."""

    def surveyed(self, domains: int, doubted: int) -> None:
        """So many domains were looked up; of `doubted` two resolvers did not agree."""

    def audited(self, acts: int, head: str, broken: str) -> None:
        """So many acts of people, and the last's digest; where their chain is broken, or ""."""

    def forgotten(self, rows: Mapping[str, int]) -> None:
        """What was kept long enough was let go: so many rows of each kind."""

    def stepped(self, step: str) -> None:
        """A step succeeded."""

    def failed(self, where: str, error: BaseException) -> None:
        """A step failed; it is tried again in its time."""

    def set_aside(self, what: str, error: BaseException | str) -> None:
        """A mail or letter that we fail to process was set aside, so that others go on."""

    def halted(self, standing: Sequence[Halt]) -> None:
        """Which halts of sending are in force."""

    def paused(self, active: Sequence[Pause], over: Sequence[Pause], now: datetime) -> None:
        """Which pauses are in force now, and of which the time has just run out."""

    def relay_lost(self, error: BaseException) -> None:
        """The relay does not answer; it is tried again."""

    @property
    def mailbox(self) -> MailboxJournal:
        """The journal of the inbox."""

    @property
    def rounds(self) -> RoundJournal:
        """The journal of rounds."""

    def stopped(self) -> None:
        """The daemon ended."""
