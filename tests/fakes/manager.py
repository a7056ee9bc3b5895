"""A service manager that receives what a daemon reports ($NOTIFY_SOCKET)."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

WITHIN = 600.0      # wall seconds for what should take one or two


class Manager:
    """The messages that it received, and the address of its socket."""

    def __init__(self, listening: socket.socket, name: str) -> None:
        self._socket, self.environment = listening, {"NOTIFY_SOCKET": f"@{name}"}
        self.heard: list[str] = []

    async def hears(self, *words: str) -> str:
        """Wait until a line has all these words; return it."""
        async with asyncio.timeout(WITHIN):
            while True:
                for line in self.heard:
                    if all(word in line for word in words):
                        return line
                said = await asyncio.get_running_loop().sock_recv(self._socket, 65536)
                self.heard += said.decode().splitlines()


@asynccontextmanager
async def managing(name: str) -> AsyncIterator[Manager]:
    """Listen for a daemon; `name` tells the socket of one test from another's."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.setblocking(False)
        whole = f"saraban-{os.getpid()}-{name}"
        listening.bind(f"\0{whole}")
        yield Manager(listening, whole)
