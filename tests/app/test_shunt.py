"""A mail that our code fails at is kept raw for a person, and the next is taken.

An agency that our code fails at holds up no other.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from fakes.post import answer
from fakes.samples import RULES, register
from fakes.watch import MONDAY, ONE, RULEBOOK, TWO, Watch
from sarabanwatch import store
from sarabanwatch.app import life
from sarabanwatch.app.replay import replay
from sarabanwatch.core.errors import NoReader, Unwritable
from sarabanwatch.core.facts.evidence import MatchedBy
from sarabanwatch.core.judging.case import Case
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.returns.arrival import Arrival, Clue, MailKind
from sarabanwatch.core.returns.mailbox import Cursor
from sarabanwatch.edge.reader import ReaderProcess
from sarabanwatch.store import FileLedger, queries, rulings
from sarabanwatch.store.rulings import Waiting

POISON = b"Subject: poison\r\n\r\nof nobody\r\n"
HALF = (b"Subject: =?utf-7?q?+2AA-?=\r\nFrom: x@spam.test\r\n\r\n"
        b"half a character, which UTF-7 can say\r\n")
LONE = Arrival(MailKind.STRANGER, "a rule", subject="\ud800")     # as SQLite takes no text
CLAIMS = Arrival(MailKind.ANSWER, "a rule", clues=(Clue(MatchedBy.SENDER, "\ud800@one.go.test"),))


@dataclass
class Failing:
    """The Reader port: reads as the real one does, but for one mail."""

    reader: ReaderProcess
    reads: Exception | Arrival

    async def read(self, raw: bytes) -> Arrival:
        """Read, or fail as told."""
        if raw != POISON:
            return await self.reader.read(raw)
        if isinstance(self.reads, Exception):
            raise self.reads
        return self.reads


@pytest.fixture
async def watch(tmp_path: Path) -> Iterator[Watch]:
    with closing(FileLedger(tmp_path / "ledger.db")) as ledger:
        await ledger.write(store.register_table.replace, register(ONE, TWO), RULES, MONDAY)
        yield Watch(ledger)


def poisoned(watch: Watch, reads: Exception | Arrival) -> Watch:
    """Have the watch fail at one mail."""
    watch.reader = Failing(watch.reader, reads)  # type: ignore[assignment]  # the port is wider
    return watch


def waiting(file: Path) -> list[Waiting]:
    """Return what `inbox list` would show."""
    with queries.asking(file) as db:
        return list(rulings.waiting(db))


@pytest.mark.parametrize("fails", [
    RecursionError("deep"), ValueError("\ud800\0"), TimeoutError(), LONE, CLAIMS,
], ids=repr)
async def test_a_mail_that_we_fail_at_is_kept_raw_and_those_before_and_behind_it_are_taken(
    watch: Watch, tmp_path: Path, fails: Exception | Arrival,
) -> None:
    one, two = await watch.written()
    await poisoned(watch, fails).receive(answer(one), POISON, answer(two))
    await watch.judge()
    assert await watch.groups() == {Group.A1: 2}
    (kept,) = waiting(tmp_path / "ledger.db")
    assert (kept.kind, kept.waits, kept.subject) == ("unread", "it could not be read", "")
    with queries.asking(tmp_path / "ledger.db") as db:
        assert queries.raw_mail(db, kept.digest) == POISON
        (said,) = rulings.history(db, kept.digest)
        assert said.word.rule.startswith("our own fault: ")
    assert await watch.ledger.read(store.arrivals.cursor, "INBOX") == Cursor(7, 3)
    metrics = watch.journal.registry
    assert metrics.get_sample_value("sarabanwatch_set_aside_total", {"what": "mail"}) == 1


async def test_it_is_counted_once_however_often_it_is_met(watch: Watch) -> None:
    poisoned(watch, KeyError("key"))
    for _ in range(3):
        await watch.receive(POISON)
    assert watch.journal.registry.get_sample_value("sarabanwatch_set_aside_total",
                                                   {"what": "mail"}) == 1


async def test_read_again_once_the_fault_is_mended_it_is_what_it_is(watch: Watch,
                                                                    tmp_path: Path) -> None:
    await poisoned(watch, LONE).receive(POISON)
    reader = ReaderProcess(RULEBOOK.ours, RULEBOOK.refusals)
    await replay(
        ledger=watch.ledger, reader=reader, clock=watch.clock, rules=RULEBOOK, tell=lambda *_: None)
    assert waiting(tmp_path / "ledger.db") == []
    with queries.asking(tmp_path / "ledger.db") as db:
        assert [said.word.kind for said in rulings.history(db, sha256(POISON).hexdigest())] == [
            MailKind.UNREAD, MailKind.STRANGER,
        ]


async def test_where_the_ledger_cannot_be_written_nothing_is_taken_in_and_nothing_is_lost(
    watch: Watch, monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def gone(*_: object) -> None:
        raise Unwritable("the disk is full")

    monkeypatch.setattr(watch.ledger, "write", gone)
    with pytest.raises(Unwritable):
        await watch.receive(POISON)
    assert await watch.ledger.read(store.arrivals.cursor, "INBOX") == Cursor(0, 0)


async def test_where_no_process_can_read_large_mail_none_is_passed_over_and_the_next_try_takes_all(
    watch: Watch,
) -> None:
    one, two = await watch.written()
    read = watch.reader
    poisoned(watch, NoReader("no process can be had"))
    with pytest.raises(NoReader):
        await watch.receive(answer(one), POISON, answer(two))
    assert await watch.ledger.read(store.arrivals.cursor, "INBOX") == Cursor(0, 0)
    watch.reader, watch.uid = read, 0
    await watch.receive(answer(one), POISON, answer(two))
    await watch.judge()
    assert await watch.groups() == {Group.A1: 2}
    assert watch.journal.registry.get_sample_value("sarabanwatch_set_aside_total",
                                                   {"what": "mail"}) == 0


async def test_half_a_character_in_a_mail_is_left_out_of_its_words(watch: Watch,
                                                                   tmp_path: Path) -> None:
    await watch.receive(HALF)
    with queries.asking(tmp_path / "ledger.db") as db:
        assert queries.arrivals(db) == {"stranger": 1}
        assert db.execute("SELECT subject FROM mail").get == ""


async def test_an_agency_that_cannot_be_judged_holds_up_no_other_and_is_reported_each_time(
    watch: Watch, monkeypatch: pytest.MonkeyPatch,
) -> None:
    def weigh(case: Case, *more: object) -> object:
        if case.agency.code == ONE.code:
            raise LookupError("no such rule")
        return weighs(case, *more)

    weighs = life.weigh
    monkeypatch.setattr(life, "weigh", weigh)
    for _ in range(2):
        with pytest.raises(ExceptionGroup, match=r"1001 \(LookupError"):
            await watch.judge()
    assert await watch.groups() == {Group.UNKNOWN: 2}
    assert [case.agency.code for case in await watch.ledger.read(store.judgements.unjudged,
                                                                 9)] == [ONE.code]
    monkeypatch.setattr(life, "weigh", weighs)
    assert await watch.judge() == 1
