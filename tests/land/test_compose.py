"""Mail that the land composes is read by another library as what was meant."""

import email
from email.policy import default

import pytest

from sarabanland import compose
from sarabanland.compose import Text
from sarabanland.letter import Letter, fields

THAI = "ได้รับหนังสือแล้ว เลขรับ ๑๒๓๔/๒๕๖๙\nงานสารบรรณ"


@pytest.mark.parametrize("charset", ["utf-8", "tis-620"])
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
def test_a_text_reads_back_in_every_charset_and_encoding(charset: str, encoding: str) -> None:
    raw = compose.single([("Subject", compose.encoded("ตอบกลับ: " + "หนังสือ" * 20))],
                         Text(THAI, charset, encoding))
    mail = email.message_from_bytes(raw, policy=default)
    assert mail["Subject"] == "ตอบกลับ: " + "หนังสือ" * 20
    assert mail.get_content().replace("\r\n", "\n").strip() == THAI
    assert raw.count(b"\n") == raw.count(b"\r\n")


def test_outlook_s_name_of_the_thai_charset_is_python_s_cp874() -> None:
    raw = compose.single([], Text(THAI, "windows-874", "8bit"))
    assert b"charset=windows-874" in raw
    assert THAI.encode("cp874").replace(b"\n", b"\r\n") in raw


def test_no_line_of_a_header_is_longer_than_rfc_5322_likes() -> None:
    raw = compose.single([("Subject", compose.encoded("ก" * 300))], Text("x"))
    assert all(len(line) <= 78 for line in raw.split(b"\r\n")[1:])
    assert max(map(len, raw.split(b"\r\n"))) < 100


def test_a_letter_s_fields_are_unfolded_and_the_first_of_a_name_counts() -> None:
    raw = (b"Subject: =?utf-8?B?4LiB?=\r\n =?utf-8?B?4LiC?=\r\nTo: a@b.test\r\nto: c@d.test\r\n"
           b"\r\nFrom: body\r\n")
    letter = Letter("s@x.test", "r@x.test", raw, fields(raw))
    assert letter.subject == "กข"
    assert letter.fields["to"] == "a@b.test"
    assert "from" not in letter.fields
    assert letter.answer_to == "s@x.test"
