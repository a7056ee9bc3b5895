"""For the director: how the country stands, how it changed, who is worst and who mends."""

from boards.kit import GOOD, WARN, bars, board, lines, number, rows

SINCE_LAST_WEEK = ('sarabanwatch_bucket_agencies{bucket="ready"} '
                   '- sarabanwatch_bucket_agencies{bucket="ready"} offset 7d')
BUCKET = 'sarabanwatch:bucket_share{{bucket="{0}"}}'
WORST = ('topk({0}, sum by (name) (sarabanwatch_agencies_by{{by="{1}", bucket="mend"}}) '
         '/ (sum by (name) (sarabanwatch_agencies_by{{by="{1}"}}) > 20))')

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
    number("เปลี่ยนจากสัปดาห์ก่อน · Since last week",
           "จำนวนที่พร้อมเพิ่มหรือลดในเจ็ดวัน · "
           "Agencies that became ready within seven days, less those that fell",
           (SINCE_LAST_WEEK, ""),
           none="ยังไม่ครบสัปดาห์ · not a week yet"),
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
    rows("เหตุการณ์ร่วมที่ยังไม่สิ้นสุด · Open incidents",
         "สิ่งที่หน่วยงานมีร่วมกัน เหตุผล และจำนวน · What they share, why, how many",
         "sarabanwatch_incident",
         {"name": "ชื่อ · Name", "scope": "ร่วมกันที่ · Shared", "reason_th": "เหตุผล · Reason",
          "Value": "หน่วยงาน · Agencies"}, height=6),
    since="now-1y")
