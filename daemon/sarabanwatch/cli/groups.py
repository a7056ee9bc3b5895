"""`groups check FILE`: what another edition of the groups would change today.

It is shown before the edition is in force.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from sarabanwatch import settings
from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import both, line
from sarabanwatch.cli.words import agencies
from sarabanwatch.core.judging.incident import too_many
from sarabanwatch.core.policy import Policy
from sarabanwatch.settings import Groups
from sarabanwatch.store import queries
from sarabanwatch.store.queries import ListedAgency
from sarabanwatch.wiring import Components

SHOWN = 20


@click.group()
def groups() -> None:
    """What the groups are called, how they are counted, and what their agencies are to mend."""


@groups.command(epilog=options.examples("groups check groups.toml"))
@click.argument("file", type=click.Path(path_type=Path))
@options.config
@options.either
@options.as_json
def check(file: Path, config: Path, *, as_json: bool) -> None:
    """Show what another edition of the groups would change today.

    That is words, buckets, and which agencies would be counted elsewhere. FILE has the form of
    config/groups.toml. It counts once `[groups] editions` names it, from its own day on.
    """
    components = Components(config)
    (then,) = settings.editions([file])
    with queries.asking(components.ledger_place) as db:
        listed = list(queries.listed(db))
    found = collect(components.groups, then, listed, components.policy)
    options.show(found, render_text(found, components, then, len(listed)), as_json=as_json)


def collect(now: Groups, then: Groups, listed: list[ListedAgency],
            policy: Policy) -> dict[str, Any]:
    """Return what an edition would change: words, counts by bucket, agencies counted elsewhere."""
    before, after = _buckets(now), _buckets(then)
    moved = [{"code": row.code, "name": row.name, "group": row.group,
              "was": before[row.group], "now": after[row.group]}
             for row in listed if before[row.group] != after[row.group]]
    to_mend = sum(row["was"] != "mend" and row["now"] == "mend" for row in moved)
    return {
        "edition": then.id, "valid_from": then.valid_from, "in_force": now.id,
        "words": reworded(now, then),
        "counts": {"before": dict(Counter(before[row.group] for row in listed)),
                   "after": dict(Counter(after[row.group] for row in listed))},
        "moved": moved, "to_mend": to_mend, "held": too_many(to_mend, len(listed), policy),
    }


def _buckets(edition: Groups) -> dict[str, str]:
    return {name: words.bucket for name, words in edition.groups.items()}


def reworded(now: Groups, then: Groups) -> list[dict[str, str]]:
    """Return every key of a group whose words differ between two editions."""
    return [{"group": name, "key": key, "was": getattr(words, key),
             "now": getattr(then.groups[name], key)}
            for name, words in now.groups.items() for key in words.__struct_fields__
            if getattr(words, key) != getattr(then.groups[name], key)]


def render_text(found: dict[str, Any], components: Components, then: Groups,
                listed: int) -> Iterator[str]:
    """Yield what an edition would change as lines for a person."""
    now, moved, counts = components.groups, found["moved"], found["counts"]
    yield f"{then.id} ({then.valid_from}) <- {now.id} ({now.valid_from})"
    for each in found["words"]:
        was, becomes = line(each["was"]) or "-", line(each["now"]) or "-"
        yield f"  {each['group']}.{each['key']}: {was} -> {becomes}"
    yield both(f"เปลี่ยนการนับ {len(moved):,} หน่วยงาน",
               f"{len(moved):,} {agencies(len(moved), 'en')} counted elsewhere")
    for bucket in dict.fromkeys([*counts["before"], *counts["after"]]):
        before, after = (counts[side].get(bucket, 0) for side in ("before", "after"))
        yield f"  {bucket or 'exempt':<8} {before:>7,} -> {after:>7,}"
    moves = Counter((row["group"], row["was"], row["now"]) for row in moved)
    for (group, was, becomes), number in moves.most_common():
        yield (f"  {number:>7,} {group}: {was} -> {becomes} "
               + both(f"นับกลุ่มนี้เป็น {becomes}", f"this edition counts the group as {becomes}",
                      "({} · {})"))
    if found["held"]:
        share = f"{components.policy.incident.mend_share:.1%}"
        text = both("เกินกำหนด จะใช้ฉบับเดิมจนกว่าจะมีผู้สั่งปล่อย",
                    f"more than {share} would come among those to mend: "
                    "the edition before it stays in force until `incidents release`")
        yield f"!! {found['to_mend']:,}/{listed:,} {text}"
    yield from (f"  {row['code']:<8} {line(row['name'])}: {row['group']} "
                f"{row['was']} -> {row['now']}" for row in moved[:SHOWN])
