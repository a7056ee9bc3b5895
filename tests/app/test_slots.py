"""A letter that our code fails at gives its place to the next.

It is not sent a second time, and is not forgotten until a restart.
"""

import asyncio
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from fakes.clock import StoppedClock
from fakes.post import TAKEN, EvenChance, Inbox, Silent, Unsigned
from fakes.samples import MONDAY, RULES, register
from fakes.sending import Telling
from fakes.watch import ONE, RULEBOOK, TWO
from sarabanwatch import store
from sarabanwatch.app import life
from sarabanwatch.app.parts import ServiceParts
from sarabanwatch.app.service import Service
from sarabanwatch.core.sending.reply import Answer, Outgoing
from sarabanwatch.store import FileLedger, Ledger, queries

WITHIN = 300.0      # seconds for what takes one


class Failing:
    """The Line port: raises what no line may for the first agency's letter, takes the other."""

    def __init__(self) -> None:
        self.offered: list[str] = []

    stands = True

    async def ready(self) -> None:
        """Be ready at once."""

    async def send(self, out: Outgoing) -> Answer:
        """Fail at one letter."""
        self.offered.append(out.to)
        if out.to == ONE.cell:
            raise LookupError("a bug of ours")
        return TAKEN

    async def close(self) -> None:
        """Do nothing."""


async def played(file: Path, line: Failing, journal: Telling, *, breaks: str = "") -> Service:
    """Run the daemon until the second agency's letter was sent; `breaks` is a step that fails
    once."""
    with closing(FileLedger(file)) as ledger:
        await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
        if breaks:
            _break_once(ledger, breaks)
        service = Service(ServiceParts(
            ledger, StoppedClock(MONDAY), EvenChance(), journal, Inbox(), Silent(), Unsigned(),
            [line], RULEBOOK))
        running = asyncio.create_task(service.run(lambda: None))
        async with asyncio.timeout(WITHIN):
            while 2 not in journal.tried:
                journal.news.clear()
                await journal.news.wait()
        service.stop()
        await running
    return service


def _break_once(ledger: Ledger, name: str) -> None:
    sharing = ledger.sharing

    def broken(step: Callable[..., object], item: object) -> object:
        if step.__name__ != name:
            return sharing(step, item)      # type: ignore[arg-type]
        ledger.sharing = sharing  # type: ignore[method-assign]  # once
        raise LookupError("a bug of ours")

    ledger.sharing = broken  # type: ignore[method-assign, assignment]


async def in_doubt(file: Path) -> tuple[int, int]:
    """Recover, as the daemon does every few minutes.

    Return how many letters were put in doubt by that, and how many are in doubt.
    """
    with closing(FileLedger(file)) as ledger:
        found = await life.recover(ledger=ledger, clock=StoppedClock(MONDAY), rules=RULEBOOK)
        return found, (await ledger.read(store.letters.round_of, 0, 6)).doubtful


async def test_where_the_line_fails_the_other_goes_and_the_first_is_in_doubt_and_goes_only_once(
    tmp_path: Path,
) -> None:
    line, journal = Failing(), Telling()
    service = await played(tmp_path / "ledger.db", line, journal)
    assert service.outbox.in_hand == {}
    assert sorted(line.offered) == sorted([ONE.cell, TWO.cell])
    assert journal.registry.get_sample_value("sarabanwatch_set_aside_total",
                                             {"what": "letter"}) == 1
    assert await in_doubt(tmp_path / "ledger.db") == (1, 1)


@pytest.mark.parametrize(("breaks", "doubtful"), [("picks", 0), ("outcomes", 1)])
async def test_where_the_ledger_fails_at_it_it_is_in_doubt_only_if_it_may_have_left(
    tmp_path: Path, breaks: str, doubtful: int,
) -> None:
    line, journal = Failing(), Telling()
    line.send = _takes_all(line)        # type: ignore[method-assign]  # this line does not fail
    service = await played(tmp_path / "ledger.db", line, journal, breaks=breaks)
    assert service.outbox.in_hand == {}
    assert await in_doubt(tmp_path / "ledger.db") == (doubtful, doubtful)
    assert len(line.offered) == 1 + doubtful


async def test_no_letter_is_offered_before_the_outcome_of_the_one_before_is_on_disk(
    tmp_path: Path,
) -> None:
    line, journal, stood = Failing(), Telling(), list[list[str]]()

    async def send(out: Outgoing) -> Answer:
        line.offered.append(out.to)
        with queries.asking(tmp_path / "ledger.db") as db:
            stood.append([state for state, in db.execute("SELECT state FROM letter ORDER BY 1")])
        return TAKEN

    line.send = send        # type: ignore[method-assign]
    await played(tmp_path / "ledger.db", line, journal)
    assert stood == [["drafted", "sending"], ["accepted", "sending"]]


def _takes_all(line: Failing):
    async def send(out: Outgoing) -> Answer:
        line.offered.append(out.to)
        return TAKEN
    return send
