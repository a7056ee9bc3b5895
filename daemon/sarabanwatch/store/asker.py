"""Questions to a ledger for as long as a page is served, while its server comes and goes."""

from collections.abc import Callable
from contextlib import ExitStack
from time import monotonic
from typing import TypeVar

from sarabanwatch.core.errors import UnavailableError
from sarabanwatch.store import queries
from sarabanwatch.store.places import Place
from sarabanwatch.store.tx import Tx

T = TypeVar("T")
RESTS = 5.0     # seconds between two tries to reach a server: nobody waits for it in between


class Asker:
    """A ledger that is read by one thread at a time, and must be closed.

    A server that went away, or cut a question short because it follows another one, is asked once
    more in a new session.
    """

    def __init__(self, place: Place) -> None:
        """Open it; raise all that `queries.asking` does."""
        self._place, self._opened = place, ExitStack()
        self._tx: Tx | None = None
        self._away: tuple[float, str] | None = None     # until when it is not tried, and why
        self._session()

    def ask(self, question: Callable[[Tx], T]) -> T:
        """Return what a question found.

        Raise UnavailableError where the server does not answer; and at once for RESTS then.
        """
        tx = self._session()
        try:
            return question(tx)
        except Exception as failed:
            if not tx.is_passing(failed):
                raise
        self.close()
        return question(self._session())

    def close(self) -> None:
        """Close the ledger."""
        self._tx = None
        self._opened.close()

    def _session(self) -> Tx:
        if self._tx is None:
            if self._away and monotonic() < self._away[0]:
                raise UnavailableError(self._away[1])
            try:
                self._tx = self._opened.enter_context(queries.asking(self._place))
            except UnavailableError as away:
                self._away = (monotonic() + RESTS, str(away))
                raise
        return self._tx
