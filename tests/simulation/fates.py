"""What happens in a year, when, and how: drawn from its seed before it begins."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from unittest import mock

from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.sending.pausing import Reach
from sarabanwatch.store import schema
from simulation.country import FAILS, PROVINCES, WORKS
from simulation.world import HOUR

WEEKS, A_DAY = 6, 24 * HOUR
SPARE, ROOMY = 200_000_000, 10_000_000_000      # octets on the disk
# What happens in a round, and how often.
FATES: dict[str, float] = {
    "killed": 3, "stopped": 1, "relay away": 1, "inbox away": 1, "mail lost": 1,
    "renumbered": 1 / 3, "raised": 1, "announced": 1, "moved": 1, "joined": 1, "corrected": 1,
    "left alone": 2 / 3, "asked": 2, "holiday": 1, "paused": 1,
}
# And what happens besides in rounds of their whole length: each takes days of which a short round
# has too few.
RARER: dict[str, float] = {
    "all paused": 1 / 2, "extra round": 1 / 2, "clock leaps": 2 / 3, "disk nearly full": 1 / 3,
    "disk full": 1 / 3,
}
# Days. At a start fewer ahead than core.sending.timekeeping.IDLE are believed: the daemon may have
# been stopped for so long.
LEAPS = (-400, -40, 120, 365)
TURNS = 0.02                    # of all agencies, in a round: how many break, and are mended
# what happens while the letters of a round leave
BEGINS_WITH = ("mail lost", "host away", "killed")
LATER = ("CREATE TABLE later_release (round INTEGER, letters INTEGER) STRICT;"
         "INSERT INTO later_release SELECT campaign, count(*) FROM letter GROUP BY campaign;")


@dataclass(frozen=True)
class Plan:
    """What is played: a seed, how many agencies, how many rounds, and of how many weeks."""

    seed: int = 1
    agencies: int = 300
    rounds: int = 9
    weeks: int = WEEKS

    @property
    def round(self) -> timedelta:
        """How long a round lasts."""
        return timedelta(weeks=self.weeks)


def schedule(rng: Random, plan: Plan) -> Iterator[tuple[timedelta, str]]:
    """Yield what happens, and how long after the beginning."""
    turns, rarer = max(1, plan.agencies * TURNS), RARER if plan.weeks >= WEEKS else {}
    for number in range(plan.rounds):
        for fate, times in {**FATES, "broken": turns, "mended": turns, **rarer}.items():
            for _ in range(int(times + rng.random())):
                yield (number + rng.random()) * plan.round, fate
        yield number * plan.round + timedelta(hours=rng.uniform(0, 2)), BEGINS_WITH[number % 3]
    # a day after the letters of a round have left, of which no backup knows
    yield plan.rounds // 2 * plan.round + timedelta(hours=rng.uniform(12, 36)), "restored"
    yield (plan.rounds - 1 + rng.uniform(0.2, 0.5)) * plan.round, "upgraded"


class Fates:
    """Lets things happen to a year: each method is a fate, by its name."""

    def __init__(self, year):
        self._year, self._rng, self._country = year, year.rng, year.country
        self._office = year.office

    def strike(self, fate: str) -> None:
        """Let something happen."""
        getattr(self, fate.replace(" ", "_"))()

    def killed(self) -> None:
        """Kill the daemon."""
        self._year.die(self._rng.uniform(0, 2 * HOUR))

    def restored(self) -> None:
        """Lose the machine; the ledger of some days ago goes to a new one."""
        self._year.restoring = True
        self._year.die(self._rng.uniform(0, A_DAY))

    def stopped(self) -> None:
        """Stop the machine for up to two days."""
        self._year.stop(self._rng.uniform(0, 2 * A_DAY))

    def upgraded(self) -> None:
        """Stop, and start as a later release, which brings the ledger up."""
        migrations = (*schema.MIGRATIONS, LATER)
        self._year.upgrades.enter_context(mock.patch.object(schema, "MIGRATIONS", migrations))
        self._year.stop(self._rng.uniform(0, HOUR))

    def relay_away(self) -> None:
        """Take the relay away."""
        self._country.take_away("relay_up", self._rng.uniform(5, 60))

    def inbox_away(self) -> None:
        """Take the inbox away."""
        self._country.take_away("inbox_up", self._rng.uniform(5, 60))

    def host_away(self) -> None:
        """Take the mail host of half the agencies away for days."""
        self._country.take_away("host_up", self._rng.uniform(60, 120))

    def mail_lost(self) -> None:
        """Let what is sent to us go nowhere."""
        self._country.lose_mail(self._rng.uniform(2, 30))

    def renumbered(self) -> None:
        """Let the inbox number its mails anew."""
        self._country.renumber()

    def broken(self) -> None:
        """Let a mailbox that works fail."""
        self._turn(WORKS, FAILS)

    def mended(self) -> None:
        """Let a mailbox that fails work."""
        self._turn(FAILS, WORKS)

    def joined(self) -> None:
        """Have a new agency on the list."""
        self._country.join(self._rng.choice(WORKS))
        self._country.edition += 1

    def raised(self) -> None:
        """Have a list by which a body is raised in status."""
        self._country.raised(self._anyone())

    def announced(self) -> None:
        """Have a list by which a body that was raised has announced a new address."""
        raised = [code for code, each in self._country.listed.items() if each.status]
        for code in raised[:1]:
            self._country.moved(code, self._country.found("clerk"))

    def moved(self) -> None:
        """Have a list that gives an agency another address."""
        self._country.moved(self._anyone(), self._country.found(self._rng.choice(WORKS)))

    def corrected(self) -> None:
        """Let an agency write that it has another address."""
        self._office.correct(self._anyone())

    def left_alone(self) -> None:
        """Let an agency ask for no more letters."""
        self._office.spare(self._anyone())

    def asked(self) -> None:
        """Let a person ask for a letter."""
        task = asyncio.create_task(self._office.ask(self._anyone()))
        self._country.going.add(task)
        task.add_done_callback(self._country.going.discard)

    def holiday(self) -> None:
        """Have the Cabinet declare that tomorrow is a holiday."""
        here = self._country.clock.now().astimezone(BANGKOK)
        self._office.closed.add((here + timedelta(days=1)).date())

    def paused(self) -> None:
        """Let a person pause an agency, a province or a mail host for some days."""
        code, days = self._anyone(), timedelta(days=self._rng.uniform(0.5, 4))
        reach = self._rng.choice([Reach.AGENCY, Reach.PROVINCE, Reach.HOST])
        self._office.pause(reach, code, self._country.clock.now() + days)

    def all_paused(self) -> None:
        """Let a person pause everything for up to two days: our own mail system moves."""
        ends = self._country.clock.now() + timedelta(days=self._rng.uniform(0.3, 2))
        self._office.pause(Reach.ALL, "", ends)

    def extra_round(self) -> None:
        """Let a person open an extra round for a province."""
        self._office.extra.append(self._rng.choice(PROVINCES))

    def clock_leaps(self) -> None:
        """Let the machine's clock show another year for some days; a daemon may start meanwhile."""
        self._year.leap = timedelta(days=self._rng.choice(LEAPS))
        self._country.after(self._rng.uniform(10, 100), setattr, self._year, "leap", timedelta())

    def disk_nearly_full(self) -> None:
        """Let something else fill the disk for a while, but for what is spared."""
        self._year.free = SPARE // 2
        self._country.after(self._rng.uniform(5, 60), setattr, self._year, "free", ROOMY)

    def disk_full(self) -> None:
        """Let the disk be full for a while: what cannot be written down is not done."""
        self._year.fill(full=True)
        self._country.after(self._rng.uniform(1, 24), self._year.fill, False)

    def _anyone(self) -> str:
        return self._rng.choice(self._office.untouched())

    def _turn(self, was: tuple[str, ...], now: tuple[str, ...]) -> None:
        country = self._country
        of = [code for code, to in country.registered.items() if country.offices[to] in was]
        if of:
            country.becomes(self._rng.choice(of), self._rng.choice(now))
