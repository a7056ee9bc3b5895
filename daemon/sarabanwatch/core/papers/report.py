"""What the report to the Cabinet says, every six weeks, from a snapshot and the one before it.

Plain values for a template.

Sentences have Thai digits, and the template gives them to tables too; codes, links and addresses
keep Arabic ones. What is estimated is called so, and says from what:
see `care`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from sarabanwatch.core.calendar import BANGKOK, THAI_DIGITS, short_day, thai_date, thai_number
from sarabanwatch.core.facts.agency import LOCALS, OTHERS
from sarabanwatch.core.facts.thai_order import thai_order
from sarabanwatch.core.judging.census import Census
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.letters.wording import one_line
from sarabanwatch.core.papers import comparison, findings
from sarabanwatch.core.papers.circular import Issue, Office, joined, letterhead, named
from sarabanwatch.core.papers.comparison import THAI, Direction, Move
from sarabanwatch.core.papers.estimate import at_most
from sarabanwatch.core.papers.snapshot import Figures, OwnHealth, Snapshot, SnapshotRow

TITLE = "รายงานผลการติดตามการดำเนินการตามมาตรา ๑๐ แห่งพระราชบัญญัติการปฏิบัติราชการทางอิเล็กทรอนิกส์ พ.ศ. ๒๕๖๕"
BUCKET = {
    "ready":   "ดำเนินการถูกต้องและพร้อมใช้งาน",
    "mend":    "ต้องดำเนินการแก้ไข หรือยังใช้งานไม่ได้",
    "raised":  "ท้องถิ่นที่ได้รับการยกฐานะ",
    "unknown": "ยังไม่ทราบผล",
}
ALWAYS = (Direction.IMPROVED, Direction.WORSENED, Direction.SAME)   # told even when nobody did
NOWHERE = "ไม่ระบุจังหวัด"
LISTED = 10          # agencies in a list of the longest, places in a list of the most
# characters of a name on paper; the annexes in XLSX, CSV and JSON have it whole
NAME_AT_MOST = 160
CELL_AT_MOST = 80
CODE_AT_MOST = 20
# no address or name of the trade is such
RUN = re.compile(r"(\S)\1{7}|[^\s\u0e00-\u0e7f]{30}(?=[^\s\u0e00-\u0e7f]{10})")


def cabinet(s: Snapshot, before: Snapshot | None, office: Office, issue: Issue,
            earlier: Sequence[Snapshot] = ()) -> dict[str, object]:
    """Return all that the report says; without a snapshot before it there is no change to tell.

    `earlier` are those of rounds before, the latest first, for the trend.
    """
    moves = comparison.compare(before, s) if before else []
    return {
        **letterhead(s, office, issue), "title": TITLE,
        "round": f"รายงานรอบที่ {thai_number(s.campaign + 1)}",
        "as_of": moment(s.as_of.astimezone(BANGKOK).date(), f"{s.as_of.astimezone(BANGKOK):%H.%M}"),
        "before": thai_date(before.as_of.astimezone(BANGKOK).date()) if before else "",
        "summary": summary(s, before, moves), "causes": findings.causes(s),
        "proposals": findings.proposals(s, office), "trend": findings.trend(s, earlier),
        "tiles": findings.tiles(s), "buckets": buckets(s, before),
        "groups": groups(s, before),
        "moves": [{"label": THAI[direction], "count": n}
                  for direction, n in comparison.counts(moves).items()
                  if before and (n or direction in ALWAYS)],
        "worsened": [_moved(m) for m in moves if m.direction is Direction.WORSENED],
        "ministries": places(s, lambda row: row.ministry),
        "provinces": places(s, lambda row: row.province or NOWHERE),
        "longest": longest(s), "mended": most_mended(moves),
        "worst": findings.worst(s),
        "troubles": [{"when": _span(t.began.astimezone(BANGKOK).date(),
                                    t.ended.astimezone(BANGKOK).date() if t.ended else None),
                      "what": one_line(t.what), "meant": one_line(t.meant)} for t in s.troubles],
        "letters": letters(s.health), "care": care(s.health, s.figures.groups["A2"]),
        "annex": annex(s),
        "exempt": thai_number(s.figures.exempt),
        "rules": " · ".join(f"{k} {v}" for k, v in sorted(s.rules.items())),
        "digest": issue.digest}


def summary(s: Snapshot, before: Snapshot | None, moves: list[Move]) -> list[str]:
    """Return the findings in sentences."""
    f = s.figures
    sentences = [f"หน่วยงานของรัฐที่อยู่ในบังคับพระราชบัญญัติมีทั้งหมด {thai_number(f.total)} หน่วยงาน"]
    for bucket, label in BUCKET.items():
        if f.buckets[bucket] or bucket != "unknown":
            codes = f" (กลุ่ม {joined(held)})" if (held := named(s.buckets[bucket])) else ""
            sentences.append(f"{label} {thai_number(f.buckets[bucket])} หน่วยงาน "
                             f"คิดเป็นร้อยละ {thai_number(f.shares[bucket])}{codes}")
    if before:
        sentences.append(_compared(f, before, comparison.counts(moves)))
    return sentences


def _compared(f: Figures, before: Snapshot, n: Mapping[Direction, int]) -> str:
    """Return in a sentence how the number of the ready differs from that of the snapshot before."""
    difference = f.buckets["ready"] - before.figures.buckets["ready"]
    changed = (
        f"{'เพิ่มขึ้น' if difference > 0 else 'ลดลง'} {thai_number(abs(difference))} หน่วยงาน"
        if difference else "มีจำนวนเท่าเดิม"
    )
    day = thai_date(before.as_of.astimezone(BANGKOK).date())
    return (f"เทียบกับข้อมูล ณ วันที่ {day} หน่วยงานที่พร้อมใช้งาน{changed} "
            f"โดยแก้ไขจนพร้อมใช้งาน {thai_number(n[Direction.IMPROVED])} หน่วยงาน "
            "และเปลี่ยนจากพร้อมใช้งานเป็นต้องแก้ไข "
            f"{thai_number(n[Direction.WORSENED])} หน่วยงาน")


def buckets(s: Snapshot, before: Snapshot | None) -> list[dict[str, object]]:
    """Return a row for each bucket, its share, and its change since; the last one is the total."""
    was = before.figures.buckets if before else {}
    f = s.figures
    rows = [{"label": label, "count": f.buckets[b], "share": f"{f.shares[b]:.1f}",
             "change": _change(f.buckets[b], was.get(b)),
             "bucket": b} for b, label in BUCKET.items() if f.buckets[b] or was.get(b)
            or b != "unknown"]
    whole = f"{sum(f.shares.values()):.1f}"
    return [*rows, {"label": "รวม", "count": f.total, "share": whole, "bucket": "",
                    "change": _change(f.total, before.figures.total if before else None)}]


def groups(s: Snapshot, before: Snapshot | None) -> list[dict[str, object]]:
    """Return a row for each of the eleven groups."""
    was = before.figures.groups if before else {}
    return [{"code": g.value, "label": s.labels[g.value].th, "count": s.figures.groups[g.value],
             "bucket": bucket,
             "change": _change(s.figures.groups[g.value], was.get(g.value))}
            for bucket, members in s.buckets.items() for g in members if g is not Group.UNKNOWN]


def places(s: Snapshot, place: Callable[[SnapshotRow], str]) -> list[dict[str, object]]:
    """Return a row for each ministry or province: its agencies by bucket, in Thai order.

    Those that are no ministry or province stand last.
    """
    found: dict[str, Counter[Group]] = {}
    for row in s.counted:
        found.setdefault(place(row), Counter())[Group(row.group)] += 1
    counted = {name: Census(found[name], s.buckets) for name in sorted(found, key=_in_order)}
    return [{"name": shown(name), "total": n.total, **n.buckets, "share": f"{n.ready:.1f}"}
            for name, n in counted.items()]


def _in_order(name: str) -> tuple[bool, tuple[str, str]]:
    return name in {LOCALS, OTHERS, NOWHERE}, thai_order(name)


def longest(s: Snapshot) -> list[dict[str, object]]:
    """Return the agencies that letters have failed to reach for longest (groups D1 to D3)."""
    failing = [row for row in s.to_mend if row.group.startswith("D") and row.mending]
    oldest = sorted(failing, key=lambda row: (row.mending or date.max, row.code))[:LISTED]
    return [{**_agency(row), "since": since(row.mending), "group": row.group} for row in oldest]


def most_mended(moves: Iterable[Move]) -> list[dict[str, object]]:
    """Return the provinces in which the most agencies have become ready since."""
    mended = Counter(move.row.province for move in moves if move.direction is Direction.IMPROVED)
    most = sorted(mended, key=lambda name: (-mended[name], thai_order(name)))[:LISTED]
    return [{"name": shown(name), "count": mended[name]} for name in most]


def letters(h: OwnHealth) -> list[dict[str, object]]:
    """Return what became of the round's letters; the parts sum to the planned."""
    return [
        {"label": "หนังสือทดสอบที่จัดทำในรอบนี้", "count": h.planned, "part": False},
        {"label": "ส่งแล้ว และเครื่องแม่ข่ายปลายทางตอบรับหรือปฏิเสธ", "count": h.sent, "part": True},
        {"label": "ไม่ปรากฏแน่ชัดว่าส่งออกไปแล้วหรือไม่ (ไม่ส่งซ้ำ)", "count": h.doubtful, "part": True},
        {"label": "ค้างส่งจนพ้นกำหนดเวลา", "count": h.held, "part": True},
        {"label": "รอส่ง", "count": h.pending, "part": True},
        {"label": "ไม่นำมานับเป็นผล เนื่องจากระบบรับส่งของสำนักงานขัดข้อง", "count": h.withheld,
         "part": False},
        {"label": "หนังสือที่ระบบส่งถึงตนเองเพื่อตรวจสอบเส้นทางรับส่ง", "count": h.canaries,
         "part": False},
        {"label": "ในจำนวนนี้ไม่กลับมาภายในกำหนดเวลา", "count": h.lost, "part": False},
    ]


def care(h: OwnHealth, silent_group: int) -> list[dict[str, str]]:
    """Return how far the figures may be wrong.

    For each estimate: what was seen, of how many, and what it does not tell.
    """
    anything = (
        f" ในจำนวนนี้ {thai_number(h.anything)} หน่วยงานใช้โดเมนที่รับอีเมลทุกชื่อ ซึ่งการรับไว้ใช้สรุปผลได้จำกัด"
        if h.anything else ""
    )
    return [
        {
            "label": "แจ้งว่าใช้งานไม่ได้ ทั้งที่ใช้งานได้",
            "seen": _of(h.recovered, h.alarms),
            "note": "หน่วยงานที่เปลี่ยนจากพร้อมใช้งานเป็นต้องแก้ไขในรอบนี้ และกลับมาพร้อมใช้งานก่อนวันตัดข้อมูล "
            "โดยรวมหน่วยงานที่ได้แก้ไขจริงไว้ด้วย จำนวนที่แจ้งคลาดเคลื่อนจึงไม่เกินกว่านี้",
        },
        {
            "label": "ใช้งานไม่ได้ แต่ตรวจไม่พบ",
            "seen": _of(h.late, h.quiet),
            "note": "หนังสือที่ไม่มีคำตอบจนพ้นช่วงรอผลและถือว่าส่งถึงแล้ว แต่ถูกตีกลับในภายหลัง "
            "ทั้งนี้ ไม่รวมเครื่องแม่ข่ายที่รับหนังสือไว้แล้วลบทิ้งโดยไม่แจ้งผู้ส่ง ซึ่งไม่อาจตรวจพบได้จากภายนอก",
        },
        {
            "label": "ระบบรับส่งของสำนักงาน",
            "seen": _of(h.lost, h.canaries),
            "note": "หนังสือที่ระบบส่งถึงตนเองแล้วไม่กลับมาภายในกำหนดเวลา "
            "ใช้ประมาณโอกาสที่ระบบรับหรือส่งหนังสือตกหล่น",
        },
        {
            "label": "ถือว่าพร้อมใช้งาน เพราะไม่ถูกตีกลับ",
            "seen": f"{thai_number(h.silent)} จาก {thai_number(silent_group)} หน่วยงานในกลุ่ม A2",
            "note": "เครื่องแม่ข่ายรับหนังสือไว้และไม่มีการตีกลับ แต่ยังไม่มีการตอบรับ "
            "จึงกล่าวได้เพียงว่าไม่พบหลักฐานว่าใช้งานไม่ได้"
            + anything,
        },
    ]


def annex(s: Snapshot) -> list[dict[str, object]]:
    """Return the agencies to mend, by province."""
    return [{"no": n, **_agency(row), "cell": clipped(row.cell, CELL_AT_MOST), "group": row.group,
             "since": since(row.mending),
             "mend": s.labels[row.group].mend} for n, row in enumerate(s.to_mend, start=1)]


def shown(name: str) -> str:
    """Return a name as it stands on paper: one line, of bounded length."""
    return clipped(name, NAME_AT_MOST)


def clipped(text: str, at_most_: int) -> str:
    """Return the beginning of a text, with a sign that there is more.

    A run that no line could hold may be broken.
    """
    line = one_line(text)
    return RUN.sub(lambda run: f"{run[0]}\u200b",
                   line if len(line) <= at_most_ else f"{line[:at_most_ - 1]}…")


def short(day: date | None) -> str:
    """Return a date for a spreadsheet: '23/12/2568'."""
    return f"{day.day}/{day.month}/{day.year + 543}" if day else ""


def since(day: date | None) -> str:
    """Return a date for a table on paper: '23 ธ.ค. 2568'."""
    return short_day(day, "th") if day else ""


def moment(day: date, clock: str) -> str:
    """Return a moment in words: '๒๓ ธันวาคม ๒๕๖๘ เวลา ๑๖.๓๐ น.'."""
    return f"{thai_date(day)} เวลา {clock.translate(THAI_DIGITS)} น."


def _agency(row: SnapshotRow) -> dict[str, object]:
    return {"code": clipped(row.code, CODE_AT_MOST), "name": shown(row.name),
            "province": shown(row.province)}


def _moved(move: Move) -> dict[str, object]:
    was, now = move.was.group if move.was else "", move.now.group if move.now else ""
    return {**_agency(move.row), "was": was, "now": now, "since": since(move.row.since)}


def _change(now: int, was: int | None) -> str:
    return "–" if was is None else f"{now - was:+,}" if now != was else "0"


def _of(seen: int, trials: int) -> str:
    if not trials:
        return "ยังไม่มีกรณีให้ประเมิน"
    limit = f"ไม่เกินร้อยละ {thai_number(at_most(seen, trials))} ที่ความเชื่อมั่นร้อยละ ๙๕"
    return f"{thai_number(seen)} จาก {thai_number(trials)} ({limit})"


def _span(began: date, ended: date | None) -> str:
    return f"{thai_date(began)} – {thai_date(ended) if ended else 'ยังไม่สิ้นสุด'}"
