"""Many phrases looked for at once in one text, in time linear in its length.

A mail system's answer is a sentence or two; a notice may be 60 kB of Thai without a space. Some two
thousand phrases say what such a text means. They are all looked for in one pass (Aho-Corasick, by
`ahocorasick_rs`), and what is found is a list of places: which row's phrase stands from where to where.

How a phrase is written, in small letters:

- In Latin script it stands at the boundaries of words: "active" is not found in "inactive". Its last
  word may go on by up to four letters, so that "reject" finds "rejected" and "rejection"; a last word
  of three letters or fewer, or a number, may not. `~` at the end lets the last word go on for ever.
  Other scripts have no such boundaries: Thai, Chinese and Japanese write no spaces.
- `*` stands for a few characters in between, at most GAP.

Of two places the longer one tells more: what stands wholly within a piece of a longer phrase of another
row is not found at all. So "mailbox disabled for maintenance" hides the "disabled" inside it, wherever
their rows stand. Which row of those that are left decides is the caller's business.

Example: Phrasebook([("mailbox * full",), ("mailbox",)]).rows_in("the mailbox is full") == [0, 1];
Phrasebook([("user unknown",), ("sender user unknown",)]).rows_in("sender user unknown") == [1].
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

GAP = 80              # characters that `*` may stand for
TRIES = 4             # places at which the beginning of a phrase with a gap is looked at
ENDING = 4            # letters by which a last word may go on
SHORT = 3             # letters of a word that may not
LATIN_ENDS = 0x250    # the code points below are Latin script, or no letters

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase of a row: its pieces between the gaps, and whether its last word may go on for ever."""

    row: int
    pieces: tuple[str, ...]
    stem: bool


@dataclass(frozen=True, slots=True)
class PhrasePlace:
    """Where a row's phrase stands: the span of each of its pieces."""

    row: int
    spans: tuple[Span, ...]


class Phrasebook:
    """Rows of phrases, and how they are found in a text of small letters."""

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
        """Return the rows whose phrases stand in a text of small letters, in their order."""
        return sorted({place.row for place in self.places(text)})

    def places(self, text: str) -> list[PhrasePlace]:
        """Return where phrases stand, without those that are part of a longer one of another row."""
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
    """Return the spans of a phrase's pieces, each near behind the one before; () where one is not there."""
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
    """Return how many Latin letters and digits follow one another from a place, at most so many."""
    count = 0
    while count < most and 0 <= at < len(text) and _latin(text[at]):
        count, at = count + 1, at + step
    return count
