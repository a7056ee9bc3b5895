"""The annex of the report: a workbook whose figures are formulas over its own list, and a CSV.

Whoever doubts a figure can trace it to the agencies that it counts. What agencies wrote is always
written as text, so that none of it can become a formula. The same snapshot gives the same bytes.
"""

import csv as csv_
import io
from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from typing import Any

from sarabanwatch.core.calendar import short_moment
from sarabanwatch.core.judging.census import BUCKETS
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.letters.wording import one_line
from sarabanwatch.core.papers.report import BUCKET, places, short, shown
from sarabanwatch.core.papers.snapshot import Snapshot, SnapshotRow

HEADS = ("รหัส", "ชื่อหน่วยงาน", "ประเภท", "จังหวัด", "กระทรวง/สังกัด", "กลุ่ม", "สถานะ", "อยู่ในกลุ่มตั้งแต่",
         "ต้องแก้ไขตั้งแต่", "อีเมลที่แจ้ง", "สิ่งที่ต้องแก้ไข")
WIDTHS = (12, 44, 22, 18, 28, 8, 10, 14, 14, 36, 60)
LIST, SUMMARY = "รายหน่วยงาน", "สรุป"
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
CELL_AT_MOST = 32767    # characters that a cell holds
PLACES = (("กระทรวง", "ministry", "E"), ("จังหวัด", "province", "D"))


def csv(s: Snapshot) -> bytes:
    """Return every agency as CSV (RFC 4180, UTF-8 with a byte order mark for spreadsheets).

    An apostrophe stands before a cell that would begin a formula.
    """
    text = io.StringIO()
    writer = csv_.writer(text)
    writer.writerow(HEADS)
    sides = _sides(s)
    writer.writerows([_harmless(cell) for cell in _cells(row, s, sides)] for row in s.rows)
    return text.getvalue().encode("utf-8-sig")


def workbook(s: Snapshot, stamp: str, digest: str) -> bytes:
    """Return the annex as XLSX: summary, ministries, provinces, and the list that they count.

    `stamp` is DRAFT in Thai, or "" for a final one; `digest` is the snapshot's.
    """
    import xlsxwriter  # of the verbs that print papers, few write a workbook

    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False,
                                      "strings_to_urls": False,
                                      "strings_to_numbers": False})
    book.set_properties({"title": "ภาคผนวกรายงาน", "created": s.as_of.replace(tzinfo=None)})
    bold, share = book.add_format({"bold": True,
                                   "text_wrap": True}), book.add_format({"num_format": "0.0"})
    _summary(book.add_worksheet(SUMMARY), s,
             f"{stamp} ข้อมูล ณ {short_moment(s.as_of, 'th')} · {digest}".strip(), bold, share)
    for title, field, column in PLACES:
        _places(book.add_worksheet(title), s, field, column, bold, share)
    _list(book.add_worksheet(LIST), s, bold)
    book.close()
    return made.getvalue()


# Sheets and formats are xlsxwriter's, which has no types.
def _summary(sheet: Any, s: Snapshot, head: str, bold: Any, share: Any) -> None:  # noqa: ANN401
    """Write the counts of groups, their sums as buckets, the sum of those, and the shares."""
    f, width = s.figures, len(s.rows) + 1
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 6, 12)
    sheet.write_string(0, 0, head, bold)
    for column, title in enumerate(("สถานะ / กลุ่ม", "จำนวน", "ร้อยละ", "ส่วนเต็ม", "เศษ", "ลำดับเศษ")):
        sheet.write_string(1, column, title, bold)
    # the first group's row; buckets stand above, in rows 3 to 6, the total in row 7
    at = len(BUCKETS) + 3
    first, last = 3, 2 + len(BUCKETS)
    for i, (bucket, groups) in enumerate(s.buckets.items()):
        row = first + i
        sheet.write_string(row - 1, 0, BUCKET[bucket], bold)
        sheet.write_formula(row - 1, 1,
                            f"=SUM(B{at + 2}:B{at + 1 + len(groups)})" if groups else "=0", None,
                            f.buckets[bucket])
        sheet.write_formula(row - 1, 2,
                            f"=(D{row}+IF(F{row}<=1000-SUM(D${first}:D${last}),1,0))/10", share,
                            f.shares[bucket])
        floor, rest, rank = _remainder({name: f.buckets[name] for name in s.buckets}, bucket)
        sheet.write_formula(row - 1, 3, f"=IF(B${last + 1}=0,0,INT(1000*B{row}/B${last + 1}))",
                            None, floor)
        sheet.write_formula(row - 1, 4, f"=IF(B${last + 1}=0,0,MOD(1000*B{row},B${last + 1}))",
                            None, rest)
        sheet.write_formula(row - 1, 5,
                            f"=RANK(E{row},E${first}:E${last})+COUNTIF(E${first}:E{row},E{row})-1",
                            None, rank)
        for group in groups:
            sheet.write_string(at + 1, 0, _named(group, s))
            sheet.write_formula(at + 1, 1, f"=COUNTIF('{LIST}'!F$2:F${width},\"{group.value}\")",
                                None, f.groups[group.value])
            at += 1
    sheet.write_string(last, 0, "รวม", bold)
    sheet.write_formula(last, 1, f"=SUM(B{first}:B{last})", bold, f.total)
    sheet.write_formula(last, 2, f"=SUM(C{first}:C{last})", share, round(sum(f.shares.values()), 1))


def _named(group: Group, s: Snapshot) -> str:
    label = s.labels[group.value].th
    return label if group is Group.UNKNOWN else f"{group.value}  {label}"


def _remainder(counts: Mapping[str, int], bucket: str) -> tuple[int, int, int]:
    """Return the values of the formulas that round a bucket's share by the largest remainder.

    They are the whole tenths of a per cent, the remainder, and the remainder's rank. Of equal
    remainders the one in the upper row ranks first.
    """
    total = sum(counts.values()) or 1
    rests = {name: 1000 * n % total for name, n in counts.items()}
    return (
        1000 * counts[bucket] // total, rests[bucket],
        sorted(rests, key=lambda name: -rests[name]).index(bucket) + 1,
    )


def _places(
    sheet: Any, s: Snapshot, field: str, column: str, bold: Any, share: Any,  # noqa: ANN401
) -> None:
    """Write a row for each ministry or province, counted in the list, and their sum."""
    width, rows = len(s.rows) + 1, places(s, lambda row: _place(row, field))
    sheet.set_column(0, 0, 44)
    for i, title in enumerate((sheet.name, "รวม", *BUCKET.values(), "ร้อยละที่พร้อม")):
        sheet.write_string(0, i, title, bold)
    end = ascii_uppercase[1 + len(BUCKET)]
    for n, place in enumerate(rows, start=2):
        sheet.write_string(n - 1, 0, str(place["name"]))
        sheet.write_formula(n - 1, 1, f"=SUM(C{n}:{end}{n})", None, place["total"])
        for i, (bucket, label) in enumerate(BUCKET.items(), start=2):
            here, counts = (
                f"'{LIST}'!{column}$2:{column}${width}=A{n}",
                f"'{LIST}'!G$2:G${width}=\"{label}\"",
            )
            sheet.write_formula(n - 1, i, f"=SUMPRODUCT(({here})*({counts}))", None, place[bucket])
        counts = f"C{n}:{end}{n}"       # by the largest remainder, as all shares are
        tenth = (f"IF(SUMPRODUCT(--(MOD(1000*{counts},B{n})>MOD(1000*C{n},B{n})))"
                 f"<1000-SUMPRODUCT(INT(1000*{counts}/B{n})),1,0)")
        sheet.write_formula(n - 1, 2 + len(BUCKET),
                            f"=IF(B{n}=0,0,(INT(1000*C{n}/B{n})+{tenth})/10)", share,
                            float(str(place["share"])))
    for i, bucket in enumerate(("total", *BUCKET), start=1):
        name = ascii_uppercase[i]
        total = sum(int(str(place[bucket])) for place in rows)
        sheet.write_formula(len(rows) + 1, i, f"=SUM({name}2:{name}{len(rows) + 1})", bold, total)
    sheet.write_string(len(rows) + 1, 0, "รวม", bold)


def _list(sheet: Any, s: Snapshot, bold: Any) -> None:  # noqa: ANN401 - as above
    for column, (head, width) in enumerate(zip(HEADS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, bold)
    sides = _sides(s)
    for n, row in enumerate(s.rows, start=1):
        for column, cell in enumerate(_cells(row, s, sides)):
            sheet.write_string(n, column, cell[:CELL_AT_MOST])
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(1, len(s.rows)), len(HEADS) - 1)


def _sides(s: Snapshot) -> dict[str, str]:
    """Return the name of each group's bucket."""
    return {group: BUCKET[bucket] for group, bucket in s.bucket_of.items()}


def _cells(row: SnapshotRow, s: Snapshot, sides: Mapping[str, str]) -> Sequence[str]:
    mend = "; ".join(filter(None, (*row.advice, s.labels[row.group].mend))) if row.mending else ""
    return (row.code, one_line(row.name), row.kind, _place(row, "province"),
            _place(row, "ministry"), row.group,
            sides.get(row.group, "อยู่นอกบังคับพระราชบัญญัติ"), short(row.since), short(row.mending),
            one_line(row.cell), mend)


def _place(row: SnapshotRow, field: str) -> str:
    return shown(row.province or "ไม่ระบุจังหวัด" if field == "province" else row.ministry)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(RISKY) else cell
