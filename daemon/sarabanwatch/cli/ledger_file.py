"""`ledger`: is it whole, how large is it and will it be; brought up to date, and taken back."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from sarabanwatch import store, wiring
from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import moment, octets
from sarabanwatch.cli.upgrading import downgrade, migrate
from sarabanwatch.core.calendar import rounds_a_year
from sarabanwatch.core.retention import kept_in_a_year
from sarabanwatch.core.room import Sample, full_at
from sarabanwatch.edge import disk
from sarabanwatch.store import accounts, copies, queries

SIZES = {
    "octets": ("ขนาด", "size"),
    "unused": ("ว่างอยู่ในไฟล์", "unused within"),
    "octets_a_letter": ("ต่อหนังสือหนึ่งฉบับ", "a letter"),
    "octets_a_year": ("ข้อมูลเข้าปีละประมาณ", "comes in a year, about"),
    "octets_in_a_year": ("ขนาดในอีกหนึ่งปีประมาณ", "in a year it holds about"),
    "disk_free": ("ที่ว่างในดิสก์", "free on its disk"),
}


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

    Also when sending will stop for want of room on its disk, by how that filled in two weeks.
    """
    components = wiring.Components(config)
    file, kept = components.ledger_file, components.settings.ledger
    now = Sample(components.clock.now(), disk.free(file.parent))
    with queries.asking(file) as tx:
        sizes, samples = accounts.size(tx), store.room.samples(tx)
    on_disk = sum(each.stat().st_size for each in (file, file.with_name(f"{file.name}-wal"))
                  if each.exists())
    a_round = sizes.letters / sizes.rounds if sizes.rounds else 0
    a_year = a_round * rounds_a_year(components.settings.campaign.weeks)
    record = {"file": str(file), "octets": on_disk, "unused": sizes.unused,
              "letters": sizes.letters, "octets_a_letter": sizes.a_letter,
              "letters_a_round": round(a_round),
              "octets_a_year": round(sizes.a_letter * a_year),
              "octets_in_a_year": _in_a_year(sizes, a_year, kept.mail_days), "disk_free": now.free,
              "full_at": full_at(samples, now, kept.spare)}
    options.show(record, render_text(record, lang), as_json=as_json)


def render_text(record: dict[str, Any], lang: str) -> Iterator[str]:
    """Yield the size of a ledger, as `ledger size` finds it, as lines for a person."""
    for name, (thai, english) in SIZES.items():
        yield f"{thai if lang == 'th' else english}: {octets(record[name])}"
    if record["full_at"]:
        thai, english = "ดิสก์จะไม่พอให้ส่งหนังสือเมื่อประมาณ", "too little room to send from about"
        yield f"{thai if lang == 'th' else english}: {moment(record['full_at'].isoformat())}"


def _in_a_year(sizes: accounts.Size, a_year: float, mail_days: float) -> int:
    """Return how many octets a ledger will hold in a year, in which so many letters leave."""
    used = sizes.a_letter * sizes.letters
    words = sizes.words / sizes.letters * a_year if sizes.letters else 0
    facts = used - sizes.words + sizes.a_letter * a_year - words
    return round(facts + kept_in_a_year(sizes.words, words, mail_days))
