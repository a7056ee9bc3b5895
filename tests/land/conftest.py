"""A land of a handful of bodies, for the length of one test."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from land.visit import RATE, Bench, Mailbox, Open
from sarabanland.body import Body
from sarabanland.land import opened


@pytest.fixture
async def land(tmp_path: Path) -> AsyncIterator[Open]:
    """Opens a land of the given bodies; closed with the test."""
    ended, ready = asyncio.Event(), asyncio.get_running_loop().create_future()

    async def keep(bodies: list[Body], rate: float) -> None:
        async with opened(bodies, 1, rate, tmp_path) as ports:
            ready.set_result(ports)
            await ended.wait()

    serving: list[asyncio.Task[None]] = []
    writers: list[asyncio.StreamWriter] = []

    async def enter(bodies: list[Body], rate: float = RATE) -> Bench:
        serving.append(asyncio.create_task(keep(bodies, rate)))
        await asyncio.wait({serving[0], ready}, return_when=asyncio.FIRST_COMPLETED)
        ports = ready.result()
        reader, writer = await asyncio.open_connection("127.0.0.1", ports.inbox)
        writers.append(writer)
        mailbox = Mailbox(reader, writer)
        await mailbox.until(b"* OK")
        await mailbox.say(f"LOGIN probes {(tmp_path / 'imap-password').read_text().strip()}")
        await mailbox.say("SELECT INBOX")
        return Bench(tmp_path, ports.relay, mailbox)

    yield enter
    for writer in writers:
        writer.close()
    ended.set()
    await asyncio.gather(*serving)
