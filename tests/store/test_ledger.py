"""The ledger's register, and what only a file can promise."""

import asyncio
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from fakes.books import (
    LATER,
    ONE,
    TWO,
    draft,
    settle,
)
from fakes.postgres import REFUSED
from fakes.samples import MONDAY, RULES, agency, fact, register, unannounced
from sarabanwatch import store
from sarabanwatch.core.address import Rules
from sarabanwatch.core.facts.agency import Agency, AgencyKind, Announcement, Status
from sarabanwatch.core.facts.evidence import FactKind as Fact
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.register import Problem
from sarabanwatch.core.returns.mailbox import Cursor
from sarabanwatch.store import FileLedger, Ledger, queries


async def test_an_agency_comes_back_as_it_went_in(ledger: Ledger) -> None:
    whole = Agency("5100101", "ทต.หนึ่ง", AgencyKind.SUBDISTRICT, "ชลบุรี", "กระทรวงมหาดไทย",
                   Status.RAISED, "6100101", " ก \n",
                   Announcement("https://x.test", MONDAY.date(), "อีเมล"))
    await ledger.write(store.register_table.replace, register(whole, unannounced("x")), RULES,
                       MONDAY)
    assert await ledger.read(store.register_table.find, "5100101") == whole
    assert await ledger.read(store.register_table.find, "1001") == unannounced("x")
    assert await ledger.read(store.register_table.find, "9999") is None


async def test_the_same_bytes_are_taken_in_once(ledger: Ledger) -> None:
    assert await ledger.write(store.register_table.replace, register(ONE), RULES, MONDAY)
    assert not await ledger.write(store.register_table.replace, register(ONE), RULES, LATER)
    assert await ledger.write(store.register_table.replace, register(ONE, digest="d2"), RULES,
                              LATER)
    # an older file again is news again
    assert await ledger.write(store.register_table.replace, register(ONE), RULES, LATER)


async def test_an_agency_that_left_the_register_is_unlisted_and_its_letters_are_kept(
    written: Ledger,
) -> None:
    await written.write(store.register_table.replace, register(TWO, digest="d2"), RULES, LATER)
    assert await written.read(store.register_table.find, "1001") is None
    assert await written.read(store.judgements.counts) == {Group.UNKNOWN: 1}
    assert await written.read(store.arrivals.letter, 1) is not None
    assert [case.agency.code for case in await written.read(store.judgements.unjudged,
                                                            9)] == ["1002"]


async def test_rows_in_are_good_rows_and_bad_rows(ledger: Ledger, file: Path) -> None:
    bad = Problem(4, ("x", "", "y"), "the cell is empty", "fill it in")
    await ledger.write(store.register_table.replace, register(ONE, TWO, problems=[bad]), RULES,
                       MONDAY)
    assert await ledger.read(store.judgements.rows) == (2, 1)
    with queries.asking(file) as db:
        assert queries.problems(db) == [
            {"line": 4, "raw": ["x", "", "y"], "problem": "the cell is empty",
             "remedy": "fill it in"}]


async def test_no_register_yet_has_no_rows(ledger: Ledger) -> None:
    assert await ledger.read(store.judgements.rows) == (0, 0)
    assert await ledger.read(store.judgements.counts) == {}


async def test_an_import_is_whole_or_not_at_all(ledger: Ledger) -> None:
    await ledger.write(store.register_table.replace, register(ONE), RULES, MONDAY)
    twice = Problem(4, (), "", "")
    with pytest.raises(REFUSED):
        await ledger.write(store.register_table.replace,
                           register(TWO, problems=[twice, twice], digest="d2"), RULES, LATER)
    assert await ledger.read(store.judgements.rows) == (1, 0)
    assert await ledger.read(store.register_table.find, "1001") == ONE
    assert await ledger.read(store.register_table.find, "1002") is None


async def test_an_import_asks_for_all_to_be_judged(ledger: Ledger) -> None:
    await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
    await settle(ledger)
    assert not await ledger.read(store.judgements.unjudged, 9)
    await ledger.write(store.register_table.replace, register(ONE, TWO, digest="d2"), RULES, LATER)
    assert len(await ledger.read(store.judgements.unjudged, 9)) == 2


async def test_a_step_that_raises_leaves_nothing_and_the_others_of_its_commit_stand(
    written: Ledger,
) -> None:
    def half(db: apsw.Connection) -> None:
        db.execute("DELETE FROM cursor")
        db.execute("INSERT INTO cursor VALUES ('half', 1, 1)")
        raise LookupError("half-way")

    steps = [written.write(store.arrivals.take_in, "INBOX", [], Cursor(1, 1)), written.write(half),
             written.write(store.arrivals.take_in, "Other", [], Cursor(2, 2))]
    done = await asyncio.gather(*steps, return_exceptions=True)
    assert [type(result) for result in done] == [list, LookupError, list]
    assert [await written.read(store.arrivals.cursor, name)
            for name in ("INBOX", "Other", "half")] == [
        Cursor(1, 1), Cursor(2, 2), Cursor(0, 0)]


async def test_many_writers_at_once_lose_nothing(ledger: Ledger) -> None:
    agencies = [agency(f"saraban@a{n}.go.th", str(n)) for n in range(300)]
    await ledger.write(store.register_table.replace, register(*agencies), RULES, MONDAY)
    serials = await asyncio.gather(*(draft(ledger, a) for a in agencies))
    assert sorted(serial for (serial,) in serials) == list(range(1, 301))


async def test_what_is_written_is_there_after_opening_again(file: Path) -> None:
    with closing(FileLedger(file)) as first:
        await first.write(store.register_table.replace, register(ONE), RULES, MONDAY)
        await draft(first, ONE)
        await first.write(store.letters.pick, 1, MONDAY)
    with closing(FileLedger(file)) as second:
        assert await second.write(store.letters.lose, (), fact(Fact.LOST), LATER) == 1
        assert await second.read(store.register_table.find, "1001") == ONE


async def test_a_caller_that_gives_up_does_not_undo_what_was_asked(ledger: Ledger) -> None:
    asked = asyncio.ensure_future(ledger.write(store.register_table.replace, register(ONE), RULES,
                                               MONDAY))
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    # it had been done
    assert not await ledger.write(store.register_table.replace, register(ONE), RULES, MONDAY)


def test_where_there_is_no_file_questions_say_how_to_get_one(file: Path) -> None:
    with pytest.raises(queries.NoLedger, match="register import FILE"), queries.asking(file):
        pass
    assert not file.exists()


async def test_the_address_to_write_to_is_judged_by_the_rules_of_the_day(file: Path) -> None:
    strict = Rules("strict", MONDAY.date(), ("go.th",), frozenset(), frozenset({"one.go.th"}),
                   frozenset())
    with closing(FileLedger(file)) as ledger:
        await ledger.write(store.register_table.replace, register(ONE, TWO), strict, MONDAY)
        assert [c.code for c in await ledger.read(store.candidates.listed, 0)] == ["1002"]
