"""Visits to mail hosts: a trouble hits its host alone, for its hours; limits; the log."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from land.visit import body
from sarabanland import zone
from sarabanland.clock import SHOWS
from sarabanland.scenario import BIG_HOST, SCENARIOS, Scenario
from sarabanland.smtp_server import DROP
from sarabanland.visits import CONNECTION, HELLO, LETTER, Visits

BIG, OTHER, TO = "127.20.0.1", "127.30.0.5", "a@dla.go.test"
NAMES = {BIG: BIG_HOST, OTHER: "mx5.hosting.co.test"}


@dataclass
class Stopped:
    """A clock that stands until it is turned."""

    shows: datetime = SHOWS

    def now(self) -> datetime:
        return self.shows

    def hours_since(self, then: datetime) -> float:
        return (self.shows - then) / timedelta(hours=1)

    def turn(self, **by: float) -> None:
        self.shows += timedelta(**by)


Opens = Callable[[Scenario | str], Visits]


@pytest.fixture
def clock() -> Stopped:
    return Stopped()


@pytest.fixture
def opens(clock: Stopped, tmp_path: Path) -> Iterator[Opens]:
    """Opens the book of visits of a scenario; closed with the test."""
    with ExitStack() as opened:
        yield lambda told: opened.enter_context(closing(
            Visits(clock, NAMES, SCENARIOS[told] if isinstance(told, str) else told,
                   tmp_path / "arrivals.jsonl")))


@pytest.mark.parametrize(("name", "hours"), [("outage", 6), ("listed", 30)])
def test_a_host_refuses_every_recipient_for_its_hours_from_the_first_knock_and_no_other_host_does(
        clock: Stopped, opens: Opens, name: str, hours: float) -> None:
    visits = opens(name)
    clock.turn(hours=50)
    first = visits.offers(BIG, TO)
    assert first.startswith("55")
    assert visits.offers(OTHER, TO) == ""
    assert visits.connects(BIG) == HELLO
    clock.turn(hours=hours - 0.01)
    assert visits.offers(BIG, TO) == first
    clock.turn(hours=0.02)
    assert visits.offers(BIG, TO) == ""


def test_a_host_that_cannot_be_reached_hangs_up_for_six_hours(clock: Stopped, opens: Opens) -> None:
    visits = opens("unreachable")
    assert [visits.connects(at) for at in (BIG, OTHER)] == [DROP, HELLO]
    clock.turn(hours=5.9)
    assert visits.connects(BIG) == DROP
    clock.turn(hours=0.2)
    assert visits.connects(BIG) == HELLO


def test_half_of_the_hosts_are_those_of_a_country_and_the_big_one_is_not_among_them() -> None:
    befalls = SCENARIOS["half-listed"].befalls
    hosts = [f"mx{n}.hosting.co.test" for n in range(200)]
    assert not befalls(BIG_HOST)
    assert 70 < sum(map(befalls, hosts)) < 130


@pytest.mark.parametrize("what", [CONNECTION, LETTER])
def test_what_a_host_bears_in_any_sixty_seconds_it_takes_and_what_is_beyond_it_refuses_for_now(
        clock: Stopped, opens: Opens, what: str) -> None:
    two = SCENARIOS["narrow"] if what is CONNECTION else Scenario(SCENARIOS["narrow"].befalls,
                                                                  letters=2)
    visits = opens(two)

    def knock(at: str = BIG) -> str:
        return visits.connects(at).replace(HELLO, "") if what is CONNECTION else visits.offers(at,
                                                                                               TO)

    assert knock() == ""
    clock.turn(seconds=40)
    assert knock() == ""
    assert knock().startswith(("421 4.7.0", "450 4.7.1"))
    assert [knock(OTHER) for _ in range(9)] == [""] * 9
    clock.turn(seconds=20)
    assert knock() == ""
    assert knock() != ""


def test_every_visit_stands_in_the_log_with_its_host_and_the_land_s_time(clock: Stopped,
                                                                         opens: Opens,
                                                                         tmp_path: Path) -> None:
    visits = opens("unreachable")
    visits.connects(BIG)
    clock.turn(hours=7)
    visits.connects(BIG)
    visits.offers(BIG, TO)
    lines = [json.loads(line) for line in (tmp_path / "arrivals.jsonl").read_text().splitlines()]
    assert [(line["host"], line["what"], line["outcome"]) for line in lines] == [
        (BIG_HOST, CONNECTION, DROP), (BIG_HOST, CONNECTION, HELLO), (BIG_HOST, LETTER, "")]
    assert [datetime.fromisoformat(line["sim"]) for line in lines] == [SHOWS,
                                                                       SHOWS + timedelta(hours=7),
                                                                       clock.shows]


def test_one_house_hosts_every_domain_that_works_and_machines_are_known_by_one_name() -> None:
    bodies = [body("open", domain=f"d{n}.go.test")
              for n in range(50)] + [body("nxdomain", domain="gone.go.test")]
    drawn = zone.draw(bodies, BIG_HOST)
    assert {drawn.exchangers[f"d{n}.go.test"] for n in range(50)} == {((10, BIG_HOST),)}
    assert drawn.machines == {BIG: BIG_HOST}
    assert not drawn.knows("gone.go.test")
    assert len(zone.draw(bodies).machines) > 10
