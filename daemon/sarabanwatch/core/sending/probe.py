"""One test letter on its way out: what we may do with it next.

This machine governs *sending* only. What comes back never moves it: an arrival is appended as evidence, and meaning is
the business of `core.judging.verdict`.
"""

from enum import StrEnum


class State(StrEnum):
    """Where a letter stands."""

    DRAFTED = "drafted"      # its facts and token are on disk; nothing has left us
    SENDING = "sending"      # handed to SMTP; the outcome is not known yet
    DEFERRED = "deferred"    # told "later" before responsibility passed
    ACCEPTED = "accepted"    # a mail server took responsibility for it
    # a mail server refused it for good, or put it off for as long as it is tried
    REFUSED = "refused"
    DOUBTFUL = "doubtful"    # lost after the final dot, or found half-sent at start
    HELD = "held"            # its time ran out, or its address fell away, before it could leave us
    CLOSED = "closed"        # the window is over; late mail is still evidence


class Event(StrEnum):
    """What happens to it."""

    PICKED = "picked"
    TAKEN = "taken"
    LATER = "later"
    REFUSAL = "refusal"
    GIVEN_UP = "given up"    # put off until its time ran out, by their fault (core.sending.put_off)
    LOST = "lost"
    TOO_LATE = "too late"
    ORPHANED = "orphaned"    # its ledger was restored since: it may have left us in what was lost
    MOVED = "moved"          # its agency has another address now
    WINDOW_OVER = "window over"


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

WAITING = frozenset({S.DRAFTED, S.DEFERRED})                          # may be picked
LEFT = frozenset({S.ACCEPTED, S.REFUSED, S.DOUBTFUL})                 # its window runs


class OutOfTurn(Exception):  # noqa: N818 - named as the trade would say it
    """An event that the machine does not expect in this state: our bug, never theirs."""


def after(state: State, event: Event) -> State:
    """Return the state that follows; raise OutOfTurn where the table has no such road."""
    try:
        return TRANSITIONS[state][event]
    except KeyError:
        raise OutOfTurn(f"{event} while {state}") from None


def before(event: Event) -> tuple[State, ...]:
    """Return the states in which an event may happen."""
    return tuple(state for state, roads in TRANSITIONS.items() if event in roads)
