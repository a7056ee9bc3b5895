"""The ledger on a server that goes away, and two daemons on one: nothing is lost, nothing twice."""

import asyncio
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from fakes import postgres
from fakes.samples import MONDAY
from fakes.wires import BreakingWire, beside
from sarabanwatch import store
from sarabanwatch.core.errors import Unwritable
from sarabanwatch.core.sending.halt import Why
from sarabanwatch.store import Tx, epoch, halts, lease, opt_outs, writer
from sarabanwatch.store.postgres import ServerSession
from sarabanwatch.store.server import Fenced, ServerLedger

INSERT = b"INSERT INTO opt_out"


@pytest.fixture
def url(server: str) -> Iterator[str]:
    """A server's database with an empty ledger."""
    with closing(ServerLedger(server)) as ledger:
        yield server
    with closing(ServerSession(server)) as db:
        db.execute(postgres.EMPTIED)
    del ledger


@pytest.fixture
def wire(url: str) -> Iterator[tuple[BreakingWire, str]]:
    with beside(url) as found:
        yield found


@pytest.fixture
def ledger(wire: tuple[BreakingWire, str]) -> Iterator[ServerLedger]:
    with closing(ServerLedger(wire[1])) as opened:
        yield opened


class Steps:
    """Writes an opt-out, and counts how often it was run."""

    def __init__(self) -> None:
        self.runs = 0

    def add(self, tx: Tx, code: str) -> str:
        self.runs += 1
        opt_outs.add(tx, code, None, "a person", "asked", MONDAY)
        return code


async def codes(ledger: ServerLedger) -> list[str]:
    return [each.code for each in await ledger.read(lambda tx: list(opt_outs.listed(tx)))]


@pytest.mark.parametrize(("word", "answered", "runs"), [
    (INSERT, False, 2),         # it never arrived
    (INSERT, True, 2),          # it was done, in a transaction that was lost
    (b"COMMIT", False, 2),      # nothing of it stands
    (b"COMMIT", True, 1),       # all of it stands
    (b"FOR UPDATE", True, 1),   # before any step
])
async def test_what_was_lost_on_the_way_is_written_once(
    ledger: ServerLedger, wire: tuple[BreakingWire, str], word: bytes, answered: bool,  # noqa: FBT001 - a row of the table
    runs: int,
) -> None:
    steps = Steps()
    wire[0].breaks(word, answered=answered)
    assert await ledger.write(steps.add, "1001") == "1001"
    assert wire[0].broken.is_set()
    assert (await codes(ledger), steps.runs) == (["1001"], runs)


async def test_a_question_is_asked_again(
    ledger: ServerLedger, wire: tuple[BreakingWire, str],
) -> None:
    await ledger.write(Steps().add, "1001")
    wire[0].breaks(b"FROM opt_out", answered=True)
    assert await codes(ledger) == ["1001"]
    assert wire[0].broken.is_set()


async def test_while_the_server_is_away_all_wait(url: str) -> None:
    told, loop, noticed = list[float](), asyncio.get_running_loop(), asyncio.Event()

    def busy(seconds: float) -> None:
        told.append(seconds)
        loop.call_soon_threadsafe(noticed.set)

    with closing(ServerLedger(url, busy=busy)) as ledger:
        await ledger.write(Steps().add, "1001")
        postgres.end(postgres.place(url))
        waiting = asyncio.ensure_future(ledger.write(Steps().add, "1002"))
        await noticed.wait()
        assert not waiting.done()
        await asyncio.to_thread(postgres.start, postgres.place(url))
        assert await waiting == "1002"
        assert (await codes(ledger), told[-1]) == (["1001", "1002"], 0)


async def test_another_programs_transaction_is_waited_for_and_that_is_told(url: str) -> None:
    told, loop, noticed = list[float](), asyncio.get_running_loop(), asyncio.Event()

    def busy(seconds: float) -> None:
        told.append(seconds)
        loop.call_soon_threadsafe(noticed.set)

    with closing(ServerLedger(url, busy=busy)) as ledger, closing(ServerSession(url)) as other:
        other.execute("BEGIN")
        other.execute("SELECT 1 FROM engine FOR UPDATE")
        waiting = asyncio.ensure_future(ledger.write(Steps().add, "1001"))
        await noticed.wait()
        assert not waiting.done()
        other.rollback()
        assert await waiting == "1001"
        assert (await codes(ledger), told[-1]) == (["1001"], 0)


async def test_at_the_end_another_programs_transaction_is_not_waited_for(url: str) -> None:
    ledger = ServerLedger(url)
    with closing(ServerSession(url)) as other:
        other.execute("BEGIN")
        other.execute("SELECT 1 FROM engine FOR UPDATE")
        waiting = asyncio.ensure_future(ledger.write(Steps().add, "1001"))
        await asyncio.sleep(0)
        await asyncio.to_thread(ledger.close)
        with pytest.raises(Unwritable):
            await waiting


async def test_at_the_end_a_server_that_says_nothing_is_not_waited_for(
    wire: tuple[BreakingWire, str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writer, "CLOSES_WITHIN", 0.1)
    ledger = ServerLedger(wire[1] + "&connect_timeout=2")
    wire[0].swallow()
    waiting = [asyncio.ensure_future(each) for each in (
        ledger.write(Steps().add, "1001"), ledger.read(lambda tx: list(opt_outs.listed(tx))))]
    await asyncio.sleep(0)
    await asyncio.to_thread(ledger.close)
    for each in waiting:
        with pytest.raises((Unwritable, psycopg.OperationalError)):
            await each


async def test_a_database_that_was_restored_begins_a_new_epoch_and_is_halted(url: str) -> None:
    with closing(ServerLedger(url)) as ledger:
        await ledger.write(Steps().add, "1001")
        assert await ledger.read(halts.standing) == []
        await ledger.write(lambda tx: tx.execute("UPDATE engine SET stood = 'elsewhere'"))
    with closing(ServerLedger(url)) as ledger:
        halt, = await ledger.read(halts.standing)
        assert (halt.why, len(await ledger.read(epoch.epochs))) == (Why.RESTORED, 2)
    with closing(ServerLedger(url)) as ledger:
        assert len(await ledger.read(epoch.epochs)) == 2


async def test_a_server_that_has_lost_commits_is_noticed(
    ledger: ServerLedger, wire: tuple[BreakingWire, str], url: str,
) -> None:
    for code in ("1001", "1002"):
        await ledger.write(Steps().add, code)
    with closing(ServerSession(url)) as db:
        db.execute("UPDATE commits SET tick = tick - 1")
    wire[0].breaks(INSERT, answered=False)
    with pytest.raises(Unwritable, match="has lost 1 commits"):
        await ledger.write(Steps().add, "1003")
    assert await codes(ledger) == ["1001", "1002"]
    halt, = await ledger.read(halts.standing)
    assert (halt.why, len(await ledger.read(epoch.epochs))) == (Why.RESTORED, 2)


async def test_a_step_that_raises_leaves_nothing_and_the_others_of_its_commit_stand(
    url: str,
) -> None:
    def half(tx: Tx) -> None:
        Steps().add(tx, "1003")
        raise ZeroDivisionError

    with closing(ServerLedger(url)) as ledger:
        found = await asyncio.gather(ledger.write(Steps().add, "1001"), ledger.write(half),
                                     ledger.write(Steps().add, "1002"), return_exceptions=True)
        assert [type(each) for each in found] == [str, ZeroDivisionError, str]
        assert await codes(ledger) == ["1001", "1002"]


async def test_one_of_two_daemons_leads(url: str) -> None:
    with closing(ServerSession(url, "one")) as one, closing(ServerSession(url, "two")) as two:
        fence = lease.take(one, "one")
        assert fence is not None
        assert lease.take(two, "two") is None
        assert lease.standing(two).holder == "one"
        lease.give_up(one, fence)
        assert lease.take(two, "two") == fence + 1
        assert not lease.renew(one, fence)


def leading(db: ServerSession, name: str) -> int:
    fence = lease.take(db, name)
    assert fence is not None
    return fence


async def test_the_time_in_which_the_server_was_away_counts_for_no_lease(url: str) -> None:
    with closing(ServerSession(url, "one")) as one:
        fence = leading(one, "one")
        one.execute("UPDATE lease SET renewed = renewed - make_interval(hours => 1)")
    postgres.end(postgres.place(url))
    await asyncio.to_thread(postgres.start, postgres.place(url))
    with closing(ServerSession(url, "one")) as one, closing(ServerSession(url, "two")) as two:
        assert lease.take(two, "two") is None
        assert lease.renew(one, fence)


async def test_one_that_was_paused_writes_nothing_when_it_wakes(url: str) -> None:
    with (closing(ServerSession(url, "one")) as one, closing(ServerSession(url, "two")) as two,
          closing(ServerLedger(url, leader=lease.Leader(leading(one, "one"), "one"))) as leader):
        await leader.write(Steps().add, "1001")
        assert lease.take(two, "two", lasts=0.0) is not None
        with pytest.raises(Fenced, match="two"):
            await leader.write(Steps().add, "1002")
        assert await codes(leader) == ["1001"]


async def test_one_that_was_paused_in_the_middle_holds_nobody_up(url: str) -> None:
    with closing(ServerSession(url, "one")) as one, closing(ServerSession(url, "two")) as two:
        assert lease.take(one, "one") is not None
        one.execute("BEGIN")
        one.execute("SELECT 1 FROM engine FOR UPDATE")
        Steps().add(one, "1001")
        assert lease.take(two, "two", lasts=0.0) is not None
        assert list(opt_outs.listed(two)) == []


async def test_a_step_that_could_not_be_run_again_is_refused(url: str) -> None:
    with closing(ServerLedger(url)) as ledger:
        with pytest.raises(TypeError, match="give a sequence"):
            await ledger.write(store.letters.witness, iter(()))
        assert await ledger.write(store.letters.witness, ()) is None


async def test_of_two_that_write_none_overtakes_the_other(url: str) -> None:
    with closing(ServerLedger(url)) as one, closing(ServerLedger(url)) as two:
        await asyncio.gather(*(each.write(Steps().add, f"{which}{n}")
                               for which, each in enumerate((one, two)) for n in range(20)))
        ids = await one.read(lambda tx: [row[0] for row in tx.execute(
            "SELECT id FROM opt_out ORDER BY id")])
        assert ids == list(range(1, 41))


async def test_what_is_wrong_with_a_server_is_told_without_its_password() -> None:
    with pytest.raises(Unwritable) as told:
        ServerLedger("postgresql://watch:secret@127.0.0.1:1/postgres")
    assert "secret" not in str(told.value)
