"""Copies of a ledger, and whether its facts agree."""

import asyncio
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from fakes.books import LATER, ONE, draft, send
from fakes.samples import MONDAY
from sarabanwatch import store
from sarabanwatch.core.errors import StorageError, Unusable
from sarabanwatch.core.policy import LedgerSection
from sarabanwatch.store import FileLedger, Ledger, accounts, copies
from sarabanwatch.store.copies import Noted
from sarabanwatch.store.queries import NoLedger


async def test_a_copy_holds_one_moment_of_a_ledger_that_is_written_meanwhile(
    written: Ledger, file: Path, tmp_path: Path,
) -> None:
    stop = asyncio.Event()

    async def write() -> int:
        noted = 0
        while not stop.is_set():
            await written.write(store.copies.note, Noted(MONDAY, "x", "y", noted))
            noted += 1
        return noted

    writing = asyncio.create_task(write())
    made = await asyncio.to_thread(copies.copy, file, tmp_path / "copy.db")
    stop.set()
    assert await writing
    assert (made.rows["letter"], made.rows["import"]) == (2, 1)
    assert copies.checked(tmp_path / "copy.db") == made
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600


async def test_a_copy_is_a_ledger_that_goes_on_where_it_was_taken(written: Ledger, file: Path,
                                                                  tmp_path: Path) -> None:
    await asyncio.to_thread(copies.copy, file, tmp_path / "copy.db")
    with closing(FileLedger(tmp_path / "copy.db")) as again:
        assert await again.read(store.arrivals.letter, 2) == await written.read(
            store.arrivals.letter, 2)
        (halt,) = await again.read(store.halts.standing)
        assert "no witness" in halt.detail


async def test_what_is_no_copy_is_refused(written: Ledger, file: Path, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="make room there"):
        await asyncio.to_thread(copies.copy, file, tmp_path / "nowhere" / "copy.db")
    (tmp_path / "stands").write_text("something")
    with pytest.raises(StorageError):
        await asyncio.to_thread(copies.copy, file, tmp_path / "stands")
    with pytest.raises(NoLedger):
        copies.copy(tmp_path / "none.db", tmp_path / "copy.db")


async def test_a_copy_is_looked_through_to_its_last_page(written: Ledger, file: Path,
                                                         tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    await asyncio.to_thread(copies.copy, file, copy)
    whole = copy.read_bytes()
    # page 2 only maps to which page each belongs (auto_vacuum); it holds nothing, and is made anew
    for page in range(2, len(whole) // 4096):
        copy.write_bytes(whole[:4096 * page] + b"\xff" * 64 + whole[4096 * page + 64:])
        with pytest.raises(Unusable, match="damaged"):
            copies.checked(copy)
    copy.write_bytes(b"no ledger at all, but some text" * 200)
    with pytest.raises(Unusable):
        copies.checked(copy)
    with closing(apsw.Connection(str(tmp_path / "other.db"))) as other:
        other.execute("CREATE TABLE t (x)")
    with pytest.raises(Unusable, match="is no ledger"):
        copies.checked(tmp_path / "other.db")


async def test_the_last_backup_is_known(ledger: Ledger) -> None:
    assert await ledger.read(store.copies.last) is None
    for size in (1, 2):
        await ledger.write(store.copies.note, Noted(MONDAY, "/backups/x", "d" * 64, size))
    assert await ledger.read(store.copies.last) == Noted(MONDAY, "/backups/x", "d" * 64, 2)


SPOILT = {
    "mail never read": """
        INSERT INTO mail VALUES ('d', 1, '2026-01-12', 'answer', '', '', '', '', NULL, x'')""",
    "evidence without its mail": """
        INSERT INTO evidence (serial, kind, seen_at, code, status, text, rule, reporter, receipt,
                              matched_by, certainty, mail)
        VALUES (1, 'answered', '2026-01-12', 0, '', '', '', '', '', '', '', 'gone')""",
    "left without an outcome": "UPDATE letter SET state = 'refused' WHERE serial = 1",
    "left without a try": """
        UPDATE letter SET state = 'accepted' WHERE serial = 1;
        INSERT INTO evidence (serial, kind, seen_at, code, status, text, rule, reporter, receipt,
                              matched_by, certainty, mail)
        VALUES (1, 'taken', '2026-01-12', 250, '', '', '', '', '', '', '', '')""",
    "closed without a window": "UPDATE letter SET state = 'closed' WHERE serial = 1",
    "group that no transition tells": """
        INSERT INTO judgement (code, grp, because, health, since)
        VALUES ('1001', 'A1', '', 'good', '2026-01-12');
        INSERT INTO transition (code, at, was, now, because)
        VALUES ('1001', '2026-01-12', NULL, 'A2', '')""",
}


def test_every_rule_has_a_ledger_that_breaks_it() -> None:
    assert SPOILT.keys() == accounts.RULES.keys()


@pytest.mark.parametrize("rule", accounts.RULES)
async def test_facts_that_disagree_are_counted(written: Ledger, file: Path, rule: str) -> None:
    assert await written.read(accounts.disagreements) == {}
    with closing(apsw.Connection(str(file))) as db:
        db.execute(SPOILT[rule])
    assert await written.read(accounts.disagreements) == {rule: 1}


async def test_a_ledgers_size_is_told_by_the_letter(written: Ledger, ledger: Ledger) -> None:
    await send(written, 1)
    await written.write(store.letters.close, [(1, None)], LATER)
    await draft(written, ONE, campaign=1)
    told = await ledger.read(accounts.size, LATER, LedgerSection().periods)
    assert (told.letters, told.first) == (3, MONDAY)
    assert told.a_letter == told.used // 3 > 0
