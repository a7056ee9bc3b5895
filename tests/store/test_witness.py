"""A ledger is opened as what it is.

Ours as it last ran here, a copy, a restored or swapped one, lost, damaged, or another program's.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Barrier

import apsw
import pytest

from fakes.books import LATER, ONE, TWO, E, draft, evidence, fact, send
from fakes.samples import MONDAY, RULES, register
from sarabanwatch import store
from sarabanwatch.core.errors import Unusable, Unwritable
from sarabanwatch.core.facts.evidence import FactKind as Fact
from sarabanwatch.core.sending.halt import Why
from sarabanwatch.store import FileLedger, Ledger, epoch, halts, queries
from sarabanwatch.store.epoch import SKIPPED
from sarabanwatch.store.witness import lock_of, witness_of
from sarabanwatch.store.writer import LOOKS

FILES = ("ledger.db", "ledger.db-wal", "ledger.db-shm")


@contextmanager
def opened(file: Path) -> Iterator[Ledger]:
    with closing(FileLedger(file, at=MONDAY)) as ledger:
        yield ledger


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    """A ledger of two agencies, with a letter that was sent and one that waits; closed."""
    place = tmp_path / "state"
    place.mkdir()
    with opened(place / "ledger.db") as ledger:
        await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
        await draft(ledger, ONE, TWO)
        await send(ledger, 1)
    return place / "ledger.db"


async def commit(file: Path) -> None:
    """Commit once more to the ledger: its second letter is sent."""
    with opened(file) as ledger:
        await send(ledger, 2)


def halted(file: Path) -> list[str]:
    with opened(file), queries.asking(file) as db:
        return [each.detail for each in halts.standing(db) if each.why is Why.RESTORED]


async def test_the_ledger_that_last_ran_here_is_opened_without_a_word(file: Path) -> None:
    for _ in range(3):
        await commit_mail(file)
        assert halted(file) == []
    with queries.asking(file) as db:
        assert len(epoch.epochs(db)) == 1


async def commit_mail(file: Path) -> None:
    with opened(file) as ledger:
        await ledger.write(store.register_table.keep_etag, "file", "x")


def by_itself(file: Path, copy: Path) -> None:
    shutil.copy2(copy / file.name, file)


def with_its_folder(file: Path, copy: Path) -> None:
    shutil.rmtree(file.parent)
    shutil.copytree(copy, file.parent)


def over_its_folder(file: Path, copy: Path) -> None:
    for each in copy.iterdir():
        shutil.copy2(each, file.parent / each.name)


def renamed_into_place(file: Path, copy: Path) -> None:
    for each in copy.iterdir():
        new = file.parent / f"{each.name}.new"
        shutil.copy2(each, new)
        new.replace(file.parent / each.name)


@pytest.mark.parametrize("restore",
                         [by_itself, with_its_folder, over_its_folder, renamed_into_place])
async def test_a_copy_that_is_restored_is_known_for_one_and_nothing_leaves_it_unasked(
    file: Path, tmp_path: Path, restore: Callable[[Path, Path], None],
) -> None:
    shutil.copytree(file.parent, tmp_path / "copy")
    await commit(file)
    restore(file, tmp_path / "copy")
    (why,) = halted(file)
    assert "restored" in why
    with opened(file) as ledger:
        assert await ledger.write(store.letters.pick, 2, MONDAY) is None
        assert await ledger.write(store.letters.lose, (), fact(Fact.LOST), LATER) == 1
        (halt,) = await ledger.read(store.halts.standing)
        await ledger.write(store.halts.lift, halt.number, "สมชาย", "", LATER)
        # it may have left us: in doubt, and never sent again
        assert await ledger.write(store.letters.pick, 2, MONDAY) is None
        assert [e.text for e in await evidence(ledger, 2)] == [
            "the ledger was restored after it was written down"
        ]
        assert (await ledger.read(store.letters.round_of, 0, 6)).doubtful == 1


async def test_a_restored_ledger_gives_out_no_serial_and_no_token_that_it_may_have_given_before(
    file: Path, tmp_path: Path
) -> None:
    shutil.copytree(file.parent, tmp_path / "copy")
    with opened(file) as ledger:
        lost = await draft(ledger, ONE)
    by_itself(file, tmp_path / "copy")
    with opened(file) as ledger:
        (serial,) = await draft(ledger, ONE)
        assert serial == max(lost) + SKIPPED
    with queries.asking(file) as db:
        first, second = epoch.epochs(db)
        assert first.number != second.number
        assert second.first == serial


async def test_what_waited_before_the_copy_is_not_picked_even_when_sending_goes_on(
    file: Path, tmp_path: Path
) -> None:
    shutil.copytree(file.parent, tmp_path / "copy")
    await commit(file)
    by_itself(file, tmp_path / "copy")
    with opened(file) as ledger:
        await ledger.write(store.halts.lift, 1, "สมชาย", "", LATER)
        assert await ledger.write(store.letters.pick, 2, MONDAY) is None
        (fresh,) = await draft(ledger, TWO)
        assert await ledger.write(store.letters.pick, fresh, MONDAY) is not None


async def test_a_ledger_whose_last_commits_are_gone_is_known_for_one(file: Path) -> None:
    with opened(file) as ledger:
        await send(ledger, 2)
        # as it stands without its write-ahead log
        shutil.copy2(file, kept := file.with_name("kept"))
    gone(file)
    shutil.move(kept, file)
    assert [why.partition(" ")[2] for why in halted(file)] == [
        "commits are missing from it: it was restored from a copy, or its write-ahead log is gone"]


async def test_another_ledger_in_its_place_is_known_for_one(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with opened(other) as ledger:
        await ledger.write(store.register_table.replace, register(TWO), RULES, MONDAY)
        for campaign in range(20):
            await draft(ledger, TWO, campaign=campaign)
    shutil.copy2(other, file)
    assert halted(file) == ["another ledger ran here last, or a later state of this one"]


@pytest.mark.parametrize("left", [None, b"", b"\0\xff{" * 60, b"1 2 3", b"1 2 3 4 5 6 x"])
async def test_without_its_witness_it_is_taken_for_a_copy(file: Path, left: bytes | None) -> None:
    spoil(witness_of(file), left)
    alone = "no witness of it stands here: it is a copy, or its witness was removed"
    assert halted(file) == [alone]
    # said once, stands
    assert halted(file) == [
        "no witness of it stands here: it is a copy, or its witness was removed"
    ]


async def test_with_its_lock_file_taken_away_it_is_taken_for_a_copy_once(file: Path) -> None:
    lock_of(file).unlink()
    (why,) = halted(file)
    assert "restored" in why
    with queries.asking(file) as db:
        assert len(epoch.epochs(db)) == 2
    assert len(halted(file)) == 1
    with queries.asking(file) as db:
        assert len(epoch.epochs(db)) == 2


def spoil(witness: Path, left: bytes | None) -> None:
    witness.unlink()
    if left is not None:
        witness.write_bytes(left)


async def test_a_second_copy_restored_while_the_first_halt_stands_begins_another_epoch(
    file: Path, tmp_path: Path
) -> None:
    shutil.copytree(file.parent, tmp_path / "copy")
    for _ in range(2):
        await commit_mail(file)
        with_its_folder(file, tmp_path / "copy")
        assert len(halted(file)) == 1
    with queries.asking(file) as db:
        assert len({each.number for each in epoch.epochs(db)}) == 2      # each from the copy's one


async def test_a_new_owner_of_all_its_files_is_no_move(file: Path) -> None:
    if os.geteuid():
        pytest.skip("only root gives files away")
    for each in file.parent.iterdir():
        os.chown(each, 65534, 65534)
    assert halted(file) == []


def gone(file: Path) -> None:
    for name in FILES:
        (file.parent / name).unlink(missing_ok=True)


def all_gone(file: Path) -> None:
    for each in file.parent.glob(f"{file.name}*"):
        each.unlink()


def emptied(file: Path) -> None:
    gone(file)
    file.touch()


def bare(file: Path) -> None:
    gone(file)
    with closing(apsw.Connection(str(file))) as db:
        db.pragma("journal_mode", "wal")


@pytest.mark.parametrize("lose", [gone, all_gone, emptied, bare])
def test_where_a_ledger_stood_no_new_one_is_made(file: Path, lose: Callable[[Path], None]) -> None:
    lose(file)
    there = file.exists() and file.stat().st_size
    for _ in range(2):
        with pytest.raises(Unusable, match="put it back from a backup"):
            FileLedger(file)
    with pytest.raises((Unusable, queries.NoLedger)), queries.asking(file):
        pass
    assert (file.exists() and file.stat().st_size) == there


def test_a_new_beginning_is_made_by_taking_away_what_knows_of_the_old_one(file: Path) -> None:
    gone(file)
    with pytest.raises(Unusable) as refused:
        FileLedger(file)
    for known in (witness_of(file), lock_of(file)):
        assert str(known) in str(refused.value)
        known.unlink()
    assert halted(file) == []


@pytest.mark.parametrize("content", [b"this is no database, and never was one" * 200,
                                     b"SQLite format 3\0" + b"\xff" * 4080])
def test_what_is_no_ledger_is_refused_and_left_as_it_is(file: Path, content: bytes) -> None:
    gone(file)
    file.write_bytes(content)
    with pytest.raises(Unusable, match="is damaged, or no ledger"):
        FileLedger(file)
    assert file.read_bytes() == content


def test_another_programs_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    with closing(apsw.Connection(str(file))) as db:
        db.execute("CREATE TABLE bookmarks (url); PRAGMA user_version = 3")
    with pytest.raises(Unusable, match="another program"):
        FileLedger(file)
    with closing(apsw.Connection(str(file))) as db:
        assert [name for name, in db.execute("SELECT name FROM sqlite_schema")] == ["bookmarks"]
    assert not witness_of(file).read_bytes().strip()      # and is no ledger that stood here


def test_many_first_openings_at_once_make_one_ledger(tmp_path: Path) -> None:
    file, together = tmp_path / "ledger.db", Barrier(6)

    def opens(_: int) -> None:
        together.wait()
        FileLedger(file).close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(opens, range(6)))
    assert halted(file) == []
    with queries.asking(file) as db:
        assert len(epoch.epochs(db)) == 1


async def test_a_daemon_and_a_verb_write_side_by_side_and_the_witness_agrees_with_both(
    file: Path,
) -> None:
    with opened(file) as daemon:
        for n in range(5):
            await daemon.write(store.register_table.keep_etag, "file", f"{n}")
            with opened(file) as verb:
                await verb.write(store.register_table.keep_etag, "folder", f"{n}")
        await daemon.write(store.register_table.keep_etag, "file", "last")
    assert halted(file) == []


@pytest.mark.parametrize("lose", [gone, lambda file: file.rename(file.with_name("elsewhere")),
                                  lambda file: (gone(file), shutil.copy2(__file__, file))])
async def test_deleted_or_replaced_while_it_is_open_all_is_saved_and_nothing_more_is_written(
    file: Path, lose: Callable[[Path], object],
) -> None:
    ledger = FileLedger(file)
    await ledger.write(store.register_table.keep_etag, "file", "before")
    lose(file)
    for _ in range(2):
        with pytest.raises(
            Unusable, match="was deleted or replaced while we ran; all that it held is saved in"
        ):
            await ledger.write(store.letters.pick, 2, MONDAY)
    with pytest.raises(Unusable):
        await ledger.read(store.halts.standing)
    ledger.close()
    gone(file)
    with pytest.raises(Unusable):
        FileLedger(file)
    file.with_name("ledger.db.saved").rename(file)
    assert halted(file) == []       # nothing is missing from it, and its witness says so
    with opened(file) as ledger:
        assert await ledger.read(store.register_table.etag, "file") == "before"
        assert await send(ledger, 2, E.TAKEN) is not None


async def test_deleted_while_nothing_is_written_it_is_noticed_all_the_same(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sarabanwatch.store.writer.LOOKS", 0.01)
    assert LOOKS > 1
    ledger = FileLedger(file)
    await ledger.write(store.register_table.keep_etag, "file",
                       "wakes the writer, who looks soon from now on")
    gone(file)
    with pytest.raises(Unwritable):
        await until_refused(ledger)
    ledger.close()


async def until_refused(ledger: Ledger) -> None:
    while True:
        await ledger.read(store.halts.standing)
