"""The ledger is restored, cut, emptied, damaged or gone: that is said at the start, nobody is
written to twice unasked, and no answer is taken for another letter's."""

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from story.programs import daemon, land, verb
from story.witness import LOOK, Witness

SEED, AGENCIES = 5, 60
FILES = ("ledger.db", "ledger.db-wal", "ledger.db-shm", "ledger.db.lock", "ledger.witness")
REFUSED = 78


def copy(place: Path) -> None:
    """Take a copy of the ledger, as a backup of its folder does."""
    (place / "copy").mkdir()
    for name in FILES:
        if (place / name).exists():
            shutil.copy2(place / name, place / "copy" / name)


def restore(place: Path, *names: str) -> None:
    """Put a copy back in the ledger's place."""
    for name in FILES[:3]:
        (place / name).unlink(missing_ok=True)
    for name in names:
        if (place / "copy" / name).exists():
            shutil.copy2(place / "copy" / name, place / name)


@pytest.mark.parametrize("names", [FILES[:1], FILES], ids=["the file", "the folder"])
async def test_a_restored_copy_says_so_writes_to_nobody_unasked_and_takes_no_answer_for_anothers(
    tmp_path: Path, names: tuple[str, ...],
) -> None:
    async with land(tmp_path, AGENCIES, SEED):
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await life.says("sent", 10)
            await life.stop()
        copy(tmp_path)
        async with daemon(tmp_path) as life:
            await life.says("sent", 25)
            await life.stop()
        left = {letter.token for letter in witness.heard()}
        known = {token for token, in witness.rows("SELECT token FROM letter WHERE fate <> ''")}
        ((mails,),) = witness.rows("SELECT count(*) FROM mail")
        restore(tmp_path, *names)
        lost = left - {
            token for (token,) in witness.rows("SELECT token FROM letter WHERE fate <> ''")
        }
        assert lost
        assert left <= known
        async with daemon(tmp_path) as life:
            said = await life.says("halted", why="restored")
            assert "restored" in said["error"]
            # what lies in the mailbox is read again
            while witness.rows("SELECT count(*) FROM mail")[0][0] < mails:
                life.lives()
                await asyncio.sleep(LOOK)
            assert {letter.token for letter in witness.heard()} == left      # nothing left us
            halts = (await verb(tmp_path, "halts", "list", status=1)).splitlines()
            assert [line[0] for line in halts if line[:1].isdigit()] == ["1"]
            await verb(tmp_path, "halts", "lift", "1", "--by", "สมชาย", "--note",
                       "windows are over")
            await life.says("halt lifted")
            await witness.over(life)
            assert await life.stop() == 0
        assert witness.twice() == {}
        assert witness.wrong() == {}
        assert believed_amiss(witness) == []


def believed_amiss(witness: Witness) -> list[tuple[str, str]]:
    """Return facts that came by mail with the token of a letter to somebody else."""
    sent = {letter.token: letter.to.lower() for letter in witness.heard()}
    rows = witness.rows(
        "SELECT token, address FROM evidence JOIN letter USING (serial) "
        "WHERE mail <> '' AND letter.code <> ''"
    )
    return [(token, to) for token, to in rows if sent.get(token) != to.lower()]


def gone(place: Path) -> None:
    restore(place)


def empty(place: Path) -> None:
    restore(place)
    (place / "ledger.db").touch()


def damaged(place: Path) -> None:
    with (place / "ledger.db").open("r+b") as file:
        for page in range(4, file.seek(0, os.SEEK_END) // 4096, 3):
            file.seek(4096 * page)
            file.write(os.urandom(4096))


async def refused(place: Path) -> str:
    """Start the daemon, which refuses; return why."""
    async with daemon(place) as life:
        assert await life.end() == REFUSED
    return life.why()


SPOILT = (
    (gone, "is gone, and a ledger stood here: put it back from a backup"),
    (empty, "is empty, and a ledger stood here: put it back from a backup"),
    (damaged, "is damaged, or no ledger"),
)


async def test_a_ledger_that_is_lost_or_damaged_is_refused_at_the_start_and_nothing_leaves(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, AGENCIES, SEED):
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await life.says("sent", 10)
            await life.stop()
        left = witness.dots()
        copy(tmp_path)
        for spoil, says in SPOILT:
            restore(tmp_path, *FILES)
            spoil(tmp_path)
            assert says in await refused(tmp_path)
            assert says in await refused(tmp_path)
        assert witness.dots() == left


async def test_a_ledger_deleted_while_the_daemon_runs_is_saved_and_goes_on_once_it_is_put_back(
    tmp_path: Path,
) -> None:
    async with land(tmp_path, AGENCIES, SEED):
        witness = Witness(tmp_path)
        async with daemon(tmp_path) as life:
            await life.says("sent", 10)
            gone(tmp_path)
            assert await life.end() == REFUSED
            assert f"all that it held is saved in {tmp_path / 'ledger.db.saved'}" in life.why()
        async with daemon(tmp_path) as life:
            assert await life.end() == REFUSED
        (tmp_path / "ledger.db.saved").rename(tmp_path / "ledger.db")
        async with daemon(tmp_path) as life:
            await witness.over(life)
            assert life.said("halted") == []
            assert await life.stop() == 0
        witness.assert_right()
