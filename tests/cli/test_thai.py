"""Results in Thai: every value has its words, and no two of a kind have the same."""

import re
from enum import StrEnum

import pytest

from sarabanwatch.cli.thai import SIGNS, TABLES, value_in
from sarabanwatch.store import corrections

THAI = re.compile(r"[\u0e01-\u0e5b ]+")


@pytest.mark.parametrize("of", TABLES)
def test_every_value_has_its_words_in_thai(of: type[StrEnum]) -> None:
    assert set(TABLES[of]) == {each.value for each in of}
    assert all(THAI.fullmatch(words) for words in TABLES[of].values())
    assert len(set(TABLES[of].values())) == len(of)


def test_whose_a_correction_may_be_has_its_words_in_thai() -> None:
    assert set(SIGNS) >= set(corrections.SIGNS)


@pytest.mark.parametrize("of", TABLES)
def test_in_english_a_value_is_its_own_word_and_none_is_none(of: type[StrEnum]) -> None:
    assert [value_in("en", each, of) for each in of] == [each.value for each in of]
    assert value_in("th", None, of) == value_in("th", "", of) == ""
