"""A daemon that asks to lead over a ledger on a server, renews its lease, and gives it up.

Whose turn it is, is `store.lease`'s matter. The session is its own: a long transaction of the
writer holds no renewal up. A server that does not answer is tried again at the next call.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from secrets import token_hex

import psycopg

from sarabanwatch.core.errors import LedgerAway
from sarabanwatch.store import lease
from sarabanwatch.store.failures import reported
from sarabanwatch.store.lease import LASTS, Leader, Lease
from sarabanwatch.store.places import Server
from sarabanwatch.store.postgres import ServerSession
from sarabanwatch.store.schema import make


class LeaseHolder:
    """One daemon. Its methods wait for the server, and are called by one thread at a time.

    `lasts`: seconds without a renewal after which a lease has run out.
    """

    def __init__(self, server: Server, lasts: float = LASTS) -> None:
        # the server cuts names at 63 octets, and no two daemons may have the same
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}:{token_hex(3)}"
        self._server, self._lasts = server, lasts
        self._db: ServerSession | None = None
        self._fence: int | None = None

    def ask(self) -> Lease:
        """Lead if nobody does, and return the lease as it stands then.

        Raise LedgerAway where the server does not answer, and all that `schema.make` does.
        """
        with self._session() as db:
            with suppress(psycopg.errors.LockNotAvailable):     # somebody writes: asked again soon
                self._fence = lease.take(db, self.name, self._lasts)
            return lease.standing(db)

    @property
    def leader(self) -> Leader | None:
        """This daemon as the leader; None where it has not become that."""
        return None if self._fence is None else Leader(self._fence, self.name)

    def renew(self) -> Lease | None:
        """Renew the lease; return the one by which another leads now, None where it was still ours.

        Raise LedgerAway where the server does not answer.
        """
        with self._session() as db:
            if self._fence is None or lease.renew(db, self._fence):
                return None
            return lease.standing(db)

    def give_up(self) -> None:
        """Give the lease up, if it is ours, so that another may lead at once; end the session."""
        with suppress(LedgerAway), self._session() as db:
            if self._fence is not None:
                lease.give_up(db, self._fence)
        if self._db:
            self._db.close()
        self._db = None

    def cut(self) -> None:
        """Have a call that another thread waits for fail soon."""
        if db := self._db:
            db.cut()

    @contextmanager
    def _session(self) -> Iterator[ServerSession]:
        try:
            if self._db is None:
                self._db = ServerSession(self._server.login, self.name)
                make(self._db)
            yield self._db
        except psycopg.Error as failed:
            if self._db:
                self._db.close()
            self._db = None
            raise LedgerAway(reported(failed)) from None
