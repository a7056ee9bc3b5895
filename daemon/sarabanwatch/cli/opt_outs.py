"""`opt-outs add`, `list`, `end`: agencies that asked for no test letters.

A person records each, in that person's name.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click

from sarabanwatch.cli import ledger, options, which
from sarabanwatch.cli.terminal import day, line
from sarabanwatch.cli.words import words
from sarabanwatch.store import opt_outs as table
from sarabanwatch.store import queries
from sarabanwatch.wiring import Components


@click.group("opt-outs")
def opt_outs() -> None:
    """Agencies that asked to be left alone: no test letter goes to them."""


@opt_outs.command(epilog=options.examples(
    'opt-outs add AGENCY --by สมชาย --why "telephone, 3 March" --until 2569-12-31'))
@click.argument("agency")
@click.option("--until", type=options.DayParam(),
              help="The last day on which it is left alone; else until it is ended.")
@options.why("Who asked, when, in which mail.")
@options.by("opt-out")
@options.config
@options.language
@options.as_json
def add(agency: str, until: date | None, config: Path, lang: str, *, why: str, by: str,
        as_json: bool) -> None:
    """Send no more test letters to AGENCY (its code, or a part of its name).

    A letter that waits for it is not sent.
    """
    components, code, name = _meant(config, agency)
    today = components.clock.now().date()
    if until and until < today:
        raise click.BadParameter(f"{until} is over; today is {today}", param_hint="--until")
    ledger.write(components, table.add, code, until, by, why, components.clock.now())
    options.show({"code": code, "left_alone": True}, _done("added", code, name, lang),
                 as_json=as_json)


@opt_outs.command(epilog=options.examples(
    'opt-outs end AGENCY --by สมชาย --why "telephone, 9 March"'))
@click.argument("agency")
@options.why("Who asked for letters again.")
@options.by("opt-out")
@options.config
@options.language
@options.as_json
def end(agency: str, why: str, by: str, config: Path, lang: str, *, as_json: bool) -> None:
    """End the opt-out of AGENCY: test letters go to it again."""
    components, code, name = _meant(config, agency)
    ledger.write(components, table.end, code, by, why, components.clock.now())
    options.show({"code": code, "left_alone": False}, _done("again", code, name, lang),
                 as_json=as_json)


@opt_outs.command("list", epilog=options.examples("opt-outs list"))
@click.option("--all", "ended", is_flag=True, help="Those that have ended, too.")
@options.config
@options.language
@options.as_json
def list_(config: Path, lang: str, *, ended: bool, as_json: bool) -> None:
    """List the opt-outs in force. With --json: one value a line."""
    with queries.asking(Components(config).ledger_place) as db:
        found = [asdict(each) for each in table.listed(db, ended=ended)]
    for each in found:
        options.show(each, [render_text(each, lang)], as_json=as_json)
    if not found and not as_json:
        click.echo(words("opt_outs", lang)["none"])


def render_text(found: dict[str, Any], lang: str) -> str:
    """Return an opt-out as a line for a person."""
    w = words("opt_outs", lang)
    whose = f"{line(found['code'])}  {line(found['name'])}"
    span = f"{w['since']} {day(found['at'])} {w['until']} {day(found['until']) or w['open']}"
    kept = f"{whose}  {span}, {w['by']} {line(found['by'])}: {line(found['why'])}"
    if not found["ended_at"]:
        return kept
    by = f"{line(found['ended_by'])} ({line(found['ended_why'])})"
    return f"{kept}; {w['ended']} {day(found['ended_at'])} {by}"


def _meant(config: Path, agency: str) -> tuple[Components, str, str]:
    components = Components(config)
    with queries.asking(components.ledger_place) as db:
        found = which.one(db, agency)
    return components, found.code, found.name


def _done(became: str, code: str, name: str, lang: str) -> Iterable[str]:
    return [f"{words('opt_outs', lang)[became]} {line(name)} ({line(code)})"]
