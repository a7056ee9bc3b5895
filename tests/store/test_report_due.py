"""When the last round's report was due, frozen and released, as the ledger tells."""

from datetime import timedelta

from fakes.samples import MONDAY
from sarabanwatch import store
from sarabanwatch.store import Ledger
from sarabanwatch.store.report_due import ReportDue
from sarabanwatch.store.tx import Tx

DAY, WEEKS = timedelta(days=1), timedelta(weeks=6)
ROUND = """
    INSERT INTO round (id, kind, number, opened_at, due_at, closed_at, left_over, at)
    VALUES (:id, :kind, :id, :opened, :closed, :closed, 7, :opened)
"""


def ended(tx: Tx, number: int, kind: str = "regular") -> None:
    """Write a round down that ended six weeks after the one before it; the first on MONDAY."""
    closed = MONDAY + number * WEEKS
    tx.execute(ROUND, {"id": number, "kind": kind, "opened": closed - WEEKS, "closed": closed})


async def test_where_no_round_has_ended_no_report_is_due(ledger: Ledger) -> None:
    assert await ledger.read(store.report_due.report_due) == ReportDue()


async def test_the_report_of_the_last_round_is_due_at_its_cut_off(ledger: Ledger) -> None:
    for number in (0, 1):
        await ledger.write(ended, number)
    await ledger.write(ended, 2, "extra")
    told = await ledger.read(store.report_due.report_due)
    assert told == ReportDue(MONDAY + WEEKS, 7)


async def test_it_is_made_by_what_was_frozen_and_released_after_the_cut_off(
    ledger: Ledger,
) -> None:
    await ledger.write(ended, 0)
    before, frozen = MONDAY - DAY, MONDAY + DAY
    for content, at in ((b"before", before), (b"after", frozen)):
        number = await ledger.write(store.snapshots.keep, content, content.decode(), at, 0, at)
    assert (await ledger.read(store.report_due.report_due)).frozen == frozen
    await ledger.write(store.snapshots.release, number, "สมศรี", "", frozen + DAY)
    assert await ledger.read(store.report_due.report_due) == ReportDue(
        MONDAY, 7, frozen, frozen + DAY)
