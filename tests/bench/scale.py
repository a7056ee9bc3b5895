"""The scale table: the same work over more agencies, more rounds that are over, on both engines.

    .venv/bin/python tests/bench/scale.py [--whole | --cell ENGINE:AGENCIES:ROUNDS ...]
                                          [--steps] [--json]

Without an option the small table, which takes some ten minutes; `--whole` takes an hour and 10 GB.
A ledger is laid out by SQL (`fakes.past`) and checked by the product's own check. Then, over it:

    import        the register is read and taken in
    judge all     every agency is judged, as after the first import
    <step>        a step of the daemon as it runs every few minutes, when it has nothing more to do
    choose        which letters may go, asked several times a second
    ready         from exec to READY=1, and the most memory until then
    scrape        `/metrics` and `/metrics/agencies`, in clear
    page          200 requests a second, p99 from when an answer was due; up to 100,000 agencies
    export        the whole site as files; up to 8,286 agencies

Seconds and milliseconds are of processor, ours and the database server's, but for `page` and what
says `wall`: a machine that others use shows the same work.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import scene
import scrape
import start

import page
from fakes import postgres
from fakes.ports import free_port
from fakes.post import EvenChance, Inbox, Silent, Unsigned
from sarabanwatch.app.parts import ServiceParts
from sarabanwatch.app.service import Service
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.wiring import Components

SMALL = ("sqlite:8286:1", "sqlite:8286:9", "postgresql:8286:1", "postgresql:8286:9",
         "sqlite:100000:1")
WHOLE = (*SMALL, "sqlite:8286:90", "postgresql:8286:90", "sqlite:100000:9", "postgresql:100000:1",
         "postgresql:100000:9", "sqlite:1000000:1", "postgresql:1000000:1")
STEPS = ("rebase", "recover", "rounds", "canary", "draft", "confirm", "close", "judge", "announce",
         "publish", "catch_all", "survey", "forget", "audit")
SERVER = ("fsync=on", "full_page_writes=on", "shared_buffers=512MB", "max_wal_size=4GB")
PAGE_RATE, PAGE_SECONDS = 200, 10
MOST_PAGED, MOST_EXPORTED = 100_000, 10_000
Figures = dict[str, Any]


class Processor:
    """The seconds of processor that this program has used, and a database server's, so far."""

    def __init__(self, server: Path | None) -> None:
        self._server = server

    def used(self) -> float:
        """Return them."""
        return time.process_time() + (self._backends() if self._server else 0.0)

    def _backends(self) -> float:
        """Return what the server's processes have used, those that have ended too."""
        assert self._server
        parent = (self._server / "data" / "postmaster.pid").read_text().split()[0]
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue    # it has just ended
            if stat.parent.name == parent:
                ticks += sum(map(int, fields[11:15]))
            elif fields[1] == parent:
                ticks += sum(map(int, fields[11:13]))
        return ticks / os.sysconf("SC_CLK_TCK")


async def stepped(components: Components, spent: Processor) -> Figures:
    """Return what judging all took in seconds, and each step after that in milliseconds."""
    found: Figures = {}

    async def measured(name: str, step: Callable[[], Awaitable[object]], unit: float) -> None:
        before = spent.used()
        await step()
        found[name] = round(unit * (spent.used() - before), 1)

    with closing(components.ledger()) as ledger:
        service = Service(ServiceParts(ledger, components.clock, EvenChance(),
                                       MetricJournal(components.clock), Inbox(), Silent(),
                                       Unsigned(), [], components.rules))
        table = service.steps.table()
        await table["rounds"]()
        await measured("judge all, s", table["judge"], 1)
        for name in STEPS:      # what waits is done: letters are drafted, changes are told
            await table[name]()
        for name in STEPS:
            await measured(f"{name}, ms", table[name], 1000)
        await service.outbox.may_go(40)
        await measured("choose, ms", lambda: service.outbox.may_go(40), 1000)
    return found


def scraped(components: Components) -> Iterator[tuple[str, float]]:
    """Yield the milliseconds of a scrape in clear, of both pages."""
    for path in ("/metrics", "/metrics/agencies"):
        clear = next(asyncio.run(scrape.scraped(scrape.ours, components, path)))
        yield f"scrape {path}, ms", clear["cpu_ms"]


def paged(components: Components, agencies: int) -> Iterator[tuple[str, float]]:
    """Yield the page's p99 by the clock, what a request takes of processor, and its memory."""
    with components.path.open("a") as more:
        more.write("[page]\nrequests_per_minute = 0\n")
    port, asked = free_port(), page.paths(random.Random(page.SEED),
                                                PAGE_RATE * PAGE_SECONDS, agencies)
    command = [sys.executable, "-m", "sarabanwatch", "page", "serve", "--port", str(port),
               "-c", str(components.path)]
    found = page.measure("page", command, port, asked, PAGE_RATE)
    yield "page p99, ms wall", found["ms"]["p99"]
    yield "page, ms a request", found["cpu_ms"]
    yield "page, MB", found["peak_mb"]


def octets(components: Components) -> int:
    """Return how many octets a ledger takes up."""
    with postgres.by_hand(components.ledger_place) as db:
        return db.extent().whole


def cell(engine: str, agencies: int, rounds: int, *, steps: bool) -> Figures:
    """Return the figures of one ledger; of its `steps` alone, where nothing else is wanted."""
    server = postgres.server(*SERVER) if engine == "postgresql" else nullcontext(("", None))
    with TemporaryDirectory() as scratch, server as (url, place):
        components, imported = scene.imported(Path(scratch), agencies, url)
        before, spent = octets(components), Processor(place)
        scene.lay_past(components, rounds)
        whole = octets(components)
        found: Figures = {
            "load": round(os.getloadavg()[0], 1), "import, s": round(imported.cpu, 1),
            "ledger, MB": whole >> 20, "octets a letter": (whole - before) // (agencies * rounds),
            **asyncio.run(stepped(components, spent))}
        if steps:
            return found
        ready = start.started(components)
        found |= {"ready, s": round(ready.cpu, 2), "ready, s wall": round(ready.wall, 1),
                  "daemon, MB": ready.peak_mb, "due, ms wall": round(start.due(components), 1)}
        found |= scraped(components)
        if agencies <= MOST_PAGED:
            found |= paged(components, agencies)
        if agencies <= MOST_EXPORTED:
            export = page.exported(components.path, Path(scratch))
            found |= {"export, s": export["cpu"], "export, s wall": export["seconds"]}
    return found


def main() -> None:
    """Take the table, a cell after the other; print each as soon as it is known."""
    words = argparse.ArgumentParser(description=__doc__,
                                    formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--whole", action="store_true")
    words.add_argument("--cell", nargs="+", default=[], metavar="ENGINE:AGENCIES:ROUNDS")
    words.add_argument("--steps", action="store_true", help="nothing that a busy machine bends")
    words.add_argument("--json", action="store_true")
    given = words.parse_args()
    found: dict[str, Figures] = {}
    for name in given.cell or (WHOLE if given.whole else SMALL):
        engine, agencies, rounds = name.split(":")
        if engine == "postgresql" and postgres.lacking():
            continue
        with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere):
            found[name] = cell(engine, int(agencies), int(rounds), steps=given.steps)
        if not given.json:
            print(name, *(f"{what} {figure:g}" for what, figure in found[name].items()),
                  sep="\n    ", flush=True)
    if given.json:
        print(json.dumps({"scale": found}))


if __name__ == "__main__":
    main()
