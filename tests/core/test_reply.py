import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.samples import MONDAY, REFUSALS
from sarabanwatch.core.facts.evidence import Blame, FactKind, Reason
from sarabanwatch.core.sending.probe import TRANSITIONS, Event, State
from sarabanwatch.core.sending.reply import EVENTS, Answer, Stage, event, read
from sarabanwatch.core.sending.route import Route

answers = st.builds(
    Answer, st.sampled_from(Stage), st.just(0) | st.integers(100, 999),
    st.sampled_from(["", "2.0.0", "4.2.2", "5.1.1", "5.7.1", "5.9.9"]), st.text(max_size=80))


@given(answers)
def test_every_answer_is_an_event_that_a_letter_being_sent_expects(answer: Answer) -> None:
    assert event(answer) in TRANSITIONS[State.SENDING]


@given(answers)
def test_evidence_is_kept_where_something_was_decided_and_only_a_refusal_has_a_reason(
    answer: Answer,
) -> None:
    happened, fact = read(answer, MONDAY, REFUSALS)
    assert (fact is None) == (happened is Event.LATER)
    if fact is not None:
        assert (fact.code, fact.status, fact.text, fact.seen_at) == (answer.code, answer.status,
                                                                     answer.text, MONDAY)
        assert (fact.reason is not None) == (happened is Event.REFUSAL) == bool(fact.rule)


@pytest.mark.parametrize("code", [200, 250, 251, 252, 299])
def test_only_a_yes_after_the_final_dot_is_a_yes(code: int) -> None:
    assert event(Answer(Stage.DOT, code, "", "")) is Event.TAKEN
    for stage in set(Stage) - {Stage.DOT}:
        assert event(Answer(stage, code, "", "")) is Event.LATER


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("code", [421, 450, 451, 452])
def test_a_four_hundred_is_later_at_every_stage(stage: Stage, code: int) -> None:
    assert event(Answer(stage, code, "", "")) is Event.LATER


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("code", [500, 521, 550, 554])
def test_a_five_hundred_is_a_refusal_at_every_stage(stage: Stage, code: int) -> None:
    assert event(Answer(stage, code, "", "")) is Event.REFUSAL


@pytest.mark.parametrize("code", [100, 354, 600, 999])
def test_what_no_standard_knows_is_a_doubt_at_the_dot_and_a_delay_before_it(code: int) -> None:
    assert event(Answer(Stage.DOT, code, "", "")) is Event.LOST
    for stage in set(Stage) - {Stage.DOT}:
        assert event(Answer(stage, code, "", "")) is Event.LATER
    assert code // 100 not in EVENTS


@pytest.mark.parametrize("stage", Stage)
def test_a_connection_lost_is_a_doubt_after_the_dot_and_a_delay_before_it(stage: Stage) -> None:
    assert event(Answer(stage, 0, "", "reset")) is (Event.LOST if stage is Stage.DOT
                                                    else Event.LATER)


@pytest.mark.parametrize(("code", "happens", "kind"), [
    (250, Event.TAKEN, FactKind.TAKEN), (550, Event.REFUSAL, FactKind.REFUSED),
    (0, Event.LOST, FactKind.LOST)])
def test_what_was_decided_is_kept_as_what_it_was(code: int, happens: Event, kind: FactKind) -> None:
    happened, fact = read(Answer(Stage.DOT, code, "", "words"), MONDAY, REFUSALS)
    assert happened is happens
    assert fact is not None
    assert fact.kind is kind


@pytest.mark.parametrize("stage", sorted(set(Stage) - {Stage.RCPT}))
def test_what_is_refused_before_or_after_the_recipient_is_our_own_quarrel(stage: Stage) -> None:
    _, fact = read(Answer(stage, 550, "5.1.1", "no such user here"), MONDAY, REFUSALS)
    assert fact is not None
    assert (fact.kind, fact.reason, fact.blame) == (FactKind.REFUSED, Reason.SENDER, Blame.OURS)
    assert stage in fact.rule


@pytest.mark.parametrize("stage", [Stage.CONNECT, Stage.MAIL, Stage.RCPT])
@pytest.mark.parametrize("code", [521, 556])
def test_a_host_that_takes_no_mail_says_so_of_itself_at_whatever_stage(stage: Stage,
                                                                       code: int) -> None:
    _, fact = read(Answer(stage, code, "", "does not accept mail", Route.DIRECT, "mx.test"),
                   MONDAY, REFUSALS)
    assert fact is not None
    assert fact.reason is Reason.NO_MAIL


@pytest.mark.parametrize(("by", "said", "reason"), [
    ("mx.test", "Connection refused", Reason.TEMPORARY),
    ("mx.test", "Network is unreachable", Reason.UNKNOWN), ("", "no host", Reason.UNKNOWN)])
def test_a_host_that_does_not_answer_is_away_unless_our_own_network_has_no_route(
    by: str, said: str, reason: Reason,
) -> None:
    _, fact = read(Answer(Stage.CONNECT, 0, "", said, Route.DIRECT, by), MONDAY, REFUSALS)
    assert fact is not None
    assert (fact.kind, fact.reason) == (FactKind.PUT_OFF, reason)


def test_a_recipient_refused_is_judged_by_what_was_said_of_it() -> None:
    _, fact = read(Answer(Stage.RCPT, 550, "5.1.1", "no such user here"), MONDAY, REFUSALS)
    assert fact is not None
    assert (fact.reason, fact.blame) == (Reason.NO_MAILBOX, Blame.GOOD)
