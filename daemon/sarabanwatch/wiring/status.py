"""How the daemon stands: told on a socket of this machine, and in a line to the service manager.

The socket stands in the runtime directory that the service manager made, else beside the ledger;
user and group of the daemon may ask there, and nobody can change anything by it. Whoever asks looks
in both places, and believes only an answer about its own ledger: another daemon may run here.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from sarabanwatch import __version__
from sarabanwatch.app.overview import Overseer, from_ledger
from sarabanwatch.core.overview import Overview, Running, in_both_languages
from sarabanwatch.edge import status_endpoint, web
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.edge.systemd import StatusLine
from sarabanwatch.store import queries
from sarabanwatch.store.lock import is_kept
from sarabanwatch.wiring.components import Components

NAME = "status.sock"
UNIT = Path("/run/sarabanwatch")    # RuntimeDirectory= of the unit
LOOKS = 30.0                        # wall seconds between two lines to the service manager
ANSWERS = 5.0                       # wall seconds in which a daemon answers


class LastScrape:
    """When the metrics were last fetched."""

    def __init__(self) -> None:
        self._at: float | None = None

    def now(self) -> None:
        """Take note that they are."""
        self._at = asyncio.get_running_loop().time()

    @property
    def ago(self) -> float | None:
        """How many seconds ago; None: not since the start."""
        return None if self._at is None else asyncio.get_running_loop().time() - self._at


@dataclass(frozen=True, slots=True)
class StatusTeller:
    """Tells how a daemon stands that lives by a configuration."""

    components: Components
    overseer: Overseer
    status: StatusLine
    journal: MetricJournal
    scrape: LastScrape
    started: datetime

    async def tell(self) -> Overview:
        """Return how we stand now."""
        components, read_at = self.components, self.journal.read_at
        seen = await self.overseer.look()
        unread = (seen.at - (read_at or self.started)).total_seconds()
        return replace(seen, running=Running(
            __version__, self.started, str(components.ledger_file.absolute()),
            components.settings.live, self.status.waiting, read_at,
            components.clock.wall_seconds(unread), self.scrape.ago))

    async def keep_line(self, failed: Callable[[BaseException], None]) -> None:
        """Tell the service manager in a line, again as it changes; until cancelled."""
        while True:
            try:
                self.status.does(in_both_languages(await self.tell()))
            except Exception as error:  # noqa: BLE001 - the daemon's own work goes on
                failed(error)
            await asyncio.sleep(LOOKS)

    async def serve(self, listening: socket.socket,
                    failed: Callable[[BaseException], None]) -> None:
        """Answer whoever asks, until cancelled."""
        await web.serve(status_endpoint.app(self.tell, failed), listening, failed=failed)


def listen(components: Components, failed: Callable[[BaseException], None]) -> socket.socket | None:
    """Listen for whoever asks; None where that cannot be: the daemon can do without."""
    folder = os.environ.get("RUNTIME_DIRECTORY") or components.ledger_file.absolute().parent
    try:
        return web.listen_here(Path(folder) / NAME)
    except OSError as error:
        failed(error)
        return None


def ask(components: Components) -> tuple[Overview, bool]:
    """Return how we stand, and whether it was told by the daemon of this system's unit.

    Where no daemon answers, the ledger tells. Raise NoLedger where there is none.
    """
    ledger = components.ledger_file.absolute()
    for folder in (UNIT, ledger.parent):
        overview = status_endpoint.ask(folder / NAME, ANSWERS)
        if overview and overview.running and overview.running.ledger == str(ledger):
            return overview, folder == UNIT
    with queries.asking(ledger) as db:
        overview = from_ledger(db, components.policy, components.pace, components.clock.now())
    return replace(overview, silent=is_kept(ledger)), False
