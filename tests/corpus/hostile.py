"""Mails that were made to hurt whoever reads them, by name.

Large ones are made when asked for, never kept as files.
"""

import base64
from collections.abc import Callable, Iterator

HEAD = b"From: a@hostile.test\r\nTo: probes@probe.test\r\nSubject: x\r\n"
REPORT = b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'


def multipart(*parts: bytes, boundary: bytes = b"b") -> bytes:
    """Return a multipart/mixed mail of these parts."""
    lines = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    return (
        HEAD + b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n' + lines
        + b"--" + boundary + b"--\r\n"
    )


def nested(depth: int, kind: bytes) -> bytes:
    """Return a mail nested so deep in parts of one kind."""
    opened = b"".join(
        b"Content-Type: " + kind + b'; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level)
        for level in range(depth))
    return HEAD + opened + b"Content-Type: text/plain\r\n\r\nbottom\r\n"


def field(name: bytes, value: bytes) -> bytes:
    """Return a mail with one field of this value."""
    return HEAD + name + b": " + value + b"\r\n\r\nbody\r\n"


def typed(content_type: bytes, body: bytes, *, encoding: bytes = b"8bit") -> bytes:
    """Return a mail of one part."""
    return (
        HEAD + b"Content-Type: " + content_type + b"\r\nContent-Transfer-Encoding: " + encoding
        + b"\r\n\r\n" + body
    )


def status(fields: bytes) -> bytes:
    """Return a DSN with these fields."""
    return (
        HEAD + REPORT + b"--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        + fields + b"\r\n--b--\r\n"
    )


def bounce(text: bytes) -> bytes:
    """Return a bounce in running text."""
    return (
        b"From: MAILER-DAEMON@hostile.test\r\nSubject: Undelivered Mail Returned to Sender\r\n\r\n"
        + text
    )


RFC822 = b"Content-Type: message/rfc822\r\n\r\n"
MAILS: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "one octet": lambda: b"\xff",
    "only line ends": lambda: b"\r\n" * 100_000,
    "only carriage returns": lambda: b"\r" * 100_000,
    "only NULs": lambda: b"\0" * 100_000,
    "no headers": lambda: b"\r\nbody",
    "no body": lambda: HEAD,
    "no colon anywhere": lambda: b"word " * 200_000,
    "every octet": lambda: bytes(range(256)) * 4_000,
    "a bare mbox line": lambda: b"From x Thu Jan  1 00:00:00 1970\r\n" + HEAD + b"\r\nx",
    "a million headers": lambda: b"X: y\r\n" * 1_000_000 + b"\r\n",
    "ten thousand headers": lambda: b"X: y\r\n" * 10_000 + b"\r\nbody",
    "one endless header": lambda: field(b"Subject", b"x" * 3_000_000),
    "one endless header name": lambda: b"X" * 3_000_000 + b": y\r\n\r\nbody",
    "endless folding": lambda: field(b"Subject", b"\r\n ".join([b"x"] * 300_000)),
    "blank folding": lambda: field(b"Subject", b"\r\n " * 300_000),
    "spaces before the colon": lambda: HEAD + b"Subject" + b" " * 1_000_000 + b": x\r\n\r\n",
    "a thousand recipients": lambda: field(b"Cc",
                                           b", ".join(b"a%d@x.test" % n for n in range(100_000))),
    "parentheses in To": lambda: field(b"To", b"(" * 500),
    "many parentheses in To": lambda: field(b"To", b"(" * 200_000),
    "quotes in To": lambda: field(b"To", b'"' * 200_000),
    "at signs in From": lambda: field(b"From", b"@" * 200_000),
    "angles in From": lambda: field(b"From", b"<" * 200_000),
    "long local part": lambda: field(b"From", b"a" * 200_000 + b"@x.test"),
    "dots in a domain": lambda: field(b"From", b"a@" + b"a." * 100_000),
    "a hundred thousand encoded words": lambda: field(b"Subject", b"=?utf-8?q?a?= " * 100_000),
    "encoded words in many charsets": lambda: field(b"Subject",
                                                    b" ".join(b"=?x%d?q?a?=" % n
                                                              for n in range(50_000))),
    "an encoded word without end": lambda: field(b"Subject", b"=?utf-8?q?" + b"a" * 500_000),
    "beginnings of encoded words": lambda: field(b"Subject", b"=?" * 250_000),
    "an encoded word of a bomb's codec": lambda: field(b"Subject", b"=?zlib?b?eJxLTEoGAAJNASc=?="),
    "an encoded word in punycode": lambda: field(b"Subject",
                                                 b"=?punycode?q?" + b"a" * 900 + b"-" + b"9" * 90
                                                 + b"?="),
    "bad base64 in a header": lambda: field(b"Subject", b"=?utf-8?b?====A=A=A=?="),
    "nested encoded words": lambda: field(b"Subject",
                                          b"=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3F=3D?=" * 10_000),
    "raw Thai in a header": lambda: field(b"Subject", "เลขรับ ๑๒".encode("cp874") * 20_000),
    "a thousand nested messages": lambda: HEAD + RFC822 * 1_000,
    "a hundred thousand nested messages": lambda: HEAD + RFC822 * 100_000,
    "nested in multiparts": lambda: nested(1_000, b"multipart/mixed"),
    "nested in reports": lambda: nested(5_000, b"multipart/report"),
    "nested twelve deep, each large": lambda: nested(12, b"multipart/mixed") + b"x" * 3_000_000,
    "ten thousand parts": lambda: multipart(*[b"\r\nx"] * 10_000),
    "a million boundaries": lambda: HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\n" * 1_000_000,
    "an empty boundary": lambda: multipart(b"\r\nx", boundary=b""),
    "a boundary of a pattern": lambda: multipart(b"\r\nx", boundary=b"(a+)+$"),
    "a boundary that never comes": lambda: HEAD
    + b"Content-Type: multipart/mixed; boundary=no\r\n\r\n" + b"--n\r\n" * 500_000,
    "an endless boundary": lambda: HEAD + b'Content-Type: multipart/mixed; boundary="'
    + b"b" * 1_000_000 + b'"\r\n\r\nx',
    "endless parameters": lambda: typed(b"text/plain" + b"; a=b" * 200_000, b"x"),
    "semicolons for parameters": lambda: typed(b"text/plain" + b";" * 1_000_000, b"x"),
    "quotes for parameters": lambda: typed(b'text/plain; a="' + b'\\"' * 500_000, b"x"),
    "split parameters": lambda: typed(b"text/plain"
                                      + b"".join(b"; a*%d=b" % n for n in range(50_000)), b"x"),
    "a charset that decompresses": lambda: typed(b"text/plain; charset=zlib", b"eJxLTEoGAAJNASc="),
    "a charset that executes": lambda: typed(b"text/plain; charset=unicode_escape",
                                             b"\\x41" * 100_000),
    "a charset of idna": lambda: typed(b"text/plain; charset=idna", b"xn--" + b"a" * 500_000),
    "a charset of punycode": lambda: typed(b"text/plain; charset=punycode",
                                           b"a" * 200_000 + b"-" + b"z" * 200_000),
    "an unknown charset": lambda: typed(b"text/plain; charset=x-no-such", b"\xff" * 100_000),
    "a charset with a NUL": lambda: typed(b"text/plain; charset=utf\0-8", b"x"),
    "an endless charset": lambda: typed(b"text/plain; charset=" + b"u" * 1_000_000, b"x"),
    "bad UTF-7": lambda: typed(b"text/plain; charset=utf-7", b"+" * 500_000),
    "broken ISO-2022": lambda: typed(b"text/plain; charset=iso-2022-jp",
                                     b"\x1b$B\x7f\xff" * 100_000),
    "half of UTF-16": lambda: typed(b"text/plain; charset=utf-16", b"\x00\xd8" * 200_001),
    "a base64 bomb": lambda: typed(b"text/plain", base64.encodebytes(b"x" * 20_000_000),
                                   encoding=b"base64"),
    "base64 of nothing": lambda: typed(b"text/plain", b"=" * 1_000_000, encoding=b"base64"),
    "quoted-printable of nothing": lambda: typed(b"text/plain", b"=" * 1_000_000,
                                                 encoding=b"quoted-printable"),
    "an unknown encoding": lambda: typed(b"text/plain", b"x" * 1_000_000, encoding=b"x-uuencode"),
    "html of opening angles": lambda: typed(b"text/html", b"<" * 1_000_000),
    "html of opening tags": lambda: typed(b"text/html", b"<a " * 400_000),
    "html of opening styles": lambda: typed(b"text/html", b"<style>" * 200_000),
    "html of comments": lambda: typed(b"text/html", b"<!--" * 300_000),
    "html of entities": lambda: typed(b"text/html", b"&#9999999999999;" * 60_000),
    "html nested deep": lambda: typed(b"text/html", b"<div>" * 300_000),
    "a status without end": lambda: status(
            b"Final-Recipient: rfc822; a@x.test\r\nAction: failed\r\n\r\n" * 50_000),
    "a status of blank lines": lambda: status(b"\r\n" * 500_000),
    "a status with an endless diagnosis": lambda: status(
        b"Final-Recipient: rfc822; a@x.test\r\nAction: failed\r\nDiagnostic-Code: smtp; 550 "
        + b"5.1.1 " * 200_000),
    "a status with an endless recipient": lambda: status(b"Final-Recipient: rfc822; "
                                                         + b"a" * 1_000_000 + b"@x.test"),
    "a status without values": lambda: status(
            b"Final-Recipient:\r\nAction:\r\nStatus:\r\nDiagnostic-Code:\r\n"),
    "a status of NULs": lambda: status(b"Final-Recipient: rfc822;\0\0@\0\r\nAction: fai\0led\r\n"),
    "a bounce of addresses": lambda: bounce(b"<a@x.test>:\r\n" * 100_000),
    "a bounce of at signs": lambda: bounce(b"@" * 500_000),
    "a bounce of dashes": lambda: bounce(b"-" * 1_000_000 + b"\r\n" + b" " * 1_000_000),
    "a bounce of quotes": lambda: bounce(b'"' * 500_000),
    "a bounce of labels": lambda: bounce(b"recipient " * 100_000),
    "a bounce of codes": lambda: bounce(b"550 5.1.1 " * 100_000),
    "a bounce on one line": lambda: bounce(b"x" * 2_000_000 + b" a@x.test"),
    "a notice of brackets": lambda: HEAD + b"\r\n" + b'{"a":' * 100_000,
    "a notice of lists": lambda: HEAD + b"\r\n" + b'{"notificationType":"Bounce","bounce":'
    + b"[" * 100_000,
    "a notice of numbers": lambda: HEAD + b"\r\n" + b'{"notificationType":' + b"9" * 100_000 + b"}",
    "a feedback report of nothing": lambda: HEAD + b"Content-Type: message/feedback-report\r\n\r\n",
    "a reading receipt of headers": lambda: HEAD
    + b"Content-Type: message/disposition-notification\r\n\r\n" + b"A: b\r\n" * 50_000,
    "quoting without end": lambda: typed(b"text/plain", b"> " * 1_000_000),
    "wrote without end": lambda: typed(b"text/plain",
                                       b"On " + b"a " * 500_000 + b"\r\n" + b"On x\r\n" * 100_000),
    "labels of receipts": lambda: typed(b"text/plain; charset=utf-8", "เลขรับ".encode() * 100_000),
    "labels of receipts and dashes": lambda: typed(b"text/plain; charset=utf-8",
                                                   ("เลขรับ" + "-" * 40).encode() * 20_000),
    "tokens without end": lambda: field(b"To", b"sw" + b"a" * 25 + b" ")
    + b" swaaaaaaaaaaaaaaaaaaaaaaaaa" * 50_000,
    "letter numbers without end": lambda: field(b"Subject",
                                                ("นร 1200/ท" + "1" * 20).encode() * 20_000),
}


def all_of_them() -> Iterator[tuple[str, bytes]]:
    """Yield each with its name."""
    return ((name, make()) for name, make in MAILS.items())
