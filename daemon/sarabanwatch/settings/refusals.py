"""`config/refusals/*.toml` -> the tables by which refusals are read."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from sarabanwatch.core.facts.evidence import Reason
from sarabanwatch.core.returns.reason import SmtpStage, of
from sarabanwatch.core.returns.refusals import RefusalRow, Refusals, RefusalTable

EXAMPLE = re.compile(r"(?:(\d{3})(?= |$))? ?(?:(\d\.\d+\.\d+)(?= |$))? ?(.*)", re.DOTALL)


class BookRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[row]]`, as it is written."""

    name: str
    reason: Reason
    example: str
    phrases: str = ""
    statuses: tuple[str, ...] = ()
    codes: tuple[int, ...] = ()
    weak: bool = False
    source: str = ""


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file: the system that it speaks of, how it is known, and its rows."""

    source: str
    row: tuple[BookRow, ...]
    system: str = ""
    marks: tuple[str, ...] = ()


def book(file: File) -> RefusalTable:
    """Return a file's rows as the rules take them.

    Raise ValueError where one of them says nothing.
    """
    if bool(file.system) is not bool(file.marks):
        raise ValueError("system, marks: name both, or neither: a system is known by its marks")
    for line in file.row:
        if not (line.phrases.strip() or line.statuses or line.codes):
            raise ValueError(f"row {line.name!r}: give it phrases, statuses or codes")
    rows = (RefusalRow(line.name, line.reason, _phrases(line.phrases), line.statuses, line.codes,
                       line.weak, line.example) for line in file.row)
    return RefusalTable(file.system, file.marks, tuple(rows))


def _phrases(text: str) -> tuple[str, ...]:
    pieces = (phrase.strip().lower() for line in text.splitlines() for phrase in line.split(" | "))
    return tuple(phrase for phrase in pieces if phrase)


def idle(books: Sequence[RefusalTable]) -> Iterator[str]:
    """Yield the rows that never decide.

    Those are phrases that another row decides, and examples that are read otherwise.
    """
    table = Refusals(books)
    for each in books:
        for row in each.rows:
            where = f"{each.system or 'words'}: {row.name}"
            yield from (f"{where}: {phrase!r} is decided by {by!r}" for phrase in row.phrases
                        if (by := table.rule_for(each.system, _reply(phrase), weak=row.weak))
                        != where)
            if (read := _read(table, row.example)) is not row.reason:
                yield f"{where}: the example {row.example!r} is read as {read!r}"


def _reply(phrase: str) -> str:
    """Return the plainest text in which a phrase stands."""
    return " ".join(phrase.removesuffix("~").replace("*", " so ").split())


def _read(table: Refusals, example: str) -> Reason:
    match = EXAMPLE.match(example)
    code, status, text = match.groups("") if match else ("", "", "")
    return of(table, int(code or 0), status, text, SmtpStage.RCPT)[0]
