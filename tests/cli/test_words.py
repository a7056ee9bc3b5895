"""What verbs print in two languages: every word in both, Thai first."""

import re

import pytest

from sarabanwatch.cli.words import OF_VERB, SHARED, words


@pytest.mark.parametrize("verb", OF_VERB)
def test_a_verb_says_nothing_twice(verb: str) -> None:
    assert not OF_VERB[verb].keys() & SHARED.keys()
    assert words(verb, "th").keys() == words(verb, "en").keys() == (SHARED | OF_VERB[verb]).keys()


def test_thai_comes_first() -> None:
    for rows in (SHARED, *OF_VERB.values()):
        for thai, english in rows.values():
            assert re.search("[ก-๛]", thai), (thai, english)
            assert not re.search("[ก-๛]", english), (thai, english)
