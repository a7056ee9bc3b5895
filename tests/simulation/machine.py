"""A machine that the daemon runs on for a year: a folder with a real ledger, configured as shipped.

The ledger writes when the loop comes round to it, as the simulation wants, but into a real file
with its real witness and lock: backups, restores and upgrades are the product's own.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from fakes.verbs import CONFIG
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.core.address import Rules
from sarabanwatch.core.errors import Unwritable
from sarabanwatch.core.letters.wording import Form
from sarabanwatch.core.policy import Policy
from sarabanwatch.store import epoch, queries, rounds
from sarabanwatch.wiring.components import Components
from simulation.inline_ledger import InlineLedger
from simulation.jumping import SimClock


class FileLedger(InlineLedger):
    """A ledger in a real file, which writes when the loop comes round to it."""

    def __init__(self, path: Path, at: datetime):
        self._path, self._orders, fresh = path, [], not path.exists()
        self._db, self._witness = self._opened(at)
        if fresh:       # its first epoch is the same in each play of a seed
            self._db.execute("UPDATE epoch SET number = 7")
            with self._witness.held():
                self._witness.settle(epoch.ledger_count(self._db))
        self._epoch = epoch.current(self._db).number
        self._db.pragma("synchronous", "off")       # programs die here, but no disk loses its power

    def close(self):
        """Write what waits, and close the file."""
        super().close()
        self._witness.close()

    def die(self):
        """Close the file as a program does that is killed: what waits is never written."""
        orders, self._orders = self._orders, []
        for order in orders:
            if not order.done.done():
                order.done.set_exception(Unwritable("we were killed"))
        self._db.close(True)
        self._witness.close()

    def fill(self, full: bool) -> None:  # noqa: FBT001 - said of the disk
        """Let there be no room for one page more, or as much as it likes."""
        self._db.pragma("max_page_count", self._db.pragma("page_count") if full else 2**31)

    @property
    def octets(self) -> int:
        """How large the file is."""
        return self._db.pragma("page_count") * self._db.pragma("page_size")

    def ask(self, question, *args) -> Any:
        """Ask what is committed, without waiting."""
        return question(self._db, *args)


@dataclass(frozen=True)
class Machine(Components):
    """A folder with a configuration; clock and rules are the simulation's."""

    time: SimClock | None = None
    rulebook: Rulebook | None = None
    ledgers: Any = None     # gives the ledger that the daemon has open

    @classmethod
    def made(cls, folder: Path, time: SimClock, rulebook: Rulebook, ledgers: Any) -> "Machine":
        """Set a machine up in a new folder."""
        folder.mkdir()
        (folder / "imap-password").write_text("secret\n")
        path = folder / "sarabanwatch.toml"
        path.write_text(CONFIG.format(relay=1, inbox=1, metrics=0), encoding="utf-8")
        return cls(path, None, time, rulebook, ledgers)

    @cached_property
    def clock(self) -> SimClock:
        """The simulation's."""
        return self.time

    @cached_property
    def addresses(self) -> Rules:
        """The simulation's."""
        return self.rulebook.addresses

    @cached_property
    def policy(self) -> Policy:
        """The simulation's."""
        return self.rulebook.policy

    @cached_property
    def form(self) -> Form:
        """The simulation's."""
        return self.rulebook.form

    def reached(self, round_: int) -> int:
        """Count the agencies to which a letter of a round has left, by the file as it is."""
        with queries.asking(self.ledger_file) as tx:
            return rounds.reached(tx, round_)

    def ledger(self, *_which, **_how):
        """Return the ledger that is open, for a step that would open one and close it again."""
        return Borrowed(self.ledgers())


@dataclass(frozen=True)
class Borrowed:
    """A ledger that whoever borrows it does not close."""

    ledger: FileLedger

    def __getattr__(self, name):
        return getattr(self.ledger, name)

    def close(self):
        """Leave it open."""
