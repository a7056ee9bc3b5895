"""A land that loses one of its parts ends, and names that part."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from sarabanland import health
from sarabanland.nameserver import Nameserver
from sarabanland.papers import Ports
from sarabanland.zone import Zone

Visit = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def greets(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 here\r\n")
    writer.close()


async def hangs_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def is_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


@asynccontextmanager
async def stage(relay: Visit = greets,
                inbox: Visit = greets) -> AsyncIterator[tuple[Ports, Nameserver]]:
    """The doors of a land: a relay and an inbox of these manners, and its DNS."""
    nameserver = Nameserver(Zone(exchangers={}, addresses={}, texts={}, barren=set()))
    await nameserver.open()
    servers = [await asyncio.start_server(visit, "127.0.0.1", 0) for visit in (relay, inbox)]
    ports = [server.sockets[0].getsockname()[1] for server in servers]
    yield Ports(relay=ports[0], inbox=ports[1], dns=nameserver.port), nameserver
    nameserver.close()
    for server in servers:
        server.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "EVERY", 0.01)
    monkeypatch.setattr(health, "PATIENCE", 1.0)
    monkeypatch.setattr(health, "AGAIN", 0.1)


@pytest.mark.parametrize("part", list(health.PARTS))
async def test_a_part_that_answers_is_believed_well(part: str) -> None:
    async with stage() as (ports, _):
        await health.PARTS[part](ports)


@pytest.mark.parametrize(("relay", "inbox", "reason"), [
    (hangs_up, greets, "the relay does not answer: "),
    (is_silent, greets, "the relay has not answered for 1 seconds"),
    (greets, hangs_up, "the inbox does not answer: "),
    (greets, is_silent, "the inbox has not answered for 1 seconds"),
])
async def test_a_relay_or_an_inbox_without_a_greeting_ends_the_land(relay: Visit, inbox: Visit,
                                                                    reason: str) -> None:
    async with stage(relay, inbox) as (ports, _):
        with pytest.raises(RuntimeError, match=reason):
            await health.watch(ports)


async def test_a_dns_that_hears_nothing_more_ends_the_land() -> None:
    async with stage() as (ports, nameserver):
        nameserver.close()
        with pytest.raises(RuntimeError, match="the DNS"):
            await health.watch(ports)


async def test_a_dns_without_an_answer_ends_the_land(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sarabanland.nameserver.answer", lambda *_: None)
    async with stage() as (ports, _):
        with pytest.raises(RuntimeError, match="the DNS"):
            await health.watch(ports)
