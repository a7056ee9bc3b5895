"""A cell as typed -> the addresses that a person reads in it, and what was mended to read them.

Two ways of reading are kept apart. *Plain*: the address stands there letter by letter, with other
things round it (a label, brackets, an invisible character). *Mended*: it can be read only after
something is written differently (a Thai digit, a letter of another script, a space inside). A
mended address is reported, and no letter is sent to it. Which address is right is not decided here.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import NamedTuple

from sarabanwatch.core.address.thai import TOP, in_ascii

LONGEST = 2000      # characters that are read; no real cell is longer
# invisible, beside the characters of Unicode's category Cf
UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0]")
LIKENESSES = "‐‑‒–—―−⁃﹣"                                    # what Word makes of a hyphen
ADDRESS = re.compile(
    r"[a-z0-9][a-z0-9._%+'-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:[a-z]{2,}|xn--[a-z0-9-]+)",
    re.IGNORECASE | re.ASCII,
)
IN_THAI = re.compile(       # RFC 6531
    rf"[\u0e01-\u0e4e][\w\u0e01-\u0e4e.-]*@(?:[a-z0-9-]+\.)+{TOP}(?![\w.-])", re.IGNORECASE)
PLAINLY = re.compile(
    r"saraban[\w.-]{0,50}(?<![._-])@[a-z0-9-]{1,60}(?:\.[a-z0-9-]{1,60}){0,3}\.th",
    re.IGNORECASE | re.ASCII)
# Thai letters end a word, because Thai is written without spaces
WORD = re.compile(rf"(?:[^\W\u0e01-\u0e4e]|[.%+'@{LIKENESSES}-])+")
# a label that is glued to the address
LABEL = re.compile(r"^(?:(?:e-?mail|mail|mailto|to|cc)[-._]|\d{1,2}[.])+(?=sarab)", re.IGNORECASE)
EDGES = ".%+'_-" + LIKENESSES
HEADS = "go|ac|or|mi|co|mail"
PART = re.compile(
    r"<\s*/?\s*(?:br|p|div|li|td)\b[^<>]*>|[;|\n\r\t/]|"
    rf",(?!\s?(?:(?:{HEADS})[.,]|th\b))|(?<!\.)\s(?:และ|หรือ|and|or)\s", re.IGNORECASE)


class Mending(StrEnum):
    """What had to be written differently to read an address."""

    AT = "one-at"                  # `@@`, `[at]`, `saraban at one.go.th`
    SPACE = "no-space"             # `saraban @one.go.th`, `"saraban"@one.go.th`
    LETTERS = "latin-letters"      # Cyrillic а, Greek ο, é, a dash for a hyphen
    DIGITS = "arabic-digits"       # ๐๖ for 06
    DOTS = "one-dot"               # `one..go.th`, `one,go.th`
    END = "clear-end"              # `one.go.th02-123`


class ReadAddress(NamedTuple):
    """One address, domain in small letters, and what was mended to read it."""

    address: str
    mended: tuple[Mending, ...] = ()

    @property
    def local(self) -> str:
        """What stands before the @."""
        return self.address.rpartition("@")[0]

    @property
    def domain(self) -> str:
        """What stands behind the @."""
        return self.address.rpartition("@")[2]


_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_LOOK_ALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝɡıɑгανορικτυχεАВЕКМНОРСТХІЈЅΑΒΕΗΙΚΜΝΟΡΤΧΥΖ" + LIKENESSES,
    "aeopcyxijshdqwgiaravopiktuxeABEKMHOPCTXIJSABEHIKMNOPTXYZ" + "-" * len(LIKENESSES)) | {
    ord(c): unicodedata.normalize("NFD", c)[0] for c in map(chr, range(0xC0, 0x250))
    if unicodedata.normalize("NFD", c)[0].isascii()}
_AT = re.compile(
    r"@{2,}|\s*[\[({]\s*(?:at?|@)\s*[\])}]\s*|(?<=[a-z0-9])\s+at\s+(?=(?:[a-z0-9-]+\.){2,}th\b)",
    re.IGNORECASE,
)
_ROUND_AT = re.compile(r"[\s\"“”]*@\s*")
_SPACED_LOCAL = re.compile(r"(?<=saraban)(?:\s+([._-])|([._-])\s+|\s+(_)\s+)(?=[\w.-]+\s*@)",
                           re.IGNORECASE | re.ASCII)
_SPACED_DOMAIN = re.compile(r"@[a-z0-9-]+(?:\s*\.\s*[a-z0-9-]+)*?\s*\.\s*(?:th|com|net|org)\b",
                            re.IGNORECASE)
_SPACED_CODE = re.compile(r"(?<=saraban_)\d+(?:\s+\d+)+(?=\s*@)", re.IGNORECASE | re.ASCII)
_DOT_WORD = re.compile(r"\s*[\[({]\s*dot\s*[\])}]\s*", re.IGNORECASE)
_SPACED_END = re.compile(r"@[a-z0-9.-]+(?:\s+\.\s*|\.\s+)(?:(?:go|ac|or|mi|co)\.)?th\b",
                         re.IGNORECASE)
_COMMA = re.compile(rf",\s?(?=(?:{HEADS})[.,]|th\b)", re.IGNORECASE)
_GLUED = re.compile(
    r"(\.(?:go|ac|or|mi|co)\.th)(?=\d|tel|fax|http|www|phone|mobile|line)|"
    r"(@[a-z0-9.-]+?\.(?:go|ac|or|mi|co)\.th)(?=[a-z][\w.-]*@)", re.IGNORECASE)
# line breaks that a narrow column made
_WRAPPED = re.compile(rf"(?<=@)[\r\n]+|(?<=\.)[\r\n]+(?=(?:{HEADS})\.|th\b)", re.IGNORECASE)
_TOKEN = re.compile(r"\S*@\S*")


def _closed_up(part: str) -> str:
    joined = _ROUND_AT.sub("@", part)
    for spaced in (_SPACED_LOCAL, _SPACED_CODE, _SPACED_DOMAIN):
        joined = spaced.sub(lambda m: "".join(m[0].split()), joined)
    return joined


def _dotted(token: str) -> str:
    local, at, domain = token.partition("@")
    return local + at + re.sub(r"[.。·]+", ".", domain).lstrip(".")


def _in_tokens(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda part: _TOKEN.sub(lambda token: change(token[0]), part)


MENDINGS: tuple[tuple[Mending, Callable[[str], str]], ...] = (
    (Mending.AT, lambda part: _AT.sub("@", part)),
    (Mending.SPACE, _closed_up),
    (Mending.LETTERS, _in_tokens(lambda token: token.translate(_LOOK_ALIKES))),
    (Mending.DIGITS, _in_tokens(lambda token: token.translate(_THAI_DIGITS))),
    (Mending.DOTS, lambda part: _in_tokens(_dotted)(_COMMA.sub(".", _DOT_WORD.sub(".", part)))),
    (Mending.END, lambda part: _GLUED.sub(r"\1\2 ", part)),
)
# where one of these is found, an address that can be read plainly is only a part of the right one
JOINED = (_SPACED_LOCAL, _SPACED_CODE, _SPACED_END, _COMMA, _GLUED)


def visible(text: str) -> str:
    """Return a text as it looks: escapes and full-width forms resolved, formats removed."""
    if text.isascii() and len(text) <= LONGEST and "&" not in text and "%" not in text:
        return text
    link = html.unescape(text[:LONGEST]).replace("%20", " ").replace("%40", "@")
    # NFKC would split สระอำ in two
    composed = link if "ไทย" in link else unicodedata.normalize("NFKC", link)
    return in_ascii(UNSEEN.sub("", "".join(c for c in composed if unicodedata.category(c) != "Cf")))


def _words(text: str) -> Iterator[str]:
    yield from (found[0].lower() for found in IN_THAI.finditer(text) if "@" in text)
    for word in WORD.findall(text):
        bare = LABEL.sub("", word.strip(EDGES))
        if ADDRESS.fullmatch(bare):
            local, _, domain = bare.rpartition("@")
            yield f"{local}@{domain.lower()}"


def addresses_in(text: str) -> tuple[str, ...]:
    """Return the addresses that stand in a text letter by letter, each once.

    A word is an address as a whole or not at all: what is left of one after a Thai digit or a
    look-alike letter of another script is removed may be somebody else's address.
    """
    return tuple(dict.fromkeys(_words(visible(text))))


def read(text: str) -> tuple[ReadAddress, ...]:
    """Return the addresses that a person reads in a cell, each once, in order."""
    bare = text.strip()
    if PLAINLY.fullmatch(bare):
        local, _, domain = bare.rpartition("@")
        return (ReadAddress(f"{local}@{domain.lower()}"),)
    parts = PART.split(_WRAPPED.sub(" ", visible(text)))
    found = {each.address.lower(): each for part in reversed(parts) for each in reversed(_of(part))}
    return tuple(reversed(found.values()))


def _of(part: str) -> list[ReadAddress]:
    plain = list(_words(part))
    joined = any(sign.search(part) for sign in JOINED)
    if not joined and (plain or not ("@" in part or _AT.search(part))):
        return [ReadAddress(address) for address in plain]
    mended = []
    for mending, mend in MENDINGS:
        before, part = part, mend(part)
        mended += [mending] if part != before else []
    return [ReadAddress(address, tuple(mended)) for address in _words(part)]


def same_addresses(one: str, other: str) -> bool:
    """Say whether two cells declare the same addresses; cells without any are compared as texts."""
    held = [{address.lower() for address in addresses_in(cell)} or {" ".join(cell.split())}
            for cell in (one, other)]
    return held[0] == held[1]
