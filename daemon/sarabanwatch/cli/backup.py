"""`backup`, `restore`: what is needed to begin again on another machine, and how it is put back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from sarabanwatch import store, wiring
from sarabanwatch.cli import ledger, options
from sarabanwatch.cli import words as table
from sarabanwatch.cli.terminal import moment, octets
from sarabanwatch.wiring import backup as backups
from sarabanwatch.wiring.backup import Backup


@click.command(epilog=options.examples("backup backups --keep 14"))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--keep", type=click.IntRange(min=1),
              help="Remove all but so many of the newest backups in FOLDER.")
@click.option("--with-keys", is_flag=True,
              help="Put the secrets in as well: whoever has the backup can then write in our name.")
@options.config
@options.language
@options.as_json
def backup(folder: Path, keep: int | None, config: Path, lang: str, *, with_keys: bool,
           as_json: bool) -> None:
    """Take a backup of ledger and configuration into a new folder below FOLDER.

    It may run while the daemon does. The copy is opened again, looked through and counted before it
    is called a backup. The ledger keeps when that was, and an alert watches how long ago it is.
    """
    components, words = wiring.Components(config), table.words("backup", lang)
    made = backups.take(components, folder, keys=with_keys)
    ledger.write(components, store.copies.note, made.noted)
    gone = backups.thin_out(folder, keep) if keep else []
    if as_json:
        options.say_json({**record(made), "removed": [str(each) for each in gone]})
        return
    rows = made.contents.rows
    click.echo(words["made"].format(folder=made.folder, size=octets(made.size),
                                    letters=rows["letter"], mails=rows["mail"]))
    for each in gone:
        click.echo(words["removed"].format(each))


@click.command(
    epilog=options.examples("restore backups/2026-11-28T203000.000Z  # where a backup was taken"))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--replace", is_flag=True, help="Move a ledger that stands there aside.")
@options.config
@options.language
@options.as_json
def restore(folder: Path, config: Path, lang: str, *, replace: bool, as_json: bool) -> None:
    """Put the ledger of a backup back where the configuration wants it.

    Never under a running daemon. The configuration is left as it stands; files that differ from
    those of the backup are named. When the daemon starts, it numbers its letters on behind all that
    may have left since, takes mail in, and sends nothing until you say so (`halts list`, `halts
    lift`).
    """
    components = wiring.Components(config)
    done = backups.restore(components, folder, replace=replace)
    found = {**record(done.backup), "missing": done.missing and done.missing._asdict(),
             "moved_aside": done.aside and str(done.aside),
             "differs": backups.differing(components, done.backup)}
    if as_json:
        options.say_json(found)
        return
    for line in lines(found, table.words("backup", lang)):
        click.echo(line)


def record(found: Backup) -> dict[str, Any]:
    """Return a backup as plain values."""
    return {"folder": str(found.folder), "at": found.at.isoformat(), "version": found.version,
            "schema": found.contents.schema, "octets": found.size,
            "rows": dict(found.contents.rows)}


def lines(found: dict[str, Any], words: dict[str, str]) -> Iterator[str]:
    """Yield what `restore` did, and what is next, as lines for a person."""
    yield words["put back"].format(moment(found["at"]))
    missing = found["missing"]
    yield words["missing"].format(**missing) if missing else words["unknown"]
    if found["moved_aside"]:
        yield words["aside"].format(found["moved_aside"])
    yield from (words["differs"].format(name) for name in found["differs"])
    yield words["next"]
