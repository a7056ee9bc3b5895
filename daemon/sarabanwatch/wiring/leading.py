"""Who of several daemons over one ledger on a server works: it leads, and the others stand by.

A daemon that stands by serves metrics and the page. It asks for the lease every few seconds, and
leads once the leader has given it up or has not renewed it for 30 seconds (`store.lease`). A leader
renews it every ten; one that learns that another has taken its place stops at once, with an error,
and its service manager starts it anew: it stands by then.
"""

import asyncio
from collections.abc import Callable
from time import monotonic

from sarabanwatch.core.errors import UnavailableError, Unwritable
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.store.lease import LASTS, RENEWED, Leader
from sarabanwatch.store.places import Server

ASKS = 2.0      # wall seconds between two times that a daemon asks to lead


class Leading:
    """This daemon's part in it."""

    def __init__(self, server: Server, journal: MetricJournal) -> None:
        from sarabanwatch.store.lease_holder import LeaseHolder  # the driver is for a server only

        self._one = LeaseHolder(server)
        self._journal = journal

    @property
    def leader(self) -> Leader | None:
        """This daemon where it leads."""
        return self._one.leader

    async def stand_by(self, ends: Callable[[], bool], ready: Callable[[str], None]) -> bool:
        """Wait until this daemon leads; return False where its end is asked for first.

        `ready` hears, each time, for whom it stands by.
        """
        while not ends():
            holder = await self._asked()
            if self.leader:
                self._journal.lead.begins(self.leader.name, self.leader.fence)
                return True
            ready(holder)
            await asyncio.sleep(ASKS)
        return False

    async def _asked(self) -> str:
        try:
            found = await asyncio.to_thread(self._one.ask)
        except UnavailableError as away:
            self._journal.lead.away(away)
            return ""
        if not self.leader:
            self._journal.lead.waits(found.holder, found.since)
        return found.holder

    async def keep(self, lost: Callable[[Unwritable], None]) -> None:
        """Renew the lease until cancelled; `lost` hears that another leads."""
        renewed = monotonic()
        while True:
            await asyncio.sleep(RENEWED)
            try:
                other = await asyncio.to_thread(self._one.renew)
            except UnavailableError as away:
                self._journal.lead.away(away)
                if monotonic() - renewed > LASTS:
                    self._journal.lead.doubted()
                continue
            if other:
                self._journal.lead.lost(other.holder, other.since)
                lost(Unwritable(f"{other.holder or 'another daemon'} leads since {other.since}: "
                                "this one writes nothing more, and stops"))
                return
            renewed = monotonic()
            self._journal.lead.renewed()

    async def end(self) -> None:
        """Give the lease up, so that another leads at once."""
        await asyncio.to_thread(self._one.give_up)
