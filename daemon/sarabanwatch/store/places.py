"""Where a ledger stands, a file or a database on a server, and how it is opened there to read."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from sarabanwatch.core.errors import Unusable
from sarabanwatch.store.ledger import BROKEN, DAMAGED, open_to_read
from sarabanwatch.store.tx import Tx


class Server(NamedTuple):
    """A database on a PostgreSQL server, by a URL as libpq takes it."""

    url: str


Place = Path | Server


@contextmanager
def reading(place: Place) -> Iterator[Tx]:
    """Open a ledger to read, whatever its schema.

    Raise Unusable where it is damaged, UnavailableError where its server does not answer.
    """
    if isinstance(place, Server):
        from sarabanwatch.store import server  # the driver is imported for a server only

        with server.reading(place.url) as tx:
            yield tx
        return
    with closing(open_to_read(place)) as file:
        try:
            yield file
        except DAMAGED as error:
            raise Unusable(f"{place} is damaged, or no ledger ({error}): {BROKEN}") from None
