"""A clock that jumps while the daemon runs, or is wrong when it starts: nothing is sent, no window
ends, nobody is written to twice."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from story.programs import WITHIN, daemon, land, verb
from story.witness import Witness

SEED, AGENCIES = 6, 60
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
pytestmark = pytest.mark.skipif(FAKETIME is None, reason="libfaketime is not installed")
# Wall seconds between two readings of the file that says how far a clock is ahead: to read it at
# each look would take most of a processor.
KEPT = "1"
# windows that ended in silence: a letter that is refused is over at any time
ENDED = "SELECT count(*) FROM evidence WHERE kind IN ('quiet', 'withheld')"
YEARS = 120     # wall seconds that the land's clock turns into more days than a daemon stands still


def faked(place: Path, ahead: str) -> dict[str, str]:
    """Return what makes a program's wall clock, and it alone, run ahead by what a file says."""
    set_ahead(place, ahead)
    return {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(place / "ahead"),
            "FAKETIME_CACHE_DURATION": KEPT,
            "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def set_ahead(place: Path, ahead: str) -> None:
    (place / "ahead").write_text(f"{ahead}\n", encoding="ascii")


async def still(look: Callable[[], tuple[int, list[Any]]]) -> tuple[int, list[Any]]:
    """Wait until what is looked at is the same at two looks; return it.

    One that goes on never is, and the wait is given up.
    """
    before = look()
    async with asyncio.timeout(WITHIN):
        while True:
            await asyncio.sleep(2 * int(KEPT))
            if (now := look()) == before:
                return now
            before = now


async def test_a_leap_halts_us_and_a_person_lets_us_go_on_by_the_clock_that_was_right_all_along(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, AGENCIES, SEED):
        witness = Witness(tmp_path)
        async with daemon(tmp_path, **faked(tmp_path, "+0")) as life:
            await life.says("sent", 10)
            set_ahead(tmp_path, "+365d")
            assert "jumped ahead by 365 days" in (await life.says("halted", why="clock"))["error"]
            # a job that runs may end; windows that were over in truth before the jump have ended
            left, ended = await still(lambda: (witness.dots(), witness.rows(ENDED)))
            set_ahead(tmp_path, "+0")
            await asyncio.sleep(2 * int(KEPT))
            assert witness.dots() <= left + 10      # what was in hand
            assert witness.rows(ENDED) == ended
            assert witness.rows("SELECT count(*) FROM evidence WHERE seen_at > '2026-12'") == [(0,)]
            await verb(tmp_path, "halts", "lift", "1", "--by", "สมชาย", "--note", "it is right")
            await life.says("halt lifted")
            await witness.over(life)
            assert await life.stop() == 0
        assert life.complaints == []
    witness.assert_right()


async def test_a_start_with_a_clock_far_ahead_of_the_ledger_writes_to_nobody_and_reads_nothing(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, AGENCIES, SEED):
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await life.says("sent", 10)
            await life.stop()
        left, mails = witness.dots(), witness.rows("SELECT count(*) FROM mail")
        async with daemon(tmp_path, **faked(tmp_path, f"+{YEARS * 60}")) as life:
            assert "old" in (await life.says("halted", why="clock"))["error"]
            await life.says("listening")
            await asyncio.sleep(3)
            assert (witness.dots(), witness.rows("SELECT count(*) FROM mail")) == (left, mails)
            await life.stop()
        await verb(tmp_path, "halts", "lift", "1", "--by", "สมชาย")
        async with daemon(tmp_path) as life:
            await witness.over(life)
            assert await life.stop() == 0
    assert witness.twice() == {}
    assert witness.wrong() == {}
