"""What happened to others, and how its own host answered, while a letter waits: only since it was
first put off."""

from pathlib import Path

import pytest

from fakes.books import LATER, ONE, TWO
from fakes.books import E as Event
from fakes.samples import HOUR, MONDAY, RULES, register, unbound
from sarabanwatch import store
from sarabanwatch.core.sending.plan import Draft
from sarabanwatch.core.sending.probe import TryResult
from sarabanwatch.core.sending.put_off import Meanwhile
from sarabanwatch.core.sending.throttle import HostResponse, ResponseKind
from sarabanwatch.store import Ledger, pacing, queries
from sarabanwatch.store.tx import Args


async def meanwhile(ledger: Ledger, since) -> Meanwhile:
    return await ledger.read(store.pacing.meanwhile, 2, since)


async def test_days_on_which_others_were_taken_count_since_then_and_none_before(
    written: Ledger,
) -> None:
    await written.write(store.letters.pick, 1, MONDAY)
    await written.write(store.letters.outcome, 1, TryResult(Event.TAKEN, None), MONDAY, LATER)
    assert await meanwhile(written, MONDAY) == Meanwhile(frozenset({MONDAY.date()}))
    assert await meanwhile(written, MONDAY + HOUR / 60) == Meanwhile(frozenset())


async def test_that_its_host_refuses_us_counts_since_then_and_not_before(written: Ledger) -> None:
    await written.write(store.letters.pick, 1, MONDAY)
    word = HostResponse("", MONDAY, MONDAY, ResponseKind.BLOCKED, "blocked")
    await written.write(store.letters.outcome, 1, TryResult(Event.REFUSAL, None), MONDAY, LATER,
                        word)
    assert (await meanwhile(written, MONDAY)).refused_us
    assert not (await meanwhile(written, MONDAY + HOUR / 60)).refused_us


async def test_that_another_host_refuses_us_tells_nothing_of_its_own(ledger: Ledger) -> None:
    await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
    drafts = [Draft(a.code, a.cell, LATER, None, host)
              for a, host in ((ONE, "mx.one.test"), (TWO, "mx.two.test"))]
    await ledger.write(store.letters.draft, 0, drafts, unbound, MONDAY)
    await ledger.write(store.letters.pick, 1, MONDAY)
    word = HostResponse("", MONDAY, MONDAY, ResponseKind.BLOCKED, "blocked")
    await ledger.write(store.letters.outcome, 1, TryResult(Event.REFUSAL, None), MONDAY, LATER,
                       word)
    assert not (await meanwhile(ledger, MONDAY)).refused_us


@pytest.mark.parametrize(("sql", "given", "plan"), [
    (pacing.HOSTS, {"now": MONDAY}, "SCAN letter USING INDEX letter_at"),
    (pacing.NEXT_LETTERS.format("AND host NOT IN (?)"),
     ("round", MONDAY, 1, LATER, LATER, "h", 9),
     "SEARCH letter USING INDEX letter_for (purpose=? AND due_at>? AND due_at<?)"),
    (pacing.WAITING, {"now": MONDAY, "purpose": "asked"},
     "SEARCH letter USING INDEX letter_for (purpose=? AND due_at<?)")])
def test_letters_that_may_go_are_found_among_those_that_wait(
    written: Ledger, file: Path, sql: str, given: Args, plan: str,
) -> None:
    with queries.asking(file) as tx:
        steps = [row[3] for row in tx.execute(f"EXPLAIN QUERY PLAN {sql}", given)]
    assert steps[0].replace("COVERING ", "") == plan
