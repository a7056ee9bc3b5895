"""A mail that a person ruled on -> a case for the corpus: the mail without addresses, and its kind.

Every address outside `.test` is replaced, equal ones by equal ones, and every token by one that no
key signed. A mail that cannot be cleaned with certainty is refused: an address may stand in an
encoded part, and an attachment may hold anything.
"""

import json
import re

from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts import token
from sarabanwatch.core.returns import mime
from sarabanwatch.core.returns.arrival import Ours, read
from sarabanwatch.core.returns.refusals import Refusals
from sarabanwatch.core.returns.review import MailVerdict

ADDRESS = re.compile(rb"[^\s<>\"',;:()\[\]@=]{1,64}@([a-z0-9\x80-\xff][a-z0-9.\x80-\xff-]{1,252})",
                     re.IGNORECASE)
ENCLOSED = re.compile(rb"^content-type[ \t]*:\s*(application|image|audio|video)/",
                      re.IGNORECASE | re.MULTILINE)
TOKEN = b"swa" + b"a" * 8 + b"b" * 16
RESERVED = b".test"


def redacted(raw: bytes, ours: Ours) -> bytes:
    """Return a raw mail with all addresses outside `.test` replaced; raise RequestError."""
    if ENCLOSED.search(raw):
        raise RequestError(
            "it encloses a file, which may name anybody; write the case by hand, without it"
        )
    known: dict[bytes, bytes] = {}
    clean = ADDRESS.sub(lambda m: _instead(m, ours, known),
                        re.sub(_pattern(token.PATTERN), TOKEN, raw))
    if left := next((m[0] for m in ADDRESS.finditer(_shown(clean)) if not _reserved(m[1])), b""):
        raise RequestError(f"{left.decode('utf-8', 'replace')!r} stands in an encoded part; "
                           "write the case by hand, without it")
    return clean


def expectation(verdict: MailVerdict, clean: bytes, ours: Ours, refusals: Refusals) -> str:
    """Return what the corpus expects of a cleaned mail, as TOML: the person's ruling."""
    reports = read(clean, ours, refusals).reports
    expected = {
        "kind": verdict.kind.value, "reason": verdict.reason.value if verdict.reason else "",
        "recipient": reports[0].recipient if reports else "",
        "receipt": verdict.fact.receipt if verdict.fact else "",
    }
    return "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n"
                   for key, value in expected.items() if value)


def _instead(match: re.Match[bytes], ours: Ours, known: dict[bytes, bytes]) -> bytes:
    """Return what replaces an address: itself under `.test`, else a made-up one."""
    whole, domain = match[0].lower(), match[1].lower()
    local, _, home = ours.address.lower().encode().rpartition(b"@")
    if domain == home and whole.split(b"@")[0].split(b"+")[0] == local:
        return b"probes+" + TOKEN + b"@probe.test" if b"+" in whole else b"probes@probe.test"
    if _reserved(domain):
        return match[0]
    host = known.setdefault(domain, b"host%d.test" % (len(known) + 1))
    return known.setdefault(whole, b"person%d@%s" % (len(known) + 1, host))


def _reserved(domain: bytes) -> bool:
    return domain.lower().rstrip(b".-").endswith(RESERVED)


def _shown(raw: bytes) -> bytes:
    """Return all text of a mail, decoded."""
    try:
        mail = mime.take_apart(raw)
    except mime.LimitError as limit:
        raise RequestError(f"it cannot be read: {limit}; write the case by hand") from None
    headers = "\n".join(mail.headers.all(*mail.headers.fields))
    return "\n".join([headers, mail.words, *mail.statuses, *mail.dispositions, *mail.feedback,
                      *mail.originals]).encode()


def _pattern(text: re.Pattern[str]) -> re.Pattern[bytes]:
    return re.compile(text.pattern.encode(), re.IGNORECASE)
