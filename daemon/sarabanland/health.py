"""Health checks: the land's DNS, relay and inbox are asked every few seconds.

A part may hang or lose its socket without any exception, and a run whose servers are gone proves
nothing. So a part that does not answer in time ends the land, with an error that names it.
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
# wall seconds after which a question by UDP is repeated: a full buffer drops it silently
AGAIN = 3.0


async def watch(ports: Ports) -> None:
    """Ask all parts for ever; raise RuntimeError, with its name, when one does not answer."""
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
    """Connect and read the first line, for a server that hangs may still accept connections."""
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
