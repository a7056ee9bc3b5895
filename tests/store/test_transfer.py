"""A ledger goes from one engine to the other and back, and is the same ledger."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from fakes.books import ONE, TWO, conclude, draft, mail, send
from fakes.postgres import EMPTIED
from fakes.samples import MONDAY, POLICY, RULES, register
from sarabanwatch import store
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts.evidence import Evidence, FactKind
from sarabanwatch.core.returns.mailbox import Cursor
from sarabanwatch.store import FileLedger, Tx, queries, transfer
from sarabanwatch.store.ledger import open_to_read, open_to_write
from sarabanwatch.store.postgres import ServerSession
from sarabanwatch.store.server import ServerLedger
from sarabanwatch.store.sqlite import Connection


@pytest.fixture
def empty(server: str) -> Iterator[ServerSession]:
    """A server's database without a ledger."""
    with closing(ServerSession(server)) as db:
        yield db
        if db.has("epoch"):
            db.execute(EMPTIED)


@pytest.fixture
async def lived(file: Path) -> Path:
    """A ledger in which something of every kind happened, and a mail with a NUL in its subject."""
    with closing(FileLedger(file)) as ledger:
        await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
        await draft(ledger, ONE, TWO)
        await send(ledger, 1)
        await send(ledger, 2)
        bounced = Evidence(FactKind.BOUNCED, MONDAY, text="nul \0 and \\u0000")
        await ledger.write(store.arrivals.take_in, "INBOX", [mail(b"back", 1, bounced)],
                           Cursor(1, 9))
        await ledger.write(store.opt_outs.add, TWO.code, None, "a person", "asked", MONDAY)
        await conclude(ledger)
        await ledger.write(store.rounds.turn, POLICY.campaign.timetable, MONDAY, RULES.id)
    return file


def judged(db: Tx) -> list[queries.ListedAgency]:
    return list(queries.listed(db))


async def test_there_and_back_it_is_the_same(
    lived: Path, empty: ServerSession, tmp_path: Path,
) -> None:
    with ExitStack() as opened:
        source = opened.enter_context(closing(open_to_read(lived)))
        back = opened.enter_context(closing(open_to_write(tmp_path / "back.db")))
        there = transfer.copy(source, empty)
        assert transfer.copy(empty, back) == there == transfer.digests(source)
        assert there["letter"].rows == there["attempt"].rows == 2
        assert there["round"].rows == 1
        assert judged(source) == judged(empty) == judged(back)


async def test_what_is_written_then_goes_on_behind_it(lived: Path, empty: ServerSession,
                                                      server: str) -> None:
    with closing(open_to_read(lived)) as source:
        transfer.copy(source, empty)
    with closing(ServerLedger(server)) as ledger:
        await ledger.write(store.opt_outs.add, ONE.code, None, "a person", "asked", MONDAY)
        found = await ledger.read(lambda tx: list(store.opt_outs.listed(tx)))
        assert [each.code for each in found] == [TWO.code, ONE.code]
        with pytest.raises(Exception, match="append-only"):
            await ledger.write(lambda tx: tx.execute("DELETE FROM evidence"))


async def test_nothing_is_copied_over_what_stands(lived: Path, tmp_path: Path) -> None:
    FileLedger(tmp_path / "other.db").close()
    with (closing(open_to_read(lived)) as source,
          closing(open_to_write(tmp_path / "other.db")) as target):
        transfer.copy(source, target)
        before = transfer.digests(target)
        with pytest.raises(RequestError, match="holds rows already"):
            transfer.copy(source, target)
        assert transfer.digests(target) == before


async def test_a_copy_that_fails_leaves_nothing(
    lived: Path, empty: ServerSession, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Connection, "columns", lambda *_: ["no_such"])
    with closing(open_to_read(lived)) as source, pytest.raises(Exception, match="no_such"):
        transfer.copy(source, empty)
    assert [rows for rows, _ in transfer.digests(empty).values() if rows] == [1, 1]
