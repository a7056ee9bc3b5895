"""What is wrong with a configuration, its files and its secrets."""

from collections.abc import Mapping

ROWS: Mapping[str, str] = {
    # the file
    "still to be filled in": "ยังต้องกรอกค่าต่อไปนี้",
    "not TOML": "ไม่ใช่รูปแบบ TOML",
    "look at {}": "ให้ดูที่ {}",
    "no such key": "ไม่มีชื่อค่านี้",
    "did you mean {}?": "หมายถึง {} หรือไม่",
    "see config/sarabanwatch.toml for all keys": "ดูชื่อทั้งหมดใน config/sarabanwatch.toml",
    "it takes {}, and has {}": "ต้องเป็น{} แต่พบ{}",
    "a whole number": "จำนวนเต็ม",
    "a number": "ตัวเลข",
    "a text in quotes": "ข้อความในเครื่องหมายคำพูด",
    "true or false": " true หรือ false",
    "a list in [ ]": "รายการใน [ ]",
    "a table of keys": "หมวดของค่า",
    "a day, as 2026-12-31": "วันที่ เช่น 2026-12-31",
    "a day and a time, as 2026-12-31T08:30:00+07:00": "วันและเวลา เช่น 2026-12-31T08:30:00+07:00",
    "{} is a Buddhist year": "{} เป็นปีพุทธศักราช",
    "here years are A.D.": "ในไฟล์นี้ใช้ปีคริสต์ศักราช",
    "write {}": "ให้เขียนว่า {}",
    "name a configuration with --config FILE": "ให้ระบุไฟล์ตั้งค่าด้วย --config FILE",
    "name a file that is there, and that this user may read": "ให้ระบุไฟล์ที่มีอยู่และผู้ใช้นี้อ่านได้",
    "cannot read {}": "อ่าน {} ไม่ได้",
    "name a text file in UTF-8 that the daemon may read":
        "ให้ระบุไฟล์ข้อความ UTF-8 ที่โปรแกรมอ่านได้",
    "it is not UTF-8": "ไม่ใช่ UTF-8",
    "{} is no {} file": "{} ไม่ใช่ไฟล์ {}",
    "{} is empty": "{} ว่างเปล่า",
    "write the secret into it": "ให้เขียนข้อมูลลับลงในไฟล์",
    "no file {} in {} or {}": "ไม่มีไฟล์ {} ใน {} หรือ {}",
    "put the secret there, mode 0600": "ให้วางข้อมูลลับไว้ที่นั่น โหมด 0600",
    "you may not read it": "ท่านไม่มีสิทธิ์อ่าน",
    "run this as root, or with the unit's identity (systemd/README.md)":
        "ให้สั่งด้วยสิทธิ์ root หรือด้วยผู้ใช้ของบริการ (systemd/README.md)",
    "line {} is not `ID SECRET-IN-HEX YYYY-MM-DD`":
        "บรรทัดที่ {} ไม่เป็นไปตามรูปแบบ `ID SECRET-IN-HEX YYYY-MM-DD`",
    "line {}": "บรรทัดที่ {}",
    "the id is one of a-z2-7, the secret at least {} hex digits":
        "รหัสต้องเป็นหนึ่งใน a-z2-7 และข้อมูลลับต้องเป็นเลขฐานสิบหกอย่างน้อย {} หลัก",
    "no key": "ไม่มีกุญแจ",
    "make one with": "สร้างได้ด้วย",
    "token.key_file: every key has ended, and no letter can be signed":
        "token.key_file: กุญแจหมดอายุแล้วทุกดอก ลงนามหนังสือไม่ได้",
    "token.key_file: the last key ended on {}": "token.key_file: กุญแจดอกสุดท้ายหมดอายุเมื่อ {}",
    "add a line such as: {}, and leave the old ones":
        "ให้เพิ่มบรรทัดเช่น {} โดยคงบรรทัดเดิมไว้",
    "no such name": "ไม่มีชื่อนี้",
    "a letter fills in {}": "ในหนังสือใช้ได้เฉพาะ {}",
    # groups and refusals
    "another edition holds from {} on": "มีฉบับอื่นเริ่มใช้วันที่ {} แล้ว",
    "give it a day of its own": "ให้กำหนดวันอื่น",
    "another edition is called {}": "มีฉบับอื่นชื่อ {} แล้ว",
    "snapshots tell them apart by it": "ข้อมูลที่ตัดไว้แยกฉบับด้วยชื่อนี้",
    "{}: lacking, or unknown": "{}: ขาดไป หรือไม่รู้จัก",
    "name each of {}": "ให้ระบุให้ครบ {}",
    "bucket: {} is none": "bucket: ไม่มี {}",
    "bucket of {}: only {} stands beside the total, and it does":
        "bucket ของ {}: มีเพียง {} ที่อยู่นอกยอดรวม และต้องอยู่นอกยอดรวม",
    "name both, or neither": "ให้ระบุทั้งสองอย่าง หรือไม่ระบุเลย",
    "a system is known by its marks": "ระบบรู้จักเครื่องแม่ข่ายด้วย marks",
    "row {}: give it phrases, statuses or codes":
        "แถว {}: ให้ระบุ phrases, statuses หรือ codes",
    # between keys
    "one that runs fast, or shows another day, is for exercises":
        "นาฬิกาที่เดินเร็วหรือแสดงวันอื่นมีไว้สำหรับการซ้อมเท่านั้น",
    "take it out, or set live = false": "ให้นำออก หรือตั้ง live = false",
    "must be more than 0": "ต้องมากกว่า 0",
    "must not be less than 0": "ต้องไม่น้อยกว่า 0",
    "must be 1 or more": "ต้องเป็น 1 ขึ้นไป",
    "rate, began and shows go together": "ต้องระบุ rate, began และ shows ให้ครบ",
    "began and shows need a zone, as in {}": "began และ shows ต้องมีเขตเวลา เช่น {}",
    "0 keeps it as long as the ledger": "0 คือเก็บไว้ตลอดอายุฐานข้อมูล",
    "ledger.attempt_days: 0, or at least {}: the pace is made of tries":
        "ledger.attempt_days: ต้องเป็น 0 หรืออย่างน้อย {} เพราะใช้คำนวณจังหวะการส่ง",
    "a PostgreSQL database, as {}": "ต้องเป็นฐานข้อมูล PostgreSQL เช่น {}",
    "empty: the ledger is the file of ledger.file": "หากว่าง จะใช้ไฟล์ตาม ledger.file",
    "holds a password, which others may read here": "มีรหัสผ่านอยู่ ซึ่งผู้อื่นอาจอ่านได้",
    "put it into a file of its own, and name that in ledger.password_file":
        "ให้แยกไว้ในไฟล์ต่างหาก แล้วระบุใน ledger.password_file",
    "belongs to ledger.url, which is empty": "ใช้คู่กับ ledger.url ซึ่งว่างอยู่",
    "take it out": "ให้นำออก",
    "0 sends none": "0 คือไม่ส่งเลย",
    "between {} and {}": "ต้องอยู่ระหว่าง {} ถึง {}",
    "page: base and short are web addresses, as {}": "page: base และ short ต้องเป็นที่อยู่เว็บ เช่น {}",
    "a web address, as {}": "ต้องเป็นที่อยู่เว็บ เช่น {}",
    "0 is no limit": "0 คือไม่จำกัด",
    "0 sets no limit": "0 คือไม่จำกัด",
    "addresses or networks, as {} or {}": "ต้องเป็นที่อยู่หรือเครือข่าย เช่น {} หรือ {}",
    "its path is that of a page of ours": "เส้นทางนี้เป็นหน้าหนึ่งของเว็บอยู่แล้ว",
    "choose another, as {}": "ให้เลือกเส้นทางอื่น เช่น {}",
    "name the file with the password, or a grant in [inbox.oauth]":
        "ให้ระบุไฟล์รหัสผ่าน หรือ grant ใน [inbox.oauth]",
    "key_file and selector go together": "ต้องระบุ key_file และ selector คู่กัน",
    "letters, digits, hyphens and dots, as in {}":
        "ต้องเป็นตัวอักษร ตัวเลข ขีด และจุด เช่น {}",
    "it stands in a name of the DNS": "เพราะเป็นส่วนหนึ่งของชื่อใน DNS",
    "0: a downgrade takes effect at once": "0 คือการลดกลุ่มมีผลทันที",
    "more than 0, and at most 1, which holds nothing":
        "ต้องมากกว่า 0 และไม่เกิน 1 ซึ่งหมายถึงไม่ชะลอเลย",
    "must be 2 or more": "ต้องเป็น 2 ขึ้นไป",
    "one agency is no outage": "หน่วยงานเดียวไม่ใช่เหตุการณ์ร่วม",
    "the first line is the name of the office": "บรรทัดแรกคือชื่อส่วนราชการ",
    "give it": "ให้ระบุ",
    "letters go out in the name of {}, and lack what makes them official":
        "หนังสือจะออกในนาม {} แต่ยังขาดสิ่งที่ทำให้เป็นหนังสือราชการ",
    "fill it in, or say in letter.unsigned_because why they go without":
        "ให้กรอกให้ครบ หรือระบุเหตุผลใน letter.unsigned_because",
    "who signs, a line each, as {}": "ผู้ลงนาม บรรทัดละข้อ เช่น {}",
    "it is whoever signs your office's letters of this kind, and that person agrees to it first "
    "(letter.signature, where another signs the test letters)":
        "คือผู้ที่ลงนามหนังสือลักษณะนี้ของส่วนราชการ และต้องได้รับความเห็นชอบจากผู้นั้นก่อน "
        "(letter.signature หากผู้ลงนามหนังสือทดสอบเป็นคนอื่น)",
    "whom an office may ring up to see that the letter is genuine, as {}":
        "โทรศัพท์ที่หน่วยงานสอบถามได้ว่าเป็นหนังสือจริง เช่น {}",
    "your own unit (letter.contact, where test letters have other lines at their foot)":
        "ของหน่วยงานเจ้าของเรื่อง (letter.contact หากท้ายหนังสือทดสอบใช้ข้อความอื่น)",
    "0: letters go as soon as the limits allow": "0 คือส่งทันทีที่ขีดจำกัดยอมให้ส่ง",
    "from 0 to less than 1": "ต้องตั้งแต่ 0 แต่น้อยกว่า 1",
    "0: breaker_hosts alone decides": "0 คือใช้ breaker_hosts เพียงอย่างเดียว",
    "each day at least one letter": "ต้องส่งอย่างน้อยวันละหนึ่งฉบับ",
    "each limit more than 0 (a_day: 0 sets none)":
        "ขีดจำกัดแต่ละค่าต้องมากกว่า 0 (a_day: 0 คือไม่จำกัด)",
    "not an address": "ไม่ใช่ที่อยู่อีเมล",
    "answers come back to it": "คำตอบจะกลับมาที่ที่อยู่นี้",
    "{} is longer than the {} octets that may stand before the @{} (RFC 5321, 4.5.3.1.1)":
        "{} ยาวกว่า {} ไบต์ที่ใช้หน้า @ ได้{} (RFC 5321, 4.5.3.1.1)",
    ", for each letter's own address has +TOKEN there, and {} octets at most":
        " เพราะที่อยู่ของหนังสือแต่ละฉบับมี +TOKEN ต่อท้าย รวมแล้วต้องไม่เกิน {} ไบต์",
    "take a shorter one": "ให้ใช้ที่อยู่ที่สั้นกว่า",
    "take a shorter one, or set relay.sender = {}":
        "ให้ใช้ที่อยู่ที่สั้นกว่า หรือตั้ง relay.sender = {}",
    ", or set relay.sender = {}": " หรือตั้ง relay.sender = {}",
    "1: a single failure is believed": "1 คือเชื่อผลที่ส่งไม่ถึงเพียงครั้งเดียว",
    "must not be less than confirm.failures, of which it is the number":
        "ต้องไม่น้อยกว่า confirm.failures ซึ่งนับจากจำนวนนี้",
    "must each be 1 or more": "แต่ละค่าต้องเป็น 1 ขึ้นไป",
    "working days, and nobody gets two on one": "เป็นวันทำการ และไม่ส่งสองฉบับในวันเดียว",
    "name one": "ให้ระบุ",
    "direct letters go by it": "การส่งตรงต้องใช้",
    "{} logs in as somebody": "การใช้{}ต้องระบุผู้ใช้",
    "a token": "โทเคน",
    "name the mailbox": "ให้ระบุกล่องจดหมาย",
    "none sends everything in clear to {}": "none ส่งทุกอย่างโดยไม่เข้ารหัสไปยัง {}",
    "set starttls or implicit": "ให้ตั้ง starttls หรือ implicit",
    "nothing is verified by it with tls none": "ไม่ได้ใช้ตรวจสิ่งใดเมื่อ tls เป็น none",
    "{}.grant logs in by a token": "{}.grant เข้าใช้ด้วยโทเคน",
    "name only one of them": "ให้ระบุอย่างใดอย่างหนึ่ง",
    "{} wants a password, and {} gets a token": "{} ต้องใช้รหัสผ่าน แต่ {} ให้โทเคน",
    "{} needs {}": "{} ต้องมี {}",
    "the token endpoint": "ที่อยู่สำหรับขอโทเคน",
    "the application's id": "รหัสของแอปพลิเคชัน",
    "the file that holds it": "ไฟล์ที่เก็บ refresh token",
    "the JSON file of its key": "ไฟล์ JSON ของกุญแจ",
    "what it asks for": "สิทธิ์ที่ขอ",
    "the command that prints a token": "คำสั่งที่พิมพ์โทเคน",
    "{}: client_credentials needs client_secret_file, or key_file (and its certificate_file)":
        "{}: client_credentials ต้องมี client_secret_file หรือ key_file (กับ certificate_file)",
    "needs key_file, the key that it belongs to": "ต้องมี key_file ซึ่งเป็นกุญแจของใบรับรองนี้",
    "an https:// URL": "ต้องเป็นที่อยู่ https://",
    "name only one of {}": "ให้ระบุเพียงหนึ่งใน {}",
    "the list comes from it": "ทะเบียนต้องมาจากที่เดียว",
    "a share, between 0 and 1": "ต้องเป็นสัดส่วนระหว่าง 0 ถึง 1",
    "one, or two that must agree": "ระบุหนึ่งเครื่อง หรือสองเครื่องที่ต้องตอบตรงกัน",
    "{} is not address:port, as in {} or {}": "{} ไม่ใช่รูปแบบ address:port เช่น {} หรือ {}",
    # parts that are built from it
    "the extra `{}` is not installed": "ยังไม่ได้ติดตั้งส่วนเสริม `{}`",
    "the extra `dkim` is not installed: {}": "ยังไม่ได้ติดตั้งส่วนเสริม `dkim`: {}",
    "pip install 'sarabanwatch[postgres]', or leave the key out for a file":
        "pip install 'sarabanwatch[postgres]' หรือไม่ระบุค่านี้หากใช้ไฟล์",
    "write them as {}": "ให้เขียนเช่น {}",
    "write it ({})": "ให้เขียนไฟล์นี้ ({})",
    "dkim: {} has no TXT record that this key's signatures hold by (or it could not be asked for)":
        "dkim: {} ไม่มีระเบียน TXT ที่ตรงกับกุญแจนี้ (หรือสอบถามไม่ได้)",
    "publish its public half there": "ให้ประกาศกุญแจสาธารณะไว้ที่นั่น",
    "no RSA key in PEM and no Ed25519 seed in base64":
        "ไม่ใช่กุญแจ RSA แบบ PEM และไม่ใช่ Ed25519 แบบ base64",
    "the key cannot be used ({})": "ใช้กุญแจนี้ไม่ได้ ({})",
    "is it an RSA key of 2048 bits, or an Ed25519 seed?":
        "เป็นกุญแจ RSA 2048 บิต หรือ Ed25519 หรือไม่",
    "{}.port: cannot listen on {} ({})": "{}.port: เปิดรับที่ {} ไม่ได้ ({})",
    "stop the program that listens there, or choose another port":
        "ให้หยุดโปรแกรมที่ใช้พอร์ตนั้น หรือเลือกพอร์ตอื่น",
    "it is written when the endpoint renews it": "ไฟล์นี้ต้องเขียนได้เมื่อต่ออายุโทเคน",
    "name a place that the daemon may write": "ให้ระบุที่ที่โปรแกรมเขียนได้",
    "{} is no https URL of a page": "{} ไม่ใช่ที่อยู่ https ของหน้าเว็บ",
    # metrics.web_config
    "not YAML": "ไม่ใช่รูปแบบ YAML",
    "cannot be read": "อ่านไม่ได้",
    "is a text": "ต้องเป็นข้อความ",
    "is a table of keys and values": "ต้องเป็นหมวดของชื่อและค่า",
    "the file": "ไฟล์",
        "{} is no table of keys and values ({})": "{}ไม่ใช่หมวดของชื่อและค่า ({})",
    "{} is no table of keys and values": "{}ไม่ใช่หมวดของชื่อและค่า",
    "{} is not supported": "ไม่รองรับ {}",
    "not supported here": "ไม่รองรับค่านี้",
    "what is": "ที่รองรับคือ",
    "it asks for neither TLS nor a password": "ไม่มีทั้ง TLS และรหัสผ่าน",
    "fill in tls_server_config or basic_auth_users, or leave metrics.web_config empty":
        "ให้กรอก tls_server_config หรือ basic_auth_users หรือเว้น metrics.web_config ว่างไว้",
    "not a bcrypt hash": "ไม่ใช่ค่าแฮช bcrypt",
    "client_ca_file and a client_auth_type that verifies belong together":
        "ต้องระบุ client_ca_file คู่กับ client_auth_type ที่ตรวจใบรับรอง",
    "tls_server_config needs it": "tls_server_config ต้องมีค่านี้",
    "the key is encrypted": "กุญแจถูกเข้ารหัสไว้",
    "name one that is not": "ให้ระบุกุญแจที่ไม่เข้ารหัส",
    "{} cannot be used": "ใช้ {} ไม่ได้",
}
