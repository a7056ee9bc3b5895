"""The ledger on SQLite (apsw): twelve books, one a file. SQL stands here and nowhere else.

The file is the only shared memory of the steps; each method is one transaction, whole or not at all.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sarabanwatch.core.address import Rules
from sarabanwatch.edge.ledger.arrivals import SqliteArrivals
from sarabanwatch.edge.ledger.corrections import SqliteCorrections
from sarabanwatch.edge.ledger.domains import SqliteDomains
from sarabanwatch.edge.ledger.halts import SqliteHalts
from sarabanwatch.edge.ledger.hosts import SqliteHosts
from sarabanwatch.edge.ledger.incidents import SqliteIncidents
from sarabanwatch.edge.ledger.judgements import SqliteJudgements
from sarabanwatch.edge.ledger.letters import SqliteLetters
from sarabanwatch.edge.ledger.pacing import SqlitePacing
from sarabanwatch.edge.ledger.roll import SqliteRoll
from sarabanwatch.edge.ledger.rulings import SqliteRulings
from sarabanwatch.edge.ledger.snapshots import SqliteSnapshots
from sarabanwatch.edge.ledger.soundness import looked_through
from sarabanwatch.edge.ledger.strays import SqliteStrays
from sarabanwatch.edge.ledger.wishes import SqliteWishes
from sarabanwatch.edge.ledger.writer import Pen, unheard


class SqliteLedger:
    """The twelve books of one file, in the hand of one pen. Close it, so that what waits is written."""

    def __init__(
        self, path: Path, rules: Rules, pen: Pen | None = None, busy: Callable[[float], None] = unheard,
        at: datetime | None = None,
    ) -> None:
        self._pen = pen or Pen(path, busy, at)
        self.roll = SqliteRoll(self._pen, rules)
        self.letters = SqliteLetters(self._pen)
        self.pacing = SqlitePacing(self._pen)
        self.arrivals = SqliteArrivals(self._pen)
        self.rulings = SqliteRulings(self._pen)
        self.judgements = SqliteJudgements(self._pen)
        self.incidents = SqliteIncidents(self._pen)
        self.domains = SqliteDomains(self._pen)
        self.snapshots = SqliteSnapshots(self._pen)
        self.hosts = SqliteHosts(self._pen)
        self.strays = SqliteStrays(self._pen)
        self.wishes = SqliteWishes(self._pen)
        self.halts = SqliteHalts(self._pen)
        self.corrections = SqliteCorrections(self._pen, self.roll)

    async def check(self, seconds: float | None = None) -> bool:
        """Look through the file for damage for so long at most; return whether that was time for all. Raise Unusable at damage."""
        return await self._pen.read(looked_through, seconds)

    def close(self) -> None:
        """Write what still waits and close the file."""
        self._pen.close()
