"""A ledger of an older version is copied, then brought up to date; and that can be taken back."""

import shutil
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from fakes.dying import deaths
from fakes.samples import MONDAY
from sarabanwatch.core.errors import (
    ConfigError,
    RequestError,
    StorageError,
    UnavailableError,
    Unusable,
)
from sarabanwatch.store import FileLedger, copies, ledger, queries, schema, upgrade
from sarabanwatch.store.lock import keeping
from sarabanwatch.store.schema import Behind

LATER = ("ALTER TABLE import ADD COLUMN pages INTEGER; UPDATE import SET pages = good / 10;",
         "CREATE TABLE stamp (code TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;")
LARGE = (*LATER, """
    CREATE TABLE filler (x TEXT) STRICT;
    INSERT INTO filler
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90000)
        SELECT hex(randomblob(20)) FROM n;
""")
A_LIST = "INSERT INTO import (at, source, digest, good, bad) VALUES ('2026', 'a list', 'd', 41, 0)"
WAS, NOW = schema.newest(), schema.newest() + len(LATER)
# Brings a ledger up where no file may have more octets; 0: as many as it likes.
PROGRAM = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from sarabanwatch.store import schema, upgrade

ledger, octets, scripts = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
schema.MIGRATIONS = (*schema.MIGRATIONS, *scripts)
if octets:
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, octets))
upgrade.bring_up(ledger, datetime(2026, 11, 28, tzinfo=UTC))
"""


@pytest.fixture
def older(file: Path) -> Path:
    """A ledger of today's schema, with a row in it; the tests' later schema is newer."""
    FileLedger(file).close()
    with closing(apsw.Connection(str(file))) as db:
        db.execute(A_LIST)
    return file


@pytest.fixture
def later(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert older.exists()       # as the older version left it
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, *LATER))


def ask(file: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(apsw.Connection(str(file))) as db:
        return list(db.execute(sql))


def number(file: Path) -> object:
    return ask(file, "PRAGMA user_version")[0][0]


def brought_up(file: Path, octets: int, scripts: tuple[str, ...],
               ) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", PROGRAM, str(file), str(octets), *scripts],
                          check=False, capture_output=True, text=True)


@pytest.mark.usefixtures("later")
def test_it_is_copied_beside_itself_before_it_is_brought_up(older: Path) -> None:
    done = upgrade.bring_up(older, MONDAY)
    assert done is not None
    assert (done.was, done.now, number(older)) == (WAS, NOW, NOW)
    assert ask(older, "SELECT good, pages FROM import") == [(41, 4)]
    assert done.copy.parent == older.parent
    assert number(done.copy) == WAS
    assert copies.checked(done.copy).rows["import"] == 1
    with closing(FileLedger(older)) as opened:      # its witness knows it still
        assert opened
    assert ask(older, "SELECT count(*) FROM epoch") == [(1,)]


def test_what_is_of_today_or_not_there_is_left_alone(file: Path) -> None:
    assert upgrade.bring_up(file, MONDAY) is None
    FileLedger(file).close()
    assert upgrade.bring_up(file, MONDAY) is None
    assert upgrade.copies_of(file) == []


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("use", [FileLedger, lambda file: queries.asking(file).__enter__()])
def test_nobody_else_brings_it_up_and_all_say_what_to_do(
        older: Path, use: type[FileLedger]) -> None:
    before = older.read_bytes()
    with pytest.raises(Behind, match=rf"schema {WAS} .*{NOW}.*daemon.*ledger migrate"):
        use(older)
    assert older.read_bytes() == before


@pytest.mark.usefixtures("later")
def test_while_another_program_writes_into_it_it_is_left_as_it_was(
    older: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ledger, "BUSY_MS", 1)
    with closing(apsw.Connection(str(older))) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnavailableError, match="held by another program"):
            upgrade.bring_up(older, MONDAY)
    assert number(older) == WAS


@pytest.mark.usefixtures("later")
def test_going_back_tells_what_is_lost_and_moves_the_newer_ledger_aside(older: Path) -> None:
    done = upgrade.bring_up(older, MONDAY)
    assert done is not None
    with closing(apsw.Connection(str(older))) as db:
        db.execute(A_LIST.replace("'d'", "'e'"))
        db.execute("UPDATE commits SET tick = tick + 7")
    back = upgrade.earlier_copy(older)
    assert (back.copy, back.contents.schema, back.commits) == (done.copy, WAS, 7)
    assert {name: rows for name, rows in back.rows.items() if rows} == {"import": 1}
    with keeping(older), pytest.raises(ConfigError), keeping(older):
        pass    # a verb that goes back holds the ledger as a daemon does
    aside = upgrade.go_back(older, back, MONDAY + timedelta(days=1))
    assert aside is not None
    assert (number(older), number(aside)) == (WAS, NOW)
    assert ask(older, "SELECT good FROM import") == [(41,)]


def test_without_a_copy_of_an_earlier_schema_there_is_no_way_back(older: Path) -> None:
    with pytest.raises(RequestError, match="restore"):
        upgrade.earlier_copy(older)


def test_the_older_version_itself_can_go_back(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, LATER[0]))
    first = upgrade.bring_up(older, MONDAY)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, LATER[1]))
    upgrade.bring_up(older, MONDAY + timedelta(days=1))
    assert len(upgrade.copies_of(older)) == 2
    monkeypatch.undo()      # knows neither the ledger's schema nor that of the newest copy
    assert first is not None
    assert upgrade.earlier_copy(older).copy == first.copy


@pytest.mark.usefixtures("later")
def test_killed_while_migrating_it_is_the_old_one_or_the_new_one_and_is_done_again(
    older: Path, tmp_path: Path,
) -> None:
    seen = list[tuple[object, int]]()
    here = tmp_path / "here" / "ledger.db"

    def anew() -> None:
        shutil.rmtree(here.parent, ignore_errors=True)
        here.parent.mkdir()
        shutil.copyfile(older, here)

    anew()
    for _ in deaths(lambda: upgrade.bring_up(here, MONDAY)):
        copied = upgrade.copies_of(here)
        seen.append((number(here), len(copied)))
        assert ask(here, "PRAGMA integrity_check") == [("ok",)]
        assert all(copies.checked(each).schema == WAS for each in copied)
        upgrade.bring_up(here, MONDAY + timedelta(hours=1))
        assert number(here) == NOW
        assert ask(here, "SELECT good, pages FROM import") == [(41, 4)]
        # the copy that stood already is used, and what was broken off is gone
        (copy,) = here.parent.glob("*.schema-*")
        assert not copied or copied == [copy]
        anew()
    assert set(seen) == {(WAS, 0), (WAS, 1), (NOW, 1)}
    assert len(seen) > 20       # fewer would mean that the steps are not seen any more


@pytest.mark.usefixtures("later")
def test_killed_while_going_back_it_is_the_new_one_or_none_or_the_old_one_and_is_done_again(
        older: Path) -> None:
    upgrade.bring_up(older, MONDAY)
    back = upgrade.earlier_copy(older)
    newer = older.with_name("newer.db")
    seen = list[object]()
    older.rename(newer)
    shutil.copyfile(newer, older)
    for _ in deaths(lambda: upgrade.go_back(older, back, MONDAY)):
        seen.append(number(older) if older.exists() else None)
        if not older.exists():
            with pytest.raises(Unusable):
                FileLedger(older)
        upgrade.go_back(older, back, MONDAY)
        assert number(older) == WAS
        assert ask(older, "PRAGMA integrity_check") == [("ok",)]
        assert {number(each) for each in older.parent.glob("*.before-*Z")} >= {NOW}
        for each in (older, *older.parent.glob("*.before-*")):
            each.unlink()
        shutil.copyfile(newer, older)
    assert set(seen) == {NOW, None, WAS}
    assert number(older) == WAS


@pytest.mark.parametrize(("octets", "copies_left"), [(65536, 0), (4_000_000, 1)])
def test_a_disk_that_is_full_leaves_the_old_ledger_whole(older: Path, octets: int,
                                                         copies_left: int) -> None:
    before = ask(older, "SELECT * FROM import")
    done = brought_up(older, octets, LARGE)
    assert done.returncode == 1
    assert f"{StorageError.__name__}: " in done.stderr
    assert (number(older), ask(older, "SELECT * FROM import")) == (WAS, before)
    assert len(list(older.parent.glob("*.schema-*"))) == copies_left
    assert brought_up(older, 0, LARGE).returncode == 0
    assert number(older) == WAS + len(LARGE)

