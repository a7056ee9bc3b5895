"""A job that took long rests thrice as long, so that a large register leaves room for the letters; on time that jumps."""

import asyncio
from contextlib import closing
from pathlib import Path

from fakes.clock import StoppedClock
from fakes.mailroom import RULEBOOK
from fakes.post import EvenChance, Inbox, NoSeals, Relay, Silent
from fakes.samples import MONDAY, RULES
from sarabanwatch.app.service import Service, World
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.edge.ledger import SqliteLedger
from simulation.jumping import Loop

LONG = 20.0     # seconds that a turn takes


class Slow(Service):
    """A service each of whose steps takes long."""

    turns = 0

    async def _step(self, name: str) -> None:
        assert name
        self.turns += 1
        await asyncio.sleep(LONG)


async def turned(ledger: SqliteLedger) -> list[int]:
    """Return how many turns of a job were made when it is woken at once, just before its rest is over, and after."""
    clock = StoppedClock(MONDAY)
    parts = (ledger, clock, EvenChance(), MetricJournal(clock), Inbox(), "INBOX", Silent(), NoSeals(), [Relay()], RULEBOOK)
    slow = Slow(World(*parts))
    made = []
    await slow._turn("publish")
    for pause in (0.0, 3 * LONG - 1, 2.0):
        await asyncio.sleep(pause)
        await slow._turn("publish")
        made.append(slow.turns)
    await slow._turn("draft")       # each job rests for itself
    return [*made, slow.turns]


def test_a_job_that_took_long_rests_thrice_as_long(tmp_path: Path) -> None:
    loop = Loop()
    with closing(loop), closing(SqliteLedger(tmp_path / "ledger.db", RULES)) as ledger:
        assert loop.run_until_complete(turned(ledger)) == [1, 1, 2, 3]
