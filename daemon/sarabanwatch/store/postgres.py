"""The ledger's second engine, PostgreSQL 15 or newer (psycopg): what differs from SQLite.

The functions of this room are written in SQL that both engines understand, and take a `Tx`. Here
stands a session with a server that answers as a Tx does; how the schema and the statements read for
it is told by `store.dialect`. Nothing imports this file unless a ledger stands on a server.

What PostgreSQL gives back otherwise is read as SQLite gives it: truth values as 1 and 0, sums as
integers. A text that holds NUL, which PostgreSQL cannot store, is written with U+FFFD.

Values are put into a statement by the client (ClientCursor), as literals: their types are then
found as the statement needs them, as SQLite does.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from types import TracebackType
from typing import Any, Self, TypeVar

import psycopg
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.types.string import StrDumper

from sarabanwatch.store import touched
from sarabanwatch.store.dialect import script, translated
from sarabanwatch.store.tx import Args, Extent, Touched, Tx, stamp

T = TypeVar("T")

SESSIONS = "sarabanwatch"       # what a session of ours is called on the server
AT_ONCE = 500           # statements of one kind that travel together
CHANGES = ("INSERT", "UPDATE", "DELETE")
# A server that says nothing more is given up within a minute; of several the one that takes writes.
REACHED = {"connect_timeout": 10, "keepalives_idle": 10, "keepalives_interval": 5,
           "keepalives_count": 3, "tcp_user_timeout": 30_000, "client_encoding": "UTF8",
           "target_session_attrs": "read-write"}
# A commit that was answered is on the disk, whatever the server's own setting says.
DURABLE = """
    SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') = 'off'
"""
LAYING = 0x5A7ABA17     # the lock of those who make tables
ENGINE = """
    CREATE TABLE IF NOT EXISTS engine (version bigint NOT NULL, stood text NOT NULL);
    INSERT INTO engine SELECT 0, '' WHERE NOT EXISTS (SELECT 1 FROM engine);
    CREATE TABLE IF NOT EXISTS writer (
        name text PRIMARY KEY, number bigint NOT NULL, at text NOT NULL
    );
    CREATE TABLE IF NOT EXISTS lease (
        fence bigint NOT NULL, holder text NOT NULL, since text NOT NULL,
        renewed timestamptz NOT NULL
    );
    INSERT INTO lease SELECT 0, '', '', now() WHERE NOT EXISTS (SELECT 1 FROM lease);
"""
FOREIGN = """
    SELECT count(*) > 0 AND count(*) FILTER (WHERE tablename IN ('letter', 'engine')) = 0
    FROM pg_tables WHERE schemaname = current_schema()
"""
NOW = """
    SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') || '+00:00'
"""
EXTENT = """
    SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)
    FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
"""
COLUMNS = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    ORDER BY attnum
"""
NUMBERED = """
    SELECT attrelid::regclass::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND attidentity <> ''
"""
# The server is starting, ending, or only follows another one by now.
AWAY = (psycopg.errors.AdminShutdown, psycopg.errors.CrashShutdown, psycopg.errors.CannotConnectNow,
        psycopg.errors.ReadOnlySqlTransaction)


class _Text(StrDumper):
    """A text; NUL, which PostgreSQL cannot store, is written as U+FFFD."""

    def dump(self, obj: str) -> Any:  # noqa: ANN401 - as its base has it
        return super().dump(obj.replace("\0", "\N{REPLACEMENT CHARACTER}"))


class _Moment(StrDumper):
    """A moment, as the ledger writes it."""

    def dump(self, obj: Any) -> Any:  # noqa: ANN401 - as its base has it
        return super().dump(stamp(obj))


class _YesOrNo(Loader):
    """A truth value as 1 or 0."""

    def load(self, data: Any) -> int:  # noqa: ANN401 - a buffer
        return int(bytes(data) == b"t")


class _Whole(Loader):
    """A sum, which is an integer in every question of this room."""

    def load(self, data: Any) -> int:  # noqa: ANN401 - a buffer
        return int(bytes(data))


class FetchedRows:
    """The rows that a statement found."""

    def __init__(self, rows: Sequence[tuple[Any, ...]]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._rows)

    @property
    def get(self) -> Any:  # noqa: ANN401 - a column is what the schema says
        """The first row, or its only column; None where there is no row."""
        first = next(iter(self._rows), None)
        return first[0] if first and len(first) == 1 else first


class ServerSession:
    """One session with a server, which answers as a Tx does."""

    def __init__(self, url: str, name: str = SESSIONS, *, to_read: bool = False) -> None:
        given: dict[str, Any] = REACHED | conninfo_to_dict(url) | {"application_name": name}
        if to_read:
            given["target_session_attrs"] = "any"
        db = psycopg.connect(make_conninfo(**given), autocommit=True)
        db.adapters.register_dumper(str, _Text)
        db.adapters.register_dumper(datetime, _Moment)
        db.adapters.register_loader("bool", _YesOrNo)
        db.adapters.register_loader("numeric", _Whole)
        self.connection, self._cursor = db, psycopg.ClientCursor(db)
        self._changed, self._open = 0, list[str]()      # savepoints that are open
        self.execute("SET default_transaction_read_only = on" if to_read else DURABLE)

    @property
    def place(self) -> str:
        """The server and the database, without a password."""
        info = self.connection.info
        return f"{info.dbname} on {info.host}:{info.port}"

    def execute(self, sql: str, args: Args = (), /) -> FetchedRows:
        """Run a statement, or a script without parameters."""
        done = self._cursor.execute(translated(sql) if args else sql, args or None)
        if (done.statusmessage or "").startswith(CHANGES):
            self._changed = done.rowcount
        return FetchedRows(done.fetchall() if done.description else ())

    def executemany(self, sql: str, rows: Iterable[Args], /) -> None:
        """Run a statement for each of these rows; many travel together."""
        wanted, waiting = translated(sql), iter(rows)
        while batch := [self._cursor.mogrify(wanted, row) for row in islice(waiting, AT_ONCE)]:
            self._changed = self._cursor.execute(";\n".join(batch).encode()).rowcount

    def changes(self) -> int:
        """Return how many rows the last statement that could change any did."""
        return self._changed

    def last_insert_rowid(self) -> int:
        """Return the number that was given to the last row."""
        return int(self.execute("SELECT lastval()").get)

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction has begun, and can go on."""
        return self.connection.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS

    def __enter__(self) -> Self:
        """Begin a transaction, or a savepoint of the one that has begun."""
        name = f"s{len(self._open)}" if self.in_transaction else ""
        self.execute(f"SAVEPOINT {name}" if name else "BEGIN")
        self._open.append(name)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None, /) -> None:
        """Keep what was done since, or undo it after an error."""
        name = self._open.pop()
        if not name:
            self.execute("ROLLBACK" if kind else "COMMIT")
        elif kind:
            self.execute(f"ROLLBACK TO SAVEPOINT {name}; RELEASE SAVEPOINT {name}")
        else:
            self.execute(f"RELEASE SAVEPOINT {name}")

    def close(self) -> None:
        """End the session."""
        self.connection.close()

    def columns(self, table: str) -> list[str]:
        """Return a table's columns, but for those that are computed."""
        return [name for name, in self.execute(COLUMNS, (table,))]

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a question without having all of them in memory."""
        yield from psycopg.ClientCursor(self.connection).stream(sql.encode())

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """Have all that is asked meanwhile as of one moment."""
        with self:
            self.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield

    def written(self) -> int:
        """Return a number that is another one once anything was written by somebody else."""
        return int(self.execute("SELECT tick FROM commits").get)

    @contextmanager
    def as_it_was(self, tables: Sequence[str]) -> Iterator[None]:
        """Take rows as they were elsewhere, in one transaction: no trigger speaks meanwhile.

        Numbers that are given later go on behind those of these rows.
        """
        with self:
            for name in tables:
                self.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
            yield
            for name in tables:
                self.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
            for name, in self.execute(NUMBERED):
                self.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), "
                             f"(SELECT max(id) FROM {name}))")
            self.execute("UPDATE engine SET stood = 'a copy'")     # a new epoch (store.server)

    def version(self) -> int:
        """Return the schema that the ledger says it has; 0 where it has none yet."""
        return int(self.execute("SELECT version FROM engine").get) if self.has("engine") else 0

    def is_foreign(self) -> bool:
        """Say whether another program's tables stand there, and not the ledger's."""
        return bool(self.execute(FOREIGN).get)

    def lay(self, lacking: Callable[[], Iterable[str]], version: int) -> None:
        """Run the scripts that a ledger lacks, all or none, and write its new version down."""
        with self:
            self.execute("SELECT pg_advisory_xact_lock(?)", (LAYING,))
            self.execute(ENGINE)
            for each in lacking():
                self.execute(script(each))
            self.execute(touched.TRIGGERS)
            self.execute("UPDATE engine SET version = ?", (version,))

    def sound(self, seconds: float | None) -> bool:
        """Return True: the server looks after its own files, and tells of damage where it reads."""
        del seconds
        return True

    def now(self) -> str:
        """Return the present by the server's clock, as the ledger writes it."""
        return str(self.execute(NOW).get)

    def has(self, table: str) -> bool:
        """Say whether there is a table of this name."""
        return bool(self.execute("SELECT to_regclass(?) IS NOT NULL", (table,)).get)

    def watched(self, step: Callable[[Tx], T]) -> tuple[T, Touched]:
        """Run a step; return its result and what it changed. Call within a transaction."""
        touched.begin(self)
        return step(self), touched.end(self)

    def extent(self) -> Extent:
        """Measure the ledger's tables and indexes."""
        return Extent(int(self.execute(EXTENT).get), 0)

    def give_back(self, pages: int, spare: int) -> int:
        """Return 0: the server's own vacuum does it."""
        del pages, spare
        return 0


def is_away(failed: psycopg.Error, session: ServerSession) -> bool:
    """Say whether an error tells that the server went away, which is temporary."""
    return session.connection.broken or isinstance(failed, AWAY)


def reported(failed: Exception) -> str:
    """Return in a line what went wrong at the ledger's server, and what to see to."""
    why = " ".join(str(failed).split())
    if isinstance(failed, psycopg.OperationalError) and failed.sqlstate is None:
        return (f"the ledger's server does not answer, or does not let us in ({why}); see that it "
                "runs, and that ledger.url and ledger.password_file are right")
    return (f"the ledger's server refused what was asked of it ({why}); see to the server, "
            "then start again")
