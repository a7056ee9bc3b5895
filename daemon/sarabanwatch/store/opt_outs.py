"""Agencies that asked to be left alone: since when, until when, who wrote it down and why.

While an opt-out stands, its agency is no candidate for a letter, a letter that waits for it is held,
and its domain gets no catch-all probe. Its group stays what the facts make it. The daemon ends an
opt-out whose last day is over, so that no query need know the day. Rows end and are never deleted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.errors import RequestError
from sarabanwatch.store.rows import ask
from sarabanwatch.store.tx import Tx

OVER = """
    UPDATE wish SET ended_at = ?, ended_why = 'its last day is over' WHERE ended_at IS NULL AND until <> '' AND until < ?
"""
TOLD = """
    SELECT w.code, ifnull(a.name, ''), w.at, w.by, w.until, w.why, ifnull(w.ended_at, ''), w.ended_by, w.ended_why
    FROM wish w LEFT JOIN agency a USING (code)
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """One agency's wish; `until` is its last day, or "" for none, `ended_at` "" while it stands."""

    code: str
    name: str
    at: str
    by: str
    until: str
    why: str
    ended_at: str
    ended_by: str
    ended_why: str

    @property
    def lasts(self) -> date | bool:
        """Its last day, or True where none was named."""
        return date.fromisoformat(self.until) if self.until else True


def add(tx: Tx, code: str, until: date | None, by: str, why: str, at: datetime) -> None:
    """Write a wish down; raise RequestError where one stands: end that first."""
    if wish := of(tx, code):
        raise RequestError(
            f"{code} is left alone already, since {wish.at[:10]} by {wish.by}; `opt-outs end {code}` ends that"
        )
    tx.execute("INSERT INTO wish (code, at, by, until, why) VALUES (?, ?, ?, ?, ?)",
               (code, at, by, until.isoformat() if until else "", why))


def end(tx: Tx, code: str, by: str, why: str, at: datetime) -> None:
    """End an agency's wish; raise RequestError where none stands."""
    tx.execute(
        "UPDATE wish SET ended_at = ?, ended_by = ?, ended_why = ? WHERE code = ? AND ended_at IS NULL",
        (at, by, why, code),
    )
    if not tx.changes():
        raise RequestError(f"{code} has no opt-out that stands; `opt-outs list` lists them")


def stands(tx: Tx, code: str) -> bool:
    """Say whether an agency asked to be left alone."""
    return of(tx, code) is not None


def expire(tx: Tx, at: datetime) -> int:
    """End the wishes whose last day is over; return how many. Call within a transaction."""
    today = at.astimezone(BANGKOK).date().isoformat()
    tx.execute(OVER, (at, today))
    return tx.changes()


def of(tx: Tx, code: str) -> Wish | None:
    """Return the wish of an agency that stands, or None."""
    return next((Wish(*row) for row in ask(tx, f"{TOLD} WHERE w.code = ? AND w.ended_at IS NULL",
                                           (code,))), None)


def told(tx: Tx, *, ended: bool = False) -> Iterator[Wish]:
    """Yield the wishes that stand, or all there were, in the order in which they were written down."""
    for row in ask(tx, f"{TOLD} WHERE ? OR w.ended_at IS NULL ORDER BY w.id", (ended,)):
        yield Wish(*row)
