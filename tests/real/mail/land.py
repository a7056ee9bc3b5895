"""The land without its own relay and inbox.

Register, truth, DNS, mail hosts and clerks, for servers of another make.

DNS answers on port 53 and mail hosts on port 25, where a real relay looks for them. The clock
starts on a Sunday evening: the letters leave before the offices open, and no weekend falls into
their windows or the next.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from real.mail.lmtp import Lmtp
from sarabanland import country, papers, zone
from sarabanland.clerks import Clerks
from sarabanland.clock import SHOWS, Clock
from sarabanland.hosts import MailHosts
from sarabanland.nameserver import Nameserver
from sarabanland.papers import Ports
from sarabanland.smtp_server import listen
from sarabanland.strangers import Strangers

SUNDAY = SHOWS.replace(day=22, hour=18, minute=0)


@asynccontextmanager
async def opened(agencies: int, seed: int, rate: float, folder: Path, ports: Ports,
                 lmtp: int) -> AsyncIterator[asyncio.Task[None]]:
    """Lay out the files and open the land; its mail goes to the inbox by LMTP.

    Yield the carrier of its mail, which ends only by an error.
    """
    bodies = country.settle(agencies, seed)
    names, clock, inbox = zone.draw(bodies), Clock(rate, datetime.now(UTC), SUNDAY), Lmtp(lmtp)
    hosts = MailHosts(bodies, Clerks(clock, inbox, Strangers(bodies, seed), seed), clock)
    files = {**papers.country_files(bodies), **papers.secrets_of(seed),
             "sarabanwatch.toml": papers.configuration(ports, clock, reports=True)}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    async with AsyncExitStack() as stack:
        nameserver = Nameserver(names)
        await nameserver.open(53)
        stack.callback(nameserver.close)
        for address in names.listening:
            stack.callback((await listen(hosts, address, 25)).close)
        carrier = asyncio.create_task(inbox.run())
        stack.callback(carrier.cancel)
        yield carrier
