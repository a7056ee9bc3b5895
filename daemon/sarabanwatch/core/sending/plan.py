"""Who is due a letter, when a deferred one is tried again, and when a letter's window ends."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sarabanwatch.core.address import JudgedCell
from sarabanwatch.core.calendar import after_office_hours
from sarabanwatch.core.facts.agency import Agency, Status
from sarabanwatch.core.judging.verdict import UNDECIDED, Verdict
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.rounds import Campaign
from sarabanwatch.core.sending.probe import State

RESERVED = frozenset({"test", "example", "invalid", "localhost"})


@dataclass(frozen=True, slots=True)
class Sent:
    """The letters of one round to an agency so far: the last one, and how many there were."""

    serial: int
    state: State
    verdict: Verdict | None
    letters: int

@dataclass(frozen=True, slots=True)
class Candidate:
    """An agency that may be due a letter: its address, and this round's letters there so far.

    An agency raised in status is two candidates while its announcement is awaited: with its own
    address and with its former one. `mail_host` is the first that its domain names, as last known
    ("": it has none). `under_way`: a letter to that address, whosever it is, is not closed yet; no
    other goes there meanwhile.
    """

    code: str
    address: str
    sent: Sent | None
    mail_host: str | None = None
    under_way: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter to be written down: to whom, until when it may leave, the doubtful one it replaces.

    `host` is the mail host that it goes to.
    """

    code: str
    address: str
    send_by: datetime
    replaces: int | None
    host: str = ""


class Unwritten(NamedTuple):
    """How many agencies had no letter in a round yet, when they were counted.

    Each letter that is written makes them fewer. So whoever has counted once need only look at the
    letters since, as long as nothing else changes who is to have one: another round, a ledger that
    was put back, another list, or an agency that asked to be left alone.
    """

    by: tuple[int, ...] = ()    # the numbers of all these
    upto: int = 0               # the last letter by then
    agencies: int = 0


NOT_COUNTED = Unwritten()


@dataclass(frozen=True, slots=True)
class Round:
    """The counts of one round's letters: planned = sent + doubtful + held + pending.

    The window of the open ones is still running. `undrafted` counts those that are still to be
    written, `unwritten` those of them whose agency has had none. `paused` of the undrafted, pending
    and open ones are those of agencies that are paused.
    """

    planned: int
    sent: int
    doubtful: int
    held: int
    pending: int
    open: int
    undrafted: int
    unjudged: int
    paused: int = 0
    unwritten: Unwritten = field(default=NOT_COUNTED, compare=False)

    @property
    def over(self) -> bool:
        """Whether nothing is left to draft, send, wait for or judge."""
        return self.planned > 0 and not (self.pending or self.open or self.undrafted
                                         or self.unjudged)


def writes_to(agency: Agency, judged: JudgedCell) -> str:
    """Return the address of an agency's test letter; "" where there is none, or it is exempt."""
    return "" if agency.status is Status.EXEMPT else judged.writable


def permitted(address: str, policy: Policy) -> bool:
    """Say whether we may write to an address: to any when live, else only under reserved names.

    Those are nobody's (RFC 2606, RFC 6761).
    """
    return policy.live or address.rpartition(".")[2].lower() in RESERVED


def due(address: str, sent: Sent | None, round_: Campaign, now: datetime, policy: Policy) -> bool:
    """Say whether an address is due a letter of the round.

    It is, where it had none in this round, or where the last one ended and decided nothing. When an
    address that failed gets its next letter is said by `core.judging.schedule`.
    """
    if not address or not permitted(address, policy) or not round_.runs(now):
        return False
    if sent is None:
        return True
    return (
        sent.state is State.CLOSED and sent.verdict in UNDECIDED
        and sent.letters < policy.campaign.letters_at_most
    )


def window_end(left_at: datetime, policy: Policy) -> datetime:
    """Return when a letter's window ends, so that silence counts.

    An office looks into its mailbox twice a working day (Regulation No. 4, clause 2).
    """
    return after_office_hours(left_at, policy.campaign.window_office_hours, policy.holidays)


def send_by(drafted_at: datetime, round_: Campaign, policy: Policy) -> datetime:
    """Return until when a letter may leave; then it is held, and the next round writes another."""
    return max(min(drafted_at + policy.send_for, round_.ends), drafted_at)


def retry_at(first_try: datetime, now: datetime, chance: float, policy: Policy) -> datetime:
    """Return when a deferred letter is tried again: after as long as it has waited, within bounds.

    `chance`, in [0, 1), varies the wait by +-20 %. The wait comes from the letter's age and not
    from a counter, so that no count can be lost.
    """
    wait = min(max(now - first_try, policy.retry_first), policy.retry_longest)
    return now + wait * (0.8 + 0.4 * chance)
