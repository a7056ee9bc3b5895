"""Strangers' words on a person's terminal: whatever would move the cursor, colour, beep or turn a line about is shown, not done."""

import re

UNSAFE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def safe(text: str) -> str:
    """Return a text with its control characters (but line feed and tab) and its directional marks as visible escapes."""
    return UNSAFE.sub(lambda m: f"\\x{ord(m[0]):02x}" if ord(m[0]) < 0x100 else f"\\u{ord(m[0]):04x}", text)


def line(text: str) -> str:
    """Return a text as one safe line."""
    return safe(" ".join(text.split()))
