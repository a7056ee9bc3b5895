"""The people beside the daemon: one asks for a letter, one accepts a correction, one writes an
opt-out down, one pauses an office or all.

They work on the ledger that the daemon has open, by the steps that their verbs take. Whoever gets
no answer, because the machine died meanwhile, tries again. What they were told is kept, and
compared with what came of it.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

import apsw

from fakes.samples import agency
from sarabanwatch import store
from sarabanwatch.app.asking import ask
from sarabanwatch.app.rulebook import Rulebook
from sarabanwatch.core.errors import RequestError, Unwritable
from sarabanwatch.core.facts.agency import Agency, Announcement
from sarabanwatch.core.sending.pausing import Pause, Reach
from sarabanwatch.core.sending.weekly import Weekly
from sarabanwatch.store import Ledger
from sarabanwatch.store.pauses import Wanted
from simulation.world import HOUR, OFFICES, SHARES, World

DIED = (Unwritable, apsw.Error)
ACTS = ("asked", "corrected", "left alone", "paused")
HOURS = ("daily 00:00-12:00", "mon,tue,wed,thu,fri 09:00-12:00")
ELSEWHERE = 100     # what the number of an office's new domain is greater by


class Broken(AssertionError):  # noqa: N818 - said of a promise
    """A promise that did not hold; names the seed."""


@dataclass
class People:
    """What they do, and were told."""

    world: World
    rulebook: Rulebook
    # code -> the address that the list gives
    listed: dict[str, str] = field(init=False)
    ledger: Ledger | None = None
    asked: dict[int, str] = field(default_factory=dict)             # serial -> address
    moved: dict[str, str] = field(default_factory=dict)             # code -> the new address
    # code -> when it was told that no letter comes
    spared: dict[str, datetime] = field(default_factory=dict)
    # pause, and the code that was meant
    paused: list[tuple[Pause, str]] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)

    def __post_init__(self):
        self.listed = {listed(address).code: address for address in self.world.offices}

    def address(self, code: str) -> str:
        """Return what an agency's address is by now."""
        return self.moved.get(code, self.listed[code])

    def is_of(self, code: str, to: str) -> bool:
        """Say whether a letter went to an agency, or to nobody at its domain."""
        return to.partition("@")[2] in {known.partition("@")[2]
                                        for known in (self.listed[code], self.address(code))}

    def do(self, act: str) -> None:
        """Let somebody do something, for however long it takes them."""
        code = self.world.rng.choice([code for code in self.listed if code not in self.spared
                                      | self.moved])
        does = dict(zip(ACTS, (self._ask, self._correct, self._spare, self._pause),
                        strict=True))[act]
        task = asyncio.get_running_loop().create_task(does(code))
        self.world.going.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task) -> None:
        self.world.going.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.failures.append(error)

    def _book(self) -> Ledger:
        if self.ledger is None:
            raise Unwritable("there is no daemon, hence no ledger")
        return self.ledger

    async def _ask(self, code: str) -> None:
        left_alone = code in self.spared
        try:
            serial = await ask(code, None, ledger=self._book(), clock=self.world.clock,
                               rules=self.rulebook)
        except (RequestError, *DIED):
            return
        if left_alone:
            raise Broken(f"a letter to {code} was written down, which asked to be left alone")
        self.asked[serial] = self.address(code)

    async def _correct(self, code: str) -> None:
        """The office has a new address, says so until it is heard, and a letter is asked for."""
        world, number = self.world, int(code) + ELSEWHERE
        new = f"saraban@office{number}.go.test"
        (world.offices[new],) = world.rng.choices(list(OFFICES), SHARES)
        notice = (f"From: clerk@office{number}.go.test\r\nTo: probes@probe.test\r\n"
              "Subject: แจ้งแก้ไข\r\nContent-Type: text/plain; "
                  f"charset=utf-8\r\n\r\nขอแจ้งแก้ไขอีเมลกลางของหน่วยงาน เป็น {new}\r\n").encode()
        while code not in self.moved:
            world.deliver(notice)
            await world.clock.sleep(world.rng.uniform(1, 12) * HOUR)
            await self._accept(sha256(notice).hexdigest(), code, new)
        await self._ask(code)

    async def _accept(self, mail: str, code: str, new: str) -> None:
        given = Announcement("https://one.test/b", None, new)
        try:
            await self._book().write(
                store.corrections.accept, store.corrections.Correction(mail, code, new, given),
                self.rulebook.addresses, "สมศรี", "", self.world.clock.now())
        except (KeyError, *DIED):       # not taken in yet
            return
        except RequestError:                 # it was on disk when they died who should have said so
            pass
        self.moved[code] = new

    async def _spare(self, code: str) -> None:
        while code not in self.spared:
            try:
                await self._book().write(store.opt_outs.add, code, None, "สมศรี", "โทรศัพท์",
                                         self.world.clock.now())
            except DIED:
                await self.world.clock.sleep(HOUR)
                continue
            except RequestError:
                pass
            self.spared[code] = self.world.clock.now()

    async def _pause(self, code: str) -> None:
        """Pause an office, its mail host or all of them for some days, or for hours of each day."""
        rng, now = self.world.rng, self.world.clock.now()
        level = rng.choice([Reach.AGENCY, Reach.HOST, Reach.LETTERS, Reach.ALL])
        every = Weekly.read(rng.choice(HOURS)) if rng.random() < 0.3 else None
        host = f"mx.{self.address(code).partition('@')[2]}"
        wanted = Wanted(level, {Reach.AGENCY: code, Reach.HOST: host}.get(level, ""), now,
                        now + timedelta(hours=rng.uniform(2, 90)), every, "สมศรี", "ปรับปรุง")
        while True:
            try:
                made = await self._book().write(store.pauses.add, wanted, self.world.clock.now())
            except DIED:
                await self.world.clock.sleep(HOUR)
                continue
            except RequestError:    # it stands already, or would be over by now
                return
            self.paused.append((made, code))
            return


def listed(address: str) -> Agency:
    """Return the agency that the list gives an address."""
    return agency(address, address.partition("office")[2].partition(".")[0])
