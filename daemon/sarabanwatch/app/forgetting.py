"""Lets go what was kept as long as the policy allows, and gives the room back, within bounds.

A turn lets go at most TURN times PAGE rows of each kind, in transactions of PAGE rows: letters are
sent between two of them. What is left is for the next turn.
"""

from datetime import datetime

from sarabanwatch import store
from sarabanwatch.app.journal import Journal
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.core.retention import Retained
from sarabanwatch.ports import Clock
from sarabanwatch.store import Ledger

PAGE = 100          # rows in one transaction
TURN = 50           # transactions a turn, of each kind
FREED = 500         # pages given back in one transaction


async def forget(*, ledger: Ledger, clock: Clock, rules: Rulebook, journal: Journal) -> int:
    """Let go what is older than the policy keeps it, of each kind; return how many rows.

    What was concluded from it stays.
    """
    gone = {}
    for kind, keeps in rules.policy.ledger.periods.items():
        if keeps and (rows := await _of(kind, clock.now() - keeps, ledger, clock)):
            gone[kind.value] = rows
    if gone:
        journal.forgotten(gone)
    for _ in range(TURN):
        if not await ledger.write(store.retention.give_back, FREED):
            break
    return sum(gone.values())


async def _of(kind: Retained, before: datetime, ledger: Ledger, clock: Clock) -> int:
    gone = 0
    for _ in range(TURN):
        keys = await ledger.read(store.retention.due, kind, before, PAGE)
        gone += await ledger.write(store.retention.let_go, kind, keys, clock.now()) if keys else 0
        if len(keys) < PAGE:
            break
    return gone
