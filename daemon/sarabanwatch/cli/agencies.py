"""`agencies`: who is in the register, in which group, and since when."""

from datetime import datetime
from pathlib import Path

import click

from sarabanwatch.cli import options


@click.command()
@click.option("--group", default="", help="One group only: A1 .. W, unknown, exempt.")
@click.option("--ministry", default="", help="Under this ministry, or a part of its name.")
@click.option("--province", default="", help="In this province.")
@click.option("--kind", default="", help="Of this kind, as the register has it, or its short form (อบต.).")
@click.option("--host", default="", help="Whose mail goes to this mail host first.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Whose group turned on this day or later.")
@options.config
@options.as_json
def agencies(since: datetime | None, config: Path, *, as_json: bool, **wanted: str) -> None:
    """List agencies with their groups, by code. Each option narrows the list down further."""
    from dataclasses import asdict

    from sarabanwatch import wiring
    from sarabanwatch.edge.ledger import questions

    narrowed = {**wanted, "group": _group(wanted["group"]), "kind": _kind(wanted["kind"]), "since": _day(since)}
    with questions.asking(wiring.Plant(config).ledger_file) as db:
        for row in questions.listed(db, **narrowed):
            if as_json:
                options.say_json(asdict(row))
            else:
                click.echo(f"{row.group:<7} {row.code:<8} {row.name}  {' '.join(row.cell.split())}")


def _group(wanted: str) -> str:
    from sarabanwatch.core.group import Group

    known = [group.value for group in Group]
    if wanted and wanted not in known:
        raise click.BadParameter(f"{wanted!r} is no group; use one of {', '.join(known)}", param_hint="--group")
    return wanted


def _kind(wanted: str) -> str:
    from sarabanwatch.core.agency import Kind
    from sarabanwatch.core.register import kind_named

    kind = kind_named(wanted)
    if wanted and kind is None:
        raise click.BadParameter(f"{wanted!r} is no kind; use one of {', '.join(Kind)}", param_hint="--kind")
    return kind or ""


def _day(since: datetime | None) -> str:
    """Return the beginning of a day in Bangkok as the ledger writes moments."""
    from sarabanwatch.core.calendar import BANGKOK
    from sarabanwatch.edge.ledger.rows import stamp

    return stamp(since.replace(tzinfo=BANGKOK)) if since else ""
