"""A client of the land is served to the end, even if garbage is collected meanwhile."""

import asyncio
import gc
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import dns.message
import pytest

from land.visit import Open, body
from sarabanland import imapd
from sarabanland.nameserver import Nameserver
from sarabanland.zone import Zone

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
QUESTION = dns.message.make_query("probe.test", "MX").to_wire()


@asynccontextmanager
async def visiting(port: int) -> AsyncIterator[Streams]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    yield reader, writer
    writer.close()
    await writer.wait_closed()


async def says(streams: Streams, words: bytes, until: bytes) -> None:
    """Say a line and read to one that begins so."""
    streams[1].write(words)
    line = b""
    while not line.startswith(until):
        line = await streams[0].readuntil(b"\r\n")


async def asks(streams: Streams) -> None:
    streams[1].write(struct.pack("!H", len(QUESTION)) + QUESTION)
    size, = struct.unpack("!H", await streams[0].readexactly(2))
    await streams[0].readexactly(size)


@pytest.mark.parametrize("rest", [
    (b"t NOOP\r\n", b"t OK"),
    (b"t IDLE\r\n", b"+"),
], ids=["between two commands", "idle"])
async def test_an_imap_visit_is_held_while_its_client_waits(rest: tuple[bytes, bytes]) -> None:
    async with imapd.opened("probes", "x") as port, visiting(port) as streams:
        await says(streams, b"", b"* OK")
        for words, until in ((b"t LOGIN probes x\r\n", b"t OK"), (b"t SELECT INBOX\r\n", b"t OK"),
                             rest):
            gc.collect()
            await says(streams, words, until)
        gc.collect()
        await says(streams, b"DONE\r\n" if rest[1] == b"+" else b"t NOOP\r\n", b"t OK")


async def test_an_smtp_visit_is_held_while_its_client_waits(land: Open) -> None:
    bench = await land([body("plain")])
    async with visiting(bench.relay) as streams:
        await says(streams, b"", b"220")
        for words in (b"EHLO here.test\r\n", b"MAIL FROM:<probes@probe.test>\r\n",
                      b"RCPT TO:<a@b.test>\r\n"):
            gc.collect()
            await says(streams, words, b"250 ")


async def test_a_dns_visit_over_tcp_is_held_while_its_client_waits() -> None:
    nameserver = Nameserver(Zone(exchangers={}, addresses={}, texts={}, barren=set()))
    await nameserver.open()
    async with visiting(nameserver.port) as streams:
        for _ in range(2):
            gc.collect()
            await asks(streams)
    nameserver.close()
