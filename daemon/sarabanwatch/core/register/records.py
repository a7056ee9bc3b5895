"""What reading a register gives: an entry or a problem a row, and what is to be said of the file. Says nothing of how."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sarabanwatch.core.errors import DataError
from sarabanwatch.core.facts.agency import Agency


class Unreadable(DataError):  # noqa: N818 - said of the row
    """A row, or a file, that cannot be read; carries the remedy, the field where there is one, and the same in Thai."""

    def __init__(self, problem: str, remedy: str, thai: str = "", field: str = "") -> None:
        super().__init__(f"{problem}; {remedy}")
        self.problem, self.remedy, self.thai, self.field = problem, remedy, thai, field


class Note(NamedTuple):
    """What was done to a row's cell to read it, or is odd about it; `field` as in HEADINGS, "" for the file as a whole."""

    field: str
    english: str
    thai: str


class Unread(NamedTuple):
    """Why a cell says nothing, in English and Thai."""

    english: str
    thai: str


class RowMarks(NamedTuple):
    """What a file shows of a row besides its text, by column: cells that say nothing, links, remarks (column None: the row)."""

    unread: Mapping[int, Unread] = {}
    links: Mapping[int, str] = {}
    said: tuple[tuple[int | None, str, str], ...] = ()


NO_MARKS = RowMarks()


class FileRow(NamedTuple):
    """A row of a file: its line, its cells as they stood, and as they are to be read (merged cells filled down)."""

    line: int
    raw: tuple[str, ...]
    cells: tuple[str, ...]
    filled: tuple[tuple[int, int], ...] = ()   # column, and the line from which its cell was filled
    beside: RowMarks = NO_MARKS

    @property
    def blank(self) -> bool:
        """Whether nothing stands in it."""
        return not any(cell.strip() for cell in self.raw) and not self.beside.unread


class Sheet(NamedTuple):
    """A sheet of a file; a text file has one, without a name. `unseen`: its hidden columns."""

    name: str
    hidden: bool
    rows: Iterable[FileRow]
    unseen: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Entry:
    """One readable row: its line in the file, its raw cells, the agency, and what is to be said of the reading.

    `unread`: the fields whose cells say nothing. `kept`: the row could not be read, and its agency stands as it did before.
    """

    line: int
    raw: tuple[str, ...]
    agency: Agency
    notes: tuple[Note, ...] = ()
    unread: frozenset[str] = frozenset()
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """One unreadable row: its line, its raw cells, what is wrong and what to do (also in Thai), in which field, and whose it is."""

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
    """A whole file read: rows in = entries + problems. `columns`: field, the column that it was found in, its heading."""

    source: str
    digest: str
    entries: Sequence[Entry]
    problems: Sequence[Problem]
    notes: Sequence[Note] = ()
    columns: Sequence[tuple[str, int, str]] = ()


def quoted(text: str, most: int = 60) -> str:
    """Return a cell as it is quoted in a sentence: on one line, and no longer than a sentence bears."""
    return repr(text if len(text) <= most else text[:most - 1] + "…")
