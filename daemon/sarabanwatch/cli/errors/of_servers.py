"""What other servers refuse us: relay, inbox, tokens, pages of the web."""

from collections.abc import Mapping

ROWS: Mapping[str, str] = {
    "relay {} does not answer ({})": "เครื่องส่งต่อ {} ไม่ตอบ ({})",
    "see relay.host and relay.port": "ดู relay.host และ relay.port",
    "relay {}": "เครื่องส่งต่อ {}",
    "no log-in": "เข้าใช้ไม่ได้",
    "{} refuses the log-in of {}": "{} ไม่อนุญาตให้ {} เข้าใช้",
    "{} takes no password over this connection (LOGINDISABLED)":
        "{} ไม่รับรหัสผ่านทางการเชื่อมต่อนี้ (LOGINDISABLED)",
    "see inbox.tls and inbox.auth": "ดู inbox.tls และ inbox.auth",
    "{} takes no access token ({})": "{} ไม่รับโทเคน ({})",
    "see inbox.oauth": "ดู inbox.oauth",
    "{} has no mailbox {} for {}": "{} ไม่มีกล่องจดหมาย {} ของ {}",
    "see inbox.mailbox": "ดู inbox.mailbox",
    "see the keys of [inbox] and the secret": "ดูค่าใน [inbox] และข้อมูลลับ",
    "{}: no answer within {} s": "{}: ไม่มีคำตอบภายใน {} วินาที",
    "token command {}: not done within {} s": "คำสั่งขอโทเคน {}: ไม่เสร็จภายใน {} วินาที",
    "token command {}: its first line is no token": "คำสั่งขอโทเคน {}: บรรทัดแรกไม่ใช่โทเคน",
    "token command {}: exit {}": "คำสั่งขอโทเคน {}: จบด้วยรหัส {}",
    "token command {}": "คำสั่งขอโทเคน {}",
    "an answer without a token": "คำตอบไม่มีโทเคน",
    "{} refuses a token": "{} ไม่ให้โทเคน",
    "the key file is not that of a service account": "ไฟล์กุญแจไม่ใช่ของ service account",
    "the certificate of the key cannot be read": "อ่านใบรับรองของกุญแจไม่ได้",
    "a signed log-in needs the extra `oauth`": "การเข้าใช้แบบลงนามต้องมีส่วนเสริม `oauth`",
    "the private key cannot sign": "กุญแจส่วนตัวใช้ลงนามไม่ได้",
    "the server does not tell the length, so a list that was cut off is not noticed":
        "เครื่องแม่ข่ายไม่บอกขนาดไฟล์ หากทะเบียนขาดไปจะไม่ทราบ",
    "have it send Content-Length or chunks, or name a file or a folder":
        "ให้ตั้งให้ส่ง Content-Length หรือ chunks หรือระบุไฟล์หรือโฟลเดอร์แทน",
    "{}: not read, for the process that reads lists failed ({})":
        "{}: ยังไม่ได้อ่าน เพราะกระบวนการอ่านทะเบียนขัดข้อง ({})",
    "nothing is known of the list": "จึงยังไม่ทราบสิ่งใดเกี่ยวกับทะเบียนนี้",
    "the process that reads large mail cannot be started ({})":
        "เริ่มกระบวนการอ่านจดหมายขนาดใหญ่ไม่ได้ ({})",
    "no mail is passed over, and it is tried again": "ไม่มีจดหมายใดถูกข้าม และจะลองใหม่",
}
