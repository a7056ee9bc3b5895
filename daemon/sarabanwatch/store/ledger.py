"""The ledger's writer: one thread writes, and many requests share one commit (group commit).

The problem. Each fact must be on the disk before anybody acts on it, and a commit waits for the
disk for milliseconds. A thousand commits a minute, one after the other, would be the bottleneck.

The rule. `await write(step, ...)` puts a WriteRequest into a queue and returns when what `step` did
is on disk (WAL, synchronous=FULL), or raises what it raised, with nothing of it done. The thread
runs all requests that wait, each in a savepoint of one transaction, and commits once: one fsync for
all of them. While it commits, the next requests gather. Reading has connections and threads of its
own, which see what is committed.

Another process may hold the file: an import by hand, a backup, a person with a shell. That is
temporary, so it is waited for, however long, and no request fails; `busy` is called with the
seconds so far at growing intervals, and with 0 once the file is free.

What is not temporary (a full disk, a damaged file, a file that was deleted under us) fails every
request of the batch with Unwritable, on which the daemon stops: what it cannot write down it must
not do.
"""

import asyncio
import itertools
import os
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

import apsw

from sarabanwatch.core.errors import Unusable, Unwritable
from sarabanwatch.core.facts.act import ACTING, Actor
from sarabanwatch.store import acts, epoch
from sarabanwatch.store.soundness import looked_through
from sarabanwatch.store.tx import Tx, bind
from sarabanwatch.store.witness import Witness, lost

T = TypeVar("T")
P = ParamSpec("P")
Outcome = tuple["asyncio.Future[Any]", Any, BaseException | None]
AT_ONCE = 500           # requests that share a commit, at most
BUSY_MS = 30_000        # how long another process may hold the file when it is opened
# Later, `busy` is called after the first of these, then after twice as long each time, up to the
# second.
FIRST_WAIT_MS, LONGEST_WAIT_MS = 5_000, 60_000
READERS = 2
INCREMENTAL = 2         # unused pages are given back when we say so, a few at a time
LOOKS = 5.0             # seconds without a request until the file is looked at all the same
DAMAGED = (apsw.CorruptError, apsw.NotADBError)
BROKEN = ("keep the file, put the ledger back from a backup, start again; "
          "`sqlite3 FILE .recover` may save what the backup lacks")
NO_ROOM = (apsw.FullError, apsw.IOError, apsw.ReadOnlyError, apsw.CantOpenError,
           apsw.PermissionsError, *DAMAGED)


class _TakenBack(Exception):  # noqa: N818 - no error: it carries a step's result
    """A step is rolled back."""

    def __init__(self, found: Any) -> None:  # noqa: ANN401 - whatever the step returned
        super().__init__()
        self.found = found


class WriteRequest(NamedTuple):
    """A step to run, and the future of whoever waits for it."""

    step: Callable[[Tx], Any]
    done: "asyncio.Future[Any]"


def open_to_write(path: Path) -> apsw.Connection:
    """Open a ledger file for writing, or make one, whatever its schema."""
    db = apsw.Connection(str(path))
    db.convert_binding = bind
    db.set_busy_timeout(BUSY_MS)
    if not db.pragma("page_count"):
        db.pragma("auto_vacuum", INCREMENTAL)
    db.pragma("journal_mode", "wal")
    db.pragma("synchronous", "full")
    db.pragma("foreign_keys", 1)
    db.pragma("secure_delete", 1)     # what is erased is overwritten on the disk
    return db


def open_to_read(path: Path) -> apsw.Connection:
    """Open an existing ledger file for reading only."""
    db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    db.convert_binding = bind
    db.set_busy_timeout(BUSY_MS)
    return db


def unheard(seconds: float) -> None:
    """Ignore that another process holds the file."""
    del seconds


class Ledger:
    """The writer thread and the readers of one ledger file.

    Where a person acts through this process, each step is written down as an act (`store.acts`).
    `busy` may be called from any of these threads. `at` is the present, None for the wall's clock.
    Raise Unusable where the ledger that stood there is lost or damaged, or is another program's.
    """

    _busy: Callable[[float], None] = staticmethod(unheard)
    _closing = False
    _lost: Unwritable | None = None
    _witness: Witness | None = None
    _epoch = 0
    _actor: Actor | None = None

    def __init__(self, path: Path, busy: Callable[[float], None] = unheard,
                 at: datetime | None = None) -> None:
        self._path, self._busy = path, busy
        self._actor, self._at = ACTING.get()(), at
        try:
            self._db, self._witness = self._opened(at)
            self._epoch, self._stands = epoch.current(self._db).number, _identity(path)
            self._idle: queue.SimpleQueue[apsw.Connection] = queue.SimpleQueue()
            for _ in range(READERS):
                self._idle.put(open_to_read(path))
        except (apsw.Error, OSError) as failed:
            raise self._unwritable(failed) from failed
        self._queue: queue.SimpleQueue[WriteRequest | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)
        self._thread.start()
        self._readers = ThreadPoolExecutor(READERS, "ledger-read")

    def _opened(self, at: datetime | None) -> tuple[apsw.Connection, Witness]:
        """Open the ledger, one program at a time, and find out whether it last ran here."""
        if why := lost(self._path):
            raise Unusable(why)
        witness = Witness(self._path)
        with witness.held():
            # asked again: another program may have made it, or lost it, while we waited
            if why := lost(self._path):
                raise Unusable(why)
            db = open_to_write(self._path)
            try:
                epoch.settle(db, witness, at)
            except BaseException:
                db.close()
                raise
        return db, witness

    async def write(self, step: Callable[Concatenate[Tx, P], T], *args: P.args,
                    **named: P.kwargs) -> T:
        """Run `step(tx, ...)` in the writer's transaction; return its result when it is on disk."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        def asked(tx: Tx) -> T:
            return step(tx, *args, **named)

        actor = self._actor
        self._queue.put(WriteRequest(
            partial(acts.recorded, actor=actor, at=self._at, step=asked) if actor else asked, done))
        return await done

    async def read(self, question: Callable[Concatenate[Tx, P], T], *args: P.args,
                   **named: P.kwargs) -> T:
        """Run `question(tx, ...)` on a reading connection, off the event loop."""
        def asked(tx: Tx) -> T:
            return question(tx, *args, **named)

        return await asyncio.get_running_loop().run_in_executor(self._readers, self._ask, asked)

    async def rehearse(self, step: Callable[Concatenate[Tx, P], T], *args: P.args,
                       **named: P.kwargs) -> T:
        """Run a step as `write` does, return its result, and roll back all that it wrote."""
        def run(tx: Tx) -> None:
            raise _TakenBack(step(tx, *args, **named))

        try:
            await self.write(run)
        except _TakenBack as taken:
            return taken.found  # type: ignore[no-any-return]  # what the step returned
        raise AssertionError("a rehearsed step was not rolled back")

    async def check(self, seconds: float | None = None) -> bool:
        """Look through the file for damage, for so many seconds at most (None: to the end).

        Return whether there was time for all of it. Raise Unusable where it is damaged.
        """
        return await self.read(looked_through, seconds)

    def close(self) -> None:
        """Write what still waits, then close every connection."""
        self._closing = True
        self._queue.put(None)
        self._thread.join()
        self._readers.shutdown()
        while not self._idle.empty():
            self._idle.get().close()
        self._db.close()
        if self._witness:
            self._witness.close()

    def _ask(self, question: Callable[[Tx], T]) -> T:
        if self._lost:
            raise self._lost
        db = self._idle.get()
        try:
            return self._patiently(db, lambda: question(db))
        except (*NO_ROOM, apsw.BusyError) as failed:
            raise self._unwritable(failed) from failed
        finally:
            self._idle.put(db)

    def _run(self) -> None:
        last = False
        while not last:
            waiting = self._waiting()
            last = None in waiting
            self._see_it_stands()
            self._commit([item for item in waiting if item is not None])

    def _waiting(self) -> list[WriteRequest | None]:
        """Return at most AT_ONCE requests; none where there were none for LOOKS seconds."""
        try:
            waiting = [self._queue.get(timeout=LOOKS)]
        except queue.Empty:
            return []
        while len(waiting) < AT_ONCE and not self._queue.empty():
            waiting.append(self._queue.get())
        return waiting

    def _see_it_stands(self) -> None:
        """Find out whether our file still stands under its name.

        Where it does not, save what it held into a file beside it, and write no more.
        """
        if self._lost or _identity(self._path) == self._stands:
            return
        saved = _unused(self._path.with_name(f"{self._path.name}.saved"))
        try:
            self._db.execute("VACUUM INTO ?", (str(saved),))
            remedy = (
                f"all that it held is saved in {saved}: move that to {self._path}, then start again"
            )
        except apsw.Error as failed:
            remedy = f"what it held could not be saved ({failed}); put it back from a backup"
        self._lost = Unusable(f"{self._path} was deleted or replaced while we ran; {remedy}")

    def _commit(self, requests: Sequence[WriteRequest]) -> None:
        if not requests:
            return
        try:
            self._begin()
            outcomes = [self._attempt(request) for request in requests]
            counted = epoch.count(self._db, self._epoch)
            self._db.execute("COMMIT")
            if self._witness:
                self._witness.record(counted)
        except Exception as failed:  # noqa: BLE001 - nothing is on the disk, and all must know it
            with suppress(apsw.Error):      # SQLite may have rolled back itself
                self._db.execute("ROLLBACK")
            outcomes = [(request.done, None, self._unwritable(failed)) for request in requests]
        with suppress(RuntimeError):   # the loop is closed: nobody waits any more
            outcomes[0][0].get_loop().call_soon_threadsafe(_resolve, outcomes)

    def _begin(self) -> None:
        if self._lost:
            raise self._lost
        self._patiently(self._db, partial(self._db.execute, "BEGIN IMMEDIATE"))

    def _patiently(self, db: apsw.Connection, do: Callable[[], T]) -> T:
        """Call `do` as soon as no other process holds the file.

        At the end (`close`) the file is waited for only once.
        """
        began, wait, reported = monotonic(), FIRST_WAIT_MS, False
        while True:
            db.set_busy_timeout(wait)
            try:
                done = do()
            except apsw.BusyError:
                if self._closing:
                    raise
                self._busy(monotonic() - began)
                wait, reported = min(2 * wait, LONGEST_WAIT_MS), True
                continue
            if reported:
                self._busy(0)
            return done

    def _attempt(self, request: WriteRequest) -> Outcome:
        try:
            with self._db:
                result = request.step(self._db)
        except Exception as error:
            failed = isinstance(error, NO_ROOM) or isinstance(error.__context__, NO_ROOM)
            if failed or not self._db.in_transaction:
                # SQLite may have rolled back the whole batch: nobody may be told that it is done
                raise
            return request.done, None, error
        return request.done, result, None

    def _unwritable(self, failed: Exception) -> Unwritable:
        if isinstance(failed, Unwritable):
            return failed
        why = failed.__context__ or failed
        if isinstance(why, DAMAGED):
            return Unusable(f"{self._path} is damaged, or no ledger ({why}): {BROKEN}")
        return Unwritable(
            f"{self._path} cannot be written ({why}); "
            "see to its disk and its owner, then start again"
        )


def _identity(path: Path) -> tuple[int, int] | None:
    """Return which file stands under a name (device, inode); None for none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - asked at each commit, and three times as fast
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _unused(path: Path) -> Path:
    """Return a name that no file has: this one, or with a number appended."""
    return next(free for n in itertools.count()
                if not (free := path.with_name(f"{path.name}{n or ''}")).exists())


def _resolve(outcomes: Sequence[Outcome]) -> None:
    """Answer all who wait for one commit in one call, so that the loop is woken only once."""
    for done, result, error in outcomes:
        if done.cancelled():
            continue
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)
