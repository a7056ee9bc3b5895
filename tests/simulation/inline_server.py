"""The product's ledger on a real PostgreSQL server, without its thread, and how its program dies.

The server lasts. The program dies between two messages to the server, or after one whose
answer it never read.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg

from fakes.postgres import EMPTIED
from sarabanwatch.store.postgres import ServerSession
from sarabanwatch.store.schema import make
from sarabanwatch.store.server import ServerLedger
from sarabanwatch.store.tx import Tx
from simulation.inline_ledger import Inline, OnDisk

CHANGES = ("INSERT", "UPDATE", "DELETE")


class OnServer:
    """A server on which the ledger stands, with what a simulated disk has.

    The program dies during operation `kill_at`, before a message to the server or after it; `full`
    refuses what changes rows.
    """

    def __init__(self, url: str, on_death) -> None:
        self.url, self._on_death = url, on_death
        self.alive, self.full, self.power_lost = True, False, False
        self.operations, self.kill_at = 0, 0
        with closing(ServerSession(url)) as db:
            make(db)
            db.execute(EMPTIED)
            db.execute("UPDATE epoch SET number = 7")        # the same in each play of a seed

    def work(self) -> None:
        """Do one operation, or die of it."""
        self.operations += 1
        if self.operations == self.kill_at:
            self.die()
        if not self.alive:
            raise psycopg.OperationalError("the program is dead")

    def die(self) -> None:
        """The program is dead from here on: nothing that it still does reaches the server."""
        self.alive = False
        self._on_death()

    def restart(self, *, power_lost: bool) -> None:
        """Come back: the server has what was committed, however the program died."""
        del power_lost
        self.alive, self.kill_at, self.power_lost = True, 0, False

    def ledger(self) -> "InlineServerLedger":
        """Open the ledger, as a program that starts."""
        return InlineServerLedger(self)

    @contextmanager
    def looked_at(self) -> Iterator[Tx]:
        """Ask the server as a person would."""
        with closing(ServerSession(self.url)) as db:
            yield db


class WatchedSession(ServerSession):
    """A session in which the program may die."""

    def __init__(self, server: OnServer) -> None:
        self._server = server
        super().__init__(server.url)

    def _send(self, wanted):
        self._server.work()
        if self._server.full and any(word in wanted for word in CHANGES):
            raise psycopg.errors.DiskFull("no room")
        found = super()._send(wanted)
        self._server.work()
        return found


class InlineServerLedger(Inline, ServerLedger):
    """One on PostgreSQL."""

    def __init__(self, server: OnServer) -> None:
        self._url, self._fence, self._sessions = server.url, None, "simulation"
        self._name, self._number, self._ends, self._counted = "simulation", 0, False, None
        self._orders = []
        try:
            self._db = WatchedSession(server)
        except psycopg.Error as failed:
            raise self._unwritable(failed) from failed
        try:
            make(self._db)
            self._settle()
        except psycopg.Error as failed:
            self._db.close()
            raise self._unwritable(failed) from failed

    def close(self):
        """End the session; what it was in the middle of, the server rolls back."""
        self._flush()
        self._db.close()


Ground = OnDisk | OnServer      # what a ledger stands on
