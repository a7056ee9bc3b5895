"""The clues by which a mail may belong to one of our letters, the surest first.

Clues are tokens, letter numbers and addresses where they usually stand; they are not checked here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from sarabanwatch.core.facts import token
from sarabanwatch.core.facts.evidence import MatchedBy
from sarabanwatch.core.returns.bounce.report import address_in
from sarabanwatch.core.returns.mime import Mail, headers_of

ENVELOPE = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc",
            "x-delivered-to", "resent-to")
THREAD = ("in-reply-to", "references", "message-id")
HEAD_OF_ORIGINAL = 16 << 10
ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


@dataclass(frozen=True, slots=True)
class Ours:
    """What is ours: the address for answers, and the prefix of letter numbers (`นร 1200/ท`)."""

    address: str
    number: str


@dataclass(frozen=True, slots=True)
class Clue:
    """One clue; `value` is a token, the serial in a letter number, or an address."""

    matched_by: MatchedBy
    value: str


def of(mail: Mail, ours: Ours) -> tuple[Clue, ...]:
    """Return the mail's clues, the surest first, each token once."""
    seen: dict[str, Clue] = {}
    for clue in _clues(mail, ours):
        seen.setdefault(clue.value, clue)
    return tuple(seen.values())


def tied_by_more_than_sender(clues: tuple[Clue, ...]) -> bool:
    """Say whether there is a clue beside the sender's address."""
    return any(clue.matched_by is not MatchedBy.SENDER for clue in clues)


def sender(mail: Mail) -> str:
    """Return the address of the mail's author, or ""; one in the display name does not count."""
    named = mail.headers.get("from", "sender", "return-path")
    return address_in(named[named.rfind("<"):]) or address_in(named)


def threads(mail: Mail) -> tuple[str, ...]:
    """Return our tokens in In-Reply-To and References (RFC 5322 section 3.6.4)."""
    return tuple(token.tokens_in(" ".join(mail.headers.all("in-reply-to", "references"))))


def is_canary(mail: Mail, ours: Ours) -> bool:
    """Say whether the mail is itself a letter of ours."""
    from_us = sender(mail).lower() == ours.address.lower()
    return from_us and bool(mail.headers.get("x-saraban-letter"))


def _clues(mail: Mail, ours: Ours) -> Iterator[Clue]:
    for how, text in _places(mail):
        yield from (Clue(how, found) for found in token.tokens_in(text))
    yield from (Clue(MatchedBy.NUMBER, number) for number in _numbers(mail, ours))
    if address := sender(mail):
        yield Clue(MatchedBy.SENDER, address)


def _places(mail: Mail) -> Iterator[tuple[MatchedBy, str]]:
    """Yield texts in which a token may stand, the surest first."""
    yield MatchedBy.TOKEN, " ".join(mail.headers.all(*ENVELOPE))
    for status in (*mail.statuses, *mail.dispositions):
        head = headers_of(status)
        yield MatchedBy.ENVID, head.get("original-envelope-id")
        yield MatchedBy.MESSAGE_ID, head.get("original-message-id")
    yield MatchedBy.MESSAGE_ID, " ".join(mail.headers.all(*THREAD))
    originals = [text[:HEAD_OF_ORIGINAL] for text in mail.originals[:4]]
    for text in originals:
        yield MatchedBy.MESSAGE_ID, " ".join(headers_of(text).all(*THREAD))
    yield MatchedBy.HEADER, " ".join(mail.headers.all("x-saraban-letter"))
    yield from ((MatchedBy.HEADER, text) for text in (*originals, *mail.statuses,
                                                      mail.words[:HEAD_OF_ORIGINAL]))


def _numbers(mail: Mail, ours: Ours) -> Iterator[str]:
    pattern = _pattern(ours.number)
    for subject in (mail.headers.get("subject"), mail.original.get("subject")):
        yield from (match[1] for match in pattern.finditer(subject[:1000].translate(ARABIC)))


@cache
def _pattern(number: str) -> re.Pattern[str]:
    """Return what finds the serial in a letter number of this prefix."""
    prefix = r"\s*".join(map(re.escape, number.replace(" ", "").translate(ARABIC)))
    return re.compile(prefix + r"\s*(\d{1,13})(?!\d)")
