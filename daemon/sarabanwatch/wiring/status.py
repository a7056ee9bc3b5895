"""How we stand, as the running daemon tells on a socket of this machine, or else the ledger.

The socket stands in the runtime directory that the service manager made, else beside the ledger;
user and group of the daemon may ask there, and nobody can change anything by it. Whoever asks looks
in both places, and believes only an answer about its own ledger: another daemon may run here. The
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
    """Return how we stand, and whether it was told by the daemon of this system's unit.

    Where no daemon answers, the ledger tells. Raise NoLedger where there is none.
    """
    ledger = components.ledger_file.absolute()
    for folder in (UNIT, ledger.parent):
        overview = status_client.ask(folder / NAME, ANSWERS)
        if overview and overview.running and overview.running.ledger == str(ledger):
            return overview, folder == UNIT
    with queries.asking(ledger) as db:
        overview = from_ledger(db, components.policy, components.pace, components.clock.now())
    return replace(overview, silent=is_kept(ledger)), False
