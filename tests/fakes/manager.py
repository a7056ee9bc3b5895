"""The service manager's ear: what a daemon tells it ($NOTIFY_SOCKET), word by word."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

WITHIN = 600.0      # wall seconds for what should take one or two


class Manager:
    """What was said to it, and an address under which it can be told."""

    def __init__(self, ear: socket.socket, name: str) -> None:
        self._ear, self.environment = ear, {"NOTIFY_SOCKET": f"@{name}"}
        self.heard: list[str] = []

    async def hears(self, *words: str) -> str:
        """Wait until a line has all these words; return it."""
        async with asyncio.timeout(WITHIN):
            while True:
                for line in self.heard:
                    if all(word in line for word in words):
                        return line
                said = await asyncio.get_running_loop().sock_recv(self._ear, 65536)
                self.heard += said.decode().splitlines()


@asynccontextmanager
async def managing(name: str) -> AsyncIterator[Manager]:
    """Listen for a daemon; `name` tells one test's ear from another's."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.setblocking(False)
        whole = f"saraban-{os.getpid()}-{name}"
        ear.bind(f"\0{whole}")
        yield Manager(ear, whole)
