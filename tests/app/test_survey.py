"""The survey over a real ledger: which domains are due, and when an absence is believed."""

from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from fakes.clock import StoppedClock
from fakes.post import EvenChance, Inbox, Relay, Silent, Unsigned
from fakes.samples import MONDAY, POLICY, RULES, agency, register
from fakes.watch import RULEBOOK
from sarabanwatch import store
from sarabanwatch.app.parts import ServiceParts
from sarabanwatch.app.service import Service
from sarabanwatch.app.survey import AGAIN, survey
from sarabanwatch.core.domain import NOT_KNOWN, DomainFacts, DomainFinding, Host
from sarabanwatch.core.sending.catch_all import CatchAllFinding
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.store import FileLedger, Ledger
from sarabanwatch.store.domains import KnownDomain, shown
from sarabanwatch.store.ledger import open_to_read

F = DomainFinding
DAY = timedelta(days=1)
ONE, TWO, THREE = "one.go.th", "two.go.th", "three.go.th"
MAIL = Host(10, "mx.house.test", False, ("8.8.8.8",), (), ())
POLICIES = ("v=spf1 mx -all",), ("v=DMARC1; p=reject",)


def whole(name: str, *hosts: Host) -> DomainFacts:
    return DomainFacts(name, True, hosts or (MAIL,), None, *POLICIES, name, ("v=STSv1",),
                       ("v=TLSRPTv1",))


def gone(name: str) -> DomainFacts:
    return DomainFacts(name, exists=False)


class Told:
    """A resolver that says what a test wants, and counts its questions."""

    def __init__(self, clock: StoppedClock, **facts: DomainFacts) -> None:
        self.clock, self.facts = clock, {f.domain: f for f in facts.values()}
        self.asked: list[tuple[str, float]] = []
        self.kept = 0

    async def look(self, domain: str) -> DomainFacts:
        self.asked.append((domain, (self.clock.at - MONDAY).total_seconds()))
        self.kept += 1
        return self.facts.get(domain, DomainFacts(domain))

    def forget(self) -> None:
        self.kept = 0

    def says(self, *facts: DomainFacts) -> None:
        self.facts = {f.domain: f for f in facts}


class Survey:
    """The step, run by hand."""

    def __init__(self, file: Path, ledger: Ledger) -> None:
        self.file, self.ledger, self.clock = file, ledger, StoppedClock(MONDAY)
        self.first, self.second = Told(self.clock), Told(self.clock)
        self.journal = MetricJournal(self.clock)

    async def run(self, *resolvers: Told, live: bool = True) -> int:
        return await survey(resolvers=resolvers or (self.first, self.second), every=DAY, live=live,
                            ledger=self.ledger, clock=self.clock, journal=self.journal)

    async def next_day(self, *facts: DomainFacts,
                       second: tuple[DomainFacts, ...] | None = None) -> None:
        self.clock.pass_(DAY)
        self.first.says(*facts)
        self.second.says(*(facts if second is None else second))
        await self.run()

    def domain(self, name: str = ONE) -> KnownDomain:
        with closing(open_to_read(self.file)) as db:
            return next(shown(db, name))

    def found(self, name: str = ONE) -> Mapping[DomainFinding, tuple[str, str]]:
        """Return each finding with since when and last known when, in days from Monday."""
        return {f.finding: (f.since[:10], f.known_at[:10]) for f in self.domain(name).findings}


@pytest.fixture
async def surveyed(tmp_path: Path) -> AsyncIterator[Survey]:
    with closing(FileLedger(tmp_path / "ledger.db")) as ledger:
        await ledger.write(store.register_table.replace, register(
            agency(f"saraban@{ONE}"), agency(f"saraban-b@{ONE}", "1002"),
            agency(f"saraban@{TWO}", "1003"), agency("nothing", "1004")), RULES, MONDAY)
        yield Survey(tmp_path / "ledger.db", ledger)


async def test_each_domain_is_asked_about_once_however_many_agencies_it_has(
    surveyed: Survey,
) -> None:
    surveyed.first.says(whole(ONE), whole(TWO))
    assert await surveyed.run() == 2
    assert [name for name, _ in surveyed.first.asked] == [ONE, TWO]
    assert surveyed.domain().agencies == 2


async def test_a_domain_is_left_alone_until_its_time_has_come_again(surveyed: Survey) -> None:
    surveyed.first.says(whole(ONE), whole(TWO))
    assert [await surveyed.run(), await surveyed.run()] == [2, 0]
    surveyed.clock.pass_(DAY - timedelta(seconds=1))
    assert await surveyed.run() == 0
    surveyed.clock.pass_(timedelta(seconds=1))
    assert await surveyed.run() == 2


async def test_the_domain_of_an_address_newly_declared_is_asked_about_at_once(
    surveyed: Survey,
) -> None:
    surveyed.first.says(whole(ONE), whole(TWO), whole(THREE))
    await surveyed.run()
    await surveyed.ledger.write(
        store.register_table.replace, register(agency(f"saraban@{ONE}"),
                                               agency(f"saraban@{THREE}", "1003"), digest="2"),
        RULES, MONDAY)
    assert await surveyed.run() == 1
    assert surveyed.first.asked[-1][0] == THREE


async def test_without_a_resolver_nobody_is_asked(surveyed: Survey) -> None:
    assert await survey(resolvers=(), every=DAY, live=True, ledger=surveyed.ledger,
                        clock=surveyed.clock, journal=surveyed.journal) == 0


async def test_what_is_known_of_the_domains_is_told_whether_anybody_is_asked_or_not(
    surveyed: Survey,
) -> None:
    def told() -> float | None:
        return surveyed.journal.registry.get_sample_value("sarabanwatch_domain_findings",
                                                          {"finding": "no-domain"})

    surveyed.first.says(whole(ONE), gone(TWO))
    surveyed.second.says(gone(TWO))
    await surveyed.run()
    assert told() == 1
    surveyed.journal = MetricJournal(surveyed.clock)    # as after a start
    assert await surveyed.run() == 0
    assert told() == 1


async def test_the_second_resolver_is_asked_only_where_the_first_cannot_rule_a_fault_out(
    surveyed: Survey,
) -> None:
    surveyed.first.says(whole(ONE), gone(TWO))
    await surveyed.run()
    assert [name for name, _ in surveyed.second.asked] == [TWO]


@pytest.mark.parametrize(("second", "findings"), [
    (gone(ONE), {F.NO_DOMAIN}), (whole(ONE), set()), (DomainFacts(ONE), set()),
])
async def test_that_a_domain_does_not_exist_is_believed_only_when_two_resolvers_say_so(
        surveyed: Survey, second: DomainFacts, findings: set[DomainFinding]) -> None:
    surveyed.first.says(gone(ONE), whole(TWO))
    surveyed.second.says(second)
    await surveyed.run()
    assert set(surveyed.found()) == findings
    assert (surveyed.domain().known_at is not None) == bool(findings)
    assert surveyed.domain().resolvers == (2 if findings else 0)


async def test_a_lone_resolver_is_asked_twice_with_a_while_between_and_it_is_told(
    surveyed: Survey,
) -> None:
    surveyed.first.says(gone(ONE), whole(TWO))
    await surveyed.run(surveyed.first)
    assert surveyed.first.asked == [(ONE, 0), (TWO, 0), (ONE, AGAIN)]
    assert surveyed.domain().resolvers == 1
    assert set(surveyed.found()) == {F.NO_DOMAIN}


async def test_what_the_first_could_not_learn_the_second_may(surveyed: Survey) -> None:
    surveyed.first.says(whole(TWO))
    surveyed.second.says(whole(ONE))
    await surveyed.run()
    assert surveyed.domain().mail_host == "mx.house.test"
    assert set(surveyed.found()) == {F.NO_DANE, F.NO_IPV6}


async def test_what_is_not_known_leaves_the_last_known_finding_standing_with_its_date(
    surveyed: Survey,
) -> None:
    surveyed.first.says(gone(ONE), whole(TWO))
    surveyed.second.says(gone(ONE))
    await surveyed.run()
    await surveyed.next_day(whole(TWO))
    assert surveyed.found() == {F.NO_DOMAIN: ("2026-01-12", "2026-01-12")}
    assert (surveyed.domain().asked_at[:10],
            (surveyed.domain().known_at or "")[:10]) == ("2026-01-13", "2026-01-12")
    assert (await surveyed.ledger.read(store.domains.counts))[NOT_KNOWN] == 1


async def test_a_finding_keeps_the_day_it_began_while_it_holds_and_goes_when_it_no_longer_does(
    surveyed: Survey,
) -> None:
    surveyed.first.says(gone(ONE), whole(TWO))
    surveyed.second.says(gone(ONE))
    await surveyed.run()
    await surveyed.next_day(gone(ONE), whole(TWO))
    assert surveyed.found() == {F.NO_DOMAIN: ("2026-01-12", "2026-01-13")}
    await surveyed.next_day(whole(ONE), whole(TWO))
    assert surveyed.found() == dict.fromkeys((F.NO_DANE, F.NO_IPV6), ("2026-01-14", "2026-01-14"))


async def test_the_mail_host_last_known_stays_while_nothing_is_learnt_and_goes_with_the_domain(
    surveyed: Survey,
) -> None:
    surveyed.first.says(whole(ONE), whole(TWO))
    await surveyed.run()
    await surveyed.next_day()
    assert (surveyed.domain().mail_host, surveyed.domain().exchangers) == ("mx.house.test",
                                                                           [(10, "mx.house.test")])
    await surveyed.next_day(gone(ONE))
    assert surveyed.domain().mail_host == ""


async def test_two_resolvers_that_disagree_change_nothing(surveyed: Survey) -> None:
    surveyed.first.says(whole(ONE), whole(TWO))
    await surveyed.run()
    before = surveyed.domain()
    await surveyed.next_day(gone(ONE),
                            second=(whole(ONE, Host(10, "mx.else.test", False, ("8.8.4.4",), (),
                                                    ())),))
    after = surveyed.domain()
    assert (after.mail_host, after.exchangers, after.findings) == (before.mail_host,
                                                                   before.exchangers,
                                                                   before.findings)


async def test_in_an_exercise_a_loopback_mail_host_is_no_finding_and_live_it_is(
    surveyed: Survey,
) -> None:
    surveyed.first.says(whole(ONE, Host(10, "mx.test", False, ("127.0.0.1",), (), ())), whole(TWO))
    await surveyed.run(live=False)
    assert F.PRIVATE not in surveyed.found()
    surveyed.clock.pass_(DAY)
    await surveyed.run(live=True)
    assert F.PRIVATE in surveyed.found()


async def test_only_domains_of_the_register_are_counted(surveyed: Survey) -> None:
    surveyed.first.says(whole(ONE), whole(TWO))
    await surveyed.run()
    assert (await surveyed.ledger.read(store.domains.counts))[F.NO_IPV6] == 2
    await surveyed.next_day(whole(TWO))
    assert (await surveyed.ledger.read(store.domains.counts))[NOT_KNOWN] == 1
    await surveyed.ledger.write(store.register_table.replace,
                                register(agency(f"saraban@{TWO}"), digest="2"), RULES, MONDAY)
    assert await surveyed.ledger.read(store.domains.counts) == {F.NO_DANE: 1, F.NO_IPV6: 1,
                                                                NOT_KNOWN: 0,
                                                                CatchAllFinding.TAKES_ANYTHING: 0}


async def test_nothing_that_a_resolver_answered_is_kept_after_the_survey(surveyed: Survey) -> None:
    surveyed.first.says(gone(ONE), whole(TWO))
    await surveyed.run()
    assert (surveyed.first.kept, surveyed.second.kept) == (0, 0)


async def test_an_agency_of_a_new_list_gets_no_letter_before_its_domain_was_surveyed(
    surveyed: Survey,
) -> None:
    """Its mail host may be slowed or paused, and nobody would know."""
    ledger, clock = surveyed.ledger, surveyed.clock
    live = replace(RULEBOOK, policy=replace(POLICY, live=True))
    service = Service(ServiceParts(ledger, clock, EvenChance(), MetricJournal(clock), Inbox(),
                                   Silent(), Unsigned(), [Relay()], live, [surveyed.first]))
    steps = service.steps.table()
    await steps["rounds"]()
    surveyed.first.says(whole(ONE), whole(TWO))
    await steps["survey"]()
    await steps["draft"]()
    assert await ledger.read(store.pacing.hosts, MONDAY) == {MAIL.name: 3}
    new = agency(f"saraban@{THREE}", "1005")
    await ledger.write(store.register_table.replace, register(new, digest="d2"), RULES, MONDAY)
    await steps["draft"]()
    assert THREE not in await ledger.read(store.pacing.hosts, MONDAY)
    surveyed.first.says(whole(THREE))
    await steps["survey"]()
    await steps["draft"]()
    assert await ledger.read(store.pacing.hosts, MONDAY) == {MAIL.name: 4}
