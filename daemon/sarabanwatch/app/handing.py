"""A queue of letters for the connections: the one that was at work last gets the next letter.

So no more connections stay open than the letters need. Each is a log-in, and relays limit those. If
the connections took turns instead, the last letters of a day would keep all of them open.
"""

import asyncio
from collections import deque


class Handing:
    """At most `most` letters that wait for a connection, and connections that wait for a letter."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._letters: deque[int] = deque()
        self._idle: list[asyncio.Future[int | None]] = []
        self._over = False

    def __len__(self) -> int:
        """Return how many letters wait."""
        return len(self._letters)

    @property
    def room(self) -> int:
        """How many more may wait."""
        return self._most - len(self._letters)

    def put(self, serial: int) -> None:
        """Hand a letter to the connection that became idle last, or let it wait."""
        while self._idle:
            line = self._idle.pop()
            if not line.done():     # it was cancelled
                line.set_result(serial)
                return
        self._letters.append(serial)

    async def take(self) -> int | None:
        """Return the next letter as soon as there is one; None when there will be no more."""
        if self._over:
            return None
        if self._letters:
            return self._letters.popleft()
        idle: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._idle.append(idle)
        return await idle

    def end(self) -> None:
        """Hand out nothing any more, and let the connections that wait go."""
        self._over = True
        for line in self._idle:
            if not line.done():
                line.set_result(None)
