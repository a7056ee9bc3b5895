"""A mail in which an agency seems to name a new address or announcement.

A person decides; nothing is changed here. Only the writer's own words are read and not what is
quoted below them, because our own letter names the old address.
"""

import re
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage

from sarabanwatch.core.address import addresses_in
from sarabanwatch.core.calendar import thai_date
from sarabanwatch.core.facts import local
from sarabanwatch.core.register import Unreadable, read_date
from sarabanwatch.core.returns import mime, quoted
from sarabanwatch.core.returns.clues import Ours, sender

ARABIC = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
CODE = re.compile(r"(?<![\d.@-])[2-6]\d{6}(?![\d@])")
LINK = re.compile(r"https?://[^\s<>\"'()\[\]]{4,500}", re.IGNORECASE)
DATED = re.compile(r"(?:ลงวันที่|เมื่อวันที่|ณ วันที่|วันที่ประกาศ\s?:?|dated|announced on)\s{0,3}([^\n]{6,40})",
                   re.IGNORECASE)
# characters that may not stand in a header field
UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
MESSAGE_ID = re.compile(r"<[!-;=?A-~]{1,250}@[!-;=?A-~]{1,250}>", re.ASCII)
# what stands before an address that is no longer to be used, and before one that is
OLD = re.compile(r"เดิม|เก่า|ยกเลิก|แทน|ไม่ใช้|(?:เปลี่ยน|แก้)[^\n]{0,40}?จาก|"
                 r"\b(?:old|former|instead of|replac\w+|from)\b", re.IGNORECASE)
NEW = re.compile(r"เป็น|ใหม่|ให้ใช้|\b(?:new|use|to)\b", re.IGNORECASE)
LONGEST_SUBJECT = 300     # characters of it that an answer repeats
DAY = re.compile(
    r"\d{1,2}[\s/.-]{1,3}(?:[ก-๙.]{3,12}|\d{1,2})[\s/.-]{1,3}(?:พ\.ศ\.\s?)?\d{4}|\d{4}-\d{2}-\d{2}"
)


@dataclass(frozen=True, slots=True)
class CorrectionMail:
    """What a mail says: its sender, subject and id, the writer's words, and what they name."""

    sender: str
    subject: str
    message_id: str
    words: str
    addresses: tuple[str, ...]
    former: tuple[str, ...]     # of these, those that it calls the old ones beside another
    codes: tuple[str, ...]
    link: str
    given_on: date | None


def read(raw: bytes, ours: Ours) -> CorrectionMail:
    """Return what a mail says. Never raises; a mail over a limit says nothing."""
    try:
        mail = mime.take_apart(raw)
    except mime.LimitError:
        return CorrectionMail("", "", "", "", (), (), (), "", None)
    words, home = quoted.own_words(mail), ours.address.rpartition("@")[2].lower()
    found = (a for line in words.translate(ARABIC).splitlines() for a in addresses_in(line))
    named = dict.fromkeys(a for a in found if not a.lower().endswith("@" + home))
    codes = dict.fromkeys(c for c in CODE.findall(words.translate(ARABIC)) if local.parse(c))
    link = LINK.search(words)
    head = mail.headers
    return CorrectionMail(sender(mail), head.get("subject"), head.get("message-id").strip(), words,
                          tuple(named), former(words, tuple(named)), tuple(codes),
                          link[0].rstrip(".,;") if link else "", _dated(words))


def former(words: str, named: tuple[str, ...]) -> tuple[str, ...]:
    """Return the addresses that a text calls the old ones: `จากเดิม X เป็น Y`, `Y แทน X`.

    The last word of OLD or NEW before an address says which it is. Where none would be left, the
    text was not understood, and none is old.
    """
    old, begins = list[str](), 0
    for each in named:
        stands = words.translate(ARABIC).find(each, begins)
        before = words[begins:max(stands, begins)]
        last = {cue: max((found.end() for found in cue.finditer(before)), default=-1)
                for cue in (OLD, NEW)}
        if last[OLD] > last[NEW]:
            old.append(each)
        begins = max(stands + len(each), begins)
    return tuple(old) if len(old) < len(named) else ()


def _dated(words: str) -> date | None:
    for found in DATED.finditer(words):
        if day := DAY.match(found[1].translate(ARABIC)):
            try:
                return read_date(day[0])
            except Unreadable:
                continue
    return None


ANSWERS = {   # below เรียน; None: not decided yet
    True: """ตามที่ {name} ได้แจ้งที่อยู่ไปรษณีย์อิเล็กทรอนิกส์กลาง {cell} มา นั้น
บัดนี้ ได้ปรับปรุงทะเบียนแล้วเมื่อ {day} และได้ส่งหนังสือทดสอบไปยังที่อยู่ดังกล่าว
จึงเรียนมาเพื่อโปรดทราบ และโปรดแจ้งเลขรับเมื่อได้รับหนังสือทดสอบ""",
    False: """ตามที่ {name} ได้แจ้งที่อยู่ไปรษณีย์อิเล็กทรอนิกส์กลาง {cell} มา นั้น
ได้ตรวจสอบแล้ว ยังไม่สามารถปรับปรุงทะเบียนได้ เนื่องจาก{why}
จึงเรียนมาเพื่อโปรดพิจารณาแก้ไข และแจ้งให้ทราบอีกครั้ง""",
    None: """ตามที่ {name} ได้แจ้งที่อยู่ไปรษณีย์อิเล็กทรอนิกส์กลาง {cell} มา นั้น
ได้รับเรื่องไว้แล้ว อยู่ระหว่างการตรวจสอบ และจะแจ้งผลให้ทราบต่อไป""",
}


def draft(mail: CorrectionMail, ours: Ours, words: str) -> bytes:
    """Return an answer as a message that a mail program opens as a draft (RFC 5322).

    Never raises, whatever the mail says.
    """
    out = EmailMessage()
    out["X-Unsent"], out["From"], out["To"] = "1", ours.address, mail.sender
    out["Subject"] = f"Re: {' '.join(UNPRINTED.sub(' ', mail.subject).split())[:LONGEST_SUBJECT]}"
    if MESSAGE_ID.fullmatch(mail.message_id):
        out["In-Reply-To"] = mail.message_id
    out.set_content(words + "\n")
    return out.as_bytes()


def answer(accepted: bool | None, name: str, cell: str, why: str,  # noqa: FBT001 - a state of three
           day: date) -> str:
    """Return the text of an answer below its เรียน, which a person is to check and send."""
    return ANSWERS[accepted].format(name=name or "หน่วยงานของท่าน", cell=cell or "ใหม่",
                                    why=why or "ข้อมูลไม่ครบถ้วน", day=thai_date(day))
