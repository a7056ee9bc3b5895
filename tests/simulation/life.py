"""One simulated campaign: the whole daemon over a simulated clock, network and disk.

It is killed and starved by chance.

`python tests/simulation/life.py SEED` plays one seed and prints what happened. The same seed always
plays the same.
"""

import asyncio
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

from sarabanwatch import store

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1])]

import apsw
import psycopg
from msgspec import structs

from fakes.post import Unsigned
from fakes.samples import FORM, KEY, OURS, REFUSALS, RULES, UNPACED, register, unbound
from sarabanwatch.app.parts import ServiceParts as Parts
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.app.service import Service
from sarabanwatch.core.errors import Unwritable
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.policy import (
    CampaignSection,
    CanarySection,
    CatchAllSection,
    IncidentSection,
    Policy,
)
from sarabanwatch.core.returns import arrival
from sarabanwatch.store import Ledger
from simulation.inline_ledger import OnDisk
from simulation.inline_server import Ground, OnServer
from simulation.jumping import Loop, SimClock
from simulation.people import ACTS, People, listed
from simulation.promises import check, nothing_lost
from simulation.world import HOUR, NOWHERE, SimInbox, SimLine, SimResolver, World, settle

RATE = 40_000.0                                          # civil seconds in one of the loop's
BEGINS = datetime(2026, 1, 12, 1, 30, tzinfo=UTC)        # 08.30 of a Monday in Bangkok
# one round: with a relay that loses letters, silence is proved late
LASTS, WEEKS = timedelta(days=80), 12
LINES, NUMBER = 4, 14
OPEN = "SELECT count(*) FROM letter WHERE purpose = ? AND state <> 'closed'"
FATES = ("killed", "killed at the disk", "power lost", "stopped", "relay away", "inbox away",
         "renumbered", "mail lost", "disk full", *ACTS)
POLICY = Policy(CampaignSection(BEGINS.date(), weeks=WEEKS, letters_at_most=30),
                incident=IncidentSection(settle_hours=0), catch_all=CatchAllSection(test=True),
                # every two runs of its job, at this rate
                canary=CanarySection(every_hours=11, patience_hours=8, must_bounce=NOWHERE))
ADDRESSES = structs.replace(RULES, official_suffixes=("go.test",))
RULEBOOK = Rulebook(POLICY, ADDRESSES, FORM, OURS, {KEY.kid: KEY}, unbound, REFUSALS,
                    pace=UNPACED)


class InProcess:
    """The Reader port without its child process: the same reading."""

    async def read(self, raw):
        """Read."""
        return arrival.read(raw, OURS, REFUSALS)


class Noted:
    """An event of the Journal port, or a part of it with events of its own: any call is noted."""

    def __init__(self, story, event):
        self._story, self._event = story, event

    def __call__(self, *told, **named):
        self._story.note(self._event, *told, *named.values())

    def __getattr__(self, event):
        return Noted(self._story, f"{self._event}.{event}")


class Notebook:
    """The Journal port: keeps what went wrong, and a line of all else."""

    def __init__(self, story, alive):
        self._story, self._alive = story, alive

    def failed(self, where, error):
        """Note what a step raised, but for one that the dead disk cut off."""
        if self._alive():
            self._story.failures.append(f"{where}: {error!r}")

    @property
    def mailbox(self):
        """What is told of the inbox, as all else."""
        return self

    def __getattr__(self, event):
        return Noted(self._story, event)


class EvenChance:
    """The Chance port from the seed."""

    def __init__(self, rng):
        self.draw = rng.random


@dataclass
class Story:
    """What happened in one simulation."""

    seed: int
    clock: SimClock
    lines: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    faults: Counter = field(default_factory=Counter)

    def note(self, *words) -> None:
        """Write one line."""
        self.lines.append(" ".join([self.clock.now().isoformat(timespec="seconds"),
                                    *map(repr, words)]))

    @property
    def digest(self) -> str:
        """The whole story in one number: two plays of a seed agree on it."""
        return sha256("\n".join(self.lines).encode()).hexdigest()


def play(seed: int, rulebook: Rulebook = RULEBOOK, server: str = "",
         number: int = NUMBER) -> Story:
    """Play one seed to its end; raise Broken where a promise did not hold.

    `server`: the URL of a PostgreSQL server on which the ledger stands; "": on a simulated disk.
    """
    with asyncio.Runner(loop_factory=Loop) as runner:
        loop = runner.get_loop()
        story = Story(seed, SimClock(loop, RATE, BEGINS))
        try:
            runner.run(_campaign(story, Random(seed), rulebook, server, number))
        except BaseException as error:
            error.add_note(
                f"seed {seed}: play it again with `python tests/simulation/life.py {seed}`"
            )
            raise
    return story


async def _campaign(story: Story, rng: Random, rulebook: Rulebook, server: str,
                    number: int) -> None:
    clock, died = story.clock, asyncio.Event()
    world = World(rng, clock, settle(rng, number))
    disk = OnServer(server, died.set) if server else OnDisk(rng, died.set)
    people = People(world, rulebook)
    world.fates = asyncio.create_task(_fates(story, rng, people, disk))
    kept: set[str] = set()
    try:
        while clock.now() < BEGINS + LASTS:
            died.clear()
            over = await _one_life(story, people, disk, died)
            kept = nothing_lost(story, disk, kept)
            if over and world.fates.done():
                break
            await clock.sleep(rng.uniform(0, 2 * HOUR))
    finally:
        world.fates.cancel()
        world.close()
    check(story, people, disk)


def fates(seed: int) -> list[tuple[float, str]]:
    """Return what goes wrong in a seed's campaign, and what people do: (seconds before, fate)."""
    rng = Random(f"fates of {seed}")
    return [(rng.expovariate(1 / (14 * HOUR)), rng.choice(FATES)) for _ in range(rng.randint(3, 9))]


async def _fates(story: Story, rng: Random, people: People, disk: Ground) -> None:
    """Let things go wrong, and people act, for some days; then let all come to its end."""
    world = people.world
    for pause, fate in fates(story.seed):
        await world.clock.sleep(pause)
        story.faults[fate] += 1
        story.note("fate", fate)
        match fate:
            case "killed" | "power lost":
                disk.power_lost = fate == "power lost"
                disk.die()
            case "killed at the disk":
                disk.kill_at = disk.operations + rng.randint(1, 200)
                disk.power_lost = rng.random() < 0.5
            case "stopped":
                world.asked_to_stop.set()
            case "relay away":
                world.take_away("relay_up", rng.uniform(0.5, 30))
            case "inbox away":
                world.take_away("inbox_up", rng.uniform(0.5, 30))
            case "mail lost":
                world.lose_mail(rng.uniform(1, 20))
            case "renumbered":
                world.renumber()
            case "disk full":
                disk.full = True
                world.after(rng.uniform(0.1, 3), setattr, disk, "full", False)
            case _:
                people.do(fate)


async def _one_life(story: Story, people: People, disk: Ground, died: asyncio.Event) -> bool:
    """Run the daemon until it is killed, asked to stop or cannot write; True if nothing is left."""
    world = people.world
    world.asked_to_stop = asyncio.Event()
    try:
        ledger = disk.ledger()
        known = register(*map(listed, people.listed.values()))
        await ledger.write(store.register_table.replace, known, ADDRESSES, story.clock.now())
    except Unwritable:
        _end(disk)
        return False
    notebook, lines = Notebook(story, lambda: disk.alive), [SimLine(world, lambda: disk.alive)
                                                            for _ in range(LINES)]
    parts = Parts(ledger, story.clock, EvenChance(world.rng), notebook, SimInbox(world),
                  InProcess(), Unsigned(), lines,
                  people.rulebook, [SimResolver(world), SimResolver(world)])
    people.ledger = ledger
    service, before = Service(parts), asyncio.all_tasks()
    running = asyncio.create_task(service.run(lambda: None))
    ends = [asyncio.create_task(thing)
            for thing in (died.wait(), world.asked_to_stop.wait(), _over(ledger, world))]
    await asyncio.wait([running, *ends], return_when=asyncio.FIRST_COMPLETED)
    over = ends[2].done()
    if not died.is_set():
        service.stop()
        await asyncio.wait([running, ends[0]], return_when=asyncio.FIRST_COMPLETED)
    people.ledger, disk.alive = None, not died.is_set()
    theirs = asyncio.all_tasks() - before - world.going
    for task in theirs:
        task.cancel()
    ended = (await asyncio.gather(running, *theirs, return_exceptions=True))[0]
    if disk.alive and isinstance(ended, Exception) and not isinstance(ended, Unwritable):
        raise ended
    _end(disk, ledger)
    return over


def _end(disk: Ground, ledger: Ledger | None = None) -> None:
    """Close the file, which a dead program does without a trace, and let the machine come back."""
    dead = not disk.alive
    if ledger is not None:
        with suppress(apsw.Error, psycopg.Error):
            ledger.close()
    disk.restart(power_lost=dead and disk.power_lost)


async def _over(ledger: Ledger, world: World) -> None:
    """Return when nothing is left to do or to go wrong, or when it has lasted too long."""
    while world.clock.now() < BEGINS + LASTS:
        await world.clock.sleep(12 * HOUR)
        round_ = await ledger.read(store.letters.round_of, 0, POLICY.campaign.letters_at_most)
        asked = await ledger.read(lambda db: db.execute(OPEN, (Purpose.ASKED,)).get)
        if round_.over and not asked and world.fates.done() and not world.going:
            return


if __name__ == "__main__":
    told = play(int(sys.argv[1]))
    print("\n".join(told.lines), *sorted(told.faults.items()), told.digest, sep="\n")
