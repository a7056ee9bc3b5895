"""`agencies`: who is in the register, in which group, and since when.

As a list, or as a file that can be imported again.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from sarabanwatch.cli import options
from sarabanwatch.cli.errors import in_thai
from sarabanwatch.cli.likely import meant, near
from sarabanwatch.cli.terminal import both, day_column, day_of, line
from sarabanwatch.core.facts.agency import Agency, AgencyKind
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.page.public import why
from sarabanwatch.core.register import kind_named
from sarabanwatch.core.register.export import FIELDS, written
from sarabanwatch.core.sending.pausing import Reach
from sarabanwatch.papers import sheet
from sarabanwatch.store import pauses, queries
from sarabanwatch.store.queries import GroupedAgency
from sarabanwatch.store.tx import stamp
from sarabanwatch.wiring import Components

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
@click.option("--suspect", is_flag=True,
              help="Whose last letter failed, which is not confirmed yet: their group stays.")
@click.option("--since", type=options.Moment(ends=False),
              help="Whose group changed on this day or later.")
@options.at
@click.option("--out", type=click.Path(path_type=Path),
              help="Write them to a file, .csv, .xlsx or .json: as the register has them, with "
                   "group, reason and day.")
@options.config
@options.either
@options.as_json
def agencies(
    since: datetime | None, at: datetime | None, out: Path | None, config: Path, *, suspect: bool,
    as_json: bool, **wanted: str,
) -> None:
    """List agencies with their groups, by code. Each option narrows the list.

    --out writes a file with the register's own headings, and group, reason and day beside them. The
    whole list, imported again, changes nothing.
    """
    if at and wanted["host"]:
        raise click.BadParameter("which mail host a domain had on a past day is not kept",
                                 param_hint="--host")
    if at and suspect:
        raise click.BadParameter("who was suspected on a past day is not kept",
                                 param_hint="--suspect")
    options.named(out, FORMS)
    narrowed = {**wanted, "group": _group(wanted["group"]), "kind": _kind(wanted["kind"]),
                "since": stamp(since) if since else "", "suspect": "yes" if suspect else ""}
    found = collect(Components(config), at, narrowed)
    if out:
        options.write(out, octets(found, out.suffix.lower()))
        options.show({"file": str(out), "agencies": len(found)},
                     [f"{out}: {len(found):,} {both('หน่วยงาน', 'agencies')}"], as_json=as_json)
        return
    rows = [asdict(each.row) for each in found if each.group]
    none = "" if rows else " ".join((both("ไม่มีหน่วยงานตามที่ระบุ", "no such agency"),
                                     _hint(config, wanted))).rstrip()
    options.show_all(rows, render_text, none, as_json=as_json)


def collect(components: Components, at: datetime | None,
            narrowed: dict[str, str]) -> list[GroupedAgency]:
    """Return the agencies that all these options select, as of today or of a past day."""
    with queries.asking(components.ledger_place) as db:
        if at is None:
            return list(queries.held(db, **narrowed))
        past = options.passed(at, components.clock.now())
        return list(queries.held_at(db, past, **narrowed))


def render_text(row: dict[str, Any]) -> str:
    """Return an agency as one line: group, code, since which day, name, declared address."""
    return (f"{row['group']:<7} {row['code']:<8} {day_column(row['since'])}  "
            f"{line(row['name'])}  {line(row['cell'])}")


def octets(found: Sequence[GroupedAgency], form: str) -> bytes:
    """Return agencies as a file; a CSV or XLSX of the whole register can be imported again."""
    if form == ".json":
        rows = [_plain(each) for each in found]
        return json.dumps(rows, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"
    return sheet.listed(_beside(found), workbook=form == ".xlsx")


def _beside(found: Iterable[GroupedAgency]) -> Iterator[tuple[Agency, tuple[str, ...]]]:
    """Yield agencies with what stands beside them: group, why in Thai, since which day."""
    for each in found:
        if each.group:
            since = day_of(each.since).isoformat() if each.since else ""
            yield each.agency, (each.group, why(each.because)[0], since)
        else:
            yield each.agency, ("", SUCCEEDED, "")


def _plain(each: GroupedAgency) -> dict[str, object]:
    thai, english = why(each.because)
    return {**dict(zip(FIELDS, written(each.agency), strict=True)), "group": each.group,
            "because": english, "because_th": thai,
            "since": each.since and each.since.isoformat()}


def _hint(config: Path, wanted: dict[str, str]) -> str:
    """Return the names that are like a ministry or a province that no agency has."""
    with queries.asking(Components(config).ledger_place) as db:
        for level in (Reach.MINISTRY, Reach.PROVINCE):
            name, known = wanted[level], pauses.known(db, level)
            if name and not any(name in each for each in known):
                hint = meant(near(name, known))
                return both(in_thai(hint), hint) if hint else ""
    return ""


def _group(wanted: str) -> str:
    known = [group.value for group in Group]
    if wanted and wanted not in known:
        raise click.BadParameter(f"{wanted!r} is no group; use one of {', '.join(known)}",
                                 param_hint="--group")
    return wanted


def _kind(wanted: str) -> str:
    kind = kind_named(wanted)
    if wanted and kind is None:
        raise click.BadParameter(f"{wanted!r} is no kind; use one of {', '.join(AgencyKind)}",
                                 param_hint="--kind")
    return kind or ""
