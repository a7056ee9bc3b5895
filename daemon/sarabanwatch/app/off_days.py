"""The step for holidays: what people declare while we run takes effect at its next turn.

The verb that declares a day moves the windows that run, in the same transaction. This step moves
those that were begun meanwhile by the days that we knew, and, at its first turn, those of days that
the configured file or the package tells otherwise since we last ran. Where
`campaign.window_office_hours` was changed since then, they move too: how long we wait for an answer
is the operator's to say, and silence counts by what is said when the window ends.
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
        self._off_days, self._looked = off_days, False
        self._hours = policy.campaign.window_office_hours
        self._window_end = partial(plan.window_end, policy=policy)

    async def look(self, *, ledger: Ledger, clock: Clock, journal: Journal) -> None:
        """Take in what was declared, and move the windows that run, where anything is new."""
        if not self._looked:
            await self._take_hours(ledger, clock, journal)
        declared = await ledger.read(store.off_days.declared)
        news = declared.items() ^ self._off_days.declared.items()
        if self._looked and not news:
            return
        self._off_days.declared = declared
        moved = await ledger.write(store.off_days.move, self._window_end, clock.now())
        self._looked = True
        if news or moved:
            journal.rounds.holidays(sorted({day for day, _ in news}), moved)

    async def _take_hours(self, ledger: Ledger, clock: Clock, journal: Journal) -> None:
        """Move the windows that run to the hours that are configured, and have a change told."""
        had = await ledger.read(store.off_days.hours)
        if had == self._hours:
            return
        moved = await ledger.write(store.off_days.take_hours, self._hours, self._window_end,
                                   clock.now())
        if had is not None:
            journal.rounds.window_hours(had, self._hours, moved)
