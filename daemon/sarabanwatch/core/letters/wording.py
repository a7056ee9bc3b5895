"""The text of the test letter: an external official letter (หนังสือภายนอก), part by part.

A letter is in one language. What is added in English stands below it, after the foot. How it looks
(text, HTML, PDF) is the business of `core.letters.compose` and of the Press port. A letter is never
stored: the same facts give the same text, and the same text the same bytes.
"""

import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from string import Template

from sarabanwatch.core.calendar import BANGKOK, THAI_DIGITS, thai_date
from sarabanwatch.core.facts.letter import Letter
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.letters.addressee import addressee
from sarabanwatch.core.letters.section import LetterSection, ReportSection, SenderSection

SUBJECT = "ทดสอบการรับหนังสือราชการทางไปรษณีย์อิเล็กทรอนิกส์"
CLOSING = "ขอแสดงความนับถือ"
CATCH_ALL_SUBJECT = "ทดสอบว่าโดเมนรับอีเมลที่ส่งถึงชื่อใดก็ได้หรือไม่"
BELOW = "---"       # the line of a text after which it goes on below the letter
CONFIRM = Template("ทั้งนี้ หน่วยงานของท่านอาจยืนยันการได้รับหนังสือแทนการตอบกลับ โดยเปิดลิงก์ $link "
                   "แล้วกดปุ่มยืนยัน และพิมพ์หลักฐานการยืนยันเก็บไว้ได้")
CHECK = Template("หน่วยงานของท่านสามารถตรวจสอบว่าหนังสือฉบับนี้เป็นหนังสือจริงได้ที่ $link "
                 "หรือสอบถามตามช่องทางท้ายหนังสือ")
ASK = "หน่วยงานของท่านสามารถตรวจสอบว่าหนังสือฉบับนี้เป็นหนังสือจริงได้ โดยสอบถามตามช่องทางท้ายหนังสือ"
REPLACES = Template("หนังสือฉบับนี้ใช้แทนหนังสือที่ $number ซึ่งไม่ปรากฏแน่ชัดว่าส่งถึงหน่วยงานของท่านหรือไม่ "
                    "โปรดตอบกลับฉบับใดฉบับหนึ่ง")


@dataclass(frozen=True, slots=True)
class Form:
    """What all letters share: who writes, how a letter looks, and its body with `$name`s in it.

    `catch_all` is the body of a catch-all probe. `confirm` is the URL that a letter's token is put
    behind to make its confirming link ("": letters carry none), `check` the URL that a serial is
    put behind, where anybody can see whether the letter is ours ("": there is none). `fixed`: all
    letters have the one envelope sender, and their token stands in Message-ID and a header field
    alone.
    """

    sender: SenderSection
    letter: LetterSection
    report: ReportSection
    text: Template
    catch_all: Template = field(default_factory=lambda: Template(""))
    confirm: str = ""
    check: str = ""
    fixed: bool = False

    @property
    def contact(self) -> tuple[str, ...]:
        """The lines at the letter's foot."""
        return self.letter.contact or self.report.contact

    @property
    def signed(self) -> tuple[str, ...]:
        """The lines of the signature."""
        return self.letter.signature or self.report.signature or (one_line(self.sender.name),)

    @property
    def writer(self) -> str:
        """What the letter calls its office: the first line of the letterhead, else the sender."""
        return self.report.office[0] if self.report.office else one_line(self.sender.name)

    def numbered(self, serial: int) -> str:
        """Return the letter number of a serial, in Thai digits as official letters have them."""
        return f"{self.sender.number}{serial}".translate(THAI_DIGITS)

    def return_path(self, token: str) -> str:
        """Return the envelope sender and Reply-To of a letter: its own (VERP), unless `fixed`."""
        if self.fixed:
            return self.sender.address
        local, _, domain = self.sender.address.rpartition("@")
        return f"{local}+{token}@{domain}"


@dataclass(frozen=True, slots=True)
class Paper:
    """The parts of an official letter, in the order of the Regulation; every text is one line.

    `below` stands under the letter; `link` is where it can be checked, or "".
    """

    number: str
    office: tuple[str, ...]
    date: str
    subject: str
    to: str
    body: tuple[str, ...]
    signature: tuple[str, ...]
    contact: tuple[str, ...]
    below: tuple[str, ...] = ()
    link: str = ""


def paper(letter: Letter, form: Form) -> Paper:
    """Return one letter's parts; a paragraph that comes out empty is left away.

    A catch-all probe has a body, subject and addressee of its own.
    """
    name, to_nobody = one_line(letter.name), letter.purpose is Purpose.CATCH_ALL
    text, subject, to = (
        (form.catch_all, CATCH_ALL_SUBJECT, f"ผู้ดูแลระบบอีเมลของ {name}") if to_nobody
        else (form.text, SUBJECT, addressee(name, letter.kind, form.letter.heads))
    )
    facts = _facts(letter, form)
    body, below = (tuple(filter(None, (each if isinstance(each, str)
                                       else _joined(each.substitute(facts)) for each in part)))
                   for part in _parts(text.template))
    return Paper(
        number=facts["number"], office=form.report.office,
        date=thai_date(letter.drafted_at.astimezone(BANGKOK).date()), subject=subject, to=to,
        body=body, signature=form.signed, contact=form.contact, below=below, link=facts["link"])


def _facts(letter: Letter, form: Form) -> dict[str, str]:
    """Return what a text has `$name`s for."""
    replaced = "" if letter.replaces is None else form.numbered(letter.replaces)
    # a letter to nobody, or to ourselves, is not shown to the public
    link = f"{form.check}{letter.serial}" if form.check and letter.code else ""
    return {
        "number": form.numbered(letter.serial), "name": one_line(letter.name),
        "address": letter.address, "office": form.writer, "link": link,
        "replaces": REPLACES.substitute(number=replaced) if replaced else "",
        "confirm": CONFIRM.substitute(link=f"{form.confirm}{letter.token}") if form.confirm else "",
        "check": CHECK.substitute(link=link) if link else ASK,
    }


@lru_cache(maxsize=16)
def _parts(text: str) -> tuple[tuple[str | Template, ...], ...]:
    """Return a text's paragraphs, those of the letter and those below it."""
    letter, _, below = text.replace("\r", "").partition(f"\n{BELOW}\n")
    return _paragraphs(letter), _paragraphs(below)


def _paragraphs(text: str) -> tuple[str | Template, ...]:
    """Return the paragraphs of a body: text that all letters share, or a template."""
    return tuple(Template(lines) if "$" in lines else _joined(lines)
                 for lines in text.split("\n\n"))


def _joined(lines: str) -> str:
    return one_line(" ".join(lines.splitlines()))


def one_line(text: str) -> str:
    """Return a text without control or format characters.

    No name can then end a header field, or turn the direction of the text.
    """
    if text.isprintable():
        return text.strip()
    return "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text
                   if unicodedata.category(c) != "Cf").strip()
