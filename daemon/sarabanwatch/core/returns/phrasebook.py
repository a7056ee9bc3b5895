"""Finds many phrases at once in one text, in time linear in its length.

A mail system's answer is a sentence or two; a notice may be 60 kB of Thai without a space. About
two thousand phrases say what such a text means. All are searched in one pass (Aho-Corasick, by
`ahocorasick_rs`). The result is a list of places: which row's phrase stands from where to where.

How a phrase is written, in small letters:

- In Latin script it begins and ends at word boundaries: "active" is not found in "inactive". Its
  last word may have up to four more letters: "reject" finds "rejected" and "rejection"; a last word
  of three letters or fewer, or a number, may not. With `~` at the end it may have any number.
  Other scripts have no such boundaries: Thai, Chinese and Japanese are written without spaces.
- `*` stands for at most GAP characters in between.

A longer phrase says more than a shorter one: a phrase that lies wholly inside a piece of a longer
phrase of another row is not reported. So "mailbox disabled for maintenance" hides the "disabled" in
it, in whatever order the rows stand. The caller decides which of the reported rows counts.

Example: Phrasebook([("mailbox * full",), ("mailbox",)]).rows_in("the mailbox is full") == [0, 1];
Phrasebook([("user unknown",), ("sender user unknown",)]).rows_in("sender user unknown") == [1].
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

GAP = 80              # characters that `*` may stand for
TRIES = 4             # places where the beginning of a phrase with a gap is tried
ENDING = 4            # letters that a last word may have more
SHORT = 3             # letters of a last word that may not have more
LATIN_ENDS = 0x250    # code points below are Latin script, or no letters

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase of a row: its pieces between gaps, and whether its last word may be longer."""

    row: int
    pieces: tuple[str, ...]
    stem: bool


@dataclass(frozen=True, slots=True)
class PhrasePlace:
    """Where a row's phrase stands: the span of each of its pieces."""

    row: int
    spans: tuple[Span, ...]


class Phrasebook:
    """Rows of phrases, ready to be found in a text of small letters."""

    def __init__(self, rows: Sequence[Sequence[str]]) -> None:
        written = ((row, phrase) for row, phrases in enumerate(rows) for phrase in phrases)
        self._phrases = tuple(_phrase(row, phrase) for row, phrase in written)
        names = {piece for phrase in self._phrases for piece in phrase.pieces}
        self._pieces = tuple(sorted(names))
        self._numbers = {piece: number for number, piece in enumerate(self._pieces)}
        self._users: dict[int, list[Phrase]] = {}
        for phrase in self._phrases:
            self._users.setdefault(self._numbers[phrase.pieces[0]], []).append(phrase)
        self._search = AhoCorasick(list(self._pieces)) if self._pieces else None

    def rows_in(self, text: str) -> list[int]:
        """Return the rows whose phrases stand in a text of small letters, in order."""
        return sorted({place.row for place in self.places(text)})

    def places(self, text: str) -> list[PhrasePlace]:
        """Return where phrases stand, without those inside a longer phrase of another row."""
        found = self._found(text)
        places = [place for piece in found for phrase in self._users.get(piece, ())
                  for place in self._standing(phrase, found, text)]
        return [place for place in places if not _hidden(place, places)]

    def _found(self, text: str) -> dict[int, list[Span]]:
        found: dict[int, list[Span]] = {}
        if self._search is not None and text:
            for piece, start, end in self._search.find_matches_as_indexes(text, overlapping=True):
                if _begins_word(text, start):
                    found.setdefault(piece, []).append((start, end))
        return found

    def _standing(self, phrase: Phrase, found: dict[int, list[Span]],
                  text: str) -> Iterator[PhrasePlace]:
        spans = [found.get(self._numbers[piece], []) for piece in phrase.pieces]
        firsts = spans[0] if len(spans) == 1 else spans[0][:TRIES]
        for first in firsts:
            chain = _chain(first, spans[1:])
            if chain and _ends_word(text, chain[-1], stem=phrase.stem):
                yield PhrasePlace(phrase.row, chain)
                return


def _phrase(row: int, written: str) -> Phrase:
    stem = written.endswith("~")
    pieces = tuple(piece.strip() for piece in written.removesuffix("~").split("*") if piece.strip())
    return Phrase(row, pieces, stem)


def _chain(first: Span, rest: Sequence[Sequence[Span]]) -> tuple[Span, ...]:
    """Return the spans of a phrase's pieces, each within GAP of the one before; () if one lacks."""
    chain = [first]
    for spans in rest:
        at = chain[-1][1]
        next_ = bisect_left(spans, (at, 0))
        if next_ == len(spans) or spans[next_][0] > at + GAP:
            return ()
        chain.append(spans[next_])
    return tuple(chain)


def _hidden(place: PhrasePlace, places: Sequence[PhrasePlace]) -> bool:
    if len(place.spans) > 1:
        return False
    start, end = place.spans[0]
    return any(s <= start and end <= e and e - s > end - start
               for other in places if other.row != place.row for s, e in other.spans)


def _latin(char: str) -> bool:
    return char.isalnum() and ord(char) < LATIN_ENDS


def _begins_word(text: str, start: int) -> bool:
    return start == 0 or not (_latin(text[start]) and _latin(text[start - 1]))


def _ends_word(text: str, last: Span, *, stem: bool) -> bool:
    end = last[1]
    if stem or end == len(text) or not (_latin(text[end - 1]) and _latin(text[end])):
        return True
    word = _run(text, end - 1, -1, last[1] - last[0])
    return text[end - 1].isalpha() and word > SHORT and _run(text, end, 1, ENDING + 1) <= ENDING


def _run(text: str, at: int, step: int, most: int) -> int:
    """Return how many Latin letters and digits follow one another from `at`, `most` at most."""
    count = 0
    while count < most and 0 <= at < len(text) and _latin(text[at]):
        count, at = count + 1, at + step
    return count
