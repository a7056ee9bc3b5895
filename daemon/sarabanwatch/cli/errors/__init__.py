"""Errors in Thai, beside their English.

An error is raised in English, as `place: what is wrong; the remedy`. ROWS has each clause in both
languages; `{}` stands for a value, which is looked up itself. So no error is written twice where it
is raised, and what libraries, the system (`of_system`) and other programs (`of_others`) say is in
Thai too. What they say that no row has stands in quotation marks, and moments are told as in Thai.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sarabanwatch.cli.errors import (
    of_configuration,
    of_ledger,
    of_others,
    of_requests,
    of_servers,
    of_system,
)
from sarabanwatch.core.calendar import short_day, short_moment

ROWS: Mapping[str, str] = {
    **of_system.ROWS, **of_others.ROWS, **of_servers.ROWS, **of_ledger.ROWS,
    **of_configuration.ROWS, **of_requests.ROWS,
}
REMEDY = re.compile(r"[^\n]*(?:; |[.] (?=did you mean |it has ))(.+)", re.DOTALL | re.IGNORECASE)
ENDS = re.compile(r": |; |\. |:$")     # where a clause ends
IN_THAI = {"; ": " ", ". ": " "}        # how Thai parts what English parts so
THAI = re.compile("[ก-๙]")
FOREIGN = re.compile(r"[A-Za-z][^'\"“`]*\b[a-z]+ [a-z]+ [a-z]+\b[^“]*")    # words of no table
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)( \d\d:\d\d)? ?(\+07)?")     # as `short_moment` has it
LONGEST = 1000      # characters of a line; a longer one is no sentence of ours, and stays as it is


class Row(NamedTuple):
    """One row, ready to be asked: what a clause must hold, how it reads, and its Thai."""

    first: str
    parts: tuple[str, ...]
    pattern: re.Pattern[str]
    thai: str

    def may_say(self, text: str) -> bool:
        """Return whether a text may begin with it: most are told apart without their pattern."""
        return text.startswith(self.first) and all(part in text for part in self.parts)


def in_thai(english: str) -> str:
    """Return a message in Thai; what no row has stays as it is."""
    return "\n".join(map(_line, english.split("\n")))


def _line(line: str) -> str:
    text = line.lstrip(" ")
    thai = _clauses(text) if len(text) <= LONGEST else text
    return line[:len(line) - len(text)] + (thai if THAI.search(thai) else text)


def _clauses(english: str) -> str:
    """Return a line in Thai: the row that says the most of its beginning, then the rest in turn."""
    ends = [*ENDS.finditer(english)]
    for row in (row for row in _rows() if row.may_say(english)):
        for end in ends:
            if match := row.pattern.fullmatch(english, 0, end.start()):
                return (_filled(row.thai, match) + IN_THAI.get(end[0], end[0])
                        + _clauses(english[end.end():]))
        if match := row.pattern.fullmatch(english):
            return _filled(row.thai, match)
    if not ends:
        return _value(english)
    return english[:ends[0].end()] + _clauses(english[ends[0].end():])


def _value(english: str) -> str:
    """Return a value in Thai: a moment as Thai tells it, others' words as a quotation."""
    if found := MOMENT.fullmatch(english):
        with suppress(ValueError):
            at = datetime.fromisoformat("".join(filter(None, found.groups())))
            return short_moment(at, "th") if at.tzinfo else short_day(at, "th")
    return f"“{english}”" if FOREIGN.fullmatch(english) else english


def _filled(thai: str, match: re.Match[str]) -> str:
    return thai.format(*map(_clauses, match.groups()))


def in_language(lang: str, english: str) -> str:
    """Return a message in a language ("th" or "en"), as a part of what a verb tells."""
    return in_thai(english) if lang == "th" else english


def lines(english: str, lang: str, thai: str = "") -> Iterator[str]:
    """Yield what a person is told: in Thai the message and, below it, the English; or English.

    `thai` is the message where the error carries it itself.
    """
    first = thai or in_thai(english)
    if lang == "en" or first == english:
        yield english
        return
    yield first
    yield from (f"  {each}" for each in english.splitlines() if each not in first.splitlines())


def record(english: str, thai: str = "") -> dict[str, str]:
    """Return a message for machines: whole, and its remedy ("": it names none) once more."""
    cure = remedy(english)
    return {"th": thai or in_thai(english), "en": english,
            "remedy_th": in_thai(cure), "remedy_en": cure}


def remedy(english: str) -> str:
    """Return what a message says is to be done: what its first line says last, and all below."""
    found = REMEDY.fullmatch(english)
    return found[1] if found else ""


@cache
def _rows() -> list[Row]:
    """Return the rows; those that say the most come first."""
    rows = sorted(ROWS, key=lambda row: len(row.replace("{}", "")), reverse=True)
    return [_row(english, ROWS[english]) for english in rows]


def _row(english: str, thai: str) -> Row:
    """Return a row; the value that it begins with is no clause of its own."""
    first, *rest = english.split("{}")
    value = "(.*?)" if first else "((?:(?!: ).)*?)"
    after = "(.*?)".join(map(re.escape, rest))
    pattern = re.escape(first) + (value + after if rest else "")
    return Row(first, tuple(filter(None, rest)), re.compile(pattern), thai)
