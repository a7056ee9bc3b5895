"""Which jobs stand still while we doubt our own ledger or clock (core.sending.halt).

A halt stands in the ledger, so that a verb can lift it and a restart does not forget it. Whoever is
about to do something that a halt may bar asks here first.
"""

from collections.abc import Awaitable, Callable, Mapping

from sarabanwatch import store
from sarabanwatch.app.clockwatch import ClockWatch
from sarabanwatch.app.journal import Journal
from sarabanwatch.core.calendar import short_moment
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.sending.halt import Why
from sarabanwatch.store import Ledger

LETTERS = frozenset({"rounds", "canary", "draft", "catch_all", "close", "forget"})
# The jobs that each doubt bars. Jobs that make letters or end windows are always barred; where the
# clock is doubted, those that write down a moment or count days are, too.
BARRED: Mapping[Why, frozenset[str]] = {
    Why.RESTORED: LETTERS,
    Why.ROOM: LETTERS - {"close", "forget"},    # what frees room, or writes little, goes on
    Why.CLOCK: LETTERS | {"judge", "rebase", "recover", "register", "survey"},
}


class Halts:
    """The halts that stand, asked for before each job."""

    def __init__(self, ledger: Ledger, journal: Journal, clock: ClockWatch) -> None:
        self._ledger, self._journal, self._clock = ledger, journal, clock

    async def stand(self) -> frozenset[Why]:
        """Return what is doubted now; the journal reports a halt that is new or was lifted."""
        standing = await self._ledger.read(store.halts.standing)
        if await self._clock.lifted(standing):
            standing = await self._ledger.read(store.halts.standing)
        self._journal.halted(standing)
        return frozenset(each.why for each in standing)

    def unless(self, job: str,
               step: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[object]]:
        """Return a job's step that does nothing while a halt bars it."""
        async def do() -> None:
            if not any(job in BARRED[why] for why in await self.stand()):
                await step()
        return do


async def refuse(ledger: Ledger) -> None:
    """Raise RequestError while any halt stands: then no letter may be sent."""
    for halt in await ledger.read(store.halts.standing):
        raise RequestError(
            f"nothing leaves us since {short_moment(halt.since, 'en')}: {halt.detail}; "
            "see `halts list`"
        )
