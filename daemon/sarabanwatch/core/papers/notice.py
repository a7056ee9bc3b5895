"""The notice to an agency to mend: its finding, what came back, what to do step by step, by when.

Made from a snapshot like everything else. Who can be written to by mail is said here; sending is
the business of `app`.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from email.utils import format_datetime
from string import Template
from typing import NamedTuple

from sarabanwatch.core.calendar import BANGKOK, thai_date, thai_number
from sarabanwatch.core.judging import advice
from sarabanwatch.core.judging.group import OTHERWISE, RULES
from sarabanwatch.core.letters.addressee import addressee
from sarabanwatch.core.letters.compose import body, encoded
from sarabanwatch.core.letters.wording import one_line
from sarabanwatch.core.page.public import page_of, slug
from sarabanwatch.core.papers.circular import Issue, Office, letterhead, paragraphs
from sarabanwatch.core.papers.report import CELL_AT_MOST, clipped, shown
from sarabanwatch.core.papers.snapshot import Snapshot, SnapshotRow
from sarabanwatch.core.returns.authenticity import aligned

SUBJECT = "ขอให้แก้ไขอีเมลกลางสำหรับการรับหนังสือราชการทางอิเล็กทรอนิกส์"
REPOSITORY = "info.go.th"          # where announcements under section 10 are gathered
BECAUSE = {rule.group.value: rule.thai for rule in (*RULES, OTHERWISE)}
# by mail a notice would not come to them either: they get it on paper
UNREACHED = ("D1", "D2", "D3")


class Going(NamedTuple):
    """A notice about to be sent: whose, where to, the group that it speaks of, the mail host."""

    code: str
    address: str
    was: str
    host: str


def by_mail(row: SnapshotRow) -> bool:
    """Say whether a notice can go by mail: there is an address, and letters to it do not fail."""
    return bool(row.address) and row.group not in UNREACHED


def notices(s: Snapshot, office: Office, issue: Issue, text: Template,
            heads: Mapping[str, str]) -> list[dict[str, object]]:
    """Return a notice to every agency to mend, by province and code."""
    return [notice(row, s, office, issue, text, heads) for row in s.to_mend]


def notice(row: SnapshotRow, s: Snapshot, office: Office, issue: Issue, text: Template,
           heads: Mapping[str, str]) -> dict[str, object]:
    """Return one notice's parts; `heads` are the titles of [letter.heads], as for a letter."""
    words = text.substitute(name=one_line(row.name), office=office.report.name, group=row.group,
                           label=s.labels[row.group].th,
                           as_of=thai_date(s.as_of.astimezone(BANGKOK).date()),
                           deadline=deadline(s, office, issue))
    return {
        **letterhead(s, office, issue), "subject": SUBJECT,
        "to": addressee(shown(row.name), row.kind, heads), "code": one_line(row.code),
        "body": paragraphs(words), "findings": findings(row, s), "quotes": quotes(row),
        "steps": steps(row, s, office),
        "closing": "จึงเรียนมาเพื่อโปรดพิจารณาดำเนินการต่อไป",
        **({"link": f"{office.page.url}{page_of(slug(row.code))}", "leads": "สถานะของหน่วยงานท่าน"}
           if office.page.url else {})}


def findings(row: SnapshotRow, s: Snapshot) -> list[dict[str, str]]:
    """Return what was found, as label and words."""
    label, because = s.labels[row.group].th, BECAUSE[row.group]
    rows = [("กลุ่ม", f"{row.group} {label}"), ("ผลการตรวจสอบ", because if because != label else ""),
            ("อีเมลที่แจ้งไว้", clipped(row.cell, CELL_AT_MOST) or "ไม่มี"),
            ("พบตั้งแต่วันที่", thai_date(row.mending) if row.mending else "")]
    return [{"label": label, "text": words} for label, words in rows if words]


def quotes(row: SnapshotRow) -> list[dict[str, str]]:
    """Return what came back for its letters, in the other side's own words."""
    return [{"head": f"หนังสือที่ {q.number} เมื่อวันที่ {thai_date(q.on)}: {q.meaning}",
             "text": q.text} for q in row.quotes]


def steps(row: SnapshotRow, s: Snapshot, office: Office) -> list[str]:
    """Return what to do, in order, without saying anything twice."""
    particular = (advice.of(quote.meaning) for quote in row.quotes)
    own = [*row.advice, *(each.thai for each in particular if each), s.labels[row.group].mend]
    every = [*own,
            "" if any(REPOSITORY in step for step in own)
            else f"นำประกาศตามมาตรา ๑๐ ฉบับปัจจุบันลงในระบบ {REPOSITORY}",
            f"แจ้งผลการแก้ไขมายัง{office.report.name}"
            + (f" ทางอีเมล {office.report.email}" if office.report.email else "")
            + " โดยส่งจากอีเมลกลางที่แก้ไขแล้ว"]
    return list(dict.fromkeys(filter(None, map(one_line, every))))


def deadline(s: Snapshot, office: Office, issue: Issue) -> str:
    """Return the day until which to mend: counted from the release, of a draft from the cut-off."""
    start: date = issue.released or s.as_of.astimezone(BANGKOK).date()
    return thai_date(start + timedelta(days=office.report.deadline_days))


def plain(facts: dict[str, object]) -> str:
    """Return a notice as plain text for mail, lines ended by CRLF."""
    found = [f"- {one['label']}: {one['text']}" for one in _dicts(facts["findings"])]
    came = [f"- {one['head']}\r\n  “{one['text']}”" for one in _dicts(facts["quotes"])]
    to_do = [f"{thai_number(n)}. {step}" for n, step in enumerate(_texts(facts["steps"]), start=1)]
    first, *rest = _texts(facts["body"])
    led = f"{facts['leads']} {facts['link']}" if "leads" in facts else str(facts["link"])
    parts = [f"ที่ {facts['number']}", "\r\n".join(_texts(facts["office"])),
             str(facts["date"]).strip(), f"เรื่อง  {facts['subject']}",
             f"เรียน  {facts['to']}", first,
             "\r\n".join(found), "\r\n".join(came), "สิ่งที่ขอให้ดำเนินการ\r\n" + "\r\n".join(to_do),
             *rest,
             str(facts["closing"]), "ขอแสดงความนับถือ", "\r\n".join(_texts(facts["signature"])),
             "\r\n".join([*_texts(facts["contact"]), led])]
    return "\r\n\r\n".join(part for part in parts if part.strip()) + "\r\n"


class Sender(NamedTuple):
    """Who mails a notice: the office (name, address), and the box that is watched for answers."""

    name: str
    address: str
    box: str


def sender(office: Office, box: str, *, fixed: bool) -> Sender:
    """Return who mails a notice; `box` is our own address, `fixed`: the relay takes no other.

    It is from the office's own address where that is of our own domain, or one above or below it.
    Of another domain it would fail at receivers that hold author and sender together (DMARC,
    RFC 7489 section 3.1).
    """
    home, ours = (address.rpartition("@")[2] for address in (office.report.email, box))
    own = bool(home) and not fixed and aligned(home, ours)
    return Sender(office.report.name, office.report.email if own else box, box)


def mail(facts: dict[str, object], row: SnapshotRow, sender: Sender, at: datetime,
         pdf: bytes = b"") -> bytes:
    """Return a notice as a message (RFC 5322, 7-bit clean), with the same as PDF enclosed.

    A draft says so in its subject. It bears no mark of a test letter: what comes back to it is no
    evidence of anything.
    """
    stamp = f"[{facts['stamp']}] " if facts["stamp"] else ""
    domain = sender.box.rpartition("@")[2]
    headers = {
        "From": f"{encoded(one_line(sender.name))}\r\n <{sender.address}>", "To": row.address,
        "Reply-To": sender.box,
        "Subject": encoded(f"{stamp}{facts['subject']}"),
        "Date": format_datetime(at.astimezone(BANGKOK)),
        "Message-ID": f"<notice-{_identifier(facts, row)}@{domain}>",
        "Content-Language": "th", "MIME-Version": "1.0"}
    head = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
    return head.encode("ascii") + body(plain(facts), pdf, "notice.pdf")


def _identifier(facts: dict[str, object], row: SnapshotRow) -> str:
    return hashlib.sha256(f"{facts['source']} {row.code}".encode()).hexdigest()[:24]


def _dicts(value: object) -> Iterable[dict[str, str]]:
    return value if isinstance(value, list) else []


def _texts(value: object) -> list[str]:
    return value if isinstance(value, list) else []
