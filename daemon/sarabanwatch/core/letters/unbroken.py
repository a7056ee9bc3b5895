"""Words and dates that no line of ours breaks, on the page and on paper.

Thai is written without spaces, and line breakers split it by their own dictionaries, which do not
know the words of the trade: นายก|รัฐมนตรี, อิเล็ก|ทรอนิกส์. What one of the EXPRESSIONS matches stays on
one line. They are written in what the regular expressions of Python, Rust (typst) and JavaScript
share; of two that begin alike, the longer one stands first.
"""

from sarabanwatch.core.calendar import MONTHS, MONTHS_EN

DIGIT = "[0-9๐-๙]"
WORDS = (
    "สำนักนายกรัฐมนตรี", "รองนายกรัฐมนตรี", "นายกรัฐมนตรี", "คณะรัฐมนตรี", "รัฐมนตรี", "นายกเทศมนตรี",
    "พระราชบัญญัติ", "พระราชกฤษฎีกา", "หน่วยงานของรัฐ", "หน่วยงาน", "สำนักงาน",
    "เจ้าหน้าที่", "กระทรวง", "หนังสือทดสอบ", "หนังสือเวียน", "อิเล็กทรอนิกส์",
    "ไปรษณีย์", "สารบรรณ", "กล่องจดหมาย", "อีเมลฉบับนี้", "อีเมลกลาง", "อีเมล", "เว็บไซต์", "แดชบอร์ด", "โดเมน",
    "คำตอบ", "เครื่องแม่ข่าย", "ขึ้นทะเบียน", "วิธีการ", "พร้อมทั้ง", "หรือไม่", "ในภายหลัง",
    "วรรคหนึ่ง", "พร้อมใช้งาน", "ทุกหกสัปดาห์", "หกสัปดาห์", "ข้อสันนิษฐาน", "ตีกลับ", "ตอบกลับ", "ตอบรับ", "เลขรับ",
)
EXPRESSIONS = (
    r"(?:สำนักงาน|เลขาธิการ) ก\.พ\.ร\.", *WORDS, r"ก\.พ\.ร\.",
    f"{DIGIT}{{1,2}} (?:{'|'.join(MONTHS)})(?: (?:พ\\.ศ\\. )?{DIGIT}{{4}})?",
    f"[0-9]{{1,2}} (?:{'|'.join(MONTHS_EN)})(?: [0-9]{{4}})?",
    f"เวลา {DIGIT}{{1,2}}\\.{DIGIT}{{2}} น\\.",
    f"พ\\.ศ\\. {DIGIT}+", f"มาตรา {DIGIT}+", f"(?:คิดเป็น)?ร้อยละ {DIGIT}+(?:\\.{DIGIT}+)?",
    f"{DIGIT}+(?:,{DIGIT}+)* (?:หน่วยงาน|แห่ง|ฉบับ|ครั้ง|วันทำการ|วัน|สัปดาห์)",
    r"\(กลุ่ม [A-E0-9 ]+และ [A-E0-9]+\)",
)
PATTERN = "|".join(EXPRESSIONS)
