"""What a scrape costs: series, octets, milliseconds and memory, in clear and gzipped.

    .venv/bin/python tests/bench/scrape.py [--agencies 8286 100000] [--json]

The ledger is laid out by SQL: a country's register, each agency judged, a mail host for each
domain, every fortieth fallen. The endpoint is the daemon's own, behind its own door, and is
asked over loopback as Prometheus does. Beside it, in the same run and behind the same door: a gauge
of prometheus-client with a label for each agency, which is what a register becomes where nobody
thinks of it. Milliseconds are the median of ten, from question to the last octet, by the clock and
of processor (client and server together); `first_ms` is the first of them, which writes the
register.
"""

import argparse
import asyncio
import gzip
import json
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

import scene
import tests_path  # noqa: F401 - for its effect
from prometheus_client import CollectorRegistry, Gauge
from starlette.types import ASGIApp

from sarabanwatch import store
from sarabanwatch.edge import metrics_endpoint, web
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.edge.journal.agencies import EveryAgency
from sarabanwatch.edge.metrics_endpoint import RegisterPage
from sarabanwatch.store import queries
from sarabanwatch.wiring import Components

TURNS = 10
LABELS = ("code", "name", "kind", "ministry", "province", "mail_host", "group", "bucket")
JUDGED = (
    """INSERT INTO domain (name, mail_host, asked_at)
       SELECT DISTINCT domain, 'mx.' || domain, '' FROM agency WHERE domain <> ''""",
    """INSERT INTO judgement (code, grp, because, health, since)
       SELECT code, CASE place % 40 WHEN 0 THEN 'D2' WHEN 1 THEN 'B1' WHEN 2 THEN 'C'
                                    ELSE 'A2' END, 'the mailbox does not exist', 'good', :at
       FROM (SELECT code, row_number() OVER () AS place FROM agency WHERE listed)""",
    """INSERT INTO transition (code, was, now, because, at, reported_at)
       SELECT code, 'A2', grp, because, :at, :at FROM judgement WHERE grp = 'D2'""",
)


def laid_out(folder: Path, agencies: int) -> Components:
    """Lay out a ledger in which each agency is judged."""
    components = scene.lay_out(folder, agencies, 1, 1, rate=1)
    now = components.clock.now()
    with scene.registered(components) as db:
        for statement in JUDGED:
            db.execute(statement, {"at": store.tx.stamp(now)})
    return components


def ours(components: Components) -> ASGIApp:
    """Return the daemon's endpoint over what the ledger tells."""
    journal = MetricJournal(components.clock)
    with queries.asking(components.ledger_place) as db:
        journal.broken_down(store.breakdown.breakdown(db, components.clock.now()))

    async def every() -> EveryAgency:
        def asked() -> list[tuple[str, ...]]:
            with queries.asking(components.ledger_place) as db:
                return store.breakdown.every(db)
        return EveryAgency(await asyncio.to_thread(asked), components.groups.buckets)

    return metrics_endpoint.app(lambda: journal.registry, RegisterPage(every))


def plain(components: Components) -> ASGIApp:
    """Return an endpoint over a plain gauge with a label for each agency."""
    registry = CollectorRegistry()
    gauge = Gauge("plain_agency", "1 for each agency", LABELS, registry=registry)
    with queries.asking(components.ledger_place) as db:
        for who in store.breakdown.every(db):
            gauge.labels(*who, "ready").set(1)

    async def nobody() -> EveryAgency:
        return EveryAgency([], {})

    return metrics_endpoint.app(lambda: registry, RegisterPage(nobody))


def asked(port: int, path: str, *, pressed: bool) -> tuple[float, float, bytes]:
    """Return how many milliseconds a scrape took, by clock and processor, and its octets."""
    began, worked = time.perf_counter(), time.process_time()
    with closing(HTTPConnection("127.0.0.1", port)) as line:
        line.request("GET", path, headers={"Accept-Encoding": "gzip" if pressed else "identity"})
        body = line.getresponse().read()
    return (time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000, body


async def scraped(make: Callable[[Components], ASGIApp], components: Components,
                  path: str) -> Iterator[dict[str, float]]:
    """Return the figures of an endpoint, in clear and pressed."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = []
    with web.listen("127.0.0.1", 0, "metrics") as listening:
        app = await asyncio.to_thread(make, components)
        door = asyncio.create_task(web.serve(app, listening))
        for pressed in (False, True):
            turns = [await asyncio.to_thread(asked, listening.getsockname()[1], path,
                                             pressed=pressed) for _ in range(TURNS)]
            body = turns[-1][2]
            text = gzip.decompress(body) if pressed else body
            found.append({
                "gzip": pressed, "first_ms": round(turns[0][0], 1),
                "ms": round(statistics.median(ms for ms, _, _ in turns), 1),
                "cpu_ms": round(statistics.median(ms for _, ms, _ in turns), 1),
                "octets": len(body),
                "series": sum(not line.startswith(b"#") for line in text.splitlines())})
        door.cancel()
        await asyncio.gather(door, return_exceptions=True)
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return ({**each, "more_MB": more // 1024} for each in found)


WHAT = (("/metrics", ours, "/metrics"), ("/metrics/agencies", ours, "/metrics/agencies"),
        ("plain gauges", plain, "/metrics"))


def figures(agencies: int) -> Iterator[dict[str, object]]:
    """Yield the figures of every endpoint over a country of so many."""
    with TemporaryDirectory() as folder:
        components = laid_out(Path(folder), agencies)
        for name, make, path in WHAT:
            for each in asyncio.run(scraped(make, components, path)):
                yield {"agencies": agencies, "what": name, **each}


def main() -> None:
    """Scrape, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agencies", type=int, nargs="+", default=[8286, 100_000])
    parser.add_argument("--json", action="store_true")
    asks, found = parser.parse_args(), []
    for each in (each for agencies in asks.agencies for each in figures(agencies)):
        found.append(each)
        if not asks.json:
            print("  ".join(f"{key} {value}" for key, value in each.items()))
    if asks.json:
        print(json.dumps({"scrape": found}))


if __name__ == "__main__":
    main()
