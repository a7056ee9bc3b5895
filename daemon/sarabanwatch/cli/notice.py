"""`notice send`, `notice list`: notices to agencies to mend, by a person's command, and what became of the agencies since."""

import asyncio
import sys
from collections import Counter
from dataclasses import asdict
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import line, moment

if TYPE_CHECKING:
    from sarabanwatch.app.notices import Addressed
    from sarabanwatch.core.judging.census import Buckets
    from sarabanwatch.store.snapshots import Notice
    from sarabanwatch.wiring.papers import Papers

SINCE = {"mended": "แก้ไขแล้ว", "waits": "ยังไม่แก้ไข อยู่ในกำหนด", "overdue": "ยังไม่แก้ไข เกินกำหนด",
         "unknown": "ยังไม่ทราบผล"}


@click.group()
def notice() -> None:
    """Notices to the agencies that have something to mend.

    `report render` prints them, and writes them as drafts for mail.
    """


@notice.command(epilog=options.examples(
    "notice send SNAPSHOT --by สมชาย", "notice send SNAPSHOT --by สมชาย --yes  # sends mail"))
@click.argument("snapshot", default="")
@click.option("--code", "codes", multiple=True, help="To this agency only; may be given again.")
@click.option("--by", required=True, help="Your name: it is kept beside every notice.")
@click.option("--yes", is_flag=True, help="Send them. Without it, those that would go are told.")
@options.config
@options.as_json
def send(snapshot: str, codes: tuple[str, ...], by: str, config: Path, *, yes: bool,
         as_json: bool) -> None:
    """Send the notices of SNAPSHOT by mail, each once.

    SNAPSHOT is the number of a released one; without it, the last. Notices keep the pace of their
    mail hosts; it tells beforehand how long that takes. What has no room today waits (exit code 1),
    and the same command sends it on. Agencies that mail does not reach get theirs on paper. Without
    --yes it only tells which would go.
    """
    from sarabanwatch import wiring
    from sarabanwatch.app.notices import WAITS
    from sarabanwatch.wiring import mailing, papers

    if not by.strip():
        raise click.BadParameter("a notice has somebody who sent it", param_hint="--by")
    told = papers.papers(wiring.Components(config), snapshot)
    ready = mailing.addressed(told, codes)
    if missing := set(codes) - {one.going.code for one in ready}:
        raise click.ClickException(
            f"no notice by mail to {', '.join(sorted(missing))}: not to mend, or mail does not reach it"
        )
    if not yes:
        _would(told, ready, as_json=as_json)
        return
    became = Counter(asyncio.run(_send(told, ready, by.strip(), quiet=as_json)).values())
    if as_json:
        options.say_json({"snapshot": told.kept.id, "became": became})
    else:
        click.echo(", ".join(f"{word} {n:,}" for word, n in sorted(became.items())) or "none")
    if became[WAITS]:
        click.echo(
            "ที่รออยู่ให้สั่งส่งอีกครั้งในวันถัดไป (those that wait: the same command sends them on, another day)",
            err=True,
        )
        sys.exit(1)


def _would(told: "Papers", ready: "list[Addressed]", *, as_json: bool) -> None:
    from sarabanwatch.app.notices import minutes

    takes = ceil(minutes(ready, told.components.pace))
    by_post = len(told.snapshot.to_mend) - len(ready)
    if as_json:
        options.say_json({"snapshot": told.kept.id, "minutes": takes,
                          "would": [{"code": one.going.code, "address": one.going.address}
                                    for one in ready]})
        return
    for one in ready:
        click.echo(f"{one.going.code:<8} {one.going.was:<3} {line(one.going.address)}")
    click.echo(f"{len(ready):,} would go by mail, in {takes:,} minutes or more; {by_post:,} of the snapshot would not; "
               "nothing was sent: add --yes")


async def _send(told: "Papers", ready: "list[Addressed]", by: str, *, quiet: bool) -> dict[str,
                                                                                           str]:
    from sarabanwatch.wiring import mailing

    became: dict[str, str] = {}
    async for code, word in mailing.send(told, ready, by):
        became[code] = word
        if not quiet:
            click.echo(f"{code:<8} {word}")
    return became


@notice.command("list", epilog=options.examples("notice list"))
@click.option("--snapshot", default="", help="Of this snapshot only.")
@options.config
@options.as_json
def list_(snapshot: str, config: Path, *, as_json: bool) -> None:
    """List the notices that were sent, and what became of their agencies since.

    With --json: one value a line.
    """
    from sarabanwatch import wiring
    from sarabanwatch.store import queries, snapshots

    components = wiring.Components(config)
    days, now, buckets = (
        timedelta(days=components.settings.report.deadline_days),
        components.clock.now(),
        components.groups.buckets,
    )
    with queries.asking(components.ledger_file) as db:
        wanted = snapshots.find(db, snapshot).id if snapshot else None
        for sent in snapshots.notices(db, wanted):
            state = since(sent, now, days, buckets)
            if as_json:
                options.say_json({**asdict(sent), "state": state})
            else:
                click.echo(f"{sent.snapshot:>3} {moment(sent.at)} {sent.event:<8} {sent.code:<8} {sent.was} → {sent.now:<8}"
                           f"{SINCE[state]}  {line(sent.name or '')[:60]} ({line(sent.by)})")


def since(sent: "Notice", now: datetime, days: timedelta, buckets: "Buckets") -> str:
    """Say what became of a notice's agency: mended, waits, overdue, or unknown."""
    if sent.now in buckets["ready"]:
        return "mended"
    if sent.now in buckets["unknown"]:
        return "unknown"
    return "overdue" if now > datetime.fromisoformat(sent.at) + days else "waits"
