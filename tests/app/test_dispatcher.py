"""The dispatcher over a real ledger.

A letter that waits holds up no other; a new dispatcher decides as the old one did; our own faults
are recognised.
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from unittest.mock import Mock

import pytest

from fakes.clock import StoppedClock
from fakes.mailroom import RULEBOOK, opened
from fakes.samples import MONDAY, POLICY, RULES, agency, paced, register
from sarabanwatch import store
from sarabanwatch.app import life, rounds
from sarabanwatch.app.dispatcher import Dispatcher
from sarabanwatch.core.domain import DomainFinding, Surveyed
from sarabanwatch.core.facts.evidence import Evidence, FactKind, Reason
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.judging.verdict import rule_for as verdict_of
from sarabanwatch.core.sending import pace
from sarabanwatch.core.sending.pace import Limits, Past, Watermark
from sarabanwatch.core.sending.plan import Draft
from sarabanwatch.core.sending.probe import Event, TryResult
from sarabanwatch.core.sending.throttle import RELAY, HostResponse, ResponseKind
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.store import Ledger

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
PACE = paced(Limits(connections=2, a_minute=2), breaker_hosts=2)
BIG, SMALL = "big.go.th", "small.go.th"
REFUSED = Evidence(FactKind.REFUSED, MONDAY, 554, "5.7.1", "blocked", Reason.SENDER)


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    """Fifty letters to one host, older than two to another, all due."""
    async with opened(tmp_path / "ledger.db") as made:
        bodies = [agency(f"saraban_{n}@{BIG if n < 50 else SMALL}", f"{1000 + n}")
                  for n in range(52)]
        await made.write(store.register_table.replace, register(*bodies), RULES, MONDAY)
        week = MONDAY + timedelta(days=7)
        drafts = [Draft(a.code, a.cell, week, None, a.cell.partition("@")[2]) for a in bodies]
        await made.write(store.letters.draft, 0, drafts, RULEBOOK.mint, MONDAY)
        yield made


async def rooms(ledger: Ledger, dispatcher: Dispatcher, now: datetime) -> Mapping[str, int]:
    """Return the hosts that may have letters, once all is learned."""
    await dispatcher.learn(ledger, now)
    return dispatcher.rooms(await ledger.read(store.pacing.hosts, now), now)


async def chosen(ledger: Ledger, dispatcher: Dispatcher, now: datetime = MONDAY,
                 in_hand: dict[int, str] | None = None) -> Counter[str]:
    held = in_hand or {}
    found = await dispatcher.to_agencies(ledger, now, held.values(), held, 40)
    return Counter(host for _, host in found)


async def tell(ledger: Ledger, serial: int, event: Event, kind: ResponseKind, at: datetime = MONDAY,
               host: str = "") -> None:
    await ledger.write(store.letters.pick, serial, at)
    fact = (
        Evidence(FactKind.TAKEN, at) if event is Event.TAKEN else REFUSED if event is Event.REFUSAL
        else None
    )
    await ledger.write(store.letters.outcome, serial, TryResult(event, fact), at, at + HOUR,
                       HostResponse(host, at, at, kind, "so they said"))


async def test_of_a_day_there_are_so_many_letters_in_all_whomever_they_are_for(
    ledger: Ledger,
) -> None:
    dispatcher = Dispatcher(paced(in_all=Limits(a_day=3)), POLICY)
    for serial in (1, 51):
        await tell(ledger, serial, Event.TAKEN, ResponseKind.SUCCESS)
    await dispatcher.learn(ledger, MONDAY)
    assert (dispatcher.gone(MONDAY), dispatcher.most(MONDAY, 0), dispatcher.most(MONDAY, 1)) == (2,
                                                                                                 1,
                                                                                                 0)
    await tell(ledger, 2, Event.TAKEN, ResponseKind.SUCCESS)
    assert not await rooms(ledger, dispatcher, MONDAY)
    assert await chosen(ledger, dispatcher) == {}
    assert dispatcher.most(MONDAY + timedelta(days=1), 0) == 3


async def test_a_host_that_must_wait_holds_nobody_up(ledger: Ledger) -> None:
    dispatcher = Dispatcher(PACE, POLICY)
    assert await chosen(ledger, dispatcher) == {BIG: 2, SMALL: 2}
    assert await chosen(ledger, dispatcher, in_hand={1: BIG, 2: BIG}) == {SMALL: 2}
    assert await chosen(ledger, dispatcher, in_hand={51: SMALL}) == {BIG: 2, SMALL: 1}


async def test_hosts_without_room_hide_no_letter_behind_theirs(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sarabanwatch.app.dispatcher.PAGE", 1)
    monkeypatch.setattr("sarabanwatch.app.dispatcher.WIDENS", 2)
    going = await Dispatcher(PACE, POLICY).to_agencies(ledger, MONDAY, (), (), 40)
    assert going == [(1, BIG), (2, BIG), (51, SMALL), (52, SMALL)]


async def test_no_more_hosts_are_looked_at_than_it_takes(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked = Mock(wraps=pace.room)
    monkeypatch.setattr("sarabanwatch.app.dispatcher.room", looked)
    dispatcher = Dispatcher(PACE, POLICY)
    assert await dispatcher.to_agencies(ledger, MONDAY, (), (), 2) == [(1, BIG), (2, BIG)]
    assert looked.call_count == 2       # at all hosts together, and at one
    assert set(dispatcher.known) == {RELAY}


async def test_a_letter_in_hand_is_not_chosen_again_and_the_oldest_goes_first(
    ledger: Ledger,
) -> None:
    going = await Dispatcher(PACE, POLICY).to_agencies(ledger, MONDAY, [BIG], {1}, 40)
    assert going == [(2, BIG), (51, SMALL), (52, SMALL)]


async def test_a_new_dispatcher_over_the_same_ledger_opens_for_the_same(ledger: Ledger) -> None:
    old = Dispatcher(PACE, POLICY)
    for serial in (1, 2):
        await tell(ledger, serial, Event.TAKEN, ResponseKind.SUCCESS)
        await chosen(ledger, old)
    await tell(ledger, 51, Event.LATER, ResponseKind.SLOW_DOWN)
    for now in (MONDAY, MONDAY + 59 * SECOND, MONDAY + MINUTE, MONDAY + 5 * MINUTE,
                MONDAY + 9 * HOUR):
        assert await chosen(ledger, Dispatcher(PACE, POLICY), now) == await chosen(ledger, old, now)
    assert await chosen(ledger, old, MONDAY + 59 * SECOND) == {}
    assert await chosen(ledger, old, MONDAY + MINUTE) == {BIG: 2}
    assert await chosen(ledger, old, MONDAY + 5 * MINUTE) == {BIG: 2, SMALL: 1}


async def test_the_breaker_of_a_host_that_blocks_us_opens_alone_and_no_agency_is_lowered(
    ledger: Ledger,
) -> None:
    for serial in (1, 2, 3):
        await tell(ledger, serial, Event.REFUSAL, ResponseKind.BLOCKED)
    dispatcher = Dispatcher(PACE, POLICY)
    assert await chosen(ledger, dispatcher, MONDAY + MINUTE) == {SMALL: 2}
    assert (dispatcher.open_hosts, dispatcher.breaker_open) == ([BIG], False)
    assert verdict_of([REFUSED]).verdict is Verdict.BLOCKS_US
    assert await chosen(ledger, dispatcher, MONDAY + HOUR) == {BIG: 1, SMALL: 2}
    await tell(ledger, 4, Event.TAKEN, ResponseKind.SUCCESS, MONDAY + HOUR)
    assert await chosen(ledger, dispatcher, MONDAY + HOUR + MINUTE) == {BIG: 2, SMALL: 2}


async def test_where_several_hosts_block_us_all_letters_wait_but_probes(ledger: Ledger) -> None:
    one = paced(of=PACE, refusals=1)
    await tell(ledger, 1, Event.REFUSAL, ResponseKind.BLOCKED)
    await tell(ledger, 51, Event.REFUSAL, ResponseKind.BLOCKED)
    bodies = agency("saraban@third.go.th", "2000")
    await ledger.write(store.register_table.replace, register(bodies, digest="d2"), RULES, MONDAY)
    await ledger.write(
        store.letters.draft, 0, [Draft("2000", bodies.cell, MONDAY + 99 * HOUR, None,
                                       "third.go.th")], RULEBOOK.mint, MONDAY)
    dispatcher = Dispatcher(one, POLICY)
    assert await chosen(ledger, dispatcher, MONDAY + MINUTE) == {}
    assert dispatcher.breaker_open
    assert await chosen(ledger, dispatcher, MONDAY + HOUR) == {BIG: 1, SMALL: 1, "third.go.th": 1}
    assert await chosen(ledger, dispatcher, MONDAY + HOUR, in_hand={2: BIG}) == {SMALL: 1}
    assert await chosen(ledger, Dispatcher(one, POLICY), MONDAY + HOUR - SECOND) == {}


async def test_a_few_hosts_that_never_take_us_hold_nobody_up_where_most_take_us(
    ledger: Ledger,
) -> None:
    dispatcher = Dispatcher(paced(of=PACE, refusals=1), POLICY)
    dispatcher.take(Past([], [HostResponse(f"mx{n}.go.th", MONDAY, MONDAY,
                                           ResponseKind.BLOCKED if n < 3 else ResponseKind.SUCCESS)
                              for n in range(9)], Watermark()))
    assert dispatcher.breaker_open
    dispatcher.take(Past([], [HostResponse("mx9.go.th", MONDAY, MONDAY, ResponseKind.SUCCESS)],
                         Watermark()))
    assert len(dispatcher.open_hosts) == 3
    assert not dispatcher.breaker_open
    assert await chosen(ledger, dispatcher) == {BIG: 2, SMALL: 2}


async def test_where_our_own_relay_blocks_us_everything_waits(ledger: Ledger) -> None:
    for serial in (1, 51, 2):
        await tell(ledger, serial, Event.REFUSAL, ResponseKind.BLOCKED, host=RELAY)
    dispatcher = Dispatcher(PACE, POLICY)
    assert await chosen(ledger, dispatcher, MONDAY + MINUTE) == {}
    assert dispatcher.open_hosts == [RELAY]
    assert sum((await chosen(ledger, dispatcher, MONDAY + HOUR)).values()) <= 2
    assert dispatcher.most(MONDAY + HOUR, 0) == 1


async def test_what_letters_wait_for_is_counted(ledger: Ledger) -> None:
    dispatcher, polite = Dispatcher(PACE, POLICY), Dispatcher(paced(of=PACE, office_hours=True),
                                                              POLICY)
    for serial in (1, 2, 3):
        await tell(ledger, serial, Event.REFUSAL, ResponseKind.BLOCKED)
    await tell(ledger, 51, Event.LATER, ResponseKind.SLOW_DOWN, MONDAY - HOUR)
    for each in (dispatcher, polite):
        await each.learn(ledger, MONDAY)
    due, evening = await ledger.read(store.pacing.hosts, MONDAY + HOUR), MONDAY + 8 * HOUR
    assert due == {BIG: 47, SMALL: 2}
    for each, now, waits in ((dispatcher, MONDAY, {"slowed": 2}),
                             (dispatcher, MONDAY + 9 * HOUR, {"pace": 2}),
                             (polite, evening, {"office hours": 2})):
        assert +Counter(each.why(due, now)) == {"breaker open": 47, **waits}


async def test_letters_leave_in_office_hours_only_where_that_is_asked_for(ledger: Ledger) -> None:
    polite, evening = paced(of=PACE, office_hours=True), MONDAY + 8 * HOUR
    assert await chosen(ledger, Dispatcher(polite, POLICY), MONDAY) == {BIG: 2, SMALL: 2}
    assert await chosen(ledger, Dispatcher(polite, POLICY), evening) == {}
    assert await chosen(ledger, Dispatcher(PACE, POLICY), evening) == {BIG: 2, SMALL: 2}


async def test_letters_are_laid_to_the_host_that_the_dns_shows_and_their_past_goes_with_them(
    ledger: Ledger,
) -> None:
    house = paced(of=PACE, operators=("house.th",))
    for serial in (1, 2):
        await tell(ledger, serial, Event.TAKEN, ResponseKind.SUCCESS)
    seen = [Surveyed(name, {DomainFinding.NO_DOMAIN: False}, None, f"{name}.house.th", 1)
            for name in (BIG, SMALL)]
    await ledger.write(store.domains.record, seen, MONDAY)
    assert await ledger.write(store.pacing.rehost, 0, house.host_of) == 2
    assert await ledger.write(store.pacing.rehost, 0, house.host_of) == 0
    assert await chosen(ledger, Dispatcher(house, POLICY), MONDAY + SECOND) == {}
    assert await chosen(ledger, Dispatcher(house, POLICY), MONDAY + MINUTE) == {"house.th": 2}


async def test_until_the_domains_are_surveyed_only_letters_whose_mail_host_is_known_are_written(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "ledger.db") as made:
        await made.write(
            store.register_table.replace,
            register(agency(f"saraban@{BIG}", "1001"), agency(f"saraban@{SMALL}", "1002")),
            RULES, MONDAY)
        await made.write(store.domains.record,
                         [Surveyed(BIG, {DomainFinding.NO_DOMAIN: False}, None, "mx.house.th", 1)],
                         MONDAY)
        clock, live = StoppedClock(MONDAY), replace(RULEBOOK, policy=replace(POLICY, live=True))
        await rounds.turn(ledger=made, clock=clock, rules=live, journal=MetricJournal(clock))
        write = partial(life.draft, ledger=made, clock=clock, rules=live,
                        journal=MetricJournal(clock))
        assert await write(surveyed=-1) == 1
        assert await made.read(store.pacing.hosts, MONDAY) == {"mx.house.th": 1}
        assert await write(surveyed=-1) == 0
        assert await write(surveyed=None) == 1
        assert await made.read(store.pacing.hosts, MONDAY) == {"mx.house.th": 1, SMALL: 1}


async def test_what_a_person_asked_for_goes_at_night_too_and_alone(ledger: Ledger) -> None:
    dispatcher, night = Dispatcher(paced(of=PACE, office_hours=True), POLICY), MONDAY + 12 * HOUR
    again = agency("saraban@new.go.th", "2000")
    await ledger.write(store.register_table.replace, register(again, digest="d2"), RULES, MONDAY)
    serial = await ledger.write(
        store.letters.ask_for, 0, Draft("2000", again.cell, night + 99 * HOUR, None, "new.go.th"),
        RULEBOOK.mint, night)
    assert serial
    assert await chosen(ledger, dispatcher, night) == {}
    assert await dispatcher.asked(ledger, night, {}, 9) == [(serial, "new.go.th")]
    assert await dispatcher.asked(ledger, night, {serial: "new.go.th"}, 9) == []
    # by day it goes with the others, first
    assert await dispatcher.asked(ledger, MONDAY + 24 * HOUR, {}, 9) == []


async def test_letters_are_held_up_since_they_may_go_and_no_longer_once_one_has_gone(
    ledger: Ledger,
) -> None:
    dispatcher = Dispatcher(PACE, POLICY)
    assert dispatcher.held_up(await rooms(ledger, dispatcher, MONDAY), MONDAY) == MONDAY
    later = MONDAY + 2 * HOUR
    assert dispatcher.held_up(await rooms(ledger, dispatcher, later), later) == MONDAY
    await tell(ledger, 51, Event.TAKEN, ResponseKind.SUCCESS, later)
    assert dispatcher.held_up(await rooms(ledger, dispatcher, later + HOUR),
                              later + HOUR) == MONDAY        # the other host's still wait
    await tell(ledger, 1, Event.LATER, ResponseKind.SUCCESS, later)
    assert dispatcher.held_up(await rooms(ledger, dispatcher, later + HOUR),
                              later + HOUR) == later
    assert dispatcher.held_up((), later + 2 * HOUR) is None
    assert dispatcher.held_up([BIG], later + 3 * HOUR) == later + 3 * HOUR


async def test_what_was_read_anew_of_old_mail_hides_nothing_of_late_from_a_new_dispatcher(
        ledger: Ledger) -> None:
    await ledger.write(store.letters.pick, 1, MONDAY)
    await ledger.write(store.letters.outcome, 1,
                       TryResult(Event.TAKEN, Evidence(FactKind.TAKEN, MONDAY, 250)),
                       MONDAY, MONDAY + HOUR)
    late = Evidence(FactKind.BOUNCED, MONDAY + HOUR, 550, "5.7.1", "blocked", Reason.SENDER)
    years_old = replace(late, seen_at=MONDAY - timedelta(days=900))
    await ledger.write(store.letters.witness, [(1, late)])
    await ledger.write(store.letters.witness, [(1, years_old)])
    past = await ledger.read(store.pacing.since, Watermark(), MONDAY + HOUR)
    again = await ledger.read(store.pacing.since, past.watermark, MONDAY + HOUR)
    assert [each.at for each in past.responses] == [MONDAY + HOUR]
    assert (again.left, again.responses) == ([], [])
    later = MONDAY + timedelta(days=900)
    none = await ledger.read(store.pacing.since, Watermark(), later)
    assert (none.left, none.responses) == ([], [])
    assert none.watermark.attempt == past.watermark.attempt
