"""The words of results in Thai, as officers are told them; in English they are the values themselves."""

from enum import StrEnum

from sarabanwatch.core.facts.evidence import Blame, How, Kind, Reason, Sure
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.returns import arrival
from sarabanwatch.core.returns.authenticity import Strength

TABLES: dict[type[StrEnum], dict[str, str]] = {
    Kind: {
        Kind.TAKEN: "เครื่องแม่ข่ายรับไว้",
        Kind.REFUSED: "ถูกปฏิเสธ",
        Kind.PUT_OFF: "ขอให้ส่งภายหลัง",
        Kind.GAVE_UP: "เลิกส่งเมื่อพ้นกำหนด",
        Kind.HELD: "ระงับการส่ง",
        Kind.LOST: "ไม่แน่ชัดว่าส่งแล้ว",
        Kind.BOUNCED: "ถูกตีกลับ",
        Kind.DELAYED: "ส่งล่าช้า",
        Kind.DELIVERED: "ส่งถึงปลายทาง",
        Kind.DISPLAYED: "มีการเปิดแสดง",
        Kind.CAME_HOME: "กลับถึงเรา",
        Kind.AUTOMATIC: "ตอบกลับอัตโนมัติ",
        Kind.RECEIPT: "แจ้งการรับ",
        Kind.ANSWERED: "มีผู้ตอบ",
        Kind.CONFIRMED: "ยืนยันการรับ",
        Kind.WAITS: "รอเจ้าหน้าที่อ่าน",
        Kind.QUIET: "ไม่มีสิ่งใดกลับมา",
        Kind.WITHHELD: "ไม่นับความเงียบ",
        Kind.SET_ASIDE: "มิใช่ของหนังสือฉบับนี้แล้ว",
    },
    Reason: {
        Reason.NO_DOMAIN: "ไม่มีโดเมนนี้",
        Reason.NO_MAIL: "โดเมนนี้ไม่รับอีเมล",
        Reason.NO_MAILBOX: "ไม่มีกล่องจดหมายนี้",
        Reason.DISABLED: "กล่องจดหมายถูกปิดใช้งาน",
        Reason.FULL: "กล่องจดหมายเต็ม",
        Reason.TOO_LARGE: "จดหมายใหญ่เกินกำหนด",
        Reason.LOOP: "จดหมายวนไม่สิ้นสุด",
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
    How: {
        How.TOKEN: "รหัสลงนามของเราบนซอง",
        How.ENVID: "รหัสซองของเรา",
        How.MESSAGE_ID: "รหัสข้อความของเรา",
        How.LINK: "รหัสลงนามในลิงก์ของหนังสือ",
        How.HEADER: "หัวจดหมายของเรา",
        How.NUMBER: "เลขที่หนังสือ",
        How.SENDER: "ที่อยู่ผู้ส่ง",
        How.WIRE: "ปลายทางตอบเราโดยตรง",
        How.REREAD: "อ่านใหม่ตามหลักเกณฑ์ปัจจุบัน",
        How.PERSON: "คำวินิจฉัยของเจ้าหน้าที่",
    },
    Sure: {
        Sure.SIGNED: "ลายเซ็นถูกต้อง",
        Sure.LIKELY: "น่าจะใช่",
        Sure.WEAK: "ยังไม่แน่ชัด",
        Sure.RULED: "เจ้าหน้าที่ยืนยัน",
    },
    Strength: {
        Strength.RULED: "เจ้าหน้าที่ยืนยัน",
        Strength.OWN: "พิสูจน์ได้ว่ามาจากโดเมนที่แจ้งไว้",
        Strength.MARKED: "มีรหัสลงนามของเรา แต่ยังไม่พิสูจน์ผู้ส่ง",
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
    arrival.Kind: {
        arrival.Kind.FAILED: "การตีกลับ",
        arrival.Kind.DELAYED: "การแจ้งว่าล่าช้า",
        arrival.Kind.DELIVERED: "การแจ้งว่าส่งถึง",
        arrival.Kind.RELAYED: "การแจ้งว่าส่งต่อแล้ว",
        arrival.Kind.EXPANDED: "การแจ้งว่ากระจายต่อแล้ว",
        arrival.Kind.DISPLAYED: "การแจ้งว่าเปิดแสดง",
        arrival.Kind.AUTOMATIC: "การตอบกลับอัตโนมัติ",
        arrival.Kind.CHALLENGE: "การขอให้พิสูจน์ผู้ส่ง",
        arrival.Kind.FEEDBACK: "การร้องเรียน",
        arrival.Kind.RECEIPT: "การแจ้งเลขรับ",
        arrival.Kind.ANSWER: "คำตอบ",
        arrival.Kind.CORRECTION: "การแจ้งแก้ไข",
        arrival.Kind.BULK: "จดหมายเวียน",
        arrival.Kind.WISH: "คำขอไม่รับหนังสือทดสอบ",
        arrival.Kind.CANARY: "หนังสือทดสอบถึงตนเอง",
        arrival.Kind.STRANGER: "จดหมายที่ไม่เกี่ยวข้อง",
        arrival.Kind.UNREAD: "จดหมายที่อ่านไม่ได้",
    },
}


def said(word: str | None, of: type[StrEnum], lang: str) -> str:
    """Return a value of one of the tables as people are told it in a language; "" for none."""
    return TABLES[of][word] if word and lang == "th" else word or ""
