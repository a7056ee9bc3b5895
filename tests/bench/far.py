"""The far side of the routes, in a process of its own.

A resolver, and mail hosts with STARTTLS that take and forget.

Every domain's mail goes to one of so many houses, or to a host of its own; all of them are one
listener on loopback, under a certificate that an authority of this run vouches for.
"""

import asyncio
import multiprocessing
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from zlib import crc32

import trustme

from sarabanland.nameserver import Nameserver
from sarabanland.zone import Zone

HOUSES = 24
LETTER = 1 << 20        # octets at most
REPLIES = {b"EHLO": b"250-mx.house.test\r\n250 STARTTLS\r\n", b"DATA": b"354 go on\r\n",
           b"STAR": b"220 2.0.0 ready\r\n", b"QUIT": b"221 2.0.0 bye\r\n"}
OK = b"250 2.0.0 Ok\r\n"


@contextmanager
def world(domains: Sequence[str], folder: Path, *,
          houses: int = HOUSES) -> Iterator[tuple[int, int, Path]]:
    """Run the far side; without `houses` each domain has a mail host of its own.

    Yield the resolver's port, the hosts' port, and the file of the authority.
    """
    ours, theirs = multiprocessing.Pipe()
    authority = folder / "authority.pem"
    process = multiprocessing.get_context("spawn").Process(target=serve,
                                                           args=(zone(domains, houses), authority,
                                                                 theirs), daemon=True)
    process.start()
    resolver, hosts = ours.recv()
    try:
        yield resolver, hosts, authority
    finally:
        ours.send(None)
        process.join()


def serve(shown: Zone, authority: Path, pipe: Connection) -> None:
    """Answer until told to end; say the ports first."""
    async def listen() -> None:
        ca = trustme.CA()
        ca.cert_pem.write_to_path(authority)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        ca.issue_cert("*.house.test", "127.0.0.1").configure_cert(context)
        resolver = Nameserver(shown)
        await resolver.open()
        hosts = await asyncio.start_server(lambda r, w: visit(r, w, context), "127.0.0.1", 0,
                                           limit=LETTER)
        pipe.send((resolver.port, hosts.sockets[0].getsockname()[1]))
        await asyncio.get_running_loop().run_in_executor(None, pipe.recv)
        hosts.close()
        resolver.close()

    asyncio.run(listen())


def zone(domains: Sequence[str], houses: int = HOUSES) -> Zone:
    """Each domain at one of the houses; where there are none, at a host of its own."""
    hosts = {domain: f"mx{crc32(domain.encode()) % houses}.house.test" if houses
             else f"mx.{domain}" for domain in domains}
    return Zone({domain: ((10, host),) for domain, host in hosts.items()},
                dict.fromkeys(hosts.values(), "127.0.0.1"), barren={"test", "house.test"})


async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter,
                context: ssl.SSLContext) -> None:
    """Take whatever comes, until the other side has enough."""
    writer.write(b"220 mx.house.test\r\n")
    with suppress(OSError, EOFError):
        while line := await reader.readline():
            verb = line[:4].upper()
            writer.write(REPLIES.get(verb, OK))
            if verb == b"STAR":
                await writer.start_tls(context)
            if verb == b"DATA":
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(OK)
    writer.close()
