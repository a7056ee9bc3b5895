from collections import deque
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from fakes.census import CUT, row, snapshot
from fakes.clock import StoppedClock
from fakes.post import LATER, LOST, NO_USER, TAKEN, Relay
from fakes.samples import MONDAY, POLICY, REFUSALS, paced
from sarabanwatch import store
from sarabanwatch.app.dispatcher import Dispatcher
from sarabanwatch.app.notices import (
    BARRED,
    BEFORE,
    OPTED_OUT,
    PATIENCE,
    WAITS,
    Addressed,
    NoticeRun,
    minutes,
    send,
)
from sarabanwatch.core.papers.notice import Going
from sarabanwatch.core.papers.snapshot import seal
from sarabanwatch.core.sending.pace import Limits, PaceSection
from sarabanwatch.core.sending.reply import Answer, Stage
from sarabanwatch.store import FileLedger, Ledger, queries, snapshots

NOTICES = [Addressed(Going(str(n), f"saraban@x{n}.go.test", "E", "mx.go.test"),
                     lambda: b"Subject: x\r\n\r\nx\r\n") for n in range(4)]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(FileLedger(tmp_path / "ledger.db")) as opened:
        yield opened


async def sent(
    ledger: Ledger, relay: Relay, notices: list[Addressed] = NOTICES, *, live: bool = False,
    pace: PaceSection | None = None, clock: StoppedClock | None = None,
) -> dict[str, str]:
    number = await ledger.write(store.snapshots.keep, *seal(snapshot(row("0", "E"))), CUT, 0,
                                MONDAY)
    post = NoticeRun(number, "สมชาย", "probes@probe.test", relay, REFUSALS)
    going = send(notices, post, ledger=ledger, clock=clock or StoppedClock(MONDAY),
                 policy=replace(POLICY, live=live), pace=pace or paced())
    return {code: became async for code, became in going}


async def test_each_goes_once_whatever_became_of_it_but_for_later(ledger: Ledger,
                                                                  tmp_path: Path) -> None:
    relay = Relay(deque([LATER, LOST, NO_USER]))
    assert await sent(ledger, relay) == {"0": "later", "1": "lost", "2": "refusal", "3": "taken"}
    assert await sent(ledger, relay) == {"0": "taken", "1": BEFORE, "2": BEFORE, "3": BEFORE}
    assert [out.to for out in relay.letters] == [n.going.address for n in (*NOTICES, NOTICES[0])]
    with queries.asking(tmp_path / "ledger.db") as db:
        assert [(n.code, n.event, n.reply, n.by) for n in snapshots.notices(db)] == [
            ("0", "taken", "taken", "สมชาย"), ("1", "lost", "connection lost", "สมชาย"),
            ("2", "refusal", "no such user", "สมชาย"), ("3", "taken", "taken", "สมชาย")]


async def test_nothing_goes_to_a_real_domain_unless_live(ledger: Ledger, tmp_path: Path) -> None:
    real, relay = [Addressed(Going("9", "saraban@nine.go.th", "E", "nine.go.th"),
                             lambda: b"x\r\n")], Relay()
    assert await sent(ledger, relay, real) == {"9": BARRED}
    assert relay.letters == []
    with queries.asking(tmp_path / "ledger.db") as db:
        assert list(snapshots.notices(db)) == []
    assert await sent(ledger, relay, real, live=True) == {"9": "taken"}


async def test_a_mail_host_gets_so_many_a_minute_and_a_day_whoever_wrote_before(
    ledger: Ledger,
) -> None:
    relay, clock = Relay(), StoppedClock(MONDAY)
    other = Addressed(Going("9", "saraban@nine.go.test", "E", "nine.go.test"),
                      lambda: b"x\r\n")
    gentle = paced(any_host=Limits(a_minute=2, a_day=3), in_all=Limits(a_minute=60))
    assert await sent(ledger, relay, [*NOTICES, other], pace=gentle, clock=clock) == {
        "0": "taken", "1": "taken", "2": "taken", "3": WAITS, "9": "taken"}
    assert [out.to for out in relay.letters] == [NOTICES[n].going.address for n in (0, 1)] + [
        other.going.address, NOTICES[2].going.address]
    assert clock.at - MONDAY > PATIENCE
    clock.at += timedelta(days=1)
    assert (await sent(ledger, relay, pace=gentle, clock=clock))["3"] == "taken"


async def test_the_daemon_counts_notices_and_hears_what_is_said_to_them(ledger: Ledger) -> None:
    too_many = Answer(Stage.CONNECT, 421, "4.7.0", "too many connections")
    await sent(ledger, Relay(deque([TAKEN, too_many])), NOTICES[:2])
    dispatcher = Dispatcher(paced(), POLICY)
    await dispatcher.learn(ledger, MONDAY)
    assert len(dispatcher.of("mx.go.test").left) == 2
    assert dispatcher.slowed(MONDAY)
    watermark = dispatcher._watermark
    await dispatcher.learn(ledger, MONDAY)
    assert (dispatcher._watermark, len(dispatcher.of("mx.go.test").left)) == (watermark, 2)


async def test_one_that_is_tried_again_counts_as_often_as_it_left(ledger: Ledger) -> None:
    await sent(ledger, Relay(deque([LATER])), NOTICES[:1])
    assert await sent(ledger, Relay(), NOTICES[:1]) == {"0": "taken"}
    dispatcher = Dispatcher(paced(), POLICY)
    await dispatcher.learn(ledger, MONDAY)
    assert len(dispatcher.of("mx.go.test").left) == 2


async def test_none_goes_to_an_agency_that_asked_to_be_left_alone(ledger: Ledger) -> None:
    relay = Relay()
    await ledger.write(store.opt_outs.add, "1", None, "สมชาย", "by telephone", MONDAY)
    assert (await sent(ledger, relay))["1"] == OPTED_OUT
    assert len(relay.letters) == 3


def test_it_is_told_how_long_they_take_by_the_busiest_host_or_all_together() -> None:
    one, all_ = Limits(a_minute=2), Limits(a_minute=60)
    assert minutes(NOTICES, paced(any_host=one, in_all=all_)) == 2
    assert minutes(NOTICES, paced(in_all=Limits(a_minute=1))) == 4
    assert minutes([], paced()) == 0
