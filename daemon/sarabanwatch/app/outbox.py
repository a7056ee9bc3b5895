"""Letters out: which of them may go now, and the connections that send them.

What may go is asked of the ledger at each look; only which letters are in hand is remembered.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from typing import TypeVar

from sarabanwatch import store
from sarabanwatch.app import life
from sarabanwatch.app.dispatcher import Dispatcher
from sarabanwatch.app.halts import Halts
from sarabanwatch.app.handing import Handing
from sarabanwatch.app.life import Outlet
from sarabanwatch.app.parts import ServiceParts
from sarabanwatch.app.pausing import Pauses
from sarabanwatch.core.errors import Barred, Unwritable
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.ports import Line

T = TypeVar("T")
# Pauses, in wall seconds:
IDLE_PAUSE = 0.2          # between two looks for letters to send, when there were none
SCARCE_PAUSE = 0.05       # between two looks, when there were fewer letters than room
ASIDE = 3600.0            # until a letter that our own code failed at is tried again
BARRED_PAUSE = 60.0       # before a relay that refuses our log-in is tried again
OWN = "@own"              # stands for the mail host of letters to ourselves

# How long a connection may take for a letter, in wall seconds: the bounds of edge/smtp together
# (DNS, several hosts, each answer, ten minutes after the final dot).
SENDS_WITHIN = 25 * 60.0


class Outbox:
    """Chooses the letters that may go now, and hands them to the connections, none of them twice.

    `stopping` is set when the end is asked for; `give_up` is called with an error after which the
    daemon cannot go on.
    """

    def __init__(self, parts: ServiceParts, halts: Halts, pauses: Pauses, stopping: asyncio.Event,
                 give_up: Callable[[BaseException], None]) -> None:
        self._parts, self._halts, self._pauses = parts, halts, pauses
        self._stopping, self._give_up = stopping, give_up
        self._wanted = asyncio.Event()
        self._handing = Handing(4 * len(parts.lines))
        # serial -> loop time when it may be tried again, of letters that our own code failed at
        self._aside: dict[int, float] = {}
        self.dispatcher = Dispatcher(parts.rules.pace, parts.rules.policy)
        # serial -> mail host, of the letters that wait in the queue or are being sent
        self.in_hand: dict[int, str] = {}
        self.path_whole = True      # as letters to ourselves say; else only these are sent

    async def fill(self) -> None:
        """Hand out letters that may go now, as many as the queue has room for."""
        room = self._handing.room
        found = await self.may_go(room)
        for serial, host in found:
            self.in_hand[serial] = host
            self._handing.put(serial)
        self._parts.journal.stepped("send")
        if len(found) < room:
            await asyncio.sleep(SCARCE_PAUSE)   # or each letter that ends would ask again

    async def until_wanted(self) -> None:
        """Wait until the queue runs short, or it is time to look again."""
        self._wanted.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wanted.wait(), IDLE_PAUSE)

    def wake(self) -> None:
        """End the wait for a letter to choose."""
        self._wanted.set()

    def close(self) -> None:
        """Hand out nothing any more; connections that wait for a letter end."""
        self._handing.end()

    async def may_go(self, limit: int) -> list[tuple[int, str]]:
        """Return (serial, host) of at most `limit` letters that may be sent now.

        Letters to ourselves come first, then those that their mail hosts have room for. Where there
        are none of these, letters that a person asked for go outside office hours; else catch-all
        probes.
        """
        ledger, now, in_hand = self._parts.ledger, self._parts.clock.now(), dict(self.in_hand)
        halted, all_paused = await self._halts.stand(), await self._pauses.look()
        if halted or all_paused or not self._parts.rules.signs(now):
            return []
        self.dispatcher.paused = await self._pauses.waits()
        besides = {**dict.fromkeys(self._still_aside(), OWN), **in_hand}
        own = [serial for serial, _ in await ledger.read(store.pacing.waiting, Purpose.CANARY,
                                                         besides, now)]
        room, others = limit - len(own), list[tuple[int, str]]()
        if self.path_whole and room > 0:
            others = await self.dispatcher.to_agencies(ledger, now, in_hand.values(), besides, room)
        if self.path_whole and not others:
            others = await self.dispatcher.asked(ledger, now, besides, room)
        if self.path_whole and not others:
            others = await self.dispatcher.catch_all_probes(ledger, now, besides, room)
        return [*((serial, OWN) for serial in own), *others][:limit]

    def _still_aside(self) -> Collection[int]:
        now = asyncio.get_running_loop().time()
        self._aside = {serial: until for serial, until in self._aside.items() if now < until}
        return self._aside

    async def report(self) -> None:
        """Tell what letters wait for, and since when none was sent that may go."""
        ledger, now, journal = self._parts.ledger, self._parts.clock.now(), self._parts.journal
        hosts = self.dispatcher
        await hosts.learn(ledger, now)
        hosts.paused = await self._pauses.waits()
        due = await ledger.read(store.pacing.hosts, now)
        journal.paced(hosts.why(due, now), hosts.open_hosts, hosts.slowed(now),
                      breaker_open=hosts.breaker_open)
        journal.held_up(hosts.held_up(hosts.rooms(due, now) if self.path_whole else (), now))

    async def send(self, line: Line, name: str) -> None:
        """Send what is handed out over one connection, until there is nothing more to come.

        The outcome of a letter is being written down while the next one begins: the ledger keeps
        the order, so that no letter begins before the outcome of the one before is on disk.
        """
        noting: asyncio.Future[None] | None = None
        try:
            while not self._stopping.is_set():
                if (serial := await self._handing.take()) is None:      # the end was asked for
                    return
                if len(self._handing) < len(self._parts.lines):
                    self._wanted.set()
                noted = await self._minding(serial, self._offer(serial, line, name))
                noting = asyncio.ensure_future(self._end(serial, noted))
        finally:
            if noting:
                await asyncio.wait({noting})

    async def _offer(self, serial: int, line: Line, name: str) -> Awaitable[None] | None:
        w = self._parts
        try:
            if not (line.stands or await self._stands(line)):
                return None
            w.progress.expect(name, SENDS_WITHIN)
            return await life.offer(serial, Outlet(line, w.chance, w.press), ledger=w.ledger,
                                    clock=w.clock, rules=w.rules, journal=w.journal)
        finally:
            w.progress.rest(name)

    async def _end(self, serial: int, noted: Awaitable[None] | None) -> None:
        """Let a letter go out of hand when its outcome is on disk."""
        try:
            if noted:
                await self._minding(serial, noted)
        finally:
            self.in_hand.pop(serial, None)

    async def _minding(self, serial: int, step: Awaitable[T]) -> T | None:
        """Return what a letter's step returns; where it fails, the letter is set aside."""
        w = self._parts
        try:
            return await step
        except Barred as error:
            w.journal.relay_lost(error)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), BARRED_PAUSE)
        except Unwritable as error:
            self._give_up(error)
        except Exception as error:  # noqa: BLE001 - one letter's failure; the others go on
            # if it was picked already, `recover` puts it in doubt and it is not sent again
            w.journal.set_aside("letter", error)
            self._aside[serial] = asyncio.get_running_loop().time() + ASIDE
        return None

    async def _stands(self, line: Line) -> bool:
        """Wait until a connection stands; return False where the end was asked for first.

        No letter has been picked by then, so none is lost.
        """
        ready = asyncio.ensure_future(line.ready())
        stop = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({ready, stop}, return_when=asyncio.FIRST_COMPLETED)
            if ready.done():
                ready.result()
            return not stop.done()
        finally:
            ready.cancel()
            stop.cancel()
