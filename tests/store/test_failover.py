"""Two daemons on one ledger: the leader is killed, paused or cut off, and the other goes on.

No letter is sent twice, and none is forgotten. Twenty times, with the longest gap:
tests/bench/failover.py.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import closing

import pytest

from fakes import leading, postgres
from fakes.books import draft
from fakes.failover import HOW, failed_over
from fakes.samples import MONDAY, RULES, agency, register
from fakes.wires import BreakingWire, beside
from sarabanwatch import store
from sarabanwatch.store.postgres import ServerSession
from sarabanwatch.store.server import ServerLedger

LETTERS = 60


@pytest.fixture
async def url(server: str) -> AsyncIterator[str]:
    """A server's database with letters that wait."""
    agencies = [agency(f"saraban@a{n}.go.th", f"{n}", name=f"{n}") for n in range(LETTERS)]
    with closing(ServerLedger(server)) as ledger:
        await ledger.write(store.register_table.replace, register(*agencies), RULES, MONDAY)
        await draft(ledger, *agencies)
    yield server
    with closing(ServerSession(server)) as db:
        db.execute(postgres.EMPTIED)


@pytest.fixture
def wire(url: str) -> Iterator[tuple[BreakingWire, str]]:
    """A wire to the server that can be cut, and the URL by which it is used."""
    with beside(url) as found:
        yield found


@pytest.mark.parametrize("how", HOW)
async def test_another_goes_on_and_no_letter_leaves_twice(
    how: str, url: str, wire: tuple[BreakingWire, str],
) -> None:
    sent, states, _ = await failed_over(how, url, *wire)
    assert len(sent) == len(set(sent))
    assert states.keys() == set(range(1, LETTERS + 1))
    assert set(states.values()) <= {"accepted", "doubtful"}
    assert Counter(states.values())["doubtful"] <= leading.AT_ONCE
