"""Parses a mail within limits: headers, text, machine-readable reports, and the returned original.

It follows RFC 5322, 2045 to 2047 and 3462, and allows for senders that break them. It does not use
the `email` package, which recurses, is quadratic in places, and leaves
message/global-delivery-status whole. Here every step is linear and every size is limited. It raises
nothing but LimitError.
"""

import binascii
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from sarabanwatch.core.facts import foreign
from sarabanwatch.core.facts.foreign import clean

MOST_OCTETS = 4 << 20     # octets that are read; in a large mail the text comes before attachments
MOST_HEAD = 256 << 10     # octets of one header block
MOST_HEADERS = 1_000
MOST_PARTS = 200
DEEPEST = 12
LONGEST_HEADER = 8 << 10  # of one header's value, and what we decode of it
MOST_WORDS = 64 << 10     # of text kept to be read


class LimitError(ValueError):
    """A mail is over a limit; the message says which."""


BLANK_LINE = re.compile(rb"\n\r?\n")
HEADER = re.compile(r"^([!-9;-~]{1,80})[ \t]*:[ \t]*(.*(?:\n[ \t].*)*)", re.MULTILINE)
PARAMETER = re.compile(r';\s*([\w-]{1,40})\*?(?:0\*?)?\s*=\s*(?:"([^"]{0,300})"|([^\s;"]{1,300}))')
ENCODED = re.compile(
    r"=\?([\w.:-]{1,40})(?:\*[\w-]{0,20})?\?([bqBQ])\?([^?\s]{0,1000})\?=(?:\s+(?==\?))?"
)
# with spaces inside, which some senders leave there
LOOSE_ENCODED = re.compile(r"=\?([\w.:-]{1,40})\?([qQ])\?([^?\n]{0,1000})\?=")
CHARSETS = re.compile(      # no codec that decompresses, executes or is quadratic
    r"(us-ascii|utf-?(7|8|16|32)|iso-?(8859|2022)|(windows-?|cp-?|ibm)\d|tis-?620|koi8|big5|gb|euc|"
    r"shift.?jis|s-?jis|ks_c|hz)", re.IGNORECASE)
ALIASES = {"windows-874": "cp874", "iso-8859-11": "iso8859_11", "cp-850": "cp850",
           "iso-8859-8-i": "iso8859_8", "gb2312": "gb18030", "iso-2022-jp": "iso2022_jp_2"}
TAG_UNSHOWN = re.compile(r"<(style|script|head)\b", re.IGNORECASE)
TAG_BREAK = re.compile(r"<(?:br|/?p|/?div|/?tr|/?li|/?t[dh]|/?h\d|hr|/?table)\b[^<>]{0,2000}>",
                       re.IGNORECASE)
TAG = re.compile(r"</?[a-zA-Z!][^<>@]{0,2000}>")
ORIGINALS = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers",
             "message/rfc822-headers")


@dataclass(frozen=True, slots=True)
class Headers:
    """The header fields of one block by their names in small letters, values not decoded."""

    fields: dict[str, list[str]] = field(default_factory=dict)

    def all(self, *names: str) -> Iterator[str]:
        """Yield the decoded values of these fields, by order of `names`."""
        return (decoded(value) for name in names for value in self.fields.get(name, ()))

    def get(self, *names: str) -> str:
        """Return the decoded value of the first of these fields that is not empty, or ""."""
        for name in names:
            for value in self.fields.get(name, ()):
                if text := decoded(value):
                    return text
        return ""


@dataclass(frozen=True, slots=True)
class Part:
    """One MIME part: media type in small letters, parameters, headers, body as latin-1."""

    kind: str
    parameters: dict[str, str]
    headers: Headers
    body: str

    def text(self) -> str:
        """Return the body as text, decoded as well as possible."""
        octets = _untransferred(self.body,
                                self.headers.get("content-transfer-encoding").lower().strip())
        return readable(octets, self.parameters.get("charset", ""))


@dataclass
class Mail:
    """The parts of a mail by their purpose.

    `report`: the report-type of multipart/report, or ""; `words`: what a person would read, without
    HTML tags; `statuses`: message/delivery-status (RFC 3464, RFC 6533); `dispositions`:
    message/disposition-notification (RFC 8098); `feedback`: message/feedback-report (RFC 5965);
    `originals`: returned mails, or their headers.
    """

    headers: Headers
    report: str = ""
    words: str = ""
    statuses: list[str] = field(default_factory=list)
    dispositions: list[str] = field(default_factory=list)
    feedback: list[str] = field(default_factory=list)
    originals: list[str] = field(default_factory=list)

    @cached_property
    def original(self) -> Headers:
        """The headers of the first returned original."""
        return headers_of(self.originals[0]) if self.originals else Headers()


def take_apart(raw: bytes) -> Mail:
    """Return the parts of a raw mail; raise LimitError where it is over a limit."""
    text = raw[:MOST_OCTETS].decode("latin-1").replace("\r\n", "\n")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    top = _part(text.lstrip("\n"), "text/plain")
    mail = Mail(top.headers, top.parameters.get("report-type", "").lower())
    html_words: list[str] = []
    plain_words: list[str] = []
    for part in _leaves(top):
        _sort(part, mail, plain_words, html_words)
    mail.words = "\n".join(plain_words or html_words)[:MOST_WORDS]
    return mail


def head_of(raw: bytes) -> str:
    """Return the header block of a raw mail, as latin-1, not unfolded; no more than MOST_HEAD."""
    block = raw[:MOST_HEAD]
    end = BLANK_LINE.search(block, len(block) - len(block.lstrip(b"\r\n")))
    text = block[:end.end() if end else None].decode("latin-1").replace("\r\n", "\n")
    return text.lstrip("\n").partition("\n\n")[0]


def headers_of(text: str) -> Headers:
    """Return the header block at the beginning of a text; lines that are no field are skipped."""
    head = text.lstrip("\n").partition("\n\n")[0]
    if len(head) > MOST_HEAD:
        raise LimitError("header block too large")
    rows = HEADER.findall(head)
    if len(rows) > MOST_HEADERS:
        raise LimitError("too many headers")
    fields: dict[str, list[str]] = {}
    for name, value in rows:
        fields.setdefault(name.lower(), []).append(value)
    return Headers(fields)


def decoded(value: str) -> str:
    """Return a header's value unfolded and decoded (RFC 2047, raw 8-bit octets)."""
    value = value[:LONGEST_HEADER].replace("\n", "").replace("\t", " ").replace("\0", "").strip()
    if not value.isascii():
        value = readable(value.encode("latin-1", "replace"), "") if max(value) <= "\xff" else value
    if "=?" in value:
        value = LOOSE_ENCODED.sub(lambda m: _word(*m.groups()), _joined(value))
    return clean(value, LONGEST_HEADER).replace("\n", " ")


def readable(octets: bytes, charset: str) -> str:
    """Return octets as clean text: by the charset they claim, else UTF-8, else Thai (cp874).

    All text of a mail that anybody will see comes through here or through `decoded`. Never raises.
    """
    return clean(_text(octets, charset.lower().strip(" '\"")), MOST_OCTETS)


def _text(octets: bytes, charset: str) -> str:
    for name in (ALIASES.get(charset, charset), "utf-8"):
        if CHARSETS.match(name):
            try:
                return octets.decode(name)
            except (UnicodeError, LookupError, ValueError):
                continue
    known = CHARSETS.match(charset) and "utf" not in charset and "ascii" not in charset
    if known or not _mostly_utf8(octets):
        return octets.decode("cp874", "replace")
    # a Thai word in an English page
    return foreign.thai(octets) or octets.decode("utf-8", "replace")


def _mostly_utf8(octets: bytes) -> bool:
    return octets.decode("utf-8", "replace").count("\ufffd") * 10 < len(octets)


def _joined(value: str) -> str:
    """Decode encoded words; neighbours of one charset are joined before, as some split a letter."""
    pieces: list[str] = []
    held, octets, at = "", b"", 0
    for match in ENCODED.finditer(value):
        charset, encoding, text = match[1].lower(), match[2].lower(), match[3]
        if match.start() != at or charset != held:
            pieces += [readable(octets, held), value[at:match.start()]]
            held, octets = charset, b""
        octets += _octets(encoding, text)
        at = match.end()
    return "".join((*pieces, readable(octets, held), value[at:]))


def _word(charset: str, encoding: str, text: str) -> str:
    return readable(_octets(encoding.lower(), text), charset)


def _octets(encoding: str, text: str) -> bytes:
    if encoding == "b":
        return _from_base64(text)
    return binascii.a2b_qp(text.encode("latin-1", "replace"), header=True)


def _from_base64(text: str) -> bytes:
    clean = re.sub(r"[^A-Za-z0-9+/]", "", text)
    clean = clean[:-1] if len(clean) % 4 == 1 else clean
    return binascii.a2b_base64(clean + "=" * (-len(clean) % 4))


def _untransferred(body: str, encoding: str) -> bytes:
    if encoding == "base64":
        return _from_base64(body)
    octets = body.encode("latin-1", "replace")
    return binascii.a2b_qp(octets) if encoding == "quoted-printable" else octets


def _part(text: str, default: str) -> Part:
    if text.startswith("\n"):
        return Part(default, {}, Headers(), text[1:])
    headers = headers_of(text)
    body = text.partition("\n\n")[2] if headers.fields else text
    declared = headers.fields.get("content-type", [""])[0][:LONGEST_HEADER]
    kind = declared.partition(";")[0].strip().lower() or default
    parameters = {name.lower(): quoted or bare
                  for name, quoted, bare in PARAMETER.findall(declared)}
    return Part(kind, parameters, headers, body)


def _leaves(top: Part) -> Iterator[Part]:
    """Yield the parts without parts of their own, in order; a returned mail is one of them."""
    waiting, seen = [(top, 0)], 0
    while waiting:
        part, depth = waiting.pop()
        seen += 1
        if seen > MOST_PARTS:
            raise LimitError("too many parts")
        if depth > DEEPEST:
            raise LimitError("nested too deep")
        inner = _split(part) if part.kind.startswith("multipart/") else []
        if inner:
            waiting += [(each, depth + 1) for each in reversed(inner)]
        else:
            yield part


def _split(part: Part) -> list[Part]:
    boundary = part.parameters.get("boundary", "")
    if not boundary:
        return []
    default = "message/rfc822" if part.kind == "multipart/digest" else "text/plain"
    body, pieces, start = "\n" + part.body, [], -1
    for at, end, last in _delimiters(body, "\n--" + boundary):
        if start >= 0:
            pieces.append(body[start:at])
        start = -1 if last else min(end + 1, len(body))
        if last or len(pieces) > MOST_PARTS:
            break
    if start >= 0:
        pieces.append(body[start:])
    return [_part(piece, default) for piece in pieces]


def _delimiters(body: str, delimiter: str) -> Iterator[tuple[int, int, bool]]:
    """Yield (begin, end, is the last) of each delimiter line (RFC 2046 section 5.1.1)."""
    at = body.find(delimiter)
    while at >= 0:
        end = body.find("\n", at + 1)
        end = len(body) if end < 0 else end
        rest = body[at + len(delimiter):end].rstrip(" \t")
        if rest in ("", "--"):
            yield at, end, rest == "--"
        at = body.find(delimiter, end)


def _sort(part: Part, mail: Mail, plain: list[str], rich: list[str]) -> None:
    """Put a part where it belongs in the mail."""
    if part.kind in ORIGINALS:
        mail.originals.append(part.text())
    elif part.kind.endswith("delivery-status"):
        mail.statuses.append(part.text())
    elif part.kind.endswith("disposition-notification"):
        mail.dispositions.append(part.text())
    elif part.kind == "message/feedback-report":
        mail.feedback.append(part.text())
    elif part.kind == "text/html":
        rich.append(without_tags(part.text()[:4 * MOST_WORDS]))
    elif part.kind.startswith(("text/", "multipart/")) or "/" not in part.kind:
        plain.append(part.text()[:MOST_WORDS])


def without_tags(text: str) -> str:
    """Return roughly what HTML shows: without tags and styles, breaks as lines."""
    text = TAG_BREAK.sub("\n", "".join(_shown(text)))
    return html.unescape(TAG.sub("", text))


def _shown(text: str) -> Iterator[str]:
    """Yield the text between styles and scripts; one that is never closed hides the rest."""
    small, at = text.lower(), 0
    while found := TAG_UNSHOWN.search(small, at):
        yield text[at:found.start()]
        end = small.find(f"</{found[1]}", found.end())
        at = len(text) if end < 0 else end
    yield text[at:]
