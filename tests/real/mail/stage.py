"""One campaign with Postfix as relay and Dovecot as inbox, in a lab.

Python -m real.mail.stage FOLDER AGENCIES SEED RATE.

Leaves in the folder what the land wrote, the ledger, the daemon's log and Postfix's; judges
nothing.
"""

import asyncio
import shutil
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path

from real.mail import land, servers
from real.mail.lab import PLACE
from real.mail.servers import Within
from sarabanland.papers import Ports, secrets_of
from sarabanwatch.store import letters, queries, rounds
from sarabanwatch.store.queries import NoLedger
from sarabanwatch.wiring import Components

RELAY, IMAP, LMTP = 587, 143, 24
STANDS_WITHIN = 300.0       # seconds for the daemon to open its ledger
LOOK = 0.25


async def play(folder: Path, country: AbstractAsyncContextManager[asyncio.Future[object]],
               seed: int, within: Within = servers.NONE) -> None:
    """Raise everything, wait until the round is over, end the daemon as systemd would.

    `country` lays out the files and is the world beyond the relay; what it gives ends only by an
    error.
    """
    async with AsyncExitStack() as stack:
        password = secrets_of(seed)["imap-password"].strip()
        await stack.enter_async_context(servers.dovecot(PLACE, imap=IMAP, lmtp=LMTP,
                                                        password=password))
        maillog = await stack.enter_async_context(servers.postfix(PLACE, relay=RELAY, lmtp=LMTP,
                                                                  within=within))
        stack.callback(lambda: shutil.copy(maillog, folder / "maillog"))
        carrier = await stack.enter_async_context(country)
        components = Components(folder / "sarabanwatch.toml")
        with (folder / "daemon.log").open("wb") as log:
            daemon = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "sarabanwatch", "run", "--config", str(components.path),
                stderr=log)
        ended, over = (
            asyncio.create_task(daemon.wait()),
            asyncio.create_task(_round_over(components)),
        )
        await asyncio.wait({ended, over, carrier}, return_when=asyncio.FIRST_COMPLETED)
        assert over.done(), f"the daemon or the mail to it stopped: {daemon.returncode}, {carrier}"
        over.result()       # what it could not read is no end of the round
        daemon.terminate()
        assert await ended == 0


async def _round_over(components: Components) -> None:
    """Look at the ledger, as any verb does, until no letter is left to send, wait for or judge."""
    async with asyncio.timeout(STANDS_WITHIN):
        await _until(lambda: _stands(components.ledger_file))
    await _until(lambda: _over(components))


async def _until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 - another program's file tells nobody that it changed
        await asyncio.sleep(LOOK)


def _stands(ledger: Path) -> bool:
    """Whether a ledger has its schema: its file is there a moment before."""
    try:
        with queries.asking(ledger):
            return True
    except NoLedger:
        return False


def _over(components: Components) -> bool:
    campaign = components.policy.campaign
    with queries.asking(components.ledger_file) as db:
        running = rounds.current(db, campaign.timetable, components.clock.now())
        return letters.round_of(db, running.id, campaign.letters_at_most).over


if __name__ == "__main__":
    where, how_many, sown, fast = sys.argv[1:]
    country = land.opened(int(how_many), int(sown), float(fast), Path(where),
                          Ports(RELAY, IMAP, 53), LMTP)
    asyncio.run(play(Path(where), country, int(sown)))
