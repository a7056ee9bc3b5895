"""The public page: beside the daemon, by itself for a look, or as files."""

import asyncio
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from sarabanwatch import page
from sarabanwatch.app.confirm_button import confirm, ours
from sarabanwatch.core.errors import UnavailableError
from sarabanwatch.core.judging.group import Group
from sarabanwatch.core.page.public import Country
from sarabanwatch.core.page.visitor import OWN, networks
from sarabanwatch.edge import web
from sarabanwatch.store import Ledger
from sarabanwatch.store.public import LedgerArchive
from sarabanwatch.wiring.components import LEDGERLESS, Components

TRIES = 5.0     # wall seconds between two tries to open a ledger


def face(components: Components, base: str, *, live: bool = True) -> page.Face:
    """Return what the public page is told.

    `base` is where it stands when the configuration does not say.
    """
    section = components.settings.page
    editions = {e.valid_from: page.PageEdition(
        {name: page.GroupLabel(w.th, w.en, w.steps_th, w.steps_en) for name in Group
         for w in [e.groups[name]]}, e.buckets) for e in components.editions}
    return page.Face(section, components.settings.campaign,
                     section.url or f"{base.rstrip('/')}/",
                     lambda at: editions[components.groups_at(at).valid_from],
                     components.clock.now, live)


async def serve_page(
    components: Components, listening: socket.socket, failed: Callable[[BaseException], None],
    ledger: Ledger | None = None,
) -> None:
    """Show the public page until cancelled, from when the ledger can be read.

    What is confirmed goes into the ledger, where one is given.
    """
    p = components.settings.page
    archive = await _archive(components, failed)
    desk = page.Desk(await asyncio.to_thread(page.Site, archive,
                                             face(components, web.address(listening))),
                     _links(components, ledger) if ledger else None, failed)
    try:
        trusted = networks(p.proxies)
        fronts = page.Fronts(trusted, p.proxy_header, urlsplit(p.base).path.rstrip("/"))
        await web.serve(page.app(desk, p.requests_per_minute, fronts), listening, page.HEADERS,
                        failed=failed, fronts=(*OWN, *trusted))
    finally:
        desk.close()
        archive.close()


async def _archive(components: Components,
                   failed: Callable[[BaseException], None]) -> LedgerArchive:
    """Open what the public may see, however long the ledger is waited for; `failed` hears why."""
    before = ""
    while True:
        try:
            return await asyncio.to_thread(components.archive)
        except (UnavailableError, *LEDGERLESS) as away:
            if str(away) != before:
                failed(away)
            before = str(away)
        await asyncio.sleep(TRIES)


def _links(components: Components, ledger: Ledger) -> page.Links | None:
    clock, keys = components.clock, components.rules.keys
    signed, pressed = partial(ours, clock=clock, keys=keys), partial(confirm, ledger=ledger,
                                                                     clock=clock, keys=keys)
    return page.Links(signed, pressed) if components.settings.page.confirm else None


def static_site(config: Path, country: Country | None = None) -> page.Site:
    """Return the public page to be written as files, from the ledger or a country read before."""
    components = Components(config)
    return page.Site(components.archive(), face(components, "http://localhost/", live=False),
                     country)
