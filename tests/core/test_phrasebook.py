"""Phrases are found at word boundaries, over gaps, and not inside longer ones of other rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarabanwatch.core.returns.phrasebook import GAP, Phrasebook

TEXTS = st.text(alphabet="abc กข .", max_size=60)


@pytest.mark.parametrize(("phrase", "text", "stands"), [
    ("active", "the account is active", True),
    ("active", "the account is inactive", False),
    ("reject", "rejected", True),
    ("reject", "rejection", True),
    ("mime", "mimecast", True),            # four letters more
    ("mail", "mailservers", False),        # seven
    ("undel~", "undeliverable", True),
    ("rbl", "marble", False),
    ("rbl", "rbls", False),                # a short word does not go on
    ("5.7.1", "5.7.13", False),
    ("(spf", "no(spf: fail)", True),       # no letter at its edge, no boundary
    ("ไม่พบผู้ใช้", "ระบบไม่พบผู้ใช้นี้", True),
    ("不存在", "用户不存在", True),
])
def test_where_a_phrase_stands(phrase: str, text: str,
                               stands: bool) -> None:  # noqa: FBT001 - a table
    assert Phrasebook([(phrase,)]).rows_in(text) == ([0] if stands else [])


@pytest.mark.parametrize(("between", "stands"),
                         [("", True), ("x" * (GAP - 2), True), ("x" * GAP, False)])
def test_a_gap_is_bounded(between: str, stands: bool) -> None:  # noqa: FBT001 - a table
    found = Phrasebook([("mailbox * full",)]).rows_in(f"mailbox {between} full")
    assert found == ([0] if stands else [])


def test_what_stands_within_a_longer_phrase_of_another_row_is_not_found() -> None:
    book = Phrasebook([("disabled",), ("disabled for maintenance",)])
    assert book.rows_in("mail delivery disabled for maintenance") == [1]
    assert book.rows_in("disabled; and disabled for maintenance") == [0, 1]


def test_rows_are_told_in_their_order_each_once() -> None:
    assert Phrasebook([("b", "c"), ("a",)]).rows_in("a b c") == [0, 1]


def test_a_book_without_phrases_finds_nothing() -> None:
    assert Phrasebook([]).rows_in("anything") == []


@given(st.lists(st.sampled_from(["a", "ab", "b c", "ก", "กข"]), min_size=1, max_size=4,
                unique=True), TEXTS)
def test_what_is_found_does_stand_there(phrases: list[str], text: str) -> None:
    found = Phrasebook([(phrase,) for phrase in phrases]).rows_in(text)
    assert all(phrases[row] in text for row in found)
