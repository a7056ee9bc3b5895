"""The event loop's time as moments, for a library that asks a time zone what time it is.

APScheduler plans by `datetime.now(timezone)`, which is the wall's clock. If that is set back by a
year, a job that is due in five minutes would be due in a year. But Python passes the wall's time to
the zone's `fromutc`, to be converted. `LoopTime` ignores it there and returns the time of the event
loop, which is monotonic (and which the simulation moves forward).

A zone is asked in the same way about moments that the scheduler has computed, and must leave those
as they are. So the loop's time is counted from the year 1900: whatever lies before 1970 is ours,
because Linux sets no clock to a time before that.
"""

import asyncio
from datetime import datetime, timedelta, tzinfo

OURS_UNTIL = 1970


class LoopTime(tzinfo):
    """A zone whose clock is that of the running event loop."""

    def moment(self, seconds: float = 0.0) -> datetime:
        """Return the moment in so many seconds of loop time."""
        return datetime(1900, 1, 1, tzinfo=self) + timedelta(
            seconds=asyncio.get_running_loop().time() + seconds
        )

    def fromutc(self, moment: datetime) -> datetime:
        """Return a moment of ours as it is; for one that the wall shows, the present."""
        return moment if moment.year < OURS_UNTIL else self.moment()

    def utcoffset(self, _: datetime | None) -> timedelta:
        """Return no offset."""
        return timedelta(0)

    def dst(self, _: datetime | None) -> timedelta:
        """Return no summer time."""
        return timedelta(0)

    def tzname(self, _: datetime | None) -> str:
        """Return a name, which APScheduler asks for."""
        return "loop"
