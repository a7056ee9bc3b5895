"""Takes a mail apart, within limits: headers, words, machine-readable reports, and what is left of a returned original.

Knows the forms of RFC 5322, 2045-2047 and 3462, and that half of the world breaks them. Own splitting instead of the
`email` package because that one recurses, is quadratic in places, and leaves message/global-delivery-status whole; here
every step is linear and every size has a bound. Refuses to know what any of it means, and never raises anything but
LimitError.
"""

import binascii
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from sarabanwatch.core.facts import foreign
from sarabanwatch.core.facts.foreign import clean

# what stands behind is not looked at: a scanned letter may be large, its words come first
MOST_OCTETS = 4 << 20
MOST_HEAD = 256 << 10     # octets of one header block
MOST_HEADERS = 1_000
MOST_PARTS = 200
DEEPEST = 12
LONGEST_HEADER = 8 << 10  # of one header's value, and what we decode of it
MOST_WORDS = 64 << 10     # of text kept to be read


class LimitError(ValueError):
    """A limit was passed; says which."""


HEADER = re.compile(r"^([!-9;-~]{1,80})[ \t]*:[ \t]*(.*(?:\n[ \t].*)*)", re.MULTILINE)
PARAMETER = re.compile(r';\s*([\w-]{1,40})\*?(?:0\*?)?\s*=\s*(?:"([^"]{0,300})"|([^\s;"]{1,300}))')
ENCODED = re.compile(
    r"=\?([\w.:-]{1,40})(?:\*[\w-]{0,20})?\?([bqBQ])\?([^?\s]{0,1000})\?=(?:\s+(?==\?))?"
)
# spaces within, as some leave them
LOOSE_ENCODED = re.compile(r"=\?([\w.:-]{1,40})\?([qQ])\?([^?\n]{0,1000})\?=")
CHARSETS = re.compile(r"(us-ascii|utf-?(7|8|16|32)|iso-?(8859|2022)|(windows-?|cp-?|ibm)\d|tis-?620|koi8|big5|gb|euc|"
                      r"shift.?jis|s-?jis|ks_c|hz)", re.IGNORECASE)   # none that decompresses, executes or is quadratic
ALIASES = {"windows-874": "cp874", "iso-8859-11": "iso8859_11", "cp-850": "cp850",
           "iso-8859-8-i": "iso8859_8",
           "gb2312": "gb18030", "iso-2022-jp": "iso2022_jp_2"}
TAG_UNSHOWN = re.compile(r"<(style|script|head)\b", re.IGNORECASE)
TAG_BREAK = re.compile(r"<(?:br|/?p|/?div|/?tr|/?li|/?t[dh]|/?h\d|hr|/?table)\b[^<>]{0,2000}>",
                       re.IGNORECASE)
TAG = re.compile(r"</?[a-zA-Z!][^<>@]{0,2000}>")
ORIGINALS = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers",
             "message/rfc822-headers")


@dataclass(frozen=True, slots=True)
class Headers:
    """Header fields of one block, names in small letters, values as they stand, in order of appearance."""

    fields: dict[str, list[str]] = field(default_factory=dict)

    def all(self, *names: str) -> Iterator[str]:
        """Yield the decoded values of these fields, by order of `names`."""
        return (decoded(value) for name in names for value in self.fields.get(name, ()))

    def get(self, *names: str) -> str:
        """Return the decoded value of the first field among `names` that says anything, by order of `names`, or ""."""
        for name in names:
            for value in self.fields.get(name, ()):
                if text := decoded(value):
                    return text
        return ""


@dataclass(frozen=True, slots=True)
class Part:
    """One MIME part: its media type in small letters, parameters, headers, and its body as octets (latin-1)."""

    kind: str
    parameters: dict[str, str]
    headers: Headers
    body: str

    def text(self) -> str:
        """Return the body as text, its transfer encoding and charset undone as well as can be."""
        octets = _untransferred(self.body,
                                self.headers.get("content-transfer-encoding").lower().strip())
        return readable(octets, self.parameters.get("charset", ""))


@dataclass
class Mail:
    """What a reader of returned mail wants to see of one mail."""

    headers: Headers
    report: str = ""                                        # report-type of multipart/report, or ""
    words: str = ""                                         # what a person would read, html undone
    # message/delivery-status (RFC 3464, RFC 6533)
    statuses: list[str] = field(default_factory=list)
    # message/disposition-notification (RFC 8098)
    dispositions: list[str] = field(default_factory=list)
    feedback: list[str] = field(default_factory=list)       # message/feedback-report (RFC 5965)
    # returned mails, or their headers, as text
    originals: list[str] = field(default_factory=list)

    @cached_property
    def original(self) -> Headers:
        """The headers of the first returned original."""
        return headers_of(self.originals[0]) if self.originals else Headers()


def take_apart(raw: bytes) -> Mail:
    """Return the mail's parts by what they are for; raise LimitError where a limit is passed."""
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


def headers_of(text: str) -> Headers:
    """Return the header block at the beginning of a text; fields come in order, whatever is no field is skipped."""
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
    """Return a header's value unfolded, its encoded words (RFC 2047) and raw 8-bit octets made readable."""
    value = value[:LONGEST_HEADER].replace("\n", "").replace("\t", " ").replace("\0", "").strip()
    if not value.isascii():
        value = readable(value.encode("latin-1", "replace"), "") if max(value) <= "\xff" else value
    if "=?" in value:
        value = LOOSE_ENCODED.sub(lambda m: _word(*m.groups()), _joined(value))
    return clean(value, LONGEST_HEADER).replace("\n", " ")


def readable(octets: bytes, charset: str) -> str:
    """Return octets as clean text: by the charset they claim, else UTF-8, else Thai (cp874); never raises.

    Every word of a mail that anybody will see comes through here or through `decoded`, so here it is made clean.
    """
    return clean(_said(octets, charset.lower().strip(" '\"")), MOST_OCTETS)


def _said(octets: bytes, charset: str) -> str:
    for name in (ALIASES.get(charset, charset), "utf-8"):
        if CHARSETS.match(name):
            try:
                return octets.decode(name)
            except (UnicodeError, LookupError, ValueError):
                continue
    known = CHARSETS.match(charset) and "utf" not in charset and "ascii" not in charset
    if known or not _mostly_utf8(octets):
        return octets.decode("cp874", "replace")
    # a Thai word in a page of English
    return foreign.thai(octets) or octets.decode("utf-8", "replace")


def _mostly_utf8(octets: bytes) -> bool:
    return octets.decode("utf-8", "replace").count("\ufffd") * 10 < len(octets)


def _joined(value: str) -> str:
    """Undo encoded words; neighbours of one charset are joined first, since some cut a letter in two."""
    pieces: list[str] = []
    held, octets, at = "", b"", 0
    for match in ENCODED.finditer(value):
        charset, way, text = match[1].lower(), match[2].lower(), match[3]
        if match.start() != at or charset != held:
            pieces += [readable(octets, held), value[at:match.start()]]
            held, octets = charset, b""
        octets += _octets(way, text)
        at = match.end()
    return "".join((*pieces, readable(octets, held), value[at:]))


def _word(charset: str, way: str, text: str) -> str:
    return readable(_octets(way.lower(), text), charset)


def _octets(way: str, text: str) -> bytes:
    return _from_base64(text) if way == "b" else binascii.a2b_qp(text.encode("latin-1", "replace"),
                                                                 header=True)


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
    """Yield the parts that hold no further ones, in order; a returned mail is a leaf."""
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


def _delimiters(body: str, mark: str) -> Iterator[tuple[int, int, bool]]:
    """Yield where each delimiter line begins and ends, and whether it is the closing one (RFC 2046, 5.1.1)."""
    at = body.find(mark)
    while at >= 0:
        end = body.find("\n", at + 1)
        end = len(body) if end < 0 else end
        rest = body[at + len(mark):end].rstrip(" \t")
        if rest in ("", "--"):
            yield at, end, rest == "--"
        at = body.find(mark, end)


def _sort(part: Part, mail: Mail, plain: list[str], rich: list[str]) -> None:
    """Put one leaf where it belongs."""
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
    """Return what html shows, roughly: no tags, no styles, breaks as lines."""
    text = TAG_BREAK.sub("\n", "".join(_shown(text)))
    return html.unescape(TAG.sub("", text))


def _shown(text: str) -> Iterator[str]:
    """Yield what stands between styles and scripts; one that is never closed hides the rest."""
    small, at = text.lower(), 0
    while found := TAG_UNSHOWN.search(small, at):
        yield text[at:found.start()]
        end = small.find(f"</{found[1]}", found.end())
        at = len(text) if end < 0 else end
    yield text[at:]
