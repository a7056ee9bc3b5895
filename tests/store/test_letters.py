"""Letters in the ledger, from draft to the end of their windows."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from fakes.books import (
    LATER,
    ONE,
    TWO,
    WEEK,
    E,
    S,
    conclude,
    draft,
    evidence,
    send,
    settle,
)
from fakes.post import sendable
from fakes.samples import HOUR, KEY, MONDAY, RULES, agency, fact, mint, register, unbound
from sarabanwatch import store
from sarabanwatch.core.facts.agency import Status
from sarabanwatch.core.facts.evidence import FactKind as Fact
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.sending.halt import Why
from sarabanwatch.core.sending.plan import NOT_COUNTED, Draft, Round
from sarabanwatch.core.sending.probe import Event, OutOfTurn, State, TryResult
from sarabanwatch.store import Ledger


async def test_agencies_with_an_address_are_candidates_by_code(ledger: Ledger) -> None:
    await ledger.write(store.register_table.replace, register(TWO, ONE, agency("", "1003")), RULES,
                       MONDAY)
    found = await ledger.read(store.candidates.listed, 0)
    # 1003 has no address
    assert [(c.code, c.address, c.sent) for c in found] == [(a.code, a.cell, None)
                                                            for a in (ONE, TWO)]


async def test_a_letter_is_drafted_with_the_next_serial_and_its_token(written: Ledger) -> None:
    assert await draft(written, ONE) == [3]
    picked = await written.write(store.letters.pick, 3, MONDAY)
    assert picked is not None
    letter, first_try = picked
    assert (letter.serial, letter.token, letter.code, letter.name, letter.address,
            letter.drafted_at, first_try) == (
        3, mint(3, KEY), "1001", "กรมหนึ่ง", "saraban@one.go.th", MONDAY, MONDAY)


async def test_when_a_letter_left_us_is_known_from_its_first_try_on(written: Ledger) -> None:
    await draft(written, ONE)
    assert await written.read(store.queries.sent_to, [3]) == {3: ("1001", None)}
    await written.write(store.letters.pick, 3, MONDAY)
    assert await written.read(store.queries.sent_to, [3, 99]) == {3: ("1001", MONDAY)}


async def test_drafts_are_written_all_or_none(written: Ledger) -> None:
    def fails_at_four(serial: int, *, epoch: int, to: str) -> str:
        del epoch, to
        return mint(serial, KEY) if serial < 4 else str(1 / 0)

    drafts = [Draft(a.code, a.cell, MONDAY + WEEK, None) for a in (ONE, TWO)]
    with pytest.raises(ZeroDivisionError):
        await written.write(store.letters.draft, 0, drafts, fails_at_four, MONDAY)
    assert (await written.read(store.letters.round_of, 0, 6)).pending == 2


async def test_a_letter_under_way_is_nobodys_candidate_and_one_that_decided_nothing_is(
    written: Ledger,
) -> None:
    assert not await written.read(store.candidates.listed, 0)
    assert len(await written.read(store.candidates.listed, 1)) == 2
    await send(written, 1)
    await written.write(store.letters.close, [(1, None)], LATER)
    for verdict, again in ((Verdict.UNKNOWN, True), (Verdict.BLOCKS_US, True),
                           (Verdict.WITHHELD, True),
                           (Verdict.ACCEPTS, False), (Verdict.REFUSES, False)):
        await conclude(written, verdict=verdict)
        assert bool(await written.read(store.candidates.listed, 0)) == again, verdict


async def test_a_letter_to_an_address_that_the_register_no_longer_gives_is_held_and_another_is_due(
    written: Ledger,
) -> None:
    await send(written, 2, E.LATER, None)
    moved = [replace(a, cell=f"saraban@new{a.code}.go.th") for a in (ONE, TWO)]
    await written.write(store.register_table.replace, register(*moved, digest="d2"), RULES, MONDAY)
    assert [await written.write(store.letters.pick, serial, LATER) for serial in (1, 2)] == [None,
                                                                                             None]
    assert await sendable(written, LATER, 9, ()) == []
    assert [(e.kind, e.text) for e in await evidence(written, 1)] == [
        (Fact.HELD, "the register gives another address now")
    ]
    assert [c.address for c in await written.read(
        store.candidates.listed, 0)] == ["saraban@new1001.go.th", "saraban@new1002.go.th"]
    counted = await written.read(store.letters.round_of, 0, 6)
    assert (counted.planned, counted.held, counted.pending) == (2, 2, 0)


async def test_a_letter_to_an_agency_that_is_listed_no_more_is_held(written: Ledger) -> None:
    await written.write(store.register_table.replace, register(TWO, digest="d2"), RULES, MONDAY)
    assert await written.write(store.letters.pick, 1, MONDAY) is None
    assert await sendable(written, MONDAY, 9, ()) == [2]


async def test_a_candidate_tells_its_last_letter_and_counts_those_that_may_have_left(
    written: Ledger,
) -> None:
    await written.write(store.letters.outcome, 1, TryResult(E.TOO_LATE, fact(Fact.HELD)), MONDAY,
                        MONDAY)
    await written.write(store.letters.close, [(1, None)], MONDAY)
    await conclude(written, verdict=Verdict.UNKNOWN)
    (candidate,) = await written.read(store.candidates.listed, 0)
    assert candidate.sent is not None
    assert (candidate.sent.serial, candidate.sent.state, candidate.sent.verdict,
            candidate.sent.letters) == (
        1, S.CLOSED, Verdict.UNKNOWN, 0)        # a held one never left us


async def test_letters_may_be_sent_when_due_and_not_after_their_time(written: Ledger) -> None:
    assert await sendable(written, MONDAY - HOUR, 9, ()) == []
    assert await sendable(written, MONDAY, 9, ()) == [1, 2]
    assert await sendable(written, MONDAY, 1, ()) == [1]
    assert await sendable(written, MONDAY, 1, [1]) == [2]
    assert await sendable(written, MONDAY + WEEK, 9, ()) == []
    assert await written.read(store.letters.unsent_by, MONDAY + WEEK - HOUR) == []
    assert await written.read(store.letters.unsent_by, MONDAY + WEEK) == [(1, []), (2, [])]


async def test_drafting_returns_those_that_were_written_and_leaves_no_number_out(
    ledger: Ledger,
) -> None:
    await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
    asked = await ledger.write(store.letters.ask_for, 0,
                               Draft(ONE.code, ONE.cell, MONDAY + WEEK, None), unbound, MONDAY)
    assert (asked, await draft(ledger, ONE, TWO)) == (1, [2])
    assert await sendable(ledger, MONDAY, 9, ()) == [1, 2]
    assert (await ledger.write(store.letters.pick, 2, MONDAY))[0].code == TWO.code


async def test_a_confirming_letter_that_was_written_meanwhile_takes_the_rounds_place(
    ledger: Ledger,
) -> None:
    await ledger.write(store.register_table.replace, register(ONE), RULES, MONDAY)
    wanted = [Draft(ONE.code, ONE.cell, MONDAY + WEEK, None)]
    assert await ledger.write(store.confirming.confirm, 0, wanted, unbound, MONDAY) == 1
    assert await draft(ledger, ONE) == []


async def test_a_letter_picked_is_not_picked_twice(written: Ledger) -> None:
    picked = await asyncio.gather(*(written.write(store.letters.pick, 1, MONDAY)
                                    for _ in range(20)))
    assert sum(one is not None for one in picked) == 1
    assert await sendable(written, MONDAY, 9, ()) == [2]
    assert await written.write(store.letters.pick, 1, MONDAY) is None


async def test_no_letter_is_picked_while_a_halt_stands(written: Ledger) -> None:
    await written.write(store.halts.begin, Why.RESTORED, "a copy", MONDAY)
    assert await written.write(store.letters.pick, 1, MONDAY) is None
    await written.write(store.halts.lift, 1, "สมชาย", "", MONDAY)
    assert await written.write(store.letters.pick, 1, MONDAY) is not None


async def test_a_letter_is_not_picked_after_its_time_or_where_there_is_none(
    written: Ledger,
) -> None:
    assert await written.write(store.letters.pick, 1, MONDAY + WEEK) is None
    assert await written.write(store.letters.pick, 99, MONDAY) is None
    assert (await written.read(store.letters.round_of, 0, 6)).pending == 2


@pytest.mark.parametrize(("event", "state"),
                         [(E.TAKEN, S.ACCEPTED), (E.REFUSAL, S.REFUSED), (E.LOST, S.DOUBTFUL)])
async def test_a_letter_that_left_is_never_sent_again(written: Ledger, event: Event,
                                                      state: State) -> None:
    assert await send(written, 1, event) is state
    assert await written.write(store.letters.pick, 1, MONDAY) is None
    assert await sendable(written, MONDAY + HOUR, 9, ()) == [2]
    assert await written.write(store.letters.lose, (), fact(Fact.LOST), LATER) == 0
    with pytest.raises(OutOfTurn):
        await written.write(store.letters.outcome, 1, TryResult(E.TAKEN, None), MONDAY, LATER)


async def test_a_deferred_letter_waits_and_remembers_its_first_try(written: Ledger) -> None:
    assert await send(written, 1, E.LATER, None) is S.DEFERRED
    assert (await written.read(store.letters.round_of, 0, 6)).pending == 2
    assert await sendable(written, LATER - timedelta(seconds=1), 9, ()) == [2]
    assert await sendable(written, LATER, 9, ()) == [2, 1]
    picked = await written.write(store.letters.pick, 1, LATER)
    assert picked is not None
    assert picked[1] == MONDAY


async def test_what_is_found_half_sent_can_be_put_in_doubt(written: Ledger) -> None:
    await written.write(store.letters.pick, 1, MONDAY)
    await written.write(store.letters.pick, 2, MONDAY)
    assert await written.write(store.letters.lose, [2], fact(Fact.LOST), LATER) == 1
    # the other is in somebody's hand
    assert await written.write(store.letters.lose, [2], fact(Fact.LOST), LATER) == 0
    assert (await written.read(store.letters.round_of, 0, 6)).doubtful == 1
    assert [e.kind for e in await evidence(written, 1)] == [Fact.LOST]


async def test_windows_end_in_their_order_and_closed_ones_are_over(written: Ledger) -> None:
    await send(written, 2, until=LATER)
    await send(written, 1, until=LATER + HOUR)
    assert await written.read(store.letters.overdue, LATER - HOUR, 9) == []
    assert [serial for serial, _ in await written.read(store.letters.overdue, LATER + HOUR,
                                                       9)] == [2, 1]
    assert [serial for serial, _ in await written.read(store.letters.overdue, LATER + HOUR,
                                                       1)] == [2]
    await written.write(store.letters.close, [(2, fact(Fact.QUIET)), (1, None)], LATER + HOUR)
    assert await written.read(store.letters.overdue, LATER + WEEK, 9) == []
    with pytest.raises(OutOfTurn):
        await written.write(store.letters.close, [(1, None)], LATER)


async def test_a_closed_window_asks_for_a_judgement_whether_or_not_silence_says_anything(
    written: Ledger,
) -> None:
    await settle(written)
    await send(written, 1)
    assert not await written.read(store.judgements.unjudged, 9)     # to be taken is no news
    await written.write(store.letters.close, [(1, None)], LATER)
    assert [case.agency.code for case in await written.read(store.judgements.unjudged,
                                                            9)] == ["1001"]


async def test_a_round_counts_every_letter_once(written: Ledger) -> None:
    assert await written.read(store.letters.round_of, 0, 6) == Round(2, 0, 0, 0, 2, 0, 0, 2)
    assert await written.read(store.letters.round_of, 1, 6) == Round(0, 0, 0, 0, 0, 0, 2, 2)
    await draft(written, ONE, TWO, ONE)
    await send(written, 1)
    await send(written, 2, E.REFUSAL)
    await send(written, 3, E.LOST)
    await send(written, 4, E.LATER)
    await written.write(store.letters.outcome, 5, TryResult(E.TOO_LATE, None), MONDAY, MONDAY)
    await written.write(store.letters.close, [(1, None)], LATER)
    await settle(written)
    counted = await written.read(store.letters.round_of, 0, 6)
    assert counted == Round(planned=5, sent=2, doubtful=1, held=1, pending=1, open=3, undrafted=0,
                            unjudged=0)
    assert counted.planned == counted.sent + counted.doubtful + counted.held + counted.pending
    assert not counted.over


async def test_a_round_is_over_when_nothing_is_left_to_do_in_it(written: Ledger) -> None:
    for serial in (1, 2):
        await send(written, serial)
        await written.write(store.letters.close, [(serial, fact(Fact.QUIET))], LATER)
    assert not (await written.read(store.letters.round_of, 0, 6)).over     # not judged yet
    await settle(written)
    assert (await written.read(store.letters.round_of, 0, 6)).over
    assert not (await written.read(store.letters.round_of, 1, 6)).over     # not begun
    await conclude(written, verdict=Verdict.UNKNOWN)
    assert (await written.read(store.letters.round_of, 0, 6)).undrafted == 1
    # no more letters than the policy allows
    assert (await written.read(store.letters.round_of, 0, 1)).over


async def test_who_counts_only_what_was_written_since_finds_what_a_count_of_all_finds(
    ledger: Ledger,
) -> None:
    chance, kept, counted = random.Random(2), NOT_COUNTED, 0
    agencies = [agency(f"saraban@a{n}.go.th", f"{1000 + n}") for n in range(6)]
    moved = agency("saraban@moved.go.th", "1001")
    raised = agency("saraban@raised.go.th", "2002", former="1002", status=Status.RAISED)
    await ledger.write(store.register_table.replace, register(*agencies), RULES, MONDAY)
    for number in range(40):
        one, at, round_ = chance.choice(agencies), MONDAY + number * HOUR, number // 20
        match chance.randrange(8):
            case 0:
                listed = chance.choice(([agencies[0], moved, agencies[4]], [*agencies, raised],
                                        agencies))
                await ledger.write(store.register_table.replace,
                                   replace(register(*listed), digest=f"{number}"), RULES, at)
            case 1 if not await ledger.read(store.opt_outs.stands, one.code):
                await ledger.write(store.opt_outs.add, one.code, None, "x", "x", at)
            case 1:
                await ledger.write(store.opt_outs.end, one.code, "x", "x", at)
            case 2:
                await ledger.write(lambda tx: tx.execute(
                    "UPDATE letter SET state = 'closed', verdict = 'unknown' "
                    "WHERE serial = (SELECT max(serial) FROM letter)"))
            case _:
                due = await ledger.read(store.candidates.listed, round_)
                drafts = [Draft(c.code, c.address, at + WEEK, None)
                          for c in due if chance.random() < 1 / 3]
                await ledger.write(store.letters.draft, round_, drafts, unbound, at)
        since = await ledger.read(store.letters.round_of, round_, 3, kept)
        assert since == await ledger.read(store.letters.round_of, round_, 3), number
        may = [c for c in await ledger.read(store.candidates.listed, round_)
               if not c.sent or c.sent.letters < 3]
        assert since.undrafted == len(may), number
        counted += since.unwritten.by != kept.by
        kept = since.unwritten
    assert 0 < counted < 20


async def test_an_address_that_comes_back_within_its_window_has_its_letter_under_way(
    written: Ledger,
) -> None:
    await send(written, 1)
    elsewhere = replace(ONE, cell="saraban@new.go.th")
    for hour, (one, address) in enumerate([(elsewhere, elsewhere.cell), (ONE, ONE.cell)], start=1):
        await written.write(store.register_table.replace, register(one, TWO, digest=f"list {hour}"),
                            RULES, MONDAY + hour * HOUR)
        (candidate,) = [c for c in await written.read(store.candidates.listed, 0)
                        if c.code == ONE.code]
        # what was learnt of the first line says nothing of it
        assert (candidate.address, candidate.sent) == (address, None)
    assert candidate.under_way
    assert await written.write(
        store.letters.ask_for, 0, Draft(ONE.code, ONE.cell, MONDAY + WEEK, None), unbound,
        MONDAY + 3 * HOUR) is None
    await written.write(store.letters.close, [(1, None)], LATER)
    (candidate,) = [c for c in await written.read(store.candidates.listed, 0)
                    if c.code == ONE.code]
    assert (candidate.sent, candidate.under_way) == (None, False)


async def test_an_address_that_goes_over_to_another_agency_gets_no_letter_beside_that_under_way(
    written: Ledger,
) -> None:
    await send(written, 1)
    await written.write(
        store.register_table.replace, register(replace(ONE, cell=TWO.cell),
                                               replace(TWO, cell=ONE.cell), digest="d2"), RULES,
        MONDAY + HOUR)
    assert [(c.code, c.under_way) for c in await written.read(store.candidates.listed,
                                                              0)] == [(ONE.code, True),
                                                                      (TWO.code, True)]
    await draft(written, replace(TWO, cell=ONE.cell))
    assert await written.write(
        store.letters.ask_for, 0, Draft(TWO.code, ONE.cell, MONDAY + WEEK, None), unbound,
        MONDAY + HOUR) is None
    assert (await written.read(store.letters.round_of, 0, 6)).planned == 2


async def test_of_two_agencies_with_one_address_one_gets_a_letter_at_a_time(ledger: Ledger) -> None:
    shared = replace(TWO, cell=ONE.cell)
    await ledger.write(store.register_table.replace, register(ONE, shared), RULES, MONDAY)
    await draft(ledger, ONE, shared)
    assert (await ledger.read(store.letters.round_of, 0, 6)).planned == 1
    assert [(c.code, c.under_way) for c in await ledger.read(store.candidates.listed,
                                                             0)] == [(shared.code, True)]
