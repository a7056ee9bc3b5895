"""Roles on a server: each can do its work, and nothing more."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import psycopg
import pytest

from fakes.books import ONE, TWO, conclude, draft, mail, send
from fakes.postgres import EMPTIED
from fakes.samples import MONDAY, POLICY, RULES, register
from sarabanwatch import store
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts.act import Actor
from sarabanwatch.core.returns.mailbox import Cursor
from sarabanwatch.store import acts, lease, rights
from sarabanwatch.store.places import Server
from sarabanwatch.store.postgres import ServerSession
from sarabanwatch.store.public import LedgerArchive
from sarabanwatch.store.schema import make
from sarabanwatch.store.server import ServerLedger

NOW = datetime(2026, 2, 17, tzinfo=UTC)


@pytest.fixture
def owner(server: str) -> Iterator[ServerSession]:
    """The owner of a ledger's tables, and a role beside it for each kind of rights."""
    with closing(ServerSession(server)) as owner:
        make(owner)
        for kind in rights.KINDS:
            owner.execute(f"CREATE ROLE {kind} LOGIN")
            rights.grant(owner, kind, kind)
        try:
            yield owner
        finally:
            for kind in rights.KINDS:
                owner.execute(f"DROP OWNED BY {kind}; DROP ROLE {kind}")
            owner.execute(EMPTIED)


@pytest.fixture
def ledger(owner: ServerSession, server: str) -> Iterator[ServerLedger]:
    """A ledger whose tables belong to another role than the daemon's."""
    del owner
    with closing(ServerLedger(server.replace("watch@", "daemon@"))) as opened:
        yield opened


async def test_the_daemon_can_do_its_work(ledger: ServerLedger, server: str) -> None:
    await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
    await draft(ledger, ONE, TWO)
    await send(ledger, 1)
    await ledger.write(store.arrivals.take_in, "INBOX", [mail(b"a mail")], Cursor(1, 9))
    await conclude(ledger)
    assert await ledger.read(store.judgements.rows) == (2, 0)
    await ledger.write(lambda tx: acts.recorded(tx, Actor("a", "", "test", "{}", ""), NOW,
                                                lambda db: db.execute("DELETE FROM unjudged")))
    with closing(ServerSession(server.replace("watch@", "daemon@"), "one")) as session:
        fence = lease.take(session, "one")
        assert fence is not None
        lease.give_up(session, fence)
    with closing(ServerSession(server.replace("watch@", "board@"))) as board:
        assert dict(board.execute("SELECT * FROM sarabanwatch_public.census")) == {
            "A2": 1, "unknown": 1}
    with closing(LedgerArchive(Server(server.replace("watch@", "page@")), RULES, str, "yes",
                               POLICY)) as archive:
        assert len(archive.country().listings) == 2
        assert archive.account(ONE.code)
        assert archive.letter(1)


@pytest.mark.parametrize(("role", "sql"), [
    *(("daemon", sql) for sql in (
        "DELETE FROM evidence", "DELETE FROM mail",
        "UPDATE attempt SET reply = ''", "DELETE FROM act", "TRUNCATE act",
        "ALTER TABLE act DISABLE TRIGGER ALL", "DROP TABLE act",
        "DROP FUNCTION act_kept CASCADE", "SET session_replication_role = replica")),
    ("page", "SELECT token FROM letter"), ("page", "SELECT raw FROM mail"),
    ("page", "SELECT * FROM act"), ("page", "DELETE FROM unjudged"),
    ("board", "SELECT * FROM agency"), ("board", "SELECT serial FROM letter"),
    ("board", "DELETE FROM sarabanwatch_public.transition"),
])
def test_none_can_do_what_it_must_not(
    owner: ServerSession, server: str, role: str, sql: str,
) -> None:
    del owner
    with (closing(ServerSession(server.replace("watch@", f"{role}@"))) as db,
          pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedTable))):
        db.execute(sql)


def test_a_role_loses_what_it_could_do_before(owner: ServerSession, server: str) -> None:
    rights.grant(owner, "daemon", "board")
    with (closing(ServerSession(server.replace("watch@", "daemon@"))) as db,
          pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedTable))):
        db.execute("INSERT INTO unjudged VALUES ('1', 1, '')")


def test_what_makes_no_sense_is_refused_with_the_remedy(
    owner: ServerSession, server: str,
) -> None:
    with pytest.raises(RequestError, match="has no role nobody: make it first"):
        rights.grant(owner, "nobody", "page")
    with pytest.raises(RequestError, match="watch owns the tables"):
        rights.grant(owner, "watch", "daemon")
    with (closing(ServerSession(server.replace("watch@", "daemon@"))) as daemon,
          pytest.raises(RequestError, match=r"belong to watch: name that role in ledger\.url")):
        rights.grant(daemon, "page", "page")
