"""What the first page of the report tells a reader who has one minute: why, what next, since when.

Causes are told apart by what mends them. How long that takes, and who does it, is [assumed] from
what each step asks of an office; no source measures it.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from sarabanwatch.core.calendar import BANGKOK, thai_date, thai_number
from sarabanwatch.core.facts.agency import LOCAL
from sarabanwatch.core.facts.provinces import BY_NAME, PROVINCES
from sarabanwatch.core.facts.thai_order import thai_order
from sarabanwatch.core.judging.census import Census
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.papers.circular import Issue, Office, letterhead, paragraphs
from sarabanwatch.core.papers.snapshot import Snapshot, SnapshotRow

FULL = "เต็ม"
LISTED = 10         # provinces in a list of the most
MANY = 20           # agencies that a province needs to be ranked: of few, one makes the difference
ROUNDS = 8          # that the trend shows at most
SHADES = (50, 70, 80, 90)       # per cent ready, from which a province's tile is a shade darker
SUBJECT = "รายงานผลการติดตามการปฏิบัติตามพระราชบัญญัติการปฏิบัติราชการทางอิเล็กทรอนิกส์ พ.ศ. ๒๕๖๕"
ENCLOSED = "รายงานต่อคณะรัฐมนตรี จำนวน ๑ ชุด"


class Cause(NamedTuple):
    """Why agencies cannot be reached, the groups that it gathers, and what mends it."""

    name: str
    groups: tuple[str, ...]
    mend: str
    takes: str


CAUSES = (
    Cause("โดเมนรับอีเมลไม่ได้", ("D1",),
          "ผู้ดูแลโดเมนต่ออายุ หรือแก้ไขระเบียน MX", "๑ วันทำการ"),
    Cause("ไม่มีกล่องจดหมาย", ("D2",),
          "ผู้ดูแลระบบอีเมลสร้างหรือเปิดกล่องจดหมาย", "๑ วันทำการ"),
    Cause("กล่องจดหมายเต็ม", ("D3",),
          "หน่วยงานลบจดหมายเก่า หรือขอเพิ่มพื้นที่", "๑ วันทำการ"),
    Cause("จำกัดผู้ส่ง ขนาด หรือตัวกรอง", ("D3",),
          "ผู้ดูแลระบบอีเมลตั้งค่าให้รับหนังสือจากภายนอก", "๓ วันทำการ"),
    Cause("รูปแบบอีเมลไม่ถูกต้อง", ("B1", "B2", "B3"),
          "กำหนดอีเมลกลางใหม่ ขึ้นทะเบียน และประกาศ", "๒ สัปดาห์"),
    Cause("ไม่มีประกาศ หรือประกาศไม่ตรง", ("C", "E"),
          "หัวหน้าหน่วยงานลงนามประกาศ และนำลง info.go.th", "๒ สัปดาห์"),
    Cause("เหตุอื่น", (), "ตามที่แจ้งเป็นรายหน่วยงาน", "–"),
)
*NAMED, ANY = CAUSES


def cause_of(row: SnapshotRow) -> Cause:
    """Return why an agency that has something to mend cannot be reached."""
    found = [cause for cause in NAMED if row.group in cause.groups]
    if len(found) == 2:     # D3: full, or kept from receiving
        full = bool(row.quotes) and FULL in row.quotes[-1].meaning
        return found[0] if full else found[1]
    return found[0] if found else ANY


def causes(s: Snapshot) -> list[dict[str, object]]:
    """Return a row for each cause; they sum to the agencies that have something to mend."""
    counted = Counter(map(cause_of, s.to_mend))
    return [{**cause._asdict(), "count": counted[cause]} for cause in CAUSES
            if counted[cause] or cause is not ANY]


def proposals(s: Snapshot, office: Office) -> list[str]:
    """Return what the office does next."""
    local = sum(row.kind in LOCAL for row in s.to_mend)
    to_mend, days = thai_number(len(s.to_mend)), thai_number(office.report.deadline_days)
    bodies = f"องค์กรปกครองส่วนท้องถิ่น {thai_number(local)} แห่ง"
    return [
        f"แจ้งหน่วยงานที่ต้องแก้ไข {to_mend} หน่วยงาน ให้แก้ไขภายใน {days} วัน",
        f"ประสานกรมส่งเสริมการปกครองท้องถิ่นและจังหวัด ให้เร่งรัด{bodies}",
        "ทดสอบซ้ำ และรายงานความคืบหน้าต่อคณะรัฐมนตรีในอีกหกสัปดาห์",
    ]


def trend(s: Snapshot, earlier: Sequence[Snapshot]) -> list[dict[str, object]]:
    """Return the share of the ready at each cut-off, the oldest first."""
    shown = [*reversed(earlier[:ROUNDS - 1]), s]
    ready = [(_day(each), each.figures.shares["ready"]) for each in shown]
    return [{"day": day, "share": share, "shown": f"{share:.1f}"} for day, share in ready]


def tiles(s: Snapshot) -> list[dict[str, object]]:
    """Return the provinces as tiles of a map: place, name, and how many in a hundred are ready."""
    ready = {name: census.ready for name, census in _by_province(s).items()}
    return [{"short": each.short, "column": each.column, "row": each.row,
             "share": ready.get(each.thai), "shade": _shade(ready.get(each.thai))}
            for each in PROVINCES]


def worst(s: Snapshot) -> list[dict[str, object]]:
    """Return the provinces of which the smallest share is ready, among those with MANY agencies."""
    found = {name: census for name, census in _by_province(s).items() if census.total >= MANY}
    lowest = sorted(found, key=lambda name: (found[name].ready, thai_order(name)))[:LISTED]
    return [{"name": name, "count": found[name].buckets["mend"],
             "share": f"{found[name].ready:.1f}"} for name in lowest]


def covering(s: Snapshot, office: Office, issue: Issue, text: str) -> dict[str, object]:
    """Return the letter that the report goes with; `text` is its body, filled in.

    Room is left for its number, which is not that of the circular.
    """
    return {**letterhead(s, office, issue), "number": "", "subject": SUBJECT,
            "to": "เลขาธิการคณะรัฐมนตรี", "enclosed": ENCLOSED, "body": paragraphs(text), "link": "",
            "closing": "จึงเรียนมาเพื่อโปรดพิจารณานำเสนอคณะรัฐมนตรีเพื่อทราบต่อไป"}


def _by_province(s: Snapshot) -> dict[str, Census]:
    found: dict[str, Counter[Group]] = {}
    for row in s.counted:
        found.setdefault(row.province.removeprefix("จังหวัด"), Counter())[Group(row.group)] += 1
    return {name: Census(counts, s.buckets) for name, counts in found.items() if name in BY_NAME}


def _shade(ready: float | None) -> int:
    return -1 if ready is None else sum(ready >= step for step in SHADES)


def _day(s: Snapshot) -> str:
    return thai_date(s.as_of.astimezone(BANGKOK).date())
