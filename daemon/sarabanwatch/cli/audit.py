"""`audit list`, `audit verify`: what people did, and whether anybody changed that afterwards."""

import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import click

from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import column, line, moment, short
from sarabanwatch.cli.words import words
from sarabanwatch.core.facts.act import AuditEntry, compared
from sarabanwatch.store import acts, copies, queries
from sarabanwatch.store.tx import Tx
from sarabanwatch.wiring import Components
from sarabanwatch.wiring import backup as backups

SHOWN = 20      # acts of each side that are shown where chains part


@click.group()
def audit() -> None:
    """Every act of a person: who, when, what, why, before and after; in a chain of digests."""


@audit.command("list", epilog=options.examples("audit list", "audit list --last 5 --whole"))
@click.option("--last", type=click.IntRange(min=1), help="Only so many, the newest.")
@click.option("--whole", is_flag=True, help="What each changed as well, before and after.")
@options.config
@options.language
@options.as_json
def list_(config: Path, lang: str, last: int | None, *, whole: bool, as_json: bool) -> None:
    """List the acts, the oldest first. With --json: one value a line.

    The user is the operating system's. A name behind it was given with --by, and proves nothing.
    """
    with queries.asking(Components(config).ledger_place) as db:
        skipped = max(0, acts.head(db)[0] - last) if last else 0
        found = [collect(act) for act in islice(acts.listed(db), skipped, None)]
    for each in found:
        options.show(each, render_text(each, lang, whole=whole), as_json=as_json)
    if not found and not as_json:
        click.echo(words("audit", lang)["none"])


def collect(act: AuditEntry) -> dict[str, Any]:
    """Return an act as plain values."""
    return {"act": act.number, "at": act.at, "user": act.actor.who, "named": act.actor.named,
            "what": act.actor.what, "given": json.loads(act.actor.given), "why": act.actor.why,
            "before": json.loads(act.before), "after": json.loads(act.after),
            "digest": act.digest}


def render_text(act: dict[str, Any], lang: str, *, whole: bool) -> Iterator[str]:
    """Yield an act as lines for a person."""
    w = words("audit", lang)
    named = f" ({w['named']}: {line(act['named'])})" if act["named"] else ""
    given = " ".join(f"{name}={line(str(value))}" for name, value in act["given"].items())
    head = f"{act['act']:>5}  {column(act['at'])}  {act['user']}{named}: {act['what']} {given}"
    yield "; ".join(filter(None, (head.rstrip(), line(act["why"]))))
    for name in ("before", "after") if whole else ():
        yield f"       {w[name]}: {line(json.dumps(act[name], ensure_ascii=False))}"


@audit.command(epilog=options.examples(
    "audit verify", "audit verify --head DIGEST   # of a backup, or of the log",
    "audit verify --against backups/2026-11-28T203000.000Z  # where a backup was taken"))
@click.option("--head", default="", metavar="DIGEST", help=(
    "A digest that the chain must hold, or 12 digits or more of its beginning: `head` in a "
    "backup's manifest.json, or in a line `acts` of the log. Without it a chain that was rewritten "
    "to its end passes."))
@click.option("--against", "folder", type=click.Path(path_type=Path, file_okay=False, exists=True),
              help="A backup: each act that it holds must stand in the chain. It is checked first.")
@options.config
@options.language
@options.as_json
def verify(head: str, folder: Path | None, config: Path, lang: str, *, as_json: bool) -> None:
    """Say whether the chain of acts holds, and whether it still has all that a backup has.

    Exit code 1 where it does not, with the first break, or with the acts that are missing.
    """
    with queries.asking(Components(config).ledger_place) as db:
        broken, (count, last) = acts.verified(db, head.strip()), acts.head(db)
        against = _against(db, folder) if folder else None
    record = {"acts": count, "head": last, "broken": broken and broken._asdict(),
              "against": against}
    options.show(record, _verified(record, lang), as_json=as_json)
    if broken or (against and against["missing"]):
        sys.exit(1)


def _against(db: Tx, folder: Path) -> dict[str, Any]:
    """Hold the chain against a backup's; return how far they agree, and how each goes on."""
    backup = backups.read(folder)
    found = compared(list(acts.listed(db)), copies.acts_in(folder / backups.LEDGER))
    return {"backup": str(folder), "at": backup.at.isoformat(), "shared": found.shared,
            "missing": [collect(act) for act in found.there],
            "instead": [collect(act) for act in found.here]}


def _verified(record: dict[str, Any], lang: str) -> Iterator[str]:
    """Yield what was found of the chain as lines for a person."""
    w, broken, against = words("audit", lang), record["broken"], record["against"]
    yield (w["broken"].format(**broken) if broken
           else w["holds"].format(count=record["acts"], head=short(record["head"] or "") or "-"))
    if not against:
        return
    figures = {"at": moment(against["at"]), "shared": against["shared"],
               "missing": len(against["missing"]), "since": len(against["instead"])}
    if not against["missing"]:
        yield w["against"].format(**figures)
        return
    yield w["missing"].format(**figures)
    for act in against["missing"][:SHOWN]:
        yield from render_text(act, lang, whole=False)
    if against["instead"]:
        yield w["others"].format(**figures)
    for act in against["instead"][:SHOWN]:
        yield from render_text(act, lang, whole=False)
