"""What a mail tells of a new address: the writer's own words only, whatever stands in them."""

from dataclasses import replace
from datetime import date
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sarabanwatch.core.returns import correction
from sarabanwatch.core.returns.clues import Ours

OURS = Ours("probes@probe.test", "นร 1200/ท")


def mail(body: str, sender: str = "saraban@one.go.th") -> bytes:
    return (f"From: {sender}\r\nSubject: =?utf-8?q?=E0=B9=81?=\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\n\r\n{body}").encode()


@pytest.mark.parametrize(("body", "addresses"), [
    ("ขอแจ้งเปลี่ยนอีเมล เป็น saraban@new.go.th", ("saraban@new.go.th",)),
    ("ยกเลิกอีเมล old@one.go.th ให้ใช้ saraban@one.go.th แทน",
     ("old@one.go.th", "saraban@one.go.th")),
    (("saraban@new.go.th\n\nเมื่อ 2 ม.ค. 2569 probes@probe.test เขียนว่า:\n"
      "> ส่งถึง saraban@quoted.go.th"), ("saraban@new.go.th",)),
    ("new address: saraban@new.go.th\n> saraban@quoted.go.th", ("saraban@new.go.th",)),
    ("ตอบถึง probes+swaaa@probe.test", ()),
    ("ไม่มีที่อยู่", ()),
])
def test_the_addresses_that_the_writer_names(body: str, addresses: tuple[str, ...]) -> None:
    assert correction.read(mail(body), OURS).addresses == addresses


@pytest.mark.parametrize(("body", "former"), [
    ("ขอแก้ไขจากเดิม a@one.go.th เป็น b@one.go.th", ("a@one.go.th",)),
    ("เปลี่ยนอีเมลกลางจาก a@one.go.th เป็น b@one.go.th", ("a@one.go.th",)),
    ("อีเมลเดิม\n a@one.go.th\nอีเมลใหม่\n b@one.go.th", ("a@one.go.th",)),
    ("ให้ใช้ b@one.go.th แทน a@one.go.th", ("a@one.go.th",)),
    ("ยกเลิกอีเมล a@one.go.th ให้ใช้ b@one.go.th แทน", ("a@one.go.th",)),
    ("please use b@one.go.th instead of a@one.go.th", ("a@one.go.th",)),
    ("อีเมลของเราคือ a@one.go.th และ b@one.go.th", ()),
    ("ยกเลิก a@one.go.th", ()),         # no other is named: a person reads it
])
def test_an_address_that_the_writer_calls_the_old_one_is_told_apart(
    body: str, former: tuple[str, ...],
) -> None:
    assert correction.read(mail(body), OURS).former == former


@pytest.mark.parametrize(("body", "day"), [
    ("ประกาศ ลงวันที่ ๕ มกราคม ๒๕๖๙ เรื่อง", date(2026, 1, 5)),
    ("ประกาศ ณ วันที่ 5 ม.ค. 2569", date(2026, 1, 5)),
    ("วันที่ประกาศ: ๕ มกราคม ๒๕๖๙", date(2026, 1, 5)), ("วันที่ประกาศ 5/1/2569", date(2026, 1, 5)),
    ("announced on 2026-01-05", date(2026, 1, 5)), ("ลงวันที่ 45 มกราคม 2569", None),
    ("วันที่เท่าไรไม่รู้", None),
])
def test_the_day_of_the_announcement(body: str, day: date | None) -> None:
    assert correction.read(mail(body), OURS).given_on == day


def test_codes_and_the_link() -> None:
    told = correction.read(mail("อบต. รหัส ๖๑๐๐๑๐๑ (ไม่ใช่ 9100101) ดู https://one.go.th/ประกาศ.pdf."),
                           OURS)
    assert (told.codes, told.link) == (("6100101",), "https://one.go.th/ประกาศ.pdf")


@given(st.binary(max_size=2000))
def test_any_octets_are_read(raw: bytes) -> None:
    correction.read(raw, OURS)


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=80))
def test_an_answer_carries_no_field_of_a_strangers_whatever_came(subject: str, ident: str,
                                                                 words: str) -> None:
    told = replace(correction.read(mail("x"), OURS), subject=subject, message_id=ident)
    drafted = message_from_bytes(correction.draft(told, OURS,
                                                  words.encode("utf-8", "replace").decode()),
                                 policy=policy.default)
    assert set(map(str.lower, drafted.keys())) - {"in-reply-to"} == {
        "x-unsent", "from", "to", "subject", "content-type", "content-transfer-encoding",
        "mime-version"}
    assert (drafted["to"], drafted["from"]) == ("saraban@one.go.th", OURS.address)


@given(st.binary(max_size=2000))
def test_an_answer_can_be_drafted_to_any_octets(raw: bytes) -> None:
    head = b"From: " + raw[:80].replace(b"\r", b"").replace(b"\n",
                                                            b"") + b"\r\nSubject: " + raw[80:]
    correction.draft(correction.read(head, OURS), OURS, "x")


def test_an_answer_names_the_mail_that_it_answers() -> None:
    told = replace(correction.read(mail("x"), OURS), subject="แจ้ง\r\nBcc: x@evil.test",
                   message_id="<1@one.go.th>")
    drafted = message_from_bytes(correction.draft(told, OURS, "เรียน"), policy=policy.default)
    assert (drafted["subject"], drafted["in-reply-to"],
            drafted["bcc"]) == ("Re: แจ้ง Bcc: x@evil.test", "<1@one.go.th>", None)


def test_the_answer_says_what_was_decided() -> None:
    day = date(2026, 1, 12)
    assert "๑๒ มกราคม ๒๕๖๙" in correction.answer(True, "กรมหนึ่ง", "saraban@new.go.th", "", day)
    assert "เนื่องจากไม่มีประกาศ" in correction.answer(False, "กรมหนึ่ง", "", "ไม่มีประกาศ", day)
    assert "อยู่ระหว่างการตรวจสอบ" in correction.answer(None, "", "", "", day)
