"""`register check FILE`: how a register would be read, and what its sender is to be asked.

Nothing is taken in.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from sarabanwatch import settings
from sarabanwatch.app.foreseeing import foreseen
from sarabanwatch.cli import ledger, moves, options
from sarabanwatch.cli.terminal import both, line
from sarabanwatch.core.address import Rules
from sarabanwatch.core.judging.consequence import Consequences
from sarabanwatch.core.register import Register
from sarabanwatch.core.register.questions import Question, questions
from sarabanwatch.edge import register
from sarabanwatch.papers import sheet as sheets
from sarabanwatch.store import history, queries, register_table
from sarabanwatch.wiring import Components

SHOWN = 40   # questions on a terminal; the rest stand in the report
NAMED = 5    # rows that are named beside the first of which the same is asked
# what to do next, by whether a row is not taken, and whether anything is asked
NEXT = {
    (True, True): ("ต้องแก้ไข {n:,} แถวที่ไม่รับก่อน แล้วตรวจอีกครั้ง",
                   "first mend the {n:,} rows that are not taken, and check again"),
    (False, True): ("นำเข้าได้ โปรดดูข้อสังเกตต่อไปนี้",
                    "it can be imported; please look at what follows"),
    (False, False): ("นำเข้าได้: register import", "it can be imported: register import"),
}
NEWLINE = "{}\n  ({})"      # how sums in both languages stand
SUMS = {"rows": "แถวทั้งหมด", "as_they_stand": "รับตามที่เขียน", "with_notes": "รับโดยมีข้อสังเกต",
        "not_taken": "ไม่รับ"}


@click.command(epilog=options.examples(
    "register check register.csv", "register check register.csv --out report.xlsx"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--sheet", default="",
              help="A workbook's sheet; else the first with the needed headings.")
@click.option("--out", type=click.Path(path_type=Path),
              help="Write rows, questions, sums (.xlsx) or rows alone (.csv).")
@click.option("--config", "-c", type=click.Path(path_type=Path),
              help="For your own headings, bound and address rules, and the ledger; not needed.")
@options.either
@options.as_json
def check(file: Path, sheet: str, out: Path | None, config: Path | None, *, as_json: bool) -> None:
    """Say how FILE would be read as a list of agencies, row by row. Nothing is taken.

    Neither configuration nor ledger is needed; with --config it also says which agencies would
    change group if the list were taken. --out writes a report for whoever sent the list: corrected
    rows, questions and sums (.xlsx), or the rows alone (.csv). Exit code 1 where a row could not be
    read.
    """
    _writable(out, file)
    components = Components(config) if config else None
    listed = components.read_register(file, sheet) if components else register.load(file, sheet)
    asked = list(questions(listed, components.addresses if components else _shipped()))
    ahead = _foreseen(components, listed) if components else None
    if out:
        _write(out, listed, asked)
    record, text = collect(listed, asked), [*render_text(file, listed, asked)]
    if components and ahead:
        record |= moves.collect(ahead, components.policy)
        text += moves.render_text(ahead, components.policy)
    options.show(record, text, as_json=as_json)
    sys.exit(1 if listed.problems else 0)


def _foreseen(components: Components, listed: Register) -> Consequences | None:
    """Return what a list would make of agencies; None where the ledger has none yet."""
    try:
        with queries.asking(components.ledger_place) as db:
            if not history.last(db):
                return None
    except queries.NoLedger:
        return None
    return ledger.rehearse(components, register_table.foresee, listed, components.addresses,
                           components.clock.now(),
                           foreseen(components.addresses, components.policy))


def collect(listed: Register, asked: Sequence[Question]) -> dict[str, Any]:
    """Return how a list was read, as plain values; every row is counted once."""
    return {
        "file": listed.source, "digest": listed.digest, **sums(listed),
        "notes": [{"th": note.thai, "en": note.english} for note in listed.notes],
        "columns": {field: heading for field, _, heading in listed.columns},
        "questions": [question._asdict() for question in asked],
    }


def sums(listed: Register) -> dict[str, int]:
    """Count the rows by what becomes of them."""
    noted = sum(bool(entry.notes) for entry in listed.entries)
    return {"rows": len(listed.entries) + len(listed.problems),
            "as_they_stand": len(listed.entries) - noted, "with_notes": noted,
            "not_taken": len(listed.problems)}


def render_text(file: Path, listed: Register, asked: Sequence[Question]) -> Iterator[str]:
    """Yield how a list was read as lines for a person, rows that are not taken first."""
    counted = sums(listed)
    thai = "  ".join(f"{SUMS[what]} {n:,}" for what, n in counted.items())
    english = ", ".join(f"{n:,} {what.replace('_', ' ')}" for what, n in counted.items())
    yield f"{file.name}: {both(thai, english, NEWLINE)}"
    todo = both(*NEXT[bool(listed.problems), bool(asked)])
    yield f"  {todo.format(n=counted['not_taken'])}"
    yield from (f"  {both(line(note.thai), line(note.english))}" for note in listed.notes)
    # what we can answer ourselves comes last
    urgent = sorted(asked, key=lambda question: (question.taken, bool(question.write)))
    groups = list(alike(urgent))
    yield from (_question(file, group) for group in groups[:SHOWN])
    if len(groups) > SHOWN:
        left = len(groups) - SHOWN
        yield "  ... " + both(f"อีก {left:,} ข้อ ดูทั้งหมดด้วย --out REPORT.xlsx หรือ --json",
                              f"{left:,} more; --out REPORT.xlsx or --json has all")


def alike(asked: Sequence[Question]) -> Iterable[list[Question]]:
    """Put questions that are the same but for their rows together, each where its first stands."""
    groups: dict[tuple[object, ...], list[Question]] = {}
    for each in asked:
        groups.setdefault((each.heading, each.thai, each.english, each.write), []).append(each)
    return groups.values()


def _question(file: Path, group: Sequence[Question]) -> str:
    question, *more = group
    thai, english = line(question.thai), line(question.english)
    text = both(thai, english) if thai and english else thai or english
    write = both("ให้เขียนว่า", "write", "{} ({})")
    instead = f"; {write} {question.write}" if question.write else ""
    rows = (f" (+{len(more):,} {both('แถว', 'rows')}: {_rows([each.line for each in more])})"
            if more else "")
    heading = question.heading or both("แถว", "row", "{0}")
    return f"  {file.name}:{question.line}{rows}: {heading}: {text}{instead}"


def _rows(lines: Sequence[int]) -> str:
    return ", ".join(map(str, lines[:NAMED])) + (" ..." if len(lines) > NAMED else "")


def _shipped() -> Rules:
    return settings.address_rules(settings.shipped("address-rules.toml"))


def _writable(out: Path | None, file: Path) -> None:
    options.named(out, (".xlsx", ".csv"))
    if out and out.exists() and file.exists() and out.samefile(file):
        raise click.BadParameter("it is the register itself; name another file", param_hint="--out")


def _write(out: Path, listed: Register, asked: Sequence[Question]) -> None:
    summary = [(f"{SUMS[what]} ({what.replace('_', ' ')})", f"{n:,}")
               for what, n in sums(listed).items()]
    summary += [("ไฟล์ (file)", listed.source), ("SHA-256", listed.digest),
                *((note.thai, note.english) for note in listed.notes)]
    as_csv = out.suffix.lower() == ".csv"
    options.write(out, sheets.as_csv(listed) if as_csv else sheets.as_xlsx(listed, asked, summary))
