"""What the daemon does every few minutes goes through no table that grows with the years."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import apsw

from fakes import past
from fakes.clock import StoppedClock
from fakes.post import EvenChance, Inbox, Silent, Unsigned
from fakes.samples import MONDAY, RULES, agency, register
from fakes.watch import RULEBOOK
from sarabanwatch import store
from sarabanwatch.app.parts import ServiceParts
from sarabanwatch.app.service import Service
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.store import FileLedger

AGENCIES = [agency(f"saraban@a{n}.go.th", f"{1000 + n}", name=f"หน่วยงาน {n}") for n in range(30)]
SCANNED = "SQLITE_STMTSTATUS_FULLSCAN_STEP"
STEPPED = "SQLITE_STMTSTATUS_VM_STEP"


@contextmanager
def counting(found: Counter[str], what: str = SCANNED) -> Iterator[None]:
    """Count, by statement, the rows that SQLite went through without an index, or its steps."""
    def watch(connection: apsw.Connection) -> None:
        connection.trace_v2(apsw.SQLITE_TRACE_PROFILE, lambda told: found.update(
            {told["sql"]: told["stmt_status"][what]}))

    apsw.connection_hooks.append(watch)
    try:
        yield
    finally:
        apsw.connection_hooks.remove(watch)


@asynccontextmanager
async def after(file: Path, rounds: int) -> AsyncIterator[Service]:
    """Yield a daemon, of which nothing runs yet, after so many rounds."""
    clock = StoppedClock(MONDAY)
    with closing(FileLedger(file)) as ledger:
        await ledger.write(store.register_table.replace, register(*AGENCIES), RULES, MONDAY)
        await ledger.write(lambda tx: list(
            past.lay(tx, rounds, RULEBOOK.policy.campaign.timetable)))
        yield Service(ServiceParts(ledger, clock, EvenChance(), MetricJournal(clock), Inbox(),
                                   Silent(), Unsigned(), [], RULEBOOK))


async def scanned_over(file: Path, rounds: int) -> Counter[str]:
    """Return what a turn of all steps, and a look for letters, goes through after such a past."""
    scanned = Counter[str]()
    with counting(scanned):
        async with after(file, rounds) as service:
            steps = service.steps.table()
            for step in steps.values():
                await step()
            scanned.clear()
            for step in steps.values():
                await step()
            await service.outbox.may_go(10)
    return scanned


async def test_a_turn_of_the_daemon_goes_through_no_more_rows_after_nine_rounds_than_after_two(
    tmp_path: Path,
) -> None:
    few = await scanned_over(tmp_path / "two.db", 2)
    many = await scanned_over(tmp_path / "nine.db", 9)
    # the rounds themselves are gone through, a row each; their letters are 210 more
    assert few
    assert {sql: (few[sql], rows) for sql, rows in many.items()
            if rows - few[sql] >= 7 * len(AGENCIES)} == {}


async def test_where_nobody_moved_what_is_published_is_told_without_a_look_at_all_agencies(
    tmp_path: Path,
) -> None:
    scanned = Counter[str]()
    with counting(scanned):
        async with after(tmp_path / "one.db", 1) as service:
            steps = service.steps.table()
            for step in ("rounds", "judge", "publish"):
                await steps[step]()
            assert 2 * max(scanned.values()) > len(AGENCIES)
            scanned.clear()
            for step in ("confirm", "judge", "publish"):
                await steps[step]()
    assert {sql: rows for sql, rows in scanned.items() if 2 * rows > len(AGENCIES)} == {}


async def test_what_is_let_go_is_found_without_a_look_at_all_mail_that_is_kept(
    tmp_path: Path,
) -> None:
    found = []
    for rounds in (2, 9):
        steps = Counter[str]()
        with counting(steps, STEPPED):
            async with after(tmp_path / f"{rounds}.db", rounds) as service:
                forget = service.steps.table()["forget"]
                await forget()      # the words of machines go
                steps.clear()
                await forget()
        found.append(steps)
    few, many = found
    assert few
    assert {sql: (few[sql], number) for sql, number in many.items() if number > few[sql]} == {}
