"""Errors in Thai, beside their English.

An error is raised in English, as `place: what is wrong; the remedy`. ROWS has each clause in both
languages; `{}` stands for a value, which is looked up itself. So no error is written twice where it
is raised, and what libraries and the system say (`of_system`) is in Thai too.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from sarabanwatch.cli.errors import of_configuration, of_ledger, of_requests, of_servers, of_system

ROWS: Mapping[str, str] = {
    **of_system.ROWS, **of_servers.ROWS, **of_ledger.ROWS, **of_configuration.ROWS,
    **of_requests.ROWS,
}
ENDS = re.compile(r": |; |\. |:?\n *|:$")     # where a clause ends
IN_THAI = {"; ": " ", ". ": " "}         # how Thai parts what English parts so


def in_thai(english: str) -> str:
    """Return a message in Thai; what no row has stays as it is.

    The row that says the most of its beginning is taken, and the rest is looked up in turn.
    """
    ends = [*ENDS.finditer(english)]
    for pattern, thai in _patterns():
        for end in ends:
            if match := pattern.fullmatch(english, 0, end.start()):
                return (_filled(thai, match) + IN_THAI.get(end[0], end[0])
                        + in_thai(english[end.end():]))
        if match := pattern.fullmatch(english):
            return _filled(thai, match)
    return english[:ends[0].end()] + in_thai(english[ends[0].end():]) if ends else english


def _filled(thai: str, match: re.Match[str]) -> str:
    return thai.format(*map(in_thai, match.groups()))


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


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Return the rows as patterns; those that say the most are asked first."""
    rows = sorted(ROWS, key=lambda row: len(row.replace("{}", "")), reverse=True)
    return [(re.compile(_pattern(row), re.DOTALL), ROWS[row]) for row in rows]


def _pattern(row: str) -> str:
    """Return a row as a pattern; the value that it begins with is no clause of its own."""
    first, *rest = map(re.escape, row.split("{}"))
    value = "((?:(?!: ).)*?)" if not first else "(.*?)"
    return value.join((first, "(.*?)".join(rest))) if rest else first
