"""A ledger of an older version is copied, then brought up to date; and that can be taken back."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from fakes.samples import MONDAY
from sarabanwatch.core.errors import (
    ConfigError,
    RequestError,
    StorageError,
    UnavailableError,
)
from sarabanwatch.store import Ledger, copies, ledger, queries, schema, upgrade
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
# Brings a ledger up, and dies before its statement of that number; prints how many there were.
PROGRAM = """
import os, resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
import apsw
from sarabanwatch.store import schema, upgrade

ledger, die, octets, scripts = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
seen = 0

def traced(cursor, sql, values):
    global seen
    seen += 1
    if seen == die:
        os.kill(os.getpid(), signal.SIGKILL)
    return True

apsw.connection_hooks.append(lambda db: setattr(db, "exec_trace", traced))
schema.MIGRATIONS = (*schema.MIGRATIONS, *scripts)
if octets:
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, octets))
upgrade.bring_up(ledger, datetime(2026, 11, 28, tzinfo=UTC))
print(seen)
"""


@pytest.fixture
def older(file: Path) -> Path:
    """A ledger of today's schema, with a row in it; the tests' later schema is newer."""
    Ledger(file).close()
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


def killed(file: Path, at: int, octets: int, scripts: tuple[str, ...],
           ) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(file), str(at), str(octets), *scripts],
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
    with closing(Ledger(older)) as opened:      # its witness knows it still
        assert opened
    assert ask(older, "SELECT count(*) FROM epoch") == [(1,)]


def test_what_is_of_today_or_not_there_is_left_alone(file: Path) -> None:
    assert upgrade.bring_up(file, MONDAY) is None
    Ledger(file).close()
    assert upgrade.bring_up(file, MONDAY) is None
    assert upgrade.copies_of(file) == []


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("use", [Ledger, lambda file: queries.asking(file).__enter__()])
def test_nobody_else_brings_it_up_and_all_say_what_to_do(older: Path, use: type[Ledger]) -> None:
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


def points(older: Path, tmp_path: Path) -> Iterator[int]:
    """Yield some of the statements of an upgrade; the last ones are the migration."""
    whole = tmp_path / "whole" / "ledger.db"
    whole.parent.mkdir()
    whole.write_bytes(older.read_bytes())
    count = int(killed(whole, 0, 0, LATER).stdout)
    yield from (1, count // 3, count // 2, *range(count - 8, count + 1))


def test_killed_while_migrating_it_is_the_old_one_or_the_new_one_and_is_done_again(
    older: Path, tmp_path: Path,
) -> None:
    seen = set()
    for at in points(older, tmp_path):
        ledger_file = tmp_path / str(at) / "ledger.db"
        ledger_file.parent.mkdir()
        ledger_file.write_bytes(older.read_bytes())
        assert killed(ledger_file, at, 0, LATER).returncode < 0
        copied = upgrade.copies_of(ledger_file)
        seen.add((number(ledger_file), len(copied)))
        assert ask(ledger_file, "PRAGMA integrity_check") == [("ok",)]
        assert killed(ledger_file, 0, 0, LATER).returncode == 0
        assert number(ledger_file) == NOW
        assert ask(ledger_file, "SELECT good, pages FROM import") == [(41, 4)]
        # the copy that stood already is used, and what was broken off is gone
        (copy,) = ledger_file.parent.glob("*.schema-*")
        assert not copied or copied == [copy]
    assert seen == {(WAS, 0), (WAS, 1), (NOW, 1)}


@pytest.mark.parametrize(("octets", "copies_left"), [(65536, 0), (4_000_000, 1)])
def test_a_disk_that_is_full_leaves_the_old_ledger_whole(older: Path, octets: int,
                                                         copies_left: int) -> None:
    before = ask(older, "SELECT * FROM import")
    done = killed(older, 0, octets, LARGE)
    assert done.returncode == 1
    assert f"{StorageError.__name__}: " in done.stderr
    assert (number(older), ask(older, "SELECT * FROM import")) == (WAS, before)
    assert len(list(older.parent.glob("*.schema-*"))) == copies_left
    assert killed(older, 0, 0, LARGE).returncode == 0
    assert number(older) == WAS + len(LARGE)

