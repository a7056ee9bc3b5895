"""`ledger`: is it whole, how large is it and will it be; brought up to date, and taken back."""

import shutil
import sys
from pathlib import Path

import click

from sarabanwatch import wiring
from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import octets
from sarabanwatch.cli.upgrading import downgrade, migrate
from sarabanwatch.core.calendar import rounds_a_year
from sarabanwatch.store import accounts, copies, queries


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
    """Tell how large the ledger is, what a letter costs, and how large it will be in a year."""
    components = wiring.Components(config)
    file = components.ledger_file
    with queries.asking(file) as tx:
        sizes = accounts.size(tx)
    on_disk = sum(each.stat().st_size for each in (file, file.with_name(f"{file.name}-wal"))
                  if each.exists())
    letters = sizes.letters / sizes.rounds if sizes.rounds else 0
    year = round(sizes.a_letter * letters * rounds_a_year(components.settings.campaign.weeks))
    free = _free(file)
    record = {"file": str(file), "octets": on_disk, "unused": sizes.unused,
              "letters": sizes.letters, "octets_a_letter": sizes.a_letter,
              "letters_a_round": round(letters), "octets_a_year": year, "disk_free": free}
    if as_json:
        options.say_json(record)
        return
    for thai, english, value in (
        ("ขนาด", "size", octets(on_disk)), ("ว่างอยู่ในไฟล์", "unused within", octets(sizes.unused)),
        ("ต่อหนังสือหนึ่งฉบับ", "a letter", octets(sizes.a_letter)),
        ("เพิ่มปีละประมาณ", "grows a year by about", octets(year)),
        ("ที่ว่างในดิสก์", "free on its disk", octets(free)),
    ):
        click.echo(f"{thai if lang == 'th' else english}: {value}")


def _free(file: Path) -> int:
    return shutil.disk_usage(file.parent).free
