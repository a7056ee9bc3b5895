"""The values of results in Thai, for officers; in English they are shown as they are."""

from enum import StrEnum

from sarabanwatch.cli.terminal import both
from sarabanwatch.core.address import CellFinding
from sarabanwatch.core.facts.evidence import Blame, Certainty, FactKind, MatchedBy, Reason
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.returns import arrival
from sarabanwatch.core.returns.authenticity import Strength

TABLES: dict[type[StrEnum], dict[str, str]] = {
    CellFinding: {
        CellFinding.RIGHT: "ถูกต้อง",
        CellFinding.ODD: "อ่านได้ แต่ต้องจัดให้เรียบร้อย",
        CellFinding.WRONG: "ไม่เป็นไปตามระเบียบ",
        CellFinding.UNREADABLE: "อ่านไม่ได้",
    },
    FactKind: {
        FactKind.TAKEN: "เครื่องแม่ข่ายรับไว้",
        FactKind.REFUSED: "ถูกปฏิเสธ",
        FactKind.PUT_OFF: "ขอให้ส่งภายหลัง",
        FactKind.GAVE_UP: "เลิกส่งเมื่อพ้นกำหนด",
        FactKind.HELD: "ระงับการส่ง",
        FactKind.LOST: "ไม่แน่ชัดว่าส่งแล้ว",
        FactKind.BOUNCED: "ถูกตีกลับ",
        FactKind.DELAYED: "ส่งล่าช้า",
        FactKind.DELIVERED: "ส่งถึงปลายทาง",
        FactKind.DISPLAYED: "มีการเปิดแสดง",
        FactKind.CAME_HOME: "กลับถึงเรา",
        FactKind.AUTOMATIC: "ตอบกลับอัตโนมัติ",
        FactKind.RECEIPT: "แจ้งการรับ",
        FactKind.ANSWERED: "มีผู้ตอบ",
        FactKind.CONFIRMED: "ยืนยันการรับ",
        FactKind.WAITS: "รอเจ้าหน้าที่อ่าน",
        FactKind.QUIET: "ไม่มีสิ่งใดกลับมา",
        FactKind.WITHHELD: "ไม่นับการไม่ตอบ",
        FactKind.SET_ASIDE: "มิใช่ของหนังสือฉบับนี้แล้ว",
    },
    Reason: {
        Reason.NO_DOMAIN: "ไม่มีโดเมนนี้",
        Reason.NO_MAIL: "โดเมนนี้ไม่รับอีเมล",
        Reason.NO_MAILBOX: "ไม่มีกล่องจดหมายนี้",
        Reason.DISABLED: "กล่องจดหมายถูกปิดใช้งาน",
        Reason.FULL: "กล่องจดหมายเต็ม",
        Reason.TOO_LARGE: "จดหมายใหญ่เกินกำหนด",
        Reason.LOOP: "อีเมลถูกส่งต่อวนไม่สิ้นสุด",
        Reason.RESTRICTED: "ไม่รับอีเมลจากภายนอกองค์กร",
        Reason.TEMPORARY: "ขัดข้องชั่วคราว",
        Reason.CONTENT: "นโยบายไม่รับเนื้อหา",
        Reason.SENDER: "ปฏิเสธผู้ส่ง",
        Reason.UNKNOWN: "ไม่ทราบเหตุ",
    },
    Blame: {
        Blame.GOOD: "เหตุถาวรของปลายทาง",
        Blame.NOW: "เหตุชั่วคราวของปลายทาง",
        Blame.OURS: "เหตุจากฝ่ายเรา",
        Blame.UNKNOWN: "ไม่ทราบว่าเหตุจากฝ่ายใด",
    },
    MatchedBy: {
        MatchedBy.TOKEN: "รหัสลงนามของเราบนซอง",
        MatchedBy.ENVID: "รหัสซองของเรา",
        MatchedBy.MESSAGE_ID: "รหัสข้อความของเรา",
        MatchedBy.LINK: "รหัสลงนามในลิงก์ของหนังสือ",
        MatchedBy.HEADER: "หัวจดหมายของเรา",
        MatchedBy.NUMBER: "เลขที่หนังสือ",
        MatchedBy.SENDER: "ที่อยู่ผู้ส่ง",
        MatchedBy.WIRE: "ปลายทางตอบเราโดยตรง",
        MatchedBy.REREAD: "อ่านใหม่ตามหลักเกณฑ์ปัจจุบัน",
        MatchedBy.PERSON: "คำวินิจฉัยของเจ้าหน้าที่",
    },
    Certainty: {
        Certainty.SIGNED: "ลายเซ็นถูกต้อง",
        Certainty.LIKELY: "น่าจะใช่",
        Certainty.WEAK: "ยังไม่แน่ชัด",
        Certainty.RULED: "เจ้าหน้าที่ยืนยัน",
    },
    Strength: {
        Strength.RULED: "เจ้าหน้าที่ยืนยัน",
        Strength.OWN: "พิสูจน์ได้ว่ามาจากโดเมนที่แจ้งไว้",
        Strength.SIGNED: "มีรหัสลงนามของเรา แต่ยังไม่พิสูจน์ผู้ส่ง",
        Strength.NUMBERED: "มีเพียงเลขที่หนังสือ และยังไม่พิสูจน์ผู้ส่ง",
        Strength.SENDER: "มีเพียงที่อยู่ผู้ส่ง",
    },
    Verdict: {
        Verdict.PROVEN: "ตอบรับแล้ว",
        Verdict.ACCEPTS: "รับหนังสือได้",
        Verdict.UNROUTABLE: "โดเมนรับไม่ได้",
        Verdict.REFUSES: "ไม่มีผู้รับ",
        Verdict.IMPAIRED: "รับหนังสือไม่ได้",
        Verdict.BLOCKS_US: "ปฏิเสธเรา",
        Verdict.WITHHELD: "ไม่นับผล",
        Verdict.UNSETTLED: "รอวินิจฉัย",
        Verdict.UNKNOWN: "ไม่ทราบผล",
        Verdict.PENDING: "รอผล",
    },
    arrival.MailKind: {
        arrival.MailKind.FAILED: "การตีกลับ",
        arrival.MailKind.DELAYED: "การแจ้งว่าล่าช้า",
        arrival.MailKind.DELIVERED: "การแจ้งว่าส่งถึง",
        arrival.MailKind.RELAYED: "การแจ้งว่าส่งต่อแล้ว",
        arrival.MailKind.EXPANDED: "การแจ้งว่ากระจายต่อแล้ว",
        arrival.MailKind.DISPLAYED: "การแจ้งว่าเปิดแสดง",
        arrival.MailKind.AUTOMATIC: "การตอบกลับอัตโนมัติ",
        arrival.MailKind.CHALLENGE: "การขอให้พิสูจน์ผู้ส่ง",
        arrival.MailKind.FEEDBACK: "การร้องเรียน",
        arrival.MailKind.RECEIPT: "การแจ้งเลขรับ",
        arrival.MailKind.ANSWER: "คำตอบ",
        arrival.MailKind.CORRECTION: "การแจ้งแก้ไข",
        arrival.MailKind.BULK: "จดหมายเวียน",
        arrival.MailKind.OPT_OUT: "คำขอไม่รับหนังสือทดสอบ",
        arrival.MailKind.CANARY: "หนังสือทดสอบถึงตนเอง",
        arrival.MailKind.STRANGER: "จดหมายที่ไม่เกี่ยวข้อง",
        arrival.MailKind.UNREAD: "จดหมายที่อ่านไม่ได้",
    },
}


# what tells whose a correction may be (cli.claim, store.corrections.SIGNS)
SIGNS = {"our letter": "หนังสือของเรา", "its code": "รหัสในจดหมาย", "named by you": "ท่านระบุ",
         "sender's address": "ที่อยู่ผู้ส่ง", "sender's domain": "โดเมนของผู้ส่ง",
         "name": "ชื่อในจดหมาย"}


def named_in_both(value: str, of: type[StrEnum]) -> str:
    """Return a value of one of the tables, in the language asked for; where in none, in both."""
    return both(TABLES[of][value], value)


def value_in(lang: str, value: str | None, of: type[StrEnum]) -> str:
    """Return a value of one of the tables in a language ("th" or "en"); "" for none."""
    return TABLES[of][value] if value and lang == "th" else value or ""
