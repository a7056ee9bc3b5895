"""Whether the last round's report is made: when it was due, frozen and released."""

from datetime import datetime
from typing import NamedTuple

from sarabanwatch.store.rows import ask_one, moment
from sarabanwatch.store.tx import Tx

ENDED = """
    SELECT closed_at, coalesce(left_over, 0) FROM round
    WHERE kind = 'regular' AND closed_at IS NOT NULL ORDER BY closed_at DESC LIMIT 1
"""
MADE = """
    SELECT (SELECT min(frozen_at) FROM snapshot WHERE frozen_at >= :cut_off),
           (SELECT min(at) FROM release WHERE at >= :cut_off)
"""


class ReportDue(NamedTuple):
    """The report of the last round that ended; None where no round has, or nobody did so yet.

    `cut_off`: when the round ended. `left_over`: agencies that it did not reach. `frozen` and
    `released`: when a snapshot was first made, and released, since.
    """

    cut_off: datetime | None = None
    left_over: int = 0
    frozen: datetime | None = None
    released: datetime | None = None


def report_due(tx: Tx) -> ReportDue:
    """Return how the report of the last round stands."""
    ended = ask_one(tx, ENDED)
    if ended is None:
        return ReportDue()
    cut_off, left_over = ended
    frozen, released = ask_one(tx, MADE, {"cut_off": cut_off}) or (None, None)
    return ReportDue(moment(cut_off), left_over, frozen and moment(frozen),
                     released and moment(released))
