"""What a change would make of agencies: "22 become B3: the cell begins with ..."."""

import sys
from collections.abc import Iterator
from typing import Any

import click

from sarabanwatch.cli.terminal import both, line
from sarabanwatch.cli.words import agencies
from sarabanwatch.core.judging.consequence import Consequences
from sarabanwatch.core.policy import Policy

SHOWN = 20      # moves that are listed, unless all are asked for
NAMED = 3       # agencies that are named beside each


def collect(found: Consequences, policy: Policy) -> dict[str, Any]:
    """Return consequences as plain values."""
    moves = [{"was": alike.was, "now": alike.now, "agencies": len(alike.codes), "why": alike.why,
              "th": alike.thai, "codes": alike.codes}
             for alike in found.moves]
    return {"moves": moves, "to_mend": found.to_mend, "held": found.held(policy)}


def render_text(found: Consequences, policy: Policy, *, whole: bool = False) -> Iterator[str]:
    """Yield consequences as lines; of a long list the beginning, unless `whole`."""
    moved = sum(len(alike.codes) for alike in found.moves)
    yield both(f"เปลี่ยนกลุ่ม {moved:,} หน่วยงาน เป็นต้องแก้ไข {found.to_mend:,}",
               f"{moved:,} {agencies(moved, 'en')} would change group, "
               f"{found.to_mend:,} of them to mend")
    some = len(found.moves) if whole else SHOWN
    for alike in found.moves[:some]:
        was, more = alike.was or "-", " ..." if len(alike.codes) > NAMED else ""
        named = ", ".join(alike.codes[:NAMED]) + more
        text = both(f"จะเป็น {alike.now} (เดิม {was}): {line(alike.thai)}",
                    f"become {alike.now} (from {was}): {line(alike.why)}")
        yield f"  {len(alike.codes):>7,} {text} [{line(named)}]"
    if some < len(found.moves):
        left = len(found.moves) - some
        yield f"  … {both(f'อีก {left:,}', f'{left:,} more')}: --all"
    if found.held(policy):
        text = both("เกินกำหนด จะคงกลุ่มเดิมไว้จนกว่าจะมีผู้สั่งปล่อย",
                    f"more than {policy.incident.mend_share:.1%} would come among those to mend: "
                    "all are held until `incidents release`")
        yield f"!! {found.to_mend:,}/{found.listed:,} {text}"


def agreed(found: Consequences, policy: Policy, *, yes: bool) -> bool:
    """Print the consequences; at a terminal ask whether to go on, unless `yes` says so already."""
    click.echo("\n".join(render_text(found, policy)))
    at_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    return yes or not at_terminal or click.confirm(both("ดำเนินการหรือไม่", "go on?"))
