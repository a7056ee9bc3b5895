"""Builds the world, once, from settings: the only room that sees both the steps and the edges."""

import asyncio
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, partial
from pathlib import Path
from string import Template

from sarabanwatch import settings as config
from sarabanwatch.app.life import Rulebook
from sarabanwatch.app.service import Service, World
from sarabanwatch.core.address import Rules
from sarabanwatch.core.arrival import Ours
from sarabanwatch.core.letter import Form
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.register import Register
from sarabanwatch.core.token import mint
from sarabanwatch.edge import dkim, dns, metrics, offdays, register, systemd
from sarabanwatch.edge.chance import SystemChance
from sarabanwatch.edge.clock import FastClock, WallClock
from sarabanwatch.edge.imap import ImapInbox, Mailbox, session
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.edge.ledger import SqliteLedger, questions
from sarabanwatch.edge.reader import Reader
from sarabanwatch.edge.smtp import Relay, RelayLine
from sarabanwatch.ports import Barred, Clock, Seals

SHORTEST_POLL = 0.5   # wall seconds, however fast the clock
HEARTBEAT = 5.0   # wall seconds between two looks at whether every loop still moves, without a watchdog's own word


class Unreachable(Exception):  # noqa: N818 - said of the server
    """A server that the daemon needs does not answer at start."""


@dataclass(frozen=True)
class Plant:
    """A configuration file, and the parts that can be built from it."""

    path: Path

    @cached_property
    def settings(self) -> config.Settings:
        """What the file says."""
        return config.load(self.path)

    def file(self, name: str, shipped: str = "") -> Path:
        """Return a file that the configuration names, relative to itself; or the shipped one where it names none."""
        return self.path.parent / name if name else config.shipped(shipped)

    def secret(self, name: str, key: str) -> str:
        """Return a secret that a key names."""
        return config.secret(name, self.path.parent, key) if name else ""

    @cached_property
    def clock(self) -> Clock:
        """The clock: the wall's, or an exercise's."""
        c = self.settings.clock
        return WallClock() if c.began is None or c.shows is None else FastClock(c.rate, c.began, c.shows)

    @cached_property
    def addresses(self) -> Rules:
        """The values that addresses are judged by."""
        return config.address_rules(self.file(self.settings.address.rules, "address-rules.toml"))

    @cached_property
    def groups(self) -> config.Groups:
        """What the groups are called, and what to mend."""
        return config.read(config.shipped("groups.toml"), config.Groups)

    @cached_property
    def policy(self) -> Policy:
        """The numbers that judgement turns on."""
        c = self.settings.campaign
        days = config.read(self.file(c.holidays, "holidays/extra.toml"), config.Holidays)
        year = self.clock.now().year
        closed = offdays.closed(range(year - 1, year + 2), days.added, days.removed)
        own = self.settings.canary
        return Policy(
            c.anchor, self.settings.live, c.weeks, c.window_office_hours, c.fails_before_turning, c.letters_at_most,
            canary_every=timedelta(hours=own.every_hours), canary_patience=timedelta(hours=own.patience_hours),
            must_bounce=own.must_bounce, holidays=closed)

    @cached_property
    def rules(self) -> Rulebook:
        """All that the steps decide by."""
        s = self.settings
        text = self.file(s.sender.letter, "letters/probe.txt").read_text(encoding="utf-8")
        keys = config.keys(self.secret(s.token.key_file, "token.key_file"), "token.key_file")
        signing = next(iter(keys.values()))
        return Rulebook(
            self.policy, self.addresses, Form(s.sender.address, s.sender.name, s.sender.number, Template(text)),
            Ours(s.sender.address, s.sender.number), keys, partial(mint, key=signing), s.inbox.authserv_id)

    @property
    def ledger_file(self) -> Path:
        """The file that remembers."""
        return self.file(self.settings.ledger.file)

    def ledger(self, file: Path | None = None, *, existing: bool = False) -> SqliteLedger:
        """Open the ledger, or a copy of it, to write; close it again. Raise NoLedger where it must be `existing` and is not."""
        if existing:
            with questions.asking(self.ledger_file):
                pass
        return SqliteLedger(file or self.ledger_file, self.addresses)

    def reader(self) -> Reader:
        """What reads mail within bounds; close it again."""
        return Reader(self.rules.ours)

    @cached_property
    def seals(self) -> Seals:
        """What verifies the signatures of replies."""
        try:
            return dkim.seals(self.settings.dns.resolvers)
        except ValueError as error:
            raise config.Misconfigured(f'{self.path}: dns.resolvers: {error}; write them as "192.0.2.53:53"') from None

    @property
    def witnesses(self) -> list[dns.Witness]:
        """The resolvers asked about domains: those named; when live and none is named, the system's; else none."""
        d = self.settings.dns
        named = d.resolvers or (dns.system()[:config.RESOLVERS_AT_MOST] if self.settings.live else ())
        places = [place for place in map(config.resolver, named) if place]
        return [dns.Witness(dns.Resolver(host, port, d.timeout_seconds, d.tries, d.in_flight, d.per_second))
                for host, port in places]

    @cached_property
    def relay(self) -> Relay:
        """Our relay."""
        r = self.settings.relay
        password = self.secret(r.password_file, "relay.password_file")
        return Relay(r.host, r.port, r.tls, r.user, password, self.settings.sender.helo)

    @cached_property
    def mailbox(self) -> Mailbox:
        """The watched mailbox."""
        i = self.settings.inbox
        password = self.secret(i.password_file, "inbox.password_file")
        poll = max(SHORTEST_POLL, self.clock.wall_seconds(i.poll_seconds))
        return Mailbox(i.host, i.port, i.tls, i.user, password, i.mailbox, poll)


def check(plant: Plant) -> None:
    """Build all that can be built without a server; raises what is wrong with the configuration or its files."""
    _ = plant.settings, plant.rules, plant.relay, plant.mailbox, plant.seals
    if plant.settings.register.file:
        register.load(plant.file(plant.settings.register.file))


async def run(plant: Plant) -> None:
    """Run the daemon until SIGTERM or SIGINT."""
    check(plant)
    journal = MetricJournal(plant.clock)
    listening = metrics.listen(plant.settings.metrics.host, plant.settings.metrics.port)
    await _knock(plant)
    ledger = plant.ledger()
    reader = plant.reader()
    try:
        if plant.settings.register.file:
            await import_register(plant, plant.file(plant.settings.register.file), ledger)
        journal.imported(*await ledger.judgements.rows())
        service = _service(plant, ledger, reader, journal)
        journal.listening(*listening.getsockname()[:2])
        async with _beside(metrics.serve(journal.registry, listening), _heartbeat(service)):
            await service.run(ready=lambda: systemd.notify("READY=1", "STATUS=watching"))
    finally:
        systemd.notify("STOPPING=1")
        await reader.close()
        ledger.close()


async def import_register(plant: Plant, path: Path, ledger: SqliteLedger) -> Register:
    """Take a register file into the ledger, whole or not at all."""
    read = register.load(path)
    await ledger.roll.replace(read, plant.clock.now())
    return read


def _service(plant: Plant, ledger: SqliteLedger, reader: Reader, journal: MetricJournal) -> Service:
    inbox = ImapInbox(plant.mailbox, alive=lambda: service.moved("receive"), lost=journal.mailbox_lost)
    lines = [RelayLine(plant.relay) for _ in range(plant.settings.relay.connections)]
    world = World(ledger, plant.clock, SystemChance(), journal, inbox, plant.mailbox.name, reader, plant.seals, lines,
                  plant.rules, plant.witnesses, timedelta(hours=plant.settings.dns.survey_hours))
    service = Service(world)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, service.stop)
    return service


async def _knock(plant: Plant) -> None:
    """See at start that relay and inbox will have us: better one clear line now than a silent wait."""
    relay, box = plant.relay, plant.mailbox
    line = RelayLine(relay)
    try:
        await line.connect()
    except Barred:
        raise
    except Exception as error:
        where = f"relay {relay.host}:{relay.port}"
        raise Unreachable(f"{where} does not answer ({error}); see relay.host and relay.port") from error
    finally:
        await line.close()
    try:
        async with session(box):
            pass
    except Barred:
        raise
    except Exception as error:
        where = f"inbox {box.host}:{box.port}"
        raise Unreachable(f"{where} does not answer ({error}); see inbox.host and inbox.port") from error


async def _heartbeat(service: Service) -> None:
    """Feed systemd's watchdog while every loop moves, and only then."""
    every = systemd.watchdog_seconds() or HEARTBEAT
    while True:
        if service.alive():
            systemd.notify("WATCHDOG=1")
        await asyncio.sleep(every)


@asynccontextmanager
async def _beside(*jobs: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run jobs beside the body, and end them with it."""
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
