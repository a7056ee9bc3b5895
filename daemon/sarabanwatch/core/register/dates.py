"""A date as Thai offices and their spreadsheets write it: both eras, both scripts, month names long, short and without dots."""

import re
from datetime import date, timedelta

from sarabanwatch.core.calendar import MONTHS
from sarabanwatch.core.register.cells import ARABIC, tidy
from sarabanwatch.core.register.records import Unreadable, shown

SHORT_MONTHS = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
ENGLISH_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
                  "november", "december")
BUDDHIST = 543
FIRST_BUDDHIST_YEAR = 2400
CENTURY, SHORT_YEAR = 2500, 2                        # a year of two digits beside a Thai month
DAY_NOUGHT = date(1899, 12, 30)                      # of spreadsheets
SERIALS = range(36_526, 73_051), range(226_000, 263_000)   # 2000 to 2099 in either era, as days since then
LONGEST = 60

_MONTHS = {name.replace(".", ""): number
           for names in (MONTHS, SHORT_MONTHS, ENGLISH_MONTHS, tuple(name[:3] for name in ENGLISH_MONTHS))
           for number, name in enumerate(names, start=1)}
_FORMS = (
    re.compile(r"(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII),
    re.compile(r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})(?: 0{1,2}:00(?::00)?)?", re.ASCII),
    re.compile(r"(?:วัน\S{0,10} ?ที่ ?)?(?P<d>\d{1,2})[ /-]?(?:เดือน ?)?(?P<m>[ก-๛.]+?|[A-Za-z]+\.?),?[ /-]?"
               r"(?:พ\.ศ\. ?|ค\.ศ\. ?)?(?P<y>\d{4}|\d{2})", re.ASCII),
)


def read_date(text: str) -> date:
    """Read a date; raise Unreadable. A year from 2400 on is Buddhist."""
    return interpreted(text)[0]


def interpreted(text: str) -> tuple[date, bool]:
    """Read a date, and say whether it had to be interpreted, so that a person had better look at it."""
    plain = tidy(text[:LONGEST + 1]).translate(ARABIC)
    try:
        if plain.isdecimal():
            return _from_serial(int(plain)), True
        match = next(m for m in (form.fullmatch(plain[:LONGEST]) for form in _FORMS) if m)
        year, month, day = match["y"], match["m"], int(match["d"])
        if month.isdigit():
            return _in_figures(int(year), int(month), day, day_first=match.re is _FORMS[1])
        return _in_words(year, month.replace(".", "").lower(), day), len(year) == SHORT_YEAR
    except (StopIteration, ValueError, KeyError):
        raise Unreadable(f"{shown(text)} is no date", "write it as 28 พฤศจิกายน 2568 or 2025-11-28",
                         f"{shown(text)} ไม่ใช่วันที่ ให้เขียนเป็น 28 พฤศจิกายน 2568", "given_on") from None


def _from_serial(number: int) -> date:
    if not any(number in serials for serials in SERIALS):
        raise ValueError(number)
    day = DAY_NOUGHT + timedelta(days=number)
    return _christian(day.year, day.month, day.day)


def _in_words(year: str, month: str, day: int) -> date:
    if len(year) == SHORT_YEAR and month.isascii():
        raise ValueError(year)   # of which era?
    return _christian(int(year) + (CENTURY if len(year) == SHORT_YEAR else 0), _MONTHS[month], day)


def _in_figures(year: int, month: int, day: int, *, day_first: bool) -> tuple[date, bool]:
    if month > 12 >= day:   # 11/28/2025: no month 28, so the spreadsheet was American
        return _christian(year, day, month), True
    american = day_first and year < FIRST_BUDDHIST_YEAR and month != day <= 12
    return _christian(year, month, day), american


def _christian(year: int, month: int, day: int) -> date:
    return date(year - BUDDHIST if year >= FIRST_BUDDHIST_YEAR else year, month, day)
