"""Whom a pause is for, by the register as it stands; and that a pause is never deleted."""

from datetime import timedelta

import pytest

from fakes.books import draft
from fakes.postgres import REFUSED
from fakes.samples import HOUR, MONDAY, RULES, agency, register
from sarabanwatch import store
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.sending.pausing import NOBODY, Reach
from sarabanwatch.store import Ledger, Tx, overview
from sarabanwatch.store.pauses import Wanted

UNDER = agency("saraban@one.go.th", superior="กระทรวงหนึ่ง", province="น่าน")
ITSELF = agency("saraban@two.go.th", "1002", name="กระทรวงหนึ่ง")
OTHER = agency("saraban@one.go.th", "1003", superior="กระทรวงสอง", province="แพร่")
LATER = MONDAY + HOUR


@pytest.fixture
async def book(ledger: Ledger) -> Ledger:
    await ledger.write(store.register_table.replace, register(UNDER, ITSELF, OTHER), RULES, MONDAY)
    return ledger


async def paused(book: Ledger, level: Reach, key: str) -> set[str]:
    await book.write(store.pauses.add,
                     Wanted(level, key, MONDAY, None, None, "สมศรี", "ย้าย"), MONDAY)
    return set((await book.read(store.pauses.paused, LATER)).codes)


@pytest.mark.parametrize(("level", "key", "codes"), [
    (Reach.MINISTRY, "กระทรวงหนึ่ง", {"1001", "1002"}), (Reach.PROVINCE, "แพร่", {"1003"}),
    (Reach.AGENCY, "1003", {"1003"}), (Reach.HOST, "one.go.th", set()), (Reach.ALL, "", set())])
async def test_the_agencies_of_a_level_are_those_of_the_register(
    book: Ledger, level: Reach, key: str, codes: set[str],
) -> None:
    assert await book.read(store.pauses.paused, LATER) == NOBODY
    assert await paused(book, level, key) == codes


async def test_an_agency_that_moves_to_another_ministry_is_no_longer_paused(book: Ledger) -> None:
    await draft(book, UNDER)
    await paused(book, Reach.MINISTRY, "กระทรวงหนึ่ง")
    assert set((await book.read(store.pauses.waits, LATER)).letters) == {1}
    moved = agency("saraban@one.go.th", superior="กระทรวงสอง", province="น่าน")
    await book.write(store.register_table.replace,
                     register(moved, ITSELF, OTHER, digest="moved"), RULES, LATER)
    assert not (await book.read(store.pauses.waits, LATER)).letters
    assert await book.write(store.letters.pick, 1, LATER) is not None


async def test_a_letter_concerns_its_agency_and_host_and_one_to_ourselves_nobody(
    book: Ledger,
) -> None:
    await draft(book, UNDER)
    whom = await book.read(store.pauses.subject, 1)
    assert (whom.codes, whom.provinces, whom.own) == ({"1001"}, {"น่าน"}, False)
    assert "กระทรวงหนึ่ง" in whom.superiors
    assert (await book.read(store.pauses.subject, 99)).own


async def test_when_it_was_in_force_is_known_after_its_end(book: Ledger) -> None:
    await draft(book, UNDER)
    await paused(book, Reach.AGENCY, "1001")
    await book.write(store.pauses.end, 1, "สมชาย", "", LATER)
    spans = await book.read(store.pauses.spans, {1: MONDAY}, MONDAY + timedelta(days=3))
    assert spans == {1: [(MONDAY, LATER)]}
    assert await book.read(store.pauses.spans, {1: LATER}, MONDAY + timedelta(days=3)) == {}


async def test_a_pause_is_never_deleted(book: Ledger) -> None:
    def strike(tx: Tx) -> None:
        tx.execute("DELETE FROM pause")

    await paused(book, Reach.AGENCY, "1001")
    with pytest.raises(REFUSED, match="append-only"):
        await book.write(strike)


async def test_a_letter_that_a_pause_holds_back_is_not_among_those_that_are_due_or_next(
        book: Ledger) -> None:
    await draft(book, ITSELF, OTHER)
    assert await book.read(overview.ahead, LATER) == (2, 0, None)
    await paused(book, Reach.MINISTRY, "กระทรวงสอง")
    assert await book.read(overview.ahead, LATER) == (1, 1, None)
    early = MONDAY - HOUR       # both are to come, and the pause has not begun
    assert await book.read(overview.ahead, early) == (0, 0, MONDAY)


async def test_those_who_stand_under_the_agencies_of_a_ministry_are_not_paused_and_are_counted(
        ledger: Ledger) -> None:
    province = agency("saraban@one.go.th", superior="กระทรวงหนึ่ง", name="จังหวัดหนึ่ง")
    local = agency("saraban@two.go.th", "1002", name="อบต.หนึ่ง", superior="จังหวัดหนึ่ง")
    await ledger.write(store.register_table.replace, register(province, local), RULES, MONDAY)
    assert await paused(ledger, Reach.MINISTRY, "กระทรวงหนึ่ง") == {"1001"}
    (pause,) = await ledger.read(store.pauses.standing)
    assert await ledger.read(store.pauses.below, pause) == 1
    await paused(ledger, Reach.PROVINCE, "น่าน")
    *_, other = await ledger.read(store.pauses.standing)
    assert await ledger.read(store.pauses.below, other) == 0


async def test_a_pause_whose_end_is_over_already_is_refused(written: Ledger) -> None:
    """Its beginning may lie in the past, its end may not."""
    past = Wanted(Reach.LETTERS, "", MONDAY, LATER, None, "สมศรี", "ย้าย")
    with pytest.raises(RequestError, match="over before it begins"):
        await written.write(store.pauses.add, past, LATER)
