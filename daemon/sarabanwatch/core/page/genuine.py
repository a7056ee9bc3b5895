"""Whether a letter is ours: whoever got one asks by its number, as it stands on the letter.

The numbers run on and can be tried one after the other, so an answer tells no more than the
agency's own page does: the day and whom the letter was for. A letter that is not shown there, as
one to ourselves, is answered like a number that was never given out.
"""

import re
from dataclasses import dataclass
from datetime import datetime

SERIAL = re.compile(r"(\d{1,13})$")
LONGEST = 60    # characters of a number


@dataclass(frozen=True, slots=True)
class OurLetter:
    """What anybody may know of a letter of ours: its number, its day, and whom it was for."""

    number: str
    at: datetime
    name: str


def serial_in(asked: str) -> int | None:
    """Return the serial at the end of a letter's number, in digits of either kind; None: none."""
    found = SERIAL.search(_squeezed(asked))
    return int(found[1]) if found else None


def names(asked: str, letter: OurLetter) -> bool:
    """Say whether somebody asked for this letter, by its whole number or by its serial alone."""
    whole, serial = _squeezed(letter.number), serial_in(letter.number)
    return _squeezed(asked) in {whole, f"ที่{whole}", str(serial)}


def _squeezed(text: str) -> str:
    """Return a text without spaces, its decimal digits Arabic."""
    return "".join(str(int(c)) if c.isdecimal() else c for c in text[:LONGEST] if c.isprintable()
                   and not c.isspace())
