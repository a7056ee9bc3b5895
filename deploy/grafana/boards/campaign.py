"""The round: how far it is, what waits, and whether it ends in time."""

from boards.kit import BAD, GOOD, HOLDS, WARN, board, lines, number, since, state, until

DAY = 86400
WRITTEN = ('sum without (state) (sarabanwatch_campaign_letters{state="planned"}) '
           "/ (sarabanwatch_campaign_plan_letters > 0)")
WITHIN = ("histogram_quantile({0}, sum by (kind, le) "
          "(increase(sarabanwatch_response_seconds_bucket[7d])))")
MEAN = ("increase(sarabanwatch_response_seconds_sum[7d]) "
        "/ (increase(sarabanwatch_response_seconds_count[7d]) > 0)")
WAITS = ("sum(sarabanwatch_mails_waiting) "
         "/ (sum(increase(sarabanwatch_arrivals_total[6w])) > 0)")
UNACCOUNTED = ('sum without (state) (sarabanwatch_campaign_letters{state="planned"}) '
               '- sum without (state) (sarabanwatch_campaign_letters{state!="planned"})')

BOARD = board(
    "sarabanwatch-campaign", "สารบรรณวอตช์: รอบการทดสอบ · Campaign",
    "รอบนี้ไปถึงไหน มีอะไรรออยู่ จะทันกำหนดหรือไม่ · "
    "How far the round is, what waits, whether it ends in time",
    number("รอบการทดสอบ · Campaign", "รอบที่กำลังดำเนินการ · The round that runs",
           ("sarabanwatch_campaign", "{{number}}")),
    number("ทดสอบเสร็จแล้ว · Done",
           "สัดส่วนหนังสือที่รู้ผลแล้ว · Share of the round's letters whose window has ended",
           ("sarabanwatch_campaign_done_ratio", ""), unit="percentunit", decimals=1),
    number("เวลาที่ผ่านไป · Elapsed", "สัดส่วนเวลาของรอบ · Share of the round's time that has passed",
           ("sarabanwatch_campaign_elapsed_ratio", ""), unit="percentunit", decimals=1),
    number("เหลือตามแผน · Days to spare",
           "จากหน้าต่างสุดท้ายตามแผนถึงสิ้นรอบ · "
           "From the planned end of the last window to the round's end",
           (f"sarabanwatch_plan_spare_seconds / {DAY}", ""), unit="suffix: d",
           decimals=1, steps=((None, BAD), (0, WARN), (3, GOOD))),
    number("หนังสือที่หายไป · Lost letters",
           "ต้องเป็น 0 เสมอ · Planned less what is accounted for: always 0",
           (UNACCOUNTED, ""),
           steps=((None, GOOD), (1, BAD))),
    number("จดหมายที่รออ่าน · Waiting mail",
           "จำนวนจดหมายที่เจ้าหน้าที่ต้องตัดสิน · Mails that only a person can decide on",
           ("sarabanwatch_mails_waiting", "{{what}}"), steps=((None, GOOD), (50, WARN))),
    lines("ความคืบหน้า · Progress",
          "เสร็จแล้วและเขียนแล้วของทั้งแผน เทียบกับเวลาที่ผ่านไป · "
          "Done, and written, of the whole plan, beside the time that has passed",
          (WRITTEN, "written"),
          ("sarabanwatch_campaign_done_ratio", "done"),
          ("sarabanwatch_campaign_elapsed_ratio", "elapsed"), unit="percentunit"),
    lines("หนังสือของรอบนี้ · Letters of this campaign", "ตามสถานะ · By state",
          ("sarabanwatch_campaign_letters", "{{state}}")),
    lines("ส่งต่อชั่วโมง · Letters an hour", "ผลของแต่ละครั้งที่ส่ง · What came of each try",
          ("increase(sarabanwatch_letters_total[1h])", "{{outcome}}"),
          ("increase(sarabanwatch_catch_all_probes_total[1h])", "catch-all: {{outcome}}")),
    lines("ตอบกลับต่อชั่วโมง · Arrivals an hour",
          "จดหมายที่อ่านจากกล่องเข้า ตามชนิด · Mails read in the inbox, by kind",
          ("increase(sarabanwatch_arrivals_total[1h])", "{{kind}}"), stacked=True),
    lines("หนังสือที่รอส่ง · Letters that wait", "รออะไรอยู่ · By what they wait for",
          ("sarabanwatch_letters_waiting", "{{why}}"), stacked=True),
    lines("จดหมายที่รอเจ้าหน้าที่อ่านนานที่สุด · How long mail waits for a person",
          "อายุของฉบับที่เก่าที่สุด · The age of the oldest",
          ("sarabanwatch_mail_waits_seconds", "{{what}}"), unit="s"),
    lines("กลับมาเร็วเพียงใด · How soon something comes back",
          "ครึ่งหนึ่งและเก้าในสิบของที่กลับมาในเจ็ดวันใช้เวลาไม่เกินเท่าใด · "
          "Within what time half, and nine in ten, of what came back in seven days did",
          (WITHIN.format(0.5), "{{kind}}: half"), (WITHIN.format(0.9), "{{kind}}: nine in ten"),
          (MEAN, "{{kind}}: mean"), unit="s", width=24),
    number("รอบที่ดำเนินอยู่ · Rounds that run", "รอบปกติและรอบพิเศษ · Regular and extra ones",
           ("sarabanwatch_rounds_running", "{{kind}}"), width=5),
    number("รอบถัดไป · The next round", "อีกนานเท่าใดจะเริ่ม · How long until it begins",
           (until("sarabanwatch_round_next_timestamp_seconds"), ""), unit="s", width=5),
    state("รอบเลื่อนรอรับรอง · Moved",
          "การตั้งค่าจะทำให้รอบถัดไปเลื่อนและยังไม่มีผู้รับรองหรือไม่ · "
          "Whether the configuration would move the next round and nobody has accepted that",
          ("sarabanwatch_timetable_refused", ""), HOLDS, steps=((None, GOOD), (1, WARN))),
    number("ยังไม่ได้ทดสอบในรอบก่อน · Left over", "หน่วยงานที่รอบก่อนส่งไปไม่ถึง · "
           "Agencies that the last round to end did not reach",
           ("sarabanwatch_round_left_over", ""), width=5, steps=((None, GOOD), (1, WARN))),
    number("สัดส่วนที่รออ่าน · Share that waits",
           "จดหมายที่รอ เทียบกับที่เข้ามาในหกสัปดาห์ · Of all mail of six weeks",
           (WAITS, ""), unit="percentunit", decimals=1, width=5,
           steps=((None, GOOD), (0.05, WARN)), runbook="MailWaitsForPerson"),
    lines("รายงาน · Report", "นานเท่าใดแล้วจากสิ้นรอบ จากการตัดข้อมูล และจากการอนุมัติ · "
          "Time since the last round ended, and since its report was frozen and released",
          (since("sarabanwatch_report_timestamp_seconds"), "{{step}}"), unit="s", width=24,
          runbook="ReportDue"),
    since="now-42d")
