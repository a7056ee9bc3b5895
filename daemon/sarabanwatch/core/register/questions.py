"""What the sender of a register is asked: rows not taken, rows interpreted, addresses to correct.

Each question names row and field, what stands there, what is wrong with it and, where that can be
derived, what to write.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sarabanwatch.core.address import CellFinding, Rules, judge, suggestion
from sarabanwatch.core.register.headings import HEADINGS
from sarabanwatch.core.register.records import Entry, Problem, Register


class Question(NamedTuple):
    """One question. `taken` says whether the row is in the register all the same."""

    line: int
    taken: bool
    code: str
    name: str
    heading: str
    cell: str
    english: str
    thai: str
    write: str = ""


def questions(register: Register, rules: Rules) -> Iterator[Question]:
    """Yield the questions on a register, row by row."""
    places = {field: column for field, column, _ in register.columns}
    for row in in_order(register):
        if isinstance(row, Problem):
            yield _of_problem(row, places)
        else:
            yield from _of_notes(row, places)
            yield from _of_address(row, rules)


def in_order(register: Register) -> list[Entry | Problem]:
    """Return every row of a register in the order of the file."""
    return sorted((*register.entries, *register.problems), key=lambda row: row.line)


def cell(raw: tuple[str, ...], column: int | None) -> str:
    """Return a cell of a row, "" where the row has no such column."""
    return raw[column] if column is not None and column < len(raw) else ""


def _of_problem(row: Problem, places: dict[str, int]) -> Question:
    heading, stands = _where(row.field), cell(row.raw, places.get(row.field))
    code, name = (cell(row.raw, places.get(field)) for field in ("code", "name"))
    return Question(row.line, False, code, name, heading, stands, f"{row.problem}; {row.remedy}",
                    row.thai)


def _of_notes(row: Entry, places: dict[str, int]) -> Iterator[Question]:
    for note in row.notes:
        yield Question(row.line, True, row.agency.code, row.agency.name, _where(note.field),
                       cell(row.raw, places.get(note.field)), note.english, note.thai)


def _of_address(row: Entry, rules: Rules) -> Iterator[Question]:
    agency = row.agency
    judged = judge(agency, rules)
    if judged.finding is CellFinding.RIGHT or "cell" in agency.unread:
        return
    first = judged.broken[0]
    yield Question(row.line, True, agency.code, agency.name, _where("cell"), agency.cell,
                   first.advice, first.thai, suggestion(agency, rules))


def _where(field: str) -> str:
    return HEADINGS[field][0] if field else ""
