"""A clock that stands still until a test moves it."""

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
        """Return the same number: it runs at rate 1."""
        return seconds

    async def sleep(self, seconds: float) -> None:
        """Move it forward by so much."""
        self.pass_(timedelta(seconds=seconds))
        await asyncio.sleep(0)

    def pass_(self, time: timedelta) -> None:
        """Move it forward."""
        self.at += time
