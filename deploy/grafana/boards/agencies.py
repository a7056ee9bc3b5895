"""Who fell and who was mended, by ministry, province, kind and mail host."""

from boards.kit import bars, board, rows, variable

CHOSEN = 'ministry=~"$ministry", province=~"$province", mail_host=~"$mail_host"'
COLUMNS = {"name": "หน่วยงาน · Agency", "code": "รหัส · Code", "ministry": "สังกัด · Ministry",
           "province": "จังหวัด · Province", "mail_host": "เครื่องแม่ข่ายอีเมล · Mail host",
           "group": "กลุ่ม · Group", "reason_th": "เหตุผล · Reason"}
PAGE = ("หน้าของหน่วยงาน · The agency's page",
        'https://page.example.test/agency/${__data.fields["รหัส · Code"]}.html')


def by(dimension: str, choice: str) -> str:
    """Return the agencies of the chosen parts of a dimension, by part and bucket."""
    return (f'sum by (name, bucket) (sarabanwatch_agencies_by{{by="{dimension}", '
            f'name=~"${choice}"}})')


BOARD = board(
    "sarabanwatch-agencies", "สารบรรณวอตช์: รายหน่วยงาน · Agencies",
    "หน่วยงานใดรับหนังสือไม่ได้แล้ว เพราะอะไร ตั้งแต่เมื่อใด · Who is out of reach, why and since when",
    rows("รับหนังสือไม่ได้แล้ว · Out of reach",
         "เคยรับได้ ขณะนี้รับไม่ได้ · Reached once, and no more; the latest 200",
         f"(sarabanwatch_agency_out_of_reach{{{CHOSEN}}} "
         "unless on (code) sarabanwatch_agency_mended_timestamp_seconds) * 1000",
         {**COLUMNS, "Value": "ตั้งแต่ · Since"}, links=[PAGE], value=("dateTimeAsIso", ())),
    rows("กลับมารับได้แล้ว · Mended", "กลับมารับได้ภายในสัปดาห์นี้ · Reached again within this week",
         f"(sarabanwatch_agency_out_of_reach{{{CHOSEN}}} "
         "and on (code) sarabanwatch_agency_mended_timestamp_seconds) * 1000",
         {**COLUMNS, "Value": "เคยรับไม่ได้ตั้งแต่ · Fell"}, height=6, links=[PAGE],
         value=("dateTimeAsIso", ())),
    rows("ทุกหน่วยงาน · Every agency",
         "หน่วยงานทั้งหมดของที่เลือก เมื่อ Prometheus อ่าน /metrics/agencies ด้วย · "
         "All agencies of the chosen parts, where Prometheus scrapes /metrics/agencies besides",
         f'sarabanwatch_agency{{{CHOSEN}, kind=~"$kind"}}',
         {**{name: heading for name, heading in COLUMNS.items() if name != "reason_th"},
          "kind": "ชนิด · Kind", "bucket": "ประเภท · Bucket"}, height=12, links=[PAGE]),
    bars("ตามกระทรวง · By ministry",
         "หน่วยงานของสังกัดที่เลือก ตามประเภท · Agencies of the chosen ministries by bucket",
         (by("ministry", "ministry"), "{{name}}: {{bucket}}"), width=12, height=12),
    bars("ตามจังหวัด · By province",
         "หน่วยงานของจังหวัดที่เลือก ตามประเภท · Agencies of the chosen provinces by bucket",
         (by("province", "province"), "{{name}}: {{bucket}}"), width=12, height=12),
    bars("ตามชนิด · By kind",
         "หน่วยงานของชนิดที่เลือก ตามประเภท · Agencies of the chosen kinds by bucket",
         (by("kind", "kind"), "{{name}}: {{bucket}}"), width=12, height=12),
    bars("ตามเครื่องแม่ข่ายอีเมล · By mail host",
         "ยี่สิบเครื่องที่มีหน่วยงานใช้มากที่สุด · The twenty that most agencies use",
         (by("mail host", "mail_host"), "{{name}}: {{bucket}}"), width=12, height=12),
    choices=[variable(name, label, f'label_values(sarabanwatch_agencies_by{{by="{by_}"}}, name)')
             for name, label, by_ in (("ministry", "สังกัด · Ministry", "ministry"),
                                      ("province", "จังหวัด · Province", "province"),
                                      ("kind", "ชนิด · Kind", "kind"),
                                      ("mail_host", "เครื่องแม่ข่ายอีเมล · Mail host", "mail host"))])
