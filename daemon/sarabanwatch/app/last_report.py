"""How the last released report counts the country, for whoever compares today with it."""

from sarabanwatch import store
from sarabanwatch.app.journal import Journal
from sarabanwatch.core.errors import DataError
from sarabanwatch.store import Ledger


async def last_report(ledger: Ledger, journal: Journal) -> None:
    """Tell how the last released report counts, once: it is large, and stays as it is."""
    kept = await ledger.read(store.snapshots.last_released)
    if kept is None or kept.id == journal.last_report:
        return
    try:
        journal.reported(kept.id, await ledger.read(store.snapshots.buckets, kept))
    except DataError:       # altered: `report show` refuses it; its figures count for nothing
        journal.reported(kept.id, {})

