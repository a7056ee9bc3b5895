"""Who of several daemons over one ledger on a server works: it leads, and the others stand by.

A daemon that stands by serves metrics and the page. It asks for the lease every few seconds, and
leads once the leader has given it up or has not renewed it for 30 seconds (`store.lease`). A leader
renews it every ten; one that learns that another has taken its place stops at once, with an error,
and its service manager starts it anew: it stands by then.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from sarabanwatch.core.errors import UnavailableError, Unwritable
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.store.lease import LASTS, RENEWED, Leader, Lease
from sarabanwatch.store.places import Server

T = TypeVar("T")
ASKS = 2.0      # wall seconds between two times that a daemon asks to lead
ANSWERS = 8.0   # wall seconds in which a server answers; connecting to it may take a part of them
CUTS_AGAIN = 0.5


class Leading:
    """This daemon's part in it."""

    def __init__(self, server: Server, journal: MetricJournal) -> None:
        from sarabanwatch.store.lease_holder import LeaseHolder  # the driver is for a server only

        self._one, self._turn = LeaseHolder(server), asyncio.Lock()
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
            found = await self._called(self._one.ask)
        except UnavailableError as away:
            self._journal.lead.away(away)
            return ""
        if not self.leader:
            self._journal.lead.waits(found.holder, found.since)
        return found.holder

    async def keep(self, lost: Callable[[Unwritable], None]) -> None:
        """Renew the lease until cancelled; `lost` hears that another leads."""
        later, lead = asyncio.get_running_loop().call_later, self._journal.lead
        while True:
            doubts = later(LASTS, lead.doubted)
            try:
                other = await self._renewed()
            finally:
                doubts.cancel()
            if other:
                lead.lost(other.holder, other.since)
                lost(Unwritable(f"{other.holder or 'another daemon'} leads since {other.since}: "
                                "this one writes nothing more, and stops"))
                return
            lead.renewed()

    async def _renewed(self) -> Lease | None:
        """Renew the lease once it is time, however long the server does not answer.

        Return the one by which another leads; None where it is still ours.
        """
        await asyncio.sleep(RENEWED)
        while True:
            try:
                return await self._called(self._one.renew)
            except UnavailableError as away:
                self._journal.lead.away(away)
            await asyncio.sleep(ASKS)

    async def end(self) -> None:
        """Give the lease up, so that another leads at once."""
        with suppress(UnavailableError):
            await self._called(self._one.give_up)

    async def _called(self, do: Callable[[], T]) -> T:
        """Ask the server in a thread; one that says nothing for ANSWERS is given up."""
        async with self._turn:      # the holder is called by one thread at a time
            call = asyncio.ensure_future(asyncio.to_thread(do))
            try:
                await asyncio.wait({call}, timeout=ANSWERS)
            finally:
                await self._cut(call)
            return call.result()

    async def _cut(self, call: "asyncio.Future[T]") -> None:
        """Have a call end that did not by itself."""
        while not call.done():
            self._one.cut()
            with suppress(asyncio.CancelledError):      # we are ending
                await asyncio.wait({call}, timeout=CUTS_AGAIN)
        call.exception()        # nobody may be there any more to hear of it
