"""Holidays in the ledger, and the windows that move with them."""

from datetime import date, datetime, timedelta
from functools import partial

from fakes.books import ONE, TWO, Fact, draft, fact, send
from fakes.samples import MONDAY, POLICY
from sarabanwatch import store
from sarabanwatch.core.calendar import OffDays
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.rounds import Act
from sarabanwatch.core.sending.plan import window_end
from sarabanwatch.core.sending.probe import Event, TryResult
from sarabanwatch.store import Ledger, off_days
from sarabanwatch.store.rows import moment
from sarabanwatch.store.tx import Tx

TUESDAY = date(2026, 1, 13)
DAY = timedelta(days=1)
ACT = Act(MONDAY, "สมชาย", "มติ")


def by(**days: bool) -> partial[datetime]:
    """Return when windows end where these days are declared."""
    known = {date.fromisoformat(f"2026-01-{day[1:]}"): closed for day, closed in days.items()}
    off = OffDays(declared=known)
    return partial(window_end, policy=Policy(POLICY.campaign, holidays=off))


def ends(tx: Tx) -> list[datetime]:
    return [moment(end) for end, in tx.execute("SELECT window_end FROM letter "
                                               "WHERE window_end IS NOT NULL ORDER BY serial")]


async def test_windows_that_run_move_with_a_day_that_is_declared_and_back_with_its_end(
    written: Ledger,
) -> None:
    before = window_end(MONDAY, POLICY)
    await send(written, 1, until=before)
    moved = await written.write(off_days.declare, TUESDAY, ACT, by(d13=True), closed=True)
    assert moved == off_days.MovedWindows(1, 0)
    assert await written.read(ends) == [before + DAY]
    assert await written.write(off_days.move, by(d13=True), MONDAY) == 0
    await written.write(off_days.declare, TUESDAY, ACT, by(d13=False), closed=False)
    assert await written.read(ends) == [before]
    assert await written.read(off_days.declared) == {TUESDAY: False}
    assert [(each.closed, each.by) for each in await written.read(off_days.listed)] == [
        (True, "สมชาย"), (False, "สมชาย")]


async def test_a_window_that_has_ended_stays_ended_and_is_told(written: Ledger) -> None:
    end = window_end(MONDAY, POLICY)
    await send(written, 1, until=end)
    await send(written, 2, until=end)
    await written.write(store.letters.close, [(1, fact(Fact.QUIET))], end + DAY)
    await written.write(store.letters.witness, [(2, fact(Fact.RECEIPT))])
    await written.write(store.letters.close, [(2, fact(Fact.QUIET))], end + DAY)
    (third,) = await draft(written, TWO, at=MONDAY)
    await send(written, third, until=end)
    late = await written.write(off_days.declare, TUESDAY, ACT, by(d13=True), closed=True)
    assert late == off_days.MovedWindows(1, 1)
    assert await written.read(ends) == [end, end, end + DAY]


async def test_a_day_after_it_moves_no_window(written: Ledger) -> None:
    end = window_end(MONDAY, POLICY)
    await send(written, 1, until=end)
    friday = date(2026, 1, 16)
    moved = await written.write(off_days.declare, friday, ACT, by(d16=True), closed=True)
    assert moved == off_days.MovedWindows(0, 0)


async def test_a_letter_that_was_found_half_sent_moves_by_when_it_was_found(
    written: Ledger,
) -> None:
    end = window_end(MONDAY, POLICY)
    await written.write(store.letters.pick, 1, MONDAY)
    await written.write(store.letters.lose, (), fact(Fact.LOST), end)
    await written.write(store.letters.pick, 2, MONDAY)
    await written.write(store.letters.outcome, 2, TryResult(Event.LATER, None), MONDAY,
                        MONDAY + DAY)
    await written.write(off_days.declare, TUESDAY, ACT, by(d13=True), closed=True)
    assert await written.read(ends) == [end + DAY]
    assert ONE.code != TWO.code
