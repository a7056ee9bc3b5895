"""`halts list`, `halts lift`: no letter leaves while our own ledger or clock is in doubt."""

import sys
from pathlib import Path
from typing import Any

import click

from sarabanwatch.cli import ledger, options
from sarabanwatch.cli.errors import in_language
from sarabanwatch.cli.terminal import line, moment
from sarabanwatch.cli.words import words
from sarabanwatch.core.sending.halt import Halt
from sarabanwatch.store import halts as table
from sarabanwatch.store import queries
from sarabanwatch.wiring import Components


@click.group()
def halts() -> None:
    """While our own ledger or clock is in doubt, no letter leaves and no window ends.

    Mail is still taken in.
    """


@halts.command("list", epilog=options.examples("halts list"))
@click.option("--all", "every", is_flag=True, help="Those that were lifted, too.")
@options.config
@options.language
@options.as_json
def list_(config: Path, lang: str, *, every: bool, as_json: bool) -> None:
    """List what is in doubt, and since when.

    With --json: one value a line. Exit code 1 while anything is halted.
    """
    with queries.asking(Components(config).ledger_place) as db:
        found = [collect(halt) for halt in table.listed(db) if every or halt.lifted_at is None]
    for halt in found:
        options.show(halt, render_text(halt, lang), as_json=as_json)
    if not found and not as_json:
        click.echo(words("halts", lang)["none"])
    if any(halt["lifted_at"] is None for halt in found):
        sys.exit(1)


def collect(halt: Halt) -> dict[str, Any]:
    """Return a halt as plain values."""
    return {"halt": halt.number, "why": halt.why, "since": halt.since.isoformat(),
            "detail": halt.detail,
            "lifted_at": halt.lifted_at.isoformat() if halt.lifted_at else None,
            "by": halt.by, "note": halt.note}


def render_text(halt: dict[str, Any], lang: str) -> list[str]:
    """Return a halt as lines for a person; of one that is in force also what ends it."""
    w = words("halts", lang)
    since = f"{w['halted']} {moment(halt['since'])}: {line(in_language(lang, halt['detail']))}"
    stands = f"{halt['halt']}  {w[halt['why']]}; {since}"
    if halt["lifted_at"] is None:
        return [stands, "   " + w[f"next {halt['why']}"].format(**halt)]
    by = f"{w['by']} {line(halt['by']) or w['itself']} {line(halt['note'])}".rstrip()
    return [f"{stands}; {w['lifted']} {moment(halt['lifted_at'])} {by}"]


@halts.command(epilog=options.examples("halts lift NUMBER --by สมชาย  # where something is halted"))
@click.argument("number", type=int)
@options.by("halt")
@click.option("--note", default="", help="What you found.")
@options.config
@options.language
@options.as_json
def lift(number: int, by: str, note: str, config: Path, lang: str, *, as_json: bool) -> None:
    """Let letters leave again: say that the doubt NUMBER is settled.

    A restored ledger does not know the letters that left after the copy was made; their agencies
    may be written to again. Wait two working days, until the windows that were open then are over,
    or wait for the next round. A halt for the clock: say that the clock is right now.
    """
    components = Components(config)
    ledger.write(components, table.lift, number, by, note.strip(), components.clock.now())
    options.show({"halt": number, "lifted": True}, [words("halts", lang)["done"]], as_json=as_json)
