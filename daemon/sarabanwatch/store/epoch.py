"""The epochs of a ledger, and its count of commits; and how a ledger is opened to write.

The problem. A ledger may be restored from a backup, copied or cut. Letters that it holds for unsent
may have been sent since the backup was made, and the serials that it gives out next may be on
letters that are out there already.

An epoch begins with the ledger, and a new one whenever the ledger is found not to be the one that
last ran here (`store.witness`). The token of each letter carries the epoch's number, so letters of
a lost stretch of this ledger, or of another ledger, are counted from the letters of this epoch.
Serials continue SKIPPED behind the highest that may have been given out meanwhile. Letters of
earlier epochs that still wait are put in doubt (`app.life.recover`), and none of them is sent.
"""

from collections.abc import Sequence
from datetime import datetime
from secrets import randbelow
from typing import NamedTuple

from sarabanwatch.core.errors import Unusable
from sarabanwatch.core.facts.token import EPOCHS
from sarabanwatch.core.sending.halt import Why
from sarabanwatch.store import halts
from sarabanwatch.store.rows import ask, ask_one
from sarabanwatch.store.schema import make, version
from sarabanwatch.store.tx import Tx, present
from sarabanwatch.store.witness import LedgerCount, Witness, WitnessNote

COUNT = """
    UPDATE commits SET tick = tick + 1
    RETURNING tick, (SELECT coalesce(max(serial), 0) FROM letter)
"""
EPOCHS_SO_FAR = "SELECT number, first, began, why FROM epoch"
SKIPPED = 100_000       # serials between two epochs: more than ten rounds use


class Epoch(NamedTuple):
    """One epoch: the number that tokens carry, its first serial, when it began and why."""

    number: int
    first: int
    began: str
    why: str


def settle(tx: Tx, witness: Witness, at: datetime | None) -> None:
    """Make a new ledger's tables, and find out whether one that stood here last ran here.

    Where it did not, a new epoch begins and sending is halted. Raise Unusable where the ledger has
    vanished from the file, Behind where it is an older version's. The witness must be held. `at` is
    the present, None for the wall's clock.
    """
    known = witness.known()
    if known and not version(tx):
        raise Unusable("the ledger is empty, and one stood here before: put it back from a backup")
    make(tx)
    counted = ledger_count(tx)
    if why := strange(known, counted):
        now = present(tx, at)
        with tx:
            last = max(counted.serial, known.counted.serial if known and known.counted else 0)
            begin(tx, last + SKIPPED, why, now)
            halts.begin(tx, Why.RESTORED, why, now)
            counted = count(tx, current(tx).number)
    witness.settle(counted)
    if not counted.tick:
        with tx:
            counted = count(tx, counted.epoch)
        witness.record(counted)


def strange(known: WitnessNote | None, counted: LedgerCount) -> str:
    """Say why a ledger is not the one that last ran here; "" where it is, or was never counted."""
    if not counted.tick:
        return ""
    if known is None or known.counted is None:
        return "no witness of it stands here: it is a copy, or its witness was removed"
    if known.moved:
        return "it was copied or restored with its witness"
    if known.counted.epoch != counted.epoch:
        return "another ledger ran here last, or a later state of this one"
    if missing := max(0, known.counted.tick - counted.tick):
        return (f"{missing} commits are missing from it: it was restored from a copy, "
                "or its write-ahead log is gone")
    return ""


def begin(tx: Tx, first: int, why: str, at: datetime | str) -> None:
    """Begin an epoch with serials from `first` on. Call within a transaction."""
    used = {epoch.number for epoch in epochs(tx)}
    number = randbelow(EPOCHS)
    while number in used:
        number = randbelow(EPOCHS)
    tx.execute("INSERT INTO epoch (number, first, began, why) VALUES (?, ?, ?, ?)",
               (number, first, at, why))


def ledger_count(tx: Tx) -> LedgerCount:
    """Return what the ledger says of itself."""
    tick, serial = next(
        ask(tx, "SELECT tick, (SELECT coalesce(max(serial), 0) FROM letter) FROM commits")
    )
    return LedgerCount(current(tx).number, tick, serial)


def count(tx: Tx, number: int) -> LedgerCount:
    """Count one more commit of an epoch and return what the witness must know.

    Call within the transaction that is counted.
    """
    return LedgerCount(number, *next(ask(tx, COUNT)))


def current(tx: Tx) -> Epoch:
    """Return the epoch that runs."""
    row = ask_one(tx, f"{EPOCHS_SO_FAR} ORDER BY id DESC LIMIT 1")
    assert row is not None  # noqa: S101 - the schema begins the first one
    return Epoch(*row)


def epochs(tx: Tx) -> Sequence[Epoch]:
    """Return all epochs, the first one first."""
    return [Epoch(*row) for row in ask(tx, f"{EPOCHS_SO_FAR} ORDER BY id")]


def next_serial(tx: Tx) -> int:
    """Return the serial for the next letter."""
    return max(ledger_count(tx).serial + 1, current(tx).first)
