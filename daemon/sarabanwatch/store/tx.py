"""A transaction of the ledger, which every function of this room takes first.

Nobody outside this room uses it. Moments are given to SQL as datetimes, and written as text that
sorts as they do (UTC, ISO 8601 with milliseconds).

There are two engines: SQLite (`store.sqlite`), which is always there, and PostgreSQL
(`store.postgres`). What the functions of this room may ask of either is `Tx`; they are written in
SQL that both understand.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, NamedTuple, Protocol, TypeVar

T = TypeVar("T")
Args = tuple[Any, ...] | Mapping[str, Any]
Rows = dict[str, list[dict[str, object]]]       # of each table, rows by column


class Touched(NamedTuple):
    """The rows that a step changed, as they were and are; of those that stay only what changed."""

    before: Rows
    after: Rows


class Extent(NamedTuple):
    """How many octets a ledger takes up, and how many of them are unused."""

    whole: int
    unused: int


class Found(Protocol):
    """The rows that a statement found."""

    def __iter__(self) -> Iterator[Any]: ...

    @property
    def get(self) -> Any:  # noqa: ANN401 - a column is what the schema says
        """The first row, or its only column; None where there is no row."""


class Tx(Protocol):
    """A connection to a ledger."""

    def execute(self, sql: str, args: Args = ..., /) -> Found:
        """Run a statement, or a script without parameters."""

    def executemany(self, sql: str, rows: Iterable[Args], /) -> object:
        """Run a statement for each of these rows."""

    def changes(self) -> int:
        """Return how many rows the last statement that could change any did."""

    def __enter__(self) -> object: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None, /) -> bool | None: ...

    @property
    def place(self) -> str:
        """Where the ledger stands, to name it to people."""

    def version(self) -> int:
        """Return the schema that the ledger says it has; 0 where it has none yet."""

    def is_foreign(self) -> bool:
        """Say whether another program's tables stand there, and not the ledger's."""

    def lay(self, lacking: Callable[[], Iterable[str]], version: int) -> None:
        """Run the scripts that a ledger lacks, all or none, and write its new version down.

        `lacking` is asked when nobody else can write.
        """

    def sound(self, seconds: float | None) -> bool:
        """Look for damage, for so many seconds at most (None: to the end).

        Return whether there was time for all of it. Raise the engine's own error where there is.
        """

    def at_one_moment(self) -> AbstractContextManager[object]:
        """Have all that is asked meanwhile as of one moment."""

    def is_passing(self, failed: Exception) -> bool:
        """Say whether a question failed for what passes: it may be asked in a new connection."""

    def written(self) -> int:
        """Return a number that is another one once anything was written by somebody else."""

    def columns(self, table: str) -> list[str]:
        """Return a table's columns, but for those that are computed."""

    def stream(self, sql: str) -> Iterator[Any]:
        """Yield the rows of a question without having all of them in memory."""

    def as_it_was(self, tables: Sequence[str]) -> AbstractContextManager[object]:
        """Take rows as they were elsewhere, in one transaction: no trigger speaks meanwhile."""

    def now(self) -> str:
        """Return the present by the wall's clock, as the ledger writes it."""

    def has(self, table: str) -> bool:
        """Say whether there is a table of this name."""

    def watched(self, step: Callable[["Tx"], T]) -> tuple[T, Touched]:
        """Run a step; return its result and what it changed. Call within a transaction."""

    def extent(self) -> Extent:
        """Measure the ledger."""

    def give_back(self, pages: int, spare: int) -> int:
        """Give at most so many unused pages back to the disk; return how many.

        Of a hundred pages `spare` stay unused, for what comes next.
        """


def stamp(moment: datetime) -> str:
    """Return a moment as the ledger writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def present(tx: Tx, at: datetime | None) -> str:
    """Return a moment as the ledger writes it; None: now, by the wall's clock."""
    return stamp(at) if at else tx.now()
