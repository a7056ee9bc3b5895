"""What a misbehaving server does on the wire, whatever the protocol.

An act is awaited in place of an answer, for the tables in tests/edge/contrary. It gets the
connection and does with it what it wants; when it returns, the scene goes on.
"""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable

Act = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def says(*octets: bytes) -> Act:
    """Send these octets, each portion in a packet of its own."""
    async def act(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for portion in octets:
            writer.write(portion)
            await writer.drain()
            await asyncio.sleep(0)
    return act


def octet_by_octet(octets: bytes, pause: float = 0.0) -> Act:
    """Send these octets one at a time, with a pause after each."""
    async def act(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for place in range(len(octets)):
            writer.write(octets[place:place + 1])
            await writer.drain()
            await asyncio.sleep(pause)
    return act


def hangs_up(*octets: bytes) -> Act:
    """Send these octets, then close the connection in the middle of whatever it was."""
    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await says(*octets)(reader, writer)
        writer.close()
        raise ConnectionResetError("as the scene has it")
    return act


def cuts_off(*octets: bytes) -> Act:
    """Send these octets, then reset the connection (RST), as a firewall does."""
    async def act(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await says(*octets)(reader, writer)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                                   struct.pack("ii", 1, 0))
        writer.transport.abort()
        raise ConnectionResetError("as the scene has it")
    return act


async def silence(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Read everything and answer nothing, until the other side leaves."""
    while await reader.read(65536):
        pass
    raise ConnectionResetError("as the scene has it")


async def said_back(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Read one line and ignore it."""
    await reader.readline()
