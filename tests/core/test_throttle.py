"""How a mail host takes us: complaints slow us down and are forgiven; refusals shut it, and a feeler opens it again."""

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
MANNERS = ThrottleSettings()
SLOWER, NOT_US, GLAD = ResponseKind.SLOWER, ResponseKind.NOT_US, ResponseKind.GLAD


def remark(tone: ResponseKind, after: timedelta = timedelta(),
           left: timedelta | None = None) -> HostResponse:
    """A word that comes so long after NOW, of a letter that left then, or just before."""
    return HostResponse("mx.test", NOW + after, NOW + (after if left is None else left), tone)


def fold(*said: HostResponse) -> HostState:
    stands = HostState()
    for each in said:
        stands = stands.heard(each, MANNERS)
    return stands


def refused(times: int = MANNERS.refusals) -> list[HostResponse]:
    return [remark(NOT_US) for _ in range(times)]


# --- the tone of a word ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "status", "said", "tone"), [
    (250, "2.0.0", "Ok", GLAD),
    (421, "4.7.0", "Too many connections from your host", SLOWER),
    (421, "4.3.2", "Service busy, come back later", SLOWER),
    (450, "4.7.1", "too many messages from you, slow down", SLOWER),
    (452, "4.5.3", "sending rate exceeded, try again later", SLOWER),
    (550, "5.7.1", "rate limit exceeded", SLOWER),
    (450, "4.7.1", "<x@y.test>: Recipient address rejected: Greylisted, please try again later",
     None),
    (451, "4.3.0", "Temporary lookup failure", None),
    (452, "4.2.2", "mailbox is over quota, try again later", None),
    (554, "5.7.1", "client host [192.0.2.1] blocked using rbl.test", NOT_US),
    (550, "5.7.26", "unauthenticated email from you is not accepted: SPF fails", NOT_US),
    (550, "5.1.1", "user unknown", None),
])
def test_a_hosts_own_words_say_slower_or_not_us_or_nothing_of_us(code: int, status: str, said: str,
                                                                 tone: ResponseKind | None) -> None:
    answer = Answer(Stage.DOT if code == 250 else Stage.RCPT, code, status, said, Route.DIRECT)
    spoke = throttle.of_answer(answer, reply.event(answer), REFUSALS)
    assert spoke == (None if tone is None else ("", tone))


def test_what_our_relay_says_is_of_the_relay() -> None:
    answer = Answer(Stage.MAIL, 421, "4.7.0", "too many connections")
    assert throttle.of_answer(answer, reply.event(answer), REFUSALS) == (RELAY, SLOWER)


def test_a_host_that_is_not_there_is_not_hurried_but_an_absent_relay_says_nothing() -> None:
    silent = Answer(Stage.CONNECT, 0, "", "refused", Route.DIRECT)
    assert throttle.of_answer(silent, reply.event(silent), REFUSALS) == ("", SLOWER)
    assert throttle.of_answer(Answer(Stage.CONNECT, 0, "", "refused"), reply.event(silent),
                              REFUSALS) is None


@pytest.mark.parametrize(("fact", "tone"), [
    (Evidence(FactKind.DELIVERED, NOW), GLAD),
    (Evidence(FactKind.QUIET, NOW), GLAD),
    (Evidence(FactKind.TAKEN, NOW), None),
    (Evidence(FactKind.WITHHELD, NOW), None),
    (Evidence(FactKind.BOUNCED, NOW, 554, "5.7.1", "", Reason.SENDER,
              "bounce: dsn; words: blocklist"), NOT_US),
    (Evidence(FactKind.BOUNCED, NOW, 550, "5.7.1", "", Reason.SENDER, "bounce: dsn; words: rate"),
     SLOWER),
    (Evidence(FactKind.DELAYED, NOW, 450, "4.7.1", "", Reason.SENDER, "bounce: dsn; words: rate"),
     SLOWER),
    (Evidence(FactKind.DELAYED, NOW, 421, "4.3.2", "", Reason.TEMPORARY, "status 4"), None),
    (Evidence(FactKind.DELAYED, NOW, 450, "4.7.1", "", Reason.TEMPORARY, "words: greylisted"),
     None),
    (Evidence(FactKind.BOUNCED, NOW, 550, "5.1.1", "", Reason.NO_MAILBOX, "status 5.1.1"), None),
    (Evidence(FactKind.BOUNCED, NOW), None),
])
def test_what_comes_home_by_mail_has_a_tone_too(fact: Evidence, tone: ResponseKind | None) -> None:
    assert throttle.of_evidence(fact) == tone


# --- slower ----------------------------------------------------------------------------------------------------------


def test_each_complaint_doubles_the_pause_and_halves_the_pace() -> None:
    once = fold(remark(SLOWER))
    assert (once.slowness(NOW, MANNERS), once.waits_until(MANNERS)) == (1, NOW + 5 * MINUTE)
    twice = fold(remark(SLOWER), remark(SLOWER, 6 * MINUTE))
    assert (twice.slowness(NOW + 6 * MINUTE, MANNERS), twice.waits_until(MANNERS)) == (
        2, NOW + 16 * MINUTE,
    )


def test_letters_that_were_on_their_way_make_one_complaint() -> None:
    assert fold(*[remark(SLOWER, n * MINUTE, -MINUTE) for n in range(9)]) == fold(
        remark(SLOWER, left=-MINUTE)
    )


def test_a_letter_that_left_as_the_complaint_came_belongs_to_it() -> None:
    assert fold(remark(SLOWER), remark(SLOWER, MINUTE, timedelta())) == fold(remark(SLOWER))


def test_quiet_hours_forgive_one_complaint_after_another() -> None:
    thrice = fold(*[remark(SLOWER, n * 10 * MINUTE) for n in range(3)])
    last = NOW + 20 * MINUTE
    assert [thrice.slowness(last + hours * HOUR, MANNERS) for hours in (0, 3, 4, 8, 12, 99)] == [3,
                                                                                                 3,
                                                                                                 2,
                                                                                                 1,
                                                                                                 0,
                                                                                                 0]


def test_a_pace_is_halved_six_times_at_most() -> None:
    assert fold(*[remark(SLOWER, n * HOUR) for n in range(9)]).level == 6


def test_no_pause_is_longer_than_the_longest() -> None:
    stands = fold(*[remark(SLOWER, n * HOUR) for n in range(40)])
    assert stands.waits_until(MANNERS) == NOW + 39 * HOUR + MANNERS.pause_longest


# --- the breaker -----------------------------------------------------------------------------------------------------


def test_refusals_in_a_row_shut_a_host_and_one_good_word_between_starts_the_count_anew() -> None:
    assert fold(*refused()).shut_at == NOW
    assert fold(*refused(2)).shut_at is None
    assert fold(*refused(2), remark(GLAD), *refused(2)).shut_at is None


def test_each_feeler_refused_doubles_the_wait_up_to_a_day() -> None:
    said = refused()
    waits = []
    for _ in range(7):
        until = fold(*said).waits_until(MANNERS)
        assert until
        waits.append((until - said[-1].at) / HOUR)
        said.append(HostResponse("mx.test", until, until, NOT_US))
    assert waits == [1, 2, 4, 8, 16, 24, 24]


def test_a_feeler_on_its_way_keeps_the_next_one_back() -> None:
    assert fold(*refused()).waits_until(MANNERS, NOW + HOUR) == NOW + 2 * HOUR


def test_refusals_of_letters_from_before_are_no_feelers_and_good_words_of_them_open_nothing() -> (
    None
):
    shut = fold(*refused())
    late = [remark(NOT_US, n * MINUTE, -HOUR) for n in range(1, 20)]
    assert fold(*refused(), *late) == shut
    assert fold(*refused(), remark(GLAD, MINUTE, -HOUR)) == shut


def test_a_feeler_that_is_taken_opens_the_host() -> None:
    opened = fold(*refused(), remark(GLAD, HOUR))
    assert (opened.shut_at, opened.waits_until(MANNERS), opened.refusals) == (None, None, 0)


tones = st.builds(remark, st.sampled_from(ResponseKind),
                  st.integers(0, 10**6).map(lambda s: timedelta(seconds=s)))


@given(st.lists(tones, max_size=30))
def test_no_words_keep_us_away_for_more_than_a_day_after_the_last(said: list[HostResponse]) -> None:
    said.sort(key=lambda each: each.at)
    until = fold(*said).waits_until(MANNERS)
    assert until is None or until <= said[-1].at + MANNERS.shut_longest


@given(st.lists(tones, max_size=30))
def test_glad_words_end_every_shutting(said: list[HostResponse]) -> None:
    said.sort(key=lambda each: each.at)
    last = remark(GLAD, timedelta(days=30))
    assert fold(*said, last).shut_at is None
