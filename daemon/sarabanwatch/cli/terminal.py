"""How values are shown on a person's terminal.

Strangers' words never act there: whatever would move the cursor, change a colour, ring the bell or
reverse a line is shown as an escape.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

import click

from sarabanwatch.core.calendar import BANGKOK, short_day, short_moment

UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)

DIGITS = 12     # of a digest that are shown; fewer do, where no other begins with them
WIDEST_DAY, ISO = "26 เม.ย. 2569", 10
WIDEST = f"{WIDEST_DAY} 05.38 น. (ไทย)"


def safe(text: str) -> str:
    """Return a text with visible escapes for control characters and directional marks.

    Line feeds and tabs stay.
    """
    return UNSAFE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def line(text: str) -> str:
    """Return a text as one safe line."""
    return safe(" ".join(text.split()))


def language() -> str:
    """Return the language that the running verb was asked for; where in none, "en".

    What machines read is never in Thai.
    """
    given = _given()
    return "en" if given.get("as_json") else given.get("lang") or "en"


def both(thai: str, english: str, form: str = "{} · {}") -> str:
    """Return words in the language that was asked for; where in none, in both."""
    return {"th": thai, "en": english}.get(_given().get("lang", ""), form.format(thai, english))


def _given() -> dict[str, Any]:
    """Return the shared options that the running verb was given (`options.noted`)."""
    asked = click.get_current_context(silent=True)
    return asked.meta if asked else {}


def moment(at: str | datetime, *, seconds: bool = False) -> str:
    """Return a moment by Bangkok's clock with its zone, in the verb's language.

    As `26 ก.พ. 2569 05.38 น. (ไทย)` or `2026-02-26 05:38 +07`. A string is ISO 8601.
    """
    return short_moment(_in_bangkok(at), language(), seconds=seconds)


def column(at: str | datetime) -> str:
    """Return a moment as a column of a list, as wide as the widest."""
    text = moment(at)
    return text + " " * (width(WIDEST) - width(text)) if language() == "th" else text


def day(at: str | date | None) -> str:
    """Return a day, or the day of a moment in Bangkok, in the verb's language; "" for none.

    As `26 ก.พ. 2569` or `2026-02-26`. A string is ISO 8601.
    """
    return short_day(day_of(at), language()) if at else ""


def day_column(at: str | date | None) -> str:
    """Return a day at the right of a column that is as wide as the widest; "-" for none."""
    return right(day(at) or "-", width(WIDEST_DAY) if language() == "th" else ISO)


def right(text: str, wide: int) -> str:
    """Return a text at the right of a column."""
    return " " * (wide - width(text)) + text


def day_of(at: str | date) -> date:
    """Return a day, or the day of a moment in Bangkok. A string is ISO 8601."""
    return at if isinstance(at, date) and not isinstance(at, datetime) else _in_bangkok(at).date()


def _in_bangkok(at: str | date) -> datetime:
    parsed = datetime.fromisoformat(str(at))
    return parsed.astimezone(BANGKOK) if parsed.tzinfo else parsed.replace(tzinfo=BANGKOK)


def short(digest: str) -> str:
    """Return the beginning of a digest, by which a person names a mail or a snapshot."""
    return digest[:DIGITS]


def octets(number: int) -> str:
    """Return a number of octets as people read it: 512 B, 36.4 MB."""
    size, unit = float(number), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):  # noqa: B007 - the last one stands
        if size < 1000:
            break
        size /= 1000
    return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"


def aligned(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield rows of a name and what stands beside it as lines, with the second parts in line."""
    held = list(rows)
    wide = max((width(name) for name, _ in held), default=0)
    yield from (f"  {name}{' ' * (wide - width(name))}  {text}" for name, text in held)


def width(text: str) -> int:
    """Return the columns that a text takes: vowels and tones above and below letters take none."""
    return sum(unicodedata.category(c) != "Mn" for c in text)
