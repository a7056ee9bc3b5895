"""What is wrong with what was asked of a verb, and what to ask instead."""

from collections.abc import Mapping

ROWS: Mapping[str, str] = {
    # which agency, mail, letter, round ... is meant
    "no agency has the code {} or that in its name": "ไม่พบหน่วยงานที่มีรหัสหรือชื่อ {}",
    "did you mean": "หมายถึงหน่วยงานใดต่อไปนี้หรือไม่",
    "{} agencies match {}": "มี {} หน่วยงานที่ตรงกับ {}",
    "give the code of one": "ให้ระบุรหัสของหน่วยงานเดียว",
    "`agencies` lists all": "ดูรายชื่อทั้งหมดด้วย `agencies`",
    "no agency {} stands in the register": "ไม่มีหน่วยงานรหัส {} ในทะเบียน",
    "agency {} has left the register meanwhile": "หน่วยงาน {} พ้นจากทะเบียนไปแล้ว",
    "ask again": "ให้สั่งใหม่",
    "there is no such agency": "ไม่มีหน่วยงานเช่นนี้",
    "`agencies` with the same options lists them": "ดูรายชื่อด้วย `agencies` และตัวเลือกเดียวกัน",
    "no mail has a digest beginning {}": "ไม่มีจดหมายที่รหัสขึ้นต้นด้วย {}",
    "`inbox list` and `explain AGENCY` show digests":
        "ดูรหัสของจดหมายด้วย `inbox list` หรือ `explain หน่วยงาน`",
    "several mails have a digest beginning {}": "มีจดหมายหลายฉบับที่รหัสขึ้นต้นด้วย {}",
    "give more of it": "ให้ระบุรหัสให้ยาวขึ้น",
    "its words were kept until {}": "เก็บข้อความของจดหมายนี้ไว้ถึงวันที่ {}",
    "what was read from it stands ([ledger] mail_days, own_days)":
        "สิ่งที่อ่านได้จากจดหมายยังอยู่ครบ ([ledger] mail_days, own_days)",
    "nobody can tell any more what it is": "จึงไม่อาจบอกได้แล้วว่าเป็นจดหมายชนิดใด",
    # what one group, kind, day or name may be
    "{} is no group": "ไม่มีกลุ่ม {}",
    "{} is no kind": "ไม่มีประเภท {}",
    "{} is no finding": "ไม่มีข้อตรวจพบ {}",
    "use one of {}": "ให้ใช้คำใดคำหนึ่งต่อไปนี้ {}",
    "which mail host a domain had on a past day is not kept":
        "ระบบไม่ได้เก็บไว้ว่าในวันก่อนโดเมนใช้เครื่องแม่ข่ายอีเมลใด",
    "who was suspected on a past day is not kept":
        "ระบบไม่ได้เก็บไว้ว่าในวันก่อนหน่วยงานใดรอยืนยันผล",
    "{} is no day": "{} ไม่ใช่วันที่",
    "write 2026-03-30, 30/3/2569 or 2026-03-30T16:30":
        "ให้เขียนเช่น 2026-03-30, 30/3/2569 หรือ 2026-03-30T16:30",
    "{} is no date": "{} ไม่ใช่วันที่",
    "write it as 28 พฤศจิกายน 2568 or 2025-11-28":
        "ให้เขียนเช่น 28 พฤศจิกายน 2568 หรือ 2025-11-28",
    "{} is yet to come": "{} ยังมาไม่ถึง",
    "{} is over": "วันที่ {} ผ่านไปแล้ว",
    "today is {}": "วันนี้คือ {}",
    "{} names no hours": "{} ไม่ใช่ช่วงเวลา",
    "write sat 22:00-04:00, mon,thu 12:00-13:00 or daily 01:00-02:00":
        "ให้เขียนเช่น sat 22:00-04:00, mon,thu 12:00-13:00 หรือ daily 01:00-02:00",
    "{} is no time of a day": "{} ไม่ใช่เวลาของวัน",
    "write 00:00 to 24:00": "ให้เขียน 00:00 ถึง 24:00",
    "say it in words": "ให้เขียนเป็นข้อความ",
    "{} does not end in a number": "{} ไม่ลงท้ายด้วยตัวเลข",
    # files and options
    "{} is not empty": "โฟลเดอร์ {} ไม่ว่าง",
    "it is the register itself": "ไฟล์นี้คือทะเบียนเอง",
    "name another file": "ให้ระบุไฟล์อื่น",
    "{}: name it {}": "{}: ให้ตั้งชื่อไฟล์ลงท้ายด้วย {}",
    "name a .svg or a .png file": "ให้ระบุไฟล์ .svg หรือ .png",
    "a PDF is not for a terminal": "แสดง PDF บนจอนี้ไม่ได้",
    "name a file with --out FILE": "ให้ระบุไฟล์ด้วย --out FILE",
    "page.base is empty": "page.base ยังว่างอยู่",
    "set it to where the public finds the page": "ให้ระบุที่อยู่ของหน้าเว็บสาธารณะ",
    "name either --to FILE or --from FILE": "ให้ระบุ --to FILE หรือ --from FILE อย่างใดอย่างหนึ่ง",
    "give a CSV list on stdin: sarabanwatch address check < LIST.csv":
        "ให้ส่งรายชื่อ CSV ทาง stdin: sarabanwatch address check < LIST.csv",
    "give mails with --to ADDRESS, or --answer STAGE TEXT":
        "ให้ระบุไฟล์จดหมายกับ --to ที่อยู่ หรือระบุ --answer ขั้น ข้อความ",
    "say which address our letter went to": "ให้ระบุที่อยู่ที่เราส่งหนังสือถึง",
    "give --all, or --only with a kind": "ให้ระบุ --all หรือ --only กับชนิดของเอกสาร",
    "say whom it is for: --ministry, --province, --group or --host":
        "ให้ระบุว่าส่งถึงหน่วยงานใดบ้าง: --ministry, --province, --group หรือ --host",
    "--trace follows the letter that --now asks for":
        "--trace ใช้ติดตามหนังสือที่ขอด้วย --now",
    "give both": "ให้ระบุทั้งสองตัวเลือก",
    "--accept wants the reason: --why WORDS": "--accept ต้องให้เหตุผลด้วย: --why ข้อความ",
    "the verb {} is now {}": "คำสั่ง {} เปลี่ยนชื่อเป็น {} แล้ว",
    "nothing was changed": "ยังไม่ได้เปลี่ยนสิ่งใด",
    "to do it, say --yes": "หากต้องการดำเนินการ ให้ระบุ --yes",
    "{} is no HOST:PORT": "{} ไม่ใช่รูปแบบ HOST:PORT",
    "the list is empty": "รายชื่อว่างเปล่า",
    "give CSV with the heading agency,kind,cell and, where known, code":
        "ให้ส่ง CSV ที่มีหัวคอลัมน์ agency,kind,cell และ code หากทราบ",
    "no column {} in the heading": "ไม่พบหัวคอลัมน์ {}",
    "close every quotation mark, and double one inside a cell":
        "ให้ปิดเครื่องหมายคำพูดทุกแห่ง และเขียนซ้ำสองครั้งหากอยู่ในช่อง",
    "the list is larger than {} MiB": "รายชื่อใหญ่กว่า {} MiB",
    "give it in parts": "ให้แบ่งเป็นส่วน",
    "not UTF-8": "ไม่ใช่ UTF-8",
    "save the list as CSV UTF-8": "ให้บันทึกรายชื่อเป็น CSV UTF-8",
    "{} cells under {} headings": "มี {} ช่อง แต่มีหัวคอลัมน์ {} คอลัมน์",
    "put cells with commas in quotation marks": "ช่องที่มีจุลภาคต้องอยู่ในเครื่องหมายคำพูด",
    # a letter that is asked for
    "nothing leaves us now": "ขณะนี้หยุดส่งหนังสือทั้งหมด",
    "nothing leaves us since {}": "หยุดส่งหนังสือทั้งหมดตั้งแต่ {}",
    "see `halts list`": "ดู `halts list`",
    "nothing can be signed: every key of token.key_file has ended":
        "ลงนามหนังสือไม่ได้ เพราะกุญแจทุกดอกใน token.key_file หมดอายุแล้ว",
    "it is outside the Act": "เป็นหน่วยงานนอกขอบเขตของพระราชบัญญัติ",
    "it asked to be left alone": "หน่วยงานขอไม่รับหนังสือทดสอบ",
    "`opt-outs end` lets letters go to it again": "หากจะส่งอีก ให้สั่ง `opt-outs end`",
    "no address can be read out of what it declared": "อ่านที่อยู่อีเมลจากที่หน่วยงานแจ้งไว้ไม่ได้",
    "`agency show` says what to write instead": "ดูว่าควรเขียนอย่างไรด้วย `agency show`",
    "live = false: nothing goes to real domains":
        "live = false: ยังไม่ส่งไปยังโดเมนจริง",
    "testing of it is paused": "พักการทดสอบหน่วยงานนี้อยู่",
    "see `pause list`": "ดู `pause list`",
    "{}: {}, and nobody gets two in one window":
        "{}: {} และจะไม่ส่งสองฉบับในช่วงรอผลเดียวกัน",
    "`explain {}` shows it": "ดู `explain {}`",
    "a letter to it was under way": "มีหนังสือถึงที่อยู่นี้ที่รอผลอยู่",
    "letter {} to it is under way ({})": "หนังสือที่ {} ถึงที่อยู่นี้ยังไม่สิ้นสุด ({})",
    "its window runs until {}": "รอผลถึง {}",
    "it waits to be sent": "รอส่ง",
    # mail that a person reads
    "--alike: it no longer waits, or has nothing by which similar mails could be known":
        "--alike: จดหมายนี้ไม่รอแล้ว หรือไม่มีลักษณะที่ใช้หาจดหมายคล้ายกันได้",
    "rule on it alone": "ให้วินิจฉัยเฉพาะฉบับนี้",
    "we wrote no letter of number {}": "ระบบไม่ได้ออกหนังสือหมายเลข {}",
    "`explain AGENCY` lists an agency's letters":
        "ดูหนังสือของหน่วยงานด้วย `explain หน่วยงาน`",
    "no letter to {} had left us when the mail came":
        "เมื่อจดหมายนี้มาถึง ยังไม่ได้ส่งหนังสือถึง {}",
    "see `explain {}`": "ดู `explain {}`",
    "no row {} stands": "ไม่มีข้อ {} ที่ใช้อยู่",
    "`inbox taught` lists them": "ดูรายการด้วย `inbox taught`",
    "give --agency or --letter, not both": "ให้ระบุ --agency หรือ --letter อย่างใดอย่างหนึ่ง",
    "each mail is about its own letter, and none becomes a case":
        "จดหมายแต่ละฉบับเป็นเรื่องของหนังสือของตน และไม่นำไปเป็นตัวอย่าง",
    "nothing was recorded, for --case cannot be done":
        "ยังไม่ได้บันทึก เพราะทำตามที่ระบุใน --case ไม่ได้",
    "it encloses a file, which may name anybody": "มีไฟล์แนบ ซึ่งอาจมีชื่อบุคคลอยู่",
    "write the case by hand, without it": "ให้เขียนตัวอย่างเองโดยไม่มีส่วนนั้น",
    "write the case by hand": "ให้เขียนตัวอย่างเอง",
    "{} stands in an encoded part": "{} อยู่ในส่วนที่เข้ารหัสไว้",
    "it cannot be read": "อ่านไม่ได้",
    "give the name of the person who rules": "ให้ระบุชื่อผู้วินิจฉัย",
    "{} says nothing of a mail": "{} ไม่บอกว่าเป็นจดหมายชนิดใด",
    "say what it is": "ให้ระบุว่าเป็นอะไร",
    "say why it failed, if need be 'unknown'": "ให้ระบุเหตุที่ส่งไม่ถึง หากไม่ทราบให้ใช้ 'unknown'",
    "only a mail of kind 'failed' has a reason": "เฉพาะชนิด 'failed' เท่านั้นที่มีเหตุ",
    "say whose it is, by --agency CODE or --letter NUMBER":
        "ให้ระบุว่าเป็นของหน่วยงานใด ด้วย --agency รหัส หรือ --letter หมายเลข",
    # corrections
    "nothing tells whose it is, or several may be meant":
        "ไม่ทราบว่าเป็นของหน่วยงานใด หรืออาจเป็นได้หลายหน่วยงาน",
    "name one with --agency{}": "ให้ระบุด้วย --agency{}",
    "it names no new address": "จดหมายไม่ได้แจ้งที่อยู่ใหม่ที่ต่างจากทะเบียน",
    "it names {} new addresses: {}": "จดหมายแจ้งที่อยู่ใหม่ {} ที่อยู่: {}",
    "say which with --address": "ให้ระบุที่อยู่ที่ถูกต้องด้วย --address",
    "{} has decided on it, {}": "{} ตัดสินแล้วเมื่อ {}",
    "{} decided on it meanwhile, {}": "{} ตัดสินแล้วเมื่อ {}",
    "`corrections show` tells": "ดู `corrections show`",
    "nobody knows whom to answer": "ไม่ทราบว่าจะตอบถึงผู้ใด",
    "no sender can be read out of it": "อ่านที่อยู่ผู้ส่งจากจดหมายไม่ได้",
    "the sender is not proven": "ยืนยันตัวผู้ส่งไม่ได้",
    "say with --note how you made sure": "ให้บอกวิธีที่ตรวจสอบด้วย --note",
    "the register says the same already": "ในทะเบียนเป็นเช่นนี้อยู่แล้ว",
    "reject it, and say so": "ให้ปฏิเสธ (reject) และแจ้งเหตุผล",
    # rounds, holidays, pauses, opt-outs, incidents, halts
    "round {} does not run": "รอบ {} ไม่ได้ดำเนินอยู่",
    "`rounds list` shows which one does": "ดูรอบที่ดำเนินอยู่ด้วย `rounds list`",
    "no round was opened yet": "ยังไม่เคยเปิดรอบ",
    "the first begins {} (campaign.anchor), when `run` stands":
        "รอบแรกเริ่ม {} (campaign.anchor) เมื่อ `run` ทำงานอยู่",
    "move campaign.anchor to when the first begins":
        "หากจะให้รอบแรกเริ่มวันอื่น ให้แก้ campaign.anchor",
    "the configured timetable changes nothing": "กำหนดการที่ตั้งค่าไว้ไม่เปลี่ยนแปลงสิ่งใด",
    "there is nothing to accept": "จึงไม่มีสิ่งที่ต้องยืนยัน",
    "no round {}": "ไม่มีรอบ {}",
    "`rounds list` lists them": "ดูรายการด้วย `rounds list`",
    "{} is a holiday already": "{} เป็นวันหยุดอยู่แล้ว",
    "{} is no holiday": "{} ไม่ใช่วันหยุด",
    "`holidays list` shows it": "ดู `holidays list`",
    "`holidays list --year {}`": "ดู `holidays list --year {}`",
    "no {} {}": "ไม่มี{} {}",
    "{} of that name": "มีชื่อนี้ {} แห่ง",
    "ministry": "หน่วยงานต้นสังกัด",
    "province": "จังหวัด",
    "host": "เครื่องแม่ข่ายอีเมล",
    "agency": "หน่วยงาน",
    "`agencies` shows the superiors": "ดูชื่อหน่วยงานต้นสังกัดด้วย `agencies`",
    "`agencies` shows the provinces": "ดูชื่อจังหวัดด้วย `agencies`",
    "`plan` shows the mail hosts": "ดูเครื่องแม่ข่ายอีเมลด้วย `plan`",
    "it would be over before it begins": "จะสิ้นสุดก่อนเริ่ม",
    "give a later --until": "ให้ระบุ --until ที่ช้ากว่านี้",
    "pause {} stands for the same already": "มีการพักหมายเลข {} สำหรับสิ่งเดียวกันอยู่แล้ว",
    "`resume {}` ends it": "ยุติได้ด้วย `resume {}`",
    "no pause {} stands": "ไม่มีการพักหมายเลข {} ที่ใช้อยู่",
    "`pause list` lists those that do": "ดูรายการด้วย `pause list`",
    "{} is left alone already, since {} by {}":
        "บันทึกว่า {} ขอไม่รับหนังสือทดสอบไว้แล้วตั้งแต่ {} โดย {}",
    "`opt-outs end {}` ends that": "ยุติได้ด้วย `opt-outs end {}`",
    "{} has no opt-out that stands": "{} ไม่ได้ขอไม่รับหนังสือทดสอบ",
    "`opt-outs list` lists them": "ดูรายการด้วย `opt-outs list`",
    "incident {} ended {}": "เหตุการณ์ร่วมที่ {} ยุติแล้วเมื่อ {}",
    "an agency that it still holds changes group when a letter written since has failed too":
        "หน่วยงานที่ยังคงกลุ่มเดิมจะเปลี่ยนกลุ่มเมื่อหนังสือที่ส่งหลังจากนั้นไม่ถึงด้วย",
    "no incident {}": "ไม่มีเหตุการณ์ร่วมที่ {}",
    "`incidents list --all` lists them": "ดูรายการด้วย `incidents list --all`",
    "no halt {} stands": "ไม่มีการหยุดส่งหมายเลข {} ที่ใช้อยู่",
    "`halts list` lists those that do": "ดูรายการด้วย `halts list`",
    # the register's history
    "there was no import before the last one: nothing to go back to":
        "ไม่มีการนำเข้าก่อนครั้งล่าสุด จึงไม่มีทะเบียนให้ย้อนกลับ",
    "there is no import {}": "ไม่มีการนำเข้าครั้งที่ {}",
    "`register history` lists all": "ดูทั้งหมดด้วย `register history`",
    "the register after import {} is not kept: it is older than the history":
        "ไม่ได้เก็บทะเบียนหลังการนำเข้าครั้งที่ {} เพราะเก่ากว่าประวัติที่เก็บไว้",
    "import its file again": "ให้นำเข้าไฟล์นั้นอีกครั้ง",
    "{} of {} {} ({}) {}, more than {}": "{} จาก {} {} ({}) {} เกินกว่า {}",
    "agencies": "หน่วยงาน",
    "rows": "แถว",
    "would vanish": "จะหายไป",
    "would change": "จะเปลี่ยน",
    "have cells that cannot be read": "มีช่องที่อ่านไม่ได้",
    "if that is right: `sarabanwatch register import FILE --yes`":
        "หากถูกต้องแล้ว: `sarabanwatch register import FILE --yes`",
    # snapshots and papers
    "nothing is known yet": "ยังไม่มีข้อมูลใด",
    "no snapshot {}": "ไม่มีข้อมูลที่ตัดไว้หมายเลข {}",
    "`report list` lists them": "ดูรายการด้วย `report list`",
    "there is no snapshot yet": "ยังไม่ได้ตัดข้อมูล",
    "make one with `report freeze`": "ให้สั่ง `report freeze`",
    "snapshot {} was released by {} at {}": "ข้อมูลที่ {} ออกแล้วโดย {} เมื่อ {}",
    "what supersedes it is a new snapshot": "หากจะแทนที่ ให้ตัดข้อมูลใหม่",
    "the first register was taken in at {}": "ทะเบียนแรกนำเข้าเมื่อ {}",
    "ask for that moment or later": "ให้ระบุเวลานั้นหรือหลังจากนั้น",
    "snapshot {} was altered": "ข้อมูลที่ {} ถูกแก้ไข",
    "the snapshot was altered": "ข้อมูลที่ตัดไว้ถูกแก้ไข",
    "sealed as {}, found {}": "ผนึกไว้ด้วยรหัส {} แต่พบ {}",
    "take the ledger from a backup": "ให้นำฐานข้อมูลจากชุดสำรองกลับมา",
    "nothing is issued, for the figures do not agree": "ยังออกเอกสารไม่ได้ เพราะตัวเลขไม่ตรงกัน",
    "nothing is issued, for the papers do not agree": "ยังออกเอกสารไม่ได้ เพราะเอกสารไม่ตรงกัน",
    "nothing is issued without number, signer and office "
    "(`report render --draft` shows what it will look like)":
        "ออกเอกสารไม่ได้หากไม่มีเลขที่หนังสือ ผู้ลงนาม และส่วนราชการ "
        "(ดูตัวอย่างด้วย `report render --draft`)",
    "the office's name and address, a line each": "ชื่อและที่อยู่ของส่วนราชการ บรรทัดละข้อ",
    "the number that your registry gave out, as {}": "เลขที่หนังสือที่งานสารบรรณออกให้ เช่น {}",
    "who signs, as {}: name, position": "ผู้ลงนาม ชื่อและตำแหน่ง เช่น {}",
    "snapshot {} is a draft, and its notices go when it is final":
        "ข้อมูลที่ {} ยังเป็นร่าง จะส่งหนังสือแจ้งได้เมื่อออกแล้ว",
    "`report release {} --by NAME`": "`report release {} --by ชื่อ`",
    "no notice by mail to {}": "ส่งหนังสือแจ้งทางอีเมลถึง {} ไม่ได้",
    "not to mend, or mail does not reach it": "ไม่มีสิ่งที่ต้องแก้ไข หรืออีเมลส่งไม่ถึง",
    "a notice goes with its PDF": "หนังสือแจ้งต้องมี PDF แนบ",
    "nothing can be printed without the extra": "พิมพ์เอกสารไม่ได้หากไม่มีส่วนเสริม",
    "{} is not empty and no site of ours": "โฟลเดอร์ {} ไม่ว่าง และไม่ใช่เว็บที่ระบบนี้สร้าง",
    "name an empty folder, or one that is not there yet":
        "ให้ระบุโฟลเดอร์ว่าง หรือโฟลเดอร์ที่ยังไม่มี",
    "the old site, if any, stands as it was": "เว็บเดิม (หากมี) ยังอยู่ตามเดิม",
    "a process that helped was ended": "กระบวนการที่ช่วยงานถูกปิด",
    "another export writes beside {}": "มีการส่งออกอื่นกำลังเขียนข้าง {}",
    "wait until it is done": "ให้รอจนเสร็จ",
    # the demo and the drill
    "the round was not over after {} s ({})": "รอบไม่เสร็จภายใน {} วินาที ({})",
    "nothing has moved for {} s ({})": "ไม่มีความคืบหน้ามา {} วินาที ({})",
    "by the simulated clock the round's weeks are over":
        "ตามนาฬิกาจำลองรอบสิ้นสุดแล้ว",
    "the machine is too busy for it, try again with fewer agencies, or later":
        "เครื่องมีงานมากเกินไป ให้ลองใหม่ด้วยจำนวนหน่วยงานที่น้อยลง หรือภายหลัง",
    "{} letters wait to leave us, {} for their end": "หนังสือรอส่ง {} ฉบับ รอผล {} ฉบับ",
    "{} did not start": "{} ไม่เริ่มทำงาน",
    "is the extra installed? (pip install 'sarabanwatch[demo]'){}":
        "ติดตั้งส่วนเสริมแล้วหรือไม่ (pip install 'sarabanwatch[demo]'){}",
    "{} runs, and was not ready after {} s": "{} ทำงานอยู่ แต่ไม่พร้อมภายใน {} วินาที",
    "the machine is too busy": "เครื่องมีงานมากเกินไป",
    "try again with fewer agencies, or later{}": "ให้ลองใหม่ด้วยจำนวนหน่วยงานที่น้อยลง หรือภายหลัง{}",
    "{} ended by itself, with status {}": "{} ปิดตัวเองด้วยสถานะ {}",
    "{} ended with status {}": "{} ปิดด้วยสถานะ {}",
    "{} did not end in {} s": "{} ไม่ปิดภายใน {} วินาที",
    "the alert {} was taken by Alertmanager and did not come home within {} seconds":
        "Alertmanager รับการแจ้งเตือน {} แล้ว แต่ไม่กลับมาภายใน {} วินาที",
    "see its receiver `drill`, its silences, and its log":
        "ดูผู้รับ `drill` การปิดเสียง และบันทึกของ Alertmanager",
    "{} cannot be listened on": "เปิดรับที่ {} ไม่ได้",
    "another drill may be running, or name a port by --listen":
        "อาจมี drill อื่นทำงานอยู่ หรือให้ระบุพอร์ตด้วย --listen",
    "Alertmanager at {} does not answer": "Alertmanager ที่ {} ไม่ตอบ",
    "see `systemctl status prometheus-alertmanager`":
        "ดู `systemctl status prometheus-alertmanager`",
    "Alertmanager at {} refused the alert": "Alertmanager ที่ {} ไม่รับการแจ้งเตือน",
}
