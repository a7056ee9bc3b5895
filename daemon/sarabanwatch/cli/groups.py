"""`groups check FILE`: what another edition of the groups would change today, before it is in force."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import line

if TYPE_CHECKING:
    from sarabanwatch.settings import Groups

SHOWN = 20


@click.group()
def groups() -> None:
    """What the groups are called, how they are counted, and what their agencies are to mend."""


@groups.command(epilog=options.examples("groups check groups.toml"))
@click.argument("file", type=click.Path(path_type=Path))
@options.config
@options.as_json
def check(file: Path, config: Path, *, as_json: bool) -> None:
    """Show what another edition of the groups would change today.

    That is words, buckets, and which agencies would be counted elsewhere. FILE has the form of
    config/groups.toml. It counts once `[groups] editions` names it, from its own day on.
    """
    from sarabanwatch import settings, wiring
    from sarabanwatch.core.judging.incident import too_many
    from sarabanwatch.store import queries

    components = wiring.Components(config)
    now, (then,) = components.groups, settings.editions([file])
    with queries.asking(components.ledger_file) as db:
        listed = list(queries.listed(db))
    before, after = ({name: each.bucket for name, each in edition.groups.items()}
                     for edition in (now, then))
    moved = [{"code": row.code, "name": row.name, "group": row.group, "was": before[row.group],
              "now": after[row.group]}
             for row in listed if before[row.group] != after[row.group]]
    words = reworded(now, then)
    ways = Counter((row["group"], row["was"], row["now"]) for row in moved)
    to_mend = sum(agencies for (_, was, now), agencies in ways.items() if was != "mend"
                  and now == "mend")
    counts = {side: dict(Counter(buckets[row.group] for row in listed))
              for side, buckets in (("before", before), ("after", after))}
    if as_json:
        options.say_json({"edition": then.id, "valid_from": then.valid_from, "in_force": now.id,
                          "words": words,
                          "counts": counts, "moved": moved, "to_mend": to_mend,
                          "held": too_many(to_mend, len(listed), components.policy)})
        return
    click.echo(f"{then.id} ({then.valid_from}) <- {now.id} ({now.valid_from})")
    for each in words:
        click.echo(
            f"  {each['group']}.{each['key']}: {line(each['was']) or '-'} -> {line(each['now']) or '-'}"
        )
    click.echo(f"เปลี่ยนการนับ {len(moved):,} หน่วยงาน · agencies counted elsewhere")
    for bucket in dict.fromkeys([*counts["before"], *counts["after"]]):
        click.echo(
            f"  {bucket or 'exempt':<8} {counts['before'].get(bucket, 0):>7,} -> {counts['after'].get(bucket, 0):>7,}"
        )
    for (group, was, now_), agencies in ways.most_common():
        click.echo(
            f"  {agencies:>7,} {group}: {was} -> {now_} (นับกลุ่มนี้เป็น {now_} · this edition counts the group as {now_})"
        )
    if too_many(to_mend, len(listed), components.policy):
        click.echo(f"!! {to_mend:,}/{len(listed):,} เกินกำหนด จะใช้ฉบับเดิมจนกว่าจะมีผู้สั่งปล่อย · "
                   f"more than {components.policy.incident.mend_share:.1%} would come among those to mend: "
                   "the edition before it stays in force until `incidents release`")
    for each in moved[:SHOWN]:
        click.echo(
            f"  {each['code']:<8} {line(each['name'])}: {each['group']} {each['was']} -> {each['now']}"
        )


def reworded(now: "Groups", then: "Groups") -> list[dict[str, str]]:
    """Return every key of a group that reads otherwise."""
    return [{"group": name, "key": key, "was": getattr(words, key),
             "now": getattr(then.groups[name], key)}
            for name, words in now.groups.items() for key in words.__struct_fields__
            if getattr(words, key) != getattr(then.groups[name], key)]
