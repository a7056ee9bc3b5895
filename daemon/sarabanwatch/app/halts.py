"""What stands still while we doubt our own ledger or clock (core.sending.halt), and how that is told.

A halt stands in the ledger, so that a verb can lift it and a restart does not forget it; whoever would do something that it
bars asks here first.
"""

from collections.abc import Awaitable, Callable, Mapping

from sarabanwatch import store
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.sending.halt import Why
from sarabanwatch.ports import Journal
from sarabanwatch.store import Ledger

LETTERS = frozenset({"canary", "draft", "stray", "close", "forget"})
# The jobs that each doubt bars: what makes letters or ends windows; and where the clock is doubted, what goes by the day.
BARRED: Mapping[Why, frozenset[str]] = {
    Why.RESTORED: LETTERS, Why.CLOCK: LETTERS
    | {"judge", "rebase", "recover", "register", "survey"}}


class Halts:
    """The halts that stand, looked at whenever something would be done."""

    def __init__(self, ledger: Ledger, journal: Journal) -> None:
        self._ledger, self._journal = ledger, journal

    async def stand(self) -> frozenset[Why]:
        """Return what is doubted now; a halt that is new, or lifted, is told."""
        standing = await self._ledger.read(store.halts.standing)
        self._journal.halted(standing)
        return frozenset(each.why for each in standing)

    def unless(
        self, job: str, step: Callable[[], Awaitable[object]]
    ) -> Callable[[], Awaitable[object]]:
        """Return a job's step that does nothing while a halt bars it."""
        async def do() -> None:
            if not any(job in BARRED[why] for why in await self.stand()):
                await step()
        return do


async def refuse(ledger: Ledger) -> None:
    """Raise RequestError where nothing may leave us."""
    for halt in await ledger.read(store.halts.standing):
        raise RequestError(
            f"nothing leaves us since {halt.since:%Y-%m-%d %H:%M}Z: {halt.said}; see `halts list`"
        )
