"""The daemon's own sending loop, over a real ledger and by one real line.

There is one line, so that the second letter is sent only if the first gave its slot back.
"""

import asyncio
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import apsw

from fakes.clock import StoppedClock
from fakes.hurried import TimelessLedger
from fakes.post import EvenChance, Inbox, Silent, Unsigned
from fakes.samples import MONDAY, RULES, register
from fakes.watch import ONE, RULEBOOK, TWO
from sarabanwatch import store
from sarabanwatch.app.parts import ServiceParts
from sarabanwatch.app.service import Service
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.ports import Line

AT_MOST = 3600.0       # seconds that nobody waits for; a play that is not over by then hangs
LAST = "SELECT kind, code, status, text FROM evidence WHERE serial = ? ORDER BY id DESC LIMIT 1"


class Telling(MetricJournal):
    """The real journal, with an event for a test to wait for."""

    def __init__(self) -> None:
        super().__init__(StoppedClock(MONDAY))
        self.tried: list[int] = []
        self.troubles = 0
        self.news = asyncio.Event()

    def sent(self, serial, event, answer, *, agency, catch_all=False):
        """A try to send a letter ended."""
        super().sent(serial, event, answer, agency=agency, catch_all=catch_all)
        self.tried.append(serial)
        self.news.set()

    def relay_lost(self, error):
        """A relay cannot be used now."""
        super().relay_lost(error)
        self.troubles += 1
        self.news.set()


@dataclass
class Became:
    """What happened to both letters and the slot, and how long the longest try took.

    And what is in the metrics.
    """

    journal: Telling
    states: list[str] = field(default_factory=list)
    # the last fact of the first letter: kind, code, status, words
    last: tuple[object, ...] | None = None
    in_hand: int = 0
    longest: float = 0.0

    def metric(self, name: str, **labels: str) -> float:
        """Return the value of a metric."""
        found = self.journal.registry.get_sample_value(f"sarabanwatch_{name}", labels)
        assert found is not None, name
        return found


async def became(line: Line, journal: Telling, file: Path, *, tries: int = 2,
                 troubles: int = 0) -> Became:
    """Send until so many letters were tried and so often trouble was reported; then stop."""
    clock = StoppedClock(MONDAY)
    with closing(TimelessLedger(file)) as ledger:
        await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
        service = Service(ServiceParts(
            ledger, clock, EvenChance(), journal, Inbox(), Silent(), Unsigned(), [line], RULEBOOK))
        running = asyncio.create_task(service.run(lambda: None))
        async with asyncio.timeout(AT_MOST):
            while len(set(journal.tried)) < tries or journal.troubles < troubles:
                journal.news.clear()
                await asyncio.wait({running, asyncio.ensure_future(journal.news.wait())},
                                   return_when=asyncio.FIRST_COMPLETED)
                assert not running.done(), running
        await asyncio.sleep(1.0)        # so that what is begun once more, after a letter, shows
        service.stop()
        await running
        found = Became(journal, in_hand=len(service.outbox.in_hand))
    with closing(apsw.Connection(str(file))) as db:
        found.states = [state for state, in db.execute("SELECT state FROM letter ORDER BY serial")]
        found.last = next(db.execute(LAST, (1,)), None)
    return found
