"""The ledger on a PostgreSQL server: one thread that writes (`store.writer`), sessions that read.

One transaction writes at a time, in whichever process: each begins by locking the one row of
`engine`, so that all that this room takes for granted of SQLite's single writer holds here too.

A server may go away: it is restarted, another one takes its place, the network is cut. That is
temporary, so it is waited for, however long, and no request fails; `busy` is called with the
seconds so far, and with 0 once the server is back. What was in hand then is done once more if
nothing of it stands. Whether it stands is never guessed:

    lost while                  then
    a question is asked         it is asked again
    a transaction has begun     nothing of it stands: all its requests are run again
    it is committed             it may stand or not. Each transaction writes the number that it has
                                of this process into `writer`; whoever comes back takes the lock,
                                which waits for the end of the lost transaction, and looks there.

A database that is not the one in which the ledger last was begins a new epoch and is halted, as a
file does (`store.epoch`): one that was restored from a dump stands elsewhere (`engine.stood`), and
one that took over from another without its last commits counts fewer than we know of.

What is not temporary (a full disk, missing rights) fails every request of the batch with
Unwritable.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime
from secrets import token_hex
from typing import Concatenate, ParamSpec, TypeVar

import psycopg

from sarabanwatch.core.errors import LedgerAway, Unwritable
from sarabanwatch.core.facts.act import ACTING
from sarabanwatch.core.sending.halt import Why
from sarabanwatch.store import epoch, halts, lease
from sarabanwatch.store.failures import is_away, reported
from sarabanwatch.store.lease import ALONE, Leader
from sarabanwatch.store.postgres import NOW, SESSIONS, ServerSession
from sarabanwatch.store.rows import ask
from sarabanwatch.store.schema import make
from sarabanwatch.store.tx import Tx, present
from sarabanwatch.store.witness import LedgerCount
from sarabanwatch.store.writer import READERS, Ledger, Outcome, WriteRequest, unheard

T = TypeVar("T")
P = ParamSpec("P")
FIRST_WAIT, LONGEST_WAIT = 0.2, 5.0     # seconds between two tries to reach the server
NUMBERED = f"""
    INSERT INTO writer (name, number, at) VALUES (?, ?, ({NOW}))
    ON CONFLICT (name) DO UPDATE SET number = excluded.number, at = excluded.at
"""
HERE = """
    SELECT concat_ws('/', s.system_identifier, d.oid), e.stood
    FROM pg_control_system() s, engine e, pg_database d WHERE d.datname = current_database()
"""
STANDS = "SELECT 1 FROM writer WHERE name = ? AND number = ?"
FORGOTTEN = "DELETE FROM writer WHERE name = ?"


@contextmanager
def session(url: str, *, to_read: bool = False) -> Iterator[ServerSession]:
    """Open a session for a verb; `to_read`: a server that only follows another one will do.

    Raise LedgerAway where the server does not answer, or does not take what it is told.
    """
    try:
        with closing(ServerSession(url, to_read=to_read)) as session:
            yield session
    except psycopg.Error as failed:
        raise LedgerAway(reported(failed)) from None


class Fenced(Unwritable):
    """Another daemon has taken our place meanwhile."""


class ServerLedger(Ledger):
    """The writer thread and the readers of a ledger on a server.

    `busy` may be called from any of these threads. `at` is the present, None for the wall's clock.
    `leader` is this daemon where it leads (`store.lease`), None where that is not needed.
    """

    _busy: Callable[[float], None] = staticmethod(unheard)
    _db: ServerSession

    def __init__(self, url: str, busy: Callable[[float], None] = unheard,
                 at: datetime | None = None, leader: Leader | None = None) -> None:
        self._url, self._busy = url, busy
        self._fence = leader.fence if leader else None
        self._sessions = leader.name if leader else SESSIONS
        self._actor, self._at = ACTING.get()(), at
        self._name, self._number, self._ends = token_hex(8), 0, False
        self._counted: LedgerCount | None = None
        self._idle: queue.SimpleQueue[ServerSession] = queue.SimpleQueue()
        self._asked, self._ending = set[ServerSession](), threading.Event()
        try:
            self._open()
        except psycopg.Error as failed:
            raise self._unwritable(failed) from failed
        self._work()

    def _open(self) -> None:
        """Begin every session, or none."""
        with ExitStack() as begun:
            self._db = begun.enter_context(closing(ServerSession(self._url, self._sessions)))
            make(self._db)
            self._settle()
            for _ in range(READERS):
                self._idle.put(begun.enter_context(
                    closing(ServerSession(self._url, self._sessions))))
            begun.pop_all()

    async def write(self, step: Callable[Concatenate[Tx, P], T], *args: P.args,
                    **named: P.kwargs) -> T:
        """Run a step as `Writer.write` does. It may be run again, so no argument is an iterator."""
        if any(isinstance(each, Iterator) for each in (*args, *named.values())):
            raise TypeError("an iterator is at its end when a step is run again: give a sequence")
        return await super().write(step, *args, **named)

    def close(self) -> None:
        """Close it as every ledger is; a server that is away is not waited for."""
        self._ending.set()
        super().close()

    def _leave(self) -> None:
        with suppress(psycopg.Error):
            self._db.execute(FORGOTTEN, (self._name,))

    def _cut(self) -> None:
        if self._thread.is_alive():
            self._db.cut()
        for each in self._asked.copy():
            each.cut()

    def _close(self) -> None:
        while not self._idle.empty():
            self._idle.get().close()
        self._db.close()

    def _ask(self, question: Callable[[Tx], T]) -> T:
        db = self._idle.get()
        try:
            while (found := self._answer(db, question)) is None:
                db = self._reached(db)
            return found[0]
        finally:
            self._idle.put(db)

    def _answer(self, db: ServerSession, question: Callable[[Tx], T]) -> tuple[T] | None:
        """Return what a question found; None where the server went away meanwhile."""
        self._asked.add(db)
        try:
            return (question(db),)
        except psycopg.Error as failed:
            if self._closing or not is_away(failed, db.connection):
                raise self._unwritable(failed) from failed
        finally:
            self._asked.discard(db)
        return None

    def _done(self, requests: Sequence[WriteRequest]) -> list[Outcome]:
        """Run all requests in one transaction; return what became of each."""
        while True:
            self._number, self._ends = self._number + 1, False
            outcomes: list[Outcome] = []
            try:
                self._begin()
                outcomes = self._attempted(requests)
                self._end()
            except psycopg.Error as failed:
                if not is_away(failed, self._db.connection):
                    raise
                if not self._stands_after_all():
                    continue
            self._counted = self._counting
            return outcomes

    def _see_it_stands(self) -> None:
        """Do nothing: a server is noticed to be away when it is asked."""

    def _begin(self) -> None:
        found = self._patiently(lambda: lease.standing(self._db, f"BEGIN; {ALONE};"))
        if self._fence is not None and found.fence != self._fence:
            raise Fenced(f"{found.holder or 'another daemon'} leads since {found.since}: "
                         "this one writes nothing more, and stops")

    def _patiently(self, begin: Callable[[], T]) -> T:
        """Begin a transaction as soon as no other program is in the middle of one.

        At the end (`close`) it is waited for no longer.
        """
        began, waits = time.monotonic(), False
        while True:
            try:
                found = begin()
            except psycopg.errors.LockNotAvailable:
                self._undo()
                if self._closing:
                    raise
                waits = True
                self._busy(time.monotonic() - began)
                continue
            if waits:
                self._busy(0)
            return found

    def _end(self) -> None:
        self._db.ahead(NUMBERED, (self._name, self._number))
        self._counting, self._ends = epoch.count(self._db, self._epoch), True
        self._db.execute("COMMIT")

    def _settle(self) -> str:
        """Begin a new epoch where this is not the database in which the ledger last was.

        Return why; "" where it is.
        """
        return self._patiently(self._settled)

    def _settled(self) -> str:
        with self._db as db:
            db.execute(ALONE)
            (here, stood), counted = next(ask(db, HERE)), epoch.ledger_count(db)
            if why := _strange(counted, self._counted, elsewhere=stood not in {"", here}):
                known = max(counted.serial, self._counted.serial if self._counted else 0)
                now = present(db, self._at)
                epoch.begin(db, known + epoch.SKIPPED, why, now)
                halts.begin(db, Why.RESTORED, why, now)
            db.execute("UPDATE engine SET stood = ?", (here,))
            self._epoch = epoch.current(db).number
        return why

    def _stands_after_all(self) -> bool:
        """Reach the server again, and find out whether the transaction that was lost stands.

        Raise Unwritable where the server has lost more than that.
        """
        while True:
            self._db = self._reached(self._db)
            try:
                if why := self._settle():
                    raise Unwritable(f"{why}: nothing is sent until a person says so")
                return self._ends and self._stands()
            except psycopg.Error as failed:
                if not is_away(failed, self._db.connection):
                    raise

    def _stands(self) -> bool:
        """Say whether the transaction that was lost while it was committed stands.

        The lock is had only when that transaction is over, so what is seen then is what became of
        it.
        """
        self._begin()
        stands = self._db.execute(STANDS, (self._name, self._number)).get
        self._undo()
        return bool(stands)

    def _undo(self) -> None:
        with suppress(psycopg.Error):
            self._db.rollback()

    def _fails_all(self, error: Exception) -> bool:
        del error       # a failed savepoint leaves no transaction that could go on
        return not self._db.in_transaction

    def _reached(self, lost: ServerSession) -> ServerSession:
        """Return a new session in place of one that was lost, however long that takes.

        At the end (`close`) the server is tried only once.
        """
        lost.close()
        began, wait = time.monotonic(), FIRST_WAIT
        while True:
            try:
                found = ServerSession(self._url, self._sessions)
            except psycopg.OperationalError:
                if self._closing:
                    raise
                self._busy(time.monotonic() - began)
                self._ending.wait(wait)
                wait = min(2 * wait, LONGEST_WAIT)
                continue
            self._busy(0)
            return found

    def _unwritable(self, failed: Exception) -> Unwritable:
        if isinstance(failed, Unwritable):
            return failed
        return Unwritable(reported(failed))


def _strange(counted: LedgerCount, known: LedgerCount | None, *, elsewhere: bool) -> str:
    """Say why a ledger is not the one that was last written here; "" where it is."""
    if elsewhere and counted.tick:
        return "its database was restored from a dump, or copied"
    if known and (missing := known.tick - counted.tick) > 0:
        return f"its server has lost {missing} commits"
    return ""
