"""Where a ledger stands, a file or a database on a server, and how it is opened there."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from sarabanwatch.core.errors import Unusable
from sarabanwatch.store.lease import Leader
from sarabanwatch.store.ledger import BROKEN, DAMAGED, FileLedger, open_to_read
from sarabanwatch.store.tx import Tx
from sarabanwatch.store.writer import Ledger, unheard


class Server(NamedTuple):
    """A database on a PostgreSQL server: its URL as libpq takes it, and the password beside it.

    In words it is the URL alone.
    """

    url: str
    password: str = ""

    def __repr__(self) -> str:
        """Return the URL, without the password."""
        return self.url

    @property
    def login(self) -> str:
        """The URL with the password in it. Never shown."""
        if not self.password:
            return self.url
        separator = "&" if "?" in self.url else "?"
        return f"{self.url}{separator}password={quote(self.password, safe='')}"


Place = Path | Server


@contextmanager
def writing(place: Server) -> Iterator[Tx]:
    """Open a database to write by hand, whatever stands in it.

    Raise UnavailableError where its server does not answer, or does not take what is written.
    """
    from sarabanwatch.store import server  # the driver is for a server only

    with server.session(place.login) as tx:
        yield tx


def in_words(place: Place) -> str:
    """Return the engine that keeps a ledger, and where."""
    return f"{'PostgreSQL' if isinstance(place, Server) else 'SQLite'}, {place}"


def opened(place: Place, busy: Callable[[float], None] = unheard, at: datetime | None = None,
           leader: Leader | None = None) -> Ledger:
    """Open a ledger to write, as FileLedger and ServerLedger do; the caller closes it.

    `leader`: the daemon that leads on a server; None for a verb.
    """
    if isinstance(place, Server):
        from sarabanwatch.store.server import ServerLedger  # the driver is for a server only

        return ServerLedger(place.login, busy, at, leader)
    return FileLedger(place, busy, at)


@contextmanager
def reading(place: Place) -> Iterator[Tx]:
    """Open a ledger to read, whatever its schema.

    Raise Unusable where it is damaged, UnavailableError where its server does not answer.
    """
    if isinstance(place, Server):
        from sarabanwatch.store import server  # the driver is imported for a server only

        with server.session(place.login, to_read=True) as tx:
            yield tx
        return
    with closing(open_to_read(place)) as file:
        try:
            yield file
        except DAMAGED as error:
            raise Unusable(f"{place} is damaged, or no ledger ({error}): {BROKEN}") from None
