"""Days on which Thai government offices are closed, as the `holidays` package knows them.

Offices keep the public holidays except Labour Day, and the Royal Ploughing Day besides.
"""

from datetime import date
from functools import cache

LANGUAGES = {"th": "th", "en": "en_US"}


@cache
def closed(year: int) -> frozenset[date]:
    """Return the closed days of a year."""
    return frozenset(day for day, name in _known(year, "en").items() if "Labor Day" not in name)


def named(year: int, lang: str) -> dict[date, str]:
    """Return the closed days of a year, each with its name in a language ("th" or "en")."""
    names = _known(year, lang)
    return {day: names[day] for day in sorted(closed(year))}


def _known(year: int, lang: str) -> dict[date, str]:
    import holidays

    return dict(holidays.country_holidays(
        "TH", years=year, categories=("public", "government"), language=LANGUAGES[lang]).items())
