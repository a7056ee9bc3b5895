"""The daemon's side of `wiring.status`: answers on its socket, and tells the service manager."""

import asyncio
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic

from msgspec.structs import replace

from sarabanwatch import __version__
from sarabanwatch.app.overview import Overseer
from sarabanwatch.core.overview import Overview, Running, in_both_languages
from sarabanwatch.edge import status_endpoint, web
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.edge.systemd import StatusLine
from sarabanwatch.wiring.components import Components
from sarabanwatch.wiring.status import NAME

LOOKS = 30.0        # wall seconds between two lines to the service manager


class LastScrape:
    """When the metrics were last fetched; usable from any thread."""

    def __init__(self) -> None:
        self._at: float | None = None

    def now(self) -> None:
        """Note that they are fetched now."""
        self._at = monotonic()

    @property
    def ago(self) -> float | None:
        """How many seconds ago; None: not since the start."""
        return None if self._at is None else monotonic() - self._at


@dataclass(frozen=True, slots=True)
class StatusTeller:
    """Tells the status of a daemon that runs by a configuration."""

    components: Components
    overseer: Overseer
    status: StatusLine
    journal: MetricJournal
    scrape: LastScrape
    started: datetime

    async def tell(self) -> Overview:
        """Return the present status."""
        components, read_at = self.components, self.journal.read_at
        seen = await self.overseer.look()
        unread = (seen.at - (read_at or self.started)).total_seconds()
        return replace(seen, running=Running(
            __version__, self.started, str(components.ledger_place if components.settings.ledger.url
                                    else components.ledger_file.absolute()),
            components.settings.live, self.status.waiting, read_at,
            components.clock.wall_seconds(unread), self.scrape.ago))

    async def keep_line(self, failed: Callable[[BaseException], None]) -> None:
        """Keep the service manager's status line up to date, until cancelled."""
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


def place(components: Components) -> Path:
    """Return where the socket is; whoever listens removes it at the end."""
    folder = os.environ.get("RUNTIME_DIRECTORY") or components.ledger_file.absolute().parent
    return Path(folder) / NAME


def listen(components: Components, failed: Callable[[BaseException], None]) -> socket.socket | None:
    """Open the socket; None where that fails: the daemon can do without."""
    try:
        return web.listen_here(place(components))
    except OSError as error:
        failed(error)
        return None
