"""The daemon as a process: its ports and signals, and one run of the service after another.

SIGTERM and SIGINT end it, after the letters in hand. On SIGHUP it goes on with the configuration as
it is then (`reloading`): one service ends, the next begins, and the process, its ports and its
metrics stay.
"""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from datetime import timedelta
from functools import partial
from pathlib import Path

from sarabanwatch import store
from sarabanwatch.app import room
from sarabanwatch.app.editions import look
from sarabanwatch.app.off_days import HolidayWatch
from sarabanwatch.app.overview import Overseer
from sarabanwatch.app.parts import ServiceParts, nobody
from sarabanwatch.app.progress import Progress, feed
from sarabanwatch.app.service import Service
from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.errors import Unwritable
from sarabanwatch.edge import disk, metrics_endpoint, systemd, web, web_access
from sarabanwatch.edge.chance import SystemChance
from sarabanwatch.edge.imap import ImapInbox
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.edge.journal.agencies import EveryAgency
from sarabanwatch.edge.journal.rules import RulesInForce
from sarabanwatch.edge.reader import ReaderProcess
from sarabanwatch.edge.smtp import Relays
from sarabanwatch.store import Ledger, queries, upgrade
from sarabanwatch.store.ledger import LONGEST_WAIT_MS
from sarabanwatch.store.lock import keeping
from sarabanwatch.wiring import telling
from sarabanwatch.wiring.components import Components
from sarabanwatch.wiring.edges import Edges
from sarabanwatch.wiring.leading import Leading
from sarabanwatch.wiring.lines import line_maker
from sarabanwatch.wiring.reloading import check, renewed
from sarabanwatch.wiring.site import serve_page

# wall seconds in which a ledger must be open: another program may hold it, a new version may bring
# it up to date
OPENS = 600.0
CHECKS = 5.0    # wall seconds at a start in which the ledger is looked through for damage
FEEDS = 4       # in the watchdog's time: one that comes late is still followed by the next
# wall seconds between two looks at whether every loop goes on, where no watchdog is fed
LOOKS = 30.0


async def run(components: Components) -> None:
    """Run the daemon, the only one over its ledger, until SIGTERM or SIGINT.

    It starts even if relay, inbox or register are away or refuse us, and says for what it waits.
    Only a wrong configuration, a port that another process holds, or another daemon over the
    ledger's file keeps it from starting. Over a ledger on a server it stands by while another one
    leads.
    """
    check(components)
    place = components.ledger_place
    with keeping(place) if isinstance(place, Path) else nullcontext():
        await Daemon(components).run()


class Daemon:
    """The process, from its first configuration on."""

    def __init__(self, components: Components) -> None:
        # by what it runs, and by what it will run next
        self._components, self._next = components, [components]
        self._status = systemd.StatusLine()
        self._journal = MetricJournal(components.clock, lambda: self._components.groups.buckets,
                                      self._status.waits, self._rules)
        self._progress = Progress()
        self._service: Service | None = None
        self._ending = False
        self._renewing: asyncio.Task[None] | None = None
        metrics_, page = components.settings.metrics, components.settings.page
        self._access = Edges(components).metrics_access
        self._scraped = web.listen(metrics_.host, metrics_.port, "metrics")
        self._door = web.listen(page.host, page.port, "page") if page.port else None
        place = components.ledger_place
        self._lead = None if isinstance(place, Path) else Leading(place, self._journal)
        self._fenced: Unwritable | None = None
        self._asked: socket.socket | None = None
        self._started, self._scrape = components.clock.now(), telling.LastScrape()

    async def run(self) -> None:
        """Run until the end is asked for."""
        for number, handler in ((signal.SIGTERM, self._end), (signal.SIGINT, self._end),
                             (signal.SIGHUP, self._renew)):
            asyncio.get_running_loop().add_signal_handler(number, handler)
        journal = self._journal
        self._status.waits("inbox", "it is not yet read to its end")
        journal.listening(*self._scraped.getsockname()[:2], tls=self._access.tls is not None)
        try:
            register = metrics_endpoint.RegisterPage(self._agencies, lambda: journal.who.count)
            metrics = metrics_endpoint.app(
                lambda: journal.lead.registry if journal.lead.stands_by else journal.registry,
                register, self._scrape.now)
            scraped = web.serve(web_access.guarded(metrics, lambda: self._access), self._scraped,
                                failed=partial(journal.failed, "web"),
                                tls=lambda: self._access.tls)
            async with _beside(scraped, _watched(self._progress, journal)), self._leading():
                self._asked = telling.listen(self._components, partial(journal.failed, "web"))
                while self._next and not self._ending:
                    self._components = self._next.pop()
                    self._next.clear()
                    await self._live(self._components)
            if self._fenced:
                raise self._fenced
            journal.stopped()
        finally:
            systemd.notify("STOPPING=1")
            if self._asked:
                telling.place(self._components).unlink(missing_ok=True)

    @asynccontextmanager
    async def _leading(self) -> AsyncIterator[None]:
        """Lead meanwhile: over a file at once, over a server when no other daemon does any more."""
        if self._lead is None:
            yield
            return
        try:
            async with _beside(*self._page(self._components)):
                await self._lead.stand_by(lambda: self._ending, self._stands_by)
            async with _beside(self._lead.keep(self._loses)):
                yield
        finally:
            await self._lead.end()

    def _stands_by(self, leader: str) -> None:
        systemd.notify("READY=1", f"STATUS=standby: {leader or 'nobody'} leads")

    def _loses(self, lead: Unwritable) -> None:
        self._fenced = lead
        self._end()

    def _page(self, components: Components,
              ledger: Ledger | None = None) -> Iterator[Coroutine[None, None, None]]:
        """Yield what serves the page, where it is asked for; without a ledger it takes no click."""
        if self._door:
            failed = partial(self._journal.failed, "page")
            yield _reported(serve_page(components, self._door.dup(), failed, ledger), failed)

    async def _live(self, components: Components) -> None:
        """Run by one configuration, until the end is asked for or there is another."""
        journal, progress = self._journal, self._progress
        progress.expect("open", OPENS)
        if self._service is None:
            await self._bring_up(components)
        busy = _busy(journal, progress, served=bool(self._lead))
        ledger = await asyncio.to_thread(components.ledger, busy=busy,
                                         leader=self._lead.leader if self._lead else None)
        edges = Edges(components)
        reader = edges.reader(partial(journal.failed, "read"))
        try:
            if self._service is None:
                journal.ledger_checked(whole=await ledger.check(CHECKS))
            progress.rest("open")
            journal.imported(*await ledger.read(store.judgements.rows))
            journal.signs_canaries(we=components.signs_canaries)
            self._service = service = _service(edges, ledger, reader, journal, progress)
            if self._ending or self._next:
                service.stop()
            async with _beside(*self._page(components, ledger),
                               *self._serve_status(components, ledger)):
                await service.run(ready=lambda: systemd.notify("READY=1"))
        finally:
            progress.forget()
            await reader.close()
            ledger.close()

    async def _bring_up(self, components: Components) -> None:
        """Migrate an older ledger; the service manager is asked for the time that it takes.

        On a server only `ledger migrate` does it: no copy would stand beside it.
        """
        if not isinstance(components.ledger_place, Path):
            return
        systemd.notify(f"EXTEND_TIMEOUT_USEC={OPENS * 1e6:.0f}")
        done = await asyncio.to_thread(upgrade.bring_up, components.ledger_file,
                                       components.clock.now())
        if done:
            self._journal.ledger_migrated(done.was, done.now, str(done.copy))

    def _serve_status(self, components: Components,
                      ledger: Ledger) -> Iterator[Coroutine[None, None, None]]:
        """Yield what tells our status to the service manager, and to whoever asks."""
        failed = partial(self._journal.failed, "web")
        overseer = Overseer(ledger, components.clock, components.policy, components.pace)
        standing = telling.StatusTeller(components, overseer, self._status, self._journal,
                                        self._scrape, self._started)
        yield standing.keep_line(failed)
        if self._asked:
            yield _reported(standing.serve(self._asked.dup(), failed), failed)

    async def _agencies(self) -> EveryAgency:
        """Return each agency's series, as the ledger has them now."""
        def every() -> list[tuple[str, ...]]:
            with queries.asking(self._components.ledger_place) as db:
                return store.breakdown.every(db)

        return EveryAgency(await asyncio.to_thread(every), self._components.groups.buckets)

    def _rules(self) -> RulesInForce:
        """Return by which rules agencies are judged and counted now."""
        components = self._components
        groups, today = components.groups, components.clock.now().astimezone(BANGKOK).date()
        coming = (each.valid_from for each in components.editions if each.valid_from > today)
        return RulesInForce(components.addresses.id, groups.id, groups.valid_from,
                            min(coming, default=None))

    def _end(self) -> None:
        self._ending = True
        if self._service:
            self._service.stop()

    def _renew(self) -> None:
        """Begin to read the configuration again, unless that is being done."""
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._take())

    async def _take(self) -> None:
        """Have the service go on by the configuration as it is now.

        Where that cannot be used it is refused as a whole and reported, and the old one stays.
        """
        systemd.reloading()
        try:
            fresh = await asyncio.to_thread(renewed, self._components)
        except Exception as error:  # noqa: BLE001 - whatever it is, the old configuration goes on
            self._journal.configuration.refused(error)
            systemd.notify("READY=1")
            return
        self._journal.configuration.taken(fresh.changed, fresh.restart)
        self._access = fresh.metrics_access
        self._next.append(fresh.components)
        if self._service:
            self._service.stop()


def _busy(journal: MetricJournal, progress: Progress, *,
          served: bool) -> Callable[[float], None]:
    """Return what the ledger calls while another program holds it, or its server is away.

    A loop that waits for the ledger does not hang.
    """
    loop = asyncio.get_running_loop()

    def held(seconds: float) -> None:
        journal.ledger_busy(seconds, served=served)
        loop.call_soon_threadsafe(progress.bear, LONGEST_WAIT_MS / 1000)
    return held


def _service(
    edges: Edges, ledger: Ledger, reader: ReaderProcess, journal: MetricJournal,
    progress: Progress,
) -> Service:
    components = edges.components
    inbox = ImapInbox(
        edges.mailbox, SystemChance(), alive=partial(progress.expect, "receive"),
        lost=journal.mailbox.lost, barred=journal.mailbox.barred, notice=journal.mailbox.notice)
    inbox.certified = journal.mailbox.certified
    inbox.filled = journal.mailbox.filled
    relays = Relays(edges.relays, journal.relay_lost, stands=lambda up: journal.relay(up=up))
    line = line_maker(edges, relays)
    lines = [line() for _ in range(components.settings.relay.connections)]
    listed = components.settings.register
    return Service(ServiceParts(
        ledger, components.clock, SystemChance(), journal, inbox, reader, edges.verifier,
        lines, components.rules,
        edges.resolvers, timedelta(hours=components.settings.dns.survey_hours),
        edges.press(partial(journal.failed, "print")),
        edges.source, timedelta(hours=listed.every_hours),
        listed,
        relays.knock if components.settings.route.by_default == "relay" else nobody, progress,
        partial(look, editions=components.in_force, ledger=ledger, clock=components.clock,
                policy=components.policy),
        partial(HolidayWatch(components.off_days, components.policy).look, ledger=ledger,
                clock=components.clock, journal=journal),
        _room(components, ledger, journal)))


def _room(components: Components, ledger: Ledger,
          journal: MetricJournal) -> Callable[[], Awaitable[None]]:
    """Return what watches the room on the ledger's disk; nothing does where that is a server's."""
    if not isinstance(components.ledger_place, Path):
        return nobody
    return partial(room.look, ledger=ledger, clock=components.clock, tell=journal.doubts.room,
                   free=partial(disk.free, components.ledger_file.parent),
                   spare=components.policy.ledger.spare)


async def _watched(progress: Progress, journal: MetricJournal) -> None:
    """Feed systemd's watchdog four times in its time while every loop goes on.

    A loop that hangs is reported, and ends the process at once.
    """
    def hangs(loops: Sequence[str]) -> None:
        journal.failed("watchdog", TimeoutError(f"{', '.join(loops)}: has not gone on in its time"))
        systemd.notify(f"STATUS=hangs: {', '.join(loops)}", "WATCHDOG=trigger")

    seconds = systemd.watchdog_seconds()
    await feed(progress, partial(systemd.notify, "WATCHDOG=1"), hangs,
               seconds / FEEDS if seconds else LOOKS)


async def _reported(job: Coroutine[None, None, None],
                    failed: Callable[[BaseException], None]) -> None:
    """Run a job that the daemon can do without; report its failure."""
    try:
        await job
    except Exception as error:  # noqa: BLE001 - it is told, and the daemon's own work goes on
        failed(error)


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
