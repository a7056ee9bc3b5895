import pytest

from sarabanwatch.core.returns import mime

THAI = "แจ้งเลขรับ"


def words(kind: str, body: bytes, encoding: str = "8bit") -> str:
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return mime.take_apart(head.encode() + body).words.strip()


@pytest.mark.parametrize(("charset", "codec"), [
    ("utf-8", "utf-8"), ("windows-874", "cp874"), ("TIS-620", "cp874"), ('"tis-620"', "cp874"),
    ("iso-8859-11", "cp874"),
    ("us-ascii", "utf-8"), ("x-unknown", "utf-8"), ("us-ascii", "cp874"), ("", "cp874"),
    ("zlib", "utf-8"),
])
def test_thai_is_read_in_whatever_charset_it_claims(charset: str, codec: str) -> None:
    assert words(f"text/plain; charset={charset}", THAI.encode(codec)) == THAI


def test_transfer_encodings_are_undone_however_broken() -> None:
    assert words("text/plain", b"aGVsbG8=", "base64") == "hello"
    assert words("text/plain", b"aGVsbG8", "BASE64") == "hello"
    assert words("text/plain", b"aGVs bG8\r\n!!", "base64") == "hello"
    assert words("text/plain", b"hel=\r\nlo =3D", "quoted-printable") == "hello ="
    assert words("text/plain", b"hello", "x-none") == "hello"


@pytest.mark.parametrize(("raw", "wanted"), [
    ("=?utf-8?B?4LmB4LiI4LmJ4LiH?=", "แจ้ง"),
    ("=?utf-8?B?4LmB4LiI4LmJ4Lg=?=\n =?utf-8?B?hw==?=", "แจ้ง"),           # a letter cut in two
    ("=?windows-874?Q?=E1=A8=E9=A7?= x", "แจ้ง x"),
    ("=?utf-8?q?a b c?=", "a b c"),
    ("=?x-none?q?a?=", "a"),
    ("=?utf-8?q?a", "=?utf-8?q?a"),
    ("a\n\tb", "a b"),
])
def test_headers_are_decoded(raw: str, wanted: str) -> None:
    assert mime.decoded(raw) == wanted


def test_raw_thai_in_a_header_is_read() -> None:
    for codec in ("utf-8", "cp874"):
        headers = mime.take_apart(b"Subject: " + THAI.encode(codec) + b"\r\n\r\n").headers
        assert headers.get("subject") == THAI


@pytest.mark.parametrize("raw", [
    b"A: b\r\nC: d\r\n\r\nE: f\r\n\r\n", b"A: b\nC: d\n\nE: f\n\n", b"A: b\r\nC: d\n\r\nE: f\n",
    b"\r\n\n\r\nA: b\nC: d\r\n\r\nE: f", b"A: b\r\nC: d",
])
def test_a_header_block_ends_with_the_first_blank_line_behind_it(raw: bytes) -> None:
    assert mime.head_of(raw) == "A: b\nC: d"


def test_html_is_read_as_shown() -> None:
    assert words("text/html", b"<style>p{}</style><p>a&amp;b</p><p>c &lt;d@e.test&gt;").split() == [
        "a&b", "c", "<d@e.test>",
    ]
    assert words("text/html", b"a<script>b").split() == ["a"]


def test_parts_go_where_they_belong_and_plain_text_stands_before_html() -> None:
    raw = (
        b'Content-Type: multipart/report; report-type="delivery-status"; boundary="x y"\r\n\r\n'
        b'preamble\r\n'
        b"--x y\r\nContent-Type: multipart/alternative; boundary=z\r\n\r\n--z\r\n\r\nplain\r\n"
        b"--z\r\nContent-Type: text/html\r\n\r\n<p>rich\r\n--z--\r\n"
        b"--x y\r\nContent-Type: message/global-delivery-status\r\n\r\nAction: failed\r\n"
        b"--x y\r\nContent-Type: text/rfc822-headers\r\n\r\nTo: a@b.test\r\n--x y--\r\nepilogue"
    )
    mail = mime.take_apart(raw)
    assert (mail.report, mail.words.strip()) == ("delivery-status", "plain")
    assert [status.strip() for status in mail.statuses] == ["Action: failed"]
    assert mail.original.get("to") == "a@b.test"


def test_a_mail_cut_short_is_read_as_far_as_it_goes() -> None:
    assert (
        mime.take_apart(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhel").words
        == "hel"
    )
    assert (
        mime.take_apart(b"Content-Type: multipart/mixed; boundary=b\r\n\r\nno boundary").words
        == "no boundary"
    )


def test_a_returned_mail_is_not_opened() -> None:
    raw = (b"Content-Type: message/rfc822\r\n\r\nContent-Type: message/delivery-status\r\n\r\n"
           b"Action: failed")
    assert mime.take_apart(raw).statuses == []


def test_what_stands_behind_the_limit_is_not_looked_at() -> None:
    mail = mime.take_apart(b"Subject: x\r\n\r\n" + b"a" * (mime.MOST_OCTETS * 2))
    assert len(mail.words) == mime.MOST_WORDS


def test_only_a_whole_line_divides_and_what_stands_behind_the_closing_one_is_no_part() -> None:
    body = b"preamble\n--b \t\n\none\n--bc\n--b-\n--b\n\ntwo\n--b--\nepilogue\n--b\n\nnot this"
    assert words("multipart/mixed; boundary=b", body) == "one\n--bc\n--b-\ntwo"


@pytest.mark.parametrize("charset", ["", "us-ascii", "utf-8", "unknown-8bit"])
def test_a_thai_word_in_a_page_of_english_is_read_though_its_octets_are_few(charset: str) -> None:
    page = b"The following address failed. " * 40
    said = "550 5.1.1 ไม่พบผู้ใช้".encode("tis-620")
    assert "550 5.1.1 ไม่พบผู้ใช้" in mime.readable(page + said + page, charset)
    damaged = "หนังสือ".encode()[:-1]
    # UTF-8 that was cut stays what it was
    assert "หนังสื\ufffd" in mime.readable(page + damaged + page, charset)
    assert "caf\ufffd" in mime.readable(page + b"caf\xe9 noir" + page, charset)
