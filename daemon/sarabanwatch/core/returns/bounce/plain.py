"""Bounces in running text: of qmail, Exim, Sendmail, Exchange, Yahoo, gateways, carriers.

They differ in words but little in layout, so layouts are tried, the best first: addresses that open
a line, addresses behind a label, then any address that is not somebody to ask for help. Where there
is none, the returned original names the recipient.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from sarabanwatch.core.facts import token
from sarabanwatch.core.facts.words import ADDRESS, find_addresses
from sarabanwatch.core.returns.bounce import signs
from sarabanwatch.core.returns.bounce.report import Report, address_in, code_in, squeezed, status_in
from sarabanwatch.core.returns.mime import Headers, Mail, headers_of

MOST_RECIPIENTS = 50
SEARCHED = 12_000          # characters of a notice that are searched
EXCERPT = 1_200            # characters behind an address that are about it

REPLY = re.compile(
    r"(?:(?:said|responded|reason|response|returned|code)\b[^\n:]{0,40}: ?\W{0,3})?"
    r"(?<![\d.\w])[45]\d\d(?:[ -][^\n]{2}| :)"
    r"|(?:error|reason|failed because|failed with)[^\n:]{0,40}: ", re.IGNORECASE)
AGAIN = re.compile(
    r"\n[ \t]{0,20}(?:\n|giving up|i'm not going to|this (?:has|message)|the following"
    r"|-{3}|\*{3}|={3}|the attachment)", re.IGNORECASE)
A = rf"(?P<address>{ADDRESS.pattern})"
OPENING = re.compile(
    rf"^[ \t>*•·|\"'<(\[-]{{0,20}}(?:[45]\d\d[ -]{{1,2}})?[<\"'(\[]{{0,2}}{A}[>\"')\]]{{0,3}}"
    r"(?=\s{0,20}(?:$|[:;,(\[]|\.\.\.|<|- |on \w\w\w,))", re.MULTILINE)
LABELLED = re.compile(
    r"(?:recipients?|recipient address|receiver|undeliverable(?: to| address)?|unknown user|userid"
    r"|no such user|addressed to|address(?: was| is)?|attempts|full|failed"
    r"|deliver(?:ed|y|ing)?(?: [a-z]{1,12}){0,3} to|rcpt to|affected|smtp|reach"
    r"|(?:message|mail|email) to|gateway for|user|account|宛先|送信先|ผู้รับ|ที่อยู่|ถึง)(?=[\s:=<\"'(\[])"
    rf"\s{{0,3}}[:=]?\s{{0,12}}(?:rfc822;\s?)?[<\"'(\[]{{0,3}}{A}", re.IGNORECASE)
ASKED = re.compile(
    r"(?:contact|support|help|please|from|sender|by|reply-to|write to|message-id|include|questions)"
    r"\W{0,12}$", re.IGNORECASE)
RULED = re.compile(r"\n[ \t]*[-=*_#]{10,}")
PASSED_ON = re.compile(r"(?:expanded|generated|forwarded|redirected)\s+(?:from|by)\W*$",
                       re.IGNORECASE)
BARE = re.compile(r"^[ \t]+([\w.+-]{2,64})[ \t]*$", re.MULTILINE)
# how the line begins, without dashes, below which the returned original stands
ORIGINAL_BELOW = (
    "this is a copy", "below this line", "below the next line", "below is a copy", "a copy of the",
    "the header of", "header of the", "the first ", "the body of", "original message follows",
    "original mail", "original message header", "original message:", "original message details",
    "original message ", "message headers follow", "message header", "message text follows",
    "unsent message", "returned message", "returned mail -", "undelivered message",
    "enclosed is a copy", "included is a copy", "old message:", "your message reads",
    "your message text", "forwarded message", "mensaje original", "mensagem original",
    "ursprüngliche nachricht", "ข้อความต้นฉบับ", "จดหมายต้นฉบับ", "ต้นฉบับ",
)
ORIGINAL_BELOW_WHOLE = ("original message", "returned mail", "message header", "message headers",
                        "header")
FIELD = re.compile(
    r"^[ \t>]{0,4}(?:return-path|received|x-[\w-]{1,40}|from|to|date|message-id|subject"
    r"|dkim-signature|mime-version):", re.IGNORECASE | re.MULTILINE)


class Named(NamedTuple):
    """An address, and the part of the text that is about it."""

    address: str
    excerpt: str


def read(mail: Mail) -> tuple[Report, ...]:
    """Return the reports of a bounce that is recognised only by its text."""
    if not signs.is_returned(mail):
        return ()
    notice, original = split_original(signs.unquoted(mail))
    notice = without_our_addresses(notice)
    sent = mail.original if mail.originals else original
    action = "delayed" if signs.is_delayed(mail.headers.get("subject"), notice) else "failed"
    named = list(_named(mail, notice, sent))[:MOST_RECIPIENTS] or [Named("", notice)]
    sent_to = address_in(sent.get("to"))
    # a notice that encloses a letter is not yet a report on it
    wrote_to = sent_to if sent_to.lower() in notice.lower() else ""
    return tuple(_report(each, notice, action, wrote_to, mail) for each in named)


def split_original(words: str) -> tuple[str, Headers]:
    """Return a notice's own text, and the headers of the original that it quotes below."""
    at = 0
    for line in words[:SEARCHED].splitlines(keepends=True):
        if _begins_original(line):
            field = FIELD.search(words, at)
            original = words[field.start():].lstrip(" \t>") if field else ""
            return words[:at], headers_of(original)
        at += len(line)
    return words[:SEARCHED], Headers()


def without_our_addresses(notice: str) -> str:
    """Return a text without addresses that hold a token of ours: they are no failed recipients."""
    for match in list(find_addresses(notice)) if next(token.tokens_in(notice), "") else ():
        if next(token.tokens_in(match[0]), ""):
            notice = notice[:match.start()] + " " * len(match[0]) + notice[match.end():]
    return notice


def _begins_original(line: str) -> bool:
    if line.startswith(("Received:", "Return-Path:", "X-Received:", "DKIM-Signature:")):
        return True
    bare = line[:200].strip(" \t\r\n>|-=_*").lower()
    return bare.startswith(ORIGINAL_BELOW) or bare in ORIGINAL_BELOW_WHOLE


def excerpt_about(words: str, address: str) -> str:
    """Return the part of a notice that is about one address, or ""."""
    notice = split_original(words)[0]
    small, wanted = notice.lower(), address.lower()
    at = small.find(wanted)
    return notice[at:at + EXCERPT].partition("\n\n\n")[0] if wanted and at >= 0 else ""


def reply_in(excerpt: str) -> str:
    """Return the server's reply that a text quotes, or the whole text where it quotes none."""
    reply = REPLY.search(excerpt)
    if reply is None:
        return excerpt
    end = AGAIN.search(excerpt, reply.end())
    return excerpt[reply.start():end.start() if end else len(excerpt)]


def _named(mail: Mail, notice: str, original: Headers) -> Iterator[Named]:
    """Yield the failed addresses by the best layout that the notice shows."""
    ours = {address_in(mail.headers.get(name)).lower()
            for name in ("from", "to", "reply-to", "sender")}
    header = [a for a in ADDRESS.findall(mail.headers.get("x-failed-recipients")) if a]
    laid_out = _openings(notice, ours) or _labelled(notice, ours)
    spoken = laid_out or _any(notice, ours) or _openings(notice, set())
    found = {named.address.lower(): named for named in reversed(spoken)}
    if header:
        yield from (found.get(a.lower(), Named(a, notice)) for a in dict.fromkeys(header))
        return
    if spoken:
        addresses = dict.fromkeys(named.address.lower() for named in spoken)
        yield from (found[address] for address in addresses)
        return
    address = _bare(notice, mail.headers) or address_in(original.get("to", "delivered-to"))
    if address:
        yield Named(address, notice)


def _openings(notice: str, ours: set[str]) -> list[Named]:
    return _excerpts(notice, [match for match in OPENING.finditer(notice)
                              if match["address"].lower() not in ours
                              and not PASSED_ON.search(_before(notice, match))])


def _labelled(notice: str, ours: set[str]) -> list[Named]:
    return _excerpts(notice, [match for match in LABELLED.finditer(notice)
                              if match["address"].lower() not in ours])


def _any(notice: str, ours: set[str]) -> list[Named]:
    return [Named(m[0], notice) for m in find_addresses(notice)
            if m[0].lower() not in ours and not ASKED.search(_before(notice, m))][:1]


def _before(notice: str, match: re.Match[str]) -> str:
    return notice[max(0, match.start() - 40):match.start()]


def _excerpts(notice: str, matches: list[re.Match[str]]) -> list[Named]:
    ends = [*(match.start() for match in matches), len(notice)][1:]
    excerpts = (notice[match.start():min(end, match.start() + EXCERPT)]
                for match, end in zip(matches, ends, strict=True))
    return [Named(match["address"].strip("'."), RULED.split(excerpt, 1)[0])
            for match, excerpt in zip(matches, excerpts, strict=True)]


def _bare(notice: str, headers: Headers) -> str:
    """Return a local part that stands alone on a line, with the reporter's domain (AOL does so)."""
    match = BARE.search(notice)
    domain = address_in(headers.get("from")).rpartition("@")[2]
    return f"{match[1]}@{domain}".lower() if match and domain else ""


def _report(named: Named, notice: str, action: str, wrote_to: str, mail: Mail) -> Report:
    text = squeezed(reply_in(named.excerpt))
    code = code_in(named.excerpt) or code_in(notice)
    status = status_in(named.excerpt) or status_in(notice)
    reporter = address_in(mail.headers.get("from")).rpartition("@")[2]
    # the sender may show which system the words are of
    around = (named.excerpt, notice, mail.headers.get("from")[:200])
    return Report(named.address, wrote_to, action, code, status, text, reporter, around=around)
