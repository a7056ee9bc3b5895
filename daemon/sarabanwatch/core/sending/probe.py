"""The states of one test letter on its way out, and what may happen to it next.

This machine is about *sending* only. What comes back never changes the state: mail is added as
evidence, and its meaning is the business of `core.judging.verdict`.
"""

from enum import StrEnum
from typing import NamedTuple

from sarabanwatch.core.facts.evidence import Evidence


class State(StrEnum):
    """The state of a letter."""

    DRAFTED = "drafted"      # its facts and token are on disk; it has not left us
    SENDING = "sending"      # handed to SMTP; the outcome is not known yet
    DEFERRED = "deferred"    # a server answered "later" before it took responsibility
    ACCEPTED = "accepted"    # a mail server took responsibility for it
    REFUSED = "refused"      # refused for good, or put off for as long as it was tried
    DOUBTFUL = "doubtful"    # the connection was lost at the final dot, or we were killed
    HELD = "held"            # its time was over, or its address gone, before it left us
    CLOSED = "closed"        # the window is over; mail that comes late is still evidence


class Event(StrEnum):
    """What may happen to a letter."""

    PICKED = "picked"
    TAKEN = "taken"
    LATER = "later"
    REFUSAL = "refusal"
    GIVEN_UP = "given up"    # put off until its time was over, by their fault (`put_off`)
    LOST = "lost"
    TOO_LATE = "too late"
    ORPHANED = "orphaned"    # its ledger was restored: it may have left us after the backup
    MOVED = "moved"          # its agency has another address now
    WINDOW_OVER = "window over"


class TryResult(NamedTuple):
    """How a try to send a letter ended, and what that shows of the agency, if anything."""

    event: Event
    fact: Evidence | None


S, E = State, Event
TRANSITIONS: dict[State, dict[Event, State]] = {
    S.DRAFTED:  {E.PICKED: S.SENDING, E.TOO_LATE: S.HELD, E.MOVED: S.HELD, E.ORPHANED: S.DOUBTFUL},
    S.SENDING:  {E.TAKEN: S.ACCEPTED, E.LATER: S.DEFERRED, E.REFUSAL: S.REFUSED,
                 E.LOST: S.DOUBTFUL},
    S.DEFERRED: {E.PICKED: S.SENDING, E.GIVEN_UP: S.REFUSED, E.TOO_LATE: S.HELD, E.MOVED: S.HELD,
                 E.ORPHANED: S.DOUBTFUL},
    S.ACCEPTED: {E.WINDOW_OVER: S.CLOSED},
    S.REFUSED:  {E.WINDOW_OVER: S.CLOSED},
    S.DOUBTFUL: {E.WINDOW_OVER: S.CLOSED},   # never sent again: one letter, once
    S.HELD:     {E.WINDOW_OVER: S.CLOSED},
    S.CLOSED:   {},
}

WAITING = frozenset({S.DRAFTED, S.DEFERRED})             # it may be picked
LEFT = frozenset({S.ACCEPTED, S.REFUSED, S.DOUBTFUL})    # its window is running


class OutOfTurn(Exception):  # noqa: N818 - it names what happened
    """An event that has no transition in this state: a fault in our code."""


def after(state: State, event: Event) -> State:
    """Return the state that follows; raise OutOfTurn where the table has no transition."""
    try:
        return TRANSITIONS[state][event]
    except KeyError:
        raise OutOfTurn(f"{event} while {state}") from None


def before(event: Event) -> tuple[State, ...]:
    """Return the states in which an event may happen."""
    return tuple(state for state, events in TRANSITIONS.items() if event in events)
