"""The Clock port on the machine's clocks; for an exercise it may run faster and show another day.

now = shows + (wall - began) * rate. Nothing else in the product knows at which rate time runs. The
wall's clock is not taken on trust: what leaps is not followed (`core.sending.timekeeping`).
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sarabanwatch.core.sending.timekeeping import Timekeeping


def _wall() -> datetime:
    return datetime.now(UTC)


def _steady() -> float:
    """Return seconds of a clock that nobody sets and that counts sleep, too (CLOCK_BOOTTIME)."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class WallClock:
    """The machine's clock, as far as it can be trusted (`core.sending.timekeeping`)."""

    def __init__(self, wall: Callable[[], datetime] = _wall,
                 steady: Callable[[], float] = _steady) -> None:
        self._wall, self._steady = wall, steady
        self._kept = Timekeeping(wall(), steady())

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        return self._kept.now(self._steady())

    def doubt(self) -> str:
        """Look at the wall's clock; say why it is not trusted, or ""."""
        self._kept = self._kept.looked(self._wall(), self._steady())
        return self._kept.doubt

    def trust(self) -> None:
        """Take the wall's clock for right."""
        self._kept = self._kept.trusting(self._wall(), self._steady())

    def wall_seconds(self, seconds: float) -> float:
        """Return how many seconds of the wall's clock so many of this one take."""
        return seconds

    async def sleep(self, seconds: float) -> None:
        """Sleep for so many seconds of this clock."""
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class FastClock:
    """A clock that showed `shows` when the wall's showed `began`, and runs `rate` times as fast."""

    rate: float
    began: datetime
    shows: datetime
    wall: WallClock = field(default_factory=WallClock)

    def now(self) -> datetime:
        """Return the time that this clock shows, aware, in UTC."""
        since: timedelta = self.wall.now() - self.began
        return (self.shows + since * self.rate).astimezone(UTC)

    def doubt(self) -> str:
        """Look at the wall's clock; say why it is not trusted, or ""."""
        return self.wall.doubt()

    def trust(self) -> None:
        """Take the wall's clock for right."""
        self.wall.trust()

    def wall_seconds(self, seconds: float) -> float:
        """Return how many seconds of the wall's clock so many of this one take."""
        return seconds / self.rate

    async def sleep(self, seconds: float) -> None:
        """Sleep for so many seconds of this clock."""
        await asyncio.sleep(seconds / self.rate)
