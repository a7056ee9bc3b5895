"""Receipts: the number under which an office registered our letter (เลขรับ), and the words by which it says that it has it.

A number is taken only where a label stands before it, in any of the forms that offices use (a number, a book and a number, a
number of their central registry); never a date, a time, a telephone number, or our own letter's number told back to us.
"""

import re
from collections.abc import Iterator

from sarabanwatch.core.returns.clues import ARABIC

NOT_YET = r"(?<!ไม่)(?<!ยัง)(?<!มิ)(?<!จะ)(?<!รอ)(?<!หาก)(?<!เมื่อ)"
RECEIVED = re.compile(
    NOT_YET + r"(?:ได้รับ|ได้ลงรับ)[^\n.]{0,80}?(?:แล้ว|แร้ว|เรียบร้อย|ครบถ้วน)|"
    + NOT_YET + r"รับ(?:ไว้|หนังสือ|เอกสาร|เรื่อง|อีเมล|อีเมล์|เมล|เมล์|จดหมาย)?[^\n.]{0,40}?(?:แล้ว|แร้ว|เรียบร้อย)|"
    r"แจ้งการรับหนังสือ|แจ้งรับหนังสือ|(?:ขอ|ยินดี)?ตอบรับ(?:หนังสือ|อีเมล|การรับ)|ลงรับ(?:เรียบร้อย|แล้ว|ไว้)|ออกเลขรับ|"
    r"รับทราบและลง|(?:we|i) (?:have )?(?:duly )?received your|well received|received with thanks|"
    r"(?:letter|e-?mail|document) (?:has been|was) received|confirm(?:ing)? receipt|acknowledge receipt", re.IGNORECASE)
NOTED = re.compile(
    r"รับทราบ|(?<!ไม่)(?<!โปรด)ทราบ(?:แล้ว|ค่ะ|คะ|ครับ|คับ)|\bnoted\b|acknowledged|got it|(?:has|have|was|been|duly|well) received|"
    r"received (?:with|your|the|this|and)|ลงรับ|เลขรับ|เลขที่รับ|(?<!ลง)ทะเบียนรับ", re.IGNORECASE)
LABEL = (r"(?:เลข(?:ที่)?ทะเบียน(?:หนังสือ)?รับ|เลขที่(?:หนังสือ)?รับ|เลขหนังสือรับ|เลขลงรับ|เลขที่ลงรับ|เลขรับ|ลำดับ(?:ที่)?รับ|ทร\.|ทะเบียน(?:หนังสือ)?รับ"
         r"|ลงทะเบียนรับ|ลงรับ|รับเลขที่|รับที่|no\.\s?รับ|receipt (?:number|no\.?)|reception (?:number|no\.?)|received (?:number|no\.?)"
         r"|registered (?:as|under)(?: no\.?| number)?|registration (?:number|no\.?))"
         r"(?!สมัคร|สิทธิ|ของ|เงิน|ชำระ|วัคซีน|ส่วนลด|รางวัล|ข่าว|จำนวน|แจ้ง|บริการ|ตำแหน่ง)")
# a number behind such words is another
OTHER = r"ยัง|ไม่|รอ|จะ|โทร|วันที่|ลงวัน|ลว|เวลา|เมื่อ|ภายใน|พ\.ศ|ปี|tel|date|ต่อ "
BETWEEN = rf"(?:เล่ม(?:ที่)?\s?\d{{1,4}}(?!\d)|(?!{OTHER})[^\d]){{0,40}}?"
NO_DATE = (r"(?!\s{0,3}(?:น\.|นาฬิกา|ม\.?ค|ก\.?พ|มี\.?ค|เม\.?ย|พ\.?ค|มิ\.?ย|ก\.?ค|ส\.?ค"
           r"|ก\.?ย|ต\.?ค|พ\.?ย|ธ\.?ค|มกรา|กุมภา|มีนา|เมษา|พฤษภา"
           r"|มิถุนา|กรกฎา|สิงหา|กันยา|ตุลา|พฤศจิกา|ธันวา|วัน(?!ที่)|ฉบับ|เรื่อง|คน|ชุด|แผ่น|หน้า|นาที|ชั่วโมง))")
NUMBER = re.compile(LABEL + BETWEEN + r"((?:(?<![ก-๙])[ก-ฮ]{1,6}\.? ?)?\d[\d/.\-]{0,24}+)"
                    + NO_DATE, re.IGNORECASE)
DATE = re.compile(r"\d{1,2}([/.-])\d{1,2}\1\d{2}(?:\d{2})?|\d{4}-\d{2}-\d{2}|\d{1,2}[.:]\d{2}")
PHONE = re.compile(r"0\d[\d-]{7,11}")


def number(texts: tuple[str, ...], own: str) -> str:
    """Return the first receipt number in these texts, in Arabic digits, or ""; `own`: how our letters' numbers begin."""
    ours = _squeezed(own)
    found = (each for text in texts for each in _numbers(text.translate(ARABIC), ours))
    return next(found, "")


def acknowledged(told: str) -> bool:
    """Tell whether a writer says that they have the letter; a question about it, or that it is yet to come, is none."""
    return bool(RECEIVED.search(told))


def speaks_of_letter(told: str) -> bool:
    """Tell whether a writer speaks of our letter at all, as one who has it."""
    return bool(RECEIVED.search(told) or NOTED.search(told))


def names_our_letter(text: str, own: str) -> bool:
    """Tell whether a text names one of our letters by its number."""
    return _squeezed(own) in _squeezed(text)


def _numbers(text: str, ours: str) -> Iterator[str]:
    for match in NUMBER.finditer(text):
        told = match[1].strip(" .-/")
        if DATE.fullmatch(told) or PHONE.fullmatch(told):
            continue
        if not _squeezed(match[1] + text[match.end():match.end() + 40]).startswith(ours):
            yield told


def _squeezed(text: str) -> str:
    return "".join(text.translate(ARABIC).split())
