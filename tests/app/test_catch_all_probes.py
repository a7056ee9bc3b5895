"""Catch-all probes over a real ledger: to whom, when, once, after all others, what they show."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fakes.clock import StoppedClock
from fakes.mailroom import RULEBOOK, opened
from fakes.post import NO_USER, TAKEN, EvenChance, Inbox, Relay, Silent, Unsigned
from fakes.samples import HOUR, MONDAY, POLICY, agency, mint, paced, register
from sarabanwatch import store
from sarabanwatch.app import life, rounds
from sarabanwatch.app.catch_all_probes import probe_domains
from sarabanwatch.app.dispatcher import Dispatcher
from sarabanwatch.app.life import Outlet
from sarabanwatch.app.parts import ServiceParts as Parts
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.app.service import Service
from sarabanwatch.core.domain import DomainFinding, Surveyed
from sarabanwatch.core.facts.evidence import Evidence, FactKind
from sarabanwatch.core.policy import CatchAllSection
from sarabanwatch.core.sending.pace import Limits
from sarabanwatch.core.sending.plan import Draft
from sarabanwatch.core.sending.probe import Event, TryResult
from sarabanwatch.core.sending.throttle import RELAY, HostResponse, ResponseKind
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.store import Ledger, queries
from sarabanwatch.store.catch_all_probes import (
    stands_weakly,
    takes_anything,
    taking_anything,
    weakened,
)
from sarabanwatch.store.letters import have_judged

ONE, TWO, FREE = agency("saraban@one.go.th"), agency("saraban@two.go.th",
                                                     "1002"), agency("saraban@gmail.com", "1003")
TESTS = replace(POLICY, live=True, catch_all=CatchAllSection(test=True))
RULES = replace(RULEBOOK, policy=TESTS)
DAYS = timedelta(days=1)
ROUND = POLICY.campaign.timetable.slot(MONDAY)


class World:
    """A ledger in which three agencies' letters were taken in silence; two days have gone."""

    def __init__(self, file: Path, ledger: Ledger) -> None:
        self.file, self.ledger, self.clock, self.relay = (
            file,
            ledger,
            StoppedClock(MONDAY + 4 * DAYS),
            Relay(),
        )
        self.journal = MetricJournal(self.clock)

    @property
    def now(self) -> datetime:
        """The moment."""
        return self.clock.now()

    async def step(self, rules: Rulebook = RULES) -> int:
        """Open the round that is due, and do the step once."""
        await rounds.turn(ledger=self.ledger, clock=self.clock, rules=rules, journal=self.journal)
        return await probe_domains(ledger=self.ledger, clock=self.clock, rules=rules,
                                   journal=self.journal)

    async def going(self, dispatcher: Dispatcher | None = None) -> list[tuple[int, str]]:
        """Return the catch-all probes that may go."""
        dispatcher = dispatcher or Dispatcher(paced(), TESTS)
        await dispatcher.learn(self.ledger, self.now)
        return await dispatcher.catch_all_probes(self.ledger, self.now, {}, 10)

    async def send(self, serial: int) -> None:
        """Send one over the relay."""
        await life.send(serial, Outlet(self.relay, EvenChance()), ledger=self.ledger,
                        clock=self.clock, rules=RULES, journal=self.journal)

    async def wait(self, days: int) -> None:
        """Let days pass in which the inbox is read; close what is over, judge, and learn."""
        self.clock.at += days * DAYS
        await life.close(looked_at=self.now, ledger=self.ledger, clock=self.clock, rules=RULES,
                         journal=self.journal)
        await life.judge(ledger=self.ledger, clock=self.clock, rules=RULES)
        await self.step()

    def known(self) -> set[str]:
        """Return the domains found to take any name."""
        with queries.asking(self.file) as db:
            return set(takes_anything(db))


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    file = tmp_path / "ledger.db"
    async with opened(file) as ledger:
        await ledger.write(store.register_table.replace, register(ONE, TWO, FREE), RULES.addresses,
                           MONDAY)
        for serial in await ledger.write(store.letters.draft,
                ROUND.id, [Draft(a.code, a.cell, MONDAY + 7 * DAYS, None)
                               for a in (ONE, TWO, FREE)], RULES.mint, MONDAY):
            await ledger.write(store.letters.pick, serial, MONDAY)
            await ledger.write(store.letters.outcome, serial,
                               TryResult(Event.TAKEN, Evidence(FactKind.TAKEN, MONDAY)), MONDAY,
                               MONDAY + 16 * HOUR)
            await ledger.write(store.letters.close,
                               [(serial, Evidence(FactKind.QUIET, MONDAY + 2 * DAYS))],
                               MONDAY + 2 * DAYS)
        made = World(file, ledger)
        await life.judge(ledger=ledger, clock=made.clock, rules=RULES)
        yield made


async def test_unless_it_is_switched_on_nothing_is_written(world: World) -> None:
    assert await world.step(RULEBOOK) == 0
    assert await world.going() == []


async def test_each_domain_where_a_letter_was_taken_in_silence_has_one_and_no_house_of_free_mail(
    world: World,
) -> None:
    assert await world.step() == 2
    assert await world.going() == [(4, "one.go.th"), (5, "two.go.th")]
    await world.send(4)
    (out,) = world.relay.letters
    assert out.to.startswith("no-such-name-")
    assert out.to.endswith("@one.go.th")
    assert "หนังสือ".encode() not in out.raw     # it is encoded, as all are
    assert await world.step() == 0


async def test_there_is_one_a_round_whatever_became_of_it_and_one_more_in_the_next(
    world: World,
) -> None:
    await world.step()
    for answer, serial in ((NO_USER, 4), (TAKEN, 5)):
        world.relay.says.append(answer)
        await world.send(serial)
    await world.wait(4)
    assert await world.step() == 0
    await world.ledger.write(
        lambda db: db.execute("UPDATE letter SET campaign = campaign + 1 WHERE purpose = 'round'")
    )
    due = await world.ledger.read(store.catch_all_probes.due, ROUND.id + 1)
    assert [domain for domain, _ in due] == ["gmail.com", "one.go.th", "two.go.th"]


async def test_one_that_never_left_us_may_be_followed(world: World) -> None:
    assert await world.step() == 2
    await world.wait(8)
    assert await world.going() == [(6, "one.go.th"), (7, "two.go.th")]
    assert world.known() == set()


@pytest.mark.parametrize("spared", ["one.go.th", "host.co.th"])
async def test_who_asked_to_be_spared_is_spared_by_domain_or_by_mail_host(world: World,
                                                                          spared: str) -> None:
    seen = [Surveyed("one.go.th", dict.fromkeys(DomainFinding, False), ((10, "mx7.host.co.th"),),
                     "mx7.host.co.th", 1)]
    await world.ledger.write(store.domains.record, seen, MONDAY)
    section = CatchAllSection(test=True, except_for=(spared,))
    rules = replace(RULES, policy=replace(TESTS, catch_all=section),
                    pace=paced(operators=("host.co.th",)))
    assert await world.step(rules) == 1
    assert await world.going() == [(4, "two.go.th")]


async def test_letters_to_agencies_go_first_and_a_host_with_a_complaint_gets_none(
    world: World,
) -> None:
    await world.step()
    cautious = Dispatcher(paced(Limits(a_minute=1)), TESTS)
    cautious.of("one.go.th").went(world.now)
    assert await world.going(cautious) == [(5, "two.go.th")]
    for kind in (ResponseKind.SLOW_DOWN, ResponseKind.BLOCKED):
        slow = Dispatcher(paced(), TESTS)
        for _ in range(slow._pace.throttle.refusals):
            slow._take(HostResponse("one.go.th", world.now - HOUR / 2, world.now - HOUR / 2, kind,
                                    "so they said"))
        assert await world.going(slow) == [(5, "two.go.th")]
    relayed = Dispatcher(paced(), TESTS)
    for _ in range(relayed._pace.throttle.refusals):
        relayed._take(HostResponse(RELAY, world.now, world.now, ResponseKind.BLOCKED, "not you"))
    assert await world.going(relayed) == []
    world.clock.at += HOUR      # the breaker is half-open now, but letters to agencies go first
    assert await world.going(relayed) == []
    # the queue of agencies does not know them
    assert list(await world.ledger.read(store.pacing.hosts, world.now)) == []


async def test_outside_office_hours_none_goes(world: World) -> None:
    await world.step()
    world.clock.at += 12 * HOUR
    assert await world.going(Dispatcher(paced(office_hours=True), TESTS)) == []


async def test_switched_off_meanwhile_those_that_wait_stay(world: World) -> None:
    await world.step()
    dispatcher = Dispatcher(paced(), POLICY)
    assert await world.going(dispatcher) == []


async def test_while_our_own_path_is_broken_none_goes(world: World) -> None:
    await world.step()
    service = Service(Parts(world.ledger, world.clock, EvenChance(), world.journal, Inbox(),
                            Silent(), Unsigned(), [world.relay], replace(RULES, pace=paced())))
    assert [serial for serial, _ in await service.outbox.may_go(10)] == [4, 5]
    service.outbox.path_whole = False
    assert await service.outbox.may_go(10) == []


async def test_one_to_a_domain_that_nobody_declares_any_more_is_held(world: World) -> None:
    await world.step()
    await world.ledger.write(store.register_table.replace, register(TWO, digest="d2"),
                             RULES.addresses, world.now)
    await world.send(4)
    await world.send(5)
    assert [out.to.partition("@")[2] for out in world.relay.letters] == ["two.go.th"]


async def test_silence_finds_that_a_domain_takes_any_name_and_every_view_says_so(
    world: World,
) -> None:
    await world.step()
    world.relay.says.append(NO_USER)
    for serial in (4, 5):
        await world.send(serial)
    await world.wait(4)
    assert world.known() == {"two.go.th"}
    assert (await world.ledger.read(store.catch_all_probes.weakened)).total() == 1
    with queries.asking(world.file) as db:
        assert weakened(db) == {"A2": 1}
        assert [code for code in ("1001", "1002") if stands_weakly(db, code)] == ["1002"]
        assert set(taking_anything(db, world.now)) == {"two.go.th"}
        assert set(taking_anything(db, MONDAY + 5 * DAYS)) == set()      # not known by then
        # the silence of a probe itself is none of them
        assert queries.quiet(db)[0] == 3
    assert (await world.ledger.read(store.domains.counts))["takes-anything"] == 1


async def test_a_receipt_is_none_the_weaker(world: World) -> None:
    await world.step()
    await world.send(5)
    await world.wait(4)
    assert await world.ledger.write(store.letters.confirm, 2, mint(2),
                                    Evidence(FactKind.CONFIRMED, world.now, receipt="1/2569"))
    await life.judge(ledger=world.ledger, clock=world.clock, rules=RULES)
    assert world.known() == {"two.go.th"}
    assert (await world.ledger.read(store.catch_all_probes.weakened)).total() == 0


async def test_found_half_sent_it_is_in_doubt_tells_nothing_and_is_not_sent_again(
    world: World,
) -> None:
    await world.step()
    await world.ledger.write(store.letters.pick, 4, world.now)
    await life.recover(ledger=world.ledger, clock=world.clock, rules=RULES)
    await world.wait(4)
    assert await world.step() == 0
    assert 4 not in dict(await world.going())
    assert world.known() == set()


async def test_a_fact_that_comes_while_it_is_weighed_is_weighed_at_the_next_turn(
    world: World,
) -> None:
    await world.step()
    await world.send(4)
    world.clock.at += 4 * DAYS
    await life.close(looked_at=world.now, ledger=world.ledger, clock=world.clock, rules=RULES,
                     journal=world.journal)
    weighed = await world.ledger.read(store.catch_all_probes.unjudged)
    await world.ledger.write(lambda db: have_judged(db, [4]))      # a late return comes in
    await world.ledger.write(store.catch_all_probes.record, [(each, True) for each in weighed],
                             world.now)
    assert [(each.domain, each.asked)
            for each in await world.ledger.read(store.catch_all_probes.unjudged)] == [("one.go.th",
                                                                                       3)]
    await world.step()
    assert await world.ledger.read(store.catch_all_probes.unjudged) == []
