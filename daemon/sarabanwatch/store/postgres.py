"""The ledger's second engine, PostgreSQL 15 or newer (psycopg): what differs from SQLite.

The functions of this room are written in SQL that both engines understand, and take a `Tx`. Here
stands a session with a server that answers as a Tx does; how the schema and the statements read for
it is told by `store.dialect`. Nothing imports this file unless a ledger stands on a server.

Values are put into a statement by the client (ClientCursor), as literals: their types are then
found as the statement needs them, as SQLite does.

A message to the server and back costs far more than most statements do. So within a transaction a
statement that changes rows waits until the next question, or the end of its savepoint, and travels
with that in one message: an error is still one of the savepoint in which it was asked for.
"""

import os
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sarabanwatch.store import touched
from sarabanwatch.store.adapters import adapt
from sarabanwatch.store.dialect import script, translated
from sarabanwatch.store.failures import is_away
from sarabanwatch.store.tx import Args, Extent, Touched, Tx

T = TypeVar("T")

SESSIONS = "sarabanwatch"       # what a session of ours is called on the server
AT_ONCE = 500           # statements that travel together, at most
LARGE = 100_000         # characters of a statement that is sent at once
CHANGES = ("INSERT", "UPDATE", "DELETE")
# A server that says nothing more is given up within half the time that a lease lasts, and gives us
# up as soon, with the locks that we hold; of several the one that takes writes.
REACHED = {"connect_timeout": 5, "keepalives_idle": 5, "keepalives_interval": 5,
           "keepalives_count": 2, "tcp_user_timeout": 15_000, "client_encoding": "UTF8",
           "target_session_attrs": "read-write"}
GIVES_UP = ("SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 5; "
            "SET tcp_keepalives_count = 2; SET tcp_user_timeout = 15000;")
# Rows that were just written by the thousand are not counted yet: the server takes them for few,
# and would hold each of a table against each of another. It counts them within minutes by itself;
# without this, what it has begun by then takes hours.
UNCOUNTED = "SET enable_material = off;"
# To compile a statement takes a server a tenth of a second and more; to answer it mostly less.
UNCOMPILED = "SET jit = off;"
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
        adapt(db)
        self.connection, self._cursor = db, psycopg.ClientCursor(db)
        self._changed, self._points = 0, 0
        self._open = list[str]()        # savepoints that are open, "" for the transaction
        self._ahead = list[str]()       # statements that are sent with the next one
        try:
            self.execute(GIVES_UP + UNCOUNTED + UNCOMPILED + (
                "SET default_transaction_read_only = on" if to_read else DURABLE))
        except BaseException:
            db.close()
            raise

    @property
    def place(self) -> str:
        """The server and the database, without a password."""
        info = self.connection.info
        return f"{info.dbname} on {info.host}:{info.port}"

    def execute(self, sql: str, args: Args = (), /) -> FetchedRows:
        """Run a statement, or a script without parameters; of a script the last rows count."""
        wanted = self._cursor.mogrify(translated(sql), args) if args else sql
        if self._open and sql.lstrip().startswith(CHANGES) and "RETURNING" not in sql:
            self._add(wanted)
            return FetchedRows(())
        return self._send(wanted)

    def executemany(self, sql: str, rows: Iterable[Args], /) -> None:
        """Run a statement for each of these rows."""
        wanted = translated(sql)
        for row in rows:
            self._add(self._cursor.mogrify(wanted, row))
        if not self._open:
            self._flush()

    def ahead(self, sql: str, args: Args = (), /) -> None:
        """Run a statement with the next one, in one message."""
        self._ahead.append(self._cursor.mogrify(translated(sql), args))

    def _add(self, wanted: str) -> None:
        self._ahead.append(wanted)
        if len(self._ahead) >= AT_ONCE or len(wanted) > LARGE:
            self._flush()

    def _flush(self) -> None:
        if self._ahead:
            self._send(self._ahead.pop())

    def _send(self, wanted: str) -> FetchedRows:
        """Send a statement, after those that wait, and return its rows."""
        whole = "\n;".join([*self._ahead, wanted])      # one may end in a comment
        self._ahead.clear()
        done = self._cursor.execute(whole.encode())
        self._count(done)
        while done.nextset():
            self._count(done)
        return FetchedRows(done.fetchall() if done.description else ())

    def _count(self, done: psycopg.ClientCursor[Any]) -> None:
        if (done.statusmessage or "").startswith(CHANGES):
            self._changed = done.rowcount

    def changes(self) -> int:
        """Return how many rows the last statement that could change any did."""
        self._flush()
        return self._changed

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction has begun, and can go on."""
        return self.connection.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS

    def __enter__(self) -> Self:
        """Begin a transaction, or a savepoint of the one that has begun."""
        # A name of its own: one that was never made is then never taken for another.
        self._points += 1
        name = f"s{self._points}" if self.in_transaction else ""
        if name:
            self._ahead.append(f"SAVEPOINT {name}")
        else:
            self._send("BEGIN")
        self._open.append(name)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None, /) -> None:
        """Keep what was done since, or undo it after an error."""
        name = self._open.pop()
        if kind:
            self._drop(name)
            return
        try:
            self._keep(name)
        except psycopg.Error:
            with suppress(psycopg.Error):
                self._drop(name)
            raise

    def _keep(self, name: str) -> None:
        if not name:
            self._send("COMMIT")
        elif self._ahead and self._ahead[-1] == f"SAVEPOINT {name}":
            self._ahead.pop()       # nothing was done since
        elif self._ahead:
            self._send(f"RELEASE SAVEPOINT {name}")
        else:
            self._ahead.append(f"RELEASE SAVEPOINT {name}")

    def _drop(self, name: str) -> None:
        """Undo what was done since, and forget what waits of it."""
        begun = f"SAVEPOINT {name}"
        if not name:
            self.rollback()
        elif begun in self._ahead:
            del self._ahead[self._ahead.index(begun):]
        else:
            self._ahead.clear()
            self._send(f"ROLLBACK TO {begun}; RELEASE {begun}")

    def rollback(self) -> None:
        """End the transaction with nothing of it done."""
        self._ahead.clear()
        self._send("ROLLBACK")

    def close(self) -> None:
        """End the session."""
        self.connection.close()

    def cut(self) -> None:
        """Have whatever another thread waits for in this session fail, as if the server went."""
        with (suppress(OSError, psycopg.Error),
              socket.socket(fileno=os.dup(self.connection.fileno())) as wire):
            wire.shutdown(2)        # both ways

    def columns(self, table: str) -> list[str]:
        """Return a table's columns, but for those that are computed."""
        return [name for name, in self.execute(COLUMNS, (table,))]

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a question without having all of them in memory."""
        self._flush()
        yield from psycopg.ClientCursor(self.connection).stream(sql.encode())

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """Have all that is asked meanwhile as of one moment."""
        with self:
            self.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield

    def is_passing(self, failed: Exception) -> bool:
        """Say whether the server went away, or took back what its question was about to read.

        A server that follows another one ends a question that holds its following up.
        """
        return isinstance(failed, psycopg.errors.SerializationFailure) or (
            isinstance(failed, psycopg.Error) and is_away(failed, self.connection))

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
                # the first round is number 0, which no sequence can have been at
                self.execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), "
                             f"(SELECT max(id) + 1 FROM {name}), false)")
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
