"""How much room there was on the ledger's disk, once a day (`core.room`)."""

from sarabanwatch.core.room import LOOKS_BACK, Sample
from sarabanwatch.store.rows import ask, moment
from sarabanwatch.store.tx import Tx


def samples(tx: Tx) -> list[Sample]:
    """Return the samples, the oldest first."""
    rows = ask(tx, "SELECT at, free FROM room ORDER BY at")
    return [Sample(moment(at), free) for at, free in rows]


def note(tx: Tx, sample: Sample) -> None:
    """Write a sample down; those too old to tell anything go."""
    tx.execute("DELETE FROM room WHERE at < ?", (sample.at - LOOKS_BACK,))
    tx.execute("INSERT INTO room (at, free) VALUES (?, ?) ON CONFLICT DO NOTHING", sample)
