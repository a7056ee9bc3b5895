"""The difference between two registers."""

from collections.abc import Iterable, Iterator, Mapping

from sarabanwatch.cli.terminal import both, line
from sarabanwatch.core.register.difference import Change, ChangeKind, Difference

SHOWN = 20      # changes of one kind that are listed, unless all are asked for
THAI = {
    ChangeKind.ADDED: "เพิ่มใหม่",
    ChangeKind.REMOVED: "ถูกตัดออก",
    ChangeKind.SUCCEEDED: "มีหน่วยงานใหม่แทน",
    ChangeKind.RENAMED: "เปลี่ยนชื่อ",
    ChangeKind.KIND: "เปลี่ยนประเภท",
    ChangeKind.MOVED: "ย้ายจังหวัดหรือสังกัด",
    ChangeKind.RAISED: "ได้รับการยกฐานะ",
    ChangeKind.EXEMPTED: "ได้รับยกเว้น",
    ChangeKind.ORDINARY: "กลับเป็นหน่วยงานปกติ",
    ChangeKind.FORMER: "รหัสเดิมเปลี่ยน",
    ChangeKind.ADDRESS: "เปลี่ยนอีเมล",
    ChangeKind.GIVEN: "มีประกาศแล้ว",
    ChangeKind.WITHDRAWN: "ถอนประกาศ",
    ChangeKind.REANNOUNCED: "ประกาศเปลี่ยน",
    ChangeKind.UNREAD: "ช่องที่อ่านไม่ได้",
}
BESIDE = "{} ({})"      # English beside Thai
WITHOUT_VALUES = {ChangeKind.ADDED, ChangeKind.REMOVED}

AgencyChange = tuple[str, str, Change]      # code, name, change


def of(difference: Difference) -> list[AgencyChange]:
    """Return every change of a difference with its agency, by code."""
    return [(a.code, a.name, change) for a in difference.amendments for change in a.changes]


def collect(changes: Iterable[AgencyChange]) -> list[dict[str, str]]:
    """Return changes as plain values."""
    return [{"code": code, "name": name, "change": c.what, "was": c.was, "now": c.now}
            for code, name, c in changes]


def counted(counts: Mapping[ChangeKind, int]) -> str:
    """Return how often each thing changes, on one line."""
    return ", ".join(f"{_named(what)} {number:,}" for what, number in counts.items()
                     ) or both("ไม่มีสิ่งใดเปลี่ยน", "nothing changes", BESIDE)


def _named(what: ChangeKind) -> str:
    return both(THAI[what], what.replace("_", " "), BESIDE)


def render_text(changes: list[dict[str, str]], *, whole: bool) -> Iterator[str]:
    """Yield changes as lines, kind by kind; of a long list the beginning, unless `whole`."""
    if not changes:
        yield counted({})
    for what in ChangeKind:
        these = [change for change in changes if change["change"] == what]
        if not these:
            continue
        yield f"{_named(what)}: {len(these):,}"
        some = len(these) if whole else SHOWN
        yield from (f"  {change['code']:<8} {line(change['name'])}{_values(change)}"
                    for change in these[:some])
        if some < len(these):
            yield f"  … {both(f'อีก {len(these) - some:,}', f'{len(these) - some:,} more')}: --all"


def _values(change: dict[str, str]) -> str:
    if change["change"] in WITHOUT_VALUES:
        return ""
    return f": {line(change['was']) or '-'} -> {line(change['now']) or '-'}"
