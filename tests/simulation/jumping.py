"""Time that is not waited for: an event loop that jumps to what is due next, and a Clock on it.

Nothing in the simulation waits on a thread or a socket. When nobody can go on, time moves to the
next timer; when there is no timer either, the simulation stands still, and that is an error.
"""

import asyncio
import selectors
from collections.abc import Callable
from datetime import timedelta

from sarabanwatch.edge.clock import WallClock


class StandsStill(Exception):  # noqa: N818 - said of the time
    """Nobody can go on and nothing is due."""


class Jumping(selectors.SelectSelector):
    """A selector that lets time pass where others wait."""

    now = 0.0

    def select(self, timeout=None):
        """Let the time pass, and look at the sockets by which asyncio wakes itself all the same."""
        ready = super().select(0)
        if timeout is None and not ready:
            raise StandsStill
        if timeout and not ready:
            self.now += timeout
        return ready


class Loop(asyncio.SelectorEventLoop):
    """An event loop on jumping time."""

    def __init__(self):
        self.jumping = Jumping()
        super().__init__(self.jumping)

    def time(self):
        """Return the seconds since the simulation began."""
        return self.jumping.now


class DaemonClock(WallClock):
    """The Clock port of a daemon whose machine's clock may leap: the product's, on true time."""

    def __init__(self, true: "SimClock", leap: Callable[[], timedelta]):
        self._true, began = true, true.now()
        super().__init__(lambda: true.now() + leap(),
                         lambda: (true.now() - began) / timedelta(seconds=1))

    def wall_seconds(self, seconds):
        """Return how many of the loop's seconds so many civil ones take."""
        return self._true.wall_seconds(seconds)

    async def sleep(self, seconds):
        """Sleep for so many civil seconds."""
        await self._true.sleep(seconds)


class SimClock:
    """The Clock port: civil time, which runs `rate` times as fast as the loop's."""

    def __init__(self, loop, rate, shows):
        self._loop, self._rate, self._shows = loop, rate, shows

    def now(self):
        """Return civil time."""
        return self._shows + timedelta(seconds=self._loop.time() * self._rate)

    def doubt(self):
        """Never doubt it."""
        return ""

    def trust(self):
        """Trust it."""

    def wall_seconds(self, seconds):
        """Return how many of the loop's seconds so many civil ones take."""
        return seconds / self._rate

    async def sleep(self, seconds):
        """Sleep for so many civil seconds."""
        await asyncio.sleep(seconds / self._rate)
