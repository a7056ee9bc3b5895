"""Phrases and how they are looked for: plain finding, no patterns, so that no text can make it slow.

A table of phrases is written as text, one phrase a line or between bars; `*` stands for up to GAP characters.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

GAP = 80
TRIES = 4


class Phrase(NamedTuple):
    """One phrase: its first piece, and the pieces that follow within GAP of one another."""

    first: str
    rest: tuple[str, ...] = ()

    @classmethod
    def several(cls, table: str) -> Iterator["Phrase"]:
        """Yield the phrases of a table's text."""
        for line in table.splitlines():
            for phrase in line.split(" | "):
                pieces = [piece.strip() for piece in phrase.split("*") if piece.strip()]
                if pieces:
                    yield cls(pieces[0], tuple(pieces[1:]))

    def within(self, text: str) -> bool:
        """Tell whether a text (small letters) holds the phrase; of its first piece, TRIES places are looked at."""
        at = text.find(self.first)
        for _ in range(TRIES):
            if at < 0 or self._rest_after(text, at + len(self.first)):
                break
            at = text.find(self.first, at + 1)
        else:
            return False
        return at >= 0

    def _rest_after(self, text: str, at: int) -> bool:
        for piece in self.rest:
            near = text.find(piece, at, at + GAP + len(piece))
            if near < 0:
                return False
            at = near + len(piece)
        return True


def found(phrases: Iterable[Phrase], text: str) -> bool:
    """Tell whether any of the phrases stands in a text of small letters."""
    return any(phrase.within(text) for phrase in phrases)
