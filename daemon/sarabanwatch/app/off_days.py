"""The step for holidays: what people declare while we run takes effect at its next turn.

The verb that declares a day moves the windows that run, in the same transaction. This step moves
those that were begun meanwhile by the days that we knew, and, at its first turn, those of days that
the configured file or the package tells otherwise since we last ran.
"""

from functools import partial

from sarabanwatch import store
from sarabanwatch.app.journal import Journal
from sarabanwatch.core.calendar import OffDays
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.sending import plan
from sarabanwatch.ports import Clock
from sarabanwatch.store import Ledger


class HolidayWatch:
    """Keeps the days that a policy knows to those that the ledger has."""

    def __init__(self, off_days: OffDays, policy: Policy) -> None:
        self._off_days, self._policy, self._looked = off_days, policy, False

    async def look(self, *, ledger: Ledger, clock: Clock, journal: Journal) -> None:
        """Take in what was declared, and move the windows that run, where anything is new."""
        declared = await ledger.read(store.off_days.declared)
        news = declared.items() ^ self._off_days.declared.items()
        if self._looked and not news:
            return
        self._off_days.declared = declared
        moved = await ledger.write(store.off_days.move,
                                   partial(plan.window_end, policy=self._policy), clock.now())
        self._looked = True
        if news or moved:
            journal.rounds.holidays(sorted({day for day, _ in news}), moved)
