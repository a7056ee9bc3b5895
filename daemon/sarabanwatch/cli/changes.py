"""A difference between two registers, for people and for machines."""

from collections.abc import Iterable, Iterator, Mapping

from sarabanwatch.cli.terminal import line
from sarabanwatch.core.register.difference import Change, Difference, What

SHOWN = 20      # changes of one kind that are listed, unless all are asked for
THAI = {
    What.ADDED: "เพิ่มใหม่", What.REMOVED: "ถูกตัดออก", What.SUCCEEDED: "มีหน่วยงานใหม่แทน",
    What.RENAMED: "เปลี่ยนชื่อ",
    What.KIND: "เปลี่ยนประเภท", What.MOVED: "ย้ายจังหวัดหรือสังกัด", What.RAISED: "ได้รับการยกฐานะ",
    What.EXEMPTED: "ได้รับยกเว้น",
    What.ORDINARY: "กลับเป็นหน่วยงานปกติ", What.FORMER: "รหัสเดิมเปลี่ยน",
    What.ADDRESS: "เปลี่ยนอีเมล", What.GIVEN: "มีประกาศแล้ว",
    What.WITHDRAWN: "ถอนประกาศ", What.REANNOUNCED: "ประกาศเปลี่ยน", What.UNREAD: "ช่องที่อ่านไม่ได้",
}
Told = tuple[str, str, Change]      # code, name, change


def of(difference: Difference) -> list[Told]:
    """Return every change of a difference with its agency, by code."""
    return [(a.code, a.name, change) for a in difference.amendments for change in a.changes]


def plain(told: Iterable[Told]) -> list[dict[str, str]]:
    """Return changes for machines."""
    return [{"code": code, "name": name, "change": c.what, "was": c.was, "now": c.now}
            for code, name, c in told]


def counted(counts: Mapping[What, int]) -> str:
    """Return how often each thing changes, on one line."""
    return ", ".join(f"{THAI[what]} ({what}) {number:,}"
                     for what, number in counts.items()) or "ไม่มีสิ่งใดเปลี่ยน (nothing)"


def lines(told: Iterable[Told], *, whole: bool) -> Iterator[str]:
    """Yield changes for people, kind by kind; of a long list the beginning, unless `whole`."""
    told = list(told)
    for what in What:
        these = [one for one in told if one[2].what is what]
        if not these:
            continue
        yield f"{THAI[what]} ({what}): {len(these):,}"
        some = len(these) if whole else SHOWN
        yield from (f"  {code:<8} {line(name)}{_turn(change)}"
                    for code, name, change in these[:some])
        if some < len(these):
            yield f"  … อีก {len(these) - some:,} · more: --all"


def _turn(change: Change) -> str:
    if change.what in {What.ADDED, What.REMOVED}:
        return ""
    return f": {line(change.was) or '-'} -> {line(change.now) or '-'}"
