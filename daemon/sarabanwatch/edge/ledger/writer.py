"""One thread writes; others wait for the disk together (group commit). Reading has threads and connections of its own.

`await write(step, ...)` returns when what `step` did is on disk (WAL, synchronous=FULL), or raises what it raised with
nothing of it done. Steps that are waiting while another commits share the next commit: one fsync for all of them.

Another process may hold the file: an import by hand, a backup, somebody with a shell. That is temporary, so it is waited
for, however long, and nobody who waits is told of a failure; `busy` is told how many seconds it has been, again and again
at growing distances, and 0 once the file is free.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple, TypeVar

import apsw

from sarabanwatch.edge.ledger.schema import migrate
from sarabanwatch.ports import Unwritable

T = TypeVar("T")
Step = Callable[..., Any]
Outcome = tuple["asyncio.Future[Any]", Any, BaseException | None]
AT_ONCE = 500           # steps that share a commit
BUSY_MS = 30_000        # at opening, another process may hold the file that long
FIRST_WAIT_MS, LONGEST_WAIT_MS = 5_000, 60_000      # later, it is told after so long; each further time after twice as long
READERS = 2
NO_ROOM = (apsw.FullError, apsw.IOError, apsw.ReadOnlyError, apsw.CantOpenError, apsw.PermissionsError, apsw.CorruptError)


class Order(NamedTuple):
    """A step to be done, and who waits for it."""

    step: Step
    args: tuple[Any, ...]
    done: "asyncio.Future[Any]"


def open_to_write(path: Path) -> apsw.Connection:
    """Open, or make, a ledger file and bring its schema up to date."""
    db = apsw.Connection(str(path))
    db.set_busy_timeout(BUSY_MS)
    db.pragma("journal_mode", "wal")
    db.pragma("synchronous", "full")
    db.pragma("foreign_keys", 1)
    db.pragma("secure_delete", 1)     # what is forgotten is overwritten, not merely let go
    migrate(db)
    return db


def open_to_read(path: Path) -> apsw.Connection:
    """Open a ledger file that exists, for reading only."""
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    db.set_busy_timeout(BUSY_MS)
    return db


def unheard(seconds: float) -> None:
    """Tell nobody that another process holds the file."""
    del seconds


class Pen:
    """The writer thread and the readers of one ledger file. `busy` may be called by any of these threads."""

    _busy: Callable[[float], None] = staticmethod(unheard)
    _closing = False

    def __init__(self, path: Path, busy: Callable[[float], None] = unheard) -> None:
        self._path, self._busy = path, busy
        try:
            self._db = open_to_write(path)
        except apsw.Error as failed:
            raise self._unwritable(failed) from failed
        self._queue: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)
        self._thread.start()
        self._own = threading.local()
        self._opened: list[apsw.Connection] = []
        self._readers = ThreadPoolExecutor(READERS, "ledger-read", initializer=self._open_reader)

    async def write(self, step: Callable[..., T], *args: object) -> T:
        """Run `step(db, *args)` in the writer's transaction; return when it is on disk."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.put(Order(step, args, done))
        return await done

    async def read(self, question: Callable[..., T], *args: object) -> T:
        """Run `question(db, *args)` on a reading connection, off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._ask, question, args)

    def close(self) -> None:
        """Write what still waits, then close every connection."""
        self._closing = True
        self._queue.put(None)
        self._thread.join()
        self._readers.shutdown()
        for db in self._opened:
            db.close()
        self._db.close()

    def _open_reader(self) -> None:
        self._own.db = open_to_read(self._path)
        self._opened.append(self._own.db)

    def _ask(self, question: Callable[..., T], args: tuple[object, ...]) -> T:
        db = self._own.db
        try:
            return self._patiently(db, lambda: question(db, *args))
        except (*NO_ROOM, apsw.BusyError) as failed:
            raise self._unwritable(failed) from failed

    def _run(self) -> None:
        last = False
        while not last:
            waiting = [self._queue.get()]
            while len(waiting) < AT_ONCE and not self._queue.empty():
                waiting.append(self._queue.get())
            last = None in waiting
            self._commit([item for item in waiting if item is not None])

    def _commit(self, orders: Sequence[Order]) -> None:
        outcomes: list[Outcome] = []
        try:
            self._patiently(self._db, partial(self._db.execute, "BEGIN IMMEDIATE"))
            outcomes.extend(self._attempt(order) for order in orders)
            self._db.execute("COMMIT")
        except Exception as failed:  # noqa: BLE001 - whatever it is: nothing of this batch is on the disk, and all must know
            with suppress(apsw.Error):      # SQLite may have rolled back itself
                self._db.execute("ROLLBACK")
            outcomes = [(order.done, None, self._unwritable(failed)) for order in orders]
        if outcomes:
            with suppress(RuntimeError):   # the loop is closed: nobody waits any more
                outcomes[0][0].get_loop().call_soon_threadsafe(_resolve, outcomes)

    def _patiently(self, db: apsw.Connection, do: Callable[[], T]) -> T:
        """Do something as soon as no other process holds the file; at the end it is not waited for longer than once."""
        began, wait, told = monotonic(), FIRST_WAIT_MS, False
        while True:
            db.set_busy_timeout(wait)
            try:
                done = do()
            except apsw.BusyError:
                if self._closing:
                    raise
                self._busy(monotonic() - began)
                wait, told = min(2 * wait, LONGEST_WAIT_MS), True
                continue
            if told:
                self._busy(0)
            return done

    def _attempt(self, order: Order) -> Outcome:
        try:
            with self._db:
                result = order.step(self._db, *order.args)
        except Exception as error:
            if isinstance(error, NO_ROOM) or isinstance(error.__context__, NO_ROOM) or not self._db.in_transaction:
                raise   # SQLite may have rolled back the others of this batch too: nobody is told that it is done
            return order.done, None, error
        return order.done, result, None

    def _unwritable(self, failed: Exception) -> Unwritable:
        why = failed.__context__ or failed
        return Unwritable(f"{self._path} cannot be written ({why}); see to its disk and its owner, then start again")


def _resolve(outcomes: Sequence[Outcome]) -> None:
    """Tell all who wait for one commit at once: the loop is woken once, not for each."""
    for done, result, error in outcomes:
        if done.cancelled():
            continue
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)
