"""What the daemon tells of its work: the Journal, which `edge.journal` keeps.

Each method is one event: it writes at most one line to the log, and counts.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from sarabanwatch.core.judging.breakdown import Breakdown
from sarabanwatch.core.judging.group import Group, Transition
from sarabanwatch.core.judging.incident import Kin
from sarabanwatch.core.returns.arrival import MailKind
from sarabanwatch.core.returns.kept import ReceivedMail
from sarabanwatch.core.returns.mailbox import MissingMail
from sarabanwatch.core.rounds import Campaign, RoundRecord, TimetableChange
from sarabanwatch.core.sending.canary import CanaryKind
from sarabanwatch.core.sending.ended import EndedLetter
from sarabanwatch.core.sending.forecast import Forecast
from sarabanwatch.core.sending.halt import Halt
from sarabanwatch.core.sending.pausing import Pause
from sarabanwatch.core.sending.plan import Round
from sarabanwatch.core.sending.probe import Event
from sarabanwatch.core.sending.reply import Answer


class MailboxJournal(Protocol):
    """Mails that the inbox named and did not return."""

    def not_given(self, folder: str, lacking: Sequence[MissingMail]) -> None:
        """The inbox named these mails of a folder, and did not return them."""

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

    def window_hours(self, had: float, has: float, windows: int) -> None:
        """A window has other office hours than it had; so many windows that run moved."""

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

    def suspected(self, agencies: int, conclude_by: datetime | None) -> None:
        """So many agencies failed, which is not confirmed yet.

        The first of them ought to be told, or cleared, by then; None: none waits.
        """

    def sent(self, serial: int, event: Event, answer: Answer, *, agency: str,
             catch_all: bool = False) -> None:
        """One try to send a letter to an agency ended; the `agency` is "" where it goes to none."""

    def received(self, received: ReceivedMail, *, new: bool, agency: str,
                 left: datetime | None = None) -> None:
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

    @property
    def last_report(self) -> int:
        """The number of the released snapshot that `reported` told of; 0: none."""

    def reported(self, number: int, buckets: Mapping[str, int]) -> None:
        """The last released report, of that snapshot, has so many agencies in each bucket."""

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
