"""Rounds in the ledger: opened and ended once, carried over, made of an older ledger's letters."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from fakes.books import ONE, TWO, draft, send
from fakes.samples import ANCHOR, MONDAY
from sarabanwatch import store
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.rounds import Act, RoundKind, RoundRecord, Selection, Timetable
from sarabanwatch.core.sending.probe import TryResult
from sarabanwatch.store import FileLedger, Ledger, rounds, schema
from sarabanwatch.store.sqlite import Connection

SIX = Timetable(ANCHOR, 6)
SLOT = SIX.slot(MONDAY)
DAY = timedelta(days=1)
LATER = Act(MONDAY + DAY, "สมชาย", "why")


async def turned(ledger: Ledger, at=MONDAY, timetable: Timetable = SIX) -> rounds.RoundsTurned:
    return await ledger.write(rounds.turn, timetable, at, "rules")


async def known(ledger: Ledger, timetable: Timetable = SIX) -> list[RoundRecord]:
    return await ledger.read(rounds.records, timetable)


async def test_a_round_is_opened_once_with_the_rules_and_the_list_that_it_began_with(
    written: Ledger,
) -> None:
    (opened,) = (await turned(written)).opened
    assert await turned(written) == rounds.RoundsTurned([], [])
    assert not await written.read(rounds.stale, SIX, MONDAY)
    assert await known(written) == [opened]
    assert (opened.opened_at, opened.due_at) == (SLOT.starts, SLOT.ends)
    assert (opened.rules, opened.register, opened.by) == ("rules", 1, "")


async def test_one_that_ends_tells_whom_it_did_not_reach_and_the_next_begins_with_them(
    written: Ledger,
) -> None:
    await turned(written)
    await send(written, 1)
    over = await turned(written, SLOT.ends)
    ((closed,), (opened,)) = over.closed, over.opened
    assert (closed.closed_at, closed.left_over, opened.number) == (SLOT.ends, 1, 2)
    assert await written.read(rounds.unreached, closed) == [TWO.code]
    await written.write(store.letters.close, [(1, None)], SLOT.ends)
    await written.write(store.letters.outcome, 2, TryResult(store.letters.Event.TOO_LATE, None),
                        SLOT.ends, SLOT.ends)
    order = [c.code for c in await written.read(store.candidates.listed, opened.id)]
    assert order == [TWO.code, ONE.code]


async def test_a_round_that_a_person_ends_sends_no_more_of_its_letters(written: Ledger) -> None:
    await turned(written)
    closed = await written.write(rounds.close_now, SIX, LATER, "1")
    assert (closed.closed_at, closed.closed_by, closed.left_over) == (MONDAY + DAY, "สมชาย", 2)
    assert await written.write(store.letters.pick, 1, MONDAY + DAY) is None
    assert await written.read(rounds.running, SIX, MONDAY + DAY) == []
    with pytest.raises(RequestError, match="round 1 does not run"):
        await written.write(rounds.close_now, SIX, LATER, "1")
    (opened,) = (await turned(written, SLOT.ends)).opened
    assert (opened.number, opened.opened_at) == (2, SLOT.ends)


async def test_one_that_is_opened_early_ends_the_one_that_runs_and_withdraws_a_skip(
    written: Ledger,
) -> None:
    await turned(written)
    await written.write(rounds.skip, SIX, Act(MONDAY, "สมชาย", "why"))
    opened = await written.write(rounds.open_now, SIX, Act(MONDAY + 10 * DAY, "สมชาย"), "rules")
    first, _, skipped = await known(written)
    assert (first.closed_at, skipped.closed_at) == (MONDAY + 10 * DAY, MONDAY + 10 * DAY)
    assert (opened.number, opened.due_at) == (2, SLOT.ends)
    assert (await turned(written, SLOT.ends)).opened[0].number == 3


async def test_a_timetable_that_changes_nothing_is_taken_and_another_only_when_accepted(
    written: Ledger,
) -> None:
    await turned(written)
    longer = Timetable(SLOT.ends.date(), 8)
    await turned(written, timetable=longer)
    assert (await known(written))[0].timetable == longer
    later = Timetable(SLOT.ends.date() + 14 * DAY, 8)
    await turned(written, timetable=later)
    assert (await known(written))[0].timetable == longer
    change = await written.write(rounds.accept, later, Act(MONDAY, "สมชาย", "songkran"))
    assert (change.due, change.wanted) == (SLOT.ends, SLOT.ends + 14 * DAY)
    (first,) = await known(written)
    assert (first.due_at, first.timetable) == (SLOT.ends + 14 * DAY, later)
    with pytest.raises(RequestError, match="nothing to accept"):
        await written.write(rounds.accept, later, Act(MONDAY, "สมชาย", "again"))


async def test_an_extra_round_is_for_those_chosen_and_counts_only_them(written: Ledger) -> None:
    await turned(written)
    wanted = RoundRecord(0, RoundKind.EXTRA, 0, MONDAY, MONDAY + 14 * DAY, SIX, by="สมชาย",
                         why="why", selection=Selection(group="D2"))
    extra = await written.write(rounds.extra, SIX, wanted, [TWO.code], "rules")
    assert (extra.label, extra.id, extra.chosen) == ("extra-1", 1, 1)
    assert [c.code for c in await written.read(store.candidates.listed, extra.id)] == [TWO.code]
    assert [s.label for s in await written.read(rounds.running, SIX, MONDAY)] == ["1", "extra-1"]
    # its letter does not go beside the round's own
    assert await draft(written, TWO, campaign=extra.id) == []
    over = await turned(written, MONDAY + 14 * DAY)
    assert [(r.label, r.left_over) for r in over.closed] == [("extra-1", 1)]


def test_an_older_ledgers_letters_make_the_rounds_that_they_name(
    file: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as older:
        older.setattr(schema, "MIGRATIONS", ())
        with closing(Connection(str(file))) as db:
            schema.migrate(db)
            for serial, round_, at in ((1, 2, "2026-04-01T02:00:00.000+00:00"),
                                       (2, 3, "2026-05-12T02:00:00.000+00:00"),
                                       (3, 3, "2026-05-13T02:00:00.000+00:00")):
                db.execute("INSERT INTO letter (serial, token, code, name, address, campaign, "
                           "state, drafted_at, due_at, send_by) "
                           "VALUES (?, ?, '1', 'x', 'a@b', ?, 'closed', ?, ?, ?)",
                           (serial, str(serial), round_, at, at, at))
    with closing(Connection(str(file))) as db:
        schema.migrate(db)
    with closing(FileLedger(file)) as ledger:
        first, last = rounds.records(ledger._db, SIX)
        assert (first.id, first.number, first.closed_at) == (2, 3, last.opened_at)
        assert (last.number, last.closed_at, last.timetable) == (4, None, SIX)
        assert last.due_at == SIX.cut_off(last.opened_at)
        assert rounds.stale(ledger._db, SIX, last.opened_at)
