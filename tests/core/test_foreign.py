"""Octets from other people's servers become text that can be stored, logged and shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarabanwatch.core.facts import foreign

THAI = [
    "550 5.1.1 ไม่พบผู้ใช้", "ตู้จดหมายเต็ม กรุณาลองใหม่ภายหลัง", "ไม่มีผู้ใช้saraban", "เเม่ข่ายขัดข้อง",
    "กล่องจดหมาย “saraban” ถูกระงับ",
    "ปฏิเสธ: ไม่อนุญาต (policy) ๕๕๐", "น้ำ ฯลฯ ๆ ฿", "ฤๅษี"]
FOREIGN = [
    ("verfügbar", "latin-1", "verf\\xfcgbar"), ("désactivée", "latin-1", "d\\xe9sactiv\\xe9e"),
    ("boîte", "latin-1", "bo\\xeete"), ("não existe", "latin-1", "n\\xe3o existe"),
    ("ÉTÉ", "latin-1", "\\xc9T\\xc9"),
    ("É", "latin-1", "\\xc9"), ("нет", "cp1251", "\\xed\\xe5\\xf2"), ("não", "cp1252", "n\\xe3o"),
    ("año", "latin-1", "a\\xf1o")]


@pytest.mark.parametrize("words", THAI)
@pytest.mark.parametrize("encoding", ["utf-8", "cp874"])
def test_thai_is_read_in_either_encoding_of_the_place(words: str, encoding: str) -> None:
    assert foreign.text(words.encode(encoding)) == words


@pytest.mark.parametrize(("words", "encoding", "shown"), FOREIGN)
def test_what_is_neither_is_shown_as_escapes_and_never_taken_for_thai(words: str, encoding: str,
                                                                      shown: str) -> None:
    assert foreign.text(words.encode(encoding)) == shown


def test_thai_in_utf_8_that_was_cut_in_a_letter_keeps_the_letters_before_it() -> None:
    assert foreign.text("ไม่พบผู้ใช้".encode()[:-1]) == "ไม่พบผู้ใช\\xe0\\xb9"


@pytest.mark.parametrize(("words", "kept"), [
    ("a\0b", "ab"), ("\x1b[31mred\x07", "[31mred"), ("a\r\nb\rc\nd", "a\nb\nc\nd"),
    ("a\u2028b\x85c\vd", "a\nb\nc\nd"),
    ("a\tb", "a\tb"), ("\ud800lone\udcff", "lone"), ("evil\u202etxt.exe\u2066", "eviltxt.exe"),
    ("\ufeffx", "x")])
def test_controls_lone_surrogates_and_marks_that_turn_the_writing_are_removed(words: str,
                                                                              kept: str) -> None:
    assert foreign.clean(words) == kept


def test_a_text_is_cut_at_its_bound_and_shows_it() -> None:
    assert foreign.text(b"x" * 2**20, 10) == "xxxxxxxxx…"
    assert foreign.text("ก".encode() * 2**20, 3) == "กก…"
    assert foreign.text(b"x" * 10, 10) == "x" * 10


@given(st.binary(max_size=300), st.integers(1, 50))
def test_whatever_comes_can_be_stored_and_is_no_longer_than_allowed(octets: bytes,
                                                                    longest: int) -> None:
    words = foreign.text(octets, longest)
    assert len(words) <= longest
    assert words.encode().decode() == words
    assert all(c.isprintable() or c in "\n\t" or c.isspace() or not c.isascii() for c in words)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cf")), max_size=200))
def test_a_text_without_faults_stays_as_it_is(words: str) -> None:
    assert foreign.clean(words) == words
    assert foreign.text(words.encode()) == words
