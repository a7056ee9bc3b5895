"""Phrases and e-mail addresses in running text, found in time that no text can make long.

Phrases are found by plain substring search, without patterns. A table of phrases is written as a
text with one phrase on a line, or several between bars; `*` stands for up to GAP characters.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

ADDRESS = re.compile(   # Thai writes no spaces, so a name in it ends where the alphabet changes
    r'(?:"[^"\n]{1,64}"|[A-Za-z0-9!#$%&*+/^_`{}~.\'-]{1,128}|[^\s\0-\x7f：（），、。【】「」；]{1,64})'
    r"@(?:[A-Za-z0-9.-]{1,253}[A-Za-z0-9]|[\w.-]{1,253}\w)"
    r"|(?<=<)[^\s<>@]{1,128}@[^\s<>@]{1,253}(?=>)")
BEFORE, BEHIND = 130, 260     # characters before and behind an @ that may belong to an address
MOST_ADDRESSES = 200          # signs @ that are looked at in one text
GAP = 80
TRIES = 4    # places at which the beginning of a phrase with a gap is looked at


def find_addresses(text: str) -> Iterator[re.Match[str]]:
    """Yield the addresses in a text, in order. Only the surroundings of each @ are searched."""
    at, end = text.find("@"), 0
    for _ in range(MOST_ADDRESSES):
        if at < 0:
            return
        match = ADDRESS.search(text, max(end, at - BEFORE), at + BEHIND)
        if match is not None:
            yield match
            end = match.end()
        at = text.find("@", max(end, at + 1))


class Phrases(NamedTuple):
    """A table of phrases: the whole ones, and those with gaps as their pieces."""

    whole: tuple[str, ...]
    gapped: tuple[tuple[str, ...], ...]

    def within(self, text: str) -> bool:
        """Say whether any of the phrases stands in a text of small letters."""
        return any(map(text.__contains__, self.whole)) or any(
            pieces[0] in text and _stands(pieces, text) for pieces in self.gapped)


def phrases(table: str) -> Phrases:
    """Return the phrases of a table's text."""
    rows = [phrase.strip() for line in table.splitlines() for phrase in line.split(" | ")
            if phrase.strip()]
    gapped = (tuple(piece.strip() for piece in row.split("*") if piece.strip()) for row in rows
              if "*" in row)
    return Phrases(tuple(row for row in rows if "*" not in row), tuple(gapped))


def _stands(pieces: tuple[str, ...], text: str) -> bool:
    first, *rest = pieces
    at = text.find(first)
    for _ in range(TRIES):
        if at < 0 or _follow(rest, text, at + len(first)):
            break
        at = text.find(first, at + 1)
    else:
        return False
    return at >= 0


def _follow(pieces: list[str], text: str, at: int) -> bool:
    for piece in pieces:
        near = text.find(piece, at, at + GAP + len(piece))
        if near < 0:
            return False
        at = near + len(piece)
    return True
