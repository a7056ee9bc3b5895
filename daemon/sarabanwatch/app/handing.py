"""Letters on their way into the hands of the lines: the line that was at work last gets the next one.

So as many connections stand as the letters need, and no more: each of them a log-in, and a relay counts those. Lines that took
their turns would all be kept open by the last letters of a day.
"""

import asyncio
from collections import deque


class Handing:
    """Letters that wait for a line, at most `most`, and lines that wait for a letter."""

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
        """Hand a letter to the line that became idle last, or let it wait."""
        while self._idle:
            line = self._idle.pop()
            if not line.done():     # it was cancelled
                line.set_result(serial)
                return
        self._letters.append(serial)

    async def take(self) -> int | None:
        """Return the next letter when there is one; None when there will be none any more."""
        if self._over:
            return None
        if self._letters:
            return self._letters.popleft()
        idle: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        self._idle.append(idle)
        return await idle

    def end(self) -> None:
        """Hand nothing out any more, and let the lines that wait go."""
        self._over = True
        for line in self._idle:
            if not line.done():
                line.set_result(None)
