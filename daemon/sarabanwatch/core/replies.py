"""Answers that are no bounces: machines that acknowledge, people who register, correct or answer; Thai and English."""

import re
from collections.abc import Iterator

from sarabanwatch.core.clues import ARABIC
from sarabanwatch.core.mime import Headers, Mail
from sarabanwatch.core.words import Phrase, found

AUTOMATIC = tuple(Phrase.several("""
    out of office | out of the office | automatic reply | auto reply | autoreply | auto-reply
    auto response | autoresponse
    automated response | vacation | away from | on leave | on holiday | auto: | auto-submitted | ticket
    ตอบกลับอัตโนมัติ | ตอบรับอัตโนมัติ | ข้อความอัตโนมัติ | ไม่อยู่ที่สำนักงาน | ลาพักร้อน | ลาพักผ่อน"""))
CHALLENGE = tuple(Phrase.several("confirm your message | verify your message | challenge | click * to deliver"))
CORRECTION = tuple(Phrase.several("""
    แจ้งแก้ไข * อีเมล | แจ้งเปลี่ยน * อีเมล | เปลี่ยนแปลง * อีเมล | เปลี่ยน * ไปรษณีย์อิเล็กทรอนิกส์ | แก้ไข * ไปรษณีย์อิเล็กทรอนิกส์
    ประกาศ * ช่องทางอิเล็กทรอนิกส์ | ที่อยู่อีเมลใหม่ | อีเมลใหม่ | info.go.th"""))
RECEIVED = tuple(Phrase.several("""
    เลขรับ | เลขที่รับ | เลขทะเบียนรับ | ทะเบียนรับ | ได้รับ * แล้ว | ตอบรับ | แจ้งการรับ | receipt number"""))
NUMBER = re.compile(r"(?:เลข(?:ที่|ทะเบียน)?\s*(?:ที่)?รับ(?:ที่|หนังสือ)?|ทะเบียนรับ(?:เลขที่|ที่)?|receipt (?:number|no\.?))"
                    r"[\s:;=\-]{0,10}((?:[ก-ฮ]{1,6}[. ]?)?\d[\d/.\-]{0,20})", re.IGNORECASE)


CUSTOMS = ("x-autoreply", "x-autorespond", "x-auto-response-suppress")


def rows(mail: Mail) -> Iterator[tuple[str, str]]:
    """Yield kind and rule of each row that holds, in order."""
    subject, told = mail.headers.get("subject").lower(), mail.words[:4000].lower()
    if receipt_number(mail):
        yield "receipt", "a receipt number"
    if found(CHALLENGE, subject):
        yield "challenge", "words of a challenge"
    if is_marked(mail.headers):
        yield "automatic", "marked as automatic"
    if found(AUTOMATIC, subject) or found(AUTOMATIC, told[:500]):
        yield "automatic", "words of an automatic answer"
    if found(CORRECTION, subject) or found(CORRECTION, told[:1500]):
        yield "correction", "words of a correction"
    if found(RECEIVED, subject) or found(RECEIVED, told[:1500]):
        yield "receipt", "words of a receipt"


def is_marked(headers: Headers) -> bool:
    """Tell whether the mail says of itself that a machine sent it (RFC 3834, and older customs)."""
    submitted = headers.get("auto-submitted").lower()
    return submitted.startswith("auto-") or bool(headers.get(*CUSTOMS))


def receipt_number(mail: Mail) -> str:
    """Return the receipt number that is given, in Arabic digits, or ""."""
    for text in (mail.headers.get("subject"), mail.words[:4000]):
        if match := NUMBER.search(text.translate(ARABIC)):
            return match[1].strip(" .-/")
    return ""
