"""The table of jobs: which step, how often. Starts them, keeps them going, and drains them at the end.

What is due is derived from the ledger; the table only wakes the steps. One loop sends, one receives, a ticker
(APScheduler, without a job store) runs the rest. A job that fails is recorded and goes on at its next turn.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Literal

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from sarabanwatch.app import life, sources
from sarabanwatch.app.gate import Gate
from sarabanwatch.app.strays import strays
from sarabanwatch.app.survey import survey
from sarabanwatch.core.calendar import campaign
from sarabanwatch.ports import (
    Barred,
    Chance,
    Clock,
    Inbox,
    Journal,
    Ledger,
    Line,
    Press,
    Reader,
    Seals,
    Source,
    Unwritable,
    Witness,
)

SHORTEST = 0.5            # wall seconds between two runs of a job, however fast the clock
RESTS = 3                 # times as long as it took a job rests at least: a large register leaves room for the letters
IDLE_PAUSE = 0.2          # wall seconds between two looks for letters to send, when there are none
SCARCE_PAUSE = 0.05       # wall seconds between two looks at least, when there were fewer than could be taken
ASIDE = 3600.0            # wall seconds until a letter that we failed at is tried again, if it never left us
BARRED_PAUSE = 60.0       # wall seconds to wait for a relay that will not have us
OWN = "@own"              # whom letters to ourselves burden
DRAIN_WITHIN = 45.0       # wall seconds for letters in hand to end
CANCEL_AGAIN = 1.0        # wall seconds
HANGS_AFTER = 110.0       # wall seconds without a move of a loop before we stop feeding the watchdog

# step -> how often, in seconds of the clock
JOBS: dict[str, float] = {
    "register": 15 * 60,
    "recover":  5 * 60,
    "canary":   15 * 60,
    "draft":    15 * 60,
    "close":    15 * 60,
    "judge":    5 * 60,
    "announce": 5 * 60,
    "publish":  5 * 60,
    "stray":    15 * 60,
    "survey":   15 * 60,
    "forget":   15 * 60,
}
ALONE = frozenset({"survey"})   # takes minutes: it has a loop of its own, lest its turns pile up


@dataclass(frozen=True, slots=True)
class World:
    """Every part of the world that the service hands to its steps."""

    ledger: Ledger
    clock: Clock
    chance: Chance
    journal: Journal
    inbox: Inbox
    mailbox: str
    reader: Reader
    seals: Seals
    lines: Sequence[Line]
    rules: life.Rulebook
    witnesses: Sequence[Witness] = ()
    survey_every: timedelta = timedelta(days=1)
    press: Press | None = None
    source: Source | None = None
    look_every: timedelta = timedelta(hours=1)
    change_at_most: float = 1.0


class Service:
    """The running daemon, from `run` to the end of `run`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._looked_at: datetime | None = None
        self._listed_at: datetime | None = None
        self._path_whole = True
        self._surveyed = not world.witnesses
        self._in_hand: dict[int, str] = {}      # letters that wait in the queue or are being sent, and their hosts
        self._aside: dict[int, float] = {}      # letters that we failed at, and when each may be tried again
        self._gate = Gate(world.rules.pace, world.rules.policy)
        self._running: set[asyncio.Task[object] | None] = set()
        self._rests_until: dict[str, float] = {}
        self._queue: asyncio.Queue[int | None] = asyncio.Queue(maxsize=4 * len(world.lines))
        self._stopping, self._wanted = asyncio.Event(), asyncio.Event()
        self._moved: dict[str, float] = {}
        self._unwritable: Unwritable | None = None

    def alive(self) -> bool:
        """Say whether every loop has moved lately; the watchdog is fed on nothing less."""
        now = monotonic()
        return all(now - at < HANGS_AFTER for at in self._moved.values())

    def moved(self, loop: str) -> None:
        """A loop says that it goes on."""
        self._moved[loop] = monotonic()

    def stop(self) -> None:
        """Ask for the end: letters in hand are ended, no other is begun."""
        self._stopping.set()
        self._wanted.set()

    def _give_up(self, error: Unwritable) -> None:
        self._unwritable = error
        self.stop()

    async def run(self, ready: Callable[[], None]) -> None:
        """Work until `stop`; raise what makes going on senseless (a ledger that cannot be written)."""
        w = self._world
        w.journal.started(await life.recover(ledger=w.ledger, clock=w.clock, rules=w.rules))
        for job in (job for job in JOBS if job not in ALONE):
            await self._step(job)
        ticker = self._ticker()
        receiving = asyncio.create_task(self._receive(), name="receive")
        sending = [asyncio.create_task(self._send(line), name="send") for line in w.lines]
        choosing = asyncio.create_task(self._choose(), name="choose")
        stopping = asyncio.create_task(self._stopping.wait(), name="stop")
        alone = [asyncio.create_task(self._repeat(job), name=job) for job in ALONE]
        ticker.start()
        ready()
        try:
            done, _ = await asyncio.wait({receiving, choosing, stopping, *sending}, return_when=asyncio.FIRST_COMPLETED)
            await self._drain(ticker, choosing, sending)
            for task in done:
                task.result()
        finally:
            if ticker.running:
                ticker.shutdown(wait=False)
            tasks = (receiving, choosing, stopping, *sending, *alone)
            await _end(tasks)
            await asyncio.gather(*tasks, *(line.close() for line in w.lines), return_exceptions=True)
        for job in ("judge", "announce", "publish"):
            await self._step(job)
        if self._unwritable:
            raise self._unwritable
        w.journal.stopped()

    def _steps(self) -> dict[str, Callable[[], Awaitable[object]]]:
        w = self._world
        return {
            "register": self._register,
            "recover":  lambda: life.recover(ledger=w.ledger, clock=w.clock, rules=w.rules, in_hand=self._in_hand),
            "canary":   self._canary,
            "draft":    self._draft,
            "close":    lambda: life.close(
                looked_at=self._looked_at, ledger=w.ledger, clock=w.clock, rules=w.rules, journal=w.journal),
            "judge":    lambda: life.judge(ledger=w.ledger, clock=w.clock, rules=w.rules),
            "announce": lambda: life.announce(ledger=w.ledger, clock=w.clock, journal=w.journal),
            "publish":  self._publish,
            "stray":    lambda: strays(ledger=w.ledger, clock=w.clock, rules=w.rules, journal=w.journal),
            "forget":   lambda: life.forget(ledger=w.ledger, clock=w.clock, rules=w.rules, journal=w.journal),
            "survey":   self._survey,
        }

    async def _register(self) -> None:
        """Look at the source of the register, when that is due."""
        w = self._world
        if w.source and (self._listed_at is None or w.clock.now() - self._listed_at >= w.look_every):
            self._listed_at = w.clock.now()
            await sources.look(
                source=w.source, ledger=w.ledger, clock=w.clock, journal=w.journal, change_at_most=w.change_at_most)

    async def _canary(self) -> None:
        """While our own path is broken, nothing but canaries leaves us."""
        w = self._world
        self._path_whole = await life.canary(ledger=w.ledger, clock=w.clock, rules=w.rules, journal=w.journal)

    async def _draft(self) -> None:
        """Lay the round's letters to the hosts that they burden as the DNS shows them by now, then write down more."""
        w = self._world
        round_ = campaign(w.clock.now(), w.rules.policy.anchor, w.rules.policy.weeks)
        if await w.ledger.pacing.rehost(round_.number, w.rules.pace.host_of):
            self._gate.forget()
        await life.draft(
            ledger=w.ledger, clock=w.clock, rules=w.rules, journal=w.journal, gate=self._gate, surveyed=self._surveyed)

    async def _survey(self) -> None:
        """Look at domains; after the first time, however it ended, no letter waits for it."""
        w = self._world
        try:
            await survey(witnesses=w.witnesses, every=w.survey_every, live=w.rules.policy.live, ledger=w.ledger, clock=w.clock,
                         journal=w.journal)
        finally:
            self._surveyed = True

    async def _publish(self) -> None:
        w, now = self._world, self._world.clock.now()
        await life.publish(ledger=w.ledger, clock=w.clock, rules=w.rules, journal=w.journal)
        await self._gate.learn(w.ledger, now)
        w.journal.paced(self._gate.why(await w.ledger.pacing.hosts(now), now), self._gate.shut, self._gate.slowed(now),
                        ill=self._gate.ill)

    async def _step(self, name: str) -> None:
        try:
            await self._steps()[name]()
            self._world.journal.stepped(name)
            self.moved("ticker")
        except Unwritable as error:
            self._give_up(error)
        except Exception as error:  # noqa: BLE001 - the one place where a job's failure is caught: recorded, then on
            self._world.journal.failed("job", error)

    async def _turn(self, name: str) -> None:
        """Run a step for the ticker, where the drain can see it, unless it still rests."""
        clock, running = asyncio.get_running_loop().time, asyncio.current_task()    # the simulation jumps in it
        began = clock()
        if began < self._rests_until.get(name, 0.0):
            return
        self._running.add(running)
        try:
            await self._step(name)
        finally:
            self._running.discard(running)
            self._rests_until[name] = clock() + RESTS * (clock() - began)

    def _ticker(self) -> AsyncIOScheduler:
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)   # a step still running at its next turn is no news
        ticker = AsyncIOScheduler(
            timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1})
        for name in (job for job in JOBS if job not in ALONE):
            ticker.add_job(self._turn, "interval", seconds=self._pause(name), args=[name], id=name)
        return ticker

    def _pause(self, name: str) -> float:
        return max(SHORTEST, self._world.clock.wall_seconds(JOBS[name]))

    async def _repeat(self, name: str) -> None:
        while True:
            await self._step(name)
            await asyncio.sleep(self._pause(name))

    async def _receive(self) -> None:
        w = self._world
        async for batch in w.inbox.batches(await w.ledger.arrivals.cursor(w.mailbox)):
            self.moved("receive")
            if batch.mails:
                await life.receive(
                    w.mailbox, batch, ledger=w.ledger, reader=w.reader, seals=w.seals, clock=w.clock, rules=w.rules,
                    journal=w.journal)
            elif batch.through:
                self._looked_at = w.clock.now()
                w.journal.looked()

    async def _choose(self) -> None:
        """Put letters that may go into the hands of the lines; none twice."""
        while not self._stopping.is_set():
            self.moved("choose")
            room = self._queue.maxsize - self._queue.qsize()
            found = await self._may_go(room)
            for serial, host in found:
                self._in_hand[serial] = host
                self._queue.put_nowait(serial)
            self._world.journal.stepped("send")
            if len(found) < room:
                await asyncio.sleep(SCARCE_PAUSE)   # lest each letter that ends asks anew
            self._wanted.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), IDLE_PAUSE)

    async def _may_go(self, limit: int) -> list[tuple[int, str]]:
        """Return so many letters that may leave us now: those to ourselves, others as their mail hosts have room, else strays."""
        ledger, now, in_hand = self._world.ledger, self._world.clock.now(), dict(self._in_hand)
        besides = {**dict.fromkeys(self._still_aside(), OWN), **in_hand}
        own = await ledger.pacing.own(besides, now)
        rooms = await self._gate.rooms(ledger, now, in_hand.values()) if self._path_whole and limit > len(own) else {}
        most = min(limit - len(own), self._gate.most(now, len(in_hand)))
        others = await ledger.pacing.next(now, rooms, besides, most) if rooms and most > 0 else ()
        if not others and self._path_whole:
            room = limit - len(own)
            others = await self._gate.asked(ledger, now, besides, room) or await self._gate.strays(ledger, now, besides, room)
        return [*((serial, OWN) for serial in own), *others][:limit]

    def _still_aside(self) -> Collection[int]:
        now = asyncio.get_running_loop().time()
        self._aside = {serial: until for serial, until in self._aside.items() if now < until}
        return self._aside

    async def _send(self, line: Line) -> None:
        w = self._world
        while not self._stopping.is_set():
            serial = await self._queue.get()
            if serial is None:      # the end was asked for
                return
            if self._queue.qsize() < len(w.lines):
                self._wanted.set()
            try:
                if await self._stands(line):
                    await life.send(serial, ledger=w.ledger, line=line, clock=w.clock, chance=w.chance, rules=w.rules,
                                    journal=w.journal, press=w.press)
            except Barred as error:
                w.journal.failed("send", error)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), BARRED_PAUSE)
            except Unwritable as error:
                self._give_up(error)
            except Exception as error:  # noqa: BLE001 - the shunt: others go on; once begun it goes no second time (`recover`)
                w.journal.set_aside("letter", error)
                self._aside[serial] = asyncio.get_running_loop().time() + ASIDE
            finally:
                self._in_hand.pop(serial, None)

    async def _stands(self, line: Line) -> bool:
        """Wait until a line stands; False where the end was asked for first: no letter is in hand yet, so none is lost."""
        ready, stop = asyncio.ensure_future(line.ready()), asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({ready, stop}, return_when=asyncio.FIRST_COMPLETED)
            if ready.done():
                ready.result()
            return not stop.done()
        finally:
            ready.cancel()
            stop.cancel()

    async def _drain(self, ticker: AsyncIOScheduler, choosing: asyncio.Task[None], sending: list[asyncio.Task[None]]) -> None:
        """Begin nothing new, and let every letter and step in hand end; the ticker's own end would cut them off."""
        self.stop()
        ticker.pause()
        await asyncio.sleep(0)   # a step that was just woken shows itself
        for _ in sending:
            with suppress(asyncio.QueueFull):
                self._queue.put_nowait(None)
        await asyncio.wait({choosing, *sending, *filter(None, self._running)}, timeout=DRAIN_WITHIN)


async def _end(tasks: Iterable[asyncio.Task[Literal[True] | None]]) -> None:
    """Cancel until all have ended. Once may not do: Python 3.11's `wait_for` loses a cancel that meets a result."""
    going = set(tasks)
    while going:
        for task in going:
            task.cancel()
        _, going = await asyncio.wait(going, timeout=CANCEL_AGAIN)
