"""Answers that are not bounces: of machines, and of people who register, correct or answer.

Only the writer's own words are read, because our letter asks for a receipt number and is often
quoted whole below the answer. The tables are in Thai and English, with other languages for
machines.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sarabanwatch.core.facts.words import find_addresses, phrases
from sarabanwatch.core.returns import clues, doubts, receipts
from sarabanwatch.core.returns.bounce import signs
from sarabanwatch.core.returns.clues import Ours
from sarabanwatch.core.returns.doubts import Doubt
from sarabanwatch.core.returns.mime import Mail
from sarabanwatch.core.returns.quoted import own_words

TO_MANY = (Doubt.LIST, Doubt.BULK)
GRAVE = (Doubt.FAILURE, Doubt.HELD, Doubt.NOT_OURS, Doubt.UNUSED, Doubt.REFUSAL)
UNREAD_RULE = "subject of a receipt that says that it was not read"
MARKED_RULE = "marked as automatic"

AUTOMATIC_SUBJECT = phrases("""
    awaits moderator approval | รอการอนุมัติ | out of office | out of the office | automatic reply
    auto reply | autoreply | auto-reply | auto response | autoresponse | auto-response
    automated response | automated reply | automatic response | vacation | away from | on leave
    on holiday | auto: | ticket | case # | case id | request received | acknowledg
    thank you for your e-mail | thank you for your email | thank you for contacting
    thanks for contacting | we have received your | your request has been received
    not monitored | abwesen | automatische antwort | réponse automatique | absence du bureau
    respuesta automática | fuera de la oficina | odpowied | automatyczna | resposta automática
    risposta automatica | fuori sede | automatisch antwoord | afwezig | autosvar | автоответ
    自動返信 | 自動応答 | 不在 | 自动回复 | 자동 회신 | ตอบกลับอัตโนมัติ | ตอบรับอัตโนมัติ
    ข้อความอัตโนมัติ | อัตโนมัติ: | ไม่อยู่ที่สำนักงาน | ไม่อยู่สำนักงาน | ลาพักร้อน | ลาพักผ่อน | นอกเวลาราชการ
    นอกสำนักงาน | หมายเลขคำร้อง | ไม่อยู่ที่ทำงาน | ปิดทำการ | วันหยุดทำการ | หยุดทำการ | ขอบคุณสำหรับอีเมล
    ขอบคุณที่ติดต่อ | ได้รับข้อความของท่าน | ลากิจ | ลาป่วย | ลาคลอด""")
AUTOMATIC = phrases("""
    this is an automated | this is an automatic | automatically generated | automated message
    automated reply | automatic reply | auto-reply | auto reply | do not reply to this
    please do not reply | out of the office | out of office | i am away | i'm away
    i am currently away | on vacation | on annual leave | on leave until | on holiday
    limited access to | ticket number | ticket id | ticket # | your ticket | case number
    a ticket has been | ตอบกลับอัตโนมัติ | ตอบรับอัตโนมัติ | โดยอัตโนมัติ | ข้อความอัตโนมัติ | อีเมลอัตโนมัติ
    ระบบอัตโนมัติ | กรุณาอย่าตอบกลับ | โปรดอย่าตอบกลับ | กรุณาไม่ต้องตอบกลับ | ไม่ต้องตอบกลับอีเมล
    ไม่อยู่ที่สำนักงาน | ไม่อยู่สำนักงาน | ลาพักร้อน | ลาพักผ่อน | อยู่ระหว่างการลา | อยู่ระหว่างลา
    อยู่ระหว่างเดินทางไปราชการ | อยู่นอกเวลาราชการ | นอกเวลาทำการ | หมายเลขคำร้อง | หมายเลขตั๋ว
    หมายเลขเรื่อง | หมายเลขติดตาม | รหัสติดตาม | เลขที่คำร้อง | ติดตามสถานะ | ติดตามเรื่อง | สำนักงานปิดทำการ
    ปิดทำการ | เปิดทำการตามปกติ | เปิดทำการปกติ | เราจะตอบกลับ | จะตอบกลับโดยเร็ว | จะตอบกลับท่าน
    จะติดต่อกลับ | ขอบคุณที่ติดต่อ | ขอบคุณที่ส่งอีเมล | ขอบคุณสำหรับอีเมล | ไม่อยู่ที่ทำงาน | ไม่อยู่ที่โต๊ะ
    ไม่อยู่ที่หน่วยงาน | ไม่อยู่ปฏิบัติ | จะกลับมาปฏิบัติ | กลับมาปฏิบัติงาน | ติดราชการ | อยู่ระหว่างประชุม
    อยู่ระหว่างอบรม | อยู่ระหว่างไปราชการ | ไปราชการต่าง | ลากิจ | ลาป่วย | ลาคลอด | out of my office
    away from my desk | away from the office | will respond as soon | will reply as soon
    will get back to you | we aim to respond | thank you for contacting
    thank you for your e-mail | thank you for your email | your message has been received by our""")
CHALLENGE = phrases("""
    requires confirmation | confirm your message | confirm that you sent | confirm * sender
    verify your message | verify * you are * sender | sender verification
    verify your email * deliver | challenge-response | challenge/response | click * deliver
    click * address added | click * be delivered | click * approve | to prove * human
    you are a human | not a spammer | one-time verification | allowed list | allowed senders
    guest list | approved sender | whitelist | are protected by | is protected by * click
    protected by boxbe | spamarrest | spam arrest | bluebottle | tmda | boxtrapper
    has not been delivered * verif | กรุณายืนยันว่า * ผู้ส่ง | ยืนยันตัวตนผู้ส่ง | คลิก * เพื่อยืนยัน""")
COMPLAINT = phrases(
    "complaint about message from | abuse report | spam report | email feedback report"
)
READ = re.compile(
    r"^(?:read|gelesen|lu|leído|lida|letto|gelezen|開封済み|已读|อ่าน|อ่านแล้ว|เปิดอ่านแล้ว"
    r"|return receipt|read receipt|ใบตอบรับการอ่าน|การตอบรับการอ่าน|ตอบรับการเปิดอ่าน|แจ้งการเปิดอ่าน)"
    r"\s?(?:[:(]|$)", re.IGNORECASE)
UNREAD = re.compile(
    r"^(?:not read|nicht gelesen|ungelesen|non lu|no leído|não lida|non letto|niet gelezen"
    r"|未读|未開封|(?:ยัง)?ไม่(?:ได้|ถูก)?(?:เปิด)?อ่าน)\s?(?:[:(]|$)", re.IGNORECASE)
CORRECTION = phrases("""
    แจ้งแก้ไข * อีเมล | แจ้งแก้ไข * e-mail | แจ้งแก้ไข * ไปรษณีย์อิเล็กทรอนิกส์ | แจ้งเปลี่ยน * อีเมล
    แจ้งเปลี่ยน * e-mail | แจ้งเปลี่ยน * ไปรษณีย์อิเล็กทรอนิกส์ | เปลี่ยนแปลง * อีเมล | เปลี่ยนแปลง * e-mail
    เปลี่ยนแปลง * ไปรษณีย์อิเล็กทรอนิกส์ | เปลี่ยนอีเมล | แก้ไขอีเมล | แก้ไขที่อยู่อีเมล | แก้ไขไปรษณีย์อิเล็กทรอนิกส์
    ปรับปรุง * อีเมล | อีเมลใหม่ | อีเมล์ใหม่ | เปลี่ยนอีเมล์ | แจ้ง * อีเมล์ * ใหม่ | แจ้ง * อีเมลกลาง
    แจ้งช่องทาง * อิเล็กทรอนิกส์ | ประกาศ * ช่องทางอิเล็กทรอนิกส์ | ประกาศ * ช่องทาง * อิเล็กทรอนิกส์
    แจ้งที่อยู่ไปรษณีย์อิเล็กทรอนิกส์ | นำประกาศ * ขึ้น | info.go.th | ยกเลิกการใช้ * อีเมล | ยกเลิกอีเมล * ให้ใช้
    new e-mail address | new email address | address has changed | address changed""")
NEW_ADDRESS = phrases("""
    ส่งใหม่ที่ | ส่งใหม่ไปที่ | ส่งไปที่ | ส่งมาที่ | ส่งที่ | ส่งได้ที่ | ให้ใช้ | ใช้อีเมล | ใช้เมล | ใช้ที่อยู่ | เปลี่ยนเป็น
    เปลี่ยนมาใช้ | เป็นอีเมล | ที่ถูกต้อง | ที่ถูก | สะกดผิด | พิมพ์ผิด | แก้เป็น | แก้ไขเป็น | อีเมลของหน่วย
    อีเมล์ของหน่วย | อีเมลกลาง | เมลกลาง | อีเมลใหม่ | อีเมล์ใหม่ | เมลใหม่ | เมล์ใหม่ | ที่อยู่ใหม่ | instead
    correct address | correct e-mail | correct email | please use | please send * to
    our address is | our e-mail is | our email is | has moved to | changed to | new address
    new e-mail | new email""")
ANNOUNCED = phrases("""
    ลงประกาศ * ช่องทาง | ประกาศ * มาตรา 10 | ประกาศ * มาตรา ๑๐ | ตามมาตรา 10 | ตามมาตรา ๑๐""")
SIGNED_OFF = re.compile(
    r"^[ \t]*(?:-- ?$|_{3,}|={3,}|ขอแสดงความนับถือ|ด้วยความเคารพ|best regards|regards|sincerely)",
    re.IGNORECASE | re.MULTILINE)
LABELLED = re.compile(r"(?:e-?mail|อีเมล์?|ไปรษณีย์อิเล็กทรอนิกส์|โทร|tel)[^\n@]{0,20}$",
                      re.IGNORECASE)
LOOKED_AT = 1_500      # characters of the writer's own words that decide the kind


class ReplyWords(NamedTuple):
    """What the rows ask of a mail. Texts are in small letters.

    `words`: the writer's own words; `threaded`: it names a letter of ours as the one that it
    answers; `refers`: it says that it answers something, or names our letter's number; `receipt`:
    the receipt number that it gives, or ""; `addresses`: the addresses in its words, with their
    places, without ours and those of a signature.
    """

    subject: str
    words: str
    sender: str
    doubts: tuple[Doubt, ...]
    threaded: bool
    refers: bool
    receipt: str
    addresses: tuple[tuple[int, str], ...]

    def doubted(self, *doubts: Doubt) -> bool:
        """Say whether the mail raises any of these doubts."""
        return any(doubt in self.doubts for doubt in doubts)


def reply_words(mail: Mail, ours: Ours, *, threaded: bool) -> ReplyWords:
    """Return what the rows ask of a mail."""
    subject, own, sender = mail.headers.get("subject"), own_words(mail), clues.sender(mail)
    words = own.lower()
    doubted = doubts.of(mail, sender, f"{subject.lower()}\n{words[:LOOKED_AT]}")
    receipt = receipts.number((own, subject), ours.number)
    named = receipts.names_our_letter(f"{subject}\n{own[:LOOKED_AT]}", ours.number)
    refers = threaded or named or bool(signs.PERSONAL.match(subject))
    others = tuple(_addresses(own[:LOOKED_AT], ours))
    return ReplyWords(subject.lower(), words, sender, doubted, threaded, refers, receipt, others)


class ReplyRow(NamedTuple):
    """One row: the kind of mail, the rule's name, and when it holds."""

    kind: str
    rule: str
    holds: Callable[[ReplyWords], bool]


def _sells_to_many(t: ReplyWords) -> bool:
    return t.doubted(*TO_MANY) and t.doubted(Doubt.SELLS) and not _acknowledges(t)


def _answers_nobody(t: ReplyWords) -> bool:
    return t.doubted(*TO_MANY) and not t.threaded and not t.doubted(*GRAVE)


def _complains(t: ReplyWords) -> bool:
    return COMPLAINT.within(t.subject) or t.subject.strip() == "unsubscribe"


def _is_automatic(t: ReplyWords) -> bool:
    return AUTOMATIC_SUBJECT.within(t.subject) or AUTOMATIC.within(t.words[:700])


def _is_our_copy(t: ReplyWords) -> bool:
    return t.doubted(Doubt.COPY)


def _is_marked(t: ReplyWords) -> bool:
    return t.doubted(Doubt.MARKED)


def _has_receipt(t: ReplyWords) -> bool:
    return bool(t.receipt)


def _is_read(t: ReplyWords) -> bool:
    return bool(READ.match(t.subject))


def _is_unread(t: ReplyWords) -> bool:
    return bool(UNREAD.match(t.subject))


def _acknowledges_by_machine(t: ReplyWords) -> bool:
    return _acknowledges(t) and t.doubted(Doubt.ROBOT)


def _acknowledges(t: ReplyWords) -> bool:
    return receipts.acknowledged(t.words[:LOOKED_AT])


def _corrects(t: ReplyWords) -> bool:
    """Say whether the words name a new address or announcement, or call ours wrong."""
    words = t.words[:LOOKED_AT]
    if CORRECTION.within(t.subject) or CORRECTION.within(words) or ANNOUNCED.within(words):
        return True
    if t.doubted(*GRAVE) and t.addresses:
        return True
    around = (words[max(0, start - 80):start + len(address) + 40] for start, address in t.addresses)
    return any(map(NEW_ADDRESS.within, around))


def _names_another(t: ReplyWords) -> bool:
    """Say whether the mail names an address that is not its sender's."""
    return any(named.lower() != t.sender.lower() for _, named in t.addresses)


ROWS = (   # the first row that holds decides
    ReplyRow("bulk",       "our own letter, sent on",                _is_our_copy),
    ReplyRow("receipt",    "a receipt number",                       _has_receipt),
    ReplyRow("feedback",   "words of a complaint",                   _complains),
    ReplyRow("displayed",  "subject of a read receipt",              _is_read),
    ReplyRow("displayed",  UNREAD_RULE,                              _is_unread),
    ReplyRow("bulk",       "sent to many, and it wants something",   _sells_to_many),
    ReplyRow("correction", "words of a correction",                  _corrects),
    ReplyRow("automatic",  MARKED_RULE,                              _is_marked),
    ReplyRow("automatic",  "words of an automatic answer",           _is_automatic),
    ReplyRow("automatic",  "words of a receipt, by a machine",       _acknowledges_by_machine),
    ReplyRow("receipt",    "words of a receipt",                     _acknowledges),
    ReplyRow("correction", "it names another address",               _names_another),
    ReplyRow("bulk",       "sent to many, and no answer in it",      _answers_nobody),
)


def read(t: ReplyWords) -> tuple[str, str]:
    """Return the kind and the rule of the first row that holds, or ("", "")."""
    return next(((row.kind, row.rule) for row in ROWS if row.holds(t)), ("", ""))


def is_challenge(mail: Mail) -> bool:
    """Say whether a challenge-response filter, and no mail system, demands a proof."""
    if signs.is_daemon(mail.headers):
        return False
    texts = (own_words(mail)[:3000], mail.headers.get("subject"))
    return any(CHALLENGE.within(text.lower()) for text in texts)


def _addresses(own: str, ours: Ours) -> Iterator[tuple[int, str]]:
    """Yield the places of addresses in a writer's words, without ours and those of a signature."""
    signed, home = SIGNED_OFF.search(own), "@" + ours.address.rpartition("@")[2].lower()
    for match in find_addresses(own[:signed.start()] if signed else own):
        before = own[max(0, match.start() - 40):match.start()]
        if not match[0].lower().endswith(home) and not LABELLED.search(before):
            yield match.start(), match[0]
