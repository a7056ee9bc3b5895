from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.samples import FORM, KEY
from sarabanwatch.core.token import PATTERN, SERIALS, BadToken, Key, marks, mint, read

TODAY = date(2026, 1, 6)
KEYS = {KEY.kid: KEY, "b": Key("b", b"another secret!!", KEY.until)}
serials = st.integers(0, SERIALS - 1)


@given(serials, st.sampled_from(sorted(KEYS)))
def test_what_is_minted_is_read_again(serial: int, kid: str) -> None:
    assert read(mint(serial, KEYS[kid]), KEYS, TODAY) == serial


@given(serials, st.sampled_from([str.lower, str.upper, str.title]))
def test_case_is_lost_on_the_way_and_does_not_matter(serial: int, changed: Callable[[str], str]) -> None:
    assert read(changed(mint(serial, KEY)), KEYS, TODAY) == serial


@pytest.mark.parametrize("dress", [
    "probes+{}@probe.test", "probes-{}@probe.test", "probes={}@probe.test", "<{}@probe.test>",
    "SRS0=HHH=TT=probe.test=probes+{}@forward.test", "SRS1=HH=other.test==HHH=TT=probe.test=probes+{}@forward.test",
    "prvs=1234abcdef=probes+{}@probe.test", "btv1==9876543210==probes+{}@probe.test", "rfc822;probes+{}@probe.test",
    "X-Saraban-Letter: {}\r\n", "เลขที่ {} ครับ"])
def test_a_mark_is_found_inside_whatever_it_was_wrapped_in(dress: str) -> None:
    mark = mint(42, KEY)
    assert list(marks(dress.format(mark))) == [mark]
    assert list(marks(dress.format(mark).upper())) == [mark]


def test_marks_are_found_in_their_order() -> None:
    wanted = [mint(serial, KEY) for serial in (3, 1, 2)]
    assert list(marks(" ".join(wanted))) == wanted


def test_a_longer_word_is_no_mark() -> None:
    mark = mint(42, KEY)
    assert not list(marks(f"x{mark} {mark}y 7{mark} {mark[:-1]}"))


@given(serials, st.data())
def test_a_changed_letter_is_seen(serial: int, data: st.DataObject) -> None:
    mark = mint(serial, KEY)
    place = data.draw(st.integers(3, len(mark) - 1))
    other = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz234567").filter(lambda c: c != mark[place]))
    with pytest.raises(BadToken, match=r"^forged$"):
        read(mark[:place] + other + mark[place + 1:], KEYS, TODAY)


def test_a_mark_of_another_secret_is_forged_even_under_our_keys_name() -> None:
    with pytest.raises(BadToken, match=r"^forged$"):
        read(mint(1, replace(KEY, secret=b"stolen by nobody")), KEYS, TODAY)


def test_one_keys_mark_is_not_anothers() -> None:
    mark = mint(1, KEY)
    with pytest.raises(BadToken, match=r"^forged$"):
        read("swb" + mark[3:], KEYS, TODAY)


def test_an_unknown_key_is_named() -> None:
    with pytest.raises(BadToken, match="unknown key 'z'"):
        read(mint(1, replace(KEY, kid="z")), KEYS, TODAY)


def test_a_mark_is_believed_through_its_keys_last_day() -> None:
    assert read(mint(1, KEY), KEYS, KEY.until) == 1
    with pytest.raises(BadToken, match=f"expired on {KEY.until}"):
        read(mint(1, KEY), KEYS, KEY.until + timedelta(days=1))


@pytest.mark.parametrize("text", ["", "sw", "x" * 27, mint(1, KEY) + "a", " " + mint(1, KEY)])
def test_what_is_no_mark_is_refused_as_such(text: str) -> None:
    with pytest.raises(BadToken, match="not a token"):
        read(text, KEYS, TODAY)


@given(serials)
def test_a_return_path_keeps_within_what_mail_systems_take(serial: int) -> None:
    mark = mint(serial, KEY)
    assert PATTERN.fullmatch(mark)
    assert len(FORM.return_path(mark).rpartition("@")[0]) <= 64      # RFC 5321 section 4.5.3.1.1
    assert len(FORM.return_path(mark)) <= 254
