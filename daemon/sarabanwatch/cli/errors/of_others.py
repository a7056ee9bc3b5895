"""What other programs and libraries say that ours repeat: servers, TLS, the ledger's engines.

Only what people meet often. The rest is repeated as it was said, in quotation marks (`in_thai`).
"""

from collections.abc import Mapping

REFUSED = "Is the server running on that host and accepting TCP/IP connections?"     # libpq
ROWS: Mapping[str, str] = {
    # connections: asyncio, aiosmtplib, and the system (errno(3), getaddrinfo(3))
    "Connect call failed {}": "ต่อไม่ติด",
    "Error connecting to {} on port {}": "เชื่อมต่อเครื่อง {} พอร์ต {} ไม่ได้",
    "Timed out connecting to {} on port {}": "เชื่อมต่อเครื่อง {} พอร์ต {} ไม่ทันเวลา",
    "Timed out waiting for server ready message": "เครื่องปลายทางไม่ตอบภายในเวลา",
    "Timed out reading from server": "เครื่องปลายทางไม่ตอบภายในเวลา",
    "Unexpected EOF received": "เครื่องปลายทางตัดการเชื่อมต่อ",
    "Server disconnected": "เครื่องปลายทางตัดการเชื่อมต่อ",
    "Connection lost": "การเชื่อมต่อขาดไป",
    "Connection reset by peer": "เครื่องปลายทางตัดการเชื่อมต่อ",
    "Connection aborted": "การเชื่อมต่อขาดไป",
    "Broken pipe": "เครื่องปลายทางตัดการเชื่อมต่อ",
    "Network is unreachable": "เครือข่ายไปไม่ถึงเครื่องปลายทาง",
    "No route to host": "เครือข่ายไปไม่ถึงเครื่องปลายทาง",
    "Name or service not known": "ไม่มีชื่อเครื่องนี้",
    "No address associated with hostname": "ชื่อเครื่องนี้ไม่มีหมายเลข IP",
    "Temporary failure in name resolution": "เครื่องแม่ข่ายชื่อโดเมนไม่ตอบในขณะนี้",
    # TLS, in the words of OpenSSL
    "[SSL: {}] certificate verify failed: {} (_ssl.c:{})":
        "ใบรับรองของเครื่องปลายทางเชื่อถือไม่ได้: {1}",
    "[SSL: {}] {} (_ssl.c:{})": "TLS: {1}",
    "SSL error": "TLS",
    "certificate verify failed": "ใบรับรองของเครื่องปลายทางเชื่อถือไม่ได้",
    "certificate has expired": "ใบรับรองหมดอายุ",
    "certificate is not yet valid": "ใบรับรองยังไม่เริ่มใช้",
    "self-signed certificate": "เป็นใบรับรองที่ลงนามเอง",
    "self-signed certificate in certificate chain": "สายใบรับรองมีใบที่ลงนามเอง",
    "unable to get local issuer certificate": "ไม่รู้จักผู้ออกใบรับรอง",
    "Hostname mismatch, certificate is not valid for {}.": "ใบรับรองไม่ใช่ของชื่อ {}",
    "IP address mismatch, certificate is not valid for {}.": "ใบรับรองไม่ใช่ของหมายเลข {}",
    "wrong version number": "พอร์ตนี้ไม่ใช้ TLS",
    "record layer failure": "พอร์ตนี้ไม่ใช้ TLS",
    "unsupported protocol": "เครื่องปลายทางไม่มี TLS รุ่นที่ใช้ได้",
    "no shared cipher": "ไม่มีวิธีเข้ารหัสที่ใช้ร่วมกันได้",
    "sslv3 alert handshake failure": "ตกลงการเข้ารหัสกันไม่ได้",
    # PostgreSQL (libpq, and what the server says)
    "connection failed": "เชื่อมต่อไม่ได้",
    "connection is bad": "เชื่อมต่อไม่ได้",
    "connection to server at {}, port {} failed": "เครื่อง {} พอร์ต {}",
    "connection to server on socket {} failed": "ซ็อกเก็ต {}",
    f"Connection refused {REFUSED}": "ไม่รับการเชื่อมต่อ",
    "No such file or directory Is the server running locally and accepting connections "
    "on that socket?": "ไม่มีซ็อกเก็ตนี้",
    f"Connection timed out {REFUSED}": "เชื่อมต่อไม่ทันเวลา",
    f"Network is unreachable {REFUSED}": "เครือข่ายไปไม่ถึง",
    f"No route to host {REFUSED}": "เครือข่ายไปไม่ถึง",
    "connection timeout expired": "เชื่อมต่อไม่ทันเวลา",
    "failed to resolve host {}": "ไม่ทราบที่อยู่ของเครื่อง {}",
    "password authentication failed for user {}": "รหัสผ่านของผู้ใช้ {} ไม่ถูกต้อง",
    "no password supplied": "ยังไม่ได้ให้รหัสผ่าน",
    "role {} does not exist": "ไม่มีบทบาท {}",
    "role {} is not permitted to log in": "บทบาท {} ไม่มีสิทธิ์เข้าใช้",
    "database {} does not exist": "ไม่มีฐานข้อมูล {}",
    "permission denied for {} {}": "ไม่มีสิทธิ์ใช้ {} {}",
    "no pg_hba.conf entry for host {}, user {}, database {}, {}":
        "pg_hba.conf ไม่ให้เครื่อง {} เข้าใช้ (ผู้ใช้ {} ฐานข้อมูล {}, {})",
    "the database system is starting up": "เครื่องแม่ข่ายกำลังเริ่มทำงาน",
    "the database system is shutting down": "เครื่องแม่ข่ายกำลังหยุดทำงาน",
    "the database system is in recovery mode": "เครื่องแม่ข่ายกำลังกู้คืนข้อมูล",
    "sorry, too many clients already": "มีผู้ใช้เต็มจำนวนที่เครื่องแม่ข่ายรับได้",
    "terminating connection due to administrator command": "ผู้ดูแลเครื่องแม่ข่ายตัดการเชื่อมต่อ",
    "canceling statement due to statement timeout": "คำสั่งใช้เวลาเกินที่เครื่องแม่ข่ายยอม",
    "canceling statement due to lock timeout": "รอผู้อื่นที่ใช้ตารางอยู่นานเกินไป",
    "cannot execute {} in a read-only transaction": "เครื่องแม่ข่ายนี้ให้อ่านเท่านั้น (คำสั่ง {})",
    "server does not support SSL, but SSL was required": "เครื่องแม่ข่ายไม่ใช้ TLS แต่เราต้องใช้",
    "server closed the connection unexpectedly {}": "เครื่องแม่ข่ายตัดการเชื่อมต่อ",
    "the connection is closed": "การเชื่อมต่อขาดไป",
    # the ledger's file, in the words of SQLite
    "database is locked": "มีโปรแกรมอื่นใช้ไฟล์นี้อยู่",
    "unable to open database file": "เปิดไฟล์ไม่ได้",
    "disk I/O error": "ดิสก์ขัดข้อง",
    "database or disk is full": "เนื้อที่ดิสก์เต็ม",
    "database disk image is malformed": "ไฟล์เสียหาย",
    "file is not a database": "ไม่ใช่ไฟล์ของฐานข้อมูล",
    "attempt to write a readonly database": "ไฟล์นี้อ่านได้อย่างเดียว",
}
