"""Builds the world, once, from settings: the only room that sees both the steps and the edges."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

from sarabanwatch.app.confirm import confirm, ours
from sarabanwatch.app.progress import Progress, feed
from sarabanwatch.app.service import Service, World, nobody
from sarabanwatch.core.difference import Limits
from sarabanwatch.core.public import Country
from sarabanwatch.edge import metrics, page, register, systemd, web
from sarabanwatch.edge.chance import SystemChance
from sarabanwatch.edge.imap import ImapInbox
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.edge.ledger import SqliteLedger, writer
from sarabanwatch.edge.ledger.keeper import keeping
from sarabanwatch.edge.reader import Reader
from sarabanwatch.edge.smtp import Relays
from sarabanwatch.wiring.plant import Plant

__all__ = ["Plant", "check", "check_register", "run", "serve_page", "static_site"]

CHECKS = 5.0    # wall seconds at a start in which the ledger is looked through for damage
FEEDS = 4       # in the watchdog's time: one that comes late is still followed by the next
LOOKS = 30.0    # wall seconds between two looks at whether every loop goes on, where no watchdog is fed


def check(plant: Plant) -> None:
    """Build all that can be built without a server; raise what is wrong with the configuration, its files and secrets."""
    _ = plant.settings, plant.rules, plant.source, plant.relays, plant.mailbox, plant.seals, plant.signer


def check_register(plant: Plant) -> None:
    """Read the register's file, where one is named; raise Unreadable. The daemon itself starts without, and waits for it."""
    if plant.settings.register.file:
        register.load(plant.file(plant.settings.register.file), headings=plant.headings)


async def unpublished(plant: Plant) -> str:
    """Return what is wrong with the DNS record of our signing key, as receivers would find it, and the remedy; "": nothing."""
    key = plant.signer
    if key is None or key.domain in await plant.seals.verified(key.sample()):
        return ""
    return (f"dkim: {key.name} has no TXT record that this key's signatures hold by (or it could not be asked for); publish "
            "its public half there: v=DKIM1; k=rsa; p=...")


async def run(plant: Plant) -> None:
    """Run the daemon, the one of its ledger, until SIGTERM or SIGINT.

    It starts as it runs on: with relay, inbox and register away or refusing, and says for what it waits. Only a wrong
    configuration, a port that is another's, or another daemon over the ledger keeps it from starting.
    """
    check(plant)
    with keeping(plant.ledger_file):
        await _run(plant)


async def _run(plant: Plant) -> None:
    status = systemd.Status()
    journal = MetricJournal(plant.clock, lambda: plant.groups.buckets, status.waits)
    listening = web.listen(plant.settings.metrics.host, plant.settings.metrics.port, "metrics")
    door = web.listen(plant.settings.page.host, plant.settings.page.port, "page") if plant.settings.page.port else None
    progress = Progress()
    ledger = plant.ledger(busy=_busy(journal, progress))
    reader = plant.reader(partial(journal.failed, "read"))
    try:
        journal.ledger_checked(whole=await ledger.check(CHECKS))
        journal.imported(*await ledger.judgements.rows())
        service = _service(plant, ledger, reader, journal, progress)
        journal.listening(*listening.getsockname()[:2])
        scraped = web.serve(metrics.app(journal.registry), listening, told=partial(journal.failed, "web"))
        beside = [scraped, _watched(service, journal)]
        if door:
            beside.append(_told(serve_page(plant, door, partial(journal.failed, "page"), ledger), partial(journal.failed, "page")))
        async with _beside(*beside):
            status.waits("inbox", "it is not yet read to its end")
            await service.run(ready=lambda: systemd.notify("READY=1"))
    finally:
        systemd.notify("STOPPING=1")
        await reader.close()
        ledger.close()


async def serve_page(
    plant: Plant, listening: socket.socket, failed: Callable[[BaseException], None], ledger: SqliteLedger | None = None,
) -> None:
    """Show the public page until cancelled; what is confirmed goes into the ledger, where one is given."""
    host, port = listening.getsockname()[:2]
    archive = await asyncio.to_thread(plant.archive)
    desk = page.Desk(await asyncio.to_thread(page.Site, archive, plant.face(f"http://{host}:{port}/")),
                     _links(plant, ledger) if ledger else None, failed)
    try:
        await web.serve(page.app(desk, plant.settings.page.requests_per_minute), listening, page.HEADERS, told=failed)
    finally:
        desk.close()
        archive.close()


def _links(plant: Plant, ledger: SqliteLedger) -> page.Links | None:
    clock, keys = plant.clock, plant.rules.keys
    signed, pressed = partial(ours, clock=clock, keys=keys), partial(confirm, ledger=ledger, clock=clock, keys=keys)
    return page.Links(signed, pressed) if plant.settings.page.confirm else None


def static_site(config: Path, country: Country | None = None) -> page.Site:
    """The public page as a tree of files, from the ledger as it is, or of a country that was read out of it."""
    plant = Plant(config)
    return page.Site(plant.archive(), plant.face("http://localhost/", live=False), country)


def _busy(journal: MetricJournal, progress: Progress) -> Callable[[float], None]:
    """Return what the ledger's threads tell of another program that holds it: no loop that waits for it hangs."""
    loop = asyncio.get_running_loop()

    def told(seconds: float) -> None:
        journal.ledger_busy(seconds)
        loop.call_soon_threadsafe(progress.bear, writer.LONGEST_WAIT_MS / 1000)
    return told


def _service(
    plant: Plant, ledger: SqliteLedger, reader: Reader, journal: MetricJournal, progress: Progress,
) -> Service:
    inbox = ImapInbox(
        plant.mailbox, SystemChance(), alive=partial(progress.expect, "receive"),
        lost=journal.mailbox.lost, barred=journal.mailbox.barred, told=journal.mailbox.told)
    relays = Relays(plant.relays, journal.relay_lost, stands=lambda up: journal.relay(up=up))
    line = plant.post(relays)
    lines = [line() for _ in range(plant.settings.relay.connections)]
    listed = plant.settings.register
    world = World(ledger, plant.clock, SystemChance(), journal, inbox, plant.mailbox.name, reader, plant.seals, lines,
                  plant.rules, plant.witnesses, timedelta(hours=plant.settings.dns.survey_hours),
                  plant.press(partial(journal.failed, "print")), plant.source, timedelta(hours=listed.every_hours),
                  Limits(listed.change_at_most, listed.unread_at_most),
                  relays.knock if plant.settings.route.by_default == "relay" else nobody, progress)
    service = Service(world)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, service.stop)
    return service


async def _watched(service: Service, journal: MetricJournal) -> None:
    """Feed systemd's watchdog four times in its time while every loop goes on; one that hangs is told, and ends us at once."""
    def hangs(loops: Sequence[str]) -> None:
        journal.failed("watchdog", TimeoutError(f"{', '.join(loops)}: has not gone on in its time"))
        systemd.notify(f"STATUS=hangs: {', '.join(loops)}", "WATCHDOG=trigger")

    seconds = systemd.watchdog_seconds()
    await feed(service.progress, partial(systemd.notify, "WATCHDOG=1"), hangs, seconds / FEEDS if seconds else LOOKS)


async def _told(job: Coroutine[None, None, None], failed: Callable[[BaseException], None]) -> None:
    """Run a job that the daemon can do without; tell it if it fails."""
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
