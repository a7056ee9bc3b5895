"""`ledger`: is it whole, how large is it and will it be; brought up to date, and taken back."""

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from sarabanwatch import store, wiring
from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import moment, octets
from sarabanwatch.cli.upgrading import downgrade, migrate
from sarabanwatch.cli.words import LANGUAGES
from sarabanwatch.core.retention import YearAhead, a_year_ahead
from sarabanwatch.core.room import Sample, full_at, tells
from sarabanwatch.edge import disk
from sarabanwatch.store import accounts, copies, queries
from sarabanwatch.wiring import Components

SIZES = {
    "octets": ("ขนาด", "size"),
    "unused": ("ว่างอยู่ในไฟล์", "unused within"),
    "octets_a_letter": ("ต่อหนังสือหนึ่งฉบับ", "a letter"),
    "octets_a_year": ("ข้อมูลเข้าปีละประมาณ", "comes in a year, about"),
    "octets_in_a_year": ("ขนาดในอีกหนึ่งปีประมาณ", "in a year it holds about"),
    "disk_free": ("ที่ว่างในดิสก์", "free on its disk"),
}
TOO_EARLY = ("ยังไม่ทราบ จนกว่าจะครบหนึ่งรอบ", "not known yet, before a whole round")
FULL = ("ดิสก์จะไม่พอให้ส่งหนังสือเมื่อประมาณ {} (อีก {:,} วัน)",
        "too little room to send from about {} (in {:,} days)")
AS_EVER = ("ดิสก์ไม่ได้เต็มขึ้นในสองสัปดาห์ที่ผ่านมา", "its disk did not fill in the last two weeks")
TOO_SHORT = ("ยังไม่ทราบว่าดิสก์จะเต็มเมื่อใด จนกว่าจะครบหนึ่งวัน",
             "when its disk will be full is not known yet, before a day of looking")


@click.group()
def ledger() -> None:
    """The file that remembers: whether it is whole, how it grows, of which version it is."""


ledger.add_command(migrate)
ledger.add_command(downgrade)


@ledger.command(epilog=options.examples("ledger check", "ledger check --json"))
@options.config
@options.language
@options.as_json
def check(config: Path, lang: str, *, as_json: bool) -> None:
    """Look through all of the ledger: its pages, and whether its facts agree with one another.

    It may run while the daemon does. Exit code 1 where facts disagree, 78 where the file is
    damaged.
    """
    file = wiring.Components(config).ledger_file
    queries.there(file)
    copies.checked(file)
    with queries.asking(file) as tx:
        found = accounts.disagreements(tx)
    if as_json:
        options.say_json({"file": str(file), "disagreements": found})
    elif not found:
        click.echo("สมุดบันทึกสมบูรณ์ ข้อเท็จจริงตรงกันทั้งหมด" if lang == "th"
                   else "the ledger is whole, and its facts agree")
    else:
        for name, rows in found.items():
            rule = accounts.RULES[name]
            click.echo(f"{rule.thai if lang == 'th' else rule.english}: {rows:,}")
    if found:
        sys.exit(1)


@ledger.command(epilog=options.examples("ledger size", "ledger size --json"))
@options.config
@options.language
@options.as_json
def size(config: Path, lang: str, *, as_json: bool) -> None:
    """Tell how large the ledger is, and how large it will be in a year, by what is let go.

    Also in how many days sending will stop for want of room on its disk, by how that filled in two
    weeks. Where there is too little history to tell (less than a round, or than a day), that is
    said.
    """
    components = wiring.Components(config)
    file, kept = components.ledger_file, components.settings.ledger
    now = Sample(components.clock.now(), disk.free(file.parent))
    with queries.asking(file) as tx:
        sizes, samples = accounts.size(tx, now.at, kept.periods), store.room.samples(tx)
    on_disk = sum(each.stat().st_size for each in (file, file.with_name(f"{file.name}-wal"))
                  if each.exists())
    ahead = _ahead(sizes, now.at, components)
    full = full_at(samples, now, kept.spare)
    record = {"file": str(file), "octets": on_disk, "unused": sizes.unused,
              "letters": sizes.letters, "octets_a_letter": sizes.a_letter,
              "octets_kept_for_a_time": {kind: held.kept for kind, held in sizes.kept.items()},
              "octets_a_year": ahead and round(ahead.comes),
              "octets_in_a_year": ahead and round(ahead.held), "disk_free": now.free,
              "disk_known": tells(samples, now), "full_at": full,
              "days_left": (full - now.at).days if full else None}
    options.show(record, render_text(record, lang), as_json=as_json)


def render_text(record: dict[str, Any], lang: str) -> Iterator[str]:
    """Yield the size of a ledger, as `ledger size` finds it, as lines for a person."""
    column = LANGUAGES.index(lang)
    for name, words in SIZES.items():
        known = record[name] is not None
        yield f"{words[column]}: {octets(record[name]) if known else TOO_EARLY[column]}"
    if record["full_at"]:
        yield FULL[column].format(moment(record["full_at"].isoformat()), record["days_left"])
    else:
        yield (AS_EVER if record["disk_known"] else TOO_SHORT)[column]


def _ahead(sizes: accounts.Size, now: datetime, components: Components) -> YearAhead | None:
    """Return what the next year will bring; None before one round of history."""
    history = now - sizes.first if sizes.first else timedelta()
    if history < components.policy.campaign.timetable.length:
        return None
    return a_year_ahead(sizes.facts, sizes.kept, history, components.settings.ledger.periods)
