"""Moments that a wrong clock left in the future: they are moved, and hold up nothing."""

from dataclasses import replace
from datetime import timedelta

from fakes.books import LATER, ONE, TWO, WEEK, E, draft, send
from fakes.samples import HOUR, MONDAY, RULES, fact, register
from sarabanwatch import store
from sarabanwatch.core.facts.evidence import FactKind as Fact
from sarabanwatch.core.sending.pace import Watermark
from sarabanwatch.core.sending.probe import TryResult
from sarabanwatch.core.sending.throttle import HostResponse, ResponseKind
from sarabanwatch.store import Ledger
from sarabanwatch.store.future import newest

CENTURIES = timedelta(days=543 * 365)
THEN = MONDAY + CENTURIES       # what the clock showed, for somebody typed the Buddhist year


async def test_the_newest_fact_is_the_last_that_was_written(ledger: Ledger) -> None:
    assert await ledger.read(store.future.newest) is None
    await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
    assert await ledger.read(store.future.newest) == MONDAY
    await draft(ledger, ONE, at=LATER)
    assert await ledger.read(store.future.newest) == LATER
    assert await ledger.read(newest) == LATER


async def test_a_letter_written_in_the_future_runs_out_of_time_and_one_put_off_till_then_is_due_now(
    written: Ledger,
) -> None:
    (third,) = await draft(written, ONE, at=THEN, send_by=THEN + WEEK)
    await written.write(store.letters.pick, 1, MONDAY)
    await written.write(store.letters.outcome, 1, TryResult(E.LATER, None), LATER, THEN)
    assert await written.write(store.future.rebase, LATER, LATER + HOUR) == 3
    assert await written.write(store.future.rebase, LATER, LATER + HOUR) == 0
    assert [serial for serial, _ in await written.read(store.letters.unsent_by, LATER)] == [third]
    assert await written.write(store.letters.pick, third, LATER) is None
    assert await written.write(store.letters.pick, 1, LATER) is not None
    assert await written.write(store.letters.pick, 2, LATER) is not None


async def test_a_window_that_ends_in_the_future_ends_when_one_that_begins_now_would(
    written: Ledger,
) -> None:
    await send(written, 1, until=THEN)
    await send(written, 2, until=LATER + HOUR)
    assert await written.write(store.future.rebase, LATER, LATER + 2 * HOUR) == 1
    assert [serial for serial, _ in await written.read(store.letters.overdue, LATER + HOUR,
                                                       9)] == [2]
    assert [serial for serial, _ in await written.read(store.letters.overdue, LATER + 2 * HOUR,
                                                       9)] == [2, 1]


async def test_an_address_declared_in_the_future_is_written_to_from_now_on(ledger: Ledger) -> None:
    moved = replace(ONE, cell="saraban@new.go.th")
    await ledger.write(store.register_table.replace, register(ONE), RULES, MONDAY)
    await ledger.write(store.register_table.replace, register(moved, digest="d2"), RULES, THEN)
    (serial,) = await draft(ledger, moved)
    assert await ledger.write(store.future.rebase, MONDAY, LATER) == 1
    assert await ledger.write(store.letters.pick, serial, LATER) is not None


async def test_responses_in_the_future_slow_nobody_down(written: Ledger) -> None:
    await written.write(store.letters.pick, 1, MONDAY)
    await written.write(store.letters.outcome, 1, TryResult(E.LATER, fact(Fact.PUT_OFF)), THEN,
                        THEN, HostResponse("h", THEN, THEN, ResponseKind.SLOW_DOWN, "too many"))
    past = await written.read(store.pacing.since, Watermark(), LATER)
    assert (past.left, past.responses) == ([], [])
    assert past.watermark.attempt == 1
    assert len((await written.read(store.pacing.since, Watermark(), THEN)).left) == 1


async def test_an_address_with_a_letter_of_another_round_under_way_is_known_for_one(
    written: Ledger,
) -> None:
    async def under_way() -> list[bool]:
        return [c.under_way for c in await written.read(store.candidates.listed, 1)]

    assert await under_way() == [True, True]
    await send(written, 1, until=LATER)
    assert await under_way() == [True, True]
    await written.write(store.letters.close, [(1, fact(Fact.QUIET))], LATER)
    assert await under_way() == [False, True]
