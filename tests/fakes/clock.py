"""A clock that stands until it is set on."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass
class StoppedClock:
    """The Clock port, at whatever moment a test says."""

    at: datetime

    def now(self) -> datetime:
        """Return the moment."""
        return self.at

    def doubt(self) -> str:
        """Never doubt it."""
        return ""

    def trust(self) -> None:
        """Trust it."""

    def wall_seconds(self, seconds: float) -> float:
        """Return how long the wall's clock takes: as long."""
        return seconds

    async def sleep(self, seconds: float) -> None:
        """Let so much time go by at once."""
        self.pass_(timedelta(seconds=seconds))
        await asyncio.sleep(0)

    def pass_(self, time: timedelta) -> None:
        """Set it on."""
        self.at += time
