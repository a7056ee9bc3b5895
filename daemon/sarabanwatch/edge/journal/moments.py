"""Moments of the daemon's own time, which may run faster than the wall's, as Prometheus counts."""

import time
from datetime import datetime

from sarabanwatch.ports import Clock


def wall(clock: Clock, at: datetime) -> float:
    """Return a moment of the daemon's own time in seconds since 1970 by the wall's clock."""
    now = time.time()       # noqa: TID251 - Prometheus counts by the wall's
    return now - clock.wall_seconds((clock.now() - at).total_seconds())
