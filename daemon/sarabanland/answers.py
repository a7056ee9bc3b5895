"""What comes back from an office that took a letter.

It is a receipt, a free reply, an out-of-office message, a ticket or a disposition notification
(MDN). Each function makes one kind, a whole mail, of the letter that is answered and a random
generator. They vary as in life: charsets, encodings, answers without In-Reply-To, machines that
keep to RFC 3834 and machines that do not.
"""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from sarabanland import compose
from sarabanland.body import Body
from sarabanland.bounce import DsnRequest, Outcome, Stamp, notice
from sarabanland.cells import THAI_DIGITS
from sarabanland.compose import Fields, Text
from sarabanland.letter import Letter

WRITINGS = (            # charset, encoding: mostly UTF-8 in base64
    ("utf-8", "base64"), ("utf-8", "base64"), ("utf-8", "base64"), ("utf-8", "quoted-printable"),
    ("utf-8", "8bit"),
    ("windows-874", "base64"), ("tis-620", "quoted-printable"), ("tis-620", "8bit"),
)
RECEIPTS = (
    "ได้รับหนังสือแล้ว เลขรับ {number}/{year} ลงวันที่ {date}",
    "สำนักงานได้รับหนังสือของท่านเรียบร้อยแล้ว\nเลขที่รับ {number}",
    "ทะเบียนรับเลขที่ {number} วันที่ {date}\nงานสารบรรณ {name}",
    ("เรียน ผู้เกี่ยวข้อง\n\n{name} ได้ลงทะเบียนรับหนังสือแล้ว "
     "เลขทะเบียนรับ {number}/{year} เวลา {time} น.\n\nขอแสดงความนับถือ"),
    "แจ้งการรับหนังสืออิเล็กทรอนิกส์: เลขรับที่ {number} รับเมื่อ {date} {time} น.",
)
REPLIES = (
    "รับทราบค่ะ ขอบคุณค่ะ",
    "ได้รับอีเมลแล้วครับ จะเสนอผู้บังคับบัญชาต่อไป",
    "เรียน เจ้าหน้าที่\n\nที่อยู่นี้ใช้งานได้ตามปกติค่ะ หากต้องการข้อมูลเพิ่มเติมกรุณาโทรศัพท์ติดต่องานธุรการ\n\n{name}",
    "ตรวจสอบแล้ว ใช้งานได้ครับ\nงานธุรการ {name}",
)
AWAY = (
    "ขณะนี้ข้าพเจ้าอยู่ระหว่างลา จะกลับมาปฏิบัติงานในวันที่ {date}",
    "ข้าพเจ้าไม่อยู่สำนักงาน หากมีเรื่องเร่งด่วนโปรดติดต่อ {name}",
    "อีเมลตอบกลับอัตโนมัติ: ไม่อยู่สำนักงานถึงวันที่ {date}",
)
TICKET = ("ระบบได้รับเรื่องของท่านแล้ว หมายเลขเรื่อง {number}\n"
          "กรุณาอย่าตอบกลับอีเมลฉบับนี้ / Please do not reply to this message.")
AGENTS = ("Microsoft Outlook 16.0", "Thunderbird 140.0", "Zimbra 10.1")
BARE = 0.15             # share of people's answers that do not say which mail they answer
RUDE = 0.3              # share of out-of-office machines that ignore RFC 3834
MONTHS = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.",
          "ธ.ค.")


@dataclass(frozen=True, slots=True)
class Occasion:
    """The letter that is answered, who answers it, and the simulated time of the answer."""

    body: Body
    letter: Letter
    when: datetime

    @property
    def sender(self) -> str:
        """The answering office's mailbox."""
        return compose.named(self.body.name, self.letter.recipient)


def receipt(occasion: Occasion, rng: Random) -> bytes:
    """A clerk gives the receipt number (เลขรับ)."""
    return _person(occasion, rng.choice(RECEIPTS), rng)


def reply(occasion: Occasion, rng: Random) -> bytes:
    """A person answers in their own words."""
    return _person(occasion, rng.choice(REPLIES), rng)


def vacation(occasion: Occasion, rng: Random) -> bytes:
    """An out-of-office message; some say so in Thai words only, and in no header."""
    rude = rng.random() < RUDE
    marks = [] if rude else [("Auto-Submitted", "auto-replied"), ("Precedence", "bulk")]
    subject = "ไม่อยู่สำนักงาน" if rude else f"ตอบกลับอัตโนมัติ: {occasion.letter.subject}"
    return _written(occasion, subject, [*marks, *_reference(occasion.letter)], rng.choice(AWAY),
                    rng)


def ticket(occasion: Occasion, rng: Random) -> bytes:
    """A ticket system opens a case."""
    marks = [("X-Auto-Response-Suppress", "All"), ("Auto-Submitted", "auto-generated"),
             *_reference(occasion.letter)]
    subject = f"[Ticket#{rng.randrange(10**6, 10**7)}] {occasion.letter.subject}"
    return _written(occasion, subject, marks, TICKET, rng)


def mdn(occasion: Occasion, rng: Random) -> bytes:
    """A mail program reports that the letter was displayed (RFC 8098)."""
    letter = occasion.letter
    fields = _fields(occasion, f"อ่านแล้ว: {letter.subject}", _reference(letter), rng)
    status = compose.lines([
        ("Reporting-UA", f"pc{rng.randrange(99)}; {rng.choice(AGENTS)}"),
        ("Final-Recipient", f"rfc822;{letter.recipient}"),
        ("Original-Message-ID", letter.fields.get("message-id", "")),
        ("Disposition", "manual-action/MDN-sent-manually; displayed"),
    ])
    words = f"ข้อความที่ส่งถึง {letter.recipient} ถูกเปิดอ่านเมื่อ {_date(occasion.when)}\r\n"
    return compose.report(fields, "disposition-notification", f"=_mdn_{rng.randrange(10**9)}", [
        ("text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit", words.encode()),
        ("message/disposition-notification", status),
    ])


def late(occasion: Occasion, rng: Random) -> bytes:
    """A bounce by the agency's host, which took the letter and finds no such mailbox later."""
    letter = occasion.letter
    host = f"mail.{letter.recipient.rpartition('@')[2]}"
    outcome = Outcome("5.1.1", f"smtp; 550 5.1.1 <{letter.recipient}>: user does not exist", host)
    return notice(Stamp(host, f"{rng.randrange(16**10):010X}", occasion.when), "failed", letter,
                  outcome, DsnRequest())


def _person(occasion: Occasion, words: str, rng: Random) -> bytes:
    subject = rng.choice(("Re: {}", "Re: {}", "ตอบกลับ: {}",
                          "RE: {}")).format(occasion.letter.subject)
    reference = [] if rng.random() < BARE else _reference(occasion.letter)
    return _written(occasion, subject, reference, words, rng)


def _written(occasion: Occasion, subject: str, more: Fields, words: str, rng: Random) -> bytes:
    text = _filled(words, occasion, rng)
    charset, encoding = rng.choice(WRITINGS)
    if rng.random() < 0.1:
        html = f"<html><body><p>{text.replace(chr(10), '<br>')}</p></body></html>"
        return compose.single(_fields(occasion, subject, more, rng),
                              Text(html, charset, encoding, "html"))
    return compose.single(_fields(occasion, subject, more, rng), Text(text, charset, encoding))


def _fields(occasion: Occasion, subject: str, more: Fields, rng: Random) -> Fields:
    domain = occasion.letter.recipient.rpartition("@")[2]
    return [
        ("From", occasion.sender),
        ("To", occasion.letter.answer_to),
        ("Subject", compose.encoded(subject)),
        ("Date", compose.dated(occasion.when)),
        ("Message-ID", f"<{rng.randrange(16**16):016x}@{domain}>"),
        *more,
    ]


def _reference(letter: Letter) -> Fields:
    about = letter.fields.get("message-id", "")
    return [("In-Reply-To", about), ("References", about)]


def _filled(words: str, occasion: Occasion, rng: Random) -> str:
    text = words.format(
        number=rng.randrange(1, 9999), year=occasion.when.year + 543, name=occasion.body.name,
        date=_date(occasion.when), time=occasion.when.strftime("%H.%M"))
    return text.translate(THAI_DIGITS) if rng.random() < 0.5 else text


def _date(when: datetime) -> str:
    return f"{when.day} {MONTHS[when.month - 1]} {when.year + 543}"
