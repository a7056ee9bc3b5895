"""The ledger's first engine, SQLite (apsw): what differs from PostgreSQL (`store.postgres`)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

import apsw

from sarabanwatch.store.soundness import looked_through
from sarabanwatch.store.tx import Extent, Rows, Touched, Tx, stamp

T = TypeVar("T")
FOREIGN = """
    SELECT count(*) > 0 AND total(name = 'letter') = 0 FROM sqlite_schema
    WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^'
"""


def bind(_cursor: apsw.Cursor, number: int, value: object) -> str:
    """Return what stands in SQL for a value of a type that SQLite does not know.

    Raise TypeError for anything but a datetime.
    """
    if isinstance(value, datetime):
        return stamp(value)
    raise TypeError(f"value {number} of a query is a {type(value).__name__}, "
                    "which the ledger has no column for")


def engine() -> str:
    """Return the version of the SQLite that keeps the ledger: the one that apsw brings along."""
    return apsw.sqlite_lib_version()


class Connection(apsw.Connection):
    """A connection to a ledger's file, which answers as a Tx does."""

    def __init__(self, filename: str, flags: int = (
            apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)) -> None:
        super().__init__(filename, flags=flags)
        # a plan holds for all values: else SQLite plans most questions anew each time they are
        # asked, which takes many times as long as to answer them
        self.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
        self.convert_binding = bind

    @property
    def place(self) -> str:
        """The file."""
        return self.filename

    def version(self) -> int:
        """Return the schema that the file says it has; 0 where it has none yet."""
        return int(self.pragma("user_version"))

    def is_foreign(self) -> bool:
        """Say whether another program's tables stand there, and not the ledger's."""
        return bool(self.execute(FOREIGN).get)

    def lay(self, lacking: Callable[[], Iterable[str]], version: int) -> None:
        """Run the scripts that a ledger lacks, all or none, and write its new version down."""
        self.transaction_mode = "IMMEDIATE"
        with self:
            for script in lacking():
                self.execute(script)
            self.pragma("user_version", version)

    def sound(self, seconds: float | None) -> bool:
        """Look through the file for damage; raise apsw.CorruptError (`store.soundness`)."""
        return looked_through(self, seconds)

    def now(self) -> str:
        """Return the present by the wall's clock, as the ledger writes it."""
        return str(self.execute("SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')").get)

    def has(self, table: str) -> bool:
        """Say whether there is a table of this name."""
        return self.table_exists(None, table)

    def watched(self, step: Callable[[Tx], T]) -> tuple[T, Touched]:
        """Run a step; return its result and what it changed. Call within a transaction.

        SQLite's session extension tells every row that a transaction changed.
        """
        session = apsw.Session(self, "main")
        try:
            session.attach()
            return step(self), self._touched(session.changeset())
        finally:
            session.close()

    def extent(self) -> Extent:
        """Measure the ledger's file."""
        page = self.pragma("page_size")
        return Extent(self.pragma("page_count") * page, self.pragma("freelist_count") * page)

    def give_back(self, pages: int, spare: int) -> int:
        """Give at most so many unused pages back to the disk; return how many.

        Of a hundred pages `spare` stay unused. None are given back where the file was made before
        it could be done.
        """
        free, whole = self.pragma("freelist_count"), self.pragma("page_count")
        surplus = min(pages, free - whole * spare // 100)
        if surplus <= 0 or not self.pragma("auto_vacuum"):
            return 0
        self.execute(f"PRAGMA incremental_vacuum({surplus})").fetchall()
        return int(whole - self.pragma("page_count"))

    def columns(self, table: str) -> list[str]:
        """Return a table's columns, but for those that are computed."""
        return [name for name, in self.execute("SELECT name FROM pragma_table_info(?)", (table,))]

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a question without having all of them in memory."""
        yield from self.execute(sql)

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """Have all that is asked meanwhile as of one moment."""
        with self:
            yield

    def is_passing(self, failed: Exception) -> bool:
        """Return False: a file stands as long as its machine does."""
        del failed
        return False

    def written(self) -> int:
        """Return a number that is another one once anything was written by somebody else."""
        return int(self.pragma("data_version"))

    @contextmanager
    def as_it_was(self, tables: Sequence[str]) -> Iterator[None]:
        """Take rows as they were elsewhere, in one transaction: no trigger speaks meanwhile."""
        del tables
        with self:
            triggers = list(self.execute(
                "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"))
            for name, _ in triggers:
                self.execute(f"DROP TRIGGER {name}")
            yield
            for _, sql in triggers:
                self.execute(sql)

    def _touched(self, changeset: bytes) -> Touched:
        found = Touched({}, {})
        for change in apsw.Changeset.iter(changeset):
            names = self.columns(change.name)
            keys = {names[n]: _key(change, n) for n in change.pk_columns}
            for rows, values in zip(found, (change.old, change.new), strict=True):
                _add(rows, change.name, keys, names, values)
        return found



def _add(rows: Rows, table: str, keys: dict[str, object], names: list[str],
         values: tuple[object, ...] | None) -> None:
    if values is not None:
        rows.setdefault(table, []).append(keys | {
            name: value for name, value in zip(names, values, strict=True)
            if value is not apsw.no_change})


def _key(change: apsw.TableChange, column: int) -> object:
    values = change.new if change.old is None else change.old
    return values[column] if values else None
