"""Is the system clock right? It is compared with a monotonic clock, and at a start with the ledger.

The problem: rounds, windows and paces go by the system (wall) clock, and that may be set. A clock
that shows next year for fourteen seconds would end every window at once. One that showed the year
2569 for an afternoon, because somebody typed the year of the Buddhist era, leaves moments in the
ledger that will not come for five centuries.

The rule: our own time (`now`) runs with the monotonic clock, and follows the system clock while the
two agree at each look, within LEAP; small steps and the slewing of NTP pass unseen. A system clock
that jumps is not followed. It is in doubt until
- it has agreed with our own time again for SETTLES;
- or it has kept to its new time for STAYS, and that is within NEAR of ours;
- or a person says that it is right (`trusting`).

While it is in doubt, a halt stops all sending (`core.sending.halt`).

    monotonic   system   ours    off     doubt
    0 s         10:00    10:00   0       no
    5 s         +1 y     10:00   1 y     jumped ahead
    19 s        10:00    10:00   0       right again, for less than ten minutes
    620 s       10:10    10:10   0       no

The monotonic clock is one that goes on while the machine is suspended, so that waking up is no
jump.

At a start nothing is known of the monotonic clock's past. The ledger's newest fact takes its place
(`contradicted`).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

LEAP = timedelta(seconds=30)
SETTLES = 10 * 60.0             # seconds
STAYS = 60 * 60.0
NEAR = timedelta(days=1)
# by how much another process, or the clock before the last start, may have been ahead
SKEW = timedelta(minutes=5)
IDLE = timedelta(days=100)      # nobody leaves the daemon stopped for longer than two rounds
NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Timekeeping:
    """Our own time, and the doubt about the system clock.

    `shown`: our time when the monotonic clock showed `at` seconds. `off`: how far the system clock
    was ahead of ours at the last look. `since`: what the monotonic clock showed when `off` last
    changed; None while there is no doubt.
    """

    shown: datetime
    at: float
    off: timedelta = NOTHING
    since: float | None = None

    def now(self, steady: float) -> datetime:
        """Return our time when the monotonic clock shows `steady` seconds."""
        return self.shown + timedelta(seconds=steady - self.at)

    def looked(self, wall: datetime, steady: float) -> "Timekeeping":
        """Return the state after a look at both clocks."""
        off = wall - self.now(steady)
        if self.since is None and abs(off) <= LEAP:
            return Timekeeping(wall, steady)
        if self.since is None or abs(off - self.off) > LEAP:
            return replace(self, off=off, since=steady)
        stood = steady - self.since
        believed = stood >= SETTLES if abs(off) <= LEAP else stood >= STAYS and abs(off) <= NEAR
        return Timekeeping(wall, steady) if believed else self

    def trusting(self, wall: datetime, steady: float) -> "Timekeeping":
        """Return the state once a person has said that the system clock is right."""
        del self
        return Timekeeping(wall, steady)

    @property
    def doubt(self) -> str:
        """Why the system clock is not trusted; "" where it is."""
        if self.since is None:
            return ""
        if abs(self.off) <= LEAP:
            return "the clock jumped, and has been right again for less than ten minutes"
        return f"the clock jumped {'ahead' if self.off > NOTHING else 'back'} by {length(self.off)}"


def contradicted(now: datetime, newest: datetime | None, *, halted: bool) -> str:
    """Return how the ledger's newest fact contradicts the clock at a start; "" where it does not.

    `halted`: the clock was in doubt when we last ran. Then no more than NEAR may have passed,
    unless a person says so.
    """
    if newest is None:
        return ""
    if newest - now > SKEW:
        return f"the ledger's newest fact lies {length(newest - now)} in the future"
    if now - newest > (NEAR if halted else IDLE):
        return f"the ledger's newest fact is {length(now - newest)} old"
    return ""


def lately(at: datetime, now: datetime, span: timedelta) -> bool:
    """Say whether something happened within a span before now; a moment in the future did not."""
    return -SKEW <= now - at < span


def length(time: timedelta) -> str:
    """Return how long a time is, in its largest unit, such as "3 days"."""
    seconds = abs(time).total_seconds()
    for unit, size in (("years", 365.25 * 86400), ("days", 86400.0), ("hours", 3600.0),
                       ("minutes", 60.0)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
