"""`notice send`, `notice list`: notices to agencies to mend, and what became of the agencies since.

A person sends them, in that person's name.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any

import click

from sarabanwatch.app.notices import (
    BARRED,
    BEFORE,
    OPTED_OUT,
    PAUSED,
    WAITS,
    Addressed,
    minutes,
)
from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import both, column, line
from sarabanwatch.core.judging.census import Buckets
from sarabanwatch.store import queries, snapshots
from sarabanwatch.store.snapshots import Notice
from sarabanwatch.wiring import Components, mailing, papers
from sarabanwatch.wiring.papers import Papers

BECAME = {      # of a notice: what its mail host said, or why it was not sent
    "taken": "เครื่องแม่ข่ายรับไว้", "refusal": "ถูกปฏิเสธ", "later": "ขอให้ส่งภายหลัง",
    "lost": "ไม่แน่ชัดว่าส่งแล้ว", "doubtful": "ไม่แน่ชัดว่าส่งแล้ว",
    BARRED: "ไม่ได้รับอนุญาต เพราะตั้งค่า live = false", BEFORE: "ส่งแล้วก่อนหน้านี้ หรือไม่แน่ชัดว่าส่งแล้ว",
    OPTED_OUT: "ขอไม่รับหนังสือทางอีเมล ให้ส่งทางไปรษณีย์",
    PAUSED: "ไม่ส่ง เพราะพักการทดสอบอยู่ ดู `pause list`", WAITS: "รอ เพราะเครื่องแม่ข่ายรับครบส่วนของวันนี้แล้ว",
}
SINCE = {"mended": ("แก้ไขแล้ว", "mended"), "waits": ("ยังไม่แก้ไข อยู่ในกำหนด", "not yet, in its time"),
         "overdue": ("ยังไม่แก้ไข เกินกำหนด", "not yet, overdue"),
         "unknown": ("ยังไม่ทราบผล", "not known yet")}


@click.group()
def notice() -> None:
    """Notices to the agencies that have something to mend.

    `report render` prints them, and writes them as drafts for mail.
    """


@notice.command(epilog=options.examples(
    "notice send SNAPSHOT --by สมชาย", "notice send SNAPSHOT --by สมชาย --yes  # sends mail"))
@click.argument("snapshot", default="")
@click.option("--code", "codes", multiple=True, help="To this agency only; may be given again.")
@options.by("notice")
@click.option("--yes", is_flag=True, help="Send them. Without it, those that would go are told.")
@options.config
@options.either
@options.as_json
def send(snapshot: str, codes: tuple[str, ...], by: str, config: Path, *, yes: bool,
         as_json: bool) -> None:
    """Send the notices of SNAPSHOT by mail, each once.

    SNAPSHOT is the number of a released one; without it, the last. Notices keep the pace of their
    mail hosts; it tells beforehand how long that takes. What has no room today waits (exit code 1),
    and the same command sends it on. Agencies that mail does not reach get theirs on paper. Without
    --yes it only tells which would go.
    """
    source = papers.papers(Components(config), snapshot)
    ready = mailing.addressed(source, codes)
    if missing := set(codes) - {one.going.code for one in ready}:
        raise click.ClickException(f"no notice by mail to {', '.join(sorted(missing))}: "
                                   "not to mend, or mail does not reach it")
    if not yes:
        plan = collect(source, ready)
        options.show(plan, render_text(source, ready, plan["minutes"]), as_json=as_json)
        return
    became = Counter(asyncio.run(_send(source, ready, by, quiet=as_json)).values())
    summary = ", ".join(f"{both(BECAME[word], word)} {n:,}"
                        for word, n in sorted(became.items())) or both("ไม่มี", "none")
    options.show({"snapshot": source.kept.id, "became": became}, [summary], as_json=as_json)
    if became[WAITS]:
        if not as_json:
            click.echo(both("ที่รออยู่ให้สั่งส่งอีกครั้งในวันถัดไป",
                            "those that wait: the same command sends them on, another day"),
                       err=True)
        sys.exit(1)


def collect(source: Papers, ready: list[Addressed]) -> dict[str, Any]:
    """Return which notices would go, and how many minutes that takes at least."""
    names = _names(source)
    return {"snapshot": source.kept.id, "minutes": ceil(minutes(ready, source.components.pace)),
            "would": [{"code": one.going.code, "name": names[one.going.code],
                       "address": one.going.address} for one in ready]}


def _names(source: Papers) -> dict[str, str]:
    return {row.code: row.name for row in source.snapshot.to_mend}


def render_text(source: Papers, ready: list[Addressed], takes: int) -> Iterator[str]:
    """Yield which notices would go as lines for a person."""
    names = _names(source)
    for one in ready:
        yield (f"{one.going.code:<8} {one.going.was:<3} {line(names[one.going.code])}  "
               f"{line(one.going.address)}")
    on_paper = len(source.snapshot.to_mend) - len(ready)
    yield both(f"จะส่งทางอีเมล {len(ready):,} ฉบับ ใช้เวลาอย่างน้อย {takes:,} นาที "
               f"ต้องส่งเป็นกระดาษ {on_paper:,} ฉบับ ยังไม่ได้ส่ง หากจะส่ง ให้ระบุ --yes",
               f"{len(ready):,} would go by mail, in {takes:,} min or more; "
               f"{on_paper:,} of the snapshot would not; nothing was sent: add --yes")


async def _send(source: Papers, ready: list[Addressed], by: str, *, quiet: bool) -> dict[str, str]:
    became: dict[str, str] = {}
    async for code, word in mailing.send(source, ready, by):
        became[code] = word
        if not quiet:
            click.echo(f"{code:<8} {both(BECAME[word], word)}")
    return became


@notice.command("list", epilog=options.examples("notice list"))
@click.option("--snapshot", default="", help="Of this snapshot only.")
@options.config
@options.either
@options.as_json
def list_(snapshot: str, config: Path, *, as_json: bool) -> None:
    """List the notices that were sent, and what became of their agencies since.

    With --json: one value a line.
    """
    components = Components(config)
    days = timedelta(days=components.settings.report.deadline_days)
    now, buckets = components.clock.now(), components.groups.buckets
    with queries.asking(components.ledger_place) as db:
        wanted = snapshots.find(db, snapshot).id if snapshot else None
        found = [{**asdict(sent), "state": since(sent, now, days, buckets)}
                 for sent in snapshots.notices(db, wanted)]
    options.show_all(found, _sent, both("ยังไม่ได้ส่งหนังสือแจ้ง", "no notice was sent yet"),
                     as_json=as_json)


def _sent(found: dict[str, Any]) -> str:
    event = both(BECAME[found["event"]], found["event"])
    when = f"{found['snapshot']:>3} {column(found['at'])} {event} "
    groups = f"{found['code']:<8} {found['was']} → {found['now']:<8}"
    name = f"{line(found['name'] or '')[:60]} ({line(found['by'])})"
    return f"{when} {groups}{both(*SINCE[found['state']])}  {name}"


def since(sent: Notice, now: datetime, days: timedelta, buckets: Buckets) -> str:
    """Return what became of a notice's agency: mended, waits, overdue, or unknown."""
    if sent.now in buckets["ready"]:
        return "mended"
    if sent.now in buckets["unknown"]:
        return "unknown"
    return "overdue" if now > datetime.fromisoformat(sent.at) + days else "waits"
