"""The status, from the running daemon by a socket of this machine, or else from the ledger.

On a server the daemon that leads may run on another machine: then the ledger names it. The socket
is in the runtime directory that the service manager made, else beside the ledger; the
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
from sarabanwatch.store.lease import leading
from sarabanwatch.store.lock import is_kept
from sarabanwatch.store.places import Server
from sarabanwatch.wiring.components import Components

NAME = "status.sock"
UNIT = Path("/run/sarabanwatch")    # RuntimeDirectory= of the unit
ANSWERS = 5.0                       # wall seconds in which a daemon answers


def ask(components: Components) -> tuple[Overview, bool]:
    """Return the status, and whether the daemon of this system's unit gave it.

    Where no daemon answers, the ledger gives it. Raise NoLedger where there is none.
    """
    file, place = components.ledger_file.absolute(), components.ledger_place
    ledger = file if isinstance(place, Path) else place
    for folder in (UNIT, file.parent):
        overview = status_client.ask(folder / NAME, ANSWERS)
        if overview and overview.running and overview.running.ledger == str(ledger):
            return overview, folder == UNIT
    with queries.asking(ledger) as db:
        overview = from_ledger(db, components.policy, components.pace, components.clock.now())
        leader = leading(db) if isinstance(ledger, Server) else ""
    silent = isinstance(ledger, Path) and is_kept(ledger)
    return replace(overview, silent=silent, leader=leader), False


def is_at_work(components: Components) -> bool:
    """Say whether a daemon runs over the ledger; on a server, whether one leads."""
    place = components.ledger_place
    if isinstance(place, Path):
        return is_kept(place)
    with queries.asking(place) as db:
        return bool(leading(db))
