"""The land's clock: simulated time, which runs faster than the wall clock by a fixed rate.

The configuration that is written for the watch has the same three numbers, so that both programs
show the same time.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

BANGKOK = timezone(timedelta(hours=7))
# a Sunday: a day to write letters, then a whole week of work
SHOWS = datetime(2026, 2, 22, 8, 30, tzinfo=BANGKOK)
# from so many agencies on: simulated seconds a wall second
RATES = ((2000, 7200.0), (600, 14400.0), (0, 21600.0))


def default_rate(agencies: int) -> float:
    """Return the highest rate at which a country of this size still answers within its day."""
    return next(rate for least, rate in RATES if agencies >= least)


@dataclass(frozen=True, slots=True)
class Clock:
    """Simulated now = shows + (wall now - began) * rate."""

    rate: float
    began: datetime
    shows: datetime = SHOWS

    def now(self) -> datetime:
        """Return the simulated time, in Bangkok's zone."""
        return self.shows + (datetime.now(UTC) - self.began) * self.rate

    def wall(self, hours: float) -> float:
        """Return how many wall seconds so many simulated hours last."""
        return hours * 3600 / self.rate

    async def sleep(self, hours: float) -> None:
        """Sleep for so many simulated hours."""
        await asyncio.sleep(self.wall(hours))

    def hours_since(self, then: datetime) -> float:
        """Return the simulated hours from `then` to now."""
        return (self.now() - then) / timedelta(hours=1)
