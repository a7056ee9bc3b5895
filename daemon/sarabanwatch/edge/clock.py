"""The Clock port on the machine's clock; for an exercise it may run faster and show another day.

now = shows + (wall - began) * rate. Nothing else in the product knows at which rate time runs.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class WallClock:
    """Civil time as it is."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        return datetime.now(UTC)

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

    def now(self) -> datetime:
        """Return the time that this clock shows, aware, in UTC."""
        since: timedelta = datetime.now(UTC) - self.began
        return (self.shows + since * self.rate).astimezone(UTC)

    def wall_seconds(self, seconds: float) -> float:
        """Return how many seconds of the wall's clock so many of this one take."""
        return seconds / self.rate

    async def sleep(self, seconds: float) -> None:
        """Sleep for so many seconds of this clock."""
        await asyncio.sleep(seconds / self.rate)
