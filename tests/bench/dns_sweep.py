"""How long a survey of every domain takes through one resolver on loopback.

    python tests/bench/dns_sweep.py [--json] [--domains 8286] [--in-flight 100] [--alone]

The real step (look, judge, ledger) over as many agencies, each with a domain of its own: of ten,
four have a mail host of their own and the others one of 24; one in fifty does not exist, one in
fifty leads nowhere, one in three has SPF and DMARC. A little answerer in another process speaks as
a resolver. Beside it, in the same run: dnspython's own exchange (a socket a question), asked the
first 2,000 MX. `--alone`: one resolver, asked twice, without the pause between.
"""

import argparse
import asyncio
import json
import multiprocessing
import resource
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dns.asyncquery
import dns.message
import dns.rdatatype
import dns.rrset

from sarabanwatch import store
from sarabanwatch.app.survey import survey
from sarabanwatch.core.address import Rules
from sarabanwatch.core.facts.agency import Agency, AgencyKind
from sarabanwatch.core.register import Entry, Register
from sarabanwatch.core.resolvers import DnsSection
from sarabanwatch.edge.clock import FastClock
from sarabanwatch.edge.dns import DnsResolver
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.store import FileLedger

PEER = 2000
HOUSES = 24
RULES = Rules("bench", datetime(2026, 1, 1, tzinfo=UTC).date(), ("go.test",), frozenset(),
              frozenset(), frozenset())
Zone = dict[tuple[bytes, int], bytes]


def domain(number: int) -> str:
    """Name the domain of one agency."""
    return f"agency-{number}.go.test"


def records(number: int) -> list[tuple[str, str, str]]:
    """Return what one domain shows; nothing for one that does not exist."""
    name, house = domain(number), f"mx{number % HOUSES}.house.test"
    if number % 50 == 1:
        return []
    host = f"mail.{name}" if number % 10 < 4 else house
    shown = [(name, "MX", f"10 {host}.")]
    if number % 50 != 2:
        shown.append((host, "A", f"127.30.{number % 200}.1"))
    if number % 3 == 0:
        shown += [(name, "TXT", '"v=spf1 mx -all"'),
                  (f"_dmarc.{name}", "TXT", '"v=DMARC1; p=none"')]
    return shown


def zone(domains: int) -> tuple[Zone, set[bytes]]:
    """Return answers ready for the wire by question, and the names that exist."""
    found: Zone = {}
    names: set[bytes] = set()
    for number in range(domains):
        for name, kind, text in records(number):
            reply = dns.message.make_response(dns.message.make_query(name, kind))
            reply.answer.append(dns.rrset.from_text(f"{name}.", 300, "IN", kind, text))
            wire = reply.to_wire()
            asked = reply.question[0].name.to_wire() or b""
            found[asked, int(dns.rdatatype.from_text(kind))] = wire[12 + len(asked) + 4:]
            names.add(asked)
    return found, names


class Answerer(asyncio.DatagramProtocol):
    """Answers from a table: records, an empty answer, or NXDOMAIN."""

    def __init__(self, found: Zone, names: set[bytes]) -> None:
        self._found, self._names = found, names
        self.asked = 0

    def connection_made(self, transport: Any) -> None:
        """Remember the way out."""
        self._way = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one question."""
        self.asked += 1
        end = data.index(b"\0", 12) + 1
        name, kind = data[12:end], int.from_bytes(data[end:end + 2])
        records = self._found.get((name, kind), b"")
        code = 0 if name in self._names else 3
        head = data[:2] + bytes((0x81, 0x80 | code)) + b"\0\1" + (b"\0\1" if records
                                                                  else b"\0\0") + b"\0\0\0\0"
        self._way.sendto(head + data[12:end + 4] + records, addr)


def serve(domains: int, pipe: Connection) -> None:
    """Answer until told to end; say the port first, and how often it was asked last."""
    async def listen() -> None:
        answerer = Answerer(*zone(domains))
        loop = asyncio.get_running_loop()
        way, _ = await loop.create_datagram_endpoint(lambda: answerer, ("127.0.0.1", 0))
        pipe.send(way.get_extra_info("sockname")[1])
        await loop.run_in_executor(None, pipe.recv)
        pipe.send(answerer.asked)
        way.close()

    asyncio.run(listen())


async def ours(port: int, args: argparse.Namespace) -> dict[str, Any]:
    """Survey every domain."""
    entries = [Entry(n, (), Agency(f"{n:07}", f"หน่วย {n}", AgencyKind.DEPARTMENT,
                                   cell=f"saraban@{domain(n)}"))
               for n in range(args.domains)]
    began = datetime(2026, 1, 12, 3, tzinfo=UTC)
    clock = FastClock(1e4, datetime.now(UTC), began)
    first, second = (DnsResolver("127.0.0.1", port, DnsSection(in_flight=args.in_flight,
                                                             per_second=1e6)) for _ in range(2))
    with TemporaryDirectory() as folder, closing(FileLedger(Path(folder) / "ledger.db")) as ledger:
        await ledger.write(store.register_table.replace, Register("bench", "bench", entries, ()),
                           RULES, began)
        cpu, start = time.process_time(), time.perf_counter()
        done = await survey(resolvers=(first,) if args.alone else (first, second),
                            every=timedelta(days=1), live=False,
                            ledger=ledger, clock=clock, journal=MetricJournal(clock))
        took, spent = time.perf_counter() - start, time.process_time() - cpu
        counts = await ledger.read(store.domains.counts)
        return {"domains": done, "seconds": round(took, 1), "cpu_seconds": round(spent, 1),
                "findings": counts}


async def theirs(port: int, in_flight: int) -> dict[str, Any]:
    """Put questions by dnspython's own exchange."""
    room = asyncio.Semaphore(in_flight)

    async def ask(number: int) -> None:
        async with room:
            await dns.asyncquery.udp(dns.message.make_query(domain(number), "MX"), "127.0.0.1", 5,
                                     port)

    start = time.perf_counter()
    await asyncio.gather(*map(ask, range(PEER)))
    return {"questions": PEER, "per_second": round(PEER / (time.perf_counter() - start))}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--domains", type=int, default=8286)
    parser.add_argument("--in-flight", type=int, default=100)
    args = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    pipe, far = context.Pipe()
    answerer = context.Process(target=serve, args=(args.domains, far), daemon=True)
    answerer.start()
    port = pipe.recv()
    peer = asyncio.run(theirs(port, args.in_flight))
    figures = asyncio.run(ours(port, args))
    pipe.send("end")
    questions = pipe.recv() - PEER
    answerer.join()
    figures |= {"questions": questions,
                "questions_per_second": round(questions / figures["seconds"]), "dnspython": peer,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}
    if args.json:
        print(json.dumps(figures))
    else:
        print("\n".join(f"{name:<22}{value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
