"""The ledger, on SQLite (apsw): all that this system knows. Only this room contains SQL.

Each file is one subject. Each function takes a transaction first, and takes and gives records of
the core. The daemon runs them with `await ledger.write(letters.draft, ...)`, which returns when all
is on disk, and with `await ledger.read(letters.candidates, ...)`; a verb that only looks runs them
with `queries.asking(path)`. No transaction leaves the function to which it was given.
"""

from sarabanwatch.store import (
    accounts,
    acts,
    arrivals,
    breakdown,
    canaries,
    catch_all_probes,
    confirming,
    copies,
    corrections,
    domains,
    dossiers,
    ended,
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
    opt_outs,
    pacing,
    queries,
    register_table,
    rehearsal,
    report_due,
    rounds,
    rulings,
    snapshots,
)
from sarabanwatch.store.ledger import Ledger
from sarabanwatch.store.tx import Tx

__all__ = [
    "Ledger",
    "Tx",
    "accounts",
    "acts",
    "arrivals",
    "breakdown",
    "canaries",
    "catch_all_probes",
    "confirming",
    "copies",
    "corrections",
    "domains",
    "dossiers",
    "ended",
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
    "opt_outs",
    "pacing",
    "queries",
    "register_table",
    "rehearsal",
    "report_due",
    "rounds",
    "rulings",
    "snapshots",
]
