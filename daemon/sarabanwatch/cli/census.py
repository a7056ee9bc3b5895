"""`census`: the counts in the circular's shape, of today or of a past day.

Of all agencies, or by ministry, province or kind.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from sarabanwatch.cli import options
from sarabanwatch.cli.likely import OneOf
from sarabanwatch.cli.terminal import both, line
from sarabanwatch.core.calendar import short_moment
from sarabanwatch.core.facts.agency import ministry_of
from sarabanwatch.core.facts.thai_order import thai_order
from sarabanwatch.core.judging.census import Buckets, Census
from sarabanwatch.core.judging.group import Group
from sarabanwatch.settings import Groups
from sarabanwatch.store import (
    catch_all_probes,
    confirming,
    incidents,
    judgements,
    queries,
    snapshots,
)
from sarabanwatch.store.tx import Tx
from sarabanwatch.wiring import Components

BUCKETS = {
    "ready":   ("ดำเนินการถูกต้องและพร้อมใช้งาน", "ready"),
    "mend":    ("ต้องดำเนินการแก้ไข หรือยังใช้งานไม่ได้", "to mend"),
    "raised":  ("ท้องถิ่นที่ได้รับการยกฐานะ", "raised in status"),
    "unknown": ("ยังไม่ทราบผล", "not yet known"),
}
BESIDE = "{} ({})"     # English beside Thai
BY: dict[str, Callable[[judgements.Place], str]] = {
    "ministry": lambda place: ministry_of(place.kind, place.name, place.superior),
    "province": lambda place: place.province,
    "kind": lambda place: place.kind,
}


@click.command(epilog=options.examples("census", "census --by province", "census --json"))
@click.option("--by", type=OneOf(list(BY)),
              help="The counts of each ministry, province or kind.")
@options.at
@options.config
@options.either
@options.as_json
def census(by: str | None, at: datetime | None, config: Path, *, as_json: bool) -> None:
    """Count the agencies in the shape of the circular.

    There are three buckets and eleven groups; the shares sum to 100.0.
    """
    components = Components(config)
    now = components.clock.now()
    as_of = options.passed(at, now) if at else None
    edition = components.groups_at(as_of or now)
    with queries.asking(components.ledger_place) as db:
        parts = _counted(db, BY.get(by or ""), as_of, edition.buckets)
        beside = {"as_of": as_of.isoformat(), "edition": edition.id} if as_of else _of_today(db)
    if as_json:
        options.say_json({value: collect(part) for value, part in parts.items()} if by
                         else collect(parts[""]) | beside)
        return
    if as_of:
        when = both(f"ณ {short_moment(as_of, 'th')}", f"as of {short_moment(as_of, 'en')}")
        click.echo(f"{when} ({edition.id})")
    text = rolled_up(parts) if by else (*render_text(parts[""], edition), *_beside(beside))
    click.echo("\n".join(text))


def _of_today(db: Tx) -> dict[str, Any]:
    """Return what is known today beside the counts.

    How many letters were met with silence, which groups rest on a domain that takes any name, how
    many agencies are suspected, and how many each incident holds.
    """
    quiet, reported = queries.quiet(db)
    held = [{"incident": each.id, "scope": each.scope, "key": each.key, "agencies": each.held}
            for each in incidents.listed(db) if each.closed_at is None or each.held]
    return {
        "quiet": {"letters": quiet, "reported": reported},
        "weakened": {group.value: n for group, n in sorted(catch_all_probes.weakened(db).items())},
        "suspects": confirming.suspects(db), **({"held": held} if held else {}),
    }


def _beside(found: dict[str, Any]) -> Iterator[str]:
    """Yield what stands beside the counts; of a past day, nothing."""
    for each in found.get("held", ()):
        cause = line(" ".join((each["scope"], each["key"])))
        yield _count(each["agencies"],
                     f"หน่วยงานที่คงกลุ่มเดิมไว้ตามเหตุการณ์ร่วมที่ {each['incident']}",
                     f"held in their last group by incident {each['incident']}: {cause}")
    quiet = found.get("quiet", {"letters": 0})
    if quiet["letters"]:
        yield _count(quiet["letters"],
                     "หนังสือที่ปลายทางรับไว้และยังไม่ตอบกลับ "
                     f"ในจำนวนนี้มีรายงานว่าส่งต่อหรือส่งถึง {quiet['reported']:,} ฉบับ",
                     "letters taken and quiet since; of these reported delivered or relayed: "
                     f"{quiet['reported']:,}")
    if weak := found.get("weakened"):
        of = ", ".join(f"{group} {n:,}" for group, n in weak.items())
        yield _count(sum(weak.values()),
                     f"หน่วยงานที่รับหนังสือไว้โดยไม่ตอบกลับ และโดเมนรับทุกชื่อ จึงสรุปผลได้จำกัด: {of}",
                     f"letters taken in silence where any name is taken, which says little: {of}; "
                     "`domains --finding takes-anything`")
    if found.get("suspects"):
        yield _count(found["suspects"],
                     "หน่วยงานที่หนังสือฉบับล่าสุดไม่ถึง รอหนังสือยืนยันผล ยังไม่เปลี่ยนกลุ่ม",
                     "the last letter failed, which is not confirmed yet: their group stays; "
                     "`agencies --suspect`")


def _count(number: int, thai: str, english: str) -> str:
    return f"{number:>7,}           {both(thai, english, BESIDE)}"


def _counted(
    db: Tx, of: Callable[[judgements.Place], str] | None, as_of: datetime | None, buckets: Buckets,
) -> dict[str, Census]:
    """Count agencies by what they are `of` (None: all together), today or on a past day."""
    found: dict[str, Counter[Group]] = {} if of else {"": Counter()}
    counted = judgements.tally(db) if as_of is None else (
        (judgements.Place(a.kind, a.name, a.superior, a.province), stand.group, 1)
        for stand in snapshots.published(db, as_of) for a in [stand.agency])
    for place, group, number in counted:
        found.setdefault(of(place) if of else "", Counter())[group] += number
    return {value: Census(found[value], buckets) for value in sorted(found, key=thai_order)}


def rolled_up(parts: Mapping[str, Census]) -> Iterator[str]:
    """Yield one line for each part: its agencies, and how many of them are in each bucket."""
    ready = both("ร้อยละที่พร้อม", "ready %", BESIDE)
    yield f"{'total':>11} {' '.join(f'{bucket:>7}' for bucket in BUCKETS)}  {ready}"
    for value, part in parts.items():
        numbers = " ".join(f"{part.buckets[bucket]:>7,}" for bucket in BUCKETS)
        name = line(value) or both("ไม่ระบุ", "not named", "({} · {})")
        yield f"{part.total:>11,} {numbers}  {part.shares['ready']:>7.1f}  {name}"


def collect(counted: Census) -> dict[str, object]:
    """Return a census as plain values."""
    return {"total": counted.total,
            "groups": {group.value: n for group, n in sorted(counted.counts.items())},
            "buckets": counted.buckets, "shares": counted.shares}


def render_text(counted: Census, edition: Groups) -> Iterator[str]:
    """Yield a census in the circular's shape: each bucket with its share, and its groups."""
    yield both(f"หน่วยงานของรัฐทั้งหมด {counted.total:,} หน่วยงาน",
               f"all {counted.total:,} agencies under the Act", "{0} (all agencies under the Act)")
    for bucket, groups in counted.parts.items():
        if bucket == "unknown" and not counted.buckets[bucket]:
            continue
        yield (f"{counted.buckets[bucket]:>7,}  {counted.shares[bucket]:>5.1f} %  "
               f"{both(*BUCKETS[bucket][:2], BESIDE)}")
        yield from (f"{counted.of(group):>15,}  {group.value:<3} {_label(edition, group)}"
                    for group in groups if group is not Group.UNKNOWN)
    sums = sum(counted.shares.values())
    yield f"{counted.total:>7,}  {sums:>5.1f} %  {both('รวม', 'total', BESIDE)}"
    if exempt := counted.of(Group.EXEMPT):
        yield _count(exempt, edition.groups[Group.EXEMPT].th, "exempt, beside the total")


def _label(edition: Groups, group: Group) -> str:
    """Return what a group is called; in both languages its Thai name says it."""
    words = edition.groups[group]
    return both(words.th, words.en, "{0}")
