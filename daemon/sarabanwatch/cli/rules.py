"""The rules that read mail and refusals, in Thai: which decided, and why a mail is not believed.

A rule's name is English, stands in the ledger, and never changes: `bounce: dsn; words: mailbox
full`. It is made of parts; ROWS has each part in Thai, `{}` standing for a value. `--json` keeps
the name. A part that no row has, as of a table that a site added, stays as it is.
"""

import re
from collections.abc import Mapping

from sarabanwatch.cli.terminal import both

ENDS = re.compile(r"(; |: | \(|\))")     # between the parts of a name
IN_THAI = {"; ": ", "}

ROWS: Mapping[str, str] = {
    # what a mail is (core.returns.arrival, replies)
    "bounce": "การตีกลับ",
    "dsn": "รายงาน DSN",
    "notice": "ใบแจ้งของบริการส่ง",
    "fields": "รายงานในเนื้อความ",
    "wrapped": "รายงานที่ห่อมาอีกชั้น",
    "plain": "ข้อความแจ้งตีกลับ",
    "limit": "เกินขนาดที่อ่านได้",
    "header block too large": "ส่วนหัวใหญ่เกินไป",
    "too many headers": "ส่วนหัวมากเกินไป",
    "too many parts": "มีส่วนย่อยมากเกินไป",
    "nested too deep": "ซ้อนกันลึกเกินไป",
    "nothing of ours in it": "ไม่มีสิ่งใดเกี่ยวกับหนังสือของเรา",
    "a person answers our letter": "มีผู้ตอบหนังสือของเรา",
    "our own letter": "หนังสือของเราเอง",
    "a stand-in for a mail that the server could not give": "ข้อความแทนจดหมายที่เครื่องแม่ข่ายส่งให้ไม่ได้",
    "feedback report": "รายงานการร้องเรียน",
    "disposition notification": "ใบแจ้งการเปิดอ่าน",
    "words of a challenge": "ถ้อยคำขอให้พิสูจน์ผู้ส่ง",
    "our own letter, sent on": "หนังสือของเราที่ส่งต่อมา",
    "a receipt number": "เลขรับ",
    "words of a complaint": "ถ้อยคำร้องเรียน",
    "subject of a read receipt": "หัวเรื่องเป็นใบแจ้งการเปิดอ่าน",
    "subject of a receipt that says that it was not read": "หัวเรื่องแจ้งว่าไม่ได้เปิดอ่าน",
    "sent to many, and it wants something": "ส่งถึงคนจำนวนมากและชักชวน",
    "words of a correction": "ถ้อยคำแจ้งแก้ไข",
    "marked as automatic": "ระบุไว้ว่าเป็นการตอบอัตโนมัติ",
    "words of an automatic answer": "ถ้อยคำตอบอัตโนมัติ",
    "words of a receipt, by a machine": "ถ้อยคำแจ้งว่าได้รับ โดยเครื่อง",
    "words of a receipt": "ถ้อยคำแจ้งว่าได้รับ",
    "it names another address": "แจ้งอีเมลอื่น",
    "sent to many, and no answer in it": "ส่งถึงคนจำนวนมากและไม่มีคำตอบ",
    "ruled by {}": "วินิจฉัยโดย {}",
    "as {} ruled on {}": "ตามที่ {} วินิจฉัยจดหมาย {}",
    # how a refusal is read (core.returns.reason, refusals)
    "words": "ถ้อยคำ",
    "status {}": "รหัสสถานะ {}",
    "code {}": "รหัสตอบ {}",
    "hosting panel": "แผงควบคุมโฮสติง",
    "nothing told": "ไม่บอกเหตุ",
    "a class alone, and no word of why": "มีเพียงชั้นของรหัส ไม่บอกเหตุ",
    "a diagnosis with neither a reply nor a status": "คำแจ้งไม่มีทั้งรหัสตอบและรหัสสถานะ",
    "words deny the address, but the status is of the sender": "ถ้อยคำปฏิเสธผู้รับ แต่รหัสสถานะเป็นเรื่องผู้ส่ง",
    "the recipient is refused, and the status is of addresses": "ปฏิเสธผู้รับ และรหัสสถานะเป็นเรื่องที่อยู่",
    "denied by words, but not by the status": "ถ้อยคำปฏิเสธผู้รับ แต่รหัสสถานะไม่ใช่",
    "user unknown, but not said to our RCPT TO": "ว่าไม่รู้จักผู้รับ แต่ไม่ได้ตอบ RCPT TO ของเรา",
    "filters say so too": "ตัวกรองก็ตอบเช่นนี้",
    "said before the recipient was named": "ตอบก่อนทราบว่าส่งถึงใคร",
    "for now, by its class": "ชั่วคราวตามชั้นของรหัส",
    "it speaks of a sender, and of no recipient": "กล่าวถึงผู้ส่ง ไม่ได้กล่าวถึงผู้รับ",
    "said to our MAIL FROM": "ตอบคำสั่ง MAIL FROM ของเรา",
    # what our own connection met (core.sending.reply)
    "our relay refused us at {}": "เครื่องส่งต่อของเราไม่รับที่ขั้น {}",
    "no mail host was reached by our fault, or nobody's that is known":
        "ต่อเครื่องแม่ข่ายอีเมลไม่ได้ด้วยเหตุของเรา หรือไม่ทราบว่าเหตุของใคร",
    "no answer": "ไม่มีคำตอบ",
    # rows of config/refusals
    "a challenge": "ขอให้พิสูจน์ผู้ส่ง",
    "a rule of theirs": "กฎของปลายทาง",
    "account disabled": "บัญชีถูกปิด",
    "bad destination system address": "ที่อยู่เครื่องปลายทางใช้ไม่ได้",
    "bad mailbox address": "ที่อยู่กล่องจดหมายใช้ไม่ได้",
    "blocked": "ปิดกั้นเรา",
    "blocklist": "เราอยู่ในบัญชีปิดกั้น",
    "content": "เนื้อหา",
    "content refused": "ไม่รับเนื้อหา",
    "greylisted": "ให้ส่งใหม่ภายหลัง (greylisting)",
    "host not found, for now": "ยังไม่พบเครื่องปลายทาง",
    "it may not exist": "อาจไม่มีผู้รับนี้",
    "later": "ให้ส่งภายหลัง",
    "loop": "จดหมายวน",
    "mailbox blocked": "กล่องจดหมายถูกปิดกั้น",
    "mailbox disabled": "กล่องจดหมายถูกปิด",
    "mailbox full": "กล่องจดหมายเต็ม",
    "message too large": "จดหมายใหญ่เกินไป",
    "network": "เครือข่าย",
    "no such account": "ไม่มีบัญชีนี้",
    "no such domain": "ไม่มีโดเมนนี้",
    "no such mailbox": "ไม่มีกล่องจดหมายนี้",
    "no such recipient": "ไม่มีผู้รับนี้",
    "not in the directory": "ไม่มีในสมุดรายชื่อ",
    "our address is refused": "ไม่รับที่อยู่ของเรา",
    "our address was verified": "ตรวจสอบที่อยู่ของเราไม่ผ่าน",
    "our syntax": "คำสั่งของเราผิดแบบ",
    "out of storage": "เนื้อที่เก็บหมด",
    "policy about the sender": "นโยบายเรื่องผู้ส่ง",
    "rate": "ส่งถี่เกินไป",
    "refused before hearing anything": "ปฏิเสธก่อนรับคำสั่งใด",
    "refused without a reason": "ปฏิเสธโดยไม่บอกเหตุ",
    "relaying denied": "ไม่รับส่งต่อ",
    "reverse DNS": "ชื่อเครื่องย้อนกลับ (reverse DNS)",
    "sender not trusted": "ไม่เชื่อถือผู้ส่ง",
    "sender policy": "นโยบายเรื่องผู้ส่ง",
    "takes no mail": "ไม่รับอีเมล",
    "takes no mail from outside": "ไม่รับอีเมลจากภายนอก",
    "temporary": "ชั่วคราว",
    "temporary trouble": "ขัดข้องชั่วคราว",
    "the address is doubted": "สงสัยที่อยู่",
    "the group takes no mail from outside": "กลุ่มผู้รับไม่รับอีเมลจากภายนอก",
    "the hosting ended": "หมดอายุบริการโฮสติง",
    "the mailbox hands its mail on, and may not": "กล่องจดหมายส่งต่อ แต่ไม่ได้รับอนุญาต",
    "the mailbox takes no more just now": "กล่องจดหมายยังรับเพิ่มไม่ได้",
    "the recipient chooses": "ผู้รับเลือกไม่รับ",
    "the recipient is refused": "ปฏิเสธผู้รับ",
    "the sender's address": "ที่อยู่ของผู้ส่ง",
    "tried for too long": "พยายามส่งจนพ้นกำหนด",
    "user unknown": "ไม่รู้จักผู้รับ",
    # why a mail that names our letter is not believed (core.returns.attribution, core.facts.token)
    "not a token": "ไม่ใช่รหัสของเรา",
    "unknown key {}": "ไม่มีกุญแจ {}",
    "forged": "รหัสปลอม",
    "key {} expired on {}": "กุญแจ {} หมดอายุเมื่อ {}",
    "unknown": "ไม่รู้จัก",
    "we signed it, and no letter in this ledger has it":
        "เป็นรหัสที่เราลงนาม แต่ไม่มีหนังสือฉบับใดในฐานข้อมูลนี้ใช้รหัสนี้",
    "mismatch": "ไม่ตรงกัน",
    # why a mail waits for a person, or proves too little (core.returns.review, testimony, doubts)
    "it could not be read": "อ่านจดหมายไม่ได้",
    "it reports another recipient than the one we wrote to": "แจ้งผู้รับอื่นที่เราไม่ได้ส่งถึง",
    "somebody complains of our letter": "มีผู้ร้องเรียนหนังสือของเรา",
    "it asks to be left alone": "ขอไม่รับหนังสือทดสอบ",
    "`opt-outs add`": "ดู `opt-outs add`",
    "the agency seems to tell a new address": "หน่วยงานน่าจะแจ้งอีเมลใหม่ ดู `corrections show`",
    "it says that the domain takes no mail, and our own resolvers do not say so":
        "แจ้งว่าโดเมนไม่รับอีเมล แต่ระบบของเราตรวจไม่พบเช่นนั้น",
    "it came back for a reason that no rule can read": "ถูกตีกลับด้วยเหตุที่ระบบอ่านไม่เข้าใจ",
    "only the letter's number says that it answers us": "มีเพียงเลขที่หนังสือที่บอกว่าเป็นคำตอบ",
    "only the sender's address says that it answers us": "มีเพียงที่อยู่ผู้ส่งที่บอกว่าเป็นคำตอบ",
    "nothing says which letter it is about": "ไม่ทราบว่าเกี่ยวกับหนังสือฉบับใด",
    "no rule understands it, and we wrote to its sender":
        "ระบบอ่านไม่เข้าใจ และผู้ส่งเป็นหน่วยงานที่เราส่งถึง",
    "an answer and a refusal of the letter contradict each other":
        "มีทั้งคำตอบและการตีกลับของหนังสือฉบับเดียวกัน",
    "its report tells of an action that no rule knows": "รายงานแจ้งผลที่ระบบไม่รู้จัก",
    "nothing but our token says that their office wrote it":
        "มีเพียงรหัสของเราที่บอกว่าหน่วยงานเป็นผู้เขียน",
    "it was written elsewhere, and does not say that they have our letter":
        "เขียนจากที่อื่น และไม่ได้บอกว่าได้รับหนังสือของเรา",
    "their office wrote it, and it does not say that it answers us":
        "หน่วยงานเป็นผู้เขียน แต่ไม่ได้บอกว่าตอบหนังสือของเรา",
    "it speaks of a failure, in words that no rule understands":
        "กล่าวถึงการส่งไม่สำเร็จด้วยถ้อยคำที่ระบบอ่านไม่เข้าใจ",
    "it says that our letter is held back for somebody to look at":
        "แจ้งว่ากักหนังสือของเราไว้รอผู้ตรวจ",
    "it says that we wrote to the wrong office": "แจ้งว่าเราส่งผิดหน่วยงาน",
    "it says that the address is no longer used": "แจ้งว่าเลิกใช้อีเมลนี้แล้ว",
    "it says that they take no such letters": "แจ้งว่าไม่รับหนังสือเช่นนี้",
    "it came by way of a list": "มาทางบัญชีรายชื่อผู้รับ (mailing list)",
    "it was sent to many": "ส่งถึงคนจำนวนมาก",
    "the null sender sent it, and no rule understands its words":
        "ส่งโดยไม่มีผู้ส่งบนซอง และระบบอ่านถ้อยคำไม่เข้าใจ",
    "nobody reads the address that it came from": "มาจากที่อยู่ที่ไม่มีผู้อ่าน",
    "a machine sent it, by its own account": "ระบุเองว่าเครื่องเป็นผู้ส่ง",
    "it wants something else than to answer us": "ไม่ได้มุ่งตอบหนังสือของเรา",
    "it is our own letter, sent on": "เป็นหนังสือของเราที่ส่งต่อมา",
    "a machine sent it of its own accord, and it answers nothing": "เครื่องส่งมาเอง ไม่ได้ตอบหนังสือใด",
    "it says that our letter was not read": "แจ้งว่าไม่ได้อ่านหนังสือของเรา",
}
VALUED = [(re.compile(re.escape(row).replace(r"\{\}", "(.+)")), thai)
          for row, thai in ROWS.items() if "{}" in row]


def rule_in(lang: str, name: str) -> str:
    """Return a rule's name in a language ("th" or "en")."""
    if lang != "th":
        return name
    return "".join(IN_THAI.get(part, part) if number % 2 else _part(part)
                   for number, part in enumerate(ENDS.split(name)))


def rule_in_both(name: str) -> str:
    """Return a rule's name in the language that was asked for; where in none, in both."""
    return both(thai, name) if (thai := rule_in("th", name)) != name else name


def _part(english: str) -> str:
    if thai := ROWS.get(english):
        return thai
    met = next(((thai, found) for pattern, thai in VALUED
                if (found := pattern.fullmatch(english))), None)
    return met[0].format(*met[1].groups()) if met else english
