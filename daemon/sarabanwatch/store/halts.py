"""Halts: while one stands, no letter is sent (core.sending.halt). Each doubt has one at most."""

from collections.abc import Iterator
from datetime import datetime

from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.sending.halt import Halt, Why
from sarabanwatch.store.rows import ask, moment
from sarabanwatch.store.tx import Tx

ALL = "SELECT id, why, since, detail, lifted_at, by, note FROM halt"
LIFT = "UPDATE halt SET lifted_at = ?, by = ?, note = ? WHERE id = ? AND lifted_at IS NULL"


def begin(tx: Tx, why: Why, detail: str, at: datetime | str) -> int:
    """Halt for a doubt unless such a halt stands; return how many begin (0 or 1).

    Call within a transaction.
    """
    tx.execute("INSERT INTO halt (why, since, detail) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
               (why, at, detail))
    return tx.changes()


def lift(tx: Tx, number: int, by: str, note: str, at: datetime) -> None:
    """Lift a halt; `by` is a person, or "" where it lifts itself.

    Raise RequestError where none of that number stands.
    """
    tx.execute(LIFT, (at, by, note, number))
    if not tx.changes():
        raise RequestError(f"no halt {number} stands; `halts list` lists those that do")


def standing(tx: Tx) -> list[Halt]:
    """Return the halts that stand, the oldest first."""
    return [each for each in listed(tx) if each.lifted_at is None]


def listed(tx: Tx) -> Iterator[Halt]:
    """Yield all halts that there ever were, the oldest first."""
    for number, why, since, detail, lifted_at, by, note in ask(tx, f"{ALL} ORDER BY id"):
        yield Halt(number, Why(why), moment(since), detail,
                   moment(lifted_at) if lifted_at else None, by, note)
