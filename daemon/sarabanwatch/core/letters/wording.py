"""The text of the test letter: an external official letter (หนังสือภายนอก), part by part.

How it looks (text, HTML, PDF) is the business of `core.letters.compose` and of the Press port. A
letter is never stored: the same facts give the same text, and the same text the same bytes.
"""

import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from string import Template

from sarabanwatch.core.calendar import BANGKOK, THAI_DIGITS, thai_date
from sarabanwatch.core.facts.letter import Letter
from sarabanwatch.core.facts.purpose import Purpose

SUBJECT = "ทดสอบการรับหนังสือราชการทางไปรษณีย์อิเล็กทรอนิกส์"
CLOSING = "ขอแสดงความนับถือ"
CATCH_ALL_SUBJECT = "ทดสอบว่าโดเมนรับอีเมลที่ส่งถึงชื่อใดก็ได้หรือไม่"
CONFIRM = Template(
    "หรือเปิดลิงก์นี้แล้วกดยืนยันการรับ $link (Or open this link and press the button.)")
REPLACES = Template("หนังสือฉบับนี้ใช้แทนหนังสือที่ $number หากท่านได้รับฉบับก่อนแล้ว โปรดตอบกลับฉบับใดฉบับหนึ่ง")


@dataclass(frozen=True, slots=True)
class Form:
    """What all letters share.

    Sender and number, the body with `$name`s in it, the lines of contact, and how the letter looks.
    `asks_displayed`: it carries Disposition-Notification-To (RFC 8098). `confirm` is the URL that a
    letter's token is put behind to make its confirming link ("": letters carry none). `catch_all`
    is the body of a catch-all probe. `fixed`: all letters have the one envelope sender, and their
    token stands in Message-ID and a header field alone.
    """

    address: str
    sender: str
    number: str
    text: Template
    contact: tuple[str, ...] = ()
    html: bool = True
    asks_displayed: bool = False
    confirm: str = ""
    catch_all: Template = field(default_factory=lambda: Template(""))
    fixed: bool = False

    def numbered(self, serial: int) -> str:
        """Return the letter number of a serial, in Thai digits as official letters have them."""
        return f"{self.number}{serial}".translate(THAI_DIGITS)

    def return_path(self, token: str) -> str:
        """Return the envelope sender and Reply-To of a letter: its own (VERP), unless `fixed`."""
        if self.fixed:
            return self.address
        local, _, domain = self.address.rpartition("@")
        return f"{local}+{token}@{domain}"


@dataclass(frozen=True, slots=True)
class Paper:
    """The parts of an official letter, in the order of the Regulation; every text is one line."""

    number: str
    date: str
    subject: str
    to: str
    body: tuple[str, ...]
    sender: str
    contact: tuple[str, ...]


def paper(letter: Letter, form: Form) -> Paper:
    """Return one letter's parts; a paragraph of the body that comes out empty is left away.

    A catch-all probe has a body, subject and addressee of its own.
    """
    number, name = form.numbered(letter.serial), one_line(letter.name)
    to_nobody = letter.purpose is Purpose.CATCH_ALL
    body, subject, to = (
        (form.catch_all, CATCH_ALL_SUBJECT, "ผู้ดูแลระบบอีเมลของ") if to_nobody
        else (form.text, SUBJECT, "หัวหน้าหน่วยงาน")
    )
    replaced = (
        "" if letter.replaces is None
        else REPLACES.substitute(number=form.numbered(letter.replaces))
    )
    confirmed = CONFIRM.substitute(link=f"{form.confirm}{letter.token}") if form.confirm else ""
    facts = {"number": number, "name": name, "address": letter.address, "replaces": replaced,
             "confirm": confirmed}
    filled = (each if isinstance(each, str) else _joined(each.substitute(facts))
              for each in _paragraphs(body.template))
    return Paper(
        number=number,
        date=thai_date(letter.drafted_at.astimezone(BANGKOK).date()),
        subject=subject,
        to=f"{to} {name}",
        body=tuple(filter(None, filled)),
        sender=one_line(form.sender),
        contact=form.contact,
    )


@lru_cache(maxsize=16)
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
