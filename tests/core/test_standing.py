"""Standings: one failure is a suspicion, several confirm it, and good news is believed at once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.samples import HOUR, MONDAY, fact
from sarabanwatch.core.facts.evidence import FactKind, Reason
from sarabanwatch.core.judging.standing import (
    STRENGTH,
    WEIGHT,
    Health,
    LetterResult,
    Standing,
    result_of,
    standing,
)
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.policy import ConfirmSection

V = Verdict
SIGNS = {"+": V.ACCEPTS, "-": V.REFUSES, "?": V.UNKNOWN, "!": V.BLOCKS_US, "~": V.WITHHELD}
GOOD, BAD, UNTRIED = Health.GOOD, Health.BAD, Health.UNTRIED
DAY = timedelta(days=1)
SHIPPED = ConfirmSection()

letters = st.lists(st.builds(LetterResult, st.sampled_from(V),
                             st.integers(0, 200).map(lambda d: MONDAY + d * DAY),
                             st.integers(1, 3)),
                   max_size=12)
patterns = st.integers(1, 4).flatmap(
    lambda n: st.builds(ConfirmSection, st.just(n), st.integers(n, 6)))


def fold(signs: str, confirm: ConfirmSection = SHIPPED) -> Standing:
    return standing((LetterResult(SIGNS[sign], MONDAY + n * DAY) for n, sign in enumerate(signs)),
                    confirm)


@pytest.mark.parametrize(("signs", "health"), [
    ("", UNTRIED), ("?", UNTRIED), ("!!!", UNTRIED), ("+", GOOD),
    # three letters
    ("-", UNTRIED), ("--", UNTRIED), ("---", BAD), ("+-", GOOD), ("+--", GOOD), ("+---", BAD),
    # what decides nothing
    ("+-!-?~-", BAD), ("-?--", BAD), ("+-!", GOOD), ("---!", BAD), ("---?", BAD),
    # three of four, not in a row
    ("+--+", GOOD), ("--+", GOOD), ("---+", GOOD), ("+-+-+-", GOOD), ("+--+-", BAD),
    ("---+-", GOOD), ("---+--", GOOD), ("---+---", BAD)])  # mended, and confirmed anew
def test_three_failures_of_four_letters_make_an_address_bad_and_one_that_is_taken_makes_it_good(
    signs: str, health: Health
) -> None:
    assert fold(signs).health is health


@pytest.mark.parametrize(("signs", "failed"), [
    ("+-", 1), ("+--", 2), ("-", 1), ("+-!", 1), ("+-+-", 2), ("+", 0), ("+---", 0), ("+--+", 0),
    ("---", 0), ("", 0), ("?", 0)])
def test_between_a_failure_and_its_confirmation_an_address_is_suspect(signs: str,
                                                                      failed: int) -> None:
    stands = fold(signs)
    assert (stands.failed, stands.suspect) == (failed, V.REFUSES if failed else None)
    assert stands.feared == (Standing(BAD, V.REFUSES) if failed else stands)


@pytest.mark.parametrize("failures", [1, 2, 3, 5])
def test_so_many_failures_make_it_bad_as_the_configuration_says(failures: int) -> None:
    confirm = ConfirmSection(failures, failures)
    assert fold("+" + "-" * (failures - 1), confirm).health is GOOD
    assert fold("+" + "-" * failures, confirm).health is BAD


def test_a_failure_of_long_ago_confirms_nothing() -> None:
    def apart(*days: int) -> Health:
        return standing([LetterResult(V.REFUSES, MONDAY + day * DAY) for day in days],
                        SHIPPED).health

    assert apart(0, 1, 45) is BAD
    assert apart(0, 1, 46) is not BAD
    assert apart(0, 1, 46, 47, 48) is BAD
    assert apart(0, 44, 45) is BAD


def test_a_bad_address_that_fails_again_long_after_is_bad_as_it_failed_last() -> None:
    seen = [*(LetterResult(V.REFUSES, MONDAY + day * DAY) for day in range(3)),
            LetterResult(V.IMPAIRED, MONDAY + 100 * DAY)]
    assert standing(seen, SHIPPED) == Standing(BAD, V.IMPAIRED)


def test_every_verdict_weighs_what_it_should() -> None:
    assert {v for v, weight in WEIGHT.items() if weight is GOOD} == {V.PROVEN, V.ACCEPTS}
    assert {v for v, weight in WEIGHT.items() if weight is BAD} == {V.UNROUTABLE, V.REFUSES,
                                                                    V.IMPAIRED}
    assert {v for v, weight in WEIGHT.items() if weight is None} == {
        V.BLOCKS_US, V.WITHHELD, V.UNSETTLED, V.UNKNOWN, V.PENDING}
    assert set(WEIGHT) == set(V)


@pytest.mark.parametrize(("kind", "reason", "hours", "counts"), [
    (FactKind.BOUNCED, Reason.NO_MAILBOX, 0, 1), (FactKind.BOUNCED, Reason.NO_MAILBOX, 100, 1),
    (FactKind.REFUSED, Reason.FULL, 0, 1),
    (FactKind.BOUNCED, Reason.TEMPORARY, 23, 1), (FactKind.BOUNCED, Reason.TEMPORARY, 24, 2),
    (FactKind.BOUNCED, Reason.TEMPORARY, 71, 2),
    (FactKind.BOUNCED, Reason.TEMPORARY, 72, 3), (FactKind.GAVE_UP, Reason.TEMPORARY, 168, 3),
    (FactKind.BOUNCED, Reason.UNKNOWN, 168, 1)])
def test_a_letter_that_was_tried_for_days_has_confirmed_itself(kind: FactKind, reason: Reason,
                                                               hours: int, counts: int) -> None:
    seen = [fact(FactKind.TAKEN), replace(fact(kind, reason), seen_at=MONDAY + hours * HOUR)]
    assert result_of(seen).counts == counts
    assert (standing([result_of(seen)], SHIPPED).health is BAD) == (counts == SHIPPED.failures)
    assert {row.counts for row in STRENGTH} == {1, 2, 3}


def test_what_a_letter_came_to_is_of_when_that_was_last_known() -> None:
    late = replace(fact(FactKind.BOUNCED, Reason.FULL), seen_at=MONDAY + 5 * HOUR)
    assert result_of([fact(FactKind.TAKEN), late]) == LetterResult(V.IMPAIRED, MONDAY + 5 * HOUR)
    assert result_of([]) == LetterResult(V.PENDING)


def test_a_standing_rests_on_the_verdict_that_last_bore_it() -> None:
    assert standing(map(LetterResult, (V.PROVEN, V.ACCEPTS, V.UNKNOWN)), SHIPPED) == Standing(
        GOOD, V.ACCEPTS
    )
    assert standing(map(LetterResult, (V.ACCEPTS, V.REFUSES)), SHIPPED) == Standing(GOOD, V.ACCEPTS,
                                                                                    V.REFUSES, 1)
    assert standing(map(LetterResult, (V.REFUSES, V.REFUSES, V.IMPAIRED, V.UNROUTABLE)),
                    SHIPPED) == Standing(BAD, V.UNROUTABLE)


@given(letters, patterns)
def test_judging_twice_gives_the_same(seen: list[LetterResult], confirm: ConfirmSection) -> None:
    assert standing(seen, confirm) == standing(iter(seen), confirm)


@given(letters, patterns, st.integers(0, 12))
def test_no_news_changes_nothing(
    seen: list[LetterResult], confirm: ConfirmSection, place: int,
) -> None:
    for silent in (v for v, weight in WEIGHT.items() if weight is None):
        assert standing([*seen[:place], LetterResult(silent, MONDAY, 3), *seen[place:]],
                        confirm) == standing(seen, confirm)


@given(letters, patterns)
def test_good_news_is_believed_at_once(seen: list[LetterResult], confirm: ConfirmSection) -> None:
    assert standing([*seen, LetterResult(V.PROVEN)], confirm) == Standing(GOOD, V.PROVEN)


@given(patterns)
def test_one_letter_turns_a_good_address_only_where_one_is_enough(confirm: ConfirmSection) -> None:
    stands = standing([LetterResult(V.ACCEPTS, MONDAY), LetterResult(V.REFUSES, MONDAY)], confirm)
    assert (stands.health is BAD) == (confirm.failures == 1)
