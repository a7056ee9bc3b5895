"""`incidents list`, `show`, `release`: correlated outages, which hold agencies in their group.

Many agencies that would be downgraded at once may have a mail host, a superior or a province in
common. Then it is likelier that this has failed than that each of them has. An incident holds them
in their group until it is over, or until a person releases them. It likewise holds those that a
list, other rules, or mail read again would move among those to mend, where they are too many.
"""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from sarabanwatch.cli import ledger, options
from sarabanwatch.cli.terminal import line, moment
from sarabanwatch.cli.words import agencies, words
from sarabanwatch.store import incidents as table
from sarabanwatch.store import queries
from sarabanwatch.store.incidents import IncidentSummary
from sarabanwatch.store.tx import Tx
from sarabanwatch.wiring import Components

# the parts of an incident's agencies -> the words for them
PARTS = {"held": "held", "cleared": "good", "changed": "moved"}


@click.group()
def incidents() -> None:
    """Many agencies that would fall at once, held until it is over.

    They have a mail host, a superior or a province in common, or one list or rule would move them.
    """


@incidents.command("list", epilog=options.examples("incidents list", "incidents list --all"))
@click.option("--open/--all", "only_open", default=True, show_default=True,
              help="Those that hold agencies, or all there were.")
@options.config
@options.language
@options.as_json
def list_(config: Path, lang: str, *, only_open: bool, as_json: bool) -> None:
    """List the incidents, the oldest first. With --json: one value a line."""
    with queries.asking(Components(config).ledger_place) as db:
        found = [collect(each) for each in table.listed(db)
                 if not only_open or each.closed_at is None or each.held]
    for incident in found:
        options.show(incident, render_text(incident, lang), as_json=as_json)
    if not found and not as_json:
        click.echo(words("incidents", lang)["none"])


@incidents.command(epilog=options.examples("incidents show NUMBER  # where there is an incident"))
@click.argument("number", type=int)
@options.config
@options.language
@options.as_json
def show(number: int, config: Path, lang: str, *, as_json: bool) -> None:
    """Show incident NUMBER: whom it held, to which group each would go, what became of each."""
    with queries.asking(Components(config).ledger_place) as db:
        found = collect(_one(db, number))
        found["members"] = [asdict(member) for member in table.members(db, number)]
    options.show(found, render_text(found, lang), as_json=as_json)


@incidents.command(epilog=options.examples(
    "incidents release NUMBER --by สมชาย  # where there is an incident"))
@click.argument("number", type=int)
@options.by("incident")
@click.option("--note", default="", help="Why they may change group.")
@options.config
@options.language
@options.as_json
def release(number: int, by: str, note: str, config: Path, lang: str, *, as_json: bool) -> None:
    """End incident NUMBER in your name: every agency that it holds goes to its new group now."""
    components = Components(config)
    with queries.asking(components.ledger_place) as db:
        incident = _one(db, number)
    if incident.closed_at:
        raise click.ClickException(
            f"incident {number} ended {moment(incident.closed_at)}; an agency that it still holds "
            "changes group when a letter written since has failed too")
    moved = ledger.write(components, table.release, number, by, note, components.clock.now())
    with queries.asking(components.ledger_place) as db:
        held = _one(db, number).held
    w = words("incidents", lang)
    rest = f"; {held:,} {w['rest']}" if held else ""
    options.show({"incident": number, "changed": moved, "held": held, "by": by, "note": note},
                 [f"{w['incident']} {number}: {w['done']} {moved:,} {agencies(moved, lang)}{rest}"],
                 as_json=as_json)


def _one(db: Tx, number: int) -> IncidentSummary:
    found = next(table.listed(db, number), None) if number else None
    if found is None:
        raise click.ClickException(f"no incident {number}; `incidents list --all` lists them")
    return found


def collect(incident: IncidentSummary) -> dict[str, Any]:
    """Return an incident as plain values."""
    return {**asdict(incident), "held": incident.held}


def render_text(found: dict[str, Any], lang: str) -> Iterator[str]:
    """Yield an incident, with its members where they were asked for, as lines for a person."""
    w = words("incidents", lang)
    what = f"{w['incident']} {found['id']}: {w[found['scope']]} {line(found['key'])}".rstrip()
    note = f" ({line(found['note'])})" if found["note"] else ""
    yield f"{what}  {w['since']} {moment(found['opened_at'])}, {_end(found, w)}{note}"
    parts = " + ".join(f"{found[part]:,} {w[name]}" for part, name in PARTS.items())
    yield f"  {found['agencies']:,} {agencies(found['agencies'], lang)} = {parts}"
    yield from (_member(each, w) for each in found.get("members", ()))


def _end(found: dict[str, Any], w: dict[str, str]) -> str:
    if not found["closed_at"]:
        return w["open"]
    how = f"{w[found['outcome']]} {line(found['by'])}"
    return f"{w['until']} {moment(found['closed_at'])}: {how}".rstrip()


def _member(each: dict[str, Any], w: dict[str, str]) -> str:
    group = f"{each['group']} ({each['because']})"
    became = {"": f"{w['held']}; {w['would']} {group}", "cleared": w["good"],
              "changed": f"{w['is']} {group}"}
    return f"    {each['code']:<8} {line(each['name'])}: {became[each['outcome']]}"
