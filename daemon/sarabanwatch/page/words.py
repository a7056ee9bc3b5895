"""Dates, buckets and other words of the page, in Thai and in English."""

import re
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Literal
from urllib.parse import quote, urlsplit

from sarabanwatch.core.calendar import BANGKOK, MONTHS, MONTHS_EN
from sarabanwatch.core.judging.incident import Kin, Scope
from sarabanwatch.core.letters.unbroken import PATTERN
from sarabanwatch.core.page import public
from sarabanwatch.core.page.checklist import CheckResult
from sarabanwatch.core.page.search import DIGITS
from sarabanwatch.core.page.trend import Course

UNBROKEN = re.compile(PATTERN)
# a local government's name: its kind, and its own name where a phone's line can hold that
OWN_NAME = re.compile("(>(?:องค์การบริหารส่วน(?:ตำบล|จังหวัด)|เทศบาล(?:ตำบล|เมือง|นคร)))([ก-๎]{2,18})")
# of a page, with the > before it: all that can hold what PATTERN finds, and so a digit or Thai
TEXT = re.compile(r'>(?<!<title>)(?<!ld\+json">)[^<0-9ก-๙]*+[0-9ก-๙][^<]*')
Language = Literal["th", "en"]
BUCKET_WORDS = {
    "ready":   ("ดำเนินการถูกต้องและพร้อมใช้งาน", "Done right and ready for use", "พร้อมใช้งาน", "ready"),
    "mend":    ("ต้องดำเนินการแก้ไข หรือยังใช้งานไม่ได้", "To mend, or not usable yet", "ต้องแก้ไข",
                "to mend"),
    "raised":  ("ท้องถิ่นที่ได้รับการยกฐานะ", "Local governments raised in status", "ยกฐานะ", "raised"),
    "unknown": ("ยังไม่ทราบผล", "Not yet known", "ยังไม่ทราบผล", "not yet known"),
    "exempt":  ("อยู่นอกบังคับพระราชบัญญัติ", "Outside the Act", "อยู่นอกบังคับ", "exempt"),
}

RESULTS = {     # of what is looked at, in Thai and English
    CheckResult.PASSED:  ("ผ่าน", "passed"),
    CheckResult.MEND:    ("ต้องแก้ไข", "to mend"),
    CheckResult.UNKNOWN: ("ยังไม่ทราบผล", "not yet known"),
}
HEADS = {
    "group":    ("กลุ่ม", "Groups"),
    "province": ("จังหวัด", "Provinces"),
    "ministry": ("กระทรวงและสังกัด", "Ministries"),
    "kind":     ("ประเภทหน่วยงาน", "Kinds of agency"),
    "letter":   ("อักษรแรกของชื่อ", "First letters"),
}
COURSES = {     # in Thai and English
    Course.WORSENED: ("เคยพร้อม แต่ต้องแก้ไข", "Ready before, to mend now"),
    Course.MENDED:   ("แก้ไขจนพร้อมใช้งาน", "Mended, and ready now"),
    Course.SHIFTED:  ("เปลี่ยนกลุ่มอื่น ๆ", "Other changes of group"),
    Course.LEARNT:   ("ทราบผลครั้งแรก", "Known for the first time"),
}
NAV = (
    ("index", "ภาพรวม", "Overview"),
    ("search", "ค้นหาหน่วยงาน", "Find an agency"),
    ("province", "จังหวัด", "Provinces"),
    ("changes", "ความเปลี่ยนแปลง", "Changes"),
    ("send", "สำหรับประชาชน", "For the public"),
    ("announcements", "ประกาศ", "Announcements"),
    ("data", "ข้อมูลเปิด", "Open data"),
    ("about", "คำอธิบาย", "About"),
)
SHARED = {
    Scope.HOST:     ("ที่ใช้เครื่องแม่ข่ายอีเมลเดียวกัน", "of the same mail host"),
    Scope.DOMAIN:   ("ที่ใช้โดเมนอีเมลเดียวกัน", "of the same mail domain"),
    Scope.SUPERIOR: ("ในสังกัดเดียวกัน", "under the same superior"),
    Scope.PROVINCE: ("ในจังหวัดเดียวกัน", "of the same province"),
    Scope.COUNTRY:  ("ทั่วประเทศ", "all over the country"),
    Scope.LIST:     ("ตามทะเบียนที่นำเข้าครั้งที่", "by one list of agencies, import"),
    Scope.RULES:    ("ตามหลักเกณฑ์ฉบับใหม่", "by other rules"),
    Scope.REPLAY:   ("จากการอ่านจดหมายซ้ำ", "by mail that was read anew"),
    Scope.EDITION:  ("ตามการแบ่งกลุ่มฉบับใหม่", "by another edition of the groups"),
}


def shared(kin: Kin, lang: Language) -> str:
    """Return in words what the agencies that an incident holds have in common."""
    words = say(lang)(*SHARED[kin.scope])
    return f"{words} ({kin.key})" if kin.key else words


def say(lang: Language) -> Callable[..., str]:
    """Return a function that takes Thai and English words, and returns those of a language."""
    at = 1 if lang == "en" else 0
    return lambda *words: words[at]


def why(because: str) -> tuple[str, str]:
    """Return the reason of a group in Thai and English, with Arabic digits."""
    thai, english = public.why(because)
    return thai.translate(DIGITS), english


def whole(page: str) -> str:
    """Return a page of HTML on which no protected word is broken between two lines.

    Nor is a local government's own name, which follows that of its kind.

    Text in tags, in the title and in scripts stays as it is.
    """
    return TEXT.sub(lambda found: _whole(found[0]), page)


@lru_cache(8192)     # pages have most of their words in common
def _whole(text: str) -> str:
    name = OWN_NAME.fullmatch(text)
    return (f"{name[1]}<span class=w>{name[2]}</span>" if name
            else UNBROKEN.sub(r"<span class=w>\g<0></span>", text))


def sentence(text: str) -> str:
    """Return a text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def day(at: date | datetime | None, lang: Language) -> str:
    """Return a day in Bangkok, in Arabic digits: Buddhist era in Thai, common era in English."""
    if at is None:
        return "–"
    d = at.astimezone(BANGKOK).date() if isinstance(at, datetime) else at
    return (
        f"{d.day} {MONTHS_EN[d.month - 1]} {d.year}" if lang == "en"
        else f"{d.day} {MONTHS[d.month - 1]} {d.year + 543}"
    )


def hour(at: datetime | None, lang: Language) -> str:
    """Return a day and a time in Bangkok; in Thai "น." names the zone, as the footer says."""
    if at is None:
        return "–"
    clock = at.astimezone(BANGKOK)
    return (
        f"{day(at, lang)}, {clock:%H:%M} Thai time" if lang == "en"
        else f"{day(at, lang)} เวลา {clock:%H.%M} น."
    )


def safe_link(text: str) -> str:
    """Return a link that may be followed (http or https), or ""."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in {"http", "https"} and parts.netloc else ""


def mailto(to: str, **fields: str) -> str:
    """Return a mailto link (RFC 6068), with `fields` (subject, body) filled in."""
    given = {name: quote(words.replace("\n", "\r\n")) for name, words in fields.items()}
    filled = "&".join(f"{name}={words}" for name, words in given.items())
    return f"mailto:{quote(to, safe='@')}{'?' if filled else ''}{filled}"
