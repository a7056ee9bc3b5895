"""A TCP connection that can be cut: a proxy before a server, which goes away and comes back.

A `tap` gets each portion of octets with its direction, and returns what is passed on; where it
raises `Cut`, both ends are closed at once.
"""

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Self

UP, DOWN = "up", "down"     # to the server, from the server
DOT = b"\r\n.\r\n"
Tap = Callable[[str, bytes], bytes]


class Cut(Exception):  # noqa: N818 - what happens to the wire
    """Drop this connection here: the portion in hand reaches nobody."""


def untouched(_direction: str, octets: bytes) -> bytes:
    """Pass everything on."""
    return octets


class Striking:
    """Taps before a relay: a program is sent a signal at the answer to a dot.

    No look at a file or a log finds that moment on a slow machine. One that is killed never gets
    the answer.
    """

    def __init__(self) -> None:
        self._left, self._pid, self._signal = 0, 0, signal.SIGKILL
        self.done = asyncio.Event()

    def at(self, dot: int, pid: int, number: signal.Signals = signal.SIGKILL) -> None:
        """Strike at the answer to the so many-th dot from now."""
        self._left, self._pid, self._signal, self.done = dot, pid, number, asyncio.Event()

    def __call__(self) -> Tap:
        """Return the tap of one connection."""
        given = False

        def tap(direction: str, octets: bytes) -> bytes:
            nonlocal given
            answered = given and direction is DOWN
            given = direction is UP and octets.endswith(DOT)
            if answered:
                self._answered()
            return octets
        return tap

    def _answered(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(self._pid, self._signal)
            self.done.set()
            if self._signal is signal.SIGKILL:
                raise Cut


class Proxy:
    """A port of its own before a server's; each connection gets a fresh tap."""

    def __init__(self, server: int, tap: Callable[[], Tap] = lambda: untouched) -> None:
        self._server, self.tap = server, tap
        self._door: asyncio.Server | None = None
        self._held: socket.socket | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Task[None]] = set()
        self.port = 0

    async def __aenter__(self) -> Self:
        await self.back()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.away()
        if self._held:
            self._held.close()

    def _hold(self) -> socket.socket:
        """Keep the port from others without listening: who knocks is refused."""
        held = socket.socket()
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", self.port))
        self.port = held.getsockname()[1]
        return held

    async def back(self) -> None:
        """Listen: on a port that the kernel chooses the first time, on the same one ever after."""
        self._door = await asyncio.start_server(self._visit, sock=self._held or self._hold())
        self._held = None

    async def away(self) -> None:
        """Refuse who knocks and drop who is in, as a killed server does."""
        if self._door:
            self._door.close()
            self._door, self._held = None, self._hold()
        self.drop()
        await asyncio.gather(*self._passing, return_exceptions=True)

    def drop(self) -> None:
        """Cut every connection, at whatever octet it is."""
        for end in self._ends:
            end.transport.abort()

    def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._pass_on(reader, writer))
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there = await asyncio.open_connection("127.0.0.1", self._server)
        ends, tap = {writer, there}, self.tap()
        self._ends |= ends
        try:
            flows = [asyncio.create_task(_flow(reader, there, UP, tap)),
                     asyncio.create_task(_flow(there_reader, writer, DOWN, tap))]
            await asyncio.wait(flows, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._ends -= ends
            for end in ends:
                end.transport.abort()
            await asyncio.gather(*flows, return_exceptions=True)


async def _flow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, direction: str,
                tap: Tap) -> None:
    with suppress(ConnectionError, Cut):
        while octets := await reader.read(1 << 16):
            writer.write(tap(direction, octets))
            await writer.drain()
