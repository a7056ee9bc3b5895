"""A year in minutes: the whole daemon through nine rounds, over a land that changes, and fails.

`python tests/simulation/year.py [SEED] [AGENCIES] [ROUNDS] [WEEKS]` plays it and prints a line a
round. The same seed always plays the same.

The clock, the network and the mailboxes are simulated (`life`, `world`, `country`); the ledger is a
real file with its witness and lock, so that backups, a restore on a new machine and an upgrade are
the product's own. Each round's report is frozen by the product at its cut-off, and held against
what was true (`census`).
"""

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from unittest import mock

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1])]

from msgspec import structs

from fakes.post import Unsigned
from fakes.samples import KEY, mint
from sarabanwatch.app import room
from sarabanwatch.app.off_days import HolidayWatch
from sarabanwatch.app.parts import ServiceParts, nobody
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.app.service import Service
from sarabanwatch.core.calendar import OffDays
from sarabanwatch.core.errors import Unwritable
from sarabanwatch.core.policy import IncidentSection
from sarabanwatch.core.sending.plan import window_end
from sarabanwatch.store import epoch, upgrade
from sarabanwatch.store.lock import keeping
from sarabanwatch.wiring import backup
from simulation import life
from simulation.country import Arrived, Country, CountryResolver, Shelf, TheList
from simulation.fates import ROOMY, SPARE, WEEKS, Fates, Plan, schedule
from simulation.jumping import DaemonClock, Loop, SimClock
from simulation.life import BEGINS, LINES, RATE, EvenChance, InProcess, Notebook
from simulation.machine import FileLedger, Machine
from simulation.office import Office
from simulation.people import Broken
from simulation.promises import IN_HAND
from simulation.world import HOUR, SimInbox, SimLine
from simulation.yearbook import HEAD, Row, Story

POLICY = replace(life.POLICY, incident=IncidentSection(),
                 catch_all=structs.replace(life.POLICY.catch_all, test=False))


def rulebook(weeks: int) -> Rulebook:
    """Return what the steps decide by, in rounds of so many weeks; letters are signed."""
    policy = replace(POLICY, campaign=structs.replace(POLICY.campaign, weeks=weeks),
                     holidays=OffDays())
    return replace(life.RULEBOOK, policy=policy,
                   mint=lambda serial, *, epoch, to: mint(serial, KEY, epoch=epoch, to=to))


class Year:
    """The year as it goes on: the country, the office, the machine, and what is done to it."""

    def __init__(self, story: Story, plan: Plan, place: Path, shown: Callable[[Row], object]):
        self.story, self.plan, self.place, self.clock = story, plan, place, story.clock
        self.rng, self.rules = Random(plan.seed), rulebook(plan.weeks)
        self.shown = shown
        self.country = Country(self.rng, story.clock, {}, box=Shelf(place / "mailbox"))
        self.country.settle(plan.agencies)
        self.country.hears_letter = self._hear
        self.machines = 0
        self.office = Office(self.country, self._machine(), place / "backups")
        self.died, self.down, self.restoring = asyncio.Event(), 0.0, False
        self.leap, self.free, self.full = timedelta(), ROOMY, False
        self.office.clock_wrong = lambda: bool(self.leap)
        self.upgrades = ExitStack()

    def _machine(self) -> Machine:
        self.machines += 1
        return Machine.made(self.place / f"machine-{self.machines}", self.clock, self.rules,
                            lambda: self.office.book)

    def _hear(self, letter: Arrived, before: Arrived | None) -> None:
        """Hold a letter that arrives against the one before it, opt-outs and pauses."""
        code = self.country.owner[letter.to]
        since = self.office.spared.get(code)
        if since and letter.at > since + IN_HAND:
            self.country.broken.append(
                f"a letter to {letter.to}, which was left alone since {since}: {letter.at}")
        if self.office.paused(code, letter.at):
            self.country.broken.append(f"a letter to {letter.to}, which was paused: {letter.at}")
        ends = window_end(before.at, self.rules.policy) if before else letter.at
        if before and letter.at < ends and not self._decided(before):
            self.country.broken.append(
                f"two letters to {letter.to} in one window: {before.at}, {letter.at}")

    def _decided(self, letter: Arrived) -> bool:
        verdict = self.office.book.ask(lambda tx: tx.execute(
            "SELECT verdict FROM letter WHERE token = ?", (letter.envid,)).get)
        return verdict in {"refuses", "impaired", "unroutable"}

    def end(self, doing: Sequence[asyncio.Task]) -> None:
        """End what is going on, and close what is open."""
        for task in doing:
            task.cancel()
        if self.office.ledger:
            self.office.ledger.die()
        self.country.close()
        self.upgrades.close()

    async def live(self, until) -> None:
        """Let the daemon run, die and come back until a moment."""
        while self.clock.now() < until:
            self.died.clear()
            self.country.asked_to_stop = asyncio.Event()
            await self._one_life(until)
            await self.clock.sleep(self.down)
            if self.restoring:
                self._restore()

    async def _one_life(self, until) -> None:
        country, office = self.country, self.office
        with keeping(office.machine.ledger_file):
            upgrade.bring_up(office.machine.ledger_file, self.clock.now())
            ledger = FileLedger(office.machine.ledger_file, self.clock.now())
            office.ledger, lives = ledger, [True]
            ledger.fill(self.full)
            service, before = Service(self._parts(ledger, lives)), asyncio.all_tasks()
            running = asyncio.create_task(service.run(lambda: None))
            ends = [asyncio.create_task(end) for end in (
                self.died.wait(), country.asked_to_stop.wait(),
                self.clock.sleep((until - self.clock.now()).total_seconds()))]
            await asyncio.wait([running, *ends], return_when=asyncio.FIRST_COMPLETED)
            if not self.died.is_set():
                service.stop()
                await asyncio.wait([running, ends[0]], return_when=asyncio.FIRST_COMPLETED)
            office.ledger, lives[0] = None, not self.died.is_set()
            theirs = asyncio.all_tasks() - before - country.going
            for task in theirs:
                task.cancel()
            if not lives[0]:
                ledger.die()
            ended = (await asyncio.gather(running, *theirs, return_exceptions=True))[0]
            if lives[0]:
                ledger.close()
                if isinstance(ended, Exception) and not (
                        self.story.faults["disk full"] and isinstance(ended, Unwritable)):
                    raise ended
                if isinstance(ended, Unwritable):       # the service manager tries again
                    self.down = HOUR

    def _parts(self, ledger: FileLedger, lives: list[bool]) -> ServiceParts:
        country, policy = self.country, self.rules.policy
        whole = self.plan.weeks >= WEEKS        # a short year has no clock that leaps, and room
        clock = DaemonClock(self.clock, lambda: self.leap) if whole else self.clock
        journal = Notebook(self.story, lambda: lives[0])
        holidays = HolidayWatch(policy.holidays, policy)
        return ServiceParts(
            ledger, clock, EvenChance(self.rng), journal,
            SimInbox(country), InProcess(), Unsigned(),
            [SimLine(country, lambda: lives[0]) for _ in range(LINES)], self.rules,
            [CountryResolver(country), CountryResolver(country)], timedelta(days=7),
            source=TheList(country),
            holidays=partial(holidays.look, ledger=ledger, clock=clock, journal=journal),
            room=partial(room.look, ledger=ledger, clock=clock, tell=lambda *_: None,
                         free=lambda: self.free, spare=SPARE) if whole else nobody)

    def _restore(self) -> None:
        """Put the ledger of some days ago on a new machine."""
        self.restoring, days = False, timedelta(days=3)
        old = next(folder for folder in backup.kept(self.office.backups)
                   if self.clock.now() - backup.read(folder).at > days)
        self.office.machine = self._machine()
        backup.restore(self.office.machine, old, replace=False)
        self.office.backed_up = None
        self.office.extras.clear()      # of what was opened since that backup nobody knows

    def fill(self, full: bool) -> None:  # noqa: FBT001 - said of the disk
        """Let the ledger's disk be full, or have room again."""
        self.full = full
        if self.office.ledger:
            self.office.ledger.fill(full)

    def die(self, seconds: float) -> None:
        """Kill the daemon; it comes back after so many seconds."""
        self.down = seconds
        self.died.set()

    def stop(self, seconds: float) -> None:
        """Ask the daemon to stop; it comes back after so many seconds."""
        self.down = seconds
        self.country.asked_to_stop.set()

    async def fates(self) -> None:
        """Let all that happens happen at its time."""
        fates = Fates(self)
        for at, fate in sorted(schedule(self.rng, self.plan)):
            await self.clock.sleep((BEGINS + at - self.clock.now()).total_seconds())
            self.story.faults[fate] += 1
            self.story.note("fate", fate)
            fates.strike(fate)

    async def watch(self) -> None:
        """Write down what each round came to, as soon as its report is there."""
        began = time.process_time()
        while True:
            await self.clock.sleep(6 * HOUR)
            # while the daemon runs, so that what it holds is counted
            fresh = sorted(self.office.reports)[len(self.story.rows):] if self.office.ledger else ()
            for number in fresh:
                found, now = self.office.reports[number], time.process_time()
                self.story.note("report", found.summary)
                self.story.rows.append(Row.of(found, self.office.machine.ledger_file, now - began))
                self.shown(self.story.rows[-1])
                began = now
            self.hold()

    def hold(self, *, whole: bool = False) -> None:
        """Hold the year so far, or the `whole` of it, against what was promised."""
        story = self.story
        for found in (row.found for row in story.rows):
            if found.wrong:
                raise Broken(f"round {found.number} was judged wrongly: {found.wrong}")
            if found.left_out:
                raise Broken(f"round {found.number}: no letter to {sorted(found.left_out)}")
        if self.country.broken:
            raise Broken("; ".join(self.country.broken[:3]))
        if unexpected := [line for line in story.failures if "killed" not in line
                          and not (story.faults["disk full"] and "disk is full" in line)]:
            raise Broken(f"a step failed: {unexpected[0]}")
        for number, codes in self.office.extras.items() if whole else ():
            if not self.office.machine.reached(number):
                raise Broken(f"extra round {number}: no letter to any of {sorted(codes)}")
        if whole and len(story.rows) != self.plan.rounds:
            raise Broken(f"{len(story.rows)} reports of {self.plan.rounds} rounds")


def play(plan: Plan, shown: Callable[[Row], object] = id) -> Story:
    """Play a year to its end; raise Broken where a promise did not hold.

    `shown` gets the line of each round as soon as it has ended.
    """
    with (asyncio.Runner(loop_factory=Loop) as runner, TemporaryDirectory() as place,
          mock.patch.object(epoch, "randbelow", Random(f"epochs of {plan.seed}").randrange)):
        story = Story(SimClock(runner.get_loop(), RATE, BEGINS))
        try:
            runner.run(_year(story, plan, Path(place), shown))
        except BaseException as error:
            error.add_note(f"play it again: `python tests/simulation/year.py {plan.seed} "
                           f"{plan.agencies} {plan.rounds} {plan.weeks}`")
            raise
    return story


async def _year(story: Story, plan: Plan, place: Path, shown: Callable[[Row], object]) -> None:
    year = Year(story, plan, place, shown)
    # two days on, the last report is there
    ends = BEGINS + plan.rounds * plan.round + timedelta(days=2)
    doing = [asyncio.create_task(each) for each in (
        year.live(ends), year.fates(), year.office.work(), year.watch())]
    try:
        while not doing[0].done():
            done, _ = await asyncio.wait(doing, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            doing = [doing[0], *(task for task in doing[1:] if not task.done())]
        year.hold(whole=True)
    finally:
        year.end(doing)


if __name__ == "__main__":
    print(HEAD)
    played = play(Plan(*map(int, sys.argv[1:])), partial(print, flush=True))
    print(dict(sorted(played.faults.items())), played.digest, sep="\n")
