"""What `core.overview` wants to know that no other room of the ledger tells: a few counts."""

from datetime import datetime
from typing import NamedTuple

from sarabanwatch.store import pauses
from sarabanwatch.store.rows import ask, moment
from sarabanwatch.store.tx import Tx, stamp

ADDRESSED = "SELECT count(*) FROM probed"
ROUND = """
    SELECT count(DISTINCT address) FILTER (WHERE fate IN ('accepted', 'refused', 'doubtful')),
           count(*) FILTER (WHERE fate = ''),
           count(*) FILTER (WHERE fate <> '' AND state <> 'closed')
    FROM letter WHERE campaign = ? AND purpose = 'round'
"""
LEFT = """
    SELECT count(*) FROM attempt a JOIN letter l USING (serial)
    WHERE a.at >= ? AND a.event = 'taken' AND l.purpose <> 'canary'
"""
AHEAD = """
    SELECT due_at, code, host FROM letter
    WHERE state IN ('drafted', 'deferred') AND send_by > :now
      AND purpose NOT IN ('canary', 'catch_all')
    ORDER BY due_at
"""
IN_DOUBT = """
    SELECT count(*) FROM notice n
    WHERE NOT EXISTS (SELECT 1 FROM notice_outcome o WHERE o.notice = n.id)
"""


class RoundCounts(NamedTuple):
    """Of a round: addresses that were written to, letters not sent yet, windows that run."""

    sent: int
    pending: int
    under_way: int


class LettersAhead(NamedTuple):
    """Of the letters to agencies: those due now, those due that a pause holds back, the next one.

    The next one is the first that is not due yet, and not held back now.
    """

    due: int
    waiting: int
    next: datetime | None


def addressed(tx: Tx) -> int:
    """Count the addresses that a round writes to."""
    count: int = tx.execute(ADDRESSED).get
    return count


def round_of(tx: Tx, campaign: int) -> RoundCounts:
    """Count the letters of one round."""
    return RoundCounts(*next(ask(tx, ROUND, (campaign,))))


def left_since(tx: Tx, at: datetime) -> int:
    """Count the letters to agencies that left us since a moment."""
    return int(next(ask(tx, LEFT, (at,)))[0])


def ahead(tx: Tx, now: datetime) -> LettersAhead:
    """Count the letters to agencies that are due, and return when the next is that is not."""
    who, by = pauses.paused(tx, now), stamp(now)
    letters = [(at, who.agency(code, host)) for at, code, host in ask(tx, AHEAD, {"now": now})]
    due = [held for at, held in letters if at <= by]
    later = next((at for at, held in letters if at > by and not held), None)
    return LettersAhead(len(due) - sum(due), sum(due), moment(later) if later else None)


def notices_in_doubt(tx: Tx) -> int:
    """Count the notices of which nobody knows whether they left."""
    count: int = tx.execute(IN_DOUBT).get
    return count
