"""The words of the verbs on rounds and holidays (`cli.words`)."""

Words = dict[str, tuple[str, str]]    # key -> (Thai, English)

DAYS: Words = {
    "Mon": ("จ.", "Mon"), "Tue": ("อ.", "Tue"), "Wed": ("พ.", "Wed"), "Thu": ("พฤ.", "Thu"),
    "Fri": ("ศ.", "Fri"), "Sat": ("ส.", "Sat"), "Sun": ("อา.", "Sun"),
}

HOLIDAYS: Words = {
    "closed": ("{} เป็นวันหยุดราชการ", "{} is a holiday"),
    "opened": ("{} เป็นวันทำการ", "{} is a working day"),
    "moved": ("เลื่อนกำหนดรอผลของหนังสือที่รออยู่ {:,} ฉบับ", "windows that run, and moved: {:,}"),
    "too soon": (
        "หนังสือ {:,} ฉบับครบกำหนดไปแล้วโดยไม่ได้นับวันหยุดนี้ ผลที่บันทึกไว้ไม่เปลี่ยน",
        "windows that had ended too soon, and stay ended: {:,}"),
    "file": ("ตามไฟล์ตั้งค่า", "by the configured file"),
    "open": ("เปิดทำการ", "open"),
    "by": ("บันทึกโดย", "by"),
}

ROUNDS: Words = {
    "next": ("รอบถัดไปเริ่ม", "the next one begins"),
    "runs": ("กำลังดำเนินการ", "runs"),
    "ended": ("สิ้นสุดแล้ว", "ended"),
    "ended early": ("สิ้นสุดก่อนกำหนด", "ended early"),
    "skipped": ("งด", "skipped"),
    "withdrawn": ("ยกเลิกการงด", "skip withdrawn"),
    "reached": ("ส่งถึงแล้ว", "written to"),
    "left over": ("ยังไม่ได้ส่ง", "left over"),
    "to reach": ("ยังต้องส่ง", "still to write to"),
    "opened": ("เริ่ม", "opened"),
    "cut-off": ("วันตัดยอด", "cut-off"),
    "closed": ("สิ้นสุด", "closed"),
    "timetable": ("กำหนดรอบ", "timetable"),
    "every": ("ทุก {} สัปดาห์ นับจาก {}", "every {} weeks from {}"),
    "rules": ("หลักเกณฑ์", "rules"),
    "register": ("ทะเบียนครั้งที่", "import"),
    "by": ("โดย", "by"),
    "daemon": ("ระบบ", "the daemon"),
    "would be for": ("จะเป็นรอบพิเศษสำหรับ {:,} หน่วยงาน", "it would be for {:,} agencies"),
    "begin": ("รอบถัดไปเริ่ม", "the next rounds begin"),
    "as it stands": ("ที่ใช้อยู่", "as it stands"),
    "as configured": ("ตามไฟล์ตั้งค่า", "as configured"),
    "sooner": (
        "รอบถัดไปจะเริ่มเร็วขึ้น {days} วัน และ {again:,} หน่วยงานจะได้รับหนังสือฉบับที่สองเร็วกว่าปกติ",
        ("the next round would begin {days} days sooner, and {again:,} agencies would get a second "
         "letter early")),
    "later": (
        "รอบถัดไปจะเริ่มช้าลง {days} วัน และไม่มีหน่วยงานใดได้รับหนังสือรอบใหม่ในระหว่างนั้น",
        "the next round would begin {days} days later; until then no agency gets its next letter"),
    "accept": (
        "ระบบยังคงใช้กำหนดเดิม หากต้องการใช้กำหนดใหม่: rounds plan --accept --by ชื่อ --why เหตุผล",
        "it goes on as it stands; to take the other: rounds plan --accept --by NAME --why WORDS"),
}
