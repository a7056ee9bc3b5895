"""How a ledger's tables are made, how an old ledger is brought up, and which are left alone."""

import importlib
import re
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from fakes.samples import MONDAY
from sarabanwatch.store import FileLedger, queries, schema, upgrade
from sarabanwatch.store.schema import FIRST, MIGRATIONS, TooNew, TooOld, newest
from sarabanwatch.store.sqlite import Connection

LATER = ("ALTER TABLE import ADD COLUMN pages INTEGER; UPDATE import SET pages = good / 10;",
         "CREATE TABLE stamp (code TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;")
NEWEST = newest()
SCHEMA = "SELECT name, sql FROM sqlite_schema ORDER BY name"
A_LIST = "INSERT INTO import (at, source, digest, good, bad) VALUES ('2026', 'a list', 'd', 41, 0)"


def asked(file: Path) -> None:
    with queries.asking(file):
        pass


def told(file: Path, sql: str = SCHEMA) -> list[tuple[object, ...]]:
    with closing(apsw.Connection(str(file))) as db:
        return list(db.execute(sql))


def number(file: Path) -> int:
    return told(file, "PRAGMA user_version")[0][0]  # type: ignore[return-value]  # SQLite says so


def test_of_two_programs_that_make_one_ledger_the_second_waits_for_the_first(
    tmp_path: Path,
) -> None:
    file = str(tmp_path / "ledger.db")
    with closing(Connection(file)) as first, closing(Connection(file)) as second:
        first.pragma("journal_mode", "wal")
        first.execute("BEGIN IMMEDIATE")
        schema.migrate(first)

        def wait(_tries: int) -> bool:
            first.execute("COMMIT")
            return True

        second.set_busy_handler(wait)
        schema.migrate(second)
        assert schema.version(second) == schema.newest()


def made(file: Path, *sql: str) -> Path:
    """Make a ledger of today's schema, and do something to it by hand."""
    FileLedger(file).close()
    with closing(apsw.Connection(str(file))) as db:
        for each in sql:
            db.execute(each)
    return file


def test_an_older_ledger_becomes_what_a_new_one_is_and_keeps_its_rows(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    made(file, A_LIST)
    for step in (1, 2):
        monkeypatch.setattr(schema, "MIGRATIONS", (*MIGRATIONS, *LATER[:step]))
        upgrade.bring_up(file, MONDAY)
        assert number(file) == NEWEST + step
    assert told(file, "SELECT good, pages FROM import") == [(41, 4)]
    assert told(file) == told(made(tmp_path / "new.db"))


def test_every_released_step_brings_a_ledger_of_the_first_schema_to_todays(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(schema, "MIGRATIONS", ())
    made(file, A_LIST)
    monkeypatch.setattr(schema, "MIGRATIONS", MIGRATIONS)
    upgrade.bring_up(file, MONDAY)
    assert told(file, "SELECT good FROM import") == [(41,)]
    assert told(file) == told(made(tmp_path / "new.db"))


def test_a_migration_that_fails_half_way_has_done_nothing(file: Path,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    before = told(made(file, A_LIST))
    monkeypatch.setattr(schema, "MIGRATIONS",
                        (*MIGRATIONS, *LATER,
                         "INSERT INTO stamp VALUES ('1001'); SELECT 1 FROM nowhere"))
    with pytest.raises(Exception, match="no such table: nowhere"):
        upgrade.bring_up(file, MONDAY)
    assert (told(file), number(file)) == (before, NEWEST)


@pytest.mark.parametrize(("written", "error", "remedy"), [
    (newest() + 1, TooNew, "install the newer version"), (FIRST - 1, TooOld, "begin anew"),
    (1, TooOld, "begin anew")])
def test_a_ledger_that_no_migration_brings_here_is_refused_by_name_and_left_alone(
    file: Path, written: int, error: type[Exception], remedy: str,
) -> None:
    made(file, f"PRAGMA user_version = {written}")
    before = file.read_bytes()
    for use in (FileLedger, asked):
        with pytest.raises(error, match=f"{re.escape(str(file))}: schema {written} .* {remedy}"):
            use(file)
    assert file.read_bytes() == before


def test_what_the_schema_says_of_other_modules_is_there() -> None:
    text = Path(schema.__file__).with_name("schema.sql").read_text(encoding="utf-8")
    named = set(re.findall(r"\b(?:core|ports|store)(?:\.\w+)+", text))
    assert len(named) > 20
    for name in sorted(named):
        module, _, last = f"sarabanwatch.{name}".rpartition(".")
        found = importlib.import_module(module)
        assert hasattr(found, last) or importlib.import_module(f"{module}.{last}"), name
