"""The world about the daemon: a relay and an inbox that fail, and offices whose truth is known.

It goes on while the daemon is dead. Everything in it is drawn from one seed. Times are civil.
"""

import asyncio
import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from random import Random

from fakes.post import answer, bounce
from sarabanwatch.core.domain import DomainFacts, Host
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.returns.mailbox import Batch, Bookmarks, Cursor
from sarabanwatch.core.sending.reply import Answer, Outgoing, Stage

HOUR = 3600.0
HOME, NOWHERE = re.compile(r"probes\+\w+@probe\.test"), "no-such-box@probe.test"
# What an office does with a letter: the hours until something comes back (at least, at most), what
# comes back, and the group that the office is truly in.
OFFICES = {
    "clerk":   ((0.5, 20.0), answer, Group.A1),
    "silent":  (None, None, Group.A2),
    "nobody":  ((0.0, 3.0), bounce, Group.D2),
    "nowhere": ((0.0, 1.0), lambda out: bounce(out, "5.1.2",
                                               "550 5.1.2 Host unknown (Domain name not found)"),
                Group.D1),
    "full":    ((1.0, 8.0), lambda out: bounce(out, "5.2.2", "552 5.2.2 Mailbox full"), Group.D3),
}
SHARES = (8, 8, 2, 1, 1)
AT_MAIL = Answer(Stage.MAIL, 451, "4.3.0", "try again later")
AT_RCPT = Answer(Stage.RCPT, 450, "4.2.0", "greylisted, come back later")
BEFORE_THE_DOT = Answer(Stage.DATA, 0, "", "connection lost")
AT_THE_DOT = Answer(Stage.DOT, 0, "", "connection lost")
TAKEN = Answer(Stage.DOT, 250, "2.0.0", "queued")
# how a relay ends a letter, how often, and whether it has the letter then
ENDS = ((TAKEN, 86, True), (AT_MAIL, 3, False), (AT_RCPT, 4, False), (BEFORE_THE_DOT, 3, False),
        (AT_THE_DOT, 2, False), (AT_THE_DOT, 2, True))


@dataclass
class World:
    """Relay, inbox and offices."""

    rng: Random
    clock: object
    offices: dict[str, str]                         # address -> a key of OFFICES
    # when, what: each letter that came to its dot
    arrived: list[tuple[object, Outgoing]] = field(default_factory=list)
    box: list[bytes] = field(default_factory=list)
    put: list[datetime] = field(default_factory=list)     # when each came
    validity: int = 1
    relay_up: bool = True
    inbox_up: bool = True
    canaries_unheard: int = 0
    # False: what is sent to us comes nowhere, and nobody says so
    hears: bool = True
    news: asyncio.Event = field(default_factory=asyncio.Event)
    asked_to_stop: asyncio.Event = field(default_factory=asyncio.Event)
    going: set[asyncio.Task] = field(default_factory=set)

    def after(self, hours: float, do, *given) -> None:
        """Let something happen later, whatever becomes of the daemon."""
        async def later():
            await self.clock.sleep(hours * HOUR)
            do(*given)

        task = asyncio.get_running_loop().create_task(later())
        self.going.add(task)
        task.add_done_callback(self.going.discard)

    def take(self, out: Outgoing) -> None:
        """Have a letter: it reached the dot."""
        self.arrived.append((self.clock.now(), out))
        if HOME.fullmatch(out.to):
            home = b"Return-Path: <>\r\n" + out.raw
            self.after(self.rng.uniform(0.0, 0.5), partial(self.deliver, canary=True), home)
            return
        if out.to == NOWHERE:
            self.after(self.rng.uniform(0.0, 0.5), partial(self.deliver, canary=True), bounce(out))
            return
        if out.to not in self.offices:
            if not takes_any(out.to):
                self.after(self.rng.uniform(0.0, 20.0), self.deliver, bounce(out))
            return
        hours, comes, _ = OFFICES[self.offices[out.to]]
        if hours:
            self.after(self.rng.uniform(*hours), self.deliver, comes(out))

    def deliver(self, raw: bytes, *, canary: bool = False) -> None:
        """Put mail into the inbox; now and then twice."""
        if not self.hears:
            self.canaries_unheard += canary
            return
        for _ in range(1 + (self.rng.random() < 0.03)):
            self.box.append(raw)
            self.put.append(self.clock.now())
        self.news.set()
        self.news.clear()

    def renumber(self) -> None:
        """The server numbers its mails anew (UIDVALIDITY)."""
        self.validity += 1

    def take_away(self, what: str, hours: float) -> None:
        """Take the relay or the inbox away for some hours."""
        setattr(self, what, False)
        self.after(hours, setattr, self, what, True)

    def lose_mail(self, hours: float) -> None:
        """Let what is sent to us go nowhere for some hours, but only where a canary notices."""
        self.hears, self.canaries_unheard = False, 0

        def hear_again() -> None:
            self.hears = self.canaries_unheard > 0
            if not self.hears:
                self.after(1, hear_again)

        self.after(hours, hear_again)

    def close(self) -> None:
        """End what is still to happen."""
        for task in self.going:
            task.cancel()


@dataclass
class SimLine:
    """The Line port on the world's relay. After the daemon's death nothing more is heard of it."""

    world: World
    alive: object

    @property
    def stands(self) -> bool:
        """Whether the relay is there."""
        return self.world.relay_up

    async def ready(self) -> None:
        """Wait until the relay is there."""
        while not self.world.relay_up:
            await self.world.clock.sleep(HOUR / 4)

    async def send(self, out: Outgoing) -> Answer:
        """Carry one letter to whatever end it has; a relay that goes away meanwhile cuts it off."""
        world = self.world
        answer, _, arrives = world.rng.choices(ENDS, [share for _, share, _ in ENDS])[0]
        await world.clock.sleep(world.rng.uniform(1, 120))
        if not self.alive():
            await asyncio.get_running_loop().create_future()      # a dead program says no more
        if not world.relay_up:
            return BEFORE_THE_DOT
        if arrives:
            world.take(out)
        await world.clock.sleep(world.rng.uniform(1, 120))
        return answer

    async def close(self) -> None:
        """Nothing to give back."""


@dataclass(eq=False)
class SimResolver:
    """The Resolver port on the world's DNS: an office that is nowhere has no domain."""

    world: World

    async def look(self, domain: str) -> DomainFacts:
        """Look at one domain."""
        gone = self.world.offices.get(f"saraban@{domain}") == "nowhere"
        hosts = (Host(10, f"mx.{domain}", False, ("192.0.2.1",), (), ()),)
        return DomainFacts(domain, exists=False) if gone else DomainFacts(domain, True, hosts)

    async def route(self, domain: str) -> DomainFacts:
        """Look at one domain."""
        return await self.look(domain)

    def forget(self) -> None:
        """Nothing is kept."""


@dataclass
class SimInbox:
    """The Inbox port on the world's mailbox; says before each wait how long it may take."""

    world: World
    alive: object = staticmethod(lambda _: None)
    looks: float = HOUR / 2     # so often, where there is no news

    async def batches(self, after: Bookmarks):
        """Yield what is there, some mails at a time, then that the end was reached; for ever."""
        world, cursor = self.world, after.cursors.get("INBOX", Cursor())
        while True:
            while not world.inbox_up:
                self.alive(world.clock.wall_seconds(HOUR / 4))
                await world.clock.sleep(HOUR / 4)
            if cursor.validity != world.validity:
                cursor = Cursor(world.validity, 0)
            await world.clock.sleep(world.rng.uniform(0, 60))
            some = world.box[cursor.uid:cursor.uid + world.rng.randint(1, 20)]
            through = cursor.uid + len(some) == len(world.box)
            mails = list(enumerate(some, start=cursor.uid + 1))
            cursor = Cursor(cursor.validity, cursor.uid + len(some))
            yield Batch(mails, cursor, through=through and not some)
            if not some:
                self.alive(world.clock.wall_seconds(self.looks))
                try:
                    await asyncio.wait_for(world.news.wait(), world.clock.wall_seconds(self.looks))
                except TimeoutError:
                    continue


def takes_any(address: str) -> bool:
    """Whether an office's domain accepts any name, as each third one does."""
    return int(address.partition("@office")[2].partition(".")[0]) % 3 == 0


def settle(rng: Random, number: int) -> dict[str, str]:
    """Return so many offices, address -> what it does with letters; at least one of each sort."""
    sorts = [*OFFICES, *rng.choices(list(OFFICES), SHARES, k=number - len(OFFICES))]
    return {f"saraban@office{i}.go.test": sort for i, sort in enumerate(sorts, start=1)}
