"""The daemon's loops: one chooses letters, several send them, one receives, and the jobs run.

What is due is derived from the ledger. Nothing that another machine answers ends a loop; only a
request to stop does, or a ledger that cannot be written. At the end, letters and steps that are
under way are finished first.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from sarabanwatch import store
from sarabanwatch.app import life
from sarabanwatch.app.clockwatch import LOOKS, ClockWatch
from sarabanwatch.app.ending import end
from sarabanwatch.app.halts import Halts
from sarabanwatch.app.jobs import Jobs
from sarabanwatch.app.outbox import Outbox
from sarabanwatch.app.parts import ServiceParts
from sarabanwatch.app.pausing import Pauses
from sarabanwatch.app.reading import Readers
from sarabanwatch.app.receiving import Receiving
from sarabanwatch.app.steps import Steps
from sarabanwatch.app.tries import RARELY, SOON, Tries
from sarabanwatch.core.errors import Barred, Unwritable
from sarabanwatch.core.sending.timekeeping import SKEW

# From the request to stop, in wall seconds: until what is in hand is cut off, and until our end.
# The unit allows 60; closing a ledger whose server says nothing takes some of them.
DRAINS_WITHIN, ENDS_WITHIN = 30.0, 35.0

# How long a loop may take until it moves again, in wall seconds:
CHOOSES_WITHIN = 60.0
READS_WITHIN = 5 * 60.0   # a batch of mails: the reading process may have to be started first ...
READS_A_MAIL = 10.0       # ... and each mail is read, and its signatures are verified


class Service:
    """The running daemon, from the beginning of `run` to its end."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts
        self._clock = ClockWatch(parts.ledger, parts.clock)
        self._stopping, self._asked_at = asyncio.Event(), 0.0   # when, by the loop's time
        self._senseless: BaseException | None = None    # why it makes no sense to go on
        self._tries = {"receive": Tries(), "choose": Tries(), "clock": Tries()}
        self.progress = parts.progress
        halts = Halts(parts.ledger, parts.journal, self._clock)
        self._pauses = Pauses(parts.ledger, parts.clock, parts.journal, parts.progress)
        self.outbox = Outbox(parts, halts, self._pauses, self._stopping, self._give_up)
        self.steps = Steps(parts, self.outbox)
        steps = {name: halts.unless(name, self._pauses.unless(name, step))
                 for name, step in self.steps.table().items()}
        self._jobs = Jobs(steps, parts.clock, parts.journal, self.progress, self._stopping,
                          self._give_up)

    def stop(self) -> None:
        """Ask for the end: letters in hand are finished, and no other is begun."""
        if not self._stopping.is_set():
            self._asked_at = asyncio.get_running_loop().time()
        self._stopping.set()
        self.outbox.wake()

    def _give_up(self, error: BaseException) -> None:
        self._senseless = error
        self.stop()

    async def run(self, ready: Callable[[], None]) -> None:
        """Work until `stop`; then raise the error that makes going on senseless, if there is one.

        `ready` is called once the ledger can be relied upon. The first run of each job comes after
        it, because that may take long.
        """
        w = self._parts
        half_sent = await self._begun()
        if half_sent is None:
            return
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
        with suppress(TimeoutError):        # a start does them, too
            async with asyncio.timeout_at(self._asked_at + ENDS_WITHIN):
                for job in ("judge", "announce", "publish"):
                    await self._jobs.run(job)
        if self._senseless:
            raise self._senseless

    async def _begun(self) -> int | None:
        """Begin; return how many letters were half-sent.

        None where the end is asked for while another program holds the ledger.
        """
        tasks = begins, stopping = (asyncio.create_task(self._begin(), name="begin"),
                                    asyncio.create_task(self._stopping.wait(), name="stop"))
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({begins}, timeout=DRAINS_WITHIN)
            return begins.result() if begins.done() else None
        finally:
            await end((begins, stopping))

    async def _begin(self) -> int:
        """Find out whether the clock is right, and how letters ended that were half-sent."""
        w = self._parts
        await self._clock.begin()
        return await life.recover(ledger=w.ledger, clock=w.clock,
                                  rules=w.rules) if self._clock.sure.is_set() else 0

    def _loops(self) -> set[asyncio.Task[None]]:
        """Start the loops that end by themselves after a request to stop, when they are done."""
        loops = {"choose": self._keep("choose", self._choose), "jobs": self._jobs.go_on(),
                 **{f"send {n}": self.outbox.send(line, f"send {n}")
                    for n, line in enumerate(self._parts.lines)}}
        return {asyncio.create_task(loop, name=name) for name, loop in loops.items()}

    async def _keep(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        """Run a loop until it ends; where it fails, report it and start again after a pause."""
        while not self._stopping.is_set():
            try:
                await loop()
            except Unwritable as error:
                self._give_up(error)
            except Exception as error:  # noqa: BLE001 - here a loop's failure is caught
                self._parts.journal.failed(name, error)
                wait = self._tries[name].take(RARELY if isinstance(error, Barred) else SOON)
                self.progress.expect(name, wait)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), wait)
            else:
                return

    async def _receive(self) -> None:
        # a mail is read as of the moment it came, so that moment must be right
        await self._clock.sure.wait()
        await self._pauses.listen(self._listen)

    async def _listen(self) -> None:
        w = self._parts
        batches = w.inbox.batches(await w.ledger.read(store.lacking.bookmarks))
        async with Receiving(Readers(w.reader, w.verifier), ledger=w.ledger, clock=w.clock,
                             rules=w.rules, journal=w.journal) as receiving:
            async for batch in batches:
                self._tries["receive"].well()
                self.progress.expect("receive", READS_WITHIN + READS_A_MAIL * len(batch.mails))
                if batch.mails or batch.lacking:
                    await receiving.take(batch)
                elif batch.through:
                    # not the moment when all was written: mail may have come meanwhile
                    looked_at = w.clock.now()
                    await receiving.done()
                    self.steps.looked_at = looked_at
                    w.journal.looked()

    async def _watch_clock(self) -> None:
        while not self._stopping.is_set():
            self.progress.expect("clock", LOOKS + CHOOSES_WITHIN)
            before = self._parts.clock.now()
            await self._clock.look()
            # the clock was set back: what we remember lies in the future now
            if self._parts.clock.now() < before - SKEW:
                self.outbox.dispatcher.forget()
                self.steps.clock_set_back()
            self._tries["clock"].well()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), LOOKS)

    async def _choose(self) -> None:
        while not self._stopping.is_set():
            self.progress.expect("choose", CHOOSES_WITHIN)
            await self.outbox.fill()
            self._tries["choose"].well()
            await self.outbox.until_wanted()

    async def _drain(self, loops: set[asyncio.Task[None]]) -> None:
        """Begin nothing new, and wait for the letters and steps in hand."""
        self.stop()
        self.outbox.close()
        left = self._asked_at + DRAINS_WITHIN - asyncio.get_running_loop().time()
        await asyncio.wait(loops, timeout=max(left, 0.0))
