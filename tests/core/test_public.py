from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.archive import NOW, MemoryArchive, letter, listing
from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.facts.agency import Status
from sarabanwatch.core.judging.group import RULES
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.page.public import (
    Account,
    Outlook,
    Posted,
    Shown,
    When,
    decisive,
    outlook,
    proved,
    shown,
    slug,
    unconfirmed,
    why,
)
from sarabanwatch.core.rounds import Timetable
from sarabanwatch.core.sending.probe import State

ROUND = Timetable(date(2026, 2, 17), 6).slot(NOW)


def account(*letters: Posted, writable: bool = True, status: Status = Status.NORMAL) -> Account:
    found = MemoryArchive([listing("1", "หนึ่ง")], letters=letters).account("1")
    assert found
    return replace(found, writable=writable, agency=replace(found.agency, status=status))


@pytest.mark.parametrize(("told", "looked_at"), [
    (account(status=Status.EXEMPT), Outlook(When.NEVER, None)),
    (account(writable=False), Outlook(When.MENDED, None)),
    (account(letter(Verdict.PENDING, State.ACCEPTED)),
     Outlook(When.WAITING, NOW + timedelta(days=1))),
    (account(replace(letter(Verdict.PENDING, State.DEFERRED), window_end=None)),
     Outlook(When.QUEUED, ROUND.ends)),
    (account(letter(Verdict.PROVEN)), Outlook(When.NEXT, ROUND.ends)),
    (account(letter(Verdict.WITHHELD)), Outlook(When.SOON, ROUND.ends)),
    (account(letter(Verdict.PROVEN, days=40)), Outlook(When.SOON, ROUND.ends)),
    (account(), Outlook(When.SOON, ROUND.ends)),
])
def test_an_agency_is_told_when_it_is_looked_at_next(told: Account, looked_at: Outlook) -> None:
    assert outlook(told, ROUND, NOW) == looked_at


def test_one_whose_last_letter_failed_is_looked_at_again_on_a_day_of_its_own() -> None:
    again = NOW + timedelta(days=7)
    assert outlook(replace(account(letter(Verdict.REFUSES)), again=again),
                   ROUND, NOW) == Outlook(When.AGAIN, again)
    assert outlook(replace(account(letter(Verdict.PENDING, State.ACCEPTED)), again=again),
                   ROUND, NOW).when is When.WAITING
    assert outlook(replace(account(writable=False), again=again), ROUND, NOW).when is When.MENDED


def sent(*verdicts: Verdict) -> tuple[Posted, ...]:
    return tuple(letter(verdict, days=9 - n) for n, verdict in enumerate(verdicts))


def test_an_address_was_last_proved_by_its_last_good_letter() -> None:
    letters = sent(Verdict.PROVEN, Verdict.ACCEPTS, Verdict.WITHHELD, Verdict.REFUSES)
    assert proved(account(*letters)) == letters[1]
    assert proved(account(*letters[2:])) is None


def test_of_a_suspect_people_see_no_letter_that_failed_since_it_was_last_proved() -> None:
    letters = sent(Verdict.REFUSES, Verdict.ACCEPTS, Verdict.REFUSES, Verdict.BLOCKS_US,
                   Verdict.IMPAIRED)
    assert unconfirmed(letters) == (*letters[:2], letters[3])
    assert unconfirmed(letters[:2]) == letters[:2]
    assert unconfirmed(letters[2:]) == letters[3:4]
    assert unconfirmed(()) == ()


def test_the_letter_that_tells_is_the_last_one_that_weighs() -> None:
    said = (Verdict.PROVEN, Verdict.REFUSES, Verdict.WITHHELD, Verdict.PENDING)
    sent = [letter(verdict, days=9 - n) for n, verdict in enumerate(said)]
    assert decisive(account(*sent)) == sent[1]
    assert decisive(account(*sent[2:])) is None


@pytest.mark.parametrize(("cell", "how", "seen"), [
    ("saraban@one.go.test", "yes", "saraban@one.go.test"),
    ("saraban@one.go.test", "masked", "sa…@one.go.test"),
    ("saraban@one.go.test", "no", ""),
    ("a@x.test, somchai@y.test", "masked", "a…@x.test, so…@y.test"),
    ("saraban\u202e@one.go.test\n", "yes", "saraban@one.go.test"),
])
def test_an_address_is_shown_as_the_configuration_allows(cell: str, how: Shown, seen: str) -> None:
    assert shown(cell, how) == seen


@given(st.text())
def test_any_code_names_a_file_that_stays_in_its_folder(text: str) -> None:
    name = slug(text)
    assert name.isascii()
    assert name.replace("-", "").replace("_", "").isalnum()
    assert slug(text) == name


@pytest.mark.parametrize("text", ["../../etc/passwd", "", ".", "a/b", "ก", "-x", "x" * 41])
def test_a_code_that_is_no_file_name_gets_one(text: str) -> None:
    assert slug(text) != text


def test_a_plain_code_is_its_own_file_name() -> None:
    assert slug("6110101") == "6110101"


def test_every_reason_of_the_rules_is_told_in_thai_and_another_as_it_stands() -> None:
    assert all(why(rule.because) == (rule.thai, rule.because) for rule in RULES)
    assert why("held back") == ("held back", "held back")


def test_one_that_asked_to_be_left_alone_is_not_looked_at_until_its_day_is_over() -> None:
    told = account(letter(Verdict.PENDING, State.ACCEPTED))
    assert outlook(told, ROUND, NOW, opt_out=True) == Outlook(When.OPTED_OUT, None)
    until = datetime(2026, 1, 13, 23, 59, 59, 999999, BANGKOK)
    assert outlook(told, ROUND, NOW, opt_out=date(2026, 1, 13)).at == until
