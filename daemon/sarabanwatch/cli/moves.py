"""What taking something in would make of agencies, for people and for machines: "22 become B3: the cell begins with ..."."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from sarabanwatch.cli.terminal import line

if TYPE_CHECKING:
    from sarabanwatch.core.judging.consequence import Consequences
    from sarabanwatch.core.policy import Policy

SHOWN = 20      # ways that are listed, unless all are asked for
NAMED = 3       # agencies that stand beside each


def plain(found: "Consequences", policy: "Policy") -> dict[str, Any]:
    """Return consequences for machines."""
    ways = [{"was": way.was, "now": way.now, "agencies": len(way.codes), "why": way.why,
             "th": way.thai, "codes": way.codes}
            for way in found.ways]
    return {"moves": ways, "to_mend": found.to_mend, "held": found.held(policy)}


def lines(found: "Consequences", policy: "Policy", *, whole: bool = False) -> Iterator[str]:
    """Yield consequences for people."""
    moved = sum(len(way.codes) for way in found.ways)
    yield f"เปลี่ยนกลุ่ม {moved:,} หน่วยงาน เป็นต้องแก้ไข {found.to_mend:,} · agencies that change group, of these to mend"
    some = len(found.ways) if whole else SHOWN
    for way in found.ways[:some]:
        was, named = way.was or "-", ", ".join(way.codes[:NAMED]) + (" ..."
                                                                     if len(way.codes) > NAMED
                                                                     else "")
        yield (f"  {len(way.codes):>7,} become {way.now} (from {was}): {line(way.why)} · "
               f"จะเป็น {way.now} (เดิม {was}): {line(way.thai)} [{line(named)}]")
    if some < len(found.ways):
        yield f"  … อีก {len(found.ways) - some:,} · more: --all"
    if found.held(policy):
        yield (f"!! {found.to_mend:,}/{found.listed:,} เกินกำหนด จะคงกลุ่มเดิมไว้จนกว่าจะมีผู้สั่งปล่อย · "
               f"more than {policy.incident.mend_share:.1%} would come among those to mend: all are held until `incidents release`")


def agreed(found: "Consequences", policy: "Policy", *, yes: bool) -> bool:
    """Tell people the consequences; where there is a person to ask, and `yes` does not answer for them, ask."""
    click.echo("\n".join(lines(found, policy)))
    return yes or not (sys.stdin.isatty()
                       and sys.stdout.isatty()) or click.confirm("ดำเนินการหรือไม่ · go on?")
