"""The daemon's role on a server: it can do its work, and cannot change what is only added to."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import psycopg
import pytest

from fakes.books import ONE, TWO, conclude, draft, mail, send
from fakes.postgres import EMPTIED
from fakes.samples import MONDAY, RULES, register
from sarabanwatch import store
from sarabanwatch.core.facts.act import Actor
from sarabanwatch.core.returns.mailbox import Cursor
from sarabanwatch.store import acts, lease, rights
from sarabanwatch.store.postgres import ServerSession
from sarabanwatch.store.schema import make
from sarabanwatch.store.server import ServerLedger

NOW = datetime(2026, 2, 17, tzinfo=UTC)


@pytest.fixture
def ledger(server: str) -> Iterator[ServerLedger]:
    """A ledger whose tables belong to another role than the daemon's."""
    with closing(ServerSession(server)) as owner:
        make(owner)
        owner.execute("CREATE ROLE daemon LOGIN")
        rights.grant(owner, "daemon")
        try:
            with closing(ServerLedger(server.replace("watch@", "daemon@"))) as opened:
                yield opened
        finally:
            owner.execute("DROP OWNED BY daemon; DROP ROLE daemon")
            owner.execute(EMPTIED)


async def test_it_can_do_its_work(ledger: ServerLedger, server: str) -> None:
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


@pytest.mark.parametrize("sql", [
    "DELETE FROM evidence", "DELETE FROM mail",
    "UPDATE attempt SET reply = ''", "DELETE FROM act", "TRUNCATE act",
    "ALTER TABLE act DISABLE TRIGGER ALL", "DROP TABLE act",
    "DROP FUNCTION act_kept CASCADE", "SET session_replication_role = replica",
])
async def test_it_cannot_change_what_is_only_added_to(ledger: ServerLedger, sql: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await ledger.write(lambda tx: tx.execute(sql))
