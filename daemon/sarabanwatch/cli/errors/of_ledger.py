"""What is wrong with the ledger, a copy of it, or its server."""

from collections.abc import Mapping

ROWS: Mapping[str, str] = {
    "{}: no ledger yet": "{}: ยังไม่มีฐานข้อมูล",
    "start `sarabanwatch run`, or `sarabanwatch register import FILE`":
        "ให้เริ่ม `sarabanwatch run` หรือสั่ง `sarabanwatch register import FILE`",
    "{} holds nothing yet": "{} ยังไม่มีข้อมูล",
    "start `sarabanwatch run`": "ให้เริ่ม `sarabanwatch run`",
    "the ledger is empty, and one stood here before": "ฐานข้อมูลว่างเปล่า ทั้งที่เคยมีอยู่ที่นี่",
    "put it back from a backup": "ให้นำกลับมาจากชุดสำรอง",
    "{} is empty, and a ledger stood here": "{} ว่างเปล่า ทั้งที่เคยมีฐานข้อมูลอยู่ที่นี่",
    "{} is gone, and a ledger stood here": "{} หายไป ทั้งที่เคยมีฐานข้อมูลอยู่ที่นี่",
    "Where a new beginning is meant, which writes to all agencies again, remove {} too":
        "หากตั้งใจจะเริ่มใหม่ ซึ่งจะส่งหนังสือถึงทุกหน่วยงานอีกครั้ง ให้ลบ {} ด้วย",
    "{} is damaged, or no ledger ({})": "{} เสียหาย หรือไม่ใช่ฐานข้อมูลของระบบนี้ ({})",
    "keep the file, put the ledger back from a backup, start again":
        "ให้เก็บไฟล์ไว้ นำฐานข้อมูลจากชุดสำรองกลับมา แล้วเริ่มใหม่",
    "`sqlite3 FILE .recover` may save what the backup lacks":
        "`sqlite3 FILE .recover` อาจกู้สิ่งที่ชุดสำรองไม่มี",
    "{} is damaged (table {} refers to a row that is missing)":
        "{} เสียหาย (ตาราง {} อ้างถึงรายการที่ไม่มี)",
    "{} is no ledger": "{} ไม่ใช่ฐานข้อมูลของระบบนี้",
    "it is a database of another program": "เป็นฐานข้อมูลของโปรแกรมอื่น",
    "name another one in ledger.file (ledger.url), or put the ledger back":
        "ให้ระบุที่อื่นใน ledger.file (ledger.url) หรือนำฐานข้อมูลกลับมา",
    "{} cannot be written ({})": "เขียน {} ไม่ได้ ({})",
    "see to its disk and its owner, then start again": "ให้ดูดิสก์และเจ้าของไฟล์ แล้วเริ่มใหม่",
    "make room there, then do it again": "ให้เพิ่มเนื้อที่ แล้วสั่งใหม่",
    "make room there, or name another folder": "ให้เพิ่มเนื้อที่ หรือระบุโฟลเดอร์อื่น",
    "make room on its disk, then do it again": "ให้เพิ่มเนื้อที่ดิสก์ แล้วสั่งใหม่",
    "another daemon runs over this ledger, and two would both send":
        "มีโปรแกรมอื่นทำงานกับฐานข้อมูลนี้อยู่ หากมีสองโปรแกรมจะส่งซ้ำกัน",
    "stop it first": "ให้หยุดโปรแกรมนั้นก่อน",
    "{} was deleted or replaced while we ran": "{} ถูกลบหรือแทนที่ขณะโปรแกรมทำงาน",
    "all that it held is saved in {}": "ข้อมูลทั้งหมดบันทึกไว้ใน {}",
    "move that to {}, then start again": "ให้ย้ายไปที่ {} แล้วเริ่มใหม่",
    "what it held could not be saved ({})": "บันทึกข้อมูลที่มีอยู่ไม่ได้ ({})",
    # why a ledger is doubted
    "no witness of it stands here": "ไม่มีไฟล์กำกับฐานข้อมูลอยู่ที่นี่",
    "it is a copy, or its witness was removed": "อาจเป็นสำเนา หรือไฟล์กำกับฐานข้อมูลถูกลบ",
    "it was copied or restored with its witness": "ถูกคัดลอกหรือกู้คืนมาพร้อมไฟล์กำกับฐานข้อมูล",
    "another ledger ran here last, or a later state of this one":
        "ครั้งล่าสุดที่นี่ใช้ฐานข้อมูลชุดอื่น หรือชุดนี้ในสภาพที่ใหม่กว่า",
    "{} commits are missing from it": "ขาดการบันทึกไป {} ครั้ง",
    "it was restored from a copy, or its write-ahead log is gone":
        "อาจกู้คืนจากสำเนา หรือไฟล์ write-ahead log หายไป",
    "its database was restored from a dump, or copied": "ฐานข้อมูลถูกกู้คืนหรือคัดลอกมา",
    # why nothing leaves us for the clock, or for room (core.sending.timekeeping, core.room)
    "the clock jumped, and has been right again for less than ten minutes":
        "นาฬิกาเคลื่อนไปอย่างกะทันหัน และกลับมาตรงยังไม่ถึงสิบนาที",
    "the clock jumped ahead by {}": "นาฬิกาเดินล้ำหน้าไป {} อย่างกะทันหัน",
    "the clock jumped back by {}": "นาฬิกาถอยหลังไป {} อย่างกะทันหัน",
    "the ledger's newest fact lies {} in the future": "ข้อเท็จจริงล่าสุดในฐานข้อมูลล้ำหน้านาฬิกา {}",
    "the ledger's newest fact is {} old": "ข้อเท็จจริงล่าสุดในฐานข้อมูลเก่าถึง {}",
    "{} years": "{} ปี",
    "{} days": "{} วัน",
    "{} hours": "{} ชั่วโมง",
    "{} minutes": "{} นาที",
    "{} seconds": "{} วินาที",
    "the ledger's disk has {} MB left, of which {} must stay":
        "ดิสก์ของฐานข้อมูลเหลือ {} MB ซึ่งต้องคงไว้ {}",
    "letters leave again by themselves from {} MB on": "จะส่งต่อเองเมื่อว่างตั้งแต่ {} MB",
    "its server has lost {} commits": "เครื่องแม่ข่ายทำการบันทึกหายไป {} ครั้ง",
    "nothing is sent until a person says so": "จะไม่ส่งหนังสือจนกว่าเจ้าหน้าที่จะสั่ง",
    # schemas
    "schema {} is an older version's, and this version needs {}":
        "โครงสร้าง {} เป็นของรุ่นเก่า รุ่นนี้ต้องใช้ {}",
    "start the new version's daemon, or run `sarabanwatch ledger migrate`":
        "ให้เริ่มโปรแกรมรุ่นใหม่ หรือสั่ง `sarabanwatch ledger migrate`",
    "either copies the ledger first (on a server the verb alone does it: "
    "take a dump first, with pg_dump)":
        "ทั้งสองวิธีทำสำเนาก่อน (บนเครื่องแม่ข่ายทำได้ด้วยคำสั่งเท่านั้น ให้สำรองด้วย pg_dump ก่อน)",
    "schema {} is newer than this version knows ({})": "โครงสร้าง {} ใหม่กว่าที่รุ่นนี้รู้จัก ({})",
    "install the newer version, or go back to the copy that it took of the older ledger "
    "(`sarabanwatch ledger downgrade`)":
        "ให้ติดตั้งรุ่นใหม่กว่า หรือกลับไปใช้สำเนาก่อนปรับ (`sarabanwatch ledger downgrade`)",
    "schema {} is a development version's, which no release takes over":
        "โครงสร้าง {} เป็นของรุ่นพัฒนา ซึ่งรุ่นที่ออกแล้วใช้ต่อไม่ได้",
    "go on with that version, or move the ledger away with its witness and lock and begin anew "
    "with `register import`":
        "ให้ใช้รุ่นนั้นต่อ หรือย้ายฐานข้อมูลพร้อมไฟล์กำกับฐานข้อมูลและไฟล์ล็อกออก แล้วเริ่มใหม่ด้วย `register import`",
    "no copy of an earlier schema than {} stands beside {}":
        "ไม่มีสำเนาของโครงสร้างก่อน {} อยู่ข้าง {}",
    "where a backup was taken, `sarabanwatch restore` puts that back":
        "หากมีชุดสำรอง ให้นำกลับมาด้วย `sarabanwatch restore`",
    "{} is held by another program, and was left as it was": "มีโปรแกรมอื่นใช้ {} อยู่ จึงไม่ได้แก้ไข",
    "stop that program, then do it again": "ให้หยุดโปรแกรมนั้น แล้วสั่งใหม่",
    "{} could not be brought up to date, and stands as it was ({})":
        "ปรับ {} ให้เป็นรุ่นใหม่ไม่ได้ ยังอยู่ตามเดิม ({})",
    "on a server nothing stands beside the ledger to go back to":
        "บนเครื่องแม่ข่ายไม่มีสำเนาข้างฐานข้อมูลให้ย้อนกลับ",
    "put a dump back (pg_restore), or a backup (`restore`)":
        "ให้กู้คืนด้วย pg_restore หรือชุดสำรอง (`restore`)",
    # copies and backups
    "{} does not hold what {} did ({})": "{} มีข้อมูลไม่ตรงกับ {} ({})",
    "it is no backup": "จึงใช้เป็นชุดสำรองไม่ได้",
    "{} does not hold what {} does ({})": "{} มีข้อมูลไม่ตรงกับ {} ({})",
    "nothing was copied": "ยังไม่ได้คัดลอกสิ่งใด",
    "{} does not hold what {} says": "{} มีข้อมูลไม่ตรงกับ {}",
    "use another backup": "ให้ใช้ชุดสำรองอื่น",
    "{} cannot be copied ({})": "คัดลอก {} ไม่ได้ ({})",
    "see `sarabanwatch ledger check`": "ดู `sarabanwatch ledger check`",
    "{} leads over {}": "{} ทำหน้าที่หลักอยู่กับ {}",
    "stop every daemon there first": "ให้หยุดทุกโปรแกรมที่นั่นก่อน",
    "{} holds rows already ({})": "{} มีข้อมูลอยู่แล้ว ({})",
    "copy into a place where no ledger stands": "ให้คัดลอกไปที่ที่ยังไม่มีฐานข้อมูล",
    "ledger.url is empty, and a file goes into a database only":
        "ledger.url ว่างอยู่ และไฟล์นำเข้าได้เฉพาะในฐานข้อมูล",
    "set it, or put a backup back with `restore`": "ให้ตั้งค่า หรือนำชุดสำรองกลับมาด้วย `restore`",
    "another backup is being taken into {}": "กำลังทำชุดสำรองอื่นใน {}",
    "wait for it": "ให้รอจนเสร็จ",
    "{} is no backup ({})": "{} ไม่ใช่ชุดสำรอง ({})",
    "name one of the folders that `backup` made": "ให้ระบุโฟลเดอร์ที่ `backup` สร้างไว้",
    "{} is changed since the backup was made": "{} เปลี่ยนไปหลังจากทำชุดสำรอง",
    "{} is gone since the backup was made": "{} หายไปหลังจากทำชุดสำรอง",
    "a ledger stands at {}": "มีฐานข้อมูลอยู่ที่ {}",
    "say --replace to move it aside": "ให้ระบุ --replace เพื่อย้ายออกก่อน",
    "the chain of acts is broken at {}": "บันทึกการดำเนินการขาดที่ {}",
    # a server
    "the ledger's server does not answer, or does not let us in ({})":
        "เครื่องแม่ข่ายฐานข้อมูลไม่ตอบ หรือไม่ให้เข้าใช้ ({})",
    "see that it runs, and that ledger.url and ledger.password_file are right":
        "ให้ดูว่าทำงานอยู่ และ ledger.url กับ ledger.password_file ถูกต้อง",
    "the ledger's server refused what was asked of it ({})":
        "เครื่องแม่ข่ายฐานข้อมูลไม่ทำตามที่ขอ ({})",
    "the ledger's server does not let this role do that ({})":
        "เครื่องแม่ข่ายฐานข้อมูลไม่อนุญาตให้บทบาทนี้ทำ ({})",
    "name the owner of the tables in ledger.url, or have the role given its rights with "
    "`ledger grant`":
        "ให้ระบุเจ้าของตารางใน ledger.url หรือให้สิทธิแก่บทบาทนี้ด้วย `ledger grant`",
    "ledger.url names a database in which no ledger was written yet, and ledger.file, {}, is one":
        "ledger.url ระบุฐานข้อมูลที่ยังไม่มีข้อมูล แต่ ledger.file คือ {} มีข้อมูลอยู่",
    "bring it over with `ledger copy --from {}`, or move the file away":
        "ให้ย้ายเข้าไปด้วย `ledger copy --from {}` หรือย้ายไฟล์นั้นออก",
    "see to the server, then start again": "ให้ดูแลเครื่องแม่ข่าย แล้วเริ่มใหม่",
    "ledger.url is empty, and a file has no roles": "ledger.url ว่างอยู่ และไฟล์ไม่มีบทบาทผู้ใช้",
    "its owner and mode say who may read it": "ผู้เป็นเจ้าของและสิทธิของไฟล์กำหนดว่าใครอ่านได้",
    "{} holds no ledger yet": "{} ยังไม่มีฐานข้อมูล",
    "make it with `ledger migrate`, as the role that is to own its tables":
        "ให้สร้างด้วย `ledger migrate` โดยใช้บทบาทที่จะเป็นเจ้าของตาราง",
    "{} has no role {}": "{} ไม่มีบทบาท {}",
    "make it first (CREATE ROLE {} LOGIN PASSWORD ...)":
        "ให้สร้างก่อน (CREATE ROLE {} LOGIN PASSWORD ...)",
    "{} owns the tables, or may do as {}, who does":
        "{} เป็นเจ้าของตาราง หรือทำได้เท่ากับ {} ซึ่งเป็นเจ้าของ",
    "nothing limits its rights": "จึงจำกัดสิทธิไม่ได้",
    "name another role": "ให้ระบุบทบาทอื่น",
    "the tables belong to {}": "ตารางเป็นของ {}",
    "name that role in ledger.url": "ให้ระบุบทบาทนั้นใน ledger.url",
    "{} leads since {}": "{} ทำหน้าที่หลักตั้งแต่ {}",
    "this one writes nothing more, and stops": "โปรแกรมนี้จึงไม่บันทึกอีก และหยุดทำงาน",
    "another daemon": "โปรแกรมอื่น",
}
