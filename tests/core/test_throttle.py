"""Complaints slow us down and are forgiven; refusals open a breaker, and a probe closes it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.samples import REFUSALS
from sarabanwatch.core.facts.evidence import Evidence, FactKind, Reason
from sarabanwatch.core.sending import reply, throttle
from sarabanwatch.core.sending.reply import Answer, Stage
from sarabanwatch.core.sending.route import Route
from sarabanwatch.core.sending.throttle import (
    RELAY,
    HostResponse,
    HostState,
    ResponseKind,
    ThrottleSettings,
)

NOW = datetime(2026, 1, 12, 3, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SETTINGS = ThrottleSettings()
SLOW_DOWN, BLOCKED, SUCCESS = ResponseKind.SLOW_DOWN, ResponseKind.BLOCKED, ResponseKind.SUCCESS


def remark(kind: ResponseKind, after: timedelta = timedelta(),
           left: timedelta | None = None) -> HostResponse:
    """A response that comes so long after NOW, to a letter that left then, or `left` after NOW."""
    return HostResponse("mx.test", NOW + after, NOW + (after if left is None else left), kind)


def fold(*said: HostResponse) -> HostState:
    stands = HostState()
    for each in said:
        stands = stands.after(each, SETTINGS)
    return stands


def refused(times: int = SETTINGS.refusals) -> list[HostResponse]:
    return [remark(BLOCKED) for _ in range(times)]


# --- kinds of responses ---------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "status", "said", "kind"), [
    (250, "2.0.0", "Ok", SUCCESS),
    (421, "4.7.0", "Too many connections from your host", SLOW_DOWN),
    (421, "4.3.2", "Service busy, come back later", SLOW_DOWN),
    (450, "4.7.1", "too many messages from you, slow down", SLOW_DOWN),
    (452, "4.5.3", "sending rate exceeded, try again later", SLOW_DOWN),
    (550, "5.7.1", "rate limit exceeded", SLOW_DOWN),
    (450, "4.7.1", "<x@y.test>: Recipient address rejected: Greylisted, please try again later",
     None),
    (451, "4.3.0", "Temporary lookup failure", None),
    (452, "4.2.2", "mailbox is over quota, try again later", None),
    (554, "5.7.1", "client host [192.0.2.1] blocked using rbl.test", BLOCKED),
    (550, "5.7.26", "unauthenticated email from you is not accepted: SPF fails", BLOCKED),
    (550, "5.1.1", "user unknown", None),
])
def test_a_hosts_own_words_slow_us_down_or_block_us_or_say_nothing_of_us(
    code: int, status: str, said: str, kind: ResponseKind | None,
) -> None:
    answer = Answer(Stage.DOT if code == 250 else Stage.RCPT, code, status, said, Route.DIRECT)
    spoke = throttle.of_answer(answer, reply.event(answer), REFUSALS)
    assert spoke == (None if kind is None else ("", kind))


def test_what_our_relay_says_is_of_the_relay() -> None:
    answer = Answer(Stage.MAIL, 421, "4.7.0", "too many connections")
    assert throttle.of_answer(answer, reply.event(answer), REFUSALS) == (RELAY, SLOW_DOWN)


def test_a_host_that_is_not_there_is_not_hurried_but_an_absent_relay_says_nothing() -> None:
    silent = Answer(Stage.CONNECT, 0, "", "refused", Route.DIRECT)
    assert throttle.of_answer(silent, reply.event(silent), REFUSALS) == ("", SLOW_DOWN)
    assert throttle.of_answer(Answer(Stage.CONNECT, 0, "", "refused"), reply.event(silent),
                              REFUSALS) is None
    lost = Answer(Stage.DOT, 0, "", "reset", Route.DIRECT)
    assert throttle.of_answer(lost, reply.event(lost), REFUSALS) is None


@pytest.mark.parametrize(("fact", "kind"), [
    (Evidence(FactKind.DELIVERED, NOW), SUCCESS),
    (Evidence(FactKind.QUIET, NOW), SUCCESS),
    (Evidence(FactKind.TAKEN, NOW), None),
    (Evidence(FactKind.WITHHELD, NOW), None),
    (Evidence(FactKind.BOUNCED, NOW, 554, "5.7.1", "", Reason.SENDER,
              "bounce: dsn; words: blocklist"), BLOCKED),
    (Evidence(FactKind.BOUNCED, NOW, 550, "5.7.1", "", Reason.SENDER, "bounce: dsn; words: rate"),
     SLOW_DOWN),
    (Evidence(FactKind.DELAYED, NOW, 450, "4.7.1", "", Reason.SENDER, "bounce: dsn; words: rate"),
     SLOW_DOWN),
    (Evidence(FactKind.DELAYED, NOW, 421, "4.3.2", "", Reason.TEMPORARY, "status 4"), None),
    (Evidence(FactKind.DELAYED, NOW, 450, "4.7.1", "", Reason.TEMPORARY, "words: greylisted"),
     None),
    (Evidence(FactKind.BOUNCED, NOW, 550, "5.1.1", "", Reason.NO_MAILBOX, "status 5.1.1"), None),
    (Evidence(FactKind.BOUNCED, NOW), None),
])
def test_what_comes_back_by_mail_is_a_response_too(
    fact: Evidence, kind: ResponseKind | None,
) -> None:
    assert throttle.of_evidence(fact) == kind


# --- the back-off ---------------------------------------------------------------------------------


def test_each_complaint_doubles_the_pause_and_halves_the_pace() -> None:
    once = fold(remark(SLOW_DOWN))
    assert (once.level_at(NOW, SETTINGS), once.waits_until(SETTINGS)) == (1, NOW + 5 * MINUTE)
    twice = fold(remark(SLOW_DOWN), remark(SLOW_DOWN, 6 * MINUTE))
    assert (twice.level_at(NOW + 6 * MINUTE, SETTINGS), twice.waits_until(SETTINGS)) == (
        2, NOW + 16 * MINUTE,
    )


def test_letters_that_were_on_their_way_make_one_complaint() -> None:
    assert fold(*[remark(SLOW_DOWN, n * MINUTE, -MINUTE) for n in range(9)]) == fold(
        remark(SLOW_DOWN, left=-MINUTE)
    )


def test_a_letter_that_left_as_the_complaint_came_belongs_to_it() -> None:
    complaint = remark(SLOW_DOWN)
    assert fold(complaint, remark(SLOW_DOWN, MINUTE, timedelta())) == fold(complaint)


def test_quiet_hours_forgive_one_complaint_after_another() -> None:
    thrice = fold(*[remark(SLOW_DOWN, n * 10 * MINUTE) for n in range(3)])
    last = NOW + 20 * MINUTE
    levels = [thrice.level_at(last + hours * HOUR, SETTINGS) for hours in (0, 3, 4, 8, 12, 99)]
    assert levels == [3, 3, 2, 1, 0, 0]


def test_a_clock_that_goes_back_forgives_nothing_and_adds_nothing() -> None:
    once = fold(remark(SLOW_DOWN))
    assert once.level_at(NOW - 10 * HOUR, SETTINGS) == 1


def test_a_pace_is_halved_six_times_at_most() -> None:
    assert fold(*[remark(SLOW_DOWN, n * HOUR) for n in range(9)]).level == 6


def test_no_pause_is_longer_than_the_longest() -> None:
    stands = fold(*[remark(SLOW_DOWN, n * HOUR) for n in range(40)])
    assert stands.waits_until(SETTINGS) == NOW + 39 * HOUR + SETTINGS.pause_longest


# --- the breaker ----------------------------------------------------------------------------------


def test_refusals_in_a_row_open_the_breaker_and_a_success_between_starts_the_count_anew() -> None:
    assert fold(*refused()).opened_at == NOW
    assert fold(*refused(2)).opened_at is None
    assert fold(*refused(2), remark(SUCCESS), *refused(2)).opened_at is None


def test_each_probe_refused_doubles_the_wait_up_to_a_day() -> None:
    said = refused()
    waits = []
    for _ in range(7):
        until = fold(*said).waits_until(SETTINGS)
        assert until
        waits.append((until - said[-1].at) / HOUR)
        said.append(HostResponse("mx.test", until, until, BLOCKED))
    assert waits == [1, 2, 4, 8, 16, 24, 24]


def test_a_probe_on_its_way_keeps_the_next_one_back() -> None:
    assert fold(*refused()).waits_until(SETTINGS, NOW + HOUR) == NOW + 2 * HOUR


def test_responses_to_letters_from_before_are_no_probes_and_close_no_breaker() -> None:
    blocked = fold(*refused())
    late = [remark(BLOCKED, n * MINUTE, -HOUR) for n in range(1, 20)]
    assert fold(*refused(), *late) == blocked
    assert fold(*refused(), remark(SUCCESS, MINUTE, -HOUR)) == blocked


def test_a_letter_that_left_before_the_last_refusal_came_is_no_second_probe() -> None:
    probed = [*refused(), remark(BLOCKED, HOUR + 5 * MINUTE, HOUR)]
    beside = remark(BLOCKED, HOUR + 9 * MINUTE, HOUR + MINUTE)
    assert fold(*probed).failed_probes == 1
    assert fold(*probed, beside) == fold(*probed)


def test_refusals_that_a_success_made_up_for_prove_nothing_of_the_next() -> None:
    forged = [replace(remark(BLOCKED, 2 * HOUR), proven=False)] * SETTINGS.refusals
    again = fold(*refused(), remark(SUCCESS, HOUR), *forged)
    assert again.opened_at == NOW + 2 * HOUR
    assert not again.surely_open(SETTINGS)
    assert fold(*refused()).surely_open(SETTINGS)


def test_a_probe_that_is_taken_closes_the_breaker() -> None:
    closed = fold(*refused(), remark(SUCCESS, HOUR))
    assert (closed.opened_at, closed.waits_until(SETTINGS), closed.refusals) == (None, None, 0)


tones = st.builds(remark, st.sampled_from(ResponseKind),
                  st.integers(0, 10**6).map(lambda s: timedelta(seconds=s)))


@given(st.lists(tones, max_size=30))
def test_no_responses_keep_us_away_for_more_than_a_day_after_the_last(
    said: list[HostResponse],
) -> None:
    said.sort(key=lambda each: each.at)
    until = fold(*said).waits_until(SETTINGS)
    assert until is None or until <= said[-1].at + SETTINGS.open_longest


@given(st.lists(tones, max_size=30))
def test_a_success_closes_every_breaker(said: list[HostResponse]) -> None:
    said.sort(key=lambda each: each.at)
    last = remark(SUCCESS, timedelta(days=30))
    assert fold(*said, last).opened_at is None
