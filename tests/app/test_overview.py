"""The overview, from a ledger that the real steps made."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from fakes.mailroom import RIDDLE, mailroom, opened
from fakes.samples import HOUR, MONDAY, POLICY, UNPACED
from sarabanwatch import store
from sarabanwatch.app.overview import Overseer, from_ledger, opens
from sarabanwatch.core.overview import Overview, OwnPath
from sarabanwatch.core.sending.halt import Why
from sarabanwatch.store import queries

NIGHT = MONDAY.replace(hour=13)     # 20:00 in Bangkok


def stands(folder: Path, at=MONDAY + 3 * HOUR) -> Overview:
    with queries.asking(folder / "ledger.db") as tx:
        return from_ledger(tx, POLICY, UNPACED, at)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    mailroom(tmp_path, RIDDLE)
    return tmp_path


def test_letters_mails_and_the_round_are_counted(folder: Path) -> None:
    told = stands(folder)
    assert (told.addressed, told.sent, told.pending, told.under_way) == (2, 2, 0, 2)
    assert told.today == 2
    assert (told.mails, told.corrections) == (1, 0)
    assert told.mails_since
    assert told.backup is None
    assert (told.due, told.next) == (0, None)


def test_letters_of_yesterday_are_not_todays(folder: Path) -> None:
    assert stands(folder, MONDAY + timedelta(days=1)).today == 0


def test_a_halt_is_told_in_its_own_words(folder: Path) -> None:
    async def halt() -> None:
        async with opened(folder / "ledger.db") as ledger:
            await ledger.write(store.halts.begin, Why.CLOCK, "the clock leapt", MONDAY)

    asyncio.run(halt())
    assert stands(folder).halts == ("the clock leapt",)


def test_where_no_letter_to_ourselves_is_home_the_path_is_not_known(folder: Path) -> None:
    assert stands(folder).path is (OwnPath.UNKNOWN if POLICY.canary.every else OwnPath.UNTRIED)


def test_an_overseer_tells_the_same_from_an_open_ledger(folder: Path) -> None:
    class Clock:
        def now(self):
            return MONDAY + 3 * HOUR

    async def look() -> Overview:
        async with opened(folder / "ledger.db") as ledger:
            overseer = Overseer(ledger, Clock(), POLICY, UNPACED)
            await overseer.look()
            return await overseer.look()

    assert asyncio.run(look()) == stands(folder)


def test_a_letter_that_is_due_at_night_leaves_when_offices_open() -> None:
    assert opens(MONDAY, POLICY) == MONDAY
    assert opens(NIGHT, POLICY).isoformat() == "2026-01-13T08:30:00+07:00"
    early = NIGHT + timedelta(hours=6)
    assert opens(early, POLICY).isoformat() == "2026-01-13T08:30:00+07:00"
    friday = NIGHT + timedelta(days=4)
    assert opens(friday, POLICY).isoformat() == "2026-01-19T08:30:00+07:00"


def test_a_round_that_is_due_and_was_not_opened_is_told_and_a_timetable_that_is_refused(
        folder: Path) -> None:
    begins = POLICY.campaign.timetable.first
    assert stands(folder, begins - HOUR).overdue is None
    assert stands(folder).overdue == begins
    longer = structs.replace(POLICY.campaign, weeks=POLICY.campaign.weeks + 1)
    moved = replace(POLICY, campaign=longer)

    async def opened_round() -> None:
        async with opened(folder / "ledger.db") as ledger:
            await ledger.write(store.rounds.turn, POLICY.campaign.timetable, MONDAY, "rules")

    asyncio.run(opened_round())
    told = stands(folder)
    assert (told.overdue, told.refused, told.runs) == (None, None, True)
    with queries.asking(folder / "ledger.db") as tx:
        told = from_ledger(tx, moved, UNPACED, MONDAY + 3 * HOUR)
    assert told.refused == moved.campaign.timetable.after(MONDAY + 3 * HOUR)
