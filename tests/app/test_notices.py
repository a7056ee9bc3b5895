from collections import deque
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from fakes.census import CUT, row, snapshot
from fakes.clock import StoppedClock
from fakes.post import LATER, LOST, NO_USER, Relay
from fakes.samples import MONDAY, POLICY, RULES
from sarabanwatch.app.notices import BARRED, BEFORE, Addressed, send
from sarabanwatch.core.snapshot import seal
from sarabanwatch.edge.ledger import SqliteLedger, questions, snapshots

NOTICES = [Addressed(str(n), f"saraban@x{n}.go.test", "E", b"Subject: x\r\n\r\nx\r\n") for n in range(4)]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    with closing(SqliteLedger(tmp_path / "ledger.db", RULES)) as opened:
        yield opened


async def sent(ledger: SqliteLedger, relay: Relay, notices: list[Addressed] = NOTICES, *, live: bool = False) -> dict[str, str]:
    number = await ledger.snapshots.keep(*seal(snapshot(row("0", "E"))), CUT, 0, MONDAY)
    going = send(notices, number, "สมชาย", "probes@probe.test", book=ledger.snapshots, line=relay, clock=StoppedClock(MONDAY),
                 policy=replace(POLICY, live=live))
    return {code: became async for code, became in going}


async def test_each_goes_once_whatever_became_of_it_but_for_later(ledger: SqliteLedger, tmp_path: Path) -> None:
    relay = Relay(deque([LATER, LOST, NO_USER]))
    assert await sent(ledger, relay) == {"0": "later", "1": "lost", "2": "refusal", "3": "taken"}
    assert await sent(ledger, relay) == {"0": "taken", "1": BEFORE, "2": BEFORE, "3": BEFORE}
    assert [out.to for out in relay.letters] == [n.address for n in (*NOTICES, NOTICES[0])]
    with questions.asking(tmp_path / "ledger.db") as db:
        assert [(n.code, n.event, n.said, n.by) for n in snapshots.notices(db)] == [
            ("0", "taken", "taken", "สมชาย"), ("1", "lost", "connection lost", "สมชาย"), ("2", "refusal", "no such user", "สมชาย"),
            ("3", "taken", "taken", "สมชาย")]


async def test_nothing_goes_to_a_real_domain_unless_live(ledger: SqliteLedger, tmp_path: Path) -> None:
    real, relay = [Addressed("9", "saraban@nine.go.th", "E", b"x\r\n")], Relay()
    assert await sent(ledger, relay, real) == {"9": BARRED}
    assert relay.letters == []
    with questions.asking(tmp_path / "ledger.db") as db:
        assert list(snapshots.notices(db)) == []
    assert await sent(ledger, relay, real, live=True) == {"9": "taken"}
