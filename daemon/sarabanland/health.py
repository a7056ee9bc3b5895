"""Sees that the land still works: its DNS, relay and inbox are asked every few seconds.

A part may hang, or lose its socket, without an exception anywhere, and a play whose stage has
fallen must not go on in silence. So nothing is believed well that has not lately answered: what
does not answer in time ends the land by name.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import dns.asyncquery
import dns.exception
import dns.message

from sarabanland.inbox import HOME
from sarabanland.papers import Ports

EVERY = 5.0         # wall seconds between two rounds of questions
PATIENCE = 30.0     # wall seconds for an answer: a busy machine is slow, but not as slow as that
# wall seconds after which a question by UDP is put again: a full buffer drops it without a word
AGAIN = 3.0


async def watch(ports: Ports) -> None:
    """Ask all parts for ever; raise RuntimeError with the name of one that does not answer."""
    while True:
        await asyncio.sleep(EVERY)
        await asyncio.gather(*(_answers(part, ask, ports) for part, ask in PARTS.items()))


async def _answers(part: str, ask: Callable[[Ports], Awaitable[None]], ports: Ports) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            await ask(ports)
    except TimeoutError:
        raise RuntimeError(f"{part} has not answered for {PATIENCE:.0f} seconds") from None
    except (OSError, EOFError, dns.exception.DNSException) as wrong:
        raise RuntimeError(f"{part} does not answer: {wrong or type(wrong).__name__}") from wrong


async def _udp(ports: Ports) -> None:
    answered = None
    while not answered:
        with suppress(dns.exception.Timeout):
            answered = await dns.asyncquery.udp(dns.message.make_query(HOME, "MX"), "127.0.0.1",
                                                AGAIN, ports.dns)


async def _tcp(ports: Ports) -> None:
    await dns.asyncquery.tcp(dns.message.make_query(HOME, "MX"), "127.0.0.1", port=ports.dns)


async def _greeting(port: int) -> None:
    """Connect and read the first line; whoever accepts and says nothing is not there."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        await reader.readuntil(b"\r\n")
    finally:
        writer.close()


PARTS: dict[str, Callable[[Ports], Awaitable[None]]] = {
    "the DNS": _udp,
    "the DNS over TCP": _tcp,
    "the relay": lambda ports: _greeting(ports.relay),
    "the inbox": lambda ports: _greeting(ports.inbox),
}
