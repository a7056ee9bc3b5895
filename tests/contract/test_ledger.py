"""What every ledger promises (ports.Ledger), asked of the one on SQLite; and what only a file can promise."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import count
from pathlib import Path

import apsw
import pytest

from fakes.post import sendable
from fakes.samples import HOUR, KEY, MONDAY, RULES, agency, fact, register, unannounced
from sarabanwatch.core.address import Rules
from sarabanwatch.core.agency import Agency, Announcement, Kind, Status
from sarabanwatch.core.arrival import Arrival
from sarabanwatch.core.arrival import Kind as Mail
from sarabanwatch.core.evidence import Evidence, How, Reason, Sure
from sarabanwatch.core.evidence import Kind as Fact
from sarabanwatch.core.group import Group
from sarabanwatch.core.probe import Event, OutOfTurn, State
from sarabanwatch.core.register import Problem
from sarabanwatch.core.standing import Health, Standing
from sarabanwatch.core.token import mint
from sarabanwatch.core.verdict import Verdict
from sarabanwatch.edge.ledger import SqliteLedger, questions
from sarabanwatch.edge.ledger.schema import MIGRATIONS, TooNew
from sarabanwatch.ports import Case, Cursor, Draft, Judgement, Received, Round

E, S = Event, State
LATER = MONDAY + HOUR
WEEK = timedelta(days=7)
ONE, TWO = agency(), agency("saraban@two.go.th", "1002", name="กรมสอง")
TAKEN = fact(Fact.TAKEN)
ASKED = count()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def ledger(file: Path) -> Iterator[SqliteLedger]:
    with closing(SqliteLedger(file, RULES)) as opened:
        yield opened


@pytest.fixture
async def written(ledger: SqliteLedger) -> SqliteLedger:
    """A ledger of two agencies, a letter (serials 1 and 2) written to each."""
    await ledger.roll.replace(register(ONE, TWO), MONDAY)
    await draft(ledger, ONE, TWO)
    return ledger


async def draft(
    ledger: SqliteLedger, *agencies: Agency, campaign: int = 0, send_by: datetime = MONDAY + WEEK, at: datetime = MONDAY,
) -> Sequence[int]:
    drafts = [Draft(a.code, a.cell, send_by, None) for a in agencies]
    return await ledger.letters.draft(campaign, drafts, partial(mint, key=KEY), at)


async def send(
    ledger: SqliteLedger, serial: int, event: Event = E.TAKEN, seen: Evidence | None = TAKEN, until: datetime = LATER,
) -> State:
    assert await ledger.letters.pick(serial, MONDAY) is not None
    return await ledger.letters.outcome(serial, event, seen, MONDAY, until)


async def evidence(ledger: SqliteLedger, serial: int, when: datetime = MONDAY + 52 * WEEK) -> Sequence[Evidence]:
    return dict(await ledger.letters.overdue(when, 100))[serial]


def mail(text: bytes, serial: int | None = 1, seen: Evidence | None = None, refused: str = "") -> Received:
    digest = sha256(text).hexdigest()
    return Received(text, digest, MONDAY, Arrival(Mail.ANSWER, "a rule", sender="x@one.go.th"), serial, seen, refused)


def judgement(case: Case, group: Group = Group.A2, at: datetime = MONDAY) -> Judgement:
    verdicts = {serial: Verdict.ACCEPTS for serial, _ in case.letters}
    return Judgement(case.agency.code, group, "because", Standing(Health.GOOD, Verdict.ACCEPTS), verdicts, at, case.asked)


async def settle(ledger: SqliteLedger, group: Group = Group.A2, at: datetime = MONDAY) -> None:
    """Judge whatever is unjudged to be of one group."""
    await ledger.judgements.record([judgement(case, group, at) for case in await ledger.judgements.unjudged(100)])


async def conclude(ledger: SqliteLedger, group: Group = Group.A2, at: datetime = MONDAY, verdict: Verdict | None = None) -> None:
    """Ask for the first agency to be judged, and judge it so; with a verdict on its first letter where one is given."""
    await ledger.arrivals.take_in("INBOX", [mail(f"{next(ASKED)}".encode(), seen=fact(Fact.AUTOMATIC))], Cursor(1, 1))
    case = next(case for case in await ledger.judgements.unjudged(9) if case.agency.code == ONE.code)
    told = judgement(case, group, at)
    await ledger.judgements.record([replace(told, verdicts={1: verdict}) if verdict else told])


# --- the roll --------------------------------------------------------------------------------------------------------


async def test_an_agency_comes_back_as_it_went_in(ledger: SqliteLedger) -> None:
    whole = Agency("5100101", "ทต.หนึ่ง", Kind.SUBDISTRICT, "ชลบุรี", "กระทรวงมหาดไทย", Status.RAISED, "6100101", " ก \n",
                   Announcement("https://x.test", MONDAY.date(), "อีเมล"))
    await ledger.roll.replace(register(whole, unannounced("x")), MONDAY)
    assert await ledger.roll.agency("5100101") == whole
    assert await ledger.roll.agency("1001") == unannounced("x")
    assert await ledger.roll.agency("9999") is None


async def test_the_same_bytes_are_taken_in_once(ledger: SqliteLedger) -> None:
    assert await ledger.roll.replace(register(ONE), MONDAY)
    assert not await ledger.roll.replace(register(ONE), LATER)
    assert await ledger.roll.replace(register(ONE, digest="d2"), LATER)
    assert await ledger.roll.replace(register(ONE), LATER)      # an older file again is news again


async def test_an_agency_that_left_the_register_is_unlisted_and_its_letters_are_kept(written: SqliteLedger) -> None:
    await written.roll.replace(register(TWO, digest="d2"), LATER)
    assert await written.roll.agency("1001") is None
    assert await written.judgements.counts() == {Group.UNKNOWN: 1}
    assert await written.arrivals.owner(1) == ("1001", "saraban@one.go.th")
    assert [case.agency.code for case in await written.judgements.unjudged(9)] == ["1002"]


async def test_rows_in_are_good_rows_and_bad_rows(ledger: SqliteLedger, file: Path) -> None:
    bad = Problem(4, ("x", "", "y"), "the cell is empty", "fill it in")
    await ledger.roll.replace(register(ONE, TWO, problems=[bad]), MONDAY)
    assert await ledger.judgements.rows() == (2, 1)
    with questions.asking(file) as db:
        assert questions.problems(db) == [
            {"line": 4, "raw": ["x", "", "y"], "problem": "the cell is empty", "remedy": "fill it in"}]


async def test_no_register_yet_has_no_rows(ledger: SqliteLedger) -> None:
    assert await ledger.judgements.rows() == (0, 0)
    assert await ledger.judgements.counts() == {}


async def test_an_import_is_whole_or_not_at_all(ledger: SqliteLedger) -> None:
    await ledger.roll.replace(register(ONE), MONDAY)
    twice = Problem(4, (), "", "")
    with pytest.raises(apsw.ConstraintError):
        await ledger.roll.replace(register(TWO, problems=[twice, twice], digest="d2"), LATER)
    assert await ledger.judgements.rows() == (1, 0)
    assert await ledger.roll.agency("1001") == ONE
    assert await ledger.roll.agency("1002") is None


async def test_an_import_asks_for_all_to_be_judged(ledger: SqliteLedger) -> None:
    await ledger.roll.replace(register(ONE, TWO), MONDAY)
    await settle(ledger)
    assert not await ledger.judgements.unjudged(9)
    await ledger.roll.replace(register(ONE, TWO, digest="d2"), LATER)
    assert len(await ledger.judgements.unjudged(9)) == 2


# --- letters ---------------------------------------------------------------------------------------------------------


async def test_agencies_are_candidates_by_code_and_in_pages(ledger: SqliteLedger) -> None:
    await ledger.roll.replace(register(TWO, ONE, agency("", "1003")), MONDAY)
    page = await ledger.letters.candidates(0, "", 1)
    assert [(c.code, c.address, c.sent) for c in page] == [("1001", "saraban@one.go.th", None)]
    assert [c.code for c in await ledger.letters.candidates(0, page[-1].key, 9)] == ["1002"]      # 1003 has no address


async def test_a_letter_is_drafted_with_the_next_serial_and_its_mark(written: SqliteLedger) -> None:
    assert await draft(written, ONE, campaign=1) == [3]
    picked = await written.letters.pick(3, MONDAY)
    assert picked is not None
    letter, first_try = picked
    assert (letter.serial, letter.token, letter.code, letter.name, letter.address, letter.drafted_at, first_try) == (
        3, mint(3, KEY), "1001", "กรมหนึ่ง", "saraban@one.go.th", MONDAY, MONDAY)


async def test_drafts_are_written_all_or_none(written: SqliteLedger) -> None:
    def fails_at_four(serial: int) -> str:
        return mint(serial, KEY) if serial < 4 else str(1 / 0)

    drafts = [Draft(a.code, a.cell, MONDAY + WEEK, None) for a in (ONE, TWO)]
    with pytest.raises(ZeroDivisionError):
        await written.letters.draft(1, drafts, fails_at_four, MONDAY)
    assert (await written.letters.round(0, 6)).pending == 2


async def test_a_letter_under_way_is_nobodys_candidate_and_one_that_decided_nothing_is(written: SqliteLedger) -> None:
    assert not await written.letters.candidates(0, "", 9)
    assert len(await written.letters.candidates(1, "", 9)) == 2
    await send(written, 1)
    await written.letters.close([(1, None)], LATER)
    for verdict, again in ((Verdict.UNKNOWN, True), (Verdict.BLOCKS_US, True), (Verdict.WITHHELD, True),
                           (Verdict.ACCEPTS, False), (Verdict.REFUSES, False)):
        await conclude(written, verdict=verdict)
        assert bool(await written.letters.candidates(0, "", 9)) == again, verdict


async def test_a_letter_to_an_address_that_the_register_no_longer_gives_is_held_and_another_is_due(written: SqliteLedger) -> None:
    await send(written, 2, E.LATER, None)
    moved = [replace(a, cell=f"saraban@new{a.code}.go.th") for a in (ONE, TWO)]
    await written.roll.replace(register(*moved, digest="d2"), MONDAY)
    assert [await written.letters.pick(serial, LATER) for serial in (1, 2)] == [None, None]
    assert await sendable(written, LATER, 9, ()) == []
    assert [(e.kind, e.said) for e in await evidence(written, 1)] == [(Fact.HELD, "the register gives another address now")]
    assert [c.address for c in await written.letters.candidates(0, "", 9)] == ["saraban@new1001.go.th", "saraban@new1002.go.th"]
    counted = await written.letters.round(0, 6)
    assert (counted.planned, counted.held, counted.pending) == (2, 2, 0)


async def test_a_letter_to_an_agency_that_is_listed_no_more_is_held(written: SqliteLedger) -> None:
    await written.roll.replace(register(TWO, digest="d2"), MONDAY)
    assert await written.letters.pick(1, MONDAY) is None
    assert await sendable(written, MONDAY, 9, ()) == [2]


async def test_a_candidate_tells_its_last_letter_and_counts_those_that_may_have_left(written: SqliteLedger) -> None:
    await written.letters.outcome(1, E.TOO_LATE, fact(Fact.HELD), MONDAY, MONDAY)
    await written.letters.close([(1, None)], MONDAY)
    await conclude(written, verdict=Verdict.UNKNOWN)
    (candidate,) = await written.letters.candidates(0, "", 9)
    assert candidate.sent is not None
    assert (candidate.sent.serial, candidate.sent.state, candidate.sent.verdict, candidate.sent.letters) == (
        1, S.CLOSED, Verdict.UNKNOWN, 0)        # a held one never left us


async def test_letters_may_be_sent_when_due_and_not_after_their_time(written: SqliteLedger) -> None:
    letters = written.letters
    assert await sendable(written, MONDAY - HOUR, 9, ()) == []
    assert await sendable(written, MONDAY, 9, ()) == [1, 2]
    assert await sendable(written, MONDAY, 1, ()) == [1]
    assert await sendable(written, MONDAY, 1, [1]) == [2]
    assert await sendable(written, MONDAY + WEEK, 9, ()) == []
    assert await letters.unsent_by(MONDAY + WEEK - HOUR) == []
    assert await letters.unsent_by(MONDAY + WEEK) == [(1, []), (2, [])]


async def test_a_letter_picked_is_not_picked_twice(written: SqliteLedger) -> None:
    picked = await asyncio.gather(*(written.letters.pick(1, MONDAY) for _ in range(20)))
    assert sum(one is not None for one in picked) == 1
    assert await sendable(written, MONDAY, 9, ()) == [2]
    assert await written.letters.half_sent() == [1]


async def test_a_letter_is_not_picked_after_its_time_or_where_there_is_none(written: SqliteLedger) -> None:
    assert await written.letters.pick(1, MONDAY + WEEK) is None
    assert await written.letters.pick(99, MONDAY) is None
    assert (await written.letters.round(0, 6)).pending == 2


@pytest.mark.parametrize(("event", "state"), [(E.TAKEN, S.ACCEPTED), (E.REFUSAL, S.REFUSED), (E.LOST, S.DOUBTFUL)])
async def test_a_letter_that_left_is_never_sent_again(written: SqliteLedger, event: Event, state: State) -> None:
    assert await send(written, 1, event) is state
    assert await written.letters.pick(1, MONDAY) is None
    assert await sendable(written, MONDAY + HOUR, 9, ()) == [2]
    assert await written.letters.half_sent() == []
    with pytest.raises(OutOfTurn):
        await written.letters.outcome(1, E.TAKEN, None, MONDAY, LATER)


async def test_a_deferred_letter_waits_and_remembers_its_first_try(written: SqliteLedger) -> None:
    assert await send(written, 1, E.LATER, None) is S.DEFERRED
    assert (await written.letters.round(0, 6)).pending == 2
    assert await sendable(written, LATER - timedelta(seconds=1), 9, ()) == [2]
    assert await sendable(written, LATER, 9, ()) == [2, 1]
    picked = await written.letters.pick(1, LATER)
    assert picked is not None
    assert picked[1] == MONDAY


async def test_what_is_found_half_sent_can_be_put_in_doubt(written: SqliteLedger) -> None:
    await written.letters.pick(1, MONDAY)
    assert await written.letters.outcome(1, E.LOST, fact(Fact.LOST), LATER, LATER + HOUR) is S.DOUBTFUL
    assert await written.letters.half_sent() == []
    assert [e.kind for e in await evidence(written, 1)] == [Fact.LOST]


async def test_windows_end_in_their_order_and_closed_ones_are_over(written: SqliteLedger) -> None:
    await send(written, 2, until=LATER)
    await send(written, 1, until=LATER + HOUR)
    assert await written.letters.overdue(LATER - HOUR, 9) == []
    assert [serial for serial, _ in await written.letters.overdue(LATER + HOUR, 9)] == [2, 1]
    assert [serial for serial, _ in await written.letters.overdue(LATER + HOUR, 1)] == [2]
    await written.letters.close([(2, fact(Fact.QUIET)), (1, None)], LATER + HOUR)
    assert await written.letters.overdue(LATER + WEEK, 9) == []
    with pytest.raises(OutOfTurn):
        await written.letters.close([(1, None)], LATER)


async def test_a_closed_window_asks_for_a_judgement_whether_or_not_silence_says_anything(written: SqliteLedger) -> None:
    await settle(written)
    await send(written, 1)
    assert not await written.judgements.unjudged(9)     # to be taken is no news
    await written.letters.close([(1, None)], LATER)
    assert [case.agency.code for case in await written.judgements.unjudged(9)] == ["1001"]


async def test_a_round_counts_every_letter_once(written: SqliteLedger) -> None:
    assert await written.letters.round(0, 6) == Round(2, 0, 0, 0, 2, 0, 0, 2)
    assert await written.letters.round(1, 6) == Round(0, 0, 0, 0, 0, 0, 2, 2)
    await draft(written, ONE, TWO, ONE)
    await send(written, 1)
    await send(written, 2, E.REFUSAL)
    await send(written, 3, E.LOST)
    await send(written, 4, E.LATER)
    await written.letters.outcome(5, E.TOO_LATE, None, MONDAY, MONDAY)
    await written.letters.close([(1, None)], LATER)
    await settle(written)
    counted = await written.letters.round(0, 6)
    assert counted == Round(planned=5, sent=2, doubtful=1, held=1, pending=1, open=3, undrafted=0, unjudged=0)
    assert counted.planned == counted.sent + counted.doubtful + counted.held + counted.pending
    assert not counted.over


async def test_a_round_is_over_when_nothing_is_left_to_do_in_it(written: SqliteLedger) -> None:
    for serial in (1, 2):
        await send(written, serial)
        await written.letters.close([(serial, fact(Fact.QUIET))], LATER)
    assert not (await written.letters.round(0, 6)).over     # not judged yet
    await settle(written)
    assert (await written.letters.round(0, 6)).over
    assert not (await written.letters.round(1, 6)).over     # not begun
    await conclude(written, verdict=Verdict.UNKNOWN)
    assert (await written.letters.round(0, 6)).undrafted == 1
    assert (await written.letters.round(0, 1)).over         # no more letters than the policy allows


# --- arrivals --------------------------------------------------------------------------------------------------------


async def test_a_mailbox_never_read_stands_at_its_beginning(ledger: SqliteLedger) -> None:
    assert await ledger.arrivals.cursor("INBOX") == Cursor(0, 0)


async def test_each_mail_is_kept_once_and_the_cursor_moves(written: SqliteLedger, file: Path) -> None:
    mails = [mail(b"one"), mail(b"two", None), mail(b"one")]
    assert await written.arrivals.take_in("INBOX", mails, Cursor(5, 12)) == [True, True, False]
    assert await written.arrivals.take_in("INBOX", mails[:1], Cursor(6, 1)) == [False]
    assert await written.arrivals.cursor("INBOX") == Cursor(6, 1)
    assert await written.arrivals.cursor("Other") == Cursor(0, 0)
    with questions.asking(file) as db:
        assert questions.raw_mail(db, mails[1].digest[:12]) == b"two"
        assert questions.arrivals(db) == {"answer": 2}


async def test_a_mail_read_again_testifies_once(written: SqliteLedger) -> None:
    await send(written, 1)
    answered = mail(b"one", seen=fact(Fact.ANSWERED))
    for uid in (1, 2):
        await written.arrivals.take_in("INBOX", [answered, answered], Cursor(1, uid))
    assert [e.kind for e in await evidence(written, 1)] == [Fact.TAKEN, Fact.ANSWERED]


async def test_mail_evidence_and_cursor_reach_the_disk_together_or_not_at_all(written: SqliteLedger, file: Path) -> None:
    await send(written, 1)
    broken = mail(b"two", serial=99, seen=fact(Fact.ANSWERED))       # of a letter that was never written
    with pytest.raises(apsw.ConstraintError):
        await written.arrivals.take_in("INBOX", [mail(b"one", seen=fact(Fact.ANSWERED)), broken], Cursor(1, 9))
    assert await written.arrivals.cursor("INBOX") == Cursor(0, 0)
    assert [e.kind for e in await evidence(written, 1)] == [Fact.TAKEN]
    with questions.asking(file) as db:
        assert questions.arrivals(db) == {}


async def test_every_field_of_a_fact_comes_back(written: SqliteLedger) -> None:
    whole = Evidence(Fact.BOUNCED, MONDAY, 550, "5.1.1", "ไม่มี ' ; --", Reason.NO_MAILBOX, "row", "mx.test", "๑๒/๒๕๖๙",
                     How.ENVID, Sure.LIKELY, "digest")
    await send(written, 1, E.REFUSAL, whole)
    assert await evidence(written, 1) == [whole]


async def test_a_mail_finds_its_owner_by_serial_and_by_the_last_letter_that_left(written: SqliteLedger) -> None:
    assert await written.arrivals.owner(2) == ("1002", "saraban@two.go.th")
    assert await written.arrivals.owner(99) is None
    assert await written.arrivals.last_letter_to("saraban@one.go.th", LATER) is None      # drafted, and still here
    await draft(written, ONE, ONE)
    await send(written, 1)
    await send(written, 3)
    assert await written.arrivals.last_letter_to("saraban@one.go.th", LATER) == 3
    assert await written.arrivals.last_letter_to("saraban@one.go.th", MONDAY - HOUR) is None    # neither had left by then
    assert await written.arrivals.last_letter_to("nobody@one.go.th", LATER) is None


@pytest.mark.parametrize("sql", ["UPDATE evidence SET said = 'x'", "DELETE FROM evidence", "UPDATE mail SET kind = 'x'"])
async def test_facts_can_be_added_and_never_changed(written: SqliteLedger, file: Path, sql: str) -> None:
    await send(written, 1)
    await written.arrivals.take_in("INBOX", [mail(b"one")], Cursor(1, 1))
    with closing(apsw.Connection(str(file))) as db, pytest.raises(apsw.ConstraintError, match="append-only"):
        db.execute(sql)


# --- judgements ------------------------------------------------------------------------------------------------------


async def test_a_case_has_every_letter_to_the_present_address_and_no_other(written: SqliteLedger) -> None:
    await send(written, 1)
    moved = replace(ONE, cell="saraban@new.go.th")
    await written.roll.replace(register(moved, digest="d2"), LATER)
    await draft(written, moved, at=LATER)
    (case,) = await written.judgements.unjudged(9)
    assert (case.agency, [serial for serial, _ in case.letters], case.was) == (moved, [3], None)
    await written.roll.replace(register(ONE, digest="d3"), LATER)
    (case,) = await written.judgements.unjudged(9)
    assert list(case.letters) == []         # declared anew: a new line of evidence
    await written.roll.restore(1, LATER + HOUR)
    case, _ = await written.judgements.unjudged(9)
    assert [(serial, [e.kind for e in seen]) for serial, seen in case.letters] == [(1, [Fact.TAKEN])]   # never left


async def test_a_fact_that_comes_while_judging_is_not_lost(written: SqliteLedger) -> None:
    await settle(written)
    await send(written, 1, E.REFUSAL, fact(Fact.REFUSED, Reason.FULL))
    (case,) = await written.judgements.unjudged(9)
    await written.arrivals.take_in("INBOX", [mail(b"one", seen=fact(Fact.ANSWERED))], Cursor(1, 1))
    await written.judgements.record([judgement(case, Group.D3)])
    assert Group.D3 not in await written.judgements.counts()    # of an older case than is asked for
    (again,) = await written.judgements.unjudged(9)
    assert [e.kind for e in again.letters[0][1]] == [Fact.REFUSED, Fact.ANSWERED]
    await written.judgements.record([judgement(again)])
    assert not await written.judgements.unjudged(9)


async def test_a_judgement_that_comes_after_another_of_the_same_case_is_not_written_over_it(written: SqliteLedger) -> None:
    (case, _) = await written.judgements.unjudged(9)
    for group in (Group.A1, Group.D2):
        await written.judgements.record([judgement(case, group)])
    assert await written.judgements.counts() == {Group.A1: 1, Group.UNKNOWN: 1}


@pytest.mark.parametrize("kind", Fact)
async def test_only_news_asks_for_a_judgement(written: SqliteLedger, kind: Fact) -> None:
    await settle(written)
    await send(written, 1, E.TAKEN, fact(kind))
    news = kind not in {Fact.PUT_OFF, Fact.TAKEN, Fact.DELAYED, Fact.DELIVERED}
    assert bool(await written.judgements.unjudged(9)) == news


async def test_a_turn_is_recorded_once_and_told_until_it_is_marked_told(written: SqliteLedger) -> None:
    await settle(written, Group.A2)
    for _ in range(2):
        await conclude(written, Group.D2, LATER)
    changes = await written.judgements.untold(9)
    assert [(c.code, c.was, c.now, c.because, c.at) for c in changes] == [
        ("1001", None, Group.A2, "because", MONDAY), ("1002", None, Group.A2, "because", MONDAY),
        ("1001", Group.A2, Group.D2, "because", LATER)]
    assert await written.judgements.untold(9) == changes
    await written.judgements.told([changes[0].id, changes[2].id], LATER)
    assert await written.judgements.untold(9) == [changes[1]]
    assert await written.judgements.untold(0) == []


async def test_to_be_unknown_at_first_is_no_turn_and_to_become_unknown_is(written: SqliteLedger) -> None:
    await settle(written, Group.UNKNOWN)
    assert not await written.judgements.untold(9)
    await conclude(written, Group.A1)
    await conclude(written, Group.UNKNOWN)
    assert [(c.was, c.now) for c in await written.judgements.untold(9)] == [
        (Group.UNKNOWN, Group.A1), (Group.A1, Group.UNKNOWN)]


async def test_every_listed_agency_is_counted_judged_or_not(written: SqliteLedger) -> None:
    assert await written.judgements.counts() == {Group.UNKNOWN: 2}
    await conclude(written, Group.A1)
    assert await written.judgements.counts() == {Group.UNKNOWN: 1, Group.A1: 1}


async def test_a_group_stands_since_it_last_turned(written: SqliteLedger, file: Path) -> None:
    for group, at in ((Group.A2, MONDAY), (Group.A2, LATER), (Group.D2, LATER + HOUR), (Group.D2, LATER + WEEK)):
        await conclude(written, group, at)
    with questions.asking(file) as db:
        assert [row.since for row in questions.listed(db, "D2")] == ["2026-01-12T05:00:00.000+00:00"]


# --- the file --------------------------------------------------------------------------------------------------------


async def test_a_step_that_raises_leaves_nothing_and_the_others_of_its_commit_stand(written: SqliteLedger) -> None:
    def half(db: apsw.Connection) -> None:
        db.execute("DELETE FROM cursor")
        db.execute("INSERT INTO cursor VALUES ('half', 1, 1)")
        raise LookupError("half-way")

    steps = [written.arrivals.take_in("INBOX", [], Cursor(1, 1)), written._pen.write(half),
             written.arrivals.take_in("Other", [], Cursor(2, 2))]
    done = await asyncio.gather(*steps, return_exceptions=True)
    assert [type(result) for result in done] == [list, LookupError, list]
    assert [await written.arrivals.cursor(name) for name in ("INBOX", "Other", "half")] == [
        Cursor(1, 1), Cursor(2, 2), Cursor(0, 0)]


async def test_many_writers_at_once_lose_nothing(ledger: SqliteLedger) -> None:
    agencies = [agency(f"saraban@a{n}.go.th", str(n)) for n in range(300)]
    await ledger.roll.replace(register(*agencies), MONDAY)
    serials = await asyncio.gather(*(draft(ledger, a) for a in agencies))
    assert sorted(serial for (serial,) in serials) == list(range(1, 301))


async def test_what_is_written_is_there_after_opening_again(file: Path) -> None:
    with closing(SqliteLedger(file, RULES)) as first:
        await first.roll.replace(register(ONE), MONDAY)
        await draft(first, ONE)
        await first.letters.pick(1, MONDAY)
    with closing(SqliteLedger(file, RULES)) as second:
        assert await second.letters.half_sent() == [1]
        assert await second.roll.agency("1001") == ONE


async def test_a_caller_that_gives_up_does_not_undo_what_was_asked(ledger: SqliteLedger) -> None:
    asked = asyncio.ensure_future(ledger.roll.replace(register(ONE), MONDAY))
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert not await ledger.roll.replace(register(ONE), MONDAY)     # it had been done


def test_a_file_of_a_newer_schema_is_refused_and_left_alone(file: Path) -> None:
    SqliteLedger(file, RULES).close()
    with closing(apsw.Connection(str(file))) as db:
        db.pragma("user_version", len(MIGRATIONS) + 1)
    for use in (lambda: SqliteLedger(file, RULES), lambda: questions.asking(file).__enter__()):
        with pytest.raises(TooNew, match="install the newer version"):
            use()
    with closing(apsw.Connection(str(file))) as db:
        assert db.pragma("user_version") == len(MIGRATIONS) + 1


def test_where_there_is_no_file_questions_say_how_to_get_one(file: Path) -> None:
    with pytest.raises(questions.NoLedger, match="register import FILE"), questions.asking(file):
        pass
    assert not file.exists()


async def test_the_address_to_write_to_is_judged_by_the_rules_of_the_day(file: Path) -> None:
    strict = Rules("strict", MONDAY.date(), ("go.th",), frozenset(), frozenset({"one.go.th"}), frozenset())
    with closing(SqliteLedger(file, strict)) as ledger:
        await ledger.roll.replace(register(ONE, TWO), MONDAY)
        assert [c.code for c in await ledger.letters.candidates(0, "", 9)] == ["1002"]
