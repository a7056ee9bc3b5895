"""The ledger on SQLite (apsw): twelve books, one a file. SQL stands here and nowhere else.

The file is the only shared memory of the steps; each method is one transaction, whole or not at all.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sarabanwatch.core.address import Rules
from sarabanwatch.store.arrivals import SqliteArrivals
from sarabanwatch.store.catch_all_probes import SqliteStrays
from sarabanwatch.store.corrections import SqliteCorrections
from sarabanwatch.store.domains import SqliteDomains
from sarabanwatch.store.halts import SqliteHalts
from sarabanwatch.store.hosts import SqliteHosts
from sarabanwatch.store.incidents import SqliteIncidents
from sarabanwatch.store.judgements import SqliteJudgements
from sarabanwatch.store.letters import SqliteLetters
from sarabanwatch.store.looks import SqliteLooks
from sarabanwatch.store.opt_outs import SqliteWishes
from sarabanwatch.store.pacing import SqlitePacing
from sarabanwatch.store.register_table import SqliteRoll
from sarabanwatch.store.rulings import SqliteRulings
from sarabanwatch.store.snapshots import SqliteSnapshots
from sarabanwatch.store.soundness import looked_through
from sarabanwatch.store.writer import Pen, unheard


class SqliteLedger:
    """The twelve books of one file, in the hand of one pen. Close it, so that what waits is written."""

    def __init__(
        self, path: Path, rules: Rules, pen: Pen | None = None, busy: Callable[[float], None] = unheard,
        at: datetime | None = None,
    ) -> None:
        self._pen = pen or Pen(path, busy, at)
        self.roll = SqliteRoll(self._pen, rules)
        self.letters = SqliteLetters(self._pen)
        self.looks = SqliteLooks(self._pen)
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
