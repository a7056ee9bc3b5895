"""What verbs say in Thai and in English: one row a word, Thai first.

`words("plan", "th")` has the shared rows and those of the verb, in one language, by key. Values of
results (verdicts, reasons, kinds of mail ...) stand in `cli.thai`.
"""

Words = dict[str, tuple[str, str]]    # key -> (Thai, English)

SHARED: Words = {
    "agencies": ("หน่วยงาน", "agencies"),
    "announced": ("ประกาศ", "announced"),
    "cell": ("อีเมลที่แจ้ง", "declared"),
    "domain": ("โดเมน", "domain"),
    "downgrade": ("ผลล่าสุด", "lately found"),
    "group": ("กลุ่ม", "group"),
    "host": ("เครื่องรับอีเมล", "mail host"),
    "instead": ("ให้เขียนว่า", "write instead"),
    "mend": ("สิ่งที่ต้องแก้ไข", "to mend"),
    "province": ("จังหวัด", "province"),
    "since": ("ตั้งแต่", "since"),
    "superior": ("สังกัด", "superior"),
    "unseen": ("ยังไม่เคยตรวจโดเมน", "its domain was not looked at yet"),
    "until": ("ถึง", "until"),
    "weak": ("ข้อสังเกต", "but"),
}
OF_VERB: dict[str, Words] = {
    "agency": {
        "kind": ("ประเภท", "kind"),
        "former": ("รหัสเดิม", "former code"),
        "status": ("สถานะ", "status"),
        "not": ("ยังไม่มีประกาศ", "no announcement"),
        "gives": ("ระบุ", "gives"),
        "share": ("หน่วยงานใช้ร่วมกัน", "agencies share it"),
        "letters": ("หนังสือล่าสุด", "last letters"),
        "none": ("ยังไม่เคยส่ง", "none was sent yet"),
        "history": ("ประวัติ", "history"),
        "notes": ("ข้อสังเกตของแถว", "row notes"),
        "why": ("เหตุผลและหลักฐาน", "why, and the evidence"),
        "agency": ("ชื่อ", "name"),
        "address": ("อีเมล", "address"),
        "announcement": ("ประกาศ", "announcement"),
    },
    "backup": {
        "made": (
            "สำรองข้อมูลและตรวจสอบแล้ว: {folder} ({size}; หนังสือ {letters:,} ฉบับ จดหมาย {mails:,} ฉบับ)",
            "backed up and checked: {folder} ({size}; {letters:,} letters, {mails:,} mails)"),
        "removed": ("ลบชุดเก่า: {}", "removed: {}"),
        "put back": ("นำสมุดบันทึก ณ {} กลับคืนแล้ว", "put back: the ledger of {}"),
        "unknown": (
            "ไม่อาจทราบได้ว่าหลังจากนั้นเกิดอะไรขึ้น เพราะไม่มีไฟล์พยานของสมุดบันทึกอยู่ที่นี่",
            "nobody knows what happened since: no witness of the ledger stands here"),
        "missing": (
            "ที่ขาดไปหลังจากนั้น: การบันทึก {commits:,} ครั้ง หนังสือ {letters:,} ฉบับ ซึ่งอาจส่งไปแล้ว",
            "missing since: {commits:,} commits; {letters:,} letters that may have left"),
        "aside": ("สมุดบันทึกเดิมย้ายไปไว้ที่: {}", "the ledger that stood there is now {}"),
        "differs": ("ต่างจากชุดสำรอง: {}", "differs from the backup: {}"),
        "next": (
            "ขั้นต่อไป: เริ่มบริการ ระบบจะยังไม่ส่งหนังสือจนกว่าจะสั่ง `sarabanwatch halts lift`",
            "next: start the daemon; nothing leaves until `sarabanwatch halts lift`"),
    },
    "corrections": {
        "proven": ("พิสูจน์ผู้ส่งได้", "the sender is proven"),
        "unproven": (
            "พิสูจน์ผู้ส่งไม่ได้: โทรศัพท์ถามหน่วยงานก่อน",
            "the sender is not proven: ask the agency by telephone first"),
        "from": ("จาก", "from"),
        "about": ("อาจเป็นของ", "may be of"),
        "nobody": (
            "ไม่รู้ว่าเป็นของหน่วยงานใด ระบุด้วย --agency",
            "nothing tells whose it is; name it with --agency"),
        "now": ("ในทะเบียน", "in the register"),
        "names": ("ที่อยู่ที่แจ้ง", "names"),
        "none": ("ไม่พบที่อยู่ในข้อความ", "no address stands in its words"),
        "decided": ("ตัดสินแล้ว", "decided"),
        "True": ("รับ", "accepted"),
        "False": ("ไม่รับ", "rejected"),
        "waits": ("ไม่มีเรื่องรอตัดสิน", "nothing waits"),
        "taken": ("รับแล้ว", "accepted"),
        "import": ("ทะเบียนครั้งที่", "import"),
        "letter": ("เขียนหนังสือทดสอบแล้ว ที่", "written down: letter"),
        "later": ("หนังสือทดสอบ", "letter"),
        "stale": (
            "ประกาศในทะเบียนยังระบุที่อยู่อื่น จึงเป็นกลุ่ม C จนกว่าจะแก้ไขในทะเบียน:",
            "the announcement in the register gives another address, hence group C; mend that:"),
        "rejected": ("ไม่รับ บันทึกแล้ว", "rejected, written down"),
        "answer": ("ร่างคำตอบ: --answer FILE.eml", "the answer as a draft: --answer FILE.eml"),
    },
    "domains": {
        "none": ("ไม่มี", "none"),
        "asked": ("ถามเมื่อ", "asked"),
        "known": ("ทราบผลล่าสุด", "last known"),
        "never": ("ยังไม่ทราบผล", "not known yet"),
        "alone": ("ถามจากเครื่องเดียวสองครั้ง", "one resolver, asked twice"),
        "clean": ("ไม่พบสิ่งที่ต้องแก้ไข", "nothing to mend"),
    },
    "explain": {
        "because": ("เพราะ", "because"),
        "opt_out": ("ไม่ส่งหนังสือทดสอบ ตามที่หน่วยงานขอ", "no test letter is sent, as the agency asked"),
        "letter": ("หนังสือที่", "letter"),
        "raw": ("ข้อความดิบ", "raw message"),
        "none": ("ยังไม่เคยส่งหนังสือ", "no letter was sent yet"),
        "receipt": ("เลขรับ", "receipt number"),
        "register": ("ทะเบียน", "register"),
        "line": ("บรรทัด", "line"),
        "return": ("จดหมายที่กลับมา", "return"),
        "refused": ("ไม่เชื่อ", "not believed"),
        "waits": ("รอคนอ่าน", "waits for a person"),
        "elsewhere": ("มิใช่ของหนังสือฉบับนี้แล้ว", "no longer counted for this letter"),
        "ruled": ("วินิจฉัยโดย", "ruled by"),
        "aside": ("มีคำวินิจฉัยหลังจากนี้", "set aside: a later ruling or reading counts"),
        "held": ("คงกลุ่มเดิมไว้", "held"),
        "suspected": ("ยังไม่ยืนยัน รอหนังสือยืนยันผล", "suspected: confirming letters follow"),
        "turns": ("จะเปลี่ยนกลุ่มเมื่อ", "changes group at"),
        "agency": ("ชื่อเดิม", "was called"),
        "address": ("อีเมลเดิม", "had declared"),
        "announcement": ("ประกาศเดิม", "had announced"),
    },
    "halts": {
        "none": ("ไม่มีการหยุดส่ง", "nothing is halted"),
        "lifted": ("ส่งต่อเมื่อ", "lifted"),
        "by": ("โดย", "by"),
        "itself": ("ระบบ", "itself"),
        "restored": ("สมุดบันทึกไม่ใช่เล่มที่ใช้งานล่าสุด", "the ledger is not the one that last ran here"),
        "clock": ("นาฬิกาของเครื่องเชื่อถือไม่ได้", "the clock cannot be trusted"),
        "done": ("ส่งต่อได้แล้ว", "letters may leave again"),
        "halted": ("หยุดส่งตั้งแต่", "halted since"),
    },
    "incidents": {
        "incident": ("เหตุการณ์ร่วม", "incident"),
        "mail host": ("เครื่องรับอีเมล", "mail host"),
        "mail domain": ("โดเมนอีเมล", "mail domain"),
        "country": ("ทั้งประเทศ", "the country"),
        "list": ("ทะเบียนที่นำเข้าครั้งที่", "list, import"),
        "rules": ("หลักเกณฑ์", "rules"),
        "replay": ("การอ่านจดหมายซ้ำ", "mail read anew"),
        "groups": ("การแบ่งกลุ่มฉบับ", "edition of the groups"),
        "open": ("ยังไม่ยุติ", "open"),
        "cleared": ("ยุติเอง: หนังสือที่ส่งหลังจากนั้นไปถึง", "over: letters written since arrive"),
        "released": ("ปล่อยโดย", "released by"),
        "held": ("คงกลุ่มเดิมไว้", "held in their last group"),
        "good": ("ใช้ได้แล้ว", "good again"),
        "moved": ("เปลี่ยนกลุ่มแล้ว", "changed group"),
        "none": ("ไม่มีเหตุการณ์ร่วม", "no incident"),
        "would": ("จะเป็น", "would be"),
        "is": ("เป็น", "is"),
        "done": ("ปล่อยแล้ว เปลี่ยนกลุ่ม", "released, changed group:"),
        "rest": (
            "หน่วยงานรอหนังสือยืนยันผลก่อน",
            "change group only when confirming letters have failed too"),
    },
    "looks": {
        "proved": ("ยืนยันล่าสุด", "last proved"),
        "never": ("ยังไม่เคยยืนยัน", "not yet"),
        "next": ("ตรวจครั้งต่อไป", "looked at next"),
    },
    "path": {
        "whole": ("เส้นทางของเราใช้การได้", "our own path is whole"),
        "broken": (
            "เส้นทางของเราขัดข้อง: หยุดส่ง และไม่นับความเงียบเป็นผล",
            "our own path is broken: sending pauses, and silence says nothing"),
        "none": (
            "ไม่ได้ส่งหนังสือถึงตนเอง (canary.every_hours = 0)",
            "no letters to ourselves are sent (canary.every_hours = 0)"),
        "yet": ("ยังไม่มีหนังสือถึงตนเอง", "no letter to ourselves yet"),
        "heard": ("รับรู้ทุกสิ่งที่กลับมาได้ถึง", "all that came back is known up to"),
        "home": ("ถึงตนเอง", "home"),
        "bounce": ("ต้องตีกลับ", "must bounce"),
        "waits": ("ยังไม่ได้ออกไป", "has not left us"),
        "signed": (
            "ฉบับล่าสุดที่กลับมามีลายเซ็น DKIM ของเราที่ถูกต้อง",
            "the last one that came home carried a valid DKIM signature of ours"),
        "unsigned": (
            "ฉบับล่าสุดที่กลับมาไม่มีลายเซ็น DKIM ของเราที่ตรวจได้",
            "the last one that came home carried no DKIM signature of ours that could be verified"),
        "refused": ("ถูกปฏิเสธ", "refused"),
        "back": ("กลับมาใน", "back after"),
        "lost": ("สูญหาย", "lost"),
        "late": ("กลับมาช้าเกินกำหนด", "back too late, after"),
        "out": ("ยังไม่กลับมา", "not back yet"),
    },
    "plan": {
        "round": ("รอบที่", "round"),
        "still": ("หนังสือที่ยังต้องส่ง", "letters still to write"),
        "waits": ("เขียนแล้วรอส่ง", "written and waiting"),
        "letters": ("ฉบับ", "letters"),
        "minute": ("ต่อนาที", "a minute"),
        "days": ("วัน", "days"),
        "last": ("วันสุดท้าย", "last day"),
        "more": ("อีก {} เครื่อง", "{} more"),
        "weekend": ("วันหยุดสุดสัปดาห์", "weekend"),
        "holiday": ("วันหยุดราชการ", "public holiday"),
        "open": (
            "ปฏิเสธเรา: หยุดส่ง ลองใหม่ {:%d %b %H:%M}",
            "blocks us: nothing is sent, one letter as a probe {:%d %b %H:%M}"),
        "slowed": ("ขอให้ช้าลง: ช้าลง {} เท่า", "asked us to slow down: {} times slower"),
        "all wait": (
            "หลายเครื่องปฏิเสธเรา: หยุดส่งทั้งหมด ยกเว้นหนังสือทดลองส่ง",
            "several hosts block us: all letters wait but probes"),
        "nothing": ("ไม่มีหนังสือที่ต้องส่งแล้วในรอบนี้", "no letter is left to send in this round"),
        "unknown": (
            "{:,} โดเมนยังไม่ได้สำรวจ แต่ละโดเมนนับเป็นเครื่องหนึ่งของตนเอง",
            "{:,} domains are not surveyed yet: each counts as a mail host of its own"),
        "leaves": (
            "ฉบับสุดท้ายออกไม่เกิน {:%d %b %Y %H:%M} ครบกำหนดรอผล {:%d %b %Y %H:%M}",
            "the last letter leaves by {:%d %b %Y %H:%M}, its window is over {:%d %b %Y %H:%M}"),
        "ends": ("รอบนี้สิ้นสุด {:%d %b %Y %H:%M}", "the round ends {:%d %b %Y %H:%M}"),
        "in time": ("ทันกำหนด เหลือเวลา {} วัน", "in time, with {} days to spare"),
        "late": ("ไม่ทันกำหนด ช้าไป {} วัน", "too late, by {} days"),
        "never": ("ไม่เสร็จภายในหนึ่งปี", "not within a year"),
        "change": ("แก้ไขให้ทัน", "in time with"),
        "none": (
            "ปรับขีดจำกัดใดก็ไม่ทัน: วันทำการที่เหลือไม่พอ",
            "no limit would do: too few working days are left"),
    },
    "probe": {
        "to": ("จะส่งถึง", "would go to"),
        "nowhere": ("ส่งไม่ได้", "goes nowhere"),
        "route": ("ส่งโดย", "sent by"),
        "pace": ("จังหวะ", "pace"),
        "minute": ("ฉบับต่อนาที", "a minute"),
        "closed": ("รอเวลาราชการ", "waits for office hours"),
        "open": ("เครื่องปลายทางปฏิเสธเรา พักการส่ง", "the host blocks us: nothing is sent to it now"),
        "slowed": ("เครื่องปลายทางขอให้ส่งช้าลง", "the host asked us to slow down"),
        "may": ("ส่งได้ทันที", "may leave at once"),
        "last": ("หนังสือล่าสุด", "last letters"),
        "none": ("ยังไม่เคยส่ง", "none was sent yet"),
        "written": ("เขียนหนังสือแล้ว ที่", "written down: letter"),
        "daemon": ("โปรแกรม `run` จะส่งให้เป็นลำดับแรก", "`run` sends it before all others"),
        "state": ("สถานะ", "state"),
        "tls": ("การเข้ารหัส", "encryption"),
        "try": ("ส่ง", "tried"),
        "fact": ("พบ", "seen"),
        "verdict": ("ผล", "verdict"),
        "idle": (
            "!! ไม่มี `run` ทำงานกับสมุดบันทึกนี้: เขียนหนังสือไว้แล้ว จะส่งเมื่อเริ่ม `run`",
            "!! no `run` works on this ledger: the letter is sent when `run` starts"),
        "waits": ("ยังรอส่ง: `plan` ว่าอย่างไร", "still waits: what does `plan` say?"),
        "hint": ("ขอหนังสือเดี๋ยวนี้: --now", "to ask for a letter now: --now"),
    },
    "opt_outs": {
        "none": ("ไม่มีหน่วยงานใดขอไม่รับหนังสือทดสอบ", "no agency has opted out"),
        "open": ("ไม่มีกำหนด", "without end"),
        "by": ("บันทึกโดย", "written down by"),
        "ended": ("สิ้นสุด", "ended"),
        "added": ("จะไม่ส่งหนังสือทดสอบถึง", "no test letter goes any more to"),
        "again": ("จะส่งหนังสือทดสอบถึงอีก", "test letters go again to"),
    },
    "upgrade": {
        "migrated": (
            "ปรับสมุดบันทึกจากโครงสร้าง {was} เป็น {now} แล้ว สำเนาก่อนปรับอยู่ที่: {copy}",
            "the ledger was brought from schema {was} to {now}; as it was: {copy}"),
        "nothing": (
            "สมุดบันทึกเป็นโครงสร้าง {now} อยู่แล้ว ไม่มีสิ่งที่ต้องปรับ",
            "the ledger has schema {now} already; there is nothing to do"),
        "copy": (
            "สำเนาที่จะนำกลับมาใช้ (โครงสร้าง {schema}): {copy}",
            "the copy to go back to (schema {schema}): {copy}"),
        "lost": (
            "การบันทึก {commits:,} ครั้งหลังจากนั้นจะไม่อยู่ในสำเนา จำนวนรายการที่ขาดไป:",
            "{commits:,} commits since are not in the copy. Rows that are lost, by table:"),
        "none lost": (
            "หลังจากทำสำเนาไม่มีการบันทึกใด จึงไม่มีสิ่งใดสูญหาย",
            "nothing was written since, so nothing is lost"),
        "go on": ("ดำเนินการหรือไม่", "go on?"),
        "done": (
            "นำสมุดบันทึกโครงสร้าง {schema} กลับคืนแล้ว สมุดบันทึกเดิมย้ายไปไว้ที่ {moved_aside}",
            "the ledger of schema {schema} stands again; the newer one is now {moved_aside}"),
        "next": (
            "ขั้นต่อไป: ติดตั้งรุ่นเดิม แล้วเริ่มบริการ",
            "next: install the older version, and start it"),
    },
}


LANGUAGES = ("th", "en")


def words(verb: str, lang: str) -> dict[str, str]:
    """Return the words of a verb, and those that verbs share, in a language ("th" or "en")."""
    column = LANGUAGES.index(lang)
    return {key: row[column] for key, row in (SHARED | OF_VERB[verb]).items()}
