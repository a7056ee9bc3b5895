"""Watches our own clock: halts us while it is doubted (`core.sending.timekeeping`), and lifts that again.

A person who lifts such a halt says by that that the clock is right as it stands; it is then followed.
"""

import asyncio

from sarabanwatch import store
from sarabanwatch.core.sending.halt import Halt, Why
from sarabanwatch.core.sending.timekeeping import gainsaid
from sarabanwatch.ports import Clock
from sarabanwatch.store import Ledger

LOOKS = 5.0     # wall seconds between two looks


class ClockWatch:
    """`sure` is set once nothing gainsays the time that the clock showed at the start: until then no moment is written down."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock
        self._halt: int | None = None       # the number of the one that stands
        self._gainsaid = ""
        self.sure = asyncio.Event()

    async def begin(self) -> None:
        """At a start: hold the clock against what the ledger knows, and halt us, or lift what was halted, accordingly."""
        standing = await self._standing()
        self._halt = standing.number if standing else None
        await self._hold(halted=standing is not None)
        await self._say(self._gainsaid, "the clock agrees with the ledger again")

    async def look(self) -> None:
        """Look at the clock; what is found stands in the ledger."""
        if self._halt is not None and await self._standing() is None:      # by a person's word
            self._halt, self._gainsaid = None, ""
            self._clock.trust()
            self.sure.set()
        if self._gainsaid:
            await self._hold(halted=True)
        await self._say(self._clock.doubt() or self._gainsaid,
                        "the clock has been right for a while")

    async def _hold(self, *, halted: bool) -> None:
        """Hold the clock against the ledger's newest fact."""
        self._gainsaid = gainsaid(self._clock.now(), await self._ledger.read(store.future.newest),
                                  halted=halted)
        if not self._gainsaid:
            self.sure.set()

    async def _say(self, why: str, lifted: str) -> None:
        now = self._clock.now()
        if why and self._halt is None:
            await self._ledger.write(store.epoch.halt, Why.CLOCK, why, now)
            standing = await self._standing()
            self._halt = standing.number if standing else None
        elif not why and self._halt is not None:
            await self._ledger.write(store.halts.lift, self._halt, "", lifted, now)
            self._halt = None

    async def _standing(self) -> Halt | None:
        return next((halt for halt in await self._ledger.read(store.halts.standing)
                     if halt.why is Why.CLOCK), None)
