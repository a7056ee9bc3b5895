"""`agencies`: who is in the register, in which group, and since when; as a list, or as a file that can be imported again."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import line

if TYPE_CHECKING:
    from sarabanwatch.store.queries import GroupedAgency

FORMS = (".csv", ".xlsx", ".json")
SUCCEEDED = "มีหน่วยงานใหม่แทนแล้ว"


@click.command(epilog=options.examples(
    "agencies --group D2",
    "agencies --province นนทบุรี --kind เทศบาลตำบล",
    "agencies --out all.xlsx"))
@click.option("--group", default="", help="One group only: A1 .. W, unknown, exempt.")
@click.option("--ministry", default="", help="Under this ministry, or a part of its name.")
@click.option("--province", default="", help="In this province.")
@click.option("--kind", default="",
              help="Of this kind, as the register has it, or its short form (อบต.).")
@click.option("--host", default="", help="Whose mail goes to this mail host first.")
@click.option(
    "--suspect",
    is_flag=True,
    help="Whose last letter failed, which is not confirmed yet; they stand where they stood.",
)
@click.option("--since", type=options.Moment(ends=False),
              help="Whose group turned on this day or later.")
@options.at
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write them to a file, .csv, .xlsx or .json: as the register has them, with group, reason and day.",
)
@options.config
@options.as_json
def agencies(
    since: datetime | None, at: datetime | None, out: Path | None, config: Path, *, suspect: bool,
    as_json: bool, **wanted: str,
) -> None:
    """List agencies with their groups, by code. Each option narrows the list.

    --out writes a file with the register's own headings, and group, reason and day beside them. The
    whole list, imported again, changes nothing.
    """
    from sarabanwatch import wiring
    from sarabanwatch.store import queries

    if at and wanted["host"]:
        raise click.BadParameter("which mail host a domain had on a past day is not kept",
                                 param_hint="--host")
    if at and suspect:
        raise click.BadParameter("who was suspected on a past day is not kept",
                                 param_hint="--suspect")
    options.named(out, FORMS)
    narrowed = {**wanted, "group": _group(wanted["group"]), "kind": _kind(wanted["kind"]),
                "since": _stamped(since),
                "suspect": "yes" if suspect else ""}
    components = wiring.Components(config)
    with queries.asking(components.ledger_file) as db:
        found = list(queries.held_at(db, options.passed(at, components.clock.now()), **narrowed)
                     if at else
                     queries.held(db, **narrowed))
    if out:
        options.write(out, octets(found, out.suffix.lower()))
        _say_written(out, len(found), as_json=as_json)
    else:
        _say(found, as_json=as_json)


def _say(found: Iterable["GroupedAgency"], *, as_json: bool) -> None:
    from dataclasses import asdict

    for row in (each.row for each in found if each.group):
        if as_json:
            options.say_json(asdict(row))
        else:
            click.echo(f"{row.group:<7} {row.code:<8} {line(row.name)}  {line(row.cell)}")


def _say_written(out: Path, number: int, *, as_json: bool) -> None:
    if as_json:
        options.say_json({"file": str(out), "agencies": number})
    else:
        click.echo(f"{out}: {number:,} หน่วยงาน · agencies")


def octets(found: Sequence["GroupedAgency"], form: str) -> bytes:
    """Return agencies as a file; a CSV or XLSX of all that the register has is read again as the same register."""
    from sarabanwatch.papers import sheet

    if form == ".json":
        return json.dumps([_plain(each) for each in found], ensure_ascii=False,
                          indent=1).encode("utf-8", "replace") + b"\n"
    return sheet.listed(_beside(found), workbook=form == ".xlsx")


def _beside(found: Iterable["GroupedAgency"]) -> Iterable[tuple[Any, tuple[str, ...]]]:
    """Yield agencies with what stands beside them: group, why in Thai, since which day."""
    from sarabanwatch.core.calendar import BANGKOK
    from sarabanwatch.core.page.public import why

    for each in found:
        day = each.since.astimezone(BANGKOK).date().isoformat() if each.since else ""
        yield each.agency, (each.group, why(each.because)[0], day) if each.group else ("",
                                                                                       SUCCEEDED,
                                                                                       "")


def _plain(each: "GroupedAgency") -> dict[str, object]:
    from sarabanwatch.core.page.public import why
    from sarabanwatch.core.register.export import FIELDS, written

    thai, english = why(each.because)
    return {**dict(zip(FIELDS, written(each.agency), strict=True)), "group": each.group,
            "because": english, "because_th": thai,
            "since": each.since and each.since.isoformat()}


def _group(wanted: str) -> str:
    from sarabanwatch.core.judging.group import Group

    known = [group.value for group in Group]
    if wanted and wanted not in known:
        raise click.BadParameter(f"{wanted!r} is no group; use one of {', '.join(known)}",
                                 param_hint="--group")
    return wanted


def _kind(wanted: str) -> str:
    from sarabanwatch.core.facts.agency import AgencyKind
    from sarabanwatch.core.register import kind_named

    kind = kind_named(wanted)
    if wanted and kind is None:
        raise click.BadParameter(f"{wanted!r} is no kind; use one of {', '.join(AgencyKind)}",
                                 param_hint="--kind")
    return kind or ""


def _stamped(since: datetime | None) -> str:
    """Return a moment as the ledger writes it."""
    from sarabanwatch.store.tx import stamp

    return stamp(since) if since else ""
