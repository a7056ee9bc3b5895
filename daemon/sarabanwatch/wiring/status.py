"""The status, from the running daemon by a socket of this machine, or else from the ledger.

The socket is in the runtime directory that the service manager made, else beside the ledger; the
daemon's user and group may ask there, and nothing can be changed by it. Whoever asks looks in both
places, and believes only an answer about its own ledger, because another daemon may run here. The
daemon's side is `wiring.telling`.
"""

from pathlib import Path

from msgspec.structs import replace

from sarabanwatch.app.overview import from_ledger
from sarabanwatch.core.overview import Overview
from sarabanwatch.edge import status_client
from sarabanwatch.store import queries
from sarabanwatch.store.lock import is_kept
from sarabanwatch.wiring.components import Components

NAME = "status.sock"
UNIT = Path("/run/sarabanwatch")    # RuntimeDirectory= of the unit
ANSWERS = 5.0                       # wall seconds in which a daemon answers


def ask(components: Components) -> tuple[Overview, bool]:
    """Return the status, and whether the daemon of this system's unit gave it.

    Where no daemon answers, the ledger gives it. Raise NoLedger where there is none.
    """
    ledger = components.ledger_file.absolute()
    for folder in (UNIT, ledger.parent):
        overview = status_client.ask(folder / NAME, ANSWERS)
        if overview and overview.running and overview.running.ledger == str(ledger):
            return overview, folder == UNIT
    with queries.asking(ledger) as db:
        overview = from_ledger(db, components.policy, components.pace, components.clock.now())
    return replace(overview, silent=is_kept(ledger)), False
