"""The second engine: its schema is the first one's, and it tells what a step changes alike."""

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from fakes.postgres import EMPTIED
from fakes.samples import MONDAY, RULES, agency, register
from sarabanwatch import store
from sarabanwatch.core.facts.act import Actor, AuditEntry
from sarabanwatch.store import FileLedger, Tx, acts, schema
from sarabanwatch.store.dialect import YES_OR_NO, translated
from sarabanwatch.store.postgres import ServerSession
from sarabanwatch.store.schema import MIGRATIONS, Behind, make
from sarabanwatch.store.server import ServerLedger
from sarabanwatch.store.sqlite import Connection

TYPES = {"TEXT": "text", "INTEGER": "bigint", "BLOB": "bytea"}
TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"
NAMED = r"CREATE TRIGGER (\w+) BEFORE (\w+) ON (\w+)"
WHOLE = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")
PARAMETER = re.compile(r"%\(\w+\)s|(?<!%)%s")
ENGINES = {"adapters", "dialect", "failures", "lease", "postgres", "rights", "server", "soundness",
           "sqlite", "touched", "transfer"}
# Beginnings and parts of others, and what is asked of tables made for a rehearsal.
PARTS = {"pacing.EARLIER", "queries.HELD", "rehearsal.AGENCIES", "rehearsal.LETTERS",
         "rehearsal.REMEMBER"}
OWN = ("engine", "lease", "writer", "touched")


@pytest.fixture
def theirs(server: str) -> Iterator[ServerSession]:
    with closing(ServerSession(server)) as db:
        make(db)
        yield db
        db.execute(EMPTIED)


@pytest.fixture
def ours(file: Path) -> Iterator[Connection]:
    FileLedger(file).close()
    with closing(Connection(str(file))) as db:
        yield db


def columns(db: Connection) -> Mapping[str, dict[str, Any]]:
    """Return of each table its columns: type, whether it must be given, place in the key."""
    return {table: {name: ("boolean" if (table, name) in YES_OR_NO else TYPES[kind],
                           bool(given or key), key, bool(hidden))
                    for _, name, kind, given, _, key, hidden in
                    db.execute("SELECT * FROM pragma_table_xinfo(?)", (table,))}
            for table, in db.execute(TABLES)}


THEIR_COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, NULL), a.attnotnull,
           coalesce(array_position(i.indkey, a.attnum) + 1, 0), a.attgenerated <> ''
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
         LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
    ORDER BY c.relname, a.attnum
"""


def test_both_engines_have_the_same_tables_columns_and_keys(
    ours: Connection, theirs: ServerSession,
) -> None:
    found: dict[str, dict[str, Any]] = {}
    for table, name, kind, given, key, computed in theirs.execute(THEIR_COLUMNS):
        found.setdefault(table, {})[name] = (kind, bool(given), key, bool(computed))
    assert {table: each for table, each in found.items() if table not in OWN} == columns(ours)


def test_both_engines_have_the_same_references(ours: Connection, theirs: ServerSession) -> None:
    here = {(table, column, to) for table, in list(ours.execute(TABLES))
            for _, _, to, column, *_ in ours.execute("SELECT * FROM pragma_foreign_key_list(?)",
                                                     (table,))}
    there = {tuple(row) for row in theirs.execute("""
        SELECT k.conrelid::regclass::text, a.attname, k.confrelid::regclass::text
        FROM pg_constraint k JOIN pg_attribute a
             ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
        WHERE k.contype = 'f'""")}
    assert there == here


def test_both_engines_have_the_same_indexes(ours: Connection, theirs: ServerSession) -> None:
    here = {name: ("UNIQUE" in sql, " WHERE " in sql) for name, sql in ours.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL")}
    there = {name: ("UNIQUE" in sql, " WHERE " in sql) for name, sql in theirs.execute("""
        SELECT i.indexname, i.indexdef FROM pg_indexes i
        WHERE i.schemaname = 'public'
          AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conname = i.indexname)""")}
    assert there == here


def test_both_engines_refuse_the_same_changes(ours: Connection, theirs: ServerSession) -> None:
    here = {re.match(NAMED, sql).groups() for sql, in ours.execute(  # type: ignore[union-attr]
        "SELECT sql FROM sqlite_schema WHERE type = 'trigger'")}
    there = {tuple(row) for row in theirs.execute("""
        SELECT trigger_name, event_manipulation, event_object_table
        FROM information_schema.triggers WHERE trigger_name <> 'touched'""")}
    assert there == here


def test_both_engines_have_the_same_views_and_checks(
    ours: Connection, theirs: ServerSession,
) -> None:
    views = [name for name, in ours.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name")]
    assert [name for name, in theirs.execute(
        "SELECT viewname FROM pg_views WHERE schemaname = 'public' ORDER BY viewname")] == views
    checks = sum(sql.count("CHECK (") for sql, in ours.execute(
        "SELECT sql FROM sqlite_schema WHERE type = 'table'"))
    assert theirs.execute(
        "SELECT count(*) FROM pg_constraint WHERE contype = 'c' "
        "AND conrelid <> 0").get == checks


def test_a_schema_that_is_there_is_left_alone(theirs: ServerSession) -> None:
    theirs.execute("UPDATE commits SET tick = 41")
    make(theirs)
    assert theirs.execute("SELECT tick FROM commits").get == 41
    assert len(MIGRATIONS) > 0


def test_an_older_ledger_on_a_server_is_left_alone_until_it_is_brought_up(
    server: str, monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = f"{server}&options=-csearch_path%3Dolder"
    with closing(ServerSession(server)) as db:
        db.execute("CREATE SCHEMA older")
        try:
            with monkeypatch.context() as before, closing(ServerSession(url)) as older:
                before.setattr(schema, "MIGRATIONS", MIGRATIONS[:5])
                make(older)
                older.execute(HALT, (1, "old"))
            with pytest.raises(Behind, match="ledger migrate"):
                ServerLedger(url)
            with closing(ServerSession(url)) as older:
                schema.migrate(older)
                assert (schema.version(older), halts(older)) == (schema.newest(), [1])
            ServerLedger(url).close()
        finally:
            db.execute("DROP SCHEMA older CASCADE")


HALT = "INSERT INTO halt (id, why, since, detail) VALUES (?, ?, '', 'ก')"
LIFT = "UPDATE halt SET lifted_at = ?, by = 'a', note = ? WHERE id = ?"
OUT = "INSERT INTO downgrade (code, grp, because, health, found_at) VALUES (?, 'D1', '', '', '')"


def busily(tx: Tx) -> None:
    """Do all that may be done to a row."""
    tx.execute(HALT, (7, "new"))
    tx.execute(LIFT, ("2026", "n" * 600, 7))
    tx.execute("INSERT INTO mail (digest, size, arrived_at, kind, sender, subject, raw) "
               "VALUES ('d', 1, '', '', 's', 's', ?)", (b"abc",))
    tx.execute(LIFT, ("", "", 1))
    tx.execute(OUT, ("gone",))
    tx.execute("DELETE FROM downgrade WHERE code = 'gone'")
    tx.execute("DELETE FROM downgrade WHERE code = 'stood'")
    tx.execute("DELETE FROM downgrade WHERE code = 'again'")
    tx.execute(OUT, ("again",))
    tx.execute("UPDATE downgrade SET confirmed = ? WHERE code = 'same'", (False,))
    tx.execute("UPDATE commits SET tick = tick")


def told(tx: Tx) -> AuditEntry:
    with tx:
        tx.execute(HALT, (1, "old"))
        tx.executemany(OUT, [("stood",), ("again",), ("same",)])
    with tx:
        acts.recorded(tx, Actor("who", "", "test", "{}", ""), MONDAY, busily)
    with tx:
        acts.recorded(tx, Actor("who", "", "test", "{}", ""), MONDAY, lambda _: None)
    last, = acts.listed(tx)
    return last


def in_order(rows: str) -> dict[str, list[str]]:
    return {table: sorted(map(repr, each)) for table, each in json.loads(rows).items()}


def test_what_a_step_changes_is_told_alike(ours: Connection, theirs: ServerSession) -> None:
    here, there = told(ours), told(theirs)
    assert in_order(there.before) == in_order(here.before)
    assert in_order(there.after) == in_order(here.after)


def statements() -> Iterator[tuple[str, str]]:
    """Yield every whole statement that a file of the room has a name for, with that name."""
    for file in pkgutil.iter_modules(store.__path__):
        if file.name not in ENGINES:
            module = importlib.import_module(f"sarabanwatch.store.{file.name}")
            yield from ((f"{file.name}.{name}", sql) for name, sql in vars(module).items()
                        if isinstance(sql, str) and WHOLE.match(sql) and "{" not in sql)


def test_every_statement_is_one_that_both_engines_take(
    ours: Connection, theirs: ServerSession,
) -> None:
    refused, taken = set(), 0
    for name, sql in statements():
        if name in PARTS:
            continue
        taken += 1
        list(ours.execute(f"EXPLAIN {sql.replace('?', 'NULL')}",
                          dict.fromkeys(re.findall(r":(\w+)", sql))))
        try:
            theirs.execute("EXPLAIN " + PARAMETER.sub("NULL", translated(sql)))
        except psycopg.Error as error:
            refused.add(f"{name}: {error}")
    assert (refused, taken > 150) == (set(), True)


@pytest.mark.parametrize(("sql", "read"), [
    ("SELECT ?, :a, 'a ? :b %' -- so? :b 5 %\n", "SELECT %s, %(a)s, 'a ? :b %%' -- so? :b 5 %%\n"),
    ("a LIKE '%it''s ?%' AND b % 2 = ?", "a LIKE '%%it''s ?%%' AND b %% 2 = %s"),
    ("FROM letter INDEXED BY letter_at WHERE a = :a", "FROM letter WHERE a = %(a)s"),
    ("(+e.kind = ? AND +e.at > e.b + 1)", "(e.kind = %s AND e.at > e.b + 1)"),
])
def test_parameters_are_translated_and_words_stay_words(sql: str, read: str) -> None:
    assert translated(sql) == read


class Messages:
    """Counts the messages that a session sends."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sent, send = 0, ServerSession._send

        def counted(db: ServerSession, wanted: str) -> Any:
            self.sent += 1
            return send(db, wanted)

        monkeypatch.setattr(ServerSession, "_send", counted)


def test_statements_that_change_rows_travel_with_the_next_question(
    theirs: ServerSession, monkeypatch: pytest.MonkeyPatch,
) -> None:
    messages = Messages(monkeypatch)
    with theirs:                                                    # BEGIN
        for number in range(3):
            with theirs:
                theirs.execute(HALT, (number, f"{number}"))
                theirs.executemany(OUT, [(f"{number}a",), (f"{number}b",)])
            with theirs:
                pass
    assert messages.sent == 1 + 3 + 1
    assert theirs.execute("SELECT count(*) FROM downgrade").get == 6


def halts(db: ServerSession) -> list[int]:
    return [n for n, in db.execute("SELECT id FROM halt ORDER BY id")]


@pytest.mark.parametrize("wrong", ["INSERT INTO halt (id) VALUES (2)", "UPDATE halt SET none = 1",
                                   "DELETE FROM halt"])
def test_what_fails_on_the_way_is_undone_alone(theirs: ServerSession, wrong: str) -> None:
    def fails() -> None:
        with theirs:
            theirs.execute(HALT, (2, "2"))
            theirs.execute(wrong)
            theirs.execute(HALT, (3, "3"))

    with theirs:
        with theirs:
            theirs.execute(HALT, (1, "new"))
            assert halts(theirs) == [1]
        with pytest.raises(psycopg.Error):
            fails()
        with theirs:
            theirs.execute(HALT, (4, "4"))
            assert theirs.changes() == 1
    assert halts(theirs) == [1, 4]


def test_a_message_that_is_not_understood_undoes_all_rather_than_another_savepoint(
    theirs: ServerSession,
) -> None:
    def fails() -> None:
        with theirs:
            with theirs:
                theirs.execute(HALT, (1, "new"))
                assert halts(theirs) == [1]
            with theirs:
                theirs.execute("UPDATE halt SET SET")       # nothing of its message is run

    with pytest.raises(psycopg.Error):
        fails()
    assert (theirs.in_transaction, halts(theirs)) == (False, [])


def test_what_was_just_imported_is_not_held_each_against_each(theirs: ServerSession) -> None:
    listed = register(*(agency(f"saraban@a{n}.go.th", f"{n}", name=f"{n}") for n in range(3000)))
    with theirs:
        store.register_table.replace(theirs, listed, RULES, MONDAY)
    theirs.execute("DELETE FROM pg_statistic")      # as before the server has counted the rows
    plan = theirs.execute("EXPLAIN SELECT count(*) FROM agency")
    assert not [line for line, in plan if "Join Filter" in line]
