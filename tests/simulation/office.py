"""The people who run the watch for a year: reports, backups, corrections, opt-outs, the halt.

They act by the steps of their verbs, look a few times a day at what waits for them, and do again
what a restored ledger has forgotten before they let letters go.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path

import apsw

from sarabanwatch import store
from sarabanwatch.app.asking import ask
from sarabanwatch.core.calendar import OffDays
from sarabanwatch.core.errors import RequestError, Unwritable
from sarabanwatch.core.facts.agency import Announcement, Status
from sarabanwatch.core.rounds import Act, RoundKind, RoundRecord
from sarabanwatch.core.sending.halt import Why
from sarabanwatch.core.sending.pausing import Reach
from sarabanwatch.core.sending.plan import window_end
from sarabanwatch.store import snapshots
from sarabanwatch.store.corrections import Correction
from sarabanwatch.store.pauses import Wanted
from sarabanwatch.wiring import backup, papers
from simulation import census
from simulation.census import RoundFound
from simulation.country import SHARES, Country, host_of
from simulation.machine import FileLedger, Machine
from simulation.promises import IN_HAND
from simulation.world import HOUR, OFFICES

DIED = (Unwritable, apsw.Error)
LOOKS, A_WEEK, KEPT = 6 * HOUR, timedelta(days=7), 5
HELD = timedelta(days=7)      # how long an incident holds before somebody asks all of it


@dataclass
class Office:
    """What they decided, and were found to have been right to."""

    country: Country
    machine: Machine
    backups: Path
    ledger: FileLedger | None = None
    spared: dict[str, datetime] = field(default_factory=dict)       # code -> since when
    # code -> the mail that asks for it, and the address
    corrected: dict[str, tuple[str, str]] = field(default_factory=dict)
    moving: dict[str, bytes] = field(default_factory=dict)          # code -> what it keeps writing
    # what is to be paused -> since when it is
    pauses: dict[Wanted, datetime | None] = field(default_factory=dict)
    closed: set[date] = field(default_factory=set)      # days on which offices are closed
    extra: list[str] = field(default_factory=list)      # provinces that are to get an extra round
    extras: dict[int, frozenset[str]] = field(default_factory=dict)     # round -> whom it is for
    halts: dict[str, datetime] = field(default_factory=dict)     # halt -> when it was first seen
    reports: dict[int, RoundFound] = field(default_factory=dict)
    backed_up: datetime | None = None
    clock_wrong: Callable[[], bool] = bool      # whether the machine's clock shows a wrong time

    @property
    def book(self) -> FileLedger:
        """The ledger; raise Unwritable where no daemon has it open."""
        if self.ledger is None:
            raise Unwritable("there is no daemon, hence no ledger")
        return self.ledger

    def untouched(self) -> list[str]:
        """Return the codes that nobody has decided anything about."""
        ordinary = (code for code, each in self.country.listed.items()
                    if each.status is Status.NORMAL)
        return [code for code in ordinary
                if code not in self.spared and code not in self.moving]

    async def work(self) -> None:
        """Look at what waits, some times a day, for ever."""
        while True:
            await self.country.clock.sleep(LOOKS)
            try:
                await self._decide()
                await self._report()
                self._back_up()
                await self._lift()
                await self._release()
            except DIED:
                continue

    def spare(self, code: str) -> None:
        """Note that an agency asks to be left alone."""
        self.spared[code] = datetime.max.replace(tzinfo=self.country.clock.now().tzinfo)

    def pause(self, reach: Reach, code: str, until: datetime) -> None:
        """Note that an agency, or all of its province or mail host, is to be left in peace."""
        country = self.country
        key = {Reach.AGENCY: lambda: code, Reach.PROVINCE: lambda: country.listed[code].province,
               Reach.HOST: lambda: host_of(country.registered[code]),
               Reach.ALL: lambda: ""}[reach]()
        self.pauses[Wanted(reach, key, country.clock.now(), until, None, "สมศรี", "น้ำท่วม")] = None

    def paused(self, code: str, at: datetime) -> bool:
        """Say whether an agency is paused at a moment, and has been for a while."""
        country = self.country
        to = country.registered[code]
        keys = {"", code, country.listed[code].province}
        if country.offices[to] != "nowhere":        # whose DNS names no mail host to be paused
            keys.add(host_of(to))
        return any(wanted.key in keys and since and since + IN_HAND < at < wanted.until
                   for wanted, since in self.pauses.items())

    def correct(self, code: str) -> None:
        """Note that an agency has a new address, of which it writes until it is heard."""
        country = self.country
        (kind,) = country.rng.choices(list(OFFICES), SHARES)
        new = country.found(kind)
        domain = new.partition("@")[2]
        notice = (f"From: clerk@{domain}\r\nTo: probes@probe.test\r\nSubject: แจ้งแก้ไข\r\n"
                  "Content-Type: text/plain; charset=utf-8\r\n\r\n"
                  f"ขอแจ้งแก้ไขอีเมลกลางของหน่วยงาน เป็น {new}\r\n").encode()
        self.moving[code] = notice
        self.corrected[code] = sha256(notice).hexdigest(), new

    async def ask(self, code: str) -> None:
        """Ask for a letter to an agency; take no for an answer."""
        try:
            host = host_of(self.country.registered[code])
            await ask(code, host, ledger=self.book, clock=self.country.clock,
                      rules=self.machine.rulebook)
        except (RequestError, *DIED):
            return

    async def _decide(self) -> None:
        """See that all that was decided stands in the ledger, whatever it has forgotten."""
        now = self.country.clock.now()
        for code, since in self.spared.items():
            if not await self.book.read(store.opt_outs.stands, code):
                await self.book.write(store.opt_outs.add, code, None, "สมศรี", "โทรศัพท์", now)
                self.spared[code] = min(since, now)
        for code, (mail, new) in self.corrected.items():
            found = await self.book.read(store.register_table.find, code)
            if found and found.cell != new:
                await self._accept(mail, code, new)

        for wanted in [each for each in self.pauses if each.until > now]:
            with suppress(RequestError):        # it stands
                await self.book.write(store.pauses.add, wanted, now)
                self.pauses[wanted] = self.pauses[wanted] or now
        for day in sorted(self.closed - (await self.book.read(store.off_days.declared)).keys()):
            policy = replace(self.machine.policy,
                             holidays=OffDays(declared=dict.fromkeys(self.closed, True)))
            await self.book.write(store.off_days.declare, day, Act(now, "สมศรี", "มติ ครม."),
                                  partial(window_end, policy=policy), closed=True)

        while self.extra:
            await self._open(self.extra[-1], now)
            self.extra.pop()

    async def _open(self, province: str, now: datetime) -> None:
        """Open an extra round for a province, by the rounds' own step."""
        timetable = self.machine.policy.campaign.timetable
        codes = [code for code, each in self.country.listed.items() if each.province == province]
        wanted = RoundRecord(0, RoundKind.EXTRA, 0, now, now + timedelta(days=14), timetable,
                             by="สมศรี", why="ติดตามผล")
        opened = await self.book.write(store.rounds.extra, timetable, wanted, codes, "rules")
        self.extras[opened.id] = frozenset(codes)

    async def _accept(self, mail: str, code: str, new: str) -> None:
        given, country = Announcement("https://one.test/b", None, new), self.country
        try:
            await self.book.write(store.corrections.accept, Correction(mail, code, new, given),
                                  self.machine.addresses, "สมศรี", "", country.clock.now())
        except (KeyError, RequestError, apsw.ConstraintError):        # not taken in yet
            country.deliver(self.moving[code])
            return
        if country.registered[code] != new:
            country.register(code, new)

    async def _report(self) -> None:
        """Freeze the report of a round that ended, as of its cut-off."""
        timetable = self.machine.policy.campaign.timetable
        for each in await self.book.read(store.rounds.records, timetable):
            if (each.kind is RoundKind.REGULAR and each.closed_at
                    and each.number not in self.reports):
                kept = await papers.freeze(self.machine, each.closed_at)
                snapshot = self.book.ask(snapshots.read, kept)
                self.reports[each.number] = self.book.ask(
                    census.look, each, snapshot, self.country, self.machine.policy,
                    frozenset(self.spared))

    def _back_up(self) -> None:
        now = self.country.clock.now()
        if self.ledger and (self.backed_up is None or now - self.backed_up >= A_WEEK):
            backup.take(self.machine, self.backups)
            backup.thin_out(self.backups, KEPT)
            self.backed_up = now

    async def _lift(self) -> None:
        """Lift a halt once the windows of all that may have left before it are over.

        One for the clock says a wrong moment: it counts from when it was seen first.
        """
        now = self.country.clock.now()
        for halt in await self.book.read(store.halts.standing):
            since = self.halts.setdefault(f"{halt.number} {halt.since}", now)
            if halt.why is Why.ROOM or self.clock_wrong():
                continue
            if now > window_end(since, self.machine.policy) + timedelta(days=1):
                await self.book.write(store.halts.lift, halt.number, "สมศรี", "กู้คืนแล้ว", now)

    async def _release(self) -> None:
        """Release what was held for a week and is as it was found, by asking each of them."""
        now = self.country.clock.now()
        for each in await self.book.read(lambda tx: list(store.incidents.listed(tx))):
            since = datetime.fromisoformat(each.opened_at)
            if each.closed_at or now < since + HELD:
                continue
            held = await self.book.read(lambda tx, n: list(store.incidents.members(tx, n)), each.id)
            if all(member.group in self.country.true(member.code, since, now)
                   for member in held if not member.outcome):
                await self.book.write(store.incidents.release, each.id, "สมศรี", "ถามแล้ว", now)
