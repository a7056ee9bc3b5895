"""Puts the land together, runs it, and ends it: files, DNS, mail hosts, relay, inbox, clerks."""

import asyncio
import errno
import logging
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sarabanland import country, dialects, health, papers, zone
from sarabanland.body import Body
from sarabanland.clerks import Clerks
from sarabanland.clock import Clock
from sarabanland.hosts import MailHosts
from sarabanland.inbox import Inbox
from sarabanland.nameserver import Nameserver
from sarabanland.papers import Ports
from sarabanland.relay import NAME, Relay, RelayHabits
from sarabanland.route import Router
from sarabanland.scenario import BIG_HOST, QUIET, Scenario
from sarabanland.smtp_client import Pool
from sarabanland.smtp_server import Desk, listen
from sarabanland.strangers import Strangers
from sarabanland.visits import Visits

TRIES = 20      # ports to try until one is free on every mail host's address


async def play(agencies: int, seed: int, rate: float, folder: Path,
               scenario: Scenario = QUIET) -> None:
    """Write the files, start the land, print READY, and run until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[None] = loop.create_future()

    def end(error: BaseException | None) -> None:
        if not ended.done():
            ended.set_exception(error) if error else ended.set_result(None)

    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, end, None)
    def broke(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """End the land by an error that nobody caught; log one that is no RuntimeError of ours."""
        error = context.get("exception")
        if not isinstance(error, RuntimeError):
            logging.getLogger(__name__).error(context["message"], exc_info=error)
            error = RuntimeError(f"{context['message']}: {error!r}")
        end(error)

    loop.set_exception_handler(broke)
    bodies = dialects.spoken(country.settle(agencies, seed), scenario.wild, seed)
    async with opened(bodies, seed, rate, folder, scenario):
        print(f"READY {folder}", flush=True)  # noqa: T201 - whoever started us waits for this line
        await ended


@asynccontextmanager
async def opened(
    bodies: list[Body], seed: int, rate: float, folder: Path, scenario: Scenario = QUIET,
) -> AsyncIterator[Ports]:
    """Start a land of these bodies in a folder, and stop it after the body.

    Errors of its tasks go to the loop's exception handler.
    """
    _write(folder, papers.country_files(bodies) | papers.secrets_of(seed))
    names = zone.draw(bodies, BIG_HOST if scenario.one_house else "")
    async with AsyncExitStack() as stack:
        nameserver = Nameserver(names)
        stack.callback(nameserver.close)
        await nameserver.open()
        inbox = Inbox(folder / "imap-password")
        await inbox.open()
        stack.push_async_callback(inbox.close)
        clock = Clock(rate, datetime.now(UTC))
        visits = Visits(clock, names.machines, scenario, folder / "arrivals.jsonl")
        stack.callback(visits.close)
        clerks = Clerks(clock, inbox, Strangers(bodies, seed), seed, scenario.wild)
        hosts = MailHosts(bodies, clerks, clock, visits, scenario)
        port = await _listen_everywhere(hosts, names.listening, stack)
        pool = Pool(port, NAME)
        stack.callback(pool.close)
        relay = Relay(clock, Router(nameserver.port), pool, inbox, folder / "letters.jsonl",
                      RelayHabits(seed, scenario.loses_one_in))
        stack.callback(relay.close)
        door = await listen(relay, "127.0.0.1", 0)
        stack.callback(door.close)
        ports = Ports(door.sockets[0].getsockname()[1], inbox.port, nameserver.port, port)
        _write(
            folder, {
                "sarabanwatch.toml": papers.configuration(
                    ports, clock, reports=scenario.loses_one_in > 0
                )
            },
        )
        for endless in (inbox.run(), inbox.watch(), health.watch(ports)):
            task = asyncio.create_task(endless)
            # an error of this task ends the land
            task.add_done_callback(lambda done: done.cancelled() or done.result())
            stack.callback(task.cancel)
        yield ports


async def _listen_everywhere(desk: Desk, addresses: list[str], stack: AsyncExitStack) -> int:
    """Listen on one port of all addresses; return the port that the kernel chose on the first."""
    for _ in range(TRIES):
        servers = [await listen(desk, addresses[0], 0)]
        port: int = servers[0].sockets[0].getsockname()[1]
        try:
            servers += [await listen(desk, address, port) for address in addresses[1:]]
        except OSError as taken:
            for server in servers:
                server.close()
            if taken.errno != errno.EADDRINUSE:
                raise
        else:
            for server in servers:
                stack.callback(server.close)
            return port
    raise OSError(errno.EADDRINUSE, "no port is free on all addresses of the mail hosts")


def _write(folder: Path, files: dict[str, str]) -> None:
    """Write files; only their owner may read the secret ones."""
    for name, text in files.items():
        secret = name in papers.SECRET
        with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC,
                               0o600 if secret else 0o644),
                       "w", encoding="utf-8", newline="") as file:
            file.write(text)
