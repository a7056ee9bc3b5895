import pytest

from sarabanwatch.core.sending.probe import (
    LEFT,
    TRANSITIONS,
    WAITING,
    Event,
    OutOfTurn,
    State,
    after,
    before,
)

GONE = (State.ACCEPTED, State.REFUSED, State.DOUBTFUL, State.HELD, State.CLOSED)


def reachable(start: State) -> set[State]:
    found: set[State] = set()
    ahead = [start]
    while ahead:
        state = ahead.pop()
        following = set(TRANSITIONS[state].values()) - found
        found |= following
        ahead += following
    return found


def test_the_table_knows_every_state() -> None:
    assert set(TRANSITIONS) == set(State)


def test_every_event_can_happen_somewhere() -> None:
    assert {event for roads in TRANSITIONS.values() for event in roads} == set(Event)


def test_a_draft_can_come_to_every_state() -> None:
    assert reachable(State.DRAFTED) == set(State) - {State.DRAFTED}


@pytest.mark.parametrize("state", sorted(set(State) - {State.CLOSED}))
def test_every_road_ends_closed(state: State) -> None:
    assert State.CLOSED in reachable(state)
    assert all(TRANSITIONS[ahead] for ahead in reachable(state) - {State.CLOSED})


def test_nothing_leads_out_of_closed() -> None:
    assert TRANSITIONS[State.CLOSED] == {}


@pytest.mark.parametrize("state", GONE)
def test_no_road_leads_back_to_sending(state: State) -> None:
    assert State.SENDING not in reachable(state)


@pytest.mark.parametrize(("event", "state"), [
    (Event.TAKEN, State.ACCEPTED), (Event.LATER, State.DEFERRED), (Event.REFUSAL, State.REFUSED),
    (Event.LOST, State.DOUBTFUL)])
def test_what_the_relay_says_decides_where_a_letter_stands(event: Event, state: State) -> None:
    assert after(State.SENDING, event) is state


def test_only_a_letter_that_waits_may_be_picked_or_run_out_of_time() -> None:
    assert set(before(Event.PICKED)) == set(before(Event.TOO_LATE)) == WAITING == {State.DRAFTED,
                                                                                   State.DEFERRED}
    assert {after(state, Event.TOO_LATE) for state in WAITING} == {State.HELD}
    assert {after(state, Event.PICKED) for state in WAITING} == {State.SENDING}


def test_a_window_runs_for_every_letter_that_left_us_and_for_one_held() -> None:
    assert set(before(Event.WINDOW_OVER)) == LEFT | {State.HELD}


@pytest.mark.parametrize(("state", "event"), [
    (state, event) for state in State for event in Event if event not in TRANSITIONS[state]])
def test_an_unexpected_event_is_refused_by_name(state: State, event: Event) -> None:
    with pytest.raises(OutOfTurn, match=f"^{event} while {state}$"):
        after(state, event)
