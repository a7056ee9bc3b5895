"""The whole daemon as its watchdog sees it, at any rate of the clock: idle, at work, and while
relay and inbox are away."""

import asyncio
from contextlib import closing
from itertools import pairwise, product
from random import Random

import pytest

from fakes.post import Unsigned
from fakes.samples import register
from sarabanwatch import store
from sarabanwatch.app.parts import ServiceParts as Parts
from sarabanwatch.app.progress import feed
from sarabanwatch.app.service import Service
from simulation.disk import Disk
from simulation.inline_ledger import InlineLedger
from simulation.jumping import Loop, SimClock
from simulation.life import (
    ADDRESSES,
    BEGINS,
    NUMBER,
    RULEBOOK,
    EvenChance,
    InProcess,
    Notebook,
    Story,
)
from simulation.people import listed
from simulation.world import SimInbox, SimLine, World, settle

WATCHDOG = 120.0        # WatchdogSec of the unit
SLOWEST = 15 * 60.0     # civil seconds between two runs of the slowest job
RATES, AWAY = (1, 60, 10_000), ("none", "relay_up", "inbox_up")
ONCE = tuple(zip(RATES, AWAY, strict=True))
ELSE = tuple(pair for pair in product(RATES, AWAY) if pair not in ONCE)


@pytest.mark.parametrize(("rate", "away"), [
    *ONCE, *(pytest.param(*pair, marks=pytest.mark.soak) for pair in ELSE)])
def test_the_watchdog_is_fed_within_half_of_its_time(rate: int, away: str) -> None:
    fed, hung, lasts = [], [], max(WATCHDOG, 2.5 * SLOWEST / rate)

    async def play(loop) -> None:
        disk, story = Disk(Random(1), lambda: None), Story(1, SimClock(loop, rate, BEGINS))
        world = World(Random(1), story.clock, settle(Random(1), NUMBER))
        setattr(world, away, False)
        with closing(InlineLedger(disk)) as ledger:
            await ledger.write(store.register_table.replace, register(*map(listed, world.offices)),
                               ADDRESSES, BEGINS)
            inbox = SimInbox(world, lambda within: service.progress.expect("receive", within))
            parts = Parts(ledger, story.clock, EvenChance(world.rng), Notebook(story, lambda: True),
                          inbox, InProcess(), Unsigned(), [SimLine(world, lambda: True)], RULEBOOK)
            service = Service(parts)
            feeding = asyncio.create_task(feed(service.progress, lambda: fed.append(loop.time()),
                                               hung.extend, WATCHDOG / 4))
            loop.call_later(lasts, service.stop)
            await service.run(lambda: None)
            feeding.cancel()
            world.close()
        assert story.failures == []

    with closing(Loop()) as loop:
        loop.run_until_complete(play(loop))
    assert max(after - before for before, after in pairwise([0, *fed, lasts])) <= WATCHDOG / 2
    assert hung == []
