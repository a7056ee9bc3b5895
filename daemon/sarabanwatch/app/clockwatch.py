"""Watches our own clock: halts the daemon while the clock is in doubt, and lifts that halt again.

`core.sending.timekeeping` says when it is in doubt. A person who lifts such a halt declares that
the clock is right as it stands, and it is trusted from then on.
"""

import asyncio
from collections.abc import Collection

from sarabanwatch import store
from sarabanwatch.core.sending.halt import Halt, Why
from sarabanwatch.core.sending.timekeeping import contradicted
from sarabanwatch.ports import Clock
from sarabanwatch.store import Ledger

LOOKS = 5.0     # wall seconds between two looks


class ClockWatch:
    """The clock held against the ledger, at the start and every LOOKS seconds.

    `sure` is set once nothing contradicts the time that the clock showed at the start. Until then
    no step may write a moment down.
    """

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock
        self._halt: int | None = None       # the number of the one that stands
        self._contradiction = ""
        self._looking = asyncio.Lock()
        self.sure = asyncio.Event()

    async def begin(self) -> None:
        """Compare the clock with the ledger at a start; begin or lift the halt accordingly."""
        standing = await self._standing()
        self._halt = standing.number if standing else None
        await self._hold(halted=standing is not None)
        await self._say(self._contradiction, "the clock agrees with the ledger again")

    async def look(self) -> None:
        """Look at the clock, and write what was found into the ledger."""
        async with self._looking:
            await self._look()

    async def _look(self) -> None:
        if self._halt is not None and await self._standing() is None:      # a person lifted it
            self._halt, self._contradiction = None, ""
            self._clock.trust()
            self.sure.set()
        if self._contradiction:
            await self._hold(halted=True)
        await self._say(self._clock.doubt() or self._contradiction,
                        "the clock has been right for a while")

    async def lifted(self, standing: Collection[Halt]) -> bool:
        """Look at once where the clock's halt is not among those that stand: a person lifted it.

        Say whether that was so. Whoever is about to act because no halt bars it asks here first:
        until we have looked, our own time is still the one that was in doubt.
        """
        if self._halt is None or self._halt in {halt.number for halt in standing}:
            return False
        await self.look()
        return True

    async def _hold(self, *, halted: bool) -> None:
        """Compare the clock with the ledger's newest fact."""
        newest = await self._ledger.read(store.future.newest)
        self._contradiction = contradicted(self._clock.now(), newest, halted=halted)
        if not self._contradiction:
            self.sure.set()

    async def _say(self, why: str, lifted: str) -> None:
        now = self._clock.now()
        if why and self._halt is None:
            await self._ledger.write(store.halts.begin, Why.CLOCK, why, now)
            standing = await self._standing()
            self._halt = standing.number if standing else None
        elif not why and self._halt is not None:
            await self._ledger.write(store.halts.lift, self._halt, "", lifted, now)
            self._halt = None

    async def _standing(self) -> Halt | None:
        return next((halt for halt in await self._ledger.read(store.halts.standing)
                     if halt.why is Why.CLOCK), None)
