"""The ledger: what this system knows, on SQLite (apsw). SQL stands in this room and nowhere else.

Each file is one subject, and each function in it takes a transaction first and gives records of the core. They are run by
`await ledger.write(letters.draft, ...)`, which returns when all is on disk, by `await ledger.read(letters.candidates, ...)`,
and, in a verb that only looks, with `queries.asking(path)`. No transaction leaves the function that was given it.
"""

from sarabanwatch.store import (
    accounts,
    arrivals,
    catch_all_probes,
    copies,
    corrections,
    domains,
    epoch,
    future,
    halts,
    history,
    hosts,
    incidents,
    judgements,
    lacking,
    letters,
    lock,
    looks,
    opt_outs,
    pacing,
    queries,
    register_table,
    rehearsal,
    rulings,
    snapshots,
)
from sarabanwatch.store.ledger import Ledger
from sarabanwatch.store.tx import Tx

__all__ = [
    "Ledger",
    "Tx",
    "accounts",
    "arrivals",
    "catch_all_probes",
    "copies",
    "corrections",
    "domains",
    "epoch",
    "future",
    "halts",
    "history",
    "hosts",
    "incidents",
    "judgements",
    "lacking",
    "letters",
    "lock",
    "looks",
    "opt_outs",
    "pacing",
    "queries",
    "register_table",
    "rehearsal",
    "rulings",
    "snapshots",
]
