"""What a change would make of agencies: "22 become B3: the cell begins with ..."."""

import sys
from collections.abc import Iterator
from typing import Any

import click

from sarabanwatch.cli.terminal import line
from sarabanwatch.core.judging.consequence import Consequences
from sarabanwatch.core.policy import Policy

SHOWN = 20      # moves that are listed, unless all are asked for
NAMED = 3       # agencies that are named beside each


def collect(found: Consequences, policy: Policy) -> dict[str, Any]:
    """Return consequences as plain values."""
    moves = [{"was": way.was, "now": way.now, "agencies": len(way.codes), "why": way.why,
              "th": way.thai, "codes": way.codes}
             for way in found.ways]
    return {"moves": moves, "to_mend": found.to_mend, "held": found.held(policy)}


def render_text(found: Consequences, policy: Policy, *, whole: bool = False) -> Iterator[str]:
    """Yield consequences as lines; of a long list the beginning, unless `whole`."""
    moved = sum(len(way.codes) for way in found.ways)
    yield (f"เปลี่ยนกลุ่ม {moved:,} หน่วยงาน เป็นต้องแก้ไข {found.to_mend:,}"
           " · agencies that change group, of these to mend")
    some = len(found.ways) if whole else SHOWN
    for way in found.ways[:some]:
        was, more = way.was or "-", " ..." if len(way.codes) > NAMED else ""
        named = ", ".join(way.codes[:NAMED]) + more
        yield (f"  {len(way.codes):>7,} become {way.now} (from {was}): {line(way.why)} · "
               f"จะเป็น {way.now} (เดิม {was}): {line(way.thai)} [{line(named)}]")
    if some < len(found.ways):
        yield f"  … อีก {len(found.ways) - some:,} · more: --all"
    if found.held(policy):
        yield (f"!! {found.to_mend:,}/{found.listed:,} เกินกำหนด จะคงกลุ่มเดิมไว้จนกว่าจะมีผู้สั่งปล่อย · "
               f"more than {policy.incident.mend_share:.1%} would come among those to mend: "
               "all are held until `incidents release`")


def agreed(found: Consequences, policy: Policy, *, yes: bool) -> bool:
    """Print the consequences; at a terminal ask whether to go on, unless `yes` says so already."""
    click.echo("\n".join(render_text(found, policy)))
    at_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    return yes or not at_terminal or click.confirm("ดำเนินการหรือไม่ · go on?")
