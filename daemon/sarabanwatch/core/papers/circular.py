"""The circular letter, in the form of OPDC's of 23 December 2568.

Its paragraphs stand in config/letters; which figures go into them is known here, and so are the
subject, the enclosures and what is said of the QR code. Letters have Thai digits.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from string import Template

from sarabanwatch.core.calendar import BANGKOK, MONTHS, THAI_DIGITS, thai_date, thai_number
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.letters.section import ReportSection
from sarabanwatch.core.letters.wording import one_line
from sarabanwatch.core.page.section import PageSection
from sarabanwatch.core.papers.snapshot import Snapshot

ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
NUMBER = re.compile(r"\S.*/\s?[^\d\s]{0,3}\s?\d+")      # as นร 1200/ว75
SUBJECT = "การแจ้งหน่วยงานของรัฐเพื่อปฏิบัติตามพระราชบัญญัติการปฏิบัติราชการทางอิเล็กทรอนิกส์ พ.ศ. ๒๕๖๕"
ENCLOSED = "สถานะความพร้อมการปฏิบัติราชการทางอิเล็กทรอนิกส์ของหน่วยงานของรัฐ"


@dataclass(frozen=True, slots=True)
class Office:
    """Who issues, and where their page is, to which a paper leads: [report] and [page]."""

    report: ReportSection
    page: PageSection

    @property
    def link(self) -> str:
        """The country's page, as short as it goes; "" without a page."""
        return self.page.short or self.page.base


@dataclass(frozen=True, slots=True)
class Issue:
    """How something is issued: from which snapshot (its digest), and the day of its release.

    None: it is a draft.
    """

    digest: str
    released: date | None = None

    @property
    def stamp(self) -> str:
        """What every page of a draft bears."""
        return "" if self.released else "ร่าง"

    def dated(self, as_of: date) -> str:
        """Return the letter's date; a draft's day is left to be written by hand."""
        return thai_date(self.released) if self.released else f"{chr(0x2007) * 6}{_month(as_of)}"


def lacking(office: Office) -> Iterator[str]:
    """Yield what an office still has to fill in before a paper may leave it: key, and how.

    A letter without number, signer or office is no official letter.
    """
    wanted = (
        ("report.office", "the office's name and address, a line each", any(office.report.office)),
        ("report.number", 'the number that your registry gave out, as "นร 1200/ว75"',
         NUMBER.fullmatch(office.report.number.translate(ARABIC))),
        ("report.signature", 'who signs, as ["(นายสมชาย ใจดี)", "เลขาธิการ ก.พ.ร."]: name, position',
         len(office.report.signature) > 1),
    )
    yield from (f"{key}: {how}" for key, how, given in wanted if not given)


def circular(s: Snapshot, office: Office, issue: Issue, text: Template) -> dict[str, object]:
    """Return the circular letter's parts.

    Its body has one paragraph a bucket, and one more for what is not known, if any.
    """
    scan = "โดยสแกน QR Code ท้ายหนังสือนี้" if office.link else f"ของ{office.report.name}"
    filled = text.substitute(figures(s), office=office.report.name, scan=scan)
    return {**letterhead(s, office, issue), "subject": SUBJECT, "to": one_line(office.report.to),
            "enclosed": ENCLOSED,
            "body": paragraphs(filled), "closing": "จึงเรียนมาเพื่อโปรดพิจารณาดำเนินการ"}


def letterhead(s: Snapshot, office: Office, issue: Issue) -> dict[str, object]:
    """Return what all letters of the office share, from the number to the line at the foot."""
    as_of = s.as_of.astimezone(BANGKOK).date()
    return {
        "stamp": issue.stamp, "number": office.report.number.translate(THAI_DIGITS),
        "office": list(office.report.office),
        "date": issue.dated(as_of), "signature": list(office.report.signature),
        "contact": list(office.report.contact),
        "link": office.link,
        "source": source(s, issue)}


def source(s: Snapshot, issue: Issue) -> str:
    """Return where the figures come from, for the foot of a page."""
    return f"ข้อมูล ณ วันที่ {thai_date(s.as_of.astimezone(BANGKOK).date())} · {issue.digest[:12]}"


def figures(s: Snapshot) -> Mapping[str, str]:
    """Return the figures by the names that a text has for them, in Thai digits.

    `unknown` is a whole paragraph or empty.
    """
    f, figures = s.figures, {}
    for bucket, groups in s.buckets.items():
        figures[bucket] = thai_number(f.buckets[bucket])
        figures[f"{bucket}_share"] = thai_number(f.shares[bucket])
        figures[f"{bucket}_groups"] = joined(named(groups) or ["–"])
    figures["unknown"] = (
        f"๔. หน่วยงานที่ยังไม่ทราบผลการตรวจสอบ จำนวน {figures['unknown']} หน่วยงาน "
        f"คิดเป็นร้อยละ {figures['unknown_share']}"
        if f.buckets["unknown"] else ""
    )
    return {**figures, "total": thai_number(f.total),
            "as_of": thai_date(s.as_of.astimezone(BANGKOK).date())}


def sentences(facts: Mapping[str, object]) -> list[str]:
    """Return every sentence of a paper's facts, so that its figures can be read back."""
    found: list[str] = []
    for value in facts.values():
        inner = value if isinstance(value, list) else [value]
        found += [text for one in inner
                  for text in (sentences(one) if isinstance(one, dict) else [str(one)])]
    return found


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, each as one line; empty ones are left away."""
    return list(filter(None, map(one_line, text.replace("\r", "").split("\n\n"))))


def named(groups: Iterable[Group]) -> list[str]:
    """Return the codes of a bucket's groups; what is not known has none."""
    return [group.value for group in groups if group is not Group.UNKNOWN]


def joined(words: list[str], between: str = " ") -> str:
    """Return words as a list in Thai: 'B1 B2 และ E'."""
    return f"{between.join(words[:-1])} และ {words[-1]}" if len(words) > 1 else words[0]


def _month(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.year + 543}".translate(THAI_DIGITS)
