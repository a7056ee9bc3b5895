"""What stands on this machine: configuration, secrets, clock, disk, ledger, daemon, ports."""

import asyncio
import shutil
import stat
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from sarabanwatch import settings as config
from sarabanwatch.core.calendar import BANGKOK
from sarabanwatch.core.checkup import Finding, fail, ok, warn
from sarabanwatch.core.errors import ConfigError
from sarabanwatch.core.facts.token import keys_ending_soon
from sarabanwatch.core.overview import BACKUP_WITHIN, Overview
from sarabanwatch.edge import metrics_endpoint, web
from sarabanwatch.edge.systemd import is_clock_synchronized
from sarabanwatch.store import queries
from sarabanwatch.store.soundness import looked_through
from sarabanwatch.wiring.doctor import Patient
from sarabanwatch.wiring.reloading import check

SCANT, LOW = 500 << 20, 2 << 30     # free octets on the ledger's disk: wrong, to be seen to
CHECKS = 10.0                       # seconds in which the ledger is looked through for damage
ANSWERS = 5.0                       # seconds in which the metrics must be there
SCRAPED_WITHIN = 600.0              # seconds; Prometheus asks every minute or so


async def configuration(patient: Patient) -> Sequence[Finding]:
    """Build all that can be built without a server, as the daemon does at its start."""
    await asyncio.to_thread(check, patient.components)
    live = "live" if patient.components.settings.live else "not live: letters stay on loopback"
    return [ok(f"{patient.components.path} can be used ({live})")]


async def secrets(patient: Patient) -> Sequence[Finding]:
    """See that each secret is there, and that nobody else may read it."""
    folder = patient.components.path.parent
    names = dict.fromkeys(config.secrets_named(patient.components.settings))
    return [_secret(name, config.where(name, folder)) for name in names] or [ok("none is named")]


def _secret(name: str, file: Path | None) -> Finding:
    if file is None:
        return fail(f"{name}: there is no such file that we may read")
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o077:
        return fail(f"{file}: others may read it (mode {mode:04o}); chmod 600 {file}")
    return ok(f"{file} (mode {mode:04o})")


async def token_keys(patient: Patient) -> Sequence[Finding]:
    """See until when the keys sign letters."""
    rules, now = patient.components.rules, patient.components.clock.now()
    if not rules.signs(now):
        return [fail("every key has ended, and no letter can be signed")]
    ending = keys_ending_soon(rules.keys, now.astimezone(BANGKOK).date())
    return [warn(f"key {key.kid!r} ends on {key.until}, and "
                 f"{f'{then.kid!r} follows' if then else 'none follows'}")
            for key, then in ending.items()] or [
        ok(f"they sign until {rules.signs_until.astimezone(BANGKOK):%Y-%m-%d}")]


async def clock(patient: Patient) -> Sequence[Finding]:
    """See whether the machine's clock is kept right, and what we make of it."""
    now = patient.components.clock.now().astimezone(BANGKOK)
    shows = f"it shows {now:%Y-%m-%d %H:%M} Bangkok"
    match await asyncio.to_thread(is_clock_synchronized):
        case True:
            return [ok(f"synchronized; {shows}")]
        case False:
            return [warn(f"not synchronized with any time server; {shows}")]
    return [warn(f"this system does not tell whether it is synchronized; {shows}")]


async def disk(patient: Patient) -> Sequence[Finding]:
    """See how much room the ledger has left."""
    place = patient.components.ledger_file.absolute().parent
    free = shutil.disk_usage(place).free
    text = f"{free / 1e9:.1f} GB free at {place}"
    return [fail(text) if free < SCANT else warn(text) if free < LOW else ok(text)]


async def ledger(patient: Patient) -> Sequence[Finding]:
    """Open the ledger, and look through it for damage as far as time allows."""
    def look() -> bool:
        with queries.asking(patient.components.ledger_file) as db:
            return looked_through(db, CHECKS)

    if not patient.components.ledger_file.exists():
        return [warn("there is none yet: the daemon's first start makes it")]
    whole = await asyncio.to_thread(look)
    return [ok("whole" if whole else f"no damage found in {CHECKS:g} s; `ledger check` sees all")]


async def daemon(patient: Patient) -> Sequence[Finding]:
    """Ask the daemon how it stands."""
    overview = await patient.overview()
    if overview is None or overview.running is None:
        silent = overview is not None and overview.silent
        return [fail("it runs, and does not answer") if silent else warn("it does not run")]
    waits = [warn(f"it waits for {what}: {why}") for what, why in overview.running.waits.items()]
    halts = [fail(f"nothing leaves us: {why}") for why in overview.halts]
    return [*halts, *waits, ok(f"{overview.running.version} answers")]


async def backup(patient: Patient) -> Sequence[Finding]:
    """See when the last backup was taken."""
    overview = await patient.overview()
    if overview is None or overview.backup is None:
        return [warn("none was taken yet")]
    text = f"the last is of {overview.backup.astimezone(BANGKOK):%Y-%m-%d %H:%M} Bangkok"
    return [warn(text) if overview.at - overview.backup > BACKUP_WITHIN else ok(text)]


async def metrics(patient: Patient) -> Sequence[Finding]:
    """See whether metrics are given, and whether anybody fetches them."""
    overview = await patient.overview()
    if overview is None or overview.running is None:
        return [warn("not known, for no daemon answers")]
    c = patient.components.settings.metrics
    await asyncio.to_thread(_fetched, c.host, c.port)
    return [_scraped(overview)]


def _fetched(host: str, port: int) -> None:
    place = f"[{host}]" if ":" in host else host
    head = urllib.request.Request(f"http://{place}:{port}/metrics",
                                  headers={"User-Agent": metrics_endpoint.LOOKS})
    with closing(urllib.request.urlopen(head, timeout=ANSWERS)) as page:  # noqa: S310 - likewise
        page.read()


def _scraped(overview: Overview) -> Finding:
    ago = overview.running.scraped if overview.running else None
    if ago is None:
        return warn("nobody has fetched them since the start: no alert would come")
    text = f"last fetched {ago:.0f} s ago"
    return ok(text) if ago <= SCRAPED_WITHIN else warn(f"{text}: no alert would come")


async def ports(patient: Patient) -> Sequence[Finding]:
    """See whether our ports are ours to use, where no daemon holds them."""
    overview = await patient.overview()
    s = patient.components.settings
    wanted = [("metrics", s.metrics.host, s.metrics.port),
              *([("page", s.page.host, s.page.port)] if s.page.port else [])]
    if overview and overview.running:
        return [ok(f"{key}: {host}:{port} is held by the daemon") for key, host, port in wanted]
    return list(_free(wanted))


def _free(wanted: Sequence[tuple[str, str, int]]) -> Iterator[Finding]:
    for key, host, port in wanted:
        try:
            web.listen(host, port, key).close()
            yield ok(f"{key}: {host}:{port} is free")
        except ConfigError as wrong:
            yield fail(str(wrong))
