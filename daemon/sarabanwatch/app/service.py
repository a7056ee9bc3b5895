"""The daemon's loops: one chooses letters, several send them, one receives, and the jobs run.

What is due is derived from the ledger. Nothing that another machine answers ends a loop; only a
request to stop does, or a ledger that cannot be written. At the end, letters and steps that are
under way are finished first.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from datetime import datetime

from sarabanwatch import store
from sarabanwatch.app import confirming, life, rounds, sources
from sarabanwatch.app.catch_all_probes import probe_domains
from sarabanwatch.app.clockwatch import LOOKS, ClockWatch
from sarabanwatch.app.dispatcher import Dispatcher
from sarabanwatch.app.ending import end
from sarabanwatch.app.forgetting import forget
from sarabanwatch.app.halts import Halts
from sarabanwatch.app.handing import Handing
from sarabanwatch.app.jobs import Jobs
from sarabanwatch.app.own_path import canary
from sarabanwatch.app.parts import ServiceParts
from sarabanwatch.app.pausing import Pauses
from sarabanwatch.app.survey import survey
from sarabanwatch.app.tries import RARELY, SOON, Tries
from sarabanwatch.core.errors import Barred, Unwritable
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.sending import plan
from sarabanwatch.core.sending.timekeeping import SKEW
from sarabanwatch.ports import Line

# Pauses, in wall seconds:
IDLE_PAUSE = 0.2          # between two looks for letters to send, when there were none
SCARCE_PAUSE = 0.05       # between two looks, when there were fewer letters than room
ASIDE = 3600.0            # until a letter that our own code failed at is tried again
BARRED_PAUSE = 60.0       # before a relay that refuses our log-in is tried again
DRAIN_WITHIN = 45.0       # at the end, for letters in hand to be finished
OWN = "@own"              # stands for the mail host of letters to ourselves

# How long a loop may take until it moves again, in wall seconds:
CHOOSES_WITHIN = 60.0
SENDS_WITHIN = 25 * 60.0  # a letter: the bounds of edge/smtp together (DNS, several hosts, each
#                           answer, ten minutes after the final dot)
READS_WITHIN = 5 * 60.0   # a batch of mails: the reading process may have to be started first ...
READS_A_MAIL = 10.0       # ... and each mail is read, and its signatures are verified


class Service:
    """The running daemon, from the beginning of `run` to its end."""

    def __init__(self, world: ServiceParts) -> None:
        self._world = world
        self._looked_at: datetime | None = None
        self._listed_at: datetime | None = None
        self._path_whole = True
        self._surveyed = -1     # the import of the register whose domains were surveyed last
        # serial -> mail host, of the letters that wait in the queue or are being sent
        self._in_hand: dict[int, str] = {}
        # serial -> loop time when it may be tried again, of letters that our own code failed at
        self._aside: dict[int, float] = {}
        self._dispatcher = Dispatcher(world.rules.pace, world.rules.policy)
        self._halts = Halts(world.ledger, world.journal)
        self._clock = ClockWatch(world.ledger, world.clock)
        self._handing = Handing(4 * len(world.lines))
        self._stopping, self._wanted = asyncio.Event(), asyncio.Event()
        self._senseless: BaseException | None = None    # why it makes no sense to go on
        self._tries = {"receive": Tries(), "choose": Tries(), "clock": Tries()}
        self.progress = world.progress
        self._pauses = Pauses(world.ledger, world.clock, world.journal, world.progress)
        self._jobs = Jobs(self._steps(), world.clock, world.journal, self.progress, self._stopping,
                          self._give_up)

    def stop(self) -> None:
        """Ask for the end: letters in hand are finished, and no other is begun."""
        self._stopping.set()
        self._wanted.set()

    def _give_up(self, error: BaseException) -> None:
        self._senseless = error
        self.stop()

    async def run(self, ready: Callable[[], None]) -> None:
        """Work until `stop`; then raise the error that makes going on senseless, if there is one.

        `ready` is called once the ledger can be relied upon. The first run of each job comes after
        it, because that may take long.
        """
        w = self._world
        await self._clock.begin()
        half_sent = await life.recover(ledger=w.ledger, clock=w.clock,
                                       rules=w.rules) if self._clock.sure.is_set() else 0
        w.journal.started(half_sent)
        ready()
        stopping = asyncio.create_task(self._stopping.wait(), name="stop")
        watching = asyncio.create_task(self._keep("clock", self._watch_clock), name="clock")
        receiving = asyncio.create_task(self._keep("receive", self._receive), name="receive")
        first = asyncio.create_task(self._jobs.each_once(), name="first")
        await asyncio.wait({first, stopping, receiving}, return_when=asyncio.FIRST_COMPLETED)
        loops = self._loops() if first.done() else {first}
        try:
            done, _ = await asyncio.wait({stopping, receiving, *loops},
                                         return_when=asyncio.FIRST_COMPLETED)
            await self._drain(loops)
            for task in done:
                # a BaseException ends us with its traceback; the service manager restarts us
                task.result()
        finally:
            tasks = (stopping, watching, receiving, *loops, *self._jobs.in_hand.values())
            await end(tasks)
            await asyncio.gather(*tasks, *(line.close() for line in w.lines),
                                 return_exceptions=True)
        for job in ("judge", "announce", "publish"):
            await self._jobs.run(job)
        if self._senseless:
            raise self._senseless

    def _loops(self) -> set[asyncio.Task[None]]:
        """Start the loops that end by themselves after a request to stop, when they are done."""
        loops = {"choose": self._keep("choose", self._choose), "jobs": self._jobs.go_on(),
                 **{f"send {n}": self._send(line, f"send {n}")
                    for n, line in enumerate(self._world.lines)}}
        return {asyncio.create_task(loop, name=name) for name, loop in loops.items()}

    async def _keep(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        """Run a loop until it ends; where it fails, report it and start again after a pause."""
        while not self._stopping.is_set():
            try:
                await loop()
            except Unwritable as error:
                self._give_up(error)
            except Exception as error:  # noqa: BLE001 - here a loop's failure is caught
                self._world.journal.failed(name, error)
                wait = self._tries[name].take(RARELY if isinstance(error, Barred) else SOON)
                self.progress.expect(name, wait)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), wait)
            else:
                return

    def _steps(self) -> dict[str, Callable[[], Awaitable[object]]]:
        w = self._world
        steps = {
            "room":     w.room,
            "register": self._register,
            "rebase":   lambda: w.ledger.write(store.future.rebase, w.clock.now(),
                                               plan.window_end(w.clock.now(), w.rules.policy)),
            "recover":  lambda: life.recover(ledger=w.ledger, clock=w.clock, rules=w.rules,
                                             in_hand=self._in_hand),
            "rounds":   lambda: rounds.turn(ledger=w.ledger, clock=w.clock, rules=w.rules,
                                            journal=w.journal),
            "holidays": w.holidays,
            "canary":   self._canary,
            "draft":    self._draft,
            "confirm":  lambda: confirming.look_again(ledger=w.ledger, clock=w.clock, rules=w.rules,
                                                 journal=w.journal),
            "close":    lambda: life.close(
                looked_at=self._looked_at, ledger=w.ledger, clock=w.clock, rules=w.rules,
                journal=w.journal),
            "judge":    self._judge,
            "announce": lambda: life.announce(ledger=w.ledger, clock=w.clock, journal=w.journal),
            "publish":  self._publish,
            "catch_all": lambda: probe_domains(ledger=w.ledger, clock=w.clock, rules=w.rules,
                                               journal=w.journal),
            "relay":    w.knock,
            "forget":   lambda: forget(ledger=w.ledger, clock=w.clock, rules=w.rules,
                                       journal=w.journal),
            "audit":    lambda: life.audit(ledger=w.ledger, journal=w.journal),
            "survey":   self._survey,
        }
        return {name: self._halts.unless(name, self._pauses.unless(name, step))
                for name, step in steps.items()}

    async def _register(self) -> None:
        """Look at the source of the register, when that is due."""
        w = self._world
        if w.source and (self._listed_at is None
                         or w.clock.now() - self._listed_at >= w.look_every):
            self._listed_at = w.clock.now()
            await sources.look(source=w.source, ledger=w.ledger, clock=w.clock, journal=w.journal,
                               limits=w.limits, addresses=w.rules.addresses)

    async def _judge(self) -> None:
        """See which edition of the groups is in force, then judge what is new."""
        w = self._world
        await w.editions()
        await life.judge(ledger=w.ledger, clock=w.clock, rules=w.rules)

    async def _canary(self) -> None:
        """See whether our own path works; while it does not, only canaries are sent (`_may_go`)."""
        w = self._world
        w.journal.signs_until(w.rules.signs_until)
        self._path_whole = await canary(ledger=w.ledger, clock=w.clock, rules=w.rules,
                                        journal=w.journal)

    async def _draft(self) -> None:
        w = self._world
        surveyed = not w.resolvers or await w.ledger.read(store.history.last) <= self._surveyed
        await life.draft(ledger=w.ledger, clock=w.clock, rules=w.rules, journal=w.journal,
                         dispatcher=self._dispatcher, surveyed=surveyed)

    async def _survey(self) -> None:
        """Survey the domains; however it ended, no letter to one listed by then waits for more."""
        w, listed = self._world, await self._world.ledger.read(store.history.last)
        try:
            await survey(resolvers=w.resolvers, every=w.survey_every, live=w.rules.policy.live,
                         ledger=w.ledger, clock=w.clock, journal=w.journal)
        finally:
            self._surveyed = listed

    async def _publish(self) -> None:
        w, now = self._world, self._world.clock.now()
        await life.publish(ledger=w.ledger, clock=w.clock, rules=w.rules, journal=w.journal)
        await self._dispatcher.learn(w.ledger, now)
        self._dispatcher.paused = await self._pauses.waits()
        w.journal.paced(self._dispatcher.why(await w.ledger.read(store.pacing.hosts, now), now),
                        self._dispatcher.open_hosts, self._dispatcher.slowed(now),
                        breaker_open=self._dispatcher.breaker_open)
        may_go = await self._dispatcher.rooms(w.ledger, now, ()) if self._path_whole else ()
        w.journal.held_up(self._dispatcher.held_up(may_go, now))

    async def _receive(self) -> None:
        # a mail is read as of the moment it came, so that moment must be right
        await self._clock.sure.wait()
        await self._pauses.listen(self._listen)

    async def _listen(self) -> None:
        w = self._world
        async for batch in w.inbox.batches(await w.ledger.read(store.lacking.bookmarks)):
            self._tries["receive"].well()
            self.progress.expect("receive", READS_WITHIN + READS_A_MAIL * len(batch.mails))
            if batch.mails or batch.lacking:
                await life.receive(batch, ledger=w.ledger, reader=w.reader, verifier=w.verifier,
                                   clock=w.clock, rules=w.rules, journal=w.journal)
            elif batch.through:
                self._looked_at = w.clock.now()
                w.journal.looked()

    async def _watch_clock(self) -> None:
        while not self._stopping.is_set():
            self.progress.expect("clock", LOOKS + CHOOSES_WITHIN)
            before = self._world.clock.now()
            await self._clock.look()
            # the clock was set back: what we remember lies in the future now
            if self._world.clock.now() < before - SKEW:
                self._dispatcher.forget()
                self._looked_at = self._listed_at = None
            self._tries["clock"].well()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), LOOKS)

    async def _choose(self) -> None:
        """Hand letters that may go now to the connections, none of them twice."""
        while not self._stopping.is_set():
            self.progress.expect("choose", CHOOSES_WITHIN)
            room = self._handing.room
            found = await self._may_go(room)
            for serial, host in found:
                self._in_hand[serial] = host
                self._handing.put(serial)
            self._world.journal.stepped("send")
            self._tries["choose"].well()
            if len(found) < room:
                await asyncio.sleep(SCARCE_PAUSE)   # or each letter that ends would ask again
            self._wanted.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), IDLE_PAUSE)

    async def _may_go(self, limit: int) -> list[tuple[int, str]]:
        """Return (serial, host) of at most `limit` letters that may be sent now.

        Letters to ourselves come first, then those that their mail hosts have room for. Where there
        are none of these, letters that a person asked for go outside office hours; else catch-all
        probes.
        """
        ledger, now, in_hand = self._world.ledger, self._world.clock.now(), dict(self._in_hand)
        halted, all_paused = await self._halts.stand(), await self._pauses.look()
        if halted or all_paused or not self._world.rules.signs(now):
            return []
        paused = self._dispatcher.paused = await self._pauses.waits()
        besides = {**dict.fromkeys(self._still_aside(), OWN), **in_hand}
        own = [serial for serial, _ in await ledger.read(store.pacing.waiting, Purpose.CANARY,
                                                         besides, now)]
        room, others = limit - len(own), list[tuple[int, str]]()
        if self._path_whole and room > 0:
            rooms = await self._dispatcher.rooms(ledger, now, in_hand.values())
            most = min(room, self._dispatcher.most(now, len(in_hand)))
            if rooms and most > 0:
                others = await ledger.read(store.pacing.due, now, rooms,
                                           {*besides, *paused.letters}, most)
        if self._path_whole and not others:
            others = await self._dispatcher.asked(ledger, now, besides, room)
        if self._path_whole and not others:
            others = await self._dispatcher.catch_all_probes(ledger, now, besides, room)
        return [*((serial, OWN) for serial in own), *others][:limit]

    def _still_aside(self) -> Collection[int]:
        now = asyncio.get_running_loop().time()
        self._aside = {serial: until for serial, until in self._aside.items() if now < until}
        return self._aside

    async def _send(self, line: Line, name: str) -> None:
        w = self._world
        while not self._stopping.is_set():
            if (serial := await self._handing.take()) is None:      # the end was asked for
                return
            if len(self._handing) < len(w.lines):
                self._wanted.set()
            try:
                if await self._stands(line):
                    self.progress.expect(name, SENDS_WITHIN)
                    await life.send(serial, ledger=w.ledger, line=line, clock=w.clock,
                                    chance=w.chance, rules=w.rules,
                                    journal=w.journal, press=w.press)
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
            finally:
                self._in_hand.pop(serial, None)
                self.progress.rest(name)

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

    async def _drain(self, loops: set[asyncio.Task[None]]) -> None:
        """Begin nothing new, and wait for the letters and steps in hand."""
        self.stop()
        self._handing.end()
        await asyncio.wait(loops, timeout=DRAIN_WITHIN)
