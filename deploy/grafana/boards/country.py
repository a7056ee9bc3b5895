"""For the director: how the country stands, how it changed, who is worst and who mends."""

from boards.kit import BAD, GOOD, PLAIN, WARN, bars, board, figure, lines, number, rows, until

SINCE_LAST_WEEK = ('sarabanwatch_bucket_agencies{bucket="ready"} '
                   '- sarabanwatch_bucket_agencies{bucket="ready"} offset 7d')
# as the last released report had it
REPORTED = ('(sum(sarabanwatch_report_bucket_agencies{{bucket="{0}"}}) '
            '/ (sum(sarabanwatch_report_bucket_agencies) > 0))')
SINCE_REPORT = 'sum(sarabanwatch:bucket_share{{bucket="{0}"}}) - ' + REPORTED
TARGET = 'sum(sarabanwatch:bucket_share{bucket="ready"}) - $target / 100'
OF_PROVINCE = 'sum by (name) (sarabanwatch_agencies_by{{by="province", bucket{0}}})'
EVERYBODY = OF_PROVINCE.format('!=""')      # but those outside the Act
# a province of which none is ready has no such series
PROVINCES = "({0} or 0 * {1}) / ({1} > 0)".format(OF_PROVINCE.format('="ready"'), EVERYBODY)
BUCKET = 'sarabanwatch:bucket_share{{bucket="{0}"}}'
WORST = ('topk({0}, sum by (name) (sarabanwatch_agencies_by{{by="{1}", bucket="mend"}}) '
         '/ (sum by (name) (sarabanwatch_agencies_by{{by="{1}", bucket!=""}}) > 20))')

BOARD = board(
    "sarabanwatch-country", "สารบรรณวอตช์: ภาพรวมประเทศ · Country",
    "หน่วยงานพร้อมรับหนังสือทางอีเมลเพียงใด และเปลี่ยนไปอย่างไร · How the country stands, and how it changes",
    number("พร้อมรับหนังสือ · Ready",
           "ร้อยละของหน่วยงานที่หนังสือถึงทางอีเมล · Share of agencies that mail reaches",
           (BUCKET.format("ready"), ""), unit="percentunit", decimals=1,
           steps=((None, WARN), (0.8, GOOD))),
    number("ต้องปรับปรุง · To mend",
           "ร้อยละของหน่วยงานที่ต้องแก้ไข · Share of agencies that have something to mend",
           (BUCKET.format("mend"), ""), unit="percentunit", decimals=1,
           steps=((None, GOOD), (0.2, WARN))),
    number("ยังไม่ทราบผล · Not yet known",
           "หน่วยงานที่ยังสรุปผลไม่ได้ · Agencies of which nothing is proved yet",
           ('sarabanwatch_bucket_agencies{bucket="unknown"}', "")),
    number("รับไม่ได้แล้ว · Out of reach",
           "เคยรับได้ ขณะนี้รับไม่ได้ · Agencies that were reached and are no more",
           ("sarabanwatch_agencies_out_of_reach", ""), steps=((None, GOOD), (1, WARN))),
    number("เหตุการณ์ร่วม · Incidents", "เหตุที่กระทบหลายหน่วยงานพร้อมกัน · Faults that many agencies share",
           ("sum(sarabanwatch_incidents)", ""), steps=((None, GOOD), (1, WARN))),
    number("ในเจ็ดวัน · Within a week",
           "จำนวนที่พร้อมเพิ่มหรือลดในเจ็ดวัน · "
           "Agencies that became ready within seven days, less those that fell",
           (SINCE_LAST_WEEK, ""),
           none="ไม่ครบสัปดาห์ · too early"),
    number("ห่างจากเป้าหมาย · To the target",
           "ร้อยละที่พร้อม ลบด้วยเป้าหมายที่ตั้งไว้ด้านบน · "
           "The share that is ready, less the target that is set above",
           (TARGET, ""), unit="percentunit", decimals=1, width=6,
           steps=((None, WARN), (0, GOOD))),
    number("พร้อม เทียบรายงานก่อน · Ready, since report",
           "เปลี่ยนจากรายงานที่อนุมัติล่าสุด · Change of the share since the last released report",
           (SINCE_REPORT.format("ready"), ""), unit="percentunit", decimals=1, width=6,
           steps=((None, WARN), (0, GOOD)), none="ยังไม่มีรายงาน · no report yet"),
    number("ปรับปรุง เทียบรายงานก่อน · Mend, since report",
           "เปลี่ยนจากรายงานที่อนุมัติล่าสุด · Change of the share since the last released report",
           (SINCE_REPORT.format("mend"), ""), unit="percentunit", decimals=1, width=6,
           steps=((None, GOOD), (0.001, WARN)), none="ยังไม่มีรายงาน · no report yet"),
    number("สิ้นรอบนี้ · The cut-off",
           "อีกนานเท่าใดจะสิ้นรอบและเริ่มรอบถัดไป · Until this round ends and the next begins",
           (until("sarabanwatch_round_next_timestamp_seconds"), ""), unit="s", width=6,
           steps=((None, PLAIN),)),
    lines("สัดส่วนที่พร้อมและที่ต้องปรับปรุง · Shares over rounds",
          "ร้อยละตามเวลา เส้นตั้งคือวันเริ่มรอบ · Over time; the upright lines are beginnings of rounds",
          ("sarabanwatch:bucket_share", "{{bucket}}"), unit="percentunit", width=24),
    lines("หน่วยงานตามประเภท · Agencies by bucket", "แนวโน้มตลอดหลายรอบ · The trend over rounds",
          ("sarabanwatch_bucket_agencies", "{{bucket}}"), stacked=True, width=16),
    bars("หน่วยงานตามกลุ่ม · Agencies by group",
         "จำนวนปัจจุบันของแต่ละกลุ่ม · How many each group holds now",
         ("sarabanwatch_agencies", "{{group}}"), width=8),
    bars("จังหวัดที่ต้องปรับปรุงมาก · Provinces with most to mend",
         "สิบจังหวัดที่มีสัดส่วนสูงสุด (มีมากกว่า 20 หน่วยงาน) · "
         "The ten with the largest share, of those with over 20 agencies",
         (WORST.format(10, "province"), "{{name}}"), unit="percentunit", most=1),
    bars("กระทรวงที่ต้องปรับปรุงมาก · Ministries with most to mend",
         "สิบสังกัดที่มีสัดส่วนสูงสุด (มีมากกว่า 20 หน่วยงาน) · "
         "The ten with the largest share, of those with over 20 agencies",
         (WORST.format(10, "ministry"), "{{name}}"), unit="percentunit", most=1),
    lines("เปลี่ยนกลุ่มต่อวัน · Changes of group a day",
          "หน่วยงานที่เปลี่ยนกลุ่ม · Agencies that changed group, from and to",
          ("sum by (was, now) (increase(sarabanwatch_transitions_total[1d]))",
           "{{was}} → {{now}}")),
    lines("รอยืนยันผล และที่คงกลุ่มเดิมไว้ · Suspects and held",
          "ส่งไม่สำเร็จแต่ยังไม่ยืนยัน และที่เหตุการณ์ร่วมคงกลุ่มไว้ · "
          "Failed and not confirmed; held by an incident",
          ("sarabanwatch_suspects", "suspects"), ("sarabanwatch_held_turns", "held")),
    rows("ทุกจังหวัด · Every province",
         "สัดส่วนที่พร้อมของแต่ละจังหวัด สีแดงคือต่ำกว่าครึ่ง แผนที่อยู่ที่หน้าเว็บ · "
         "The share that is ready, red below a half; the public page has each province's own",
         PROVINCES, {"name": "จังหวัด · Province", "Value": "พร้อม · Ready"}, height=14,
         value=("percentunit", ((None, BAD), (0.5, WARN), (0.8, GOOD))),
         links=[("หน้าเว็บ · Public page", "https://page.example.test/")]),
    rows("เหตุการณ์ร่วมที่ยังไม่สิ้นสุด · Open incidents",
         "สิ่งที่หน่วยงานมีร่วมกัน เหตุผล และจำนวน · What they share, why, how many",
         "sarabanwatch_incident",
         {"name": "ชื่อ · Name", "scope": "ร่วมกันที่ · Shared", "reason_th": "เหตุผล · Reason",
          "Value": "หน่วยงาน · Agencies"}, height=6),
    since="now-1y", choices=[figure("target", "เป้าหมาย (%) · Target (%)", "100")])
