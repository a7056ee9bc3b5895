import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from fakes.clock import StoppedClock
from fakes.mailroom import (
    CAME,
    MAILS,
    RECEIPT,
    RIDDLE,
    RULEBOOK,
    WEAK_RECEIPT,
    mail,
    opened,
    reading,
    take_in,
    write_to_both,
)
from fakes.samples import HOUR
from sarabanwatch import store
from sarabanwatch.app import life, ruling
from sarabanwatch.app.replay import PAGE, Rereading, replay
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.core.facts.evidence import FactKind as Fact
from sarabanwatch.core.facts.evidence import Reason, in_force
from sarabanwatch.core.facts.token import Key
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.returns.arrival import Arrival, MailKind
from sarabanwatch.core.returns.review import MailVerdict, Ruling
from sarabanwatch.store import Ledger, dossiers, queries

# believes nothing of ours
OTHER_KEY = replace(RULEBOOK, keys={"a": Key("a", b"another secret..", RULEBOOK.keys["a"].until)})
NEXT_DAY = StoppedClock(CAME + 24 * HOUR)

KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from fakes.mailroom import RULEBOOK, opened, reading
from fakes.clock import StoppedClock
from fakes.mailroom import CAME
from sarabanwatch.app.replay import replay

async def main():
    async with opened(Path(sys.argv[1])) as ledger, reading() as reader:
        await replay(ledger=ledger, reader=reader, clock=StoppedClock(CAME), rules=RULEBOOK,
                     tell=lambda read, turns: os.kill(os.getpid(), signal.SIGKILL))

asyncio.run(main())
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
async def ledger(file: Path) -> AsyncIterator[Ledger]:
    async with opened(file) as book:
        await write_to_both(book)
        yield book


async def again(ledger: Ledger, rules: Rulebook = RULEBOOK, *,
                quarantined: bool = False) -> list[Rereading]:
    turned: list[Rereading] = []
    async with reading() as reader:
        await replay(ledger=ledger, reader=reader, clock=NEXT_DAY, rules=rules,
                     quarantined=quarantined, tell=lambda _, turns: turned.extend(turns))
    await life.judge(ledger=ledger, clock=NEXT_DAY, rules=rules)
    return turned


def by_mail(turned: list[Rereading]) -> dict[str, Rereading]:
    return {turn.mail: turn for turn in turned}


async def test_what_was_read_by_the_same_rules_reads_the_same(ledger: Ledger) -> None:
    await take_in(ledger, *MAILS)
    assert await again(ledger) == []


async def test_what_reads_otherwise_is_added_and_judged_and_the_next_replay_finds_nothing(
    ledger: Ledger, file: Path,
) -> None:
    await take_in(ledger, *MAILS, rules=OTHER_KEY)
    turned = by_mail(await again(ledger))
    turn = turned[sha256(RECEIPT).hexdigest()]
    assert (turn.was.refused, turn.was.fact, turn.now.refused) == ("forged", None, "")
    assert turn.now.fact is not None
    assert turn.now.fact.seen_at == CAME          # read as of the day it came
    with queries.asking(file) as db:
        told = dossiers.dossier(db, "1001")
    assert [e.kind for e in in_force(told.letters[0].evidence)].count(Fact.RECEIPT) == 2
    assert (told.changes[-1][1], told.changes[-1][2]) == (Group.UNKNOWN, Group.A1)
    assert await again(ledger) == []


async def test_there_and_back_again_leaves_every_word_and_the_first_judgement(ledger: Ledger,
                                                                              file: Path) -> None:
    await take_in(ledger, RECEIPT)
    assert len(await again(ledger, OTHER_KEY)) == 1
    with queries.asking(file) as db:
        told = dossiers.dossier(db, "1001")
    assert told.group is Group.UNKNOWN
    assert [e.kind for e in told.letters[0].evidence] == [Fact.TAKEN, Fact.RECEIPT, Fact.SET_ASIDE]
    assert len(await again(ledger)) == 1
    with queries.asking(file) as db:
        told = dossiers.dossier(db, "1001")
    assert told.group is Group.A1
    assert len(told.letters[0].evidence) == 4


async def test_a_mail_is_read_as_of_the_day_it_came(ledger: Ledger) -> None:
    await take_in(ledger, WEAK_RECEIPT, RECEIPT)
    await write_to_both(ledger, CAME + 12 * HOUR)        # a later letter to the same address
    # its key has since run out
    late = replace(RULEBOOK, keys={"a": replace(RULEBOOK.keys["a"], until=CAME.date())})
    assert await again(ledger, late) == []


async def test_what_a_person_ruled_stays_as_they_ruled_it(ledger: Ledger) -> None:
    await take_in(ledger, RECEIPT, rules=OTHER_KEY)
    async with reading() as reader:
        kept = await ledger.read(store.rulings.find, sha256(RECEIPT).hexdigest())
        await ruling.rule(kept, Ruling(MailKind.STRANGER, None, "Somsri"), kept.word.serial,
                          ledger=ledger, reader=reader, clock=NEXT_DAY)
    assert await again(ledger) == []
    assert (await ledger.read(store.rulings.find, kept.digest)).word.by == "Somsri"


async def test_the_word_of_our_own_host_counts_once_it_is_configured(ledger: Ledger,
                                                                     file: Path) -> None:
    vouched = mail("ได้รับหนังสือแล้ว เลขรับ 9/2569", to="probes@probe.test",
                   top="Authentication-Results: mx.probe.test; dkim=pass header.d=one.go.th\r\n")
    await take_in(ledger, vouched)
    (turn,) = await again(ledger, replace(RULEBOOK, authserv_id="mx.probe.test"))
    assert (turn.was.waits != "", turn.now.waits) == (True, "")
    with queries.asking(file) as db:
        assert dossiers.dossier(db, "1001").group is Group.A1


async def test_a_signature_that_held_when_the_mail_came_holds_for_good(ledger: Ledger) -> None:
    class Signed:
        async def verified(self, raw: bytes) -> tuple[str, ...]:
            return ("one.go.th",) if raw == WEAK_RECEIPT else ()

    await take_in(ledger, WEAK_RECEIPT, verifier=Signed())
    assert await again(ledger) == []


async def test_a_forged_word_of_our_host_proves_nothing(ledger: Ledger) -> None:
    forged = mail("ได้รับหนังสือแล้ว เลขรับ 9/2569", to="probes@probe.test",
                  top="Authentication-Results: mx.probe.test; dkim=none\r\n"
                      "Received: from evil.test\r\n"
                      "Authentication-Results: mx.probe.test; dkim=pass header.d=one.go.th\r\n")
    await take_in(ledger, forged, rules=replace(RULEBOOK, authserv_id="mx.probe.test"))
    kept = await ledger.read(store.rulings.find, sha256(forged).hexdigest())
    assert kept.word.fact is not None
    assert kept.word.fact.authentic == ""
    assert kept.word.waits == "only the sender's address says that it answers us"


async def test_a_mail_in_quarantine_is_not_read_again_unless_it_is_asked_for(
    ledger: Ledger,
) -> None:
    bomb = b"Subject: x\r\n" * 2000 + b"\r\n"
    await take_in(ledger, bomb)
    assert (await ledger.read(store.rulings.find,
                              sha256(bomb).hexdigest())).word.kind is MailKind.UNREAD

    class Refusing:
        """A reader that must not be asked."""

        async def read(self, raw: bytes):
            raise AssertionError(raw[:20])

    await replay(ledger=ledger, reader=Refusing(), clock=NEXT_DAY, rules=RULEBOOK,
                 tell=lambda *_: None)
    assert await again(ledger, quarantined=True) == []


@pytest.mark.parametrize(("rule", "read"),
                         [("limit: too many parts", 0), ("our own fault: KeyError()", 1)])
async def test_a_mail_that_met_a_fault_of_ours_is_read_again_and_one_that_passed_a_limit_is_not(
    ledger: Ledger, rule: str, read: int,
) -> None:
    await take_in(ledger, RECEIPT)
    unread = MailVerdict(MailKind.UNREAD, rule, None, None, "", "it could not be read", None)
    await ledger.write(store.rulings.lay, {sha256(RECEIPT).hexdigest(): unread}, CAME)
    assert len(await again(ledger)) == read
    assert len(await again(ledger, quarantined=True)) == 1 - read


async def test_what_cannot_be_read_today_takes_nothing_back(ledger: Ledger) -> None:
    await take_in(ledger, RECEIPT)

    class Weary:
        """A reader whose time is always over."""

        async def read(self, raw: bytes):
            del raw
            return Arrival(MailKind.UNREAD, "limit: not read within 2 seconds")

    turned: list[Rereading] = []
    await replay(ledger=ledger, reader=Weary(), clock=NEXT_DAY, rules=RULEBOOK, tell=lambda _,
                 turns: turned.extend(turns))
    assert turned == []


async def test_killed_between_pages_each_page_is_old_or_new_and_a_rerun_finishes(
    file: Path,
) -> None:
    mails = [mail(f"ได้รับหนังสือแล้ว เลขรับ {n}/2569") for n in range(PAGE + 30)]
    async with opened(file) as ledger:
        await write_to_both(ledger)
        await take_in(ledger, *mails, rules=OTHER_KEY)
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, str(file),
                                                 env={"PYTHONPATH": ":".join(sys.path)})
    assert await child.wait() == -signal.SIGKILL
    async with opened(file) as ledger:
        asked = {case.agency.code for case in await ledger.read(store.judgements.unjudged, 9)}
        assert asked == {"1001"}                     # what the first page turned is not forgotten
        assert len(await again(ledger)) == 30
        assert await again(ledger) == []
        everything = await ledger.read(store.rulings.page, "", 2 * PAGE, 1 << 30)
        assert {m.word.kind for m in everything if m.word.fact} == {MailKind.RECEIPT}
        assert all(m.word.fact for m in everything)


async def test_a_persons_reason_reaches_the_fact(ledger: Ledger) -> None:
    await take_in(ledger, RIDDLE)
    async with reading() as reader:
        kept = await ledger.read(store.rulings.find, sha256(RIDDLE).hexdigest())
        serial = await ruling.whose(kept, None, "1001", ledger)
        said = await ruling.rule(kept, Ruling(MailKind.FAILED, Reason.FULL, "Somsri"), serial,
                                 ledger=ledger, reader=reader, clock=NEXT_DAY)
    assert said.fact is not None
    assert (said.serial, said.fact.reason, said.fact.text) == (1, Reason.FULL,
                                                               kept.word.fact.text if kept.word.fact
                                                               else "")
