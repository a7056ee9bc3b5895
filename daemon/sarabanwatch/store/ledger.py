"""The ledger on SQLite: one file, one thread that writes (`store.writer`), connections that read.

A commit is on the disk when it returns (WAL, synchronous=FULL).

Another process may hold the file: an import by hand, a backup, a person with a shell. That is
temporary, so it is waited for, however long, and no request fails; `busy` is called with the
seconds so far at growing intervals, and with 0 once the file is free.

What is not temporary (a full disk, a damaged file, a file that was deleted under us) fails every
request of the batch with Unwritable, on which the daemon stops: what it cannot write down it must
not do.
"""

import itertools
import os
import queue
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TypeVar

import apsw

from sarabanwatch.core.errors import Unusable, Unwritable
from sarabanwatch.core.facts.act import ACTING
from sarabanwatch.store import epoch
from sarabanwatch.store.sqlite import Connection
from sarabanwatch.store.tx import Tx
from sarabanwatch.store.witness import Witness, lost
from sarabanwatch.store.writer import READERS, Ledger, unheard

T = TypeVar("T")
BUSY_MS = 30_000        # how long another process may hold the file when it is opened
# Later, `busy` is called after the first of these, then after twice as long each time, up to the
# second.
FIRST_WAIT_MS, LONGEST_WAIT_MS = 5_000, 60_000
TRY_MS = 1_000          # after so long it is seen whether the end was asked for
INCREMENTAL = 2         # unused pages are given back when we say so, a few at a time
DAMAGED = (apsw.CorruptError, apsw.NotADBError)
BROKEN = ("keep the file, put the ledger back from a backup, start again; "
          "`sqlite3 FILE .recover` may save what the backup lacks")
NO_ROOM = (apsw.FullError, apsw.IOError, apsw.ReadOnlyError, apsw.CantOpenError,
           apsw.PermissionsError, *DAMAGED)


def open_to_write(path: Path) -> Connection:
    """Open a ledger file for writing, or make one, whatever its schema."""
    db = Connection(str(path))
    db.set_busy_timeout(BUSY_MS)
    if not db.pragma("page_count"):
        db.pragma("auto_vacuum", INCREMENTAL)
    db.pragma("journal_mode", "wal")
    db.pragma("synchronous", "full")
    db.pragma("foreign_keys", 1)
    db.pragma("secure_delete", 1)     # what is erased is overwritten on the disk
    return db


def open_to_read(path: Path) -> Connection:
    """Open an existing ledger file for reading only."""
    db = Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    db.set_busy_timeout(BUSY_MS)
    return db


class FileLedger(Ledger):
    """The writer thread and the readers of one ledger file.

    `busy` may be called from any of these threads. `at` is the present, None for the wall's clock.
    Raise Unusable where the ledger that stood there is lost or damaged, or is another program's.
    """

    _busy: Callable[[float], None] = staticmethod(unheard)
    _lost: Unwritable | None = None
    _witness: Witness | None = None
    _epoch = 0
    _db: Connection

    def __init__(self, path: Path, busy: Callable[[float], None] = unheard,
                 at: datetime | None = None) -> None:
        self._path, self._busy = path, busy
        self._actor, self._at = ACTING.get()(), at
        try:
            self._db, self._witness = self._opened(at)
            self._epoch, self._stands = epoch.current(self._db).number, _identity(path)
            self._idle: queue.SimpleQueue[Connection] = queue.SimpleQueue()
            for _ in range(READERS):
                self._idle.put(open_to_read(path))
        except (apsw.Error, OSError) as failed:
            raise self._unwritable(failed) from failed
        self._work()

    def _opened(self, at: datetime | None) -> tuple[Connection, Witness]:
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

    def _leave(self) -> None:
        """Do nothing: nothing of us stands in a file."""

    def _cut(self) -> None:
        """Do nothing: every wait sees within TRY_MS that the end was asked for."""

    def _close(self) -> None:
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

    def _begin(self) -> None:
        if self._lost:
            raise self._lost
        self._patiently(self._db, partial(self._db.execute, "BEGIN IMMEDIATE"))

    def _patiently(self, db: Connection, do: Callable[[], T]) -> T:
        """Call `do` as soon as no other process holds the file.

        At the end (`close`) it is waited for no longer.
        """
        began, wait, heard = monotonic(), FIRST_WAIT_MS, 0.0
        while True:
            db.set_busy_timeout(min(TRY_MS, wait))
            try:
                done = do()
            except apsw.BusyError:
                if self._closing:
                    raise
                waited = monotonic() - began
                if waited >= heard + wait / 1000:
                    self._busy(waited)
                    wait, heard = min(2 * wait, LONGEST_WAIT_MS), waited
                continue
            if heard:
                self._busy(0)
            return done

    def _end(self) -> None:
        counted = epoch.count(self._db, self._epoch)
        self._db.execute("COMMIT")
        if self._witness:
            self._witness.record(counted)

    def _undo(self) -> None:
        with suppress(apsw.Error):      # SQLite may have rolled back itself
            self._db.execute("ROLLBACK")

    def _fails_all(self, error: Exception) -> bool:
        # SQLite may have rolled back the whole batch
        return isinstance(_first(error), NO_ROOM) or not self._db.in_transaction

    def _unwritable(self, failed: Exception) -> Unwritable:
        if isinstance(failed, Unwritable):
            return failed
        why = _first(failed)
        if isinstance(why, DAMAGED):
            return Unusable(f"{self._path} is damaged, or no ledger ({why}): {BROKEN}")
        return Unwritable(
            f"{self._path} cannot be written ({why}); "
            "see to its disk and its owner, then start again"
        )


def _first(failed: BaseException) -> BaseException:
    """Return the error that came first.

    A full disk ends the transaction, and then every savepoint round the statement fails after it,
    for there is none any more.
    """
    while failed.__context__:
        failed = failed.__context__
    return failed


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
