"""Hours of some days of the week, in Bangkok: "sat 22:00-04:00"; and spans of time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sarabanwatch.core.calendar import BANGKOK

DAY = timedelta(days=1)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# How people name days of the week: English and Thai, in full and abbreviated.
NAMES = {
    "mon": ("monday", "จันทร์", "วันจันทร์", "จ."), "tue": ("tuesday", "อังคาร", "วันอังคาร", "อ."),
    "wed": ("wednesday", "พุธ", "วันพุธ", "พ."), "thu": ("thursday", "พฤหัสบดี", "วันพฤหัสบดี", "พฤ."),
    "fri": ("friday", "ศุกร์", "วันศุกร์", "ศ."), "sat": ("saturday", "เสาร์", "วันเสาร์", "ส."),
    "sun": ("sunday", "อาทิตย์", "วันอาทิตย์", "อา."),
}
NUMBERS = {name: number for number, day in enumerate(DAYS) for name in (day, *NAMES[day])}
EVERY_DAY = frozenset({"daily", "day", "ทุกวัน"})
HOURS = re.compile(r"(.+?)\s+(\d\d?[:.]\d\d)\s*[-–]\s*(\d\d?[:.]\d\d)")


class Span(NamedTuple):
    """A time without a gap; `ends` is exclusive."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Weekly:
    """Hours of some days of the week (0: Monday); until the next day where `closes` is not later.

    A day of 24 hours opens and closes at the same time.
    """

    days: frozenset[int]
    opens: time
    closes: time

    @classmethod
    def read(cls, text: str) -> "Weekly":
        """Read "sat 22:00-04:00", "mon,thu 12:00-13:00" or "daily 01:00-02:00", in Thai as well.

        Raise ValueError, which says how to write it.
        """
        match = HOURS.fullmatch(text.strip().lower())
        named = re.split(r"[,\s]+", match[1]) if match else [""]
        if match is None or not all(name in NUMBERS or name in EVERY_DAY for name in named):
            raise ValueError(f"{text!r} names no hours: write sat 22:00-04:00, mon,thu 12:00-13:00 "
                             "or daily 01:00-02:00")
        days = frozenset(range(7)) if EVERY_DAY & set(named) else {NUMBERS[name] for name in named}
        return cls(frozenset(days), _clock(match[2]), _clock(match[3]))

    def __str__(self) -> str:
        """Write it as `read` reads it."""
        days = ",".join(DAYS[day] for day in sorted(self.days))
        named = "daily" if len(self.days) == len(DAYS) else days
        return f"{named} {self.opens:%H:%M}-{self.closes:%H:%M}"

    def spans(self, since: datetime, until: datetime) -> Iterator[Span]:
        """Yield, in order, the times that touch those between two moments, whole."""
        day, last = since.astimezone(BANGKOK).date() - DAY, until.astimezone(BANGKOK).date()
        while day <= last:
            if day.weekday() in self.days and (span := self._of(day)).ends > since:
                yield span
            day += DAY

    def _of(self, day: date) -> Span:
        begins = datetime.combine(day, self.opens, BANGKOK)
        ends = datetime.combine(day, self.closes, BANGKOK)
        return Span(begins, ends if ends > begins else ends + DAY)


def _clock(text: str) -> time:
    """Return a time of day, 00:00 for 24:00; raise ValueError where it is none."""
    hour, minute = map(int, re.split(r"[:.]", text))
    try:
        return time(hour % 24 if (hour, minute) == (24, 0) else hour, minute)
    except ValueError:
        raise ValueError(f"{text} is no time of a day: write 00:00 to 24:00") from None
