"""Judgements and transitions in the ledger."""

from dataclasses import replace

import pytest

from fakes.books import LATER, ONE, WEEK, E, conclude, draft, judgement, mail, send, settle
from fakes.samples import HOUR, MONDAY, RULES, agency, fact, register
from sarabanwatch import store
from sarabanwatch.core.facts.evidence import FactKind as Fact
from sarabanwatch.core.facts.evidence import Reason
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.register.history import Import
from sarabanwatch.core.returns.mailbox import Cursor
from sarabanwatch.store import Ledger, queries
from sarabanwatch.store.places import Place


async def test_a_case_has_every_letter_to_the_present_address_and_no_other(written: Ledger) -> None:
    await send(written, 1)
    moved = replace(ONE, cell="saraban@new.go.th")
    await written.write(store.register_table.replace, register(moved, digest="d2"), RULES, LATER)
    await draft(written, moved, at=LATER)
    (case,) = await written.read(store.judgements.unjudged, 9)
    assert (case.agency, [serial for serial, _ in case.letters], case.was) == (moved, [3], None)
    await written.write(store.register_table.replace, register(ONE, digest="d3"), RULES, LATER)
    (case,) = await written.read(store.judgements.unjudged, 9)
    assert list(case.letters) == []         # declared anew: a new line of evidence
    await written.write(store.register_table.restore, 1, RULES, LATER + HOUR)
    case, _ = await written.read(store.judgements.unjudged, 9)
    # never left
    assert [(serial, [e.kind for e in seen])
            for serial, seen in case.letters] == [(1, [Fact.TAKEN])]


async def test_letters_count_on_where_only_the_wording_of_the_cell_changes(written: Ledger) -> None:
    worded = agency("E-mail : saraban@one.go.th")
    await written.write(store.register_table.replace, register(worded, digest="d2"), RULES, LATER)
    (case,) = await written.read(store.judgements.unjudged, 9)
    assert (case.agency.cell, [serial for serial, _ in case.letters]) == (worded.cell, [1])


async def test_the_list_that_a_person_went_back_to_is_none_that_the_file_brought(
    ledger: Ledger,
) -> None:
    for digest, cell in (("d1", "saraban@one.go.th"), ("d2", "saraban@new.go.th")):
        await ledger.write(store.register_table.replace, register(agency(cell), digest=digest),
                           RULES, MONDAY, how=Import(channel="file"))
    await ledger.write(store.register_table.restore, 1, RULES, LATER, by="สมชาย")
    assert await ledger.read(store.register_table.imported_before, "file", "d2", ever=False)
    assert not await ledger.read(store.register_table.imported_before, "file", "d1", ever=False)
    assert await ledger.read(store.register_table.imported_before, "file", "d1", ever=True)


async def test_a_fact_that_comes_while_judging_is_not_lost(written: Ledger) -> None:
    await settle(written)
    await send(written, 1, E.REFUSAL, fact(Fact.REFUSED, Reason.FULL))
    (case,) = await written.read(store.judgements.unjudged, 9)
    await written.write(store.arrivals.take_in, "INBOX", [mail(b"one", seen=fact(Fact.ANSWERED))],
                        Cursor(1, 1))
    await written.write(store.judgements.record, [judgement(case, Group.D3)])
    # of an older case than is asked for
    assert Group.D3 not in await written.read(store.judgements.counts)
    (again,) = await written.read(store.judgements.unjudged, 9)
    assert [e.kind for e in again.letters[0][1]] == [Fact.REFUSED, Fact.ANSWERED]
    await written.write(store.judgements.record, [judgement(again)])
    assert not await written.read(store.judgements.unjudged, 9)


async def test_a_judgement_that_comes_after_another_of_the_same_case_is_not_written_over_it(
    written: Ledger,
) -> None:
    (case, _) = await written.read(store.judgements.unjudged, 9)
    for group in (Group.A1, Group.D2):
        await written.write(store.judgements.record, [judgement(case, group)])
    assert await written.read(store.judgements.counts) == {Group.A1: 1, Group.UNKNOWN: 1}


@pytest.mark.parametrize("kind", Fact)
async def test_only_news_asks_for_a_judgement(written: Ledger, kind: Fact) -> None:
    await settle(written)
    await send(written, 1, E.TAKEN, fact(kind))
    news = kind not in {Fact.PUT_OFF, Fact.TAKEN, Fact.DELAYED, Fact.DELIVERED}
    assert bool(await written.read(store.judgements.unjudged, 9)) == news


async def test_a_transition_is_recorded_once_and_given_out_until_it_is_reported(
    written: Ledger,
) -> None:
    await settle(written, Group.A2)
    for _ in range(2):
        await conclude(written, Group.D2, LATER)
    changes = await written.read(store.judgements.unreported, 9)
    assert [(c.code, c.was, c.now, c.because, c.at) for c in changes] == [
        ("1001", None, Group.A2, "because", MONDAY), ("1002", None, Group.A2, "because", MONDAY),
        ("1001", Group.A2, Group.D2, "because", LATER)]
    assert await written.read(store.judgements.unreported, 9) == changes
    await written.write(store.judgements.reported, [changes[0].id, changes[2].id], LATER)
    assert await written.read(store.judgements.unreported, 9) == [changes[1]]
    assert await written.read(store.judgements.unreported, 0) == []


async def test_unknown_at_first_is_no_transition_and_to_become_unknown_is_one(
    written: Ledger,
) -> None:
    await settle(written, Group.UNKNOWN)
    assert not await written.read(store.judgements.unreported, 9)
    await conclude(written, Group.A1)
    await conclude(written, Group.UNKNOWN)
    assert [(c.was, c.now) for c in await written.read(store.judgements.unreported, 9)] == [
        (Group.UNKNOWN, Group.A1), (Group.A1, Group.UNKNOWN)]


async def test_every_listed_agency_is_counted_judged_or_not(written: Ledger) -> None:
    assert await written.read(store.judgements.counts) == {Group.UNKNOWN: 2}
    await conclude(written, Group.A1)
    assert await written.read(store.judgements.counts) == {Group.UNKNOWN: 1, Group.A1: 1}


async def test_a_group_stands_since_it_last_turned(written: Ledger, place: Place) -> None:
    for group, at in ((Group.A2, MONDAY), (Group.A2, LATER), (Group.D2, LATER + HOUR),
                      (Group.D2, LATER + WEEK)):
        await conclude(written, group, at)
    with queries.asking(place) as db:
        assert [row.since for row in queries.listed(db, "D2")] == ["2026-01-12T05:00:00.000+00:00"]
