"""The infographic: three figures (four, where something is not yet known), a map, and the steps.

It is for the public, in the manner of OPDC's of 23 December 2568: Arabic digits, and nothing that
only we can read. One set of facts makes all its shapes: A4, square, and a card for sharing links.
"""

from sarabanwatch.core.calendar import BANGKOK, MONTHS
from sarabanwatch.core.papers.circular import Issue, Office, joined, named
from sarabanwatch.core.papers.findings import tiles
from sarabanwatch.core.papers.snapshot import Snapshot

SHAPES = ("a4", "square", "wide")
TITLE = "สถานะความพร้อมการปฏิบัติราชการ\nทางอิเล็กทรอนิกส์ของหน่วยงานของรัฐ"
SHOWN: dict[str, str] = {     # the infographic's boxes, in its order
    "raised":  "หน่วยงานราชการ\nส่วนท้องถิ่น\nที่ได้รับการยกฐานะ",
    "mend":    "หน่วยงานที่ต้องแก้ไข\nหรือยังไม่สามารถ\nใช้งานได้",
    "ready":   "หน่วยงานที่ดำเนินการ\nถูกต้อง\nและพร้อมใช้งานแล้ว",
    "unknown": "หน่วยงานที่\nยังไม่ทราบผล\nการตรวจสอบ",
}


def infographic(s: Snapshot, office: Office, issue: Issue,
                before: Snapshot | None = None) -> dict[str, object]:
    """Return the infographic's title, its figures in the Office's order, a map, and the steps."""
    f = s.figures
    shown = [bucket for bucket in SHOWN if f.buckets[bucket] or bucket != "unknown"]
    return {
        "stamp": issue.stamp,
        "title": TITLE,
        "office": office.report.name,
        "link": office.link,
        "source": f"ข้อมูล ณ วันที่ {_day(s)}", "tiles": tiles(s), "change": change(s, before),
        "ready": f"{f.buckets['ready']:,}",
        "lead": "ผลการตรวจสอบอีเมลตามประกาศฯ มาตรา 10\n"
                f"ของหน่วยงานของรัฐทั้งหมด จำนวน {f.total:,} หน่วยงาน",
        "total": f"{f.total:,}",
        "boxes": [
            {
                "bucket": b,
                "share": f"{f.shares[b]:.1f}%",
                "weight": f.shares[b],
                "count": f"{f.buckets[b]:,} แห่ง",
                "label": SHOWN[b],
                "groups": f"กลุ่ม {joined(held, ', ')}" if (held := named(s.buckets[b])) else "",
            }
            for b in shown
        ],
        "steps": [
            {
                "head": "ตรวจสอบสถานะหน่วยงาน",
                "text": "ผ่าน Dashboard" + (" โดยสแกน QR Code" if office.link else ""),
            },
            {
                "head": "เร่งดำเนินการแก้ไข",
                "text": "หน่วยงานที่ยังดำเนินการไม่ถูกต้องครบถ้วน\nเร่งแก้ไขอีเมลให้สมบูรณ์โดยเร็ว",
            },
            {
                "head": "นำประกาศฯ ม.10 ลง info.go.th",
                "text": f"และแจ้ง{office.report.name} ทางอีเมล\n{office.report.email}",
            },
        ],
    }


def change(s: Snapshot, before: Snapshot | None) -> dict[str, object]:
    """Return how the share of the ready has moved since the round before: up 1, down -1, or 0.

    {} where there is none before.
    """
    if before is None:
        return {}
    tenths = round(10 * (s.figures.shares["ready"] - before.figures.shares["ready"]))
    moved = f"{'เพิ่มขึ้น' if tenths > 0 else 'ลดลง'} {abs(tenths) / 10:.1f} จุด" if tenths else "เท่ากับ"
    return {"way": (tenths > 0) - (tenths < 0), "words": f"{moved}จากรอบก่อน"}


def _day(s: Snapshot) -> str:
    day = s.as_of.astimezone(BANGKOK).date()
    return f"{day.day} {MONTHS[day.month - 1]} {day.year + 543}"
