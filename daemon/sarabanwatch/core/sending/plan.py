"""Who is due a letter now, when a deferred one is tried again, and when a letter's window ends. Never how it is sent."""

from dataclasses import dataclass
from datetime import datetime

from sarabanwatch.core.address import JudgedCell
from sarabanwatch.core.calendar import Campaign, after_office_hours
from sarabanwatch.core.facts.agency import Agency, Status
from sarabanwatch.core.judging.verdict import UNDECIDED, Verdict
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.sending.probe import State

RESERVED = frozenset({"test", "example", "invalid", "localhost"})


@dataclass(frozen=True, slots=True)
class Sent:
    """What one campaign has done for an agency so far: the last letter, and how many there were."""

    serial: int
    state: State
    verdict: Verdict | None
    letters: int

@dataclass(frozen=True, slots=True)
class Candidate:
    """An agency as the plan sees it: an address to write to, and this round's letters there so far.

    A raised body stands there twice while its announcement is awaited: with its own address and its former one.
    """

    code: str
    address: str
    sent: Sent | None
    mail_host: str | None = None    # the first that its domain names, as last known; "" for none
    # a letter to that address is not closed, whosever it is: it gets none beside that
    under_way: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter to be written down: whom to, until when it may leave us, and the doubtful one it replaces."""

    code: str
    address: str
    send_by: datetime
    replaces: int | None
    host: str = ""      # whom it burdens


@dataclass(frozen=True, slots=True)
class Round:
    """One campaign's letters: planned = sent + doubtful + held + pending; open ones still have a window running."""

    planned: int
    sent: int
    doubtful: int
    held: int
    pending: int
    open: int
    undrafted: int
    unjudged: int

    @property
    def over(self) -> bool:
        """Whether nothing is left to draft, send, wait for or judge."""
        return self.planned > 0 and not (self.pending or self.open or self.undrafted
                                         or self.unjudged)


def writes_to(agency: Agency, judged: JudgedCell) -> str:
    """Return the address that an agency's test letter goes to; "" where none can be read, or it is outside the Act."""
    return "" if agency.status is Status.EXEMPT else judged.writable


def permitted(address: str, policy: Policy) -> bool:
    """Say whether we may write there: anywhere when live, else only under names that are nobody's (RFC 2606, RFC 6761)."""
    return policy.live or address.rpartition(".")[2].lower() in RESERVED


def due(address: str, sent: Sent | None, round_: Campaign, now: datetime, policy: Policy) -> bool:
    """Say whether an agency is due a letter: none yet this round, or the last one ended and decided nothing.

    Who failed is looked at on days of its own (core.judging.schedule).
    """
    if not address or not permitted(address, policy) or not round_.starts <= now < round_.ends:
        return False
    if sent is None:
        return True
    return (
        sent.state is State.CLOSED and sent.verdict in UNDECIDED
        and sent.letters < policy.campaign.letters_at_most
    )


def window_end(left_at: datetime, policy: Policy) -> datetime:
    """Return when silence begins to count: the box is looked at twice a working day (Regulation No. 4, cl. 2)."""
    return after_office_hours(left_at, policy.campaign.window_office_hours, policy.holidays)


def send_by(drafted_at: datetime, round_: Campaign, policy: Policy) -> datetime:
    """Return until when a letter may leave us; after that it is held, and the next round writes a new one."""
    return max(min(drafted_at + policy.send_for, round_.ends), drafted_at)


def retry_at(first_try: datetime, now: datetime, chance: float, policy: Policy) -> datetime:
    """Return when a deferred letter is tried again: as long again as it has waited, bounded, with +-20 % of chance.

    `chance` is in [0, 1). Derived from age, not from a counter, so that a lost count changes nothing.
    """
    wait = min(max(now - first_try, policy.retry_first), policy.retry_longest)
    return now + wait * (0.8 + 0.4 * chance)
