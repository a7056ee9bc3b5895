"""`register check FILE`: how a register would be read, without taking it; what its sender is to be asked."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from sarabanwatch import store
from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import line

if TYPE_CHECKING:
    from sarabanwatch.core.address import Rules
    from sarabanwatch.core.judging.consequence import Consequences
    from sarabanwatch.core.register import Register
    from sarabanwatch.core.register.questions import Question

SHOWN = 40   # questions on a terminal; the rest stand in the report


@click.command(epilog=options.examples(
    "register check register.csv", "register check register.csv --out report.xlsx"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--sheet", default="",
              help="A workbook's sheet; else the first with the needed headings.")
@click.option("--out", type=click.Path(path_type=Path),
              help="Write rows, questions, sums (.xlsx) or rows alone (.csv).")
@click.option("--config", "-c", type=click.Path(path_type=Path),
              help="For headings and address rules of your own, and for the ledger; not needed.")
@options.as_json
def check(file: Path, sheet: str, out: Path | None, config: Path | None, *, as_json: bool) -> None:
    """Say how FILE would be read as a list of agencies, row by row. Nothing is taken.

    Neither configuration nor ledger is needed; with --config it also says which agencies would
    change group if the list were taken. --out writes a report for whoever sent the list: corrected
    rows, questions and sums (.xlsx), or the rows alone (.csv). Exit code 1 where a row could not be
    read.
    """
    from sarabanwatch.core.register.questions import questions
    from sarabanwatch.edge import register

    _writable(out, file)
    rules, headings = _by(config)
    read = register.load(file, sheet, headings)
    asked, ahead = list(questions(read, rules)), _ahead(config, read)
    if out:
        _write(out, read, asked)
    if as_json:
        options.say_json(plain(read, asked) | (ahead.plain if ahead else {}))
    else:
        click.echo("\n".join([*lines(file, read, asked), *(ahead.lines if ahead else ())]))
    sys.exit(1 if read.problems else 0)


class Ahead(NamedTuple):
    """What taking a list would make of agencies, for machines and for people."""

    plain: dict[str, Any]
    lines: list[str]


def _ahead(config: Path | None, read: "Register") -> Ahead | None:
    """Return what taking a list would make of agencies, where a configuration names a ledger that has some."""
    from sarabanwatch.app.foreseeing import foreseen
    from sarabanwatch.cli import moves
    from sarabanwatch.store import history, queries
    from sarabanwatch.wiring import Components

    components = Components(config) if config else None
    if components is None or not components.ledger_file.exists():
        return None
    with queries.asking(components.ledger_file) as db:
        if not history.last(db):
            return None

    judge = foreseen(components.addresses, components.policy)

    async def ask() -> "Consequences":
        with closing(components.ledger(existing=True)) as ledger:
            return await ledger.rehearse(store.register_table.foresee, read, components.addresses,
                                         components.clock.now(), judge)

    found = asyncio.run(ask())
    return Ahead(moves.plain(found, components.policy), list(moves.lines(found, components.policy)))


def plain(read: "Register", asked: Sequence["Question"]) -> dict[str, Any]:
    """Tell a reading as plain values: counts in = counts out."""
    return {
        "file": read.source, "digest": read.digest, **sums(read),
        "notes": [{"th": note.thai, "en": note.english} for note in read.notes],
        "columns": {field: heading for field, _, heading in read.columns},
        "questions": [question._asdict() for question in asked],
    }


def sums(read: "Register") -> dict[str, int]:
    """Count the rows by verdict."""
    noted = sum(bool(entry.notes) for entry in read.entries)
    return {"rows": len(read.entries) + len(read.problems),
            "as_they_stand": len(read.entries) - noted, "with_notes": noted,
            "not_taken": len(read.problems)}


THAI = {"rows": "แถวทั้งหมด", "as_they_stand": "รับตามที่เขียน", "with_notes": "รับโดยมีข้อสังเกต",
        "not_taken": "ไม่รับ"}


def lines(file: Path, read: "Register", asked: Sequence["Question"]) -> list[str]:
    """Return a reading as lines for a person, rows that were not taken first."""
    counts = "  ".join(f"{THAI[name]} {count:,}" for name, count in sums(read).items())
    english = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in sums(read).items())
    # what we can answer ourselves last
    first = sorted(asked, key=lambda question: (question.taken, bool(question.write)))
    return [
        f"{file.name}: {counts}", f"  ({english})",
        *(f"  {line(note.thai)} · {line(note.english)}" for note in read.notes),
        *(_line(file, question) for question in first[:SHOWN]),
        *([f"  ... {len(first) - SHOWN:,} more; --out REPORT.xlsx or --json has all"]
          if len(first) > SHOWN else []),
    ]


def _line(file: Path, question: "Question") -> str:
    said = " · ".join(filter(None, (line(question.thai), line(question.english))))
    instead = f"; ให้เขียนว่า (write) {question.write}" if question.write else ""
    return f"  {file.name}:{question.line}: {question.heading or 'แถว'}: {said}{instead}"


def _by(config: Path | None) -> tuple["Rules", Mapping[str, Sequence[str]]]:
    from sarabanwatch import settings
    from sarabanwatch.wiring import Components

    if config is None:
        return settings.address_rules(settings.shipped("address-rules.toml")), {}
    components = Components(config)
    return components.addresses, components.headings


def _writable(out: Path | None, file: Path) -> None:
    options.named(out, (".xlsx", ".csv"))
    if out and out.exists() and file.exists() and out.samefile(file):
        raise click.BadParameter("it is the register itself; name another file", param_hint="--out")


def _write(out: Path, read: "Register", asked: Sequence["Question"]) -> None:
    from sarabanwatch.papers import sheet

    told = [(f"{THAI[name]} ({name.replace('_', ' ')})", f"{count:,}")
            for name, count in sums(read).items()]
    told += [("ไฟล์ (file)", read.source), ("SHA-256", read.digest),
             *((note.thai, note.english) for note in read.notes)]
    options.write(out, sheet.as_csv(read) if out.suffix.lower() == ".csv"
                  else sheet.as_xlsx(read, asked, told))
