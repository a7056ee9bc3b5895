"""The test letter: facts -> text -> MIME bytes.

Everything that does not change from letter to letter is made once (`Form`); what is personal is spliced in. A letter is
never stored: the same facts give the same bytes. It carries none of the headers that silence bounces or receipts
(`Auto-Submitted`, `X-Auto-Response-Suppress`, `Precedence`).
"""

import base64
import struct
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from string import Template

from sarabanwatch.core.calendar import BANGKOK, THAI_DIGITS, thai_date

LINE = 76   # octets of base64 in one line (RFC 2045 section 6.8)
WORD = 9    # characters in one encoded word: 36 octets of UTF-8 at most, so that with its field's name it fits a line
SUBJECT = Template("ทดสอบการรับหนังสือราชการทางอีเมล ที่ $number")
REPLACES = Template("\nหนังสือฉบับนี้ใช้แทนหนังสือที่ $number หากท่านได้รับฉบับก่อนแล้ว โปรดตอบกลับฉบับใดฉบับหนึ่ง\n")


@dataclass(frozen=True, slots=True)
class Letter:
    """The facts of one letter; `replaces` is the serial of a letter in doubt that this one follows, or None."""

    serial: int
    token: str
    code: str
    name: str
    address: str
    drafted_at: datetime
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """What all letters share: who sends, under which number, and the text with `$name`s in it."""

    address: str
    sender: str
    number: str
    text: Template

    def numbered(self, serial: int) -> str:
        """Return the letter number of a serial, in Thai digits as official letters have it."""
        return f"{self.number}{serial}".translate(THAI_DIGITS)

    def return_path(self, token: str) -> str:
        """Return the envelope sender and Reply-To of a letter (VERP)."""
        local, _, domain = self.address.rpartition("@")
        return f"{local}+{token}@{domain}"


def compose(letter: Letter, form: Form) -> bytes:
    """Return the message (RFC 5322, CRLF, 7-bit clean): text/plain in UTF-8 and base64."""
    headers = "".join(f"{name}: {value}\r\n" for name, value in _headers(letter, form).items())
    return headers.encode("ascii") + b"\r\n" + _base64(_text(letter, form))


def _headers(letter: Letter, form: Form) -> Mapping[str, str]:
    domain = form.address.rpartition("@")[2]
    return {
        "From": f"{_encoded(one_line(form.sender))}\r\n <{form.address}>",
        "Reply-To": form.return_path(letter.token),
        "To": letter.address,
        "Subject": _encoded(SUBJECT.substitute(number=form.numbered(letter.serial))),
        "Date": format_datetime(letter.drafted_at.astimezone(BANGKOK)),
        "Message-ID": f"<{letter.token}@{domain}>",
        "X-Saraban-Letter": letter.token,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "base64",
        "Content-Language": "th",
    }


def _text(letter: Letter, form: Form) -> str:
    replaced = "" if letter.replaces is None else REPLACES.substitute(number=form.numbered(letter.replaces))
    return form.text.substitute(
        number=form.numbered(letter.serial),
        date=thai_date(letter.drafted_at.astimezone(BANGKOK).date()),
        name=one_line(letter.name),
        address=letter.address,
        replaces=replaced,
        sender=one_line(form.sender),
    )


def one_line(text: str) -> str:
    """Return a text without control or format characters, so that no name can end a header or hide its direction."""
    if text.isprintable():
        return text.strip()
    return "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text
                   if unicodedata.category(c) != "Cf").strip()


def _encoded(text: str) -> str:
    """Return a text as encoded words, a line each (RFC 2047); email.header would take longer than the whole letter."""
    words = (text[i:i + WORD].encode() for i in range(0, len(text), WORD))
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words)


def _base64(text: str) -> bytes:
    octets = base64.b64encode(text.replace("\n", "\r\n").encode())
    whole, rest = divmod(len(octets), LINE)
    lines = struct.unpack(f"{LINE}s" * whole + f"{rest}s" * bool(rest), octets)   # the quickest way to cut so many pieces
    return b"\r\n".join((*lines, b""))
