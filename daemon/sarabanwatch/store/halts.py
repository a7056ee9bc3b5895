"""Halts: while one stands, nothing leaves us (core.sending.halt). Of each doubt one stands at most."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import apsw

from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.sending.halt import Halt, Why
from sarabanwatch.store.epoch import halt
from sarabanwatch.store.future import newest, rebase
from sarabanwatch.store.rows import ask, moment, stamp
from sarabanwatch.store.writer import Pen

ALL = "SELECT id, why, since, said, lifted_at, by, note FROM halt"
LIFT = "UPDATE halt SET lifted_at = ?, by = ?, note = ? WHERE id = ? AND lifted_at IS NULL"


class SqliteHalts:
    """Halts by number."""

    def __init__(self, pen: Pen) -> None:
        self._pen = pen

    async def standing(self) -> Sequence[Halt]:
        """Return the halts that stand."""
        return await self._pen.read(standing)

    async def halt(self, why: Why, said: str, at: datetime) -> bool:
        """Halt for a doubt; False where one for the same stands already."""
        return bool(await self._pen.write(halt, why, said, stamp(at)))

    async def lift(self, number: int, by: str, note: str, at: datetime) -> None:
        """Lift a halt: `by` a person, or "" by itself; raise RequestError where none of that number stands."""
        await self._pen.write(_lift, number, by, note, stamp(at))

    async def newest(self) -> datetime | None:
        """Return the moment of the last thing that was written down; None where nothing was."""
        return await self._pen.read(newest)

    async def rebase(self, now: datetime, until: datetime) -> int:
        """Bring back what is laid to moments further ahead than it can be; return how many there were.

        A clock that was wrong left them behind. What is due then is due now, and a window that would end then ends at `until`.
        """
        return await self._pen.write(rebase, now, stamp(until))


def standing(db: apsw.Connection) -> list[Halt]:
    """Return the halts that stand, the oldest first."""
    return [each for each in told(db) if each.lifted_at is None]


def told(db: apsw.Connection) -> Iterator[Halt]:
    """Yield all halts that there were, the oldest first."""
    for number, why, since, said, lifted_at, by, note in ask(db, f"{ALL} ORDER BY id"):
        yield Halt(number, Why(why), moment(since), said, moment(lifted_at) if lifted_at else None, by, note)


def _lift(db: apsw.Connection, number: int, by: str, note: str, at: str) -> None:
    db.execute(LIFT, (at, by, note, number))
    if not db.changes():
        raise RequestError(f"no halt {number} stands; `halts list` lists those that do")
