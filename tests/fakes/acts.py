"""What a contrary server does with the wire, whatever the protocol.

For the tables in tests/edge/contrary.

An act is awaited in place of an answer. It gets the connection and does with it what it likes;
where it returns, the scene goes on.
"""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable

Act = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def says(*octets: bytes) -> Act:
    """Say these octets, each portion by itself on the wire."""
    async def act(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for portion in octets:
            writer.write(portion)
            await writer.drain()
            await asyncio.sleep(0)
    return act


def octet_by_octet(octets: bytes, pause: float = 0.0) -> Act:
    """Say these octets one at a time, with a pause after each."""
    async def act(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for place in range(len(octets)):
            writer.write(octets[place:place + 1])
            await writer.drain()
            await asyncio.sleep(pause)
    return act


def hangs_up(*octets: bytes) -> Act:
    """Say these octets, then end the connection in the middle of whatever it was."""
    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await says(*octets)(reader, writer)
        writer.close()
        raise ConnectionResetError("as the scene has it")
    return act


def cuts_off(*octets: bytes) -> Act:
    """Say these octets, then reset the connection (RST), as a firewall does."""
    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await says(*octets)(reader, writer)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                                   struct.pack("ii", 1, 0))
        writer.transport.abort()
        raise ConnectionResetError("as the scene has it")
    return act


async def silence(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Say nothing, and hear everything, until the other side leaves."""
    while await reader.read(65536):
        pass
    raise ConnectionResetError("as the scene has it")


async def said_back(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Hear one line, and think nothing of it."""
    await reader.readline()
