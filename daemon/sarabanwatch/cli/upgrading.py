"""`ledger migrate`, `ledger downgrade`: to the schema of this version, and back."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from sarabanwatch import wiring
from sarabanwatch.cli import options
from sarabanwatch.cli import words as table
from sarabanwatch.core.errors import RequestError
from sarabanwatch.store import places, queries, schema, upgrade
from sarabanwatch.store.lock import keeping
from sarabanwatch.store.upgrade import EarlierCopy


@click.command(epilog=options.examples("ledger migrate"))
@options.config
@options.language
@options.as_json
def migrate(config: Path, lang: str, *, as_json: bool) -> None:
    """Bring the ledger of an older version up to date, as the daemon's start does.

    The ledger is copied first, beside itself, and the copy is checked. Never under a running
    daemon. On a server nothing is copied: take a dump of the database first.
    """
    components, words = wiring.Components(config), table.words("upgrade", lang)
    place = components.ledger_place
    if not isinstance(place, Path):
        with places.writing(place) as tx:
            schema.migrate(tx)
        options.show({"file": str(place), "was": None, "now": schema.newest(), "copy": None},
                     [words["on a server"].format(place, schema.newest())], as_json=as_json)
        return
    queries.there(place)
    with keeping(place):
        done = upgrade.bring_up(place, components.clock.now())
    record = {"file": str(place), "was": done.was if done else schema.newest(),
              "now": schema.newest(), "copy": str(done.copy) if done else None}
    sentence = words["migrated" if done else "nothing"].format(**record)
    options.show(record, [sentence], as_json=as_json)


@click.command(epilog=options.examples("ledger downgrade --yes  # where a copy was taken"))
@click.option("--yes", is_flag=True,
              help="Do it, whatever is lost. Without: only show, and on a terminal ask.")
@options.config
@options.language
@options.as_json
def downgrade(config: Path, lang: str, *, yes: bool, as_json: bool) -> None:
    """Go back to the copy of the ledger that was taken before it was brought up to date.

    Never under a running daemon. What was written since is not in the copy; it is counted first.
    The ledger that stands is moved aside. Then install the older version, and start it: it sends
    nothing until you say so (`halts list`, `halts lift`), for it cannot know which letters left.
    """
    components, words = wiring.Components(config), table.words("upgrade", lang)
    file = components.ledger_place
    if not isinstance(file, Path):
        raise RequestError(f"{file}: on a server nothing stands beside the ledger to go back to: "
                           "put a dump back (pg_restore), or a backup (`restore`)")
    queries.there(file)
    with keeping(file):
        back = upgrade.earlier_copy(file)
        found = collect(back)
        if not as_json:
            click.echo("\n".join(render_text(found, words)))
        asked = sys.stdin.isatty() and sys.stdout.isatty() and not as_json
        if not (yes or (asked and click.confirm(words["go on"]))):
            raise RequestError("nothing was changed; to do it, say --yes")
        aside = upgrade.go_back(file, back, components.clock.now())
    found["moved_aside"] = str(aside)
    options.show(found, [words["done"].format(**found), words["next"]], as_json=as_json)


def collect(back: EarlierCopy) -> dict[str, Any]:
    """Return a copy to go back to, and what would be lost, as plain values."""
    return {"copy": str(back.copy), "schema": back.contents.schema, "commits": back.commits,
            "lost": {name: rows for name, rows in back.rows.items() if rows}}


def render_text(found: dict[str, Any], words: dict[str, str]) -> Iterator[str]:
    """Yield the same as lines for a person."""
    yield words["copy"].format(**found)
    yield words["lost" if found["commits"] else "none lost"].format(**found)
    yield from (f"  {name}: {rows:,}" for name, rows in found["lost"].items())
