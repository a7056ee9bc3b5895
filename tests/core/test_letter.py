"""A letter as another library reads it: no name or address can add to its header."""

import base64
import html
import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from string import Template

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from fakes.samples import FORM, HOUR, KEY, MONDAY, letter, mint
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.facts.token import SERIALS
from sarabanwatch.core.letters.compose import HELD, LINE, compose, spliced, text
from sarabanwatch.core.letters.section import LetterSection, ReportSection
from sarabanwatch.core.letters.wording import Form, one_line, paper
from sarabanwatch.core.returns import receipts
from sarabanwatch.settings import shipped

HEADERS = ["From", "Reply-To", "To", "Subject", "Date", "Message-ID", "X-Saraban-Letter",
           "Content-Language", "MIME-Version", "Content-Type"]
SILENCING = ("Auto-Submitted", "X-Auto-Response-Suppress", "Precedence", "List-Id",
             "List-Unsubscribe", "X-Loop", "Feedback-ID")
HOSTILE = ("\r\nBcc: all@agency.test", "a\nX: y", "a\r\n\r\nbody", "\x00\x0b\x0c\x1f",
           "\u2028To: x", "\u202eกลับ",
           "=?utf-8?b?eA==?=", "ก" * 2000, "$number ${name} $", '"quoted" <x@y.test>')


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


def body(raw: bytes) -> str:
    plain = parsed(raw).get_body(("plain",))
    assert plain is not None
    return str(plain.get_content()).replace("\r\n", "\n")


def page(raw: bytes) -> str:
    dressed = parsed(raw).get_body(("html",))
    assert dressed is not None
    return str(dressed.get_content())


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
    assert body(compose(letter(), FORM)) == (
        "ที่ นร ๑๒๐๐/ท๗\n\n๑๒ มกราคม ๒๕๖๙\n\nเรื่อง  ทดสอบการรับหนังสือราชการทางไปรษณีย์อิเล็กทรอนิกส์\n\n"
        "เรียน  อธิบดีกรมหนึ่ง\n\nที่ นร ๑๒๐๐/ท๗\n\nกรมหนึ่ง <saraban@one.go.th>\n\n"
        "ขอแสดงความนับถือ\n\nระบบทดสอบ\n\nโทร. ๐\n")


def test_a_letter_in_place_of_one_in_doubt_names_it() -> None:
    assert "ใช้แทนหนังสือที่ นร ๑๒๐๐/ท๓" in body(compose(letter(replaces=3), FORM))
    assert "ใช้แทน" not in body(compose(letter(), FORM))


def test_the_day_is_bangkoks() -> None:
    late = letter(drafted_at=MONDAY + 15 * HOUR)     # 01.00 on Tuesday in Bangkok
    assert "๑๓ มกราคม" in body(compose(late, FORM))


def test_the_shipped_text_has_a_place_for_everything_and_nothing_besides() -> None:
    text = shipped("letters/probe.txt").read_text(encoding="utf-8")
    told = body(compose(letter(replaces=3), replace(FORM, text=Template(text))))
    assert "$" not in told
    for fact in ("๑๒๐๐/ท๗", "๑๒ มกราคม ๒๕๖๙", "กรมหนึ่ง", "saraban@one.go.th", "๑๒๐๐/ท๓", "เลขรับ",
                 "ระบบทดสอบ"):
        assert fact in told


def test_the_same_facts_give_the_same_bytes_and_other_facts_others() -> None:
    assert compose(letter(), FORM) == compose(letter(), FORM)
    changed = ({"serial": 8}, {"name": "กรมสอง"}, {"address": "saraban@two.go.th"}, {"replaces": 1},
               {"drafted_at": MONDAY + timedelta(days=1)})
    assert len({compose(letter(**change), FORM) for change in changed}
               | {compose(letter(), FORM)}) == len(changed) + 1


def test_the_page_says_what_the_text_says() -> None:
    raw = compose(letter(replaces=3), FORM)
    assert parsed(raw).get_content_type() == "multipart/alternative"
    for line in filter(None, body(raw).splitlines()):
        assert html.escape(line.split("  ")[-1]) in page(raw)


def test_without_html_a_letter_is_plain_text_alone() -> None:
    plain = replace(FORM, letter=LetterSection(html=False))
    assert parsed(compose(letter(), plain)).get_content_type() == "text/plain"


def test_the_paper_is_enclosed_under_the_letters_number() -> None:
    message = parsed(compose(letter(), FORM, b"%PDF-1.7 \r\n.\r\n"))
    [paper] = message.iter_attachments()
    assert (paper.get_content_type(), paper.get_filename()) == ("application/pdf", "letter-7.pdf")
    assert paper.get_content() == b"%PDF-1.7 \r\n.\r\n"
    assert message.get_body(("plain",)) is not None


def test_that_it_was_displayed_is_asked_only_when_wanted() -> None:
    asking = parsed(compose(letter(), replace(FORM, letter=LetterSection(asks_displayed=True))))
    assert asking["Disposition-Notification-To"] == asking["Reply-To"]
    assert parsed(compose(letter(), FORM))["Disposition-Notification-To"] is None


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x>', "&amp; &#0;",
                                  "$number"])
def test_markup_in_a_name_is_text_on_the_page(name: str) -> None:
    dressed = page(compose(letter(name=name), FORM))
    assert html.escape(name) in dressed
    assert "<script" not in dressed
    assert "<img" not in dressed


@pytest.mark.parametrize("name", SILENCING)
def test_no_header_silences_bounces_or_receipts(name: str) -> None:
    assert parsed(compose(letter(replaces=3), FORM))[name] is None


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_of_an_agency_reaches_the_headers(name: str) -> None:
    message = parsed(compose(letter(name=name), FORM))
    assert list(message.keys()) == HEADERS
    assert message["To"] == "saraban@one.go.th"
    assert one_line(name) in body(compose(letter(name=name), FORM))


OFFICIAL = replace(
    FORM, text=Template(shipped("letters/probe.txt").read_text(encoding="utf-8")),
    report=ReportSection(office=("สำนักงานหนึ่ง", "ถนนหนึ่ง กทม. ๑๐๓๐๐"),
                         signature=("(นายหนึ่ง)", "ผู้อำนวยการกองหนึ่ง"), department="กองหนึ่ง",
                         telephone="0 2123 4567", email=""),
    letter=LetterSection(), check="https://page.test/n/",
    confirm="https://page.test/r/")


def test_a_letter_is_an_official_letter_in_text_and_page_alike() -> None:
    said = body(compose(letter(), OFFICIAL))
    parts = ("ที่ นร ๑๒๐๐/ท๗", "สำนักงานหนึ่ง", "ถนนหนึ่ง", "๑๒ มกราคม ๒๕๖๙", "เรื่อง  ", "เรียน  อธิบดีกรมหนึ่ง",
             "ด้วยสำนักงานหนึ่ง", "https://page.test/n/7", "จึงเรียนมาเพื่อ", "ขอแสดงความนับถือ", "(นายหนึ่ง)",
             "ผู้อำนวยการกองหนึ่ง", "กองหนึ่ง\nโทร. ๐ ๒๑๒๓ ๔๕๖๗", "In English")
    places = [said.index(part) for part in parts]
    assert places == sorted(places)
    dressed = page(compose(letter(), OFFICIAL))
    assert all(html.escape(line.split("  ")[-1]) in dressed for line in said.splitlines())


def test_english_stands_below_the_letter_and_not_in_it() -> None:
    said = paper(letter(replaces=3), OFFICIAL)
    assert not any(re.search("[a-z]{3} [a-z]{3}", paragraph) for paragraph in said.body)
    assert [paragraph[:10] for paragraph in said.below] == ["In English"]


def test_a_reply_that_quotes_the_letter_without_a_mark_is_no_receipt_of_it() -> None:
    for form in (OFFICIAL, replace(OFFICIAL, confirm="", check="")):
        words = "".join(text(paper(letter(replaces=3), form)))
        assert receipts.number((words,), FORM.sender.number) == ""
        assert not receipts.acknowledged(words)


@pytest.mark.parametrize("foot", ["โทร. ๐ ๒๑๒๓ ๔๕๖๗", "โทร.0-2123-4567", "โทร. 02 123 4567 ต่อ 12",
                                  "ขอบคุณสำหรับที่แจ้งมา 3 ครั้ง"])
def test_a_telephone_number_below_an_answer_is_no_receipt(foot: str) -> None:
    assert receipts.number((f"ขอบคุณ\nกองหนึ่ง\n{foot}",), FORM.sender.number) == ""
    assert receipts.number((f"ขอบคุณ\nกองหนึ่ง {foot}\nทร. 145/2569",),
                           FORM.sender.number) == "145/2569"


def test_a_letter_to_nobody_names_no_place_where_it_could_be_checked() -> None:
    lost = letter(code="", name="one.go.th", purpose=Purpose.CATCH_ALL)
    assert "page.test" not in body(compose(lost, replace(OFFICIAL, catch_all=OFFICIAL.text,
                                                         confirm="")))


def test_an_office_without_a_page_is_asked_by_the_foot_of_the_letter() -> None:
    said = body(compose(letter(), replace(OFFICIAL, check="")))
    assert "โดยสอบถามตามช่องทางท้ายหนังสือ" in said


def test_a_text_of_before_stays_what_it_was() -> None:
    old = replace(OFFICIAL, text=Template("$name $number\n\n$confirm\n\n(In English.)"))
    assert paper(letter(), old).body[::2] == ("กรมหนึ่ง นร ๑๒๐๐/ท๗", "(In English.)")


def called(name: str) -> Form:
    """Return the form of a sender of this name."""
    return replace(FORM, sender=structs.replace(FORM.sender, name=name))


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_of_ours_adds_a_header(name: str) -> None:
    message = parsed(compose(letter(), called(name)))
    assert list(message.keys()) == HEADERS
    assert message["From"].addresses[-1].addr_spec == "probes@probe.test"


@given(st.text(max_size=300), st.text(max_size=300), st.integers(0, SERIALS - 1))
def test_every_letter_is_seven_bits_wide_and_its_lines_are_short(name: str, sender: str,
                                                                 serial: int) -> None:
    raw = compose(letter(serial, name=name), called(sender))
    assert raw.isascii()
    assert b"\0" not in raw
    assert raw.endswith(b"\r\n")
    assert raw.count(b"\n") == raw.count(b"\r") == raw.count(b"\r\n")
    # RFC 5322 section 2.1.1: 998 at most, 78 preferred
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert [line.partition(b":")[0].decode()
            for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
            if not line.startswith(b" ")] == HEADERS


@given(st.text(max_size=100))
def test_a_text_on_one_line_has_no_control_and_no_hidden_character(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
    assert one_line(one_line(text)) == one_line(text)


@given(st.lists(st.text(max_size=90), max_size=8))
def test_pieces_are_spliced_into_lines_of_base64_that_say_the_whole(pieces: list[str]) -> None:
    lines = b"".join(spliced(pieces)).split(b"\r\n")
    assert lines.pop() == b""
    assert all(0 < len(line) <= LINE for line in lines)
    # none but the last is padded, so that whoever decodes them together or each by itself agrees
    assert b"".join(map(base64.b64decode, lines)) == base64.b64decode(b"".join(lines))
    assert base64.b64decode(b"".join(lines)) == "".join(pieces).encode()


def test_what_all_letters_share_is_kept_three_times_at_most_wherever_it_begins() -> None:
    shared = "ข้อความเดียวกันทุกฉบับ " * 400
    found = [max(spliced(("x" * before, shared, "y")), key=len) for before in range(3 * HELD)]
    assert all(len(lines) > len(shared) for lines in found)
    assert len(set(map(id, found))) == 3        # the very same octets: not like ones, made anew


def test_what_all_letters_share_is_encoded_once_however_many_are_composed() -> None:
    shared = "ข้อความเดียวกันทุกฉบับ " * 400
    form = replace(FORM, text=Template(f"$name\n\n{shared}\n\n$number"))
    papers = (paper(letter(serial, name=name), form)
              for serial, name in ((7, "กรมดิน"), (8, "กรมน้ำ")))
    one, two = (max(spliced(text(said)), key=len) for said in papers)
    assert len(one) > len(shared)
    assert one is two       # the very same octets: not like ones, made anew
