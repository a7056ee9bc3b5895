"""A letter as a library that is not ours reads it: nothing of a name or an address can reach the headers."""

from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from string import Template

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.samples import FORM, HOUR, KEY, MONDAY, letter
from sarabanwatch.core.letter import Form, compose, one_line
from sarabanwatch.core.token import mint
from sarabanwatch.settings import shipped

HEADERS = ["From", "Reply-To", "To", "Subject", "Date", "Message-ID", "X-Saraban-Letter", "MIME-Version", "Content-Type",
           "Content-Transfer-Encoding", "Content-Language"]
SILENCING = ("Auto-Submitted", "X-Auto-Response-Suppress", "Precedence", "List-Id", "List-Unsubscribe", "X-Loop", "Feedback-ID")
HOSTILE = ("\r\nBcc: all@agency.test", "a\nX: y", "a\r\n\r\nbody", "\x00\x0b\x0c\x1f", "\u2028To: x", "\u202eกลับ",
           "=?utf-8?b?eA==?=", "ก" * 2000, "$number ${name} $", '"quoted" <x@y.test>')


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


def body(raw: bytes) -> str:
    return str(parsed(raw).get_content()).replace("\r\n", "\n")


def test_a_letter_says_who_writes_to_whom_about_what_and_where_to_answer() -> None:
    mark = mint(7, KEY)
    message = parsed(compose(letter(), FORM))
    assert list(message.keys()) == HEADERS
    assert message["From"] == "ระบบทดสอบ <probes@probe.test>"
    assert message["Reply-To"] == f"probes+{mark}@probe.test"
    assert message["To"] == "saraban@one.go.th"
    assert message["Subject"] == "ทดสอบการรับหนังสือราชการทางอีเมล ที่ นร ๑๒๐๐/ท๗"
    assert message["Message-ID"] == f"<{mark}@probe.test>"
    assert message["Date"] == "Mon, 12 Jan 2026 10:00:00 +0700"
    assert message["X-Saraban-Letter"] == mark


def test_the_text_names_the_number_the_day_and_the_agency() -> None:
    assert body(compose(letter(), FORM)) == "ที่ นร ๑๒๐๐/ท๗\n๑๒ มกราคม ๒๕๖๙\nกรมหนึ่ง <saraban@one.go.th>\n\nระบบทดสอบ\n"


def test_a_letter_in_place_of_one_in_doubt_names_it() -> None:
    assert "ใช้แทนหนังสือที่ นร ๑๒๐๐/ท๓" in body(compose(letter(replaces=3), FORM))
    assert "ใช้แทน" not in body(compose(letter(), FORM))


def test_the_day_is_bangkoks() -> None:
    late = letter(drafted_at=MONDAY + 15 * HOUR)     # 01.00 on Tuesday in Bangkok
    assert "๑๓ มกราคม" in body(compose(late, FORM))


def test_the_shipped_text_has_a_place_for_everything_and_nothing_besides() -> None:
    text = shipped("letters/probe.txt").read_text(encoding="utf-8")
    told = body(compose(letter(replaces=3), Form(FORM.address, FORM.sender, FORM.number, Template(text))))
    assert "$" not in told
    for fact in ("๑๒๐๐/ท๗", "๑๒ มกราคม ๒๕๖๙", "กรมหนึ่ง", "saraban@one.go.th", "๑๒๐๐/ท๓", "เลขรับ", "ระบบทดสอบ"):
        assert fact in told


def test_the_same_facts_give_the_same_bytes_and_other_facts_others() -> None:
    assert compose(letter(), FORM) == compose(letter(), FORM)
    changed = ({"serial": 8}, {"name": "กรมสอง"}, {"address": "saraban@two.go.th"}, {"replaces": 1},
               {"drafted_at": MONDAY + timedelta(days=1)})
    assert len({compose(letter(**change), FORM) for change in changed} | {compose(letter(), FORM)}) == len(changed) + 1


@pytest.mark.parametrize("name", SILENCING)
def test_no_header_silences_bounces_or_receipts(name: str) -> None:
    assert parsed(compose(letter(replaces=3), FORM))[name] is None


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_of_an_agency_reaches_the_headers(name: str) -> None:
    message = parsed(compose(letter(name=name), FORM))
    assert list(message.keys()) == HEADERS
    assert message["To"] == "saraban@one.go.th"
    assert one_line(name) in body(compose(letter(name=name), FORM))


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_of_ours_adds_a_header(name: str) -> None:
    message = parsed(compose(letter(), Form(FORM.address, name, FORM.number, FORM.text)))
    assert list(message.keys()) == HEADERS
    assert message["From"].addresses[-1].addr_spec == "probes@probe.test"


@given(st.text(max_size=300), st.text(max_size=300), st.integers(0, 2**40 - 1))
def test_every_letter_is_seven_bits_wide_and_its_lines_are_short(name: str, sender: str, serial: int) -> None:
    raw = compose(letter(serial, name=name), Form(FORM.address, sender, FORM.number, FORM.text))
    assert raw.isascii()
    assert b"\0" not in raw
    assert raw.endswith(b"\r\n")
    assert raw.count(b"\n") == raw.count(b"\r") == raw.count(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 78      # RFC 5322 section 2.1.1: 998 at most, 78 preferred
    assert [line.partition(b":")[0].decode() for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
            if not line.startswith(b" ")] == HEADERS


@given(st.text(max_size=100))
def test_a_text_on_one_line_has_no_control_and_no_hidden_character(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
    assert one_line(one_line(text)) == one_line(text)
