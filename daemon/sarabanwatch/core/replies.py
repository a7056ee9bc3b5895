"""Answers that are no bounces: machines that acknowledge or ask for proof, people who register, correct or answer.

Reads the writer's own words only: our letter asks for a receipt number, and is often quoted whole below the answer. Thai
and English throughout; other languages where machines speak them.
"""

import re
from collections.abc import Iterator

from sarabanwatch.core.bounce import signs
from sarabanwatch.core.clues import ARABIC, Ours
from sarabanwatch.core.mime import Headers, Mail
from sarabanwatch.core.words import phrases

AUTOMATIC_SUBJECT = phrases("""
    awaits moderator approval | รอการอนุมัติ
    out of office | out of the office | automatic reply | auto reply | autoreply | auto-reply | auto response
    autoresponse | auto-response | automated response | automated reply | automatic response | vacation | away from
    on leave | on holiday | auto: | ticket | case # | case id | request received | acknowledg
    thank you for your e-mail | thank you for your email | thank you for contacting | thanks for contacting
    we have received your | your request has been received | not monitored | abwesen | automatische antwort
    réponse automatique | absence du bureau | respuesta automática | fuera de la oficina | odpowied | automatyczna
    resposta automática | risposta automatica | fuori sede | automatisch antwoord | afwezig | autosvar | автоответ
    自動返信 | 自動応答 | 不在 | 自动回复 | 자동 회신 | ตอบกลับอัตโนมัติ | ตอบรับอัตโนมัติ | ข้อความอัตโนมัติ | อัตโนมัติ:
    ไม่อยู่ที่สำนักงาน | ไม่อยู่สำนักงาน | ลาพักร้อน | ลาพักผ่อน | นอกเวลาราชการ | นอกสำนักงาน | หมายเลขคำร้อง""")
AUTOMATIC = phrases("""
    this is an automated | this is an automatic | automatically generated | automated message | automated reply
    automatic reply | auto-reply | auto reply | do not reply to this | please do not reply | out of the office
    out of office | i am away | i'm away | i am currently away | on vacation | on annual leave | on leave until
    on holiday | limited access to | ticket number | ticket id | ticket # | your ticket | case number
    a ticket has been | ตอบกลับอัตโนมัติ | ตอบรับอัตโนมัติ | โดยอัตโนมัติ | ข้อความอัตโนมัติ | อีเมลอัตโนมัติ
    ระบบอัตโนมัติ | กรุณาอย่าตอบกลับ | โปรดอย่าตอบกลับ | กรุณาไม่ต้องตอบกลับ | ไม่ต้องตอบกลับอีเมล
    ไม่อยู่ที่สำนักงาน | ไม่อยู่สำนักงาน | ลาพักร้อน | ลาพักผ่อน | อยู่ระหว่างการลา | อยู่ระหว่างลา
    อยู่ระหว่างเดินทางไปราชการ | อยู่นอกเวลาราชการ | นอกเวลาทำการ | หมายเลขคำร้อง | หมายเลขตั๋ว""")
CHALLENGE = phrases("""
    requires confirmation | confirm your message | confirm that you sent | confirm * sender | verify your message
    verify * you are * sender | sender verification | verify your email * deliver | challenge-response
    challenge/response | click * deliver | click * address added | click * be delivered | click * approve
    to prove * human | you are a human | not a spammer | one-time verification | allowed list | allowed senders
    guest list | approved sender | whitelist | are protected by | is protected by * click | protected by boxbe
    spamarrest | spam arrest | bluebottle | tmda | boxtrapper | has not been delivered * verif
    กรุณายืนยันว่า * ผู้ส่ง | ยืนยันตัวตนผู้ส่ง | คลิก * เพื่อยืนยัน""")
COMPLAINT = phrases("complaint about message from | abuse report | spam report | email feedback report")
READ = re.compile(r"^(?:read|gelesen|lu|leído|lida|letto|gelezen|開封済み|已读|อ่านแล้ว|เปิดอ่านแล้ว|not read|return receipt"
                  r"|read receipt|ใบตอบรับการอ่าน|การตอบรับการอ่าน)\s?(?:[:(]|$)", re.IGNORECASE)
CORRECTION = phrases("""
    แจ้งแก้ไข * อีเมล | แจ้งแก้ไข * e-mail | แจ้งแก้ไข * ไปรษณีย์อิเล็กทรอนิกส์ | แจ้งเปลี่ยน * อีเมล
    แจ้งเปลี่ยน * e-mail | แจ้งเปลี่ยน * ไปรษณีย์อิเล็กทรอนิกส์ | เปลี่ยนแปลง * อีเมล | เปลี่ยนแปลง * e-mail
    เปลี่ยนแปลง * ไปรษณีย์อิเล็กทรอนิกส์ | เปลี่ยนอีเมล | แก้ไขอีเมล | แก้ไขที่อยู่อีเมล | แก้ไขไปรษณีย์อิเล็กทรอนิกส์
    ปรับปรุง * อีเมล | อีเมลใหม่ | อีเมล์ใหม่ | เปลี่ยนอีเมล์ | แจ้ง * อีเมล์ * ใหม่ | แจ้ง * อีเมลกลาง
    แจ้งช่องทาง * อิเล็กทรอนิกส์ | ประกาศ * ช่องทางอิเล็กทรอนิกส์ | ประกาศ * ช่องทาง * อิเล็กทรอนิกส์
    แจ้งที่อยู่ไปรษณีย์อิเล็กทรอนิกส์ | นำประกาศ * ขึ้น | info.go.th | ยกเลิกการใช้ * อีเมล | ยกเลิกอีเมล * ให้ใช้
    new e-mail address | new email address | address has changed | address changed""")
RECEIVED = re.compile(
    r"(?<!ไม่)(?<!ยังไม่)(?<!มิ)ได้รับ[^\n.]{0,80}?(?:แล้ว|เรียบร้อย|ไว้แล้ว|ครบถ้วน)|แจ้งการรับหนังสือ|แจ้งรับหนังสือ|ตอบรับ(?:หนังสือ|อีเมล|การรับ)|ลงรับ"
    r"|รับหนังสือ[^\n.]{0,40}(?:แล้ว|เรียบร้อย)|รับเรื่อง[^\n.]{0,20}แล้ว|รับทราบและลง|(?:we|i) (?:have )?(?:duly )?received your"
    r"|(?:letter|e-?mail|document) (?:has been|was) received|confirm(?:ing)? receipt|acknowledge receipt", re.IGNORECASE)
LABEL = (r"(?:เลข(?:ที่)?ทะเบียน(?:หนังสือ)?รับ|เลขที่(?:หนังสือ)?รับ|เลขหนังสือรับ|เลขลงรับ|เลขรับ|ทะเบียน(?:หนังสือ)?รับ"
         r"|ลงทะเบียนรับ|ลงรับ|receipt (?:number|no\.?)|reception (?:number|no\.?)|registered (?:as|under)(?: no\.?| number)?)")
BETWEEN = (r"(?:[\s:;=.\-–—\"'()*]|หนังสือ|เลขที่|หมายเลข|เลข|ที่|คือ|เป็น|ดังนี้|ของหน่วยงาน|ของสำนักงาน|ของเทศบาล"
           r"|ของ อบต\.?|ในระบบ|แล้ว|เรียบร้อย|is|no\.?|number|\#){0,14}")
NO_DATE = (r"(?!\s{0,3}(?:น\.|นาฬิกา|ม\.?ค|ก\.?พ|มี\.?ค|เม\.?ย|พ\.?ค|มิ\.?ย|ก\.?ค|ส\.?ค"
           r"|ก\.?ย|ต\.?ค|พ\.?ย|ธ\.?ค|มกรา|กุมภา|มีนา|เมษา|พฤษภา"
           r"|มิถุนา|กรกฎา|สิงหา|กันยา|ตุลา|พฤศจิกา|ธันวา|วัน(?!ที่)|ฉบับ|เรื่อง))")
NUMBER = re.compile(LABEL + BETWEEN + r"((?:[ก-ฮ]{1,6}\.? ?)?\d[\d/.\-]{0,24}+)" + NO_DATE, re.IGNORECASE)
QUOTE = re.compile(
    r"^[ \t]*(?:-{2,}[ \t]*(?:original message|forwarded message|ข้อความต้นฉบับ|ข้อความเดิม|ข้อความที่ส่งต่อ)|_{10,}[ \t]*$"
    r"|on [^\n]{5,200}(?:\n[^\n]{0,120})?wrote:[ \t]*$"
    r"|(?:เมื่อ|ในวัน|วัน|ที่)[^\n]{5,200}(?:\n[^\n]{0,120})?(?:เขียนว่า|เขียน)[ \t]{0,3}:?[ \t]*$"
    r"|(?:from|จาก|von|de)[ \t]?:[^\n]{1,300}\n[ \t]*(?:sent|ส่ง|ส่งเมื่อ|วันที่|date|to|ถึง|เรียน)[ \t]?:)",
    re.IGNORECASE | re.MULTILINE)
QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
OWN_WORDS = 6_000
CUSTOMS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-autoreply-from", "x-mail-autoreply",
           "x-autogenerated", "x-vacation", "x-auto-response")
LISTS = ("list-id", "list-unsubscribe", "list-post", "x-mailinglist")


def rows(mail: Mail, ours: Ours) -> Iterator[tuple[str, str]]:
    """Yield kind and rule of each row that holds, in order."""
    subject, told = mail.headers.get("subject").lower(), own_words(mail).lower()
    if receipt_number(mail, ours):
        yield "receipt", "a receipt number"
    if COMPLAINT.within(subject) or subject.strip() == "unsubscribe":
        yield "feedback", "words of a complaint"
    if READ.match(subject):
        yield "displayed", "subject of a read receipt"
    if is_marked(mail.headers):
        yield "automatic", "marked as automatic"
    if AUTOMATIC_SUBJECT.within(subject) or AUTOMATIC.within(told[:700]):
        yield "automatic", "words of an automatic answer"
    if CORRECTION.within(subject) or CORRECTION.within(told[:1500]):
        yield "correction", "words of a correction"
    if RECEIVED.search(told[:1500]):
        yield "receipt", "words of a receipt"


def is_challenge(mail: Mail) -> bool:
    """Tell whether somebody's guard, and no mail system, wants a proof before it lets our letter through."""
    return not signs.is_daemon(mail.headers) and (
        CHALLENGE.within(own_words(mail)[:3000].lower()) or CHALLENGE.within(mail.headers.get("subject").lower()))


def is_marked(headers: Headers) -> bool:
    """Tell whether the mail says of itself that a machine sent it (RFC 3834, and older customs)."""
    if headers.get("auto-submitted").lower().startswith("auto-") or headers.get(*CUSTOMS):
        return True
    if headers.get(*LISTS):
        return False
    unattended = headers.get("precedence").lower() in ("bulk", "junk", "auto_reply", "auto-reply")
    return unattended or headers.get("return-path").strip() == "<>"


def own_words(mail: Mail) -> str:
    """Return what the writer wrote, without what is quoted below or between."""
    quote = QUOTE.search(mail.words)
    return QUOTED_LINE.sub("", mail.words[:quote.start() if quote else OWN_WORDS][:OWN_WORDS])


def receipt_number(mail: Mail, ours: Ours) -> str:
    """Return the receipt number that is given, in Arabic digits, or ""; our own letter's number is none."""
    own = _squeezed(ours.number)
    for text in (own_words(mail), mail.headers.get("subject")):
        for match in NUMBER.finditer(text.translate(ARABIC)):
            if not _squeezed(match[1] + match.string[match.end():match.end() + 40]).startswith(own):
                return match[1].strip(" .-/")
    return ""


def _squeezed(text: str) -> str:
    return "".join(text.translate(ARABIC).split())
