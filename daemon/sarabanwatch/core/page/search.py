"""Finds an agency as people write it.

Tone marks, spaces, capitals, Thai digits and abbreviations make no difference.

By code (a former one too, and with the leading 0 of `saraban_0...`), by address or domain, by every
word of the name and the province; where nothing matches, by likeness, for a slip of the finger.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sarabanwatch.core.page.public import Listing

LONGEST = 120
MOST = 50        # shown of what was found
# Dice's coefficient of two names by their pairs of letters; below it they are not alike
ALIKE = 0.45
# tone marks and other signs above letters, and ฯ ๆ
MARKS = re.compile(r"[\u0e47-\u0e4e\u0e2f\u0e46]")
ABBREVIATIONS = (
    (re.compile(r"(?<![ก-๎])อบต\.?"), "องค์การบริหารส่วนตำบล "),
    (re.compile(r"(?<![ก-๎])อบจ\.?"), "องค์การบริหารส่วนจังหวัด "),
    (re.compile(r"(?<![ก-๎])ทต\.?"), "เทศบาลตำบล "),
    (re.compile(r"(?<![ก-๎])ทม\."), "เทศบาลเมือง "),
    (re.compile(r"(?<![ก-๎])ทน\.?"), "เทศบาลนคร "),
    (re.compile(r"(?<![ก-๎])กทม\.?"), "กรุงเทพมหานคร "),
    (re.compile(r"(?<![ก-๎])จ\."), "จังหวัด "),
)


def fold(text: str) -> str:
    """Return a text without whatever people leave out or write in another way."""
    plain = unicodedata.normalize("NFKC", text).translate(DIGITS)
    return "".join(c for c in MARKS.sub("", plain).casefold() if c.isalnum()
                   or unicodedata.category(c) in {"Mn", "Mc"})


DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")


class SearchEntry(NamedTuple):
    """One agency as it is looked for: folded codes, name, and all that is told of it."""

    listing: Listing
    codes: tuple[str, ...]
    name: str
    all: str
    pairs: frozenset[str]


class SearchResult(NamedTuple):
    """The agencies that are meant, likeliest first.

    How many were found in all; whether they only look alike.
    """

    listings: list[Listing]
    all: int = 0
    alike: bool = False


class Index:
    """All agencies, ready to be looked for."""

    def __init__(self, listings: Iterable[Listing]) -> None:
        self._known = [_known(listing) for listing in listings]

    def find(self, wanted: str, most: int = MOST) -> SearchResult:
        """Return the agencies that are meant, or, where there are none, those that look alike."""
        text = wanted[:LONGEST]
        for pattern, whole in ABBREVIATIONS:
            text = pattern.sub(whole, text)
        words = [folded for word in text.split() if (folded := fold(word))]
        whole = fold(text)
        if not whole:
            return SearchResult([])
        ranked = sorted(_ranked(self._known, whole, words),
                        key=lambda found: (found[0], len(found[1].name), found[1].listing.code))
        if ranked:
            return SearchResult([known.listing for _, known in ranked[:most]], len(ranked))
        alike = [known.listing for known in _alike(self._known, whole)[:most]]
        return SearchResult(alike, len(alike), alike=True)


def _known(listing: Listing) -> SearchEntry:
    name = fold(listing.name)
    codes = tuple(filter(None, (fold(listing.code), fold(listing.former))))
    everything = " ".join((*codes, name, fold(listing.province), fold(listing.superior),
                           fold(listing.address)))
    return SearchEntry(listing, codes, name, everything, _pairs(name))


def _ranked(known: Iterable[SearchEntry], whole: str,
            words: list[str]) -> Iterator[tuple[int, SearchEntry]]:
    code = whole.removeprefix("0") if whole.isdigit() else whole
    # one look at each, for there are thousands; what holds the whole holds the code, its end
    exact = [each for each in known if code in each.all]
    for each in exact or [each for each in known if all(word in each.all for word in words)]:
        if whole in each.codes or code in each.codes:
            yield 0, each
        elif whole == each.name:
            yield 1, each
        elif each.name.startswith(whole):
            yield 2, each
        elif whole in each.name:
            yield 3, each
        else:
            yield 4, each


def _alike(known: Iterable[SearchEntry], whole: str) -> list[SearchEntry]:
    wanted = _pairs(whole)
    likeness = [(2 * len(wanted & each.pairs) / (len(wanted) + len(each.pairs) or 1), each)
                for each in known]
    alike = [(like, each) for like, each in likeness if like >= ALIKE]
    return [each for _, each in sorted(alike,
                                       key=lambda found: (-found[0], found[1].listing.code))[:10]]


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[i:i + 2] for i in range(len(text) - 1))
