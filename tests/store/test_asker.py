"""Questions to a ledger on a server that comes and goes."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from fakes.wires import BreakingWire, beside
from sarabanwatch.core.errors import UnavailableError
from sarabanwatch.store import Tx, asker
from sarabanwatch.store.asker import Asker
from sarabanwatch.store.places import Server
from sarabanwatch.store.server import ServerLedger

ONE = "SELECT 1 AS wanted"
TAKEN_BACK = "DO $$ BEGIN RAISE EXCEPTION 'taken back' USING ERRCODE = '40001'; END $$"


@pytest.fixture
def wire(server: str) -> Iterator[tuple[BreakingWire, str]]:
    """A wire to a server on which a ledger stands."""
    ServerLedger(server).close()
    with beside(server) as found:
        yield found


@pytest.fixture
def asked(wire: tuple[BreakingWire, str]) -> Iterator[Asker]:
    with closing(Asker(Server(wire[1]))) as opened:
        yield opened


def one(tx: Tx) -> int:
    return int(tx.execute(ONE).get)


def test_a_question_that_is_lost_on_the_way_is_asked_again(
    asked: Asker, wire: tuple[BreakingWire, str],
) -> None:
    wire[0].breaks(b"wanted", answered=True)
    assert asked.ask(one) == 1
    assert wire[0].broken.is_set()


def test_one_that_a_following_server_ends_is_asked_again(asked: Asker) -> None:
    ended: list[Tx] = []

    def once(tx: Tx) -> int:
        if not ended:
            ended.append(tx)
            tx.execute(TAKEN_BACK)
        return one(tx)

    assert asked.ask(once) == 1
    assert len(ended) == 1


def test_a_fault_of_ours_is_raised_at_once(asked: Asker) -> None:
    with pytest.raises(ZeroDivisionError):
        asked.ask(lambda _: 1 // 0)


def test_while_the_server_is_away_that_is_told_and_nobody_waits(
    asked: Asker, wire: tuple[BreakingWire, str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    wire[0].close()
    with pytest.raises(UnavailableError, match="does not answer"):
        asked.ask(one)
    wire[0].mend()
    with pytest.raises(UnavailableError, match="does not answer"):      # it is not tried yet
        asked.ask(one)
    now = asker.monotonic()
    monkeypatch.setattr(asker, "monotonic", lambda: now + asker.RESTS)
    assert asked.ask(one) == 1

