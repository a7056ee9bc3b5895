"""Officers are told results in Thai: every value has its words, and no two of a kind the same."""

import re
from enum import StrEnum

import pytest

from sarabanwatch.cli.thai import TABLES, said

THAI = re.compile(r"[\u0e01-\u0e5b ]+")


@pytest.mark.parametrize("of", TABLES)
def test_every_value_has_its_words_in_thai(of: type[StrEnum]) -> None:
    assert set(TABLES[of]) == {each.value for each in of}
    assert all(THAI.fullmatch(words) for words in TABLES[of].values())
    assert len(set(TABLES[of].values())) == len(of)


@pytest.mark.parametrize("of", TABLES)
def test_in_english_a_value_is_its_own_word_and_none_is_none(of: type[StrEnum]) -> None:
    assert [said(each, of, "en") for each in of] == [each.value for each in of]
    assert said(None, of, "th") == said("", of, "th") == ""
