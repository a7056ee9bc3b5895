"""An agency that opted out gets no letter and no catch-all probe until its last day is over."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import apsw
import pytest

from fakes.clock import StoppedClock
from fakes.mailroom import RULEBOOK, opened
from fakes.post import EvenChance, Relay
from fakes.samples import MONDAY, POLICY, RULES, agency, register
from sarabanwatch import store
from sarabanwatch.app import life, rounds
from sarabanwatch.app.catch_all_probes import probe_domains
from sarabanwatch.app.life import Outlet
from sarabanwatch.core.errors import RequestError
from sarabanwatch.core.facts.evidence import Evidence, FactKind
from sarabanwatch.core.policy import CatchAllSection
from sarabanwatch.core.sending.probe import Event, TryResult
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.store import Ledger, dossiers, opt_outs, queries

ONE, TWO, SAME = agency(), agency("saraban@two.go.th", "1002"), agency("saraban_3@two.go.th",
                                                                       "1003")
LIVE = replace(RULEBOOK, policy=replace(POLICY, live=True, catch_all=CatchAllSection(test=True)))
DAY = timedelta(days=1)
CLOCK = StoppedClock(MONDAY)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
async def ledger(file: Path) -> AsyncIterator[Ledger]:
    async with opened(file) as made:
        await made.write(store.register_table.replace, register(ONE, TWO, SAME), RULES, MONDAY)
        yield made


async def draft(ledger: Ledger, days: int = 0) -> int:
    clock = StoppedClock(MONDAY + days * DAY)
    parts = {"ledger": ledger, "clock": clock, "rules": LIVE, "journal": MetricJournal(clock)}
    await rounds.turn(**parts)
    return await life.draft(**parts)


async def test_no_letter_is_written_to_it_and_the_round_does_not_wait_for_it(
    ledger: Ledger,
) -> None:
    await ledger.write(store.opt_outs.add, "1001", None, "สมชาย", "หนังสือ ลว. ๑", MONDAY)
    assert await draft(ledger) == 2
    number = POLICY.campaign.timetable.slot(MONDAY).id
    assert (await ledger.read(store.letters.round_of, number,
                              POLICY.campaign.letters_at_most)).undrafted == 0


async def test_a_letter_that_waits_for_it_is_held(ledger: Ledger) -> None:
    await draft(ledger)
    await ledger.write(store.opt_outs.add, "1001", None, "สมชาย", "โทรศัพท์", MONDAY)
    relay = Relay()
    for serial in (1, 2, 3):
        await life.send(serial, Outlet(relay, EvenChance()), ledger=ledger, clock=CLOCK, rules=LIVE,
                        journal=MetricJournal(CLOCK))
    assert [out.to for out in relay.letters] == [TWO.cell, SAME.cell]


async def test_its_last_day_counts_and_the_day_after_letters_go_again(ledger: Ledger,
                                                                      file: Path) -> None:
    await ledger.write(store.opt_outs.add, "1001", date(2026, 1, 13), "สมชาย", "ย้ายระบบ", MONDAY)
    assert await draft(ledger, days=1) == 2
    assert await draft(ledger, days=2) == 1
    with queries.asking(file) as db:
        assert list(opt_outs.listed(db)) == []
        (gone,) = opt_outs.listed(db, ended=True)
        assert (gone.code, gone.until, gone.ended_by, gone.ended_why) == ("1001", "2026-01-13", "",
                                                                          "its last day is over")


async def test_an_opt_out_is_ended_by_name_and_stays_in_the_ledger(ledger: Ledger,
                                                                   file: Path) -> None:
    await ledger.write(store.opt_outs.add, "1001", None, "สมชาย", "โทรศัพท์", MONDAY)
    with pytest.raises(RequestError, match=r"since 2026-01-12 \d\d:\d\d \+07 by สมชาย"):
        await ledger.write(store.opt_outs.add, "1001", None, "สมหญิง", "", MONDAY)
    await ledger.write(store.opt_outs.end, "1001", "สมหญิง", "ขอให้ทดสอบอีก", MONDAY + DAY)
    with pytest.raises(RequestError, match="no opt-out that stands"):
        await ledger.write(store.opt_outs.end, "1001", "สมหญิง", "", MONDAY + DAY)
    await ledger.write(store.opt_outs.add, "1001", None, "สมชาย", "อีกครั้ง", MONDAY + 2 * DAY)
    with queries.asking(file) as db:
        assert [(opt_out.why, opt_out.ended_by)
                for opt_out in opt_outs.listed(db, ended=True)] == [("โทรศัพท์", "สมหญิง"),
                                                               ("อีกครั้ง", "")]
        assert dossiers.dossier(db, "1001").opt_out == opt_outs.of(db, "1001")
    with pytest.raises(apsw.ConstraintError, match="append-only"):
        await ledger.write(lambda db: db.execute("DELETE FROM opt_out"))


async def test_its_domain_gets_no_catch_all_probe_though_another_agency_there_may_have_letters(
    ledger: Ledger,
) -> None:
    await draft(ledger)
    for serial in (1, 2, 3):
        await ledger.write(store.letters.pick, serial, MONDAY)
        await ledger.write(store.letters.outcome, serial,
                           TryResult(Event.TAKEN, Evidence(FactKind.TAKEN, MONDAY)), MONDAY,
                           MONDAY + DAY)
        await ledger.write(store.letters.close, [(serial, Evidence(FactKind.QUIET, MONDAY + DAY))],
                           MONDAY + DAY)
    await life.judge(ledger=ledger, clock=CLOCK, rules=LIVE)
    await ledger.write(store.opt_outs.add, "1003", None, "สมชาย", "โทรศัพท์", MONDAY)
    clock = StoppedClock(MONDAY + DAY)
    written = await probe_domains(ledger=ledger, clock=clock, rules=LIVE,
                                  journal=MetricJournal(clock))
    assert written == 1
    await ledger.write(store.opt_outs.add, "1001", None, "สมชาย", "โทรศัพท์", MONDAY)
    assert await ledger.write(store.letters.pick, 4, MONDAY + DAY) is None
