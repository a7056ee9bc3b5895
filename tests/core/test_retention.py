"""What is kept for how long; and that no judgement changes by what is let go."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarabanwatch.core.facts.evidence import (
    Certainty,
    Evidence,
    FactKind,
    MatchedBy,
    Reason,
    in_force,
)
from sarabanwatch.core.judging import standing, verdict
from sarabanwatch.core.policy import ConfirmSection, LedgerSection
from sarabanwatch.core.retention import (
    WORDS,
    YEAR,
    Holding,
    Retained,
    a_year_ahead,
    in_place_of,
    kinds,
)
from sarabanwatch.core.returns import authenticity

MONDAY = datetime(2026, 1, 12, tzinfo=UTC)
one_of = st.sampled_from
FACTS = st.lists(st.builds(
    Evidence, one_of(FactKind), st.just(MONDAY), one_of((0, 250, 450, 550)),
    one_of(("", "5.1.1", "4.2.2", "2.0.0")), st.text(max_size=12), one_of((None, *Reason)),
    one_of(("", "r1")), one_of(("", "a@b.test")), one_of(("", "7/2569")), one_of(MatchedBy),
    one_of(Certainty), one_of(("", "m1", "m2")), one_of(("", "proved")), st.integers(0, 2)),
    max_size=6)


def test_the_words_of_every_kind_of_fact_are_kept_as_long_as_something() -> None:
    assert WORDS.keys() == set(FactKind)
    assert set(kinds(Retained.REPLY)) | set(kinds(Retained.SETTLED)) == set(FactKind)


def test_every_kind_has_a_period_in_the_configuration() -> None:
    assert LedgerSection().periods.keys() == set(Retained)
    assert all(keeps > timedelta() for keeps in LedgerSection().periods.values())


@pytest.mark.parametrize("kind", [FactKind.ANSWERED, FactKind.RECEIPT, FactKind.AUTOMATIC,
                                  FactKind.WAITS, FactKind.DISPLAYED, FactKind.CONFIRMED,
                                  FactKind.SET_ASIDE])
def test_what_people_write_is_kept_as_peoples_words(kind: FactKind) -> None:
    assert WORDS[kind] is Retained.REPLY


def test_of_a_text_there_stays_by_what_to_know_it_again() -> None:
    # as `printf a | sha256sum` has it; ledgers are full of them
    assert in_place_of("a") == "[sha256:ca978112ca1bbdca]"
    assert "secret" not in in_place_of("secret")


def let_go(fact: Evidence) -> Evidence:
    return replace(fact, text=in_place_of(fact.text),
                   reporter="" if WORDS[fact.kind] is Retained.REPLY else fact.reporter)


@given(FACTS)
def test_a_letter_is_judged_after_its_words_went_as_before(facts: list[Evidence]) -> None:
    after = [let_go(fact) for fact in facts]
    assert verdict.rule_for(after) == verdict.rule_for(facts)
    assert [let_go(fact) for fact in in_force(facts)] == list(in_force(after))
    assert [authenticity.decides(fact) for fact in after] == [
        authenticity.decides(fact) for fact in facts]


@given(st.lists(FACTS, max_size=4))
def test_an_agency_stands_after_its_letters_words_went_as_before(letters: list[list[Evidence]],
                                                                 ) -> None:
    before = standing.standing([standing.result_of(facts) for facts in letters], ConfirmSection())
    after = standing.standing([standing.result_of([let_go(fact) for fact in facts])
                               for facts in letters], ConfirmSection())
    assert after == before


def test_a_year_ahead_holds_of_each_kind_what_comes_within_its_period_and_of_facts_all() -> None:
    holdings = {Retained.MAIL: Holding(400, 400), Retained.OWN: Holding(100, 60),
                Retained.REPLY: Holding(70, 70)}
    periods = {Retained.MAIL: YEAR * 2, Retained.OWN: YEAR / 10, Retained.REPLY: timedelta()}
    ahead = a_year_ahead(1000, holdings, YEAR / 2, periods)
    # a year: 2000 of facts; mail 800, of our own 600, of replies 140
    assert ahead.comes == pytest.approx(2000 + 800 + 600 + 140)
    # held then: facts 3000; mail all 1200; of our own a tenth of 600; replies all 210
    assert ahead.held == pytest.approx(3000 + 1200 + 60 + 210)
