"""Office hours and public holidays.

Moments that come in have a zone; those that go out are Bangkok's, +07:00 all the year round. Office
hours are 08.30-16.30, Monday to Friday, but on public holidays (the practice of the Prime
Minister's Office). Callers say which days are holidays.
"""

from collections.abc import Callable, Container, Mapping
from datetime import date, datetime, time, timedelta, timezone
from math import ceil

BANGKOK = timezone(timedelta(hours=7), "Asia/Bangkok")
OPENS, CLOSES = time(8, 30), time(16, 30)
SATURDAY = 5
THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
MONTHS = ("มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
          "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม")
SHORT_MONTHS = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.",
                "พ.ย.", "ธ.ค.")
MONTHS_EN = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
             "October", "November", "December")


def no_day(_year: int) -> Container[date]:
    """Return the holidays of a year of which none is known."""
    return frozenset()


class OffDays:
    """The days on which offices are closed, asked one by one: years turn while we run.

    `public` gives a year's public holidays. What a file adds or takes away (`filed`) counts more,
    and what a person `declared` most; of both, True is closed and False open. `declared` is
    replaced when somebody declares a day while we run.
    """

    def __init__(
        self, public: Callable[[int], Container[date]] = no_day,
        filed: Mapping[date, bool] | None = None, declared: Mapping[date, bool] | None = None,
    ) -> None:
        self._public, self.filed = public, dict(filed or {})
        self.declared: Mapping[date, bool] = dict(declared or {})

    def __contains__(self, day: object) -> bool:
        """Say whether offices are closed on a day."""
        if not isinstance(day, date):
            return False
        closed = self.declared.get(day, self.filed.get(day))
        return day in self._public(day.year) if closed is None else closed


def midnight_after(day: date) -> datetime:
    """Return when a day is over."""
    return datetime.combine(day + timedelta(days=1), time(), BANGKOK)


def working_day(day: date, holidays: Container[date]) -> bool:
    """Say whether offices are open on a day."""
    return day.weekday() < SATURDAY and day not in holidays


def office_minutes(day: date, holidays: Container[date]) -> float:
    """Return for how many minutes of a day offices are open."""
    hours = datetime.combine(day, CLOSES, BANGKOK) - datetime.combine(day, OPENS, BANGKOK)
    return hours / timedelta(minutes=1) if working_day(day, holidays) else 0


def in_office_hours(now: datetime, holidays: Container[date]) -> bool:
    """Say whether offices are open at a moment."""
    here = now.astimezone(BANGKOK)
    return working_day(here.date(), holidays) and OPENS <= here.time() < CLOSES


def after_office_hours(start: datetime, hours: float, holidays: Container[date]) -> datetime:
    """Return the moment by which `hours` of office time have passed since `start`."""
    now, left = start.astimezone(BANGKOK), timedelta(hours=hours)
    while True:
        opens = datetime.combine(now, OPENS, BANGKOK)
        closes = datetime.combine(now, CLOSES, BANGKOK)
        if working_day(now.date(), holidays) and now < closes:
            now = max(now, opens)
            if left <= closes - now:
                return now + left
            left -= closes - now
        now = datetime.combine(now.date() + timedelta(days=1), time(), BANGKOK)


def office_time(since: datetime, until: datetime, holidays: Container[date]) -> timedelta:
    """Return the office time between two moments; none where they are not in order."""
    day, last = since.astimezone(BANGKOK).date(), until.astimezone(BANGKOK).date()
    found = timedelta()
    while day <= last:
        if working_day(day, holidays):
            opens = max(since, datetime.combine(day, OPENS, BANGKOK))
            closes = min(until, datetime.combine(day, CLOSES, BANGKOK))
            found += max(timedelta(), closes - opens)
        day += timedelta(days=1)
    return found


def opening(after: datetime, days: int, holidays: Container[date]) -> datetime:
    """Return when offices open on the n-th working day after the day of a moment.

    A negative n counts backwards; for 0 it is that day, or the next working day.
    """
    day = after.astimezone(BANGKOK).date()
    left = days if days or working_day(day, holidays) else 1
    step = 1 if left >= 0 else -1
    while left:
        day += timedelta(days=step)
        left -= step * working_day(day, holidays)
    return datetime.combine(day, OPENS, BANGKOK)


def office_days(hours: float) -> int:
    """Return how many working days so many hours of office time take, rounded up."""
    a_day = datetime.combine(date.min, CLOSES) - datetime.combine(date.min, OPENS)
    return ceil(timedelta(hours=hours) / a_day)


def thai_date(day: date) -> str:
    """Return a date as official letters write it: Thai digits, Buddhist era (CE + 543)."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year + 543}".translate(THAI_DIGITS)


def short_day(day: date, lang: str) -> str:
    """Return a date for a screen: '26 ก.พ. 2569' in Thai, '2026-02-26' in English."""
    thai = f"{day.day} {SHORT_MONTHS[day.month - 1]} {day.year + 543}"
    return thai if lang == "th" else day.isoformat()


def short_time(at: datetime, lang: str, *, seconds: bool = False) -> str:
    """Return a time of day in Bangkok with its zone: '09.45 น. (ไทย)', '09:45 +07'."""
    here = at.astimezone(BANGKOK)
    if lang == "th":
        return f"{here:{'%H.%M.%S' if seconds else '%H.%M'}} น. (ไทย)"
    return f"{here:{'%H:%M:%S' if seconds else '%H:%M'}} +07"


def short_moment(at: datetime, lang: str, *, seconds: bool = False) -> str:
    """Return a moment for a screen: '26 ก.พ. 2569 09.45 น. (ไทย)', '2026-02-26 09:45 +07'."""
    day = short_day(at.astimezone(BANGKOK).date(), lang)
    return f"{day} {short_time(at, lang, seconds=seconds)}"


def thai_number(number: float) -> str:
    """Return a number as official letters write it: '๖,๕๓๖', '๗๘.๙'."""
    return f"{number:,}".translate(THAI_DIGITS)
