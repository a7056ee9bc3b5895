"""A letter that its own host puts off until its time is over, from draft to verdict, hour by
hour."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from fakes import samples
from fakes.post import sendable
from fakes.samples import RULES
from sarabanwatch import store
from sarabanwatch.app import life, rounds
from sarabanwatch.app.life import Outlet
from sarabanwatch.app.own_path import canary
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.core.facts.evidence import FactKind
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.policy import CanarySection
from sarabanwatch.core.returns.arrival import Ours
from sarabanwatch.core.sending.reply import Answer, Outgoing, Stage
from sarabanwatch.core.sending.route import Route
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.store import FileLedger, dossiers, queries

POLICY = replace(samples.POLICY, live=True)
TAKEN = Answer(Stage.DOT, 250, "2.0.0", "taken", Route.DIRECT, "mx.test")
GREY = Answer(Stage.RCPT, 451, "4.3.0", "Greylisted, please try again later", Route.DIRECT,
              "mx.one.go.th")
LISTED = Answer(Stage.RCPT, 554, "5.7.1", "client host blocked using rbl.test", Route.DIRECT,
                "mx.one.go.th")
AT_RELAY = Answer(Stage.RCPT, 451, "4.3.0", "Greylisted, please try again later", Route.RELAY,
                  "relay.test")
Says = Callable[[str], Answer]


@dataclass
class World:
    """A ledger, a clock, chance that always draws the middle, and a line that answers as a test
    says."""

    path: Path
    says: Says = field(init=False)
    at = samples.MONDAY

    def __post_init__(self) -> None:
        self.ledger = FileLedger(self.path, samples.RULES)
        self.journal = MetricJournal(self)
        self.rules = Rulebook(POLICY, samples.RULES, samples.FORM,
                                   Ours("probes@probe.test", "1"), {"a": samples.KEY},
                                   samples.unbound, samples.REFUSALS,
                                   pace=samples.UNPACED)

    def now(self):
        return self.at

    def wall_seconds(self, seconds):
        return seconds

    def draw(self):
        return 0.5

    async def ready(self):
        return None

    async def send(self, out: Outgoing) -> Answer:
        return self.says(out.to)

    async def close(self):
        return None

    async def hours(self, many: int) -> None:
        """Let so many hours pass; each writes what is due, sends it, and ends what is over."""
        parts = {"ledger": self.ledger, "clock": self, "rules": self.rules, "journal": self.journal}
        for _ in range(many):
            self.at += timedelta(hours=1)
            await canary(**parts)
            await rounds.turn(**parts)
            await life.draft(**parts)
            for serial in await sendable(self.ledger, self.at, 50, []):
                await life.send(serial, Outlet(self, self), **parts)
            await life.close(looked_at=self.at, **parts)
            await life.judge(ledger=self.ledger, clock=self, rules=self.rules)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = World(tmp_path / "ledger.db")
    yield world
    world.ledger.close()


async def fate(
    world: World, *, one: Answer = GREY, others: Answer = TAKEN, neighbour: Answer = TAKEN,
) -> tuple[FactKind, Verdict | None]:
    """Return how the letter to one agency ended, and its verdict, when these answers are given.

    `others` are listed day by day, so that a letter to somebody goes each day; the `neighbour`, at
    the same host, comes halfway.
    """
    said = {"saraban@one.go.th": one, "neighbour@one.go.th": neighbour}
    world.says = lambda to: said.get(to, others)
    listed = [samples.agency()]
    for day in range(8):
        listed.append(samples.agency(f"saraban@n{day}.go.th", f"20{day:02}", name=f"กรม {day}"))
        if day == 4:
            listed.append(samples.agency("neighbour@one.go.th", "1002", name="กรมข้างเคียง"))
        await world.ledger.write(store.register_table.replace,
                                 samples.register(*listed, digest=f"d{day}"), RULES, world.at)
        await world.hours(24)
    with queries.asking(world.path) as db:
        letter = dossiers.dossier(db, "1001").letters[0]
        means, = next(db.execute("SELECT verdict FROM letter WHERE serial = ?", (letter.serial,)))
    return letter.evidence[-1].kind, Verdict(means) if means else None


async def test_it_is_given_up_and_the_agency_impaired(world: World) -> None:
    assert await fate(world) == (FactKind.GAVE_UP, Verdict.IMPAIRED)
    with queries.asking(world.path) as db:
        letters = dossiers.dossier(db, "1001").letters
    assert len(letters) == 1        # it decided: no fresh letter in this round
    assert {fact.kind for fact in letters[0].evidence[:-1]} == {FactKind.PUT_OFF}
    assert letters[0].evidence[-1].text == GREY.text


@pytest.mark.parametrize("ours", [
    # our own network, for all we know
    {"others": Answer(Stage.CONNECT, 0, "", "mx.test: timed out", Route.DIRECT, "mx.test")},
    {"others": replace(TAKEN, route=Route.RELAY)},          # others were taken, but by our relay
    {"neighbour": LISTED},                                  # the host refuses us for what we are
    {"one": AT_RELAY},
    {"one": replace(LISTED, code=451, status="4.7.1")},
])
async def test_it_is_held_where_the_fault_may_be_ours(world: World,
                                                      ours: dict[str, Answer]) -> None:
    assert await fate(world, **ours) == (FactKind.HELD, Verdict.UNKNOWN)


async def test_it_is_held_where_a_letter_to_ourselves_was_lost(world: World) -> None:
    world.rules = replace(world.rules, policy=replace(POLICY, canary=CanarySection()))
    assert (await fate(world))[0] is FactKind.HELD
