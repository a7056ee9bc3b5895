"""The order of Thai dictionaries (the Royal Society's), for names of provinces, bodies and people.

A vowel that is written before its consonant counts after it: เชียงราย stands among ช. Tone marks and
the like count only between names that are otherwise the same.
"""

import re

LEADING = "เแโใไ"
TURNED = re.compile(f"([{LEADING}])([\u0e01-\u0e2e])")
MARKS = re.compile("[\u0e2f\u0e46-\u0e4e]")     # ฯ ๆ and all signs above


def thai_order(name: str) -> tuple[str, str]:
    """Return what a name is ordered by."""
    return TURNED.sub(r"\2\1", MARKS.sub("", name)), name
