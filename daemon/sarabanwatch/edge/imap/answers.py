"""What the responses of an IMAP server say (RFC 3501 section 7). Nothing here trusts a number."""

import re
from collections.abc import Iterable

from sarabanwatch.edge.imap.framing import Garbled, Response
from sarabanwatch.edge.imap.names import ListedFolder, decoded

LAST_UID = 2**32 - 1
SEARCH = re.compile(rb"SEARCH\b(.*)", re.IGNORECASE | re.DOTALL)
FETCH = re.compile(rb"\d{1,10} FETCH \(", re.IGNORECASE)
VALIDITY = re.compile(rb"OK \[UIDVALIDITY (\d{1,10})\]", re.IGNORECASE)
UID = re.compile(rb"\bUID (\d{1,10})\b", re.IGNORECASE)
SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,15})\b", re.IGNORECASE)
BODY = re.compile(rb"\bBODY\[\](?:<\d+>)? ", re.IGNORECASE)
STORAGE = re.compile(rb"\bSTORAGE (\d{1,15}) (\d{1,15})\b", re.IGNORECASE)
QUOTED = re.compile(rb'"((?:[^"\\]|\\.)*)"', re.DOTALL)
ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
LISTED = re.compile(
    rb'LIST \((?P<attributes>[^)]*)\) (?P<sign>"(?:[^"\\]|\\.)"|NIL) (?P<name>.*)',
    re.IGNORECASE | re.DOTALL)
LITERAL = re.compile(rb"~?\{")


def validity(responses: Iterable[Response]) -> int | None:
    """Return the UIDVALIDITY that an opened folder names; None where it names none."""
    found = next(filter(None, (VALIDITY.match(line) for line, *_ in responses)), None)
    return int(found[1]) if found else None


def offers(responses: Iterable[Response]) -> frozenset[str]:
    """Return a server's capabilities, in capitals."""
    named = (line.decode("ascii", "replace").upper().split() for line, *_ in responses)
    return frozenset(word for words in named if words[:1] == ["CAPABILITY"] for word in words[1:])


def found(responses: Iterable[Response]) -> list[int] | None:
    """Return the UIDs that a search found, ascending, or None where it did not say.

    Raises Garbled for what is no UID.
    """
    lines = [match[1] for match in (SEARCH.match(line) for line, *_ in responses) if match]
    words = b" ".join(lines).split()
    if not all(map(_is_uid, words)):
        raise Garbled("names something that is not a UID")
    return sorted(set(map(int, words))) if lines else None


def quotas(responses: Iterable[Response]) -> list[tuple[int, int]]:
    """Return, of each quota (RFC 9208), how much is used and how much there is, in KiB."""
    found = (STORAGE.search(line) for line, *_ in responses if line.upper().startswith(b"QUOTA "))
    return [(int(match[1]), int(match[2])) for match in found if match]


def _is_uid(word: bytes) -> bool:
    return word.isdigit() and len(word) <= 10 and 0 < int(word) <= LAST_UID


def listed(responses: Iterable[Response], *, utf8: bool) -> list[ListedFolder]:
    """Return the folders that a list names; those whose line cannot be read are left out."""
    found = ((LISTED.match(response[0]), response) for response in responses)
    return [_folder(match, response, utf8=utf8) for match, response in found if match]


def _folder(match: re.Match[bytes], response: Response, *, utf8: bool) -> ListedFolder:
    attributes = frozenset(match["attributes"].decode("ascii", "replace").upper().split())
    sign = _unquoted(match["sign"]).decode("ascii", "replace") if match["sign"][:1] == b'"' else ""
    raw = response[1] if len(response) > 1 else _unquoted(match["name"])
    name = raw.decode("utf-8", "replace")
    return ListedFolder(name if utf8 else decoded(name), sign, attributes)


def _unquoted(word: bytes) -> bytes:
    found = QUOTED.fullmatch(word)
    return ESCAPED.sub(rb"\1", found[1]) if found else word


def enabled(responses: Iterable[Response], what: bytes) -> bool:
    """Say whether a server says that it enabled something (RFC 5161)."""
    return any(what in line.upper().split()[1:] for line, *_ in responses
               if line[:7].upper() == b"ENABLED")


def sizes(responses: Iterable[Response]) -> dict[int, int]:
    """Return the sizes of mails by UID, in octets, as the server states them."""
    lines = [QUOTED.sub(b"", line) for line, *_ in responses if FETCH.match(line)]
    pairs = ((UID.search(line), SIZE.search(line)) for line in lines)
    return {int(uid[1]): int(size[1]) for uid, size in pairs if uid and size}


def mails(responses: Iterable[Response]) -> dict[int, bytes]:
    """Return raw mails by UID; NIL and a mail of no octets are left out."""
    given = [response for response in responses if FETCH.match(response[0])]
    both = [(_uid(response), _body(response)) for response in given]
    return {uid: body for uid, body in both if uid and body}


def _uid(response: Response) -> int:
    """Return the UID of a FETCH response, before or behind the mail, and never one inside it."""
    number = UID.search(QUOTED.sub(b"", b" ".join(response[::2])))
    return int(number[1]) if number else 0


def _body(response: Response) -> bytes:
    for line, literal in zip(response[::2], [*response[1::2], b""], strict=True):
        begins = BODY.search(line)
        if begins is None:
            continue
        if quoted := QUOTED.match(line, begins.end()):
            return ESCAPED.sub(rb"\1", quoted[1])
        return literal if LITERAL.match(line, begins.end()) else b""
    return b""
