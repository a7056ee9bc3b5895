from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.samples import FORM, KEY
from sarabanwatch.core.errors import ConfigError
from sarabanwatch.core.facts.token import (
    ANSWERED_WITHIN,
    EPOCHS,
    PATTERN,
    SERIALS,
    BadToken,
    Key,
    keys_ending_soon,
    mint,
    read,
    signing_key,
    token_maker,
    tokens_in,
)

TODAY = date(2026, 1, 6)
KEYS = {KEY.kid: KEY, "b": Key("b", b"another secret!!", KEY.until)}
TO = "saraban@one.go.th"
# of letter 42, as it was made before marks bound epoch and addressee
FIRST_EDITION = "swaaaaaaabkxvig22fwwecqx7yi"
serials = st.integers(0, SERIALS - 1)
epochs = st.integers(0, EPOCHS - 1)


def marked(serial: int, key: Key = KEY, epoch: int = 77, to: str = TO) -> str:
    return mint(serial, key, epoch=epoch, to=to)


@given(serials, epochs, st.text(), st.sampled_from(sorted(KEYS)))
def test_what_is_minted_is_read_again(serial: int, epoch: int, to: str, kid: str) -> None:
    assert read(marked(serial, KEYS[kid], epoch, to), KEYS, TODAY) == serial


@given(serials, st.sampled_from([str.lower, str.upper, str.title]))
def test_case_is_lost_on_the_way_and_does_not_matter(serial: int,
                                                     changed: Callable[[str], str]) -> None:
    assert read(changed(marked(serial)), KEYS, TODAY) == serial


def test_one_serial_in_another_epoch_or_to_somebody_else_has_another_token() -> None:
    assert len({marked(7), marked(7, epoch=78), marked(7, to="saraban@two.go.th"), marked(8)}) == 4
    assert marked(7, to=TO.upper()) == marked(7)


def test_a_token_of_the_first_edition_is_read_and_a_changed_one_is_forged() -> None:
    assert list(tokens_in(f"probes+{FIRST_EDITION}@probe.test")) == [FIRST_EDITION]
    assert read(FIRST_EDITION, KEYS, TODAY) == 42
    with pytest.raises(BadToken, match=r"^forged$"):
        read(FIRST_EDITION.replace("abkx", "ackx"), KEYS, TODAY)


@pytest.mark.parametrize(("serial", "epoch"), [(SERIALS, 0), (-1, 0), (0, EPOCHS), (0, -1)])
def test_a_number_that_a_token_cannot_hold_is_never_cut_to_fit(serial: int, epoch: int) -> None:
    with pytest.raises(OverflowError):
        marked(serial, epoch=epoch)


@pytest.mark.parametrize("dress", [
    "probes+{}@probe.test", "probes-{}@probe.test", "probes={}@probe.test", "<{}@probe.test>",
    "SRS0=HHH=TT=probe.test=probes+{}@forward.test",
    "SRS1=HH=other.test==HHH=TT=probe.test=probes+{}@forward.test",
    "prvs=1234abcdef=probes+{}@probe.test", "btv1==9876543210==probes+{}@probe.test",
    "rfc822;probes+{}@probe.test",
    "X-Saraban-Letter: {}\r\n", "เลขที่ {} ครับ"])
def test_a_token_is_found_inside_whatever_it_was_wrapped_in(dress: str) -> None:
    mark = marked(42)
    assert list(tokens_in(dress.format(mark))) == [mark]
    assert list(tokens_in(dress.format(mark).upper())) == [mark]


def test_marks_are_found_in_their_order() -> None:
    wanted = [marked(3), FIRST_EDITION, marked(1), marked(2)]
    assert list(tokens_in(" ".join(wanted))) == wanted


def test_a_longer_word_is_no_token() -> None:
    mark = marked(42)
    assert not list(tokens_in(f"x{mark} {mark}y 7{mark} {mark[:-1]} {FIRST_EDITION}a"))


@given(serials, st.data())
def test_a_changed_letter_is_seen(serial: int, data: st.DataObject) -> None:
    mark = marked(serial)
    place = data.draw(st.integers(3, len(mark) - 1))
    other = data.draw(
        st.sampled_from("abcdefghijklmnopqrstuvwxyz234567").filter(lambda c: c != mark[place])
    )
    with pytest.raises(BadToken, match=r"^forged$"):
        read(mark[:place] + other + mark[place + 1:], KEYS, TODAY)


def test_a_token_of_another_secret_is_forged_even_under_our_keys_name() -> None:
    with pytest.raises(BadToken, match=r"^forged$"):
        read(marked(1, replace(KEY, secret=b"stolen by nobody")), KEYS, TODAY)


def test_a_token_signed_with_one_key_differs_from_that_of_another() -> None:
    with pytest.raises(BadToken, match=r"^forged$"):
        read("swb" + marked(1)[3:], KEYS, TODAY)


def test_an_unknown_key_is_named() -> None:
    with pytest.raises(BadToken, match="unknown key 'z'"):
        read(marked(1, replace(KEY, kid="z")), KEYS, TODAY)


def test_a_token_is_believed_after_its_keys_last_day_while_its_letter_may_be_answered() -> (
    None
):
    assert read(marked(1), KEYS, KEY.until + ANSWERED_WITHIN) == 1
    with pytest.raises(BadToken, match=f"expired on {KEY.until}"):
        read(marked(1), KEYS, KEY.until + ANSWERED_WITHIN + timedelta(days=1))


def test_a_letter_may_be_answered_for_longer_than_any_usual_window() -> None:
    """Sixteen office hours that begin before the longest holidays, and the delay of a round."""
    assert timedelta(weeks=12) <= ANSWERED_WITHIN


LIVES = [Key(kid, b"0123456789abcdef", until) for kid, until in (
    ("a", date(2026, 1, 5)), ("b", date(2026, 1, 31)), ("c", date(2027, 12, 31)))]


@pytest.mark.parametrize(("today", "signs"), [
    (date(2026, 1, 5), "a"), (date(2026, 1, 6), "b"), (date(2026, 1, 31), "b"),
    (date(2026, 2, 1), "c"), (date(2028, 1, 1), None)])
def test_the_first_key_that_has_not_ended_signs_through_its_last_day_and_a_dead_one_never(
    today: date, signs: str | None
) -> None:
    keys = {key.kid: key for key in LIVES}
    found = signing_key(keys, today)
    assert (found and found.kid) == signs
    made = token_maker(keys, lambda: today)
    if signs:
        assert made(7, epoch=1, to=TO) == marked(7, keys[signs], epoch=1)
    else:
        with pytest.raises(
            ConfigError,
            match=r"token\.key_file: the last key ended on 2027-12-31; add a line such as: echo",
        ):
            made(7, epoch=1, to=TO)


def test_keys_that_end_soon_are_told_each_with_the_one_that_follows() -> None:
    a, b, c = LIVES
    keys = {key.kid: key for key in LIVES}
    assert keys_ending_soon(keys, date(2026, 1, 1)) == {a: b}
    assert keys_ending_soon(keys, date(2026, 1, 2)) == {a: b, b: c}
    assert keys_ending_soon(keys, date(2026, 1, 6)) == {b: c}    # a is over
    assert keys_ending_soon(keys, date(2027, 12, 1)) == {}
    assert keys_ending_soon(keys, date(2027, 12, 2)) == {c: None}


@pytest.mark.parametrize("text", ["", "sw", "x" * 33, marked(1) + "a", " " + marked(1)])
def test_what_is_no_token_is_refused_as_such(text: str) -> None:
    with pytest.raises(BadToken, match="not a token"):
        read(text, KEYS, TODAY)


@given(serials)
def test_a_return_path_keeps_within_what_mail_systems_take(serial: int) -> None:
    mark = marked(serial)
    assert PATTERN.fullmatch(mark)
    assert len(FORM.return_path(mark).rpartition("@")[0]) <= 64      # RFC 5321 section 4.5.3.1.1
    assert len(FORM.return_path(mark)) <= 254
