"""The text of a letter -> a MIME message: plain text, HTML beside it, and a PDF attached.

What does not change from letter to letter is encoded once, and the personal parts are inserted. A
letter carries none of the header fields that suppress bounces or receipts (`Auto-Submitted`,
`X-Auto-Response-Suppress`, `Precedence`).
"""

import base64
import struct
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from html import escape
from string import Template

from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.facts.letter import Letter
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.letters.wording import CLOSING, Form, Paper, one_line, paper

LINE = 76   # octets of base64 in one line (RFC 2045 section 6.8) ...
HELD = 57   # ... and of the content that they encode
# characters in one encoded word: 36 octets of UTF-8 at most, so that it fits a line with its field
WORD = 9
TITLE = Template("ทดสอบการรับหนังสือราชการทางอีเมล ที่ $number")
CATCH_ALL_TITLE = Template("ทดสอบชื่ออีเมลที่ไม่มีผู้ใช้ ที่ $number")
HEAD = Template("""\
<!DOCTYPE html>
<html lang="th"><head><meta charset="utf-8"><title>$subject</title></head>
<body style="font-family:'TH SarabunPSK','TH Sarabun New','TH SarabunIT๙',\
'Sarabun',sans-serif;font-size:16pt;line-height:1.4">
<div style="max-width:42em;margin:0 auto;padding:1em;overflow-wrap:anywhere">
<table role="presentation" style="width:100%;border-collapse:collapse;font-size:inherit">
<tr><td style="vertical-align:top">ที่ $number</td>
<td style="vertical-align:top;width:50%">$office</td></tr></table>
<p style="margin-left:50%">$date</p>
<p>เรื่อง&ensp;$subject</p>
<p>เรียน&ensp;$to</p>
""".replace("\n", "\r\n"))
FOOT = Template("""\
<p style="margin-left:40%;text-align:center">$closing<br><br>$signature</p>
<p style="font-size:14pt">$contact</p>
$below</div></body></html>
""".replace("\n", "\r\n"))
# No boundary can stand in base64 (RFC 2045 section 6.7 recommends "=_" for this).
MIXED, ALTERNATIVE = "=_mixed", "=_alternative"
BLANK = "\r\n\r\n"
ENCODED_AT_MOST = 4096     # pieces in the cache: those of every letter stay, personal ones go


def compose(letter: Letter, form: Form, pdf: bytes = b"") -> bytes:
    """Return the message (RFC 5322, CRLF, 7-bit clean); `pdf` is the same letter, or empty."""
    parts = paper(letter, form)
    content = [_opened("text/plain; charset=utf-8"), *spliced(text(parts))]
    if form.letter.html:
        content = _parts("alternative", ALTERNATIVE, content,
                         [_opened("text/html; charset=utf-8"), *spliced(html(parts))])
    if pdf:
        enclosed = part(
            "application/pdf", pdf,
            f'Content-Disposition: attachment; filename="letter-{letter.serial}.pdf"\r\n',
        )
        content = _parts("mixed", MIXED, content, [enclosed])
    headers = "".join(f"{name}: {value}\r\n" for name, value in _headers(letter, form).items())
    # joined once: copying is most of the work
    return b"".join((headers.encode("ascii"), *content))


def text(parts: Paper) -> Iterator[str]:
    """Yield a letter as plain text, piece by piece; lines end in CRLF."""
    office = ("\r\n".join(parts.office),) if parts.office else ()
    yield BLANK.join((f"ที่ {parts.number}", *office, parts.date, f"เรื่อง  {parts.subject}",
                      f"เรียน  {parts.to}"))
    for paragraph in parts.body:
        yield BLANK
        yield paragraph
    yield BLANK.join((f"{BLANK}{CLOSING}", "\r\n".join(parts.signature),
                      *filter(None, ["\r\n".join(parts.contact)]), *parts.below))
    yield "\r\n"


def html(parts: Paper) -> Iterator[str]:
    """Yield a letter as an HTML page without script, picture or link, piece by piece.

    A picture would be held back by many mail programs, and held against us by filters: the garuda
    stands on the paper alone.
    """
    yield HEAD.substitute(number=escape(parts.number), date=escape(parts.date),
                          office=_lines(parts.office), subject=escape(parts.subject),
                          to=escape(parts.to))
    yield from map(_indented, parts.body)
    yield FOOT.substitute(closing=CLOSING, signature=_lines(parts.signature),
                          contact=_lines(parts.contact), below="".join(map(_english, parts.below)))


def _lines(lines: Iterable[str]) -> str:
    return "<br>".join(map(escape, lines))


def _english(paragraph: str) -> str:
    return f'<hr><p lang="en" style="font-size:14pt">{escape(paragraph)}</p>\r\n'


@lru_cache(maxsize=ENCODED_AT_MOST)
def _indented(paragraph: str) -> str:
    return f'<p style="text-indent:3em">{escape(paragraph)}</p>\r\n'


def _headers(letter: Letter, form: Form) -> Mapping[str, str]:
    domain, home = form.sender.address.rpartition("@")[2], form.return_path(letter.token)
    title = CATCH_ALL_TITLE if letter.purpose is Purpose.CATCH_ALL else TITLE
    return {
        "From": f"{encoded(one_line(form.sender.name))}\r\n <{form.sender.address}>",
        "Reply-To": home,
        "To": letter.address,
        "Subject": encoded(title.substitute(number=form.numbered(letter.serial))),
        "Date": _dated(letter.drafted_at),
        "Message-ID": f"<{letter.token}@{domain}>",
        "X-Saraban-Letter": letter.token,
        **({"Disposition-Notification-To": home} if form.letter.asks_displayed else {}),
        "Content-Language": "th",
        "MIME-Version": "1.0",
    }


@lru_cache(maxsize=ENCODED_AT_MOST)
def _dated(moment: datetime) -> str:
    return format_datetime(moment.astimezone(BANGKOK))


def _opened(kind: str, disposition: str = "") -> bytes:
    """Return the header fields of a part, whose content is to follow in base64."""
    return (
        f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n{disposition}\r\n".encode()
    )


def part(kind: str, content: bytes, disposition: str = "") -> bytes:
    """Return a part of a message: its fields and its content in base64."""
    return _opened(kind, disposition) + _base64(content)


def body(words: str, pdf: bytes, name: str) -> bytes:
    """Return the content fields and the content of a mail: plain text, and a PDF enclosed if any.

    `name` is the file's, in ASCII.
    """
    text_ = part("text/plain; charset=utf-8", words.encode())
    if not pdf:
        return text_
    enclosed = part("application/pdf", pdf,
                    f'Content-Disposition: attachment; filename="{name}"\r\n')
    return b"".join(_parts("mixed", MIXED, [text_], [enclosed]))


def _parts(kind: str, boundary: str, *parts: list[bytes]) -> list[bytes]:
    """Enclose parts, which end in CRLF, in a multipart (RFC 2046 section 5.1)."""
    inside = (octets for part in parts for octets in (f"--{boundary}\r\n".encode(), *part))
    return [f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode(), *inside,
            f"--{boundary}--\r\n".encode()]


def encoded(words: str) -> str:
    """Return a text as encoded words, one a line (RFC 2047).

    The standard library's email.header would take longer than the whole letter.
    """
    return "\r\n ".join(_word(words[i:i + WORD]) for i in range(0, len(words), WORD))


@lru_cache(maxsize=ENCODED_AT_MOST)
def _word(piece: str) -> str:
    return f"=?utf-8?b?{base64.b64encode(piece.encode()).decode()}?="


def spliced(pieces: Iterable[str]) -> Iterator[bytes]:
    """Yield joined pieces in lines of base64; a long one that was encoded before is not again.

    A long piece begins a line of its own, behind one that may be short: three octets are four
    characters, so all that its lines depend on is how many octets, 0 to 2, the line before lacks.
    If lines ran on, each piece would be kept for all HELD places where it may begin in one, which
    is more than a processor's own cache takes.
    """
    begun = b""
    for piece in pieces:
        head, whole, rest = _cut(piece, -len(begun) % 3)
        begun += head
        if whole:
            yield _base64(begun)
            yield whole
            begun = b""
        begun += rest
    yield _base64(begun)


@lru_cache(maxsize=ENCODED_AT_MOST)
def _cut(piece: str, lacking: int) -> tuple[bytes, bytes, bytes]:
    """Return the octets that the line before lacks, the piece's whole lines, and the rest."""
    octets = piece.encode()
    behind = octets[lacking:]
    end = len(behind) - len(behind) % HELD
    return octets[:lacking], _base64(behind[:end]), behind[end:]


def _base64(content: bytes) -> bytes:
    octets = base64.b64encode(content)
    whole, rest = divmod(len(octets), LINE)
    # the fastest way to cut so many pieces
    lines = struct.unpack(f"{LINE}s" * whole + f"{rest}s" * bool(rest), octets)
    return b"\r\n".join((*lines, b""))
