from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from fakes.samples import MONDAY, POLICY, REFUSALS
from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.facts.evidence import Evidence, FactKind, Reason
from sarabanwatch.core.judging import verdict
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.sending.probe import Event
from sarabanwatch.core.sending.put_off import Meanwhile, ended, tries
from sarabanwatch.core.sending.reply import Answer, Stage, read
from sarabanwatch.core.sending.route import Route

# a Monday; the Tuesday is a holiday nowhere in the samples
NINE = datetime(2026, 3, 2, 9, tzinfo=BANGKOK)
DAYS = [NINE + timedelta(days=n) for n in range(5)]
OPEN = frozenset(day.date() for day in DAYS)
OVER = NINE + timedelta(days=7)
GREY = (Stage.RCPT, 450, "4.7.1",
        "<x@one.go.th>: Recipient address rejected: Greylisted, please try again later")


def tried(*answers: tuple[Stage, int, str, str], by: str = "mx.one.go.th") -> list[Evidence]:
    """Return what as many tries tell, one a day."""
    facts = [read(Answer(*answer, Route.DIRECT, by), day, REFUSALS)[1]
             for answer, day in zip(answers, DAYS, strict=False)]
    assert all(facts)
    return [fact for fact in facts if fact]


def verdict_of(facts: list[Evidence], meanwhile: Meanwhile) -> tuple[Event, Verdict, str]:
    event, fact = ended(tries(facts), meanwhile, OVER, POLICY)
    rule = verdict.rule_for([*facts, fact])
    return event, rule.verdict, rule.because


def test_a_host_that_puts_a_letter_off_for_ever_impairs_its_agency_as_a_relays_return_would() -> (
    None
):
    event, means, because = verdict_of(tried(*[GREY] * 5), Meanwhile(OPEN))
    assert (event, means, because) == (Event.GIVEN_UP, Verdict.IMPAIRED,
                                       "delivery was tried for long and given up")


def test_what_is_kept_is_the_hosts_last_answer() -> None:
    full = (Stage.RCPT, 452, "4.2.2", "mailbox is over quota")
    event, fact = ended(tried(GREY, GREY, GREY, GREY, full), Meanwhile(OPEN), OVER, POLICY)
    assert (event, fact.kind, fact.seen_at) == (Event.GIVEN_UP, FactKind.GAVE_UP, OVER)
    assert (fact.code, fact.status, fact.text, fact.reason, fact.reporter) == (452, "4.2.2",
                                                                               full[3], Reason.FULL,
                                                                               "mx.one.go.th")


AWAY = (Stage.CONNECT, 0, "", "mx.one.go.th[203.0.113.1]: Connection refused")
SLOWER = (Stage.MAIL, 421, "4.7.0", "too many connections from your address")
LISTED = (Stage.RCPT, 451, "4.7.1", "client host blocked using rbl.test, try later")
NO_ROAD = (Stage.CONNECT, 0, "", "mx.one.go.th[2001:db8::1]: [Errno 101] Network is unreachable")


@pytest.mark.parametrize(("facts", "meanwhile", "blamed"), [
    (tried(*[AWAY] * 5), Meanwhile(OPEN), True),
    (tried(GREY, AWAY, GREY, AWAY, GREY), Meanwhile(OPEN), True),
    (tried(*[GREY] * 4), Meanwhile(OPEN), False),                                   # too few tries
    ([replace(fact, seen_at=NINE + timedelta(minutes=n))
      for n, fact in enumerate(tried(*[GREY] * 5))], Meanwhile(OPEN), False),
    # it speaks of us
    (tried(GREY, GREY, SLOWER, GREY, GREY), Meanwhile(OPEN), False),
    (tried(GREY, GREY, GREY, GREY, LISTED), Meanwhile(OPEN), False),
    # our own network
    (tried(*[NO_ROAD] * 5), Meanwhile(OPEN), False),
    # where to is not known
    (tried(*[AWAY] * 5, by="DNS"), Meanwhile(OPEN), False),
    (tried(*[AWAY] * 5, by=""), Meanwhile(OPEN), False),
    # another letter was refused for what we are
    (tried(*[GREY] * 5), Meanwhile(OPEN, refused_us=True), False),
    # a letter to ourselves was lost
    (tried(*[GREY] * 5), Meanwhile(OPEN, whole=False), False),
    # nobody else took any
    (tried(*[GREY] * 5), Meanwhile(frozenset()), False),
    # on a day nobody took any: it does not count
    (tried(*[GREY] * 5), Meanwhile(OPEN - {DAYS[2].date()}), False),
    ([], Meanwhile(OPEN), False),
])
def test_nobody_is_blamed_unless_all_that_is_ours_is_known_to_have_stood(
    facts: list[Evidence], meanwhile: Meanwhile, blamed: bool,  # noqa: FBT001 - a column
) -> None:
    event, means, _ = verdict_of(facts, meanwhile)
    assert (event, means) == ((Event.GIVEN_UP, Verdict.IMPAIRED) if blamed
                              else (Event.TOO_LATE, Verdict.UNKNOWN))


def test_a_letter_put_off_and_then_taken_is_as_good_as_any() -> None:
    taken = Evidence(FactKind.TAKEN, MONDAY)
    assert verdict.rule_for([*tried(GREY), taken,
                          Evidence(FactKind.QUIET, MONDAY)]).verdict is Verdict.ACCEPTS


def test_through_a_relay_a_delay_is_between_us_and_the_relay() -> None:
    assert read(Answer(*GREY, Route.RELAY, "127.0.0.1:587"), MONDAY, REFUSALS) == (Event.LATER,
                                                                                   None)
