"""`census`: the counts in the circular's shape, of today or of a past day, of all or by ministry, province or kind."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import line

if TYPE_CHECKING:
    from sarabanwatch.core.judging.census import Buckets, Census
    from sarabanwatch.core.judging.group import Group
    from sarabanwatch.settings import Groups

BUCKETS = {
    "ready":   ("ดำเนินการถูกต้องและพร้อมใช้งาน", "ready"),
    "mend":    ("ต้องดำเนินการแก้ไข หรือยังใช้งานไม่ได้", "to mend"),
    "raised":  ("ท้องถิ่นที่ได้รับการยกฐานะ", "raised in status"),
    "unknown": ("ยังไม่ทราบผล", "not yet known"),
}
COLUMNS = {"ministry": "superior", "province": "province", "kind": "kind"}


@click.command(epilog=options.examples("census", "census --by province", "census --json"))
@click.option("--by", type=click.Choice(list(COLUMNS)),
              help="The counts of each ministry, province or kind.")
@options.at
@options.config
@options.as_json
def census(by: str | None, at: datetime | None, config: Path, *, as_json: bool) -> None:
    """Count the agencies in the shape of the circular.

    There are three buckets and eleven groups; the shares sum to 100.0.
    """
    from sarabanwatch import wiring
    from sarabanwatch.store import queries

    components = wiring.Components(config)
    now = components.clock.now()
    as_of = options.passed(at, now) if at else None
    words = components.groups_at(as_of or now)
    with queries.asking(components.ledger_file) as db:
        parts = _counted(db, COLUMNS[by] if by else "", as_of, words.buckets)
        beside = {"as_of": as_of.isoformat(), "edition": words.id} if as_of else _of_today(db)
    if as_json:
        options.say_json({value: plain(part) for value, part in parts.items()} if by
                         else plain(parts[""]) | beside)
        return
    if as_of:
        click.echo(f"ณ {options.minute(as_of)} · as of ({words.id})")
    click.echo("\n".join(rolled_up(parts) if by
                         else [table(parts[""], words), *([] if as_of else _silence(beside))]))


def _of_today(db: Any) -> dict[str, Any]:  # noqa: ANN401 - a ledger connection
    """Tell what silence proves today, whose domain takes any name, how many are suspects, and whom incidents hold."""
    from sarabanwatch.store import catch_all_probes, incidents, looks, queries

    quiet, reported = queries.quiet(db)
    held = [{"incident": each.id, "scope": each.scope, "key": each.key, "agencies": each.held}
            for each in incidents.told(db) if each.closed_at is None or each.held]
    return {
        "quiet": {"letters": quiet, "reported": reported},
        "weakened": {group.value: n for group, n in sorted(catch_all_probes.weakened(db).items())},
        "suspects": looks.suspects(db), **({"held": held} if held else {}),
    }


def _silence(told: dict[str, Any]) -> Iterator[str]:
    for each in told.get("held", ()):
        cause = line(" ".join((each["scope"], each["key"])))
        yield (f"{each['agencies']:>7,}           หน่วยงานที่คงกลุ่มเดิมไว้ตามเหตุการณ์ร่วมที่ {each['incident']} "
               f"(held in their last group by incident {each['incident']}: {cause})")
    quiet, weak = told["quiet"], told["weakened"]
    if quiet["letters"]:
        yield (f"{quiet['letters']:>7,}           หนังสือที่รับไว้แล้วเงียบ มีรายงานว่าส่งต่อหรือส่งถึง {quiet['reported']:,} ฉบับ "
               f"(letters taken and quiet since; of these reported delivered or relayed: {quiet['reported']:,})")
    if weak:
        of = ", ".join(f"{group} {n:,}" for group, n in weak.items())
        yield (f"{sum(weak.values()):>7,}           หน่วยงานที่รับหนังสือไว้แล้วเงียบ ในโดเมนที่รับทุกชื่อ จึงบอกอะไรได้น้อย: {of} "
               "(taken in silence where any name is: says little; `domains --finding takes-anything`)")
    if told["suspects"]:
        yield (f"{told['suspects']:>7,}           หน่วยงานที่หนังสือฉบับล่าสุดไม่ถึง รอหนังสือยืนยันผล ยังไม่เปลี่ยนกลุ่ม "
               "(failed lately, not confirmed yet: they stand where they stood; `agencies --suspect`)")


def _counted(
    db: Any, column: str, as_of: datetime | None, buckets: "Buckets",  # noqa: ANN401 - a ledger connection
) -> dict[str, "Census"]:
    """Count agencies by what they have in a column ("": all together), as they stand, or as they stood."""
    from sarabanwatch.core.judging.census import Census
    from sarabanwatch.store import judgements, snapshots

    if as_of is None:
        return {value: Census(counts, buckets) for value, counts in (
            judgements.tally(db, column) if column else {"": judgements.counts(db)}).items()}
    found: dict[str, Counter[Group]] = {} if column else {"": Counter()}
    for stand in snapshots.published(db, as_of):
        found.setdefault(str(getattr(stand.agency, column)) if column else "",
                         Counter())[stand.group] += 1
    return {value: Census(found[value], buckets) for value in sorted(found)}


def rolled_up(parts: Mapping[str, "Census"]) -> Iterator[str]:
    """Yield a line a part: its agencies, and how many of them are in each bucket."""
    yield f"{'total':>11} {' '.join(f'{bucket:>7}' for bucket in BUCKETS)}  ready %"
    for value, part in parts.items():
        numbers = " ".join(f"{part.buckets[bucket]:>7,}" for bucket in BUCKETS)
        yield f"{part.total:>11,} {numbers}  {part.shares['ready']:>7.1f}  {line(value) or '(ไม่ระบุ · not named)'}"


def plain(counted: "Census") -> dict[str, object]:
    """Return a census for machines."""
    return {"total": counted.total, "groups": {group.value: n
                                               for group, n in sorted(counted.counts.items())},
            "buckets": counted.buckets, "shares": counted.shares}


def table(counted: "Census", words: "Groups") -> str:
    """Return a census as the circular puts it: bucket, number, share, and each group under its bucket."""
    from sarabanwatch.core.judging.group import Group

    lines = [f"หน่วยงานของรัฐทั้งหมด {counted.total:,} หน่วยงาน (all agencies under the Act)"]
    for bucket, groups in counted.parts.items():
        if bucket == "unknown" and not counted.buckets[bucket]:
            continue
        thai, english = BUCKETS[bucket]
        lines.append(
            f"{counted.buckets[bucket]:>7,}  {counted.shares[bucket]:>5.1f} %  {thai} ({english})"
        )
        lines += [f"{counted.of(g):>15,}  {g.value:<3} {words.groups[g].th}" for g in groups
                  if g is not Group.UNKNOWN]
    lines.append(f"{counted.total:>7,}  {sum(counted.shares.values()):>5.1f} %  รวม (total)")
    if counted.of(Group.EXEMPT):
        lines.append(
            f"{counted.of(Group.EXEMPT):>7,}           {words.groups[Group.EXEMPT].th} (exempt, beside the total)"
        )
    return "\n".join(lines)
