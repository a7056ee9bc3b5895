"""Dates as Thai offices and their spreadsheets write them, in both eras and scripts.

A time of day behind the date is ignored. A year of two digits belongs to the era in which it lies
near the Act of 2022: 68 is 2568, 25 is 2025. 95 is near it in neither era, so it is not a date.
"""

import re
from datetime import date, timedelta
from functools import lru_cache

from sarabanwatch.core.calendar import MONTHS, SHORT_MONTHS
from sarabanwatch.core.register.cells import ARABIC, tidy
from sarabanwatch.core.register.records import Unreadable, quoted

ENGLISH_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august",
                  "september", "october", "november", "december")
BUDDHIST = 543
FIRST_BUDDHIST_YEAR = 2400
SHORT_YEAR = 2                      # digits
NEAR_THE_ACT = range(2015, 2046)    # A.D.: two digits are 15 to 45, or 58 to 88 in the Buddhist era
DAY_NOUGHT = date(1899, 12, 30)     # from which spreadsheets count days
SERIALS = range(36_526, 73_051), range(226_000, 263_000)    # 2000 to 2099 in either era, so counted
LONGEST = 80                        # characters that are read
MONTHS_OF_A_YEAR = 12

_SHORT_ENGLISH = tuple(name[:3] for name in ENGLISH_MONTHS)
_MONTHS = {name.replace(".", ""): number
           for names in (MONTHS, SHORT_MONTHS, ENGLISH_MONTHS, _SHORT_ENGLISH)
           for number, name in enumerate(names, start=1)}
_INTRODUCED = re.compile(r"^(?:ประกาศ|ให้ไว้|ลง|เมื่อ|ณ|วัน\S{0,10}? ?ที่|\s)+(?=\d)")
_TIME = re.compile(r"(?:T|,? |,? ?เวลา ?)\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?"
                   r"(?: ?(?:น\.?|AM|PM))?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?$",
                   re.ASCII | re.IGNORECASE)
_ERA = r"(?P<era>พ\.?ศ\.? ?|ค\.?ศ\.? ?|B\.?E\.? ?|A\.?D\.? ?)?"
_FORMS = (
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})", re.ASCII),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})", re.ASCII),
    re.compile(rf"(?P<d>\d{{1,2}})[/.-](?P<m>\d{{1,2}})[/.-]{_ERA}(?P<y>\d{{4}}|\d{{2}})",
               re.ASCII | re.IGNORECASE),
    re.compile(r"(?P<d>\d{1,2})[ /-]?(?:เดือน ?)?(?P<m>[ก-๛.]+?|[A-Za-z]+\.?),?[ /-]?"
               rf"{_ERA}(?P<y>\d{{4}}|\d{{2}})",
               re.ASCII | re.IGNORECASE),
    re.compile(rf"(?P<m>[A-Za-z]+)\.? (?P<d>\d{{1,2}}),? {_ERA}(?P<y>\d{{4}})",
               re.ASCII | re.IGNORECASE),
)
_DAY_FIRST = _FORMS[2]
_SERIAL = re.compile(r"(\d{5,6})(?:\.\d+)?", re.ASCII)


def read_date(text: str) -> date:
    """Read a date; raise Unreadable. A year from 2400 on is Buddhist."""
    return interpreted(text[:LONGEST + 1])[0]


@lru_cache(maxsize=1024)
def interpreted(text: str) -> tuple[date, bool]:
    """Read a date, and say whether it had to be interpreted, so that a person should check it."""
    plain = tidy(text[:LONGEST + 1]).translate(ARABIC)
    bare = _TIME.sub("", _INTRODUCED.sub("", plain))
    try:
        if serial := _SERIAL.fullmatch(plain):
            return _from_serial(int(serial[1])), True
        match = next(m for m in (form.fullmatch(bare[:LONGEST]) for form in _FORMS) if m)
        return _read(match)
    except (StopIteration, ValueError, KeyError):
        raise Unreadable(f"{quoted(text)} is no date", "write it as 28 พฤศจิกายน 2568 or 2025-11-28",
                         f"{quoted(text)} ไม่ใช่วันที่ ให้เขียนเป็น 28 พฤศจิกายน 2568",
                         "given_on") from None


def _from_serial(number: int) -> date:
    if not any(number in serials for serials in SERIALS):
        raise ValueError(number)
    day = DAY_NOUGHT + timedelta(days=number)
    return _christian(day.year, day.month, day.day)


def _read(match: re.Match[str]) -> tuple[date, bool]:
    short, era = len(match["y"]) == SHORT_YEAR, match.groupdict().get("era") or ""
    year = _near(int(match["y"])) if short else _of_era(int(match["y"]), era)
    month, day = match["m"].replace(".", "").lower(), int(match["d"])
    if not month.isdigit():
        return _christian(year, _MONTHS[month], day), short
    # 11/28/2025: there is no month 28, so the spreadsheet was American
    if int(month) > MONTHS_OF_A_YEAR >= day:
        return _christian(year, day, int(month)), True
    ambiguous = int(month) != day <= MONTHS_OF_A_YEAR
    unsure = match.re is _DAY_FIRST and year < FIRST_BUDDHIST_YEAR and ambiguous
    return _christian(year, int(month), day), short or unsure


def _near(year: int) -> int:
    """Return the year A.D. that two digits mean; raise ValueError if it is near in neither era."""
    return next(y for y in (2000 + year, 2500 + year - BUDDHIST) if y in NEAR_THE_ACT)


def _of_era(year: int, era: str) -> int:
    """Return a year; raise ValueError where it cannot be of the era that stands beside it."""
    if era and (era[0] in "พBb") != (year >= FIRST_BUDDHIST_YEAR):
        raise ValueError(year)
    return year


def _christian(year: int, month: int, day: int) -> date:
    """Return the day; raise ValueError for no day, and for one that counts the era twice."""
    christian = year - BUDDHIST if year >= FIRST_BUDDHIST_YEAR else year
    if christian >= FIRST_BUDDHIST_YEAR:
        raise ValueError(year)
    return date(christian, month, day)
