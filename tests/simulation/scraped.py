"""A simulated campaign as Prometheus sees it: the daemon's own metrics, looked at again and again.

What was seen is given to promtool, which evaluates the shipped rules over it as over any series.
Its time begins at 1970, so that moments are moved there.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from prometheus_client.registry import CollectorRegistry

from sarabanwatch.core.policy import CanarySection
from sarabanwatch.edge.journal import MetricJournal, health
from sarabanwatch.store import epoch
from simulation import office, world
from simulation.fates import Plan
from simulation.jumping import Loop, SimClock
from simulation.life import BEGINS
from simulation.world import SimInbox
from simulation.year import Story, Year, rulebook

EVERY = timedelta(minutes=10)
RATE = 1800.0           # civil seconds in one of the loop's: jobs run every quarter of an hour
# A relay that is well: it takes letters, or asks for patience; of two hundred connections it loses
# one at the final dot, when it has the letter, and one when it has it not.
WELL = ((world.TAKEN, 95, True), (world.AT_RCPT, 4, False), (world.AT_THE_DOT, 0.5, True),
        (world.AT_THE_DOT, 0.5, False))
LOOKS = 9 * 60.0         # civil seconds between two looks into a quiet inbox
LABELS = 'job="sarabanwatch",instance="w"'
MOMENTS = (1e9, 3e9)    # between these a value is a moment


class CivilClock:
    """The Clock port of a journal for which a civil second is one of the wall's."""

    def __init__(self, clock: SimClock):
        self.now = clock.now

    def wall_seconds(self, seconds: float) -> float:
        """Return how many seconds so many civil ones take."""
        return seconds


@dataclass
class Seen:
    """Every series that was seen, and its value at each look; None where it was not there."""

    looks: int = 0
    values: dict[str, list[float | None]] = field(default_factory=dict)

    def look(self, registry: CollectorRegistry | None) -> None:
        """Read a registry; while there is none the daemon is down."""
        self._add("up", {}, float(registry is not None))
        for family in registry.collect() if registry else ():
            for sample in family.samples:
                self._add(sample.name, sample.labels, sample.value)
        self.looks += 1

    def _add(self, name: str, labels: dict[str, str], value: float) -> None:
        told = ",".join((LABELS, *(f'{label}="{said}"' for label, said in labels.items())))
        before = self.values.setdefault(f"{name}{{{told}}}", [])
        moment = MOMENTS[0] < value < MOMENTS[1]
        before += [None] * (self.looks - len(before))
        before.append(value - BEGINS.timestamp() if moment else value)

    def series(self) -> Iterator[dict[str, str]]:
        """Yield each series as promtool reads it, equal values in short."""
        for name, values in self.values.items():
            runs = ((value, len(list(same))) for value, same in groupby(values))
            yield {"series": name, "values": " ".join(
                f"_x{many}" if value is None else f"{value:.10g}x{many - 1}"
                for value, many in runs)}


class WatchedYear(Year):
    """A year whose daemon counts what it does, and is looked at every ten minutes."""

    def __init__(self, story: Story, plan: Plan, place: Path):
        super().__init__(story, plan, place, id)
        self.rules = rulebook(plan.weeks)
        policy = replace(self.rules.policy, canary=CanarySection())
        self.rules = replace(self.rules, policy=policy)
        self.seen, self.journal = Seen(), None

    def _parts(self, ledger, lives):
        self.journal = MetricJournal(CivilClock(self.clock))
        return replace(super()._parts(ledger, lives), journal=self.journal,
                       inbox=SimInbox(self.country, looks=LOOKS))

    async def look(self) -> None:
        """Look at what the daemon gives, while there is one, for ever."""
        while True:
            there = self.journal and self.office.ledger
            self.seen.look(self.journal.registry if there else None)
            await self.clock.sleep(EVERY.total_seconds())


def watch(plan: Plan, lasts: timedelta, happens: Callable[[WatchedYear], None] = id) -> Seen:
    """Play so long a time; `happens` says at its beginning what is to go wrong, and when."""
    with (ExitStack() as stack, asyncio.Runner(loop_factory=Loop) as runner,
          TemporaryDirectory() as place):
        clock = SimClock(runner.get_loop(), RATE, BEGINS)
        for target, name, value in (
            (epoch, "randbelow", Random(plan.seed).randrange), (world, "ENDS", WELL),
            (office, "A_WEEK", timedelta(days=1)), (health.time, "time", lambda: _now(clock)),
            # of this process, not of the daemon's
            *((health, name, _nothing) for name in (
                "ProcessCollector", "PlatformCollector", "GCCollector")),
        ):
            stack.enter_context(mock.patch.object(target, name, value))
        year = WatchedYear(Story(clock), plan, Path(place))
        return runner.run(_lived(year, lasts, happens))


def _now(clock: SimClock) -> float:
    return clock.now().timestamp()


def _nothing(registry: Any) -> None:
    """Collect nothing."""


async def _lived(year: WatchedYear, lasts: timedelta, happens: Any) -> Seen:
    happens(year)
    doing = [asyncio.create_task(each) for each in (
        year.live(BEGINS + lasts), year.office.work(), year.look())]
    try:
        done, _ = await asyncio.wait(doing, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        return year.seen
    finally:
        year.end(doing)
