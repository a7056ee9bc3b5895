"""How long a whole campaign takes where each agency has a domain and a mail host of its own.

    python tests/bench/chain.py [--json] [--agencies 8286] [--rounds 1]

The daemon's own loops: letters are drafted, chosen by the dispatcher (nobody is held back), and
sent over ten connections straight to the hosts, from the register on disk to the last outcome on
disk. Beside it the bare chain of the same servers, by a minimal program with as many connections:
each domain's MX and its host's addresses asked of the same resolver, the same octets into the same
smtp-sink, command by command, a connection a letter; it writes nothing down.
"""

import argparse
import asyncio
import contextlib
import csv
import json
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dns.message
import far
from campaign import LINES, OCTETS, Way, lines_of
from scene import Took, lay_out, median, registered, sink, watching

from fakes.post import Inbox, Silent, Unsigned
from fakes.samples import UNPACED
from sarabanwatch.app import life, rounds
from sarabanwatch.app.parts import ServiceParts
from sarabanwatch.app.service import Service
from sarabanwatch.edge.chance import SystemChance
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.ports import Line
from sarabanwatch.store import Ledger
from sarabanwatch.store.tx import Tx
from sarabanwatch.wiring import Components

CELLS = ("อีเมล", "อีเมลตามประกาศ")
LOOK = 0.05
ENDED = "SELECT count(*) FROM letter WHERE fate <> ''"


def domain(number: int) -> str:
    """Name the domain of one agency."""
    return f"agency-{number}.go.test"


def laid_out(folder: Path, agencies: int) -> Components:
    """Lay out a country in which each agency has a domain of its own."""
    components = lay_out(folder, agencies, 1, 1, letter=OCTETS, rate=1)
    file = folder / "register.csv"
    with file.open(encoding="utf-8-sig", newline="") as listed:
        rows = list(csv.DictReader(listed))[:agencies]
    with file.open("w", encoding="utf-8", newline="") as listed:
        to = csv.DictWriter(listed, rows[0])
        to.writeheader()
        to.writerows({**row, **dict.fromkeys(CELLS, f"saraban@{domain(n)}"), "สถานะ": "",
                      "รหัสเดิม": ""} for n, row in enumerate(rows))
    with registered(components):
        pass
    return components


async def ours(components: Components, way: Way, agencies: int) -> Took:
    """The daemon's own loops, from the register to the last outcome."""
    rules = replace(components.rules, pace=UNPACED,
                    policy=replace(components.policy, outbox=10**6))
    journal = MetricJournal(components.clock)
    with closing(components.ledger()) as ledger:
        step = {"ledger": ledger, "clock": components.clock, "rules": rules, "journal": journal}
        await rounds.turn(**step)
        async with lines_of(way, components) as lines:
            service = Service(ServiceParts(ledger, components.clock, SystemChance(), journal,
                                           Inbox(), Silent(), Unsigned(), lines, rules))
            with watching(agencies) as watch:
                await life.draft(**step, dispatcher=service.outbox.dispatcher)
                await _all_sent(service, ledger, lines, agencies)
    return watch.took


async def _all_sent(service: Service, ledger: Ledger, lines: Sequence[Line],
                    agencies: int) -> None:
    loops = asyncio.gather(service._choose(), *(
        service.outbox.send(line, f"send {n}") for n, line in enumerate(lines)))
    while await ledger.read(_ended) < agencies:  # noqa: ASYNC110 - nothing tells
        await asyncio.sleep(LOOK)
    service.stop()
    service.outbox.close()
    await loops


def _ended(tx: Tx) -> int:
    return int(tx.execute(ENDED).get)


async def bare(way: Way, agencies: int) -> Took:
    """The same questions and letters, and nothing else."""
    numbers, letter = iter(range(agencies)), _letter()

    async def work() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asks:
            asks.setblocking(False)
            asks.connect(("127.0.0.1", way.resolver))
            for number in numbers:
                await _ask(asks, domain(number))
                await _deliver(way.port, domain(number), letter)

    with watching(agencies) as watch:
        await asyncio.gather(*(work() for _ in range(LINES)))
    return watch.took


async def _ask(asks: socket.socket, name: str) -> None:
    loop = asyncio.get_running_loop()
    for asked, kind in ((name, "MX"), (f"mx.{name}", "A"), (f"mx.{name}", "AAAA")):
        await loop.sock_sendall(asks, dns.message.make_query(asked, kind).to_wire())
        dns.message.from_wire(await loop.sock_recv(asks, 4096))


async def _deliver(port: int, name: str, letter: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await reader.readline()
    for said in (b"EHLO bench.test\r\n", b"MAIL FROM:<probes@probe.test>\r\n",
                 f"RCPT TO:<saraban@{name}>\r\n".encode(), b"DATA\r\n", letter, b"QUIT\r\n"):
        writer.write(said)
        while (await reader.readline())[3:4] == b"-":
            pass
    writer.close()


def _letter() -> bytes:
    line = b"x" * 76 + b"\r\n"
    return b"Subject: x\r\n\r\n" + line * (OCTETS // len(line)) + b".\r\n"


def measure(scratch: Path, agencies: int, turns: int) -> dict[str, Any]:
    """Both take turns; medians."""
    us, peer = [], []
    with _servers(scratch, agencies) as way:
        for turn in range(turns):
            us.append(asyncio.run(ours(laid_out(scratch / str(turn), agencies), way, agencies)))
            peer.append(asyncio.run(bare(way, agencies)))
    seconds = [median(runs, lambda took: took.seconds) for runs in (us, peer)]
    return {"agencies": agencies, "connections": LINES, "rounds": turns,
            "ours": _figures(us), "bare": _figures(peer),
            "times_the_bare_chain": round(seconds[0] / seconds[1], 2)}


@contextlib.contextmanager
def _servers(scratch: Path, agencies: int) -> Iterator[Way]:
    names = [domain(number) for number in range(agencies)]
    with sink() as port, far.world(names, scratch, houses=0) as (resolver, _, _):
        yield Way(port, resolver)


def _figures(runs: Sequence[Took]) -> dict[str, float]:
    return {"seconds": median(list(runs), lambda took: took.seconds),
            "cpu_ms_a_letter": median(list(runs), lambda took: took.cpu_ms)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agencies", type=int, default=8286)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON object, nothing else")
    given = parser.parse_args()
    with (Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere),
          TemporaryDirectory() as scratch):
        result = measure(Path(scratch), given.agencies, given.rounds)
    print(json.dumps(result) if given.json else "\n".join(
        [f"{name:<6} {result[name]['seconds']:>7.1f} s {result[name]['cpu_ms_a_letter']:>7.2f} "
         "ms CPU a letter" for name in ("ours", "bare")]
        + [f"{result['times_the_bare_chain']} times the bare chain"]))


if __name__ == "__main__":
    main()
