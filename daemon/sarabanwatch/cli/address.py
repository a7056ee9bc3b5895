"""`address check`: a list of declared addresses in; for each, a finding and a suggestion out."""

import csv
import io
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from sarabanwatch import settings
from sarabanwatch.cli import options, thai
from sarabanwatch.cli.terminal import both, line
from sarabanwatch.core.address import CellFinding, JudgedCell, Rules, judge, suggestion
from sarabanwatch.core.facts.agency import Agency, AgencyKind
from sarabanwatch.core.register import Unreadable, headings, kind_named, kinds
from sarabanwatch.core.register import cells as typed
from sarabanwatch.wiring import Components

LARGEST = 64 * 2**20   # octets of input
NEEDED = {"name": "agency", "kind": "kind", "cell": "cell"}
REMEDY = "give CSV with the heading agency,kind,cell and, where known, code"
NAMES = {   # how names of a kind begin, for rows whose kind says nothing
    "องค์การบริหารส่วนจังหวัด": AgencyKind.PAO,
    "อบจ": AgencyKind.PAO,
    "เทศบาลนคร": AgencyKind.CITY,
    "เทศบาลเมือง": AgencyKind.TOWN,
    "เทศบาล": AgencyKind.SUBDISTRICT,
    "องค์การบริหารส่วนตำบล": AgencyKind.SAO,
    "อบต": AgencyKind.SAO,
    "อปท": AgencyKind.SAO,
    "เมืองพัทยา": AgencyKind.PATTAYA,
    "จังหวัด": AgencyKind.PROVINCE,
}
LOCAL_OF_SOME_KIND = frozenset({"localgovernment", "อปท", "องค์กรปกครองส่วนท้องถิ่น"})
THAI = thai.TABLES[CellFinding]


class CheckedCell(NamedTuple):
    """One row of the list: the agency as far as it is known, and its cell judged."""

    agency: Agency
    judged: JudgedCell
    suggestion: str


@click.group()
def address() -> None:
    """Declared addresses, compared with what the Regulation asks."""


@address.command(epilog=options.examples("address check < list.csv"))
@click.option("--config", "-c", type=click.Path(path_type=Path),
              help="For address rules of your own; not needed.")
@options.either
@options.as_json
def check(config: Path | None, *, as_json: bool) -> None:
    """Judge declared addresses: read a CSV list from standard input, print one line for each row.

    The list has the columns agency, kind and cell, and code where it is known. A line says what was
    found, what to mend, and what to write instead. Needs no configuration.
    """
    if sys.stdin.isatty():
        raise click.UsageError("give a CSV list on stdin: sarabanwatch address check < LIST.csv")
    rows = list(collect(list(read(sys.stdin.buffer.read(LARGEST + 1))), _rules(config)))
    if as_json:
        click.echo("".join(f"{options.json_line(plain(row))}\n" for row in rows), nl=False)
    else:
        click.echo("\n".join(render_text(rows)))


def _rules(config: Path | None) -> Rules:
    if config is None:
        return settings.address_rules(settings.shipped("address-rules.toml"))
    return Components(config).addresses


def collect(agencies: Sequence[Agency], rules: Rules) -> Iterator[CheckedCell]:
    """Yield each agency with its address judged, and what to write instead."""
    for agency in agencies:
        found = judge(agency, rules)
        yield CheckedCell(agency, found, suggestion(agency, rules, found))


def read(raw: bytes) -> Iterator[Agency]:
    """Yield one agency for each row.

    Raise Unreadable, which names line and remedy, where the list cannot be read.
    """
    csv.field_size_limit(LARGEST)
    reader = csv.reader(io.StringIO(_text(raw), newline=""), strict=True)
    try:
        heading = next((row for row in reader if any(cell.strip() for cell in row)), None)
        if heading is None:
            raise Unreadable("the list is empty", REMEDY)
        where = _columns(heading)
        yield from (_agency(_fitted(row, where, len(heading), reader.line_num)) for row in reader
                    if row)
    except csv.Error as error:
        raise Unreadable(f"line {reader.line_num}: {error}",
                         "close every quotation mark, and double one inside a cell") from None


def _text(raw: bytes) -> str:
    if len(raw) > LARGEST:
        raise Unreadable(f"the list is larger than {LARGEST // 2**20} MiB", "give it in parts")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line_number = raw[: error.start].count(b"\n") + 1
        raise Unreadable(f"line {line_number}: not UTF-8", "save the list as CSV UTF-8") from None


def _columns(heading: Sequence[str]) -> dict[str, int]:
    where = headings.found(heading, {"cell": ("cell",)})
    if missing := [column for field, column in NEEDED.items() if field not in where]:
        raise Unreadable(f"no column {', '.join(missing)} in the heading", REMEDY)
    return where


def _fitted(row: list[str], where: dict[str, int], width: int, number: int) -> dict[str, str]:
    """Return a row by field. Where the cell is the last column, unquoted commas belong to it."""
    if len(row) > width and where["cell"] == width - 1:
        row = [*row[: width - 1], ",".join(row[width - 1:])]
    if any(cell.strip() for cell in row[width:]):
        raise Unreadable(f"line {number}: {len(row)} cells under {width} headings",
                         "put cells with commas in quotation marks")
    return {field: row[i] if i < len(row) else "" for field, i in where.items()}


def _agency(cells: dict[str, str]) -> Agency:
    try:
        code, _ = typed.code(cells.get("code", ""), "code")
    except Unreadable:     # a spreadsheet has cut digits off: the code is not known
        code = ""
    return Agency(code, typed.tidy(cells["name"]),
                  kind_of(typed.tidy(cells["kind"]), typed.tidy(cells["name"])),
                  typed.tidy(cells.get("province", "")), typed.tidy(cells.get("superior", "")),
                  cell=cells["cell"])


def kind_of(label: str, name: str) -> AgencyKind:
    """Return the kind of a label, else the one that the name begins with, else OTHER."""
    if (kind := kind_named(label)) is not None:
        return kind
    begins = name.replace(" ", "")
    some = AgencyKind.SAO if kinds.bare(label) in LOCAL_OF_SOME_KIND else AgencyKind.OTHER
    return next((kind for head, kind in NAMES.items() if begins.startswith(head)), some)


def plain(row: CheckedCell) -> dict[str, Any]:
    """Return one row as plain values."""
    judged = row.judged
    return {"cell": judged.cell, "finding": judged.finding, "addresses": judged.addresses,
            "rules": [requirement.name for requirement in judged.broken],
            "suggestion": row.suggestion or None}


def render_text(rows: Sequence[CheckedCell]) -> Iterator[str]:
    """Yield a list as lines for a person: what is not right, with what to mend; the sums last."""
    for number, row in enumerate(rows, start=1):
        if row.judged.broken:
            yield from _row(number, row)
    counted = Counter(row.judged.finding for row in rows)
    sums = (both(f"{THAI[finding]} {counted[finding]:,}", f"{counted[finding]:,} {finding}",
                 f"{{0}} ({finding})") for finding in CellFinding)
    yield f"{len(rows):,} {both('แถว', 'rows', '{} ({})')}: " + ", ".join(sums)


def _row(number: int, row: CheckedCell) -> Iterator[str]:
    finding, cell = row.judged.finding, line(row.judged.cell) or "-"
    held = both(THAI[finding], finding, "{} ({})")
    yield f"{number:>6}  {held}  {line(row.agency.name)}: {cell}"
    for requirement in row.judged.broken:
        yield (f"        - {both(requirement.thai, requirement.advice)} "
               f"[{requirement.name}; {requirement.source}]")
    if row.suggestion:
        yield f"        = {both('ให้เขียนว่า', 'write instead', '{} ({})')}: {row.suggestion}"
