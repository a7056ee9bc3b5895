"""`ledger`: is it whole, how large is it and will it be; brought up to date, and taken back."""

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from sarabanwatch import store, wiring
from sarabanwatch.cli import options
from sarabanwatch.cli import words as table
from sarabanwatch.cli.terminal import moment, octets
from sarabanwatch.cli.upgrading import downgrade, migrate
from sarabanwatch.cli.words import LANGUAGES
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.retention import YearAhead, a_year_ahead
from sarabanwatch.core.room import Sample, full_at, tells
from sarabanwatch.edge import disk
from sarabanwatch.store import accounts, copies, places, queries, rights
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
    """What remembers: whether it is whole, how it grows, of which version it is, and its copies."""


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
    file = wiring.Components(config).ledger_place
    queries.there(file)
    if isinstance(file, Path):      # a server looks after its own files
        copies.checked(file)
    with queries.asking(file) as tx:
        found = accounts.disagreements(tx)
    if as_json:
        options.say_json({"file": str(file), "disagreements": found})
    elif not found:
        click.echo("ฐานข้อมูลสมบูรณ์ ข้อเท็จจริงตรงกันทั้งหมด" if lang == "th"
                   else "the ledger is whole, and its facts agree")
    else:
        for name, rows in found.items():
            rule = accounts.RULES[name]
            click.echo(f"{rule.thai if lang == 'th' else rule.english}: {rows:,}")
    if found:
        sys.exit(1)


@ledger.command(epilog=options.examples(
    "ledger copy --to copy.db", "ledger copy --from copy.db  # where ledger.url is set"))
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False),
              help="A new file, into which the ledger is copied.")
@click.option("--from", "source", type=click.Path(path_type=Path, dir_okay=False, exists=True),
              help="A ledger's file, which is copied into the database of ledger.url.")
@options.config
@options.language
@options.as_json
def copy(to: Path | None, source: Path | None, config: Path, lang: str, *, as_json: bool) -> None:
    """Copy the ledger into a file, or a file into a database that holds no ledger yet.

    Each table is counted, and its digest compared; nothing is copied where one differs. A copy
    sends nothing until you say so (`halts list`, `halts lift`): stop the daemon of the other first.
    """
    components, sentences = wiring.Components(config), table.words("ledger_copy", lang)
    place = components.ledger_place
    if to and not source:
        ends, rows = (str(place), str(to)), copies.copy(place, to).rows
    elif to or not source:
        raise click.UsageError("name either --to FILE or --from FILE")
    elif isinstance(place, Path):
        raise RequestError(f"{config}: ledger.url is empty, and a file goes into a database only; "
                           "set it, or put a backup back with `restore`")
    else:
        found = copies.put_back(source, place)
        ends, rows = (str(source), str(place)), {name: each.rows for name, each in found.items()}
    record = {"from": ends[0], "to": ends[1], "rows": sum(rows.values()),
              "letters": rows["letter"]}
    options.show(record, [sentences["done"].format(**record), sentences["next"]], as_json=as_json)


@ledger.command(epilog=options.examples(
    "ledger grant sarabanwatch --as daemon  # where ledger.url names the tables' owner",
    "ledger grant grafana --as board  # as above"))
@click.argument("role")
@click.option("--as", "kind", type=click.Choice(rights.KINDS), required=True,
              help="daemon: what it writes. page: what `page serve` shows. board: the views of "
                   "the schema sarabanwatch_public, for Grafana.")
@options.config
@options.language
@options.as_json
def grant(role: str, kind: str, config: Path, lang: str, *, as_json: bool) -> None:
    """Give a role of the ledger's server the rights that it needs, and no others.

    Run it with a ledger.url that names the role that owns the tables, and again after each `ledger
    migrate`.
    """
    place = wiring.Components(config).ledger_place
    if isinstance(place, Path):
        raise RequestError(f"{config}: ledger.url is empty, and a file has no roles: its owner and "
                           "mode say who may read it")
    with places.writing(place) as tx:
        rights.grant(tx, role, kind)
    record = {"role": role, "as": kind, "at": str(place)}
    options.show(record, [table.words("ledger_grant", lang)[kind].format(**record)],
                 as_json=as_json)


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
    place, kept = components.ledger_place, components.settings.ledger
    now = Sample(components.clock.now(), disk.free(components.ledger_file.parent))
    with queries.asking(place) as tx:
        sizes, samples = accounts.size(tx, now.at, kept.periods), store.room.samples(tx)
        on_disk = tx.extent().whole
    if isinstance(place, Path):
        on_disk = sum(each.stat().st_size for each in (place, place.with_name(f"{place.name}-wal"))
                      if each.exists())
    ahead = _ahead(sizes, now.at, components)
    full = full_at(samples, now, kept.spare)
    record = {"file": str(place), "octets": on_disk, "unused": sizes.unused,
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
