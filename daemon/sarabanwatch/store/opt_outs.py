"""Opt-outs: agencies that asked to be left alone, since when, until when, on whose word and why.

While an opt-out stands, its agency is no candidate for a letter, one that waits for it is held, and
its domain gets no catch-all probe; its group stays what the facts make it. The daemon ends an
opt-out whose last day is over, so that no query need know the day. Rows are ended, never deleted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sarabanwatch.core.calendar import BANGKOK, short_moment
from sarabanwatch.core.errors import RequestError
from sarabanwatch.store.rows import ask, ask_one, moment
from sarabanwatch.store.tx import Tx

OVER = """
    UPDATE opt_out SET ended_at = :at, ended_why = 'its last day is over'
    WHERE ended_at IS NULL AND until <> '' AND until < :today
"""
LISTED = """
    SELECT o.code, coalesce(a.name, ''), o.at, o.by, o.until, o.why, coalesce(o.ended_at, ''),
           o.ended_by, o.ended_why
    FROM opt_out o LEFT JOIN agency a USING (code)
"""
END = """
    UPDATE opt_out SET ended_at = ?, ended_by = ?, ended_why = ?
    WHERE code = ? AND ended_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class OptOut:
    """One agency's opt-out.

    `until` is its last day, "" for none; `ended_at` is "" while it stands.
    """

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
    """Write an opt-out down; raise RequestError where one stands, which must be ended first."""
    if stands := of(tx, code):
        since = short_moment(moment(stands.at), "en")
        raise RequestError(f"{code} is left alone already, since {since} by {stands.by}; "
                           f"`opt-outs end {code}` ends that")
    tx.execute("INSERT INTO opt_out (code, at, by, until, why) VALUES (?, ?, ?, ?, ?)",
               (code, at, by, until.isoformat() if until else "", why))


def end(tx: Tx, code: str, by: str, why: str, at: datetime) -> None:
    """End an agency's opt-out; raise RequestError where none stands."""
    tx.execute(END, (at, by, why, code))
    if not tx.changes():
        raise RequestError(f"{code} has no opt-out that stands; `opt-outs list` lists them")


def stands(tx: Tx, code: str) -> bool:
    """Say whether an agency asked to be left alone."""
    return of(tx, code) is not None


def expire(tx: Tx, at: datetime) -> int:
    """End the opt-outs whose last day is over; return how many. Call within a transaction."""
    today = at.astimezone(BANGKOK).date().isoformat()
    tx.execute(OVER, {"at": at, "today": today})
    return tx.changes()


def of(tx: Tx, code: str) -> OptOut | None:
    """Return the opt-out of an agency that stands, or None."""
    row = ask_one(tx, f"{LISTED} WHERE o.code = ? AND o.ended_at IS NULL", (code,))
    return OptOut(*row) if row else None


def listed(tx: Tx, *, ended: bool = False) -> Iterator[OptOut]:
    """Yield the opt-outs that stand, or all there ever were, the oldest first."""
    for row in ask(tx, f"{LISTED} WHERE ? OR o.ended_at IS NULL ORDER BY o.id", (ended,)):
        yield OptOut(*row)
