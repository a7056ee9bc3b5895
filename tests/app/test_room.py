"""Sending stops before the ledger's disk is full, says so, and goes on by itself."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from fakes.clock import StoppedClock
from fakes.samples import MONDAY
from sarabanwatch import store
from sarabanwatch.app import room
from sarabanwatch.app.halts import BARRED
from sarabanwatch.core.room import MEGA
from sarabanwatch.core.sending.halt import Halt, Why
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.store import FileLedger, Ledger, halts

DAY = timedelta(days=1)
SPARE = 200 * MEGA


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(FileLedger(tmp_path / "ledger.db")) as opened:
        yield opened


async def looks(ledger: Ledger, free: int, days: int = 0) -> MetricJournal:
    clock = StoppedClock(MONDAY + days * DAY)
    journal = MetricJournal(clock)
    await room.look(ledger=ledger, clock=clock, tell=journal.doubts.room, free=lambda: free * MEGA,
                    spare=SPARE)
    return journal


async def every(ledger: Ledger) -> list[Halt]:
    return await ledger.read(lambda tx: list(halts.listed(tx)))


async def test_it_stops_with_words_and_is_lifted_by_itself(ledger: Ledger) -> None:
    await looks(ledger, 200)
    assert await every(ledger) == []
    await looks(ledger, 150)
    await looks(ledger, 140)
    (halt,) = await every(ledger)
    assert (halt.why, halt.lifted_at) == (Why.ROOM, None)
    assert "150.0 MB left" in halt.detail
    await looks(ledger, 299)
    assert (await every(ledger))[0].lifted_at is None
    await looks(ledger, 300)
    (lifted,) = await every(ledger)
    assert (lifted.lifted_at, lifted.by) == (MONDAY, "")


async def test_a_person_who_lifts_it_too_early_has_it_back(ledger: Ledger) -> None:
    await looks(ledger, 150)
    await ledger.write(halts.lift, 1, "somchai", "", MONDAY)
    await looks(ledger, 150)
    assert [halt.why for halt in await ledger.read(halts.standing)] == [Why.ROOM]


async def test_a_sample_is_kept_a_day_and_tells_when_it_is_full(ledger: Ledger) -> None:
    for day, free in enumerate((900, 800, 700)):
        journal = await looks(ledger, free, day)
        await looks(ledger, free, day)
    assert len(await ledger.read(store.room.samples)) == 3
    full = journal.registry.get_sample_value("sarabanwatch_disk_full_timestamp_seconds")
    assert full == (MONDAY + 7 * DAY).timestamp()
    assert journal.registry.get_sample_value("sarabanwatch_disk_free_bytes") == 700 * MEGA
    await looks(ledger, 700, 40)
    assert len(await ledger.read(store.room.samples)) == 1


def test_what_frees_room_or_hears_goes_on_meanwhile() -> None:
    assert not BARRED[Why.ROOM] & {"forget", "close", "judge", "publish", "room"}
    assert {"draft", "canary"} <= BARRED[Why.ROOM]
