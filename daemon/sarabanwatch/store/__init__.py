"""The ledger: all that this system knows. Only this room contains SQL, and knows its engine.

Each file is one subject. Each function takes a transaction first, and takes and gives records of
the core. The daemon runs them with `await ledger.write(letters.draft, ...)`, which returns when all
is on disk, and with `await ledger.read(candidates.listed, ...)`; a verb that only looks runs them
with `queries.asking(path)`. No transaction leaves the function to which it was given.

A file of this room is imported when it is first named, because most verbs need only a few of them.
"""

import importlib
from typing import TYPE_CHECKING

from sarabanwatch.store.tx import Tx

if TYPE_CHECKING:
    from sarabanwatch.store import (
        accounts,
        acts,
        arrivals,
        breakdown,
        canaries,
        candidates,
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
        off_days,
        opt_outs,
        pacing,
        pauses,
        queries,
        register_table,
        rehearsal,
        report_due,
        retention,
        room,
        rounds,
        rulings,
        snapshots,
    )
    from sarabanwatch.store.ledger import FileLedger
    from sarabanwatch.store.writer import Ledger

__all__ = [
    "FileLedger",
    "Ledger",
    "Tx",
    "accounts",
    "acts",
    "arrivals",
    "breakdown",
    "canaries",
    "candidates",
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
    "off_days",
    "opt_outs",
    "pacing",
    "pauses",
    "queries",
    "register_table",
    "rehearsal",
    "report_due",
    "retention",
    "room",
    "rounds",
    "rulings",
    "snapshots",
]

CLASSES = {"FileLedger": "ledger", "Ledger": "writer"}      # and their files


def __getattr__(name: str) -> object:
    """Import what is named: a class of CLASSES, or a file of this room."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name in CLASSES:
        return getattr(importlib.import_module(f"{__name__}.{CLASSES[name]}"), name)
    return importlib.import_module(f"{__name__}.{name}")
