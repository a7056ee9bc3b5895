import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarabanwatch.core.judging.standing import WEIGHT, Health, Standing, standing
from sarabanwatch.core.judging.verdict import Verdict

V = Verdict
SIGNS = {"+": V.ACCEPTS, "-": V.REFUSES, "?": V.UNKNOWN, "!": V.BLOCKS_US}
GOOD, BAD, UNTRIED = Health.GOOD, Health.BAD, Health.UNTRIED

verdicts = st.lists(st.sampled_from(V), max_size=12)


def fold(signs: str, fails: int = 2) -> Health:
    return standing([SIGNS[sign] for sign in signs], fails).health


@pytest.mark.parametrize(("signs", "health"), [
    ("", UNTRIED), ("?", UNTRIED), ("!!", UNTRIED), ("+", GOOD), ("-", BAD), ("+-", GOOD), ("+--", BAD), ("+-?-", BAD),
    ("+-!-", BAD), ("+-+-", GOOD), ("+--+", GOOD), ("--+-", GOOD), ("-+--", BAD), ("+?", GOOD), ("-?", BAD), ("-!", BAD)])
def test_one_failure_never_unseats_a_good_address_and_two_in_a_row_do(signs: str, health: Health) -> None:
    assert fold(signs) is health


@pytest.mark.parametrize("fails", [1, 2, 3, 5])
def test_so_many_failures_in_a_row_turn_it_as_the_policy_says(fails: int) -> None:
    assert fold("+" + "-" * (fails - 1), fails) is GOOD
    assert fold("+" + "-" * fails, fails) is BAD


def test_every_verdict_weighs_what_it_should() -> None:
    assert {v for v, weight in WEIGHT.items() if weight is GOOD} == {V.PROVEN, V.ACCEPTS}
    assert {v for v, weight in WEIGHT.items() if weight is BAD} == {V.UNROUTABLE, V.REFUSES, V.IMPAIRED}
    assert {v for v, weight in WEIGHT.items() if weight is None} == {
        V.BLOCKS_US, V.WITHHELD, V.UNSETTLED, V.UNKNOWN, V.PENDING}
    assert set(WEIGHT) == set(V)


def test_a_standing_rests_on_the_verdict_that_last_bore_it() -> None:
    assert standing([V.PROVEN, V.ACCEPTS, V.UNKNOWN], 2) == Standing(GOOD, V.ACCEPTS)
    assert standing([V.ACCEPTS, V.REFUSES], 2) == Standing(GOOD, V.ACCEPTS)
    assert standing([V.ACCEPTS, V.REFUSES, V.IMPAIRED], 2) == Standing(BAD, V.IMPAIRED)
    assert standing([V.REFUSES, V.UNROUTABLE], 2) == Standing(BAD, V.UNROUTABLE)


@given(verdicts, st.integers(1, 4))
def test_judging_twice_gives_the_same(seen: list[Verdict], fails: int) -> None:
    assert standing(seen, fails) == standing(iter(seen), fails)


@given(verdicts, st.integers(1, 4), st.integers(0, 12))
def test_no_news_changes_nothing(seen: list[Verdict], fails: int, place: int) -> None:
    for silent in (v for v, weight in WEIGHT.items() if weight is None):
        assert standing([*seen[:place], silent, *seen[place:]], fails) == standing(seen, fails)


@given(verdicts, st.integers(1, 4))
def test_good_news_is_believed_at_once(seen: list[Verdict], fails: int) -> None:
    assert standing([*seen, V.PROVEN], fails) == Standing(GOOD, V.PROVEN)
