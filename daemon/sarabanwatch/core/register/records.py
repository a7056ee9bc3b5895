"""What reading a register gives: an entry or a problem for each row, and notes on the file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sarabanwatch.core.errors import DataError
from sarabanwatch.core.facts.agency import Agency

ROWS_AT_MOST = 200_000      # of a file, where the configuration names no other bound


class Unreadable(DataError):  # noqa: N818 - said of the row
    """A row or file that cannot be read: the problem, the remedy, both in Thai, the field."""

    def __init__(self, problem: str, remedy: str, thai: str = "", field: str = "") -> None:
        super().__init__(f"{problem}; {remedy}", thai)
        self.problem, self.remedy, self.field = problem, remedy, field


class Note(NamedTuple):
    """How a cell was read, or what is odd about it; `field` is "" for the whole file."""

    field: str
    english: str
    thai: str


class Unread(NamedTuple):
    """Why a cell says nothing, in English and Thai."""

    english: str
    thai: str


class RowMarks(NamedTuple):
    """What a file shows of a row besides its text, by column: unread cells, links, remarks.

    A remark is (column, English, Thai); the column is None where it is on the whole row.
    """

    unread: Mapping[int, Unread] = {}
    links: Mapping[int, str] = {}
    remarks: tuple[tuple[int | None, str, str], ...] = ()


NO_MARKS = RowMarks()


class FileRow(NamedTuple):
    """A row of a file: its line, its cells as they stood, and with merged cells filled down."""

    line: int
    raw: tuple[str, ...]
    cells: tuple[str, ...]
    filled: tuple[tuple[int, int], ...] = ()   # column, and the line from which its cell was filled
    marks: RowMarks = NO_MARKS

    @property
    def blank(self) -> bool:
        """Whether it is empty."""
        return not any(cell.strip() for cell in self.raw) and not self.marks.unread


class Sheet(NamedTuple):
    """A sheet of a file; a text file has one, without a name. `unseen` are its hidden columns."""

    name: str
    hidden: bool
    rows: Iterable[FileRow]
    unseen: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Entry:
    """One row that was read: its line in the file, its raw cells, the agency, and notes.

    `unread`: the fields whose cells could not be read. `kept`: the whole row could not be read, and
    its agency stays as it was.
    """

    line: int
    raw: tuple[str, ...]
    agency: Agency
    notes: tuple[Note, ...] = ()
    unread: frozenset[str] = frozenset()
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """One row that could not be read: its line, its raw cells, what is wrong and what to do.

    `thai` says both in Thai; `field` is where it is wrong; `code` and `name` as far as they were
    read.
    """

    line: int
    raw: tuple[str, ...]
    problem: str
    remedy: str
    thai: str = ""
    field: str = ""
    code: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Register:
    """A whole file that was read: as many rows as entries and problems.

    `columns`: for each field the column that it was found in, and its heading.
    """

    source: str
    digest: str
    entries: Sequence[Entry]
    problems: Sequence[Problem]
    notes: Sequence[Note] = ()
    columns: Sequence[tuple[str, int, str]] = ()


def quoted(text: str, most: int = 60) -> str:
    """Return a cell as it is quoted in a sentence: in quotation marks and not too long."""
    return repr(text if len(text) <= most else text[:most - 1] + "…")
