"""`census` and `agencies`."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import line

if TYPE_CHECKING:
    from sarabanwatch.core.census import Census
    from sarabanwatch.settings import Groups

BUCKETS = {
    "ready":   ("ดำเนินการถูกต้องและพร้อมใช้งาน", "ready"),
    "mend":    ("ต้องดำเนินการแก้ไข หรือยังใช้งานไม่ได้", "to mend"),
    "raised":  ("ท้องถิ่นที่ได้รับการยกฐานะ", "raised in status"),
    "unknown": ("ยังไม่ทราบผล", "not yet known"),
}
COLUMNS = {"ministry": "superior", "province": "province", "kind": "kind"}


@click.command()
@click.option("--by", type=click.Choice(["ministry", "province", "kind"]), help="The counts of each ministry, province or kind.")
@options.config
@options.as_json
def census(by: str | None, config: Path, *, as_json: bool) -> None:
    """Count the agencies: three buckets, eleven groups, shares that sum to 100.0."""
    from sarabanwatch import wiring
    from sarabanwatch.core.census import Census
    from sarabanwatch.edge.ledger import judgements, questions, strays

    plant = wiring.Plant(config)
    if by:
        with questions.asking(plant.ledger_file) as db:
            parts = {value: Census(counts) for value, counts in judgements.tally(db, COLUMNS[by]).items()}
        if as_json:
            options.say_json({value: plain(part) for value, part in parts.items()})
        else:
            click.echo("\n".join(rolled_up(parts)))
        return
    with questions.asking(plant.ledger_file) as db:
        counted, (quiet, reported), weak = Census(judgements.counts(db)), questions.quiet(db), strays.weakened(db)
    if as_json:
        options.say_json(plain(counted) | {"quiet": {"letters": quiet, "reported": reported},
                                           "weakened": {group.value: n for group, n in sorted(weak.items())}})
    else:
        click.echo(table(counted, plant.groups))
        if quiet:
            click.echo(f"{quiet:>7,}           หนังสือที่รับไว้แล้วเงียบ มีรายงานว่าส่งต่อหรือส่งถึง {reported:,} ฉบับ "
                       f"(letters taken and quiet since; of these reported delivered or relayed: {reported:,})")
        if weak:
            of = ", ".join(f"{group.value} {n:,}" for group, n in sorted(weak.items()))
            click.echo(f"{weak.total():>7,}           หน่วยงานที่รับหนังสือไว้แล้วเงียบ ในโดเมนที่รับทุกชื่อ จึงบอกอะไรได้น้อย: {of} "
                       "(taken in silence where any name is: says little; `domains --finding takes-anything`)")


def rolled_up(parts: Mapping[str, "Census"]) -> Iterator[str]:
    """Yield a line a part: its agencies, and how many of them are in each bucket."""
    yield f"{'total':>11} {' '.join(f'{bucket:>7}' for bucket in BUCKETS)}  ready %"
    for value, part in parts.items():
        numbers = " ".join(f"{part.buckets[bucket]:>7,}" for bucket in BUCKETS)
        yield f"{part.total:>11,} {numbers}  {part.shares['ready']:>7.1f}  {line(value) or '(ไม่ระบุ · not named)'}"


def plain(counted: "Census") -> dict[str, object]:
    """Return a census for machines."""
    return {"total": counted.total, "groups": {group.value: n for group, n in sorted(counted.counts.items())},
            "buckets": counted.buckets, "shares": counted.shares}


def table(counted: "Census", words: "Groups") -> str:
    """Return a census as the circular puts it: bucket, number, share, and each group under its bucket."""
    from sarabanwatch.core.census import BUCKETS as GROUPS
    from sarabanwatch.core.group import Group

    lines = [f"หน่วยงานของรัฐทั้งหมด {counted.total:,} หน่วยงาน (all agencies under the Act)"]
    for bucket, groups in GROUPS.items():
        if bucket == "unknown" and not counted.buckets[bucket]:
            continue
        thai, english = BUCKETS[bucket]
        lines.append(f"{counted.buckets[bucket]:>7,}  {counted.shares[bucket]:>5.1f} %  {thai} ({english})")
        lines += [f"{counted.of(g):>15,}  {g.value:<3} {words.groups[g].th}" for g in groups if bucket != "unknown"]
    lines.append(f"{counted.total:>7,}  {sum(counted.shares.values()):>5.1f} %  รวม (total)")
    if counted.of(Group.EXEMPT):
        lines.append(f"{counted.of(Group.EXEMPT):>7,}           {words.groups[Group.EXEMPT].th} (exempt, beside the total)")
    return "\n".join(lines)
