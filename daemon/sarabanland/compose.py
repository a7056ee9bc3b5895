"""Composes mail as bytes: header fields, which may be Thai, and one body or several parts.

This is not done by the `email` package for two reasons: five thousand answers a minute are needed,
and in charsets and encodings that a tidy library does not write.
"""

import base64
import quopri
from datetime import datetime
from email.utils import format_datetime
from typing import NamedTuple

WORD = 45       # octets of UTF-8 in one encoded word (RFC 2047 allows 75 characters in all)

Fields = list[tuple[str, str]]


class Text(NamedTuple):
    """A text body and the way it is written down."""

    text: str
    charset: str = "utf-8"
    encoding: str = "base64"        # base64, quoted-printable or 8bit
    subtype: str = "plain"


def encoded(text: str) -> str:
    """Return a header value, in encoded words where it is not ASCII (RFC 2047)."""
    if text.isascii():
        return text
    words, run = [], b""
    for letter in text:
        octets = letter.encode()
        if len(run) + len(octets) > WORD:
            words.append(run)
            run = b""
        run += octets
    return "\r\n ".join(f"=?utf-8?B?{base64.b64encode(word).decode()}?=" for word in [*words, run])


def named(name: str, address: str) -> str:
    """Return a mailbox with a display name."""
    return f"{encoded(name)} <{address}>"


def dated(when: datetime) -> str:
    """Return a time as the Date field has it."""
    return format_datetime(when)


def single(fields: Fields, body: Text) -> bytes:
    """Return a mail of one text."""
    return lines([*fields, ("MIME-Version", "1.0")]) + _part(body)


def report(fields: Fields, kind: str, boundary: str, parts: list[tuple[str, bytes]]) -> bytes:
    """Return a multipart/report (RFC 6522) of parts given as (Content-Type, octets)."""
    top = lines(
        [
            *fields,
            ("MIME-Version", "1.0"),
            ("Content-Type", f'multipart/report; report-type={kind};\r\n boundary="{boundary}"'),
        ]
    )
    opened = b"--" + boundary.encode()
    body = b"".join(b"%b\r\nContent-Type: %b\r\n\r\n%b\r\n" % (opened, mime.encode(), octets)
                    for mime, octets in parts)
    return b"%b\r\n%b%b--\r\n" % (top, body, opened)


def lines(fields: Fields) -> bytes:
    """Return fields as a block of lines, without those whose value is empty.

    Octets that a host said are written as it said them (lone surrogates, PEP 383).
    """
    return "".join(f"{name}: {value}\r\n" for name, value in fields if value).encode(
        "utf-8", "surrogateescape"
    )


def _part(body: Text) -> bytes:
    # Python lacks Outlook's name for it
    codec = "cp874" if body.charset == "windows-874" else body.charset
    octets = body.text.replace("\n", "\r\n").encode(codec, "replace")
    match body.encoding:
        case "base64":
            octets = base64.encodebytes(octets).replace(b"\n", b"\r\n")
        case "quoted-printable":
            octets = quopri.encodestring(octets.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    head = lines([("Content-Type", f"text/{body.subtype}; charset={body.charset}"),
                  ("Content-Transfer-Encoding", body.encoding)])
    return head + b"\r\n" + octets + b"\r\n"
