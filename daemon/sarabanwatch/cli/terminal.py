"""How values are shown on a person's terminal.

Strangers' words never act there: whatever would move the cursor, change a colour, ring the bell or
reverse a line is shown as an escape.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from sarabanwatch.core.calendar import BANGKOK, thai_date

UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


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


def moment(at: str | datetime, *, seconds: bool = False) -> str:
    """Return a moment by Bangkok's clock, as `2026-02-23 05:38`. A string is ISO 8601."""
    return f"{_in_bangkok(at):{'%Y-%m-%d %H:%M:%S' if seconds else '%Y-%m-%d %H:%M'}}"


def day(at: str | date) -> str:
    """Return a day, or the day of a moment in Bangkok, as `2026-02-23`. A string is ISO 8601."""
    return _day(at).isoformat()


def long_day(at: str | date, lang: str) -> str:
    """Return a day in Thai words, or as `2026-02-23` in English; "" for none."""
    if not at:
        return ""
    return thai_date(_day(at)) if lang == "th" else day(at)


def _day(at: str | date) -> date:
    return at if isinstance(at, date) and not isinstance(at, datetime) else _in_bangkok(at).date()


def _in_bangkok(at: str | date) -> datetime:
    parsed = datetime.fromisoformat(str(at))
    return parsed.astimezone(BANGKOK) if parsed.tzinfo else parsed


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
