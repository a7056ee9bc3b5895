"""Strangers' words on a person's terminal: whatever would move the cursor, colour, beep or turn a line about is shown, not done."""

import re
from datetime import date, datetime

UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def safe(text: str) -> str:
    """Return a text with its control characters (but line feed and tab) and its directional marks as visible escapes."""
    return UNSAFE.sub(lambda m: f"\\x{ord(m[0]):02x}" if ord(m[0]) < 0x100
                      else f"\\u{ord(m[0]):04x}", text)


def line(text: str) -> str:
    """Return a text as one safe line."""
    return safe(" ".join(text.split()))


def moment(at: str | datetime, *, seconds: bool = False) -> str:
    """Return a moment as people are told it, by Bangkok's clock: `2026-02-23 05:38`. A string is ISO 8601, with its zone."""
    return _in_bangkok(at).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def day(at: str | date) -> str:
    """Return the day in Bangkok of a moment, or a day, as `2026-02-23`. A string is ISO 8601."""
    return f"{at if isinstance(at, date) and not isinstance(at, datetime) else _in_bangkok(at):%Y-%m-%d}"


def _in_bangkok(at: str | date) -> datetime:
    from sarabanwatch.core.calendar import BANGKOK

    read = datetime.fromisoformat(str(at))
    return read.astimezone(BANGKOK) if read.tzinfo else read
