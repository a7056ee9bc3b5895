"""Does the wall's clock keep time? It is held against a steady one, and at a start against the ledger's own facts.

The problem: rounds, windows and paces go by the wall's clock, and a wall's clock may be set. One that shows next year for
fourteen seconds ends every window at once; one that showed the year 2569 for an afternoon, for somebody typed it in the
Buddhist era, leaves moments behind that will not come for five centuries.

The rule: the time that we go by (`now`) moves with the steady clock, and follows the wall's while the two agree at each
look, within LEAP; small steps and the slewing of NTP pass unseen. A wall's clock that leaps is not followed. It is in
doubt, and so are we, until it has agreed with our own course again for SETTLES; or has stood by its new time for STAYS,
where that lies within NEAR of ours; or a person says that it is right (`trusting`).

    steady   wall    ours    off     doubt
    0 s      10:00   10:00   0       no
    5 s      +1 y    10:00   1 y     leapt ahead
    19 s     10:00   10:00   0       right again, for less than ten minutes
    620 s    10:10   10:10   0       no

The steady clock is one that goes on while the machine is suspended, so that waking up is no leap.

At a start nothing is known of the steady clock's past, and the ledger's newest fact takes its place (`gainsaid`).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

LEAP = timedelta(seconds=30)
SETTLES = 10 * 60.0             # seconds
STAYS = 60 * 60.0
NEAR = timedelta(days=1)
# by which another process, or the clock before the last start, may have been ahead
SKEW = timedelta(minutes=5)
IDLE = timedelta(days=100)      # longer than two rounds nobody lets the daemon stand still
NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Timekeeping:
    """The time that we hold it to be, and what is to be thought of the wall's clock.

    `shown`: the time when the steady clock showed `at` seconds; `off`: how far the wall's clock was ahead at the last look;
    `since`: when the steady clock showed so much, `off` last changed; None while there is no doubt.
    """

    shown: datetime
    at: float
    off: timedelta = NOTHING
    since: float | None = None

    def now(self, steady: float) -> datetime:
        """Return the time that we go by."""
        return self.shown + timedelta(seconds=steady - self.at)

    def looked(self, wall: datetime, steady: float) -> "Timekeeping":
        """Return what is to be thought after a look at both clocks."""
        off = wall - self.now(steady)
        if self.since is None and abs(off) <= LEAP:
            return Timekeeping(wall, steady)
        if self.since is None or abs(off - self.off) > LEAP:
            return replace(self, off=off, since=steady)
        stood = steady - self.since
        believed = stood >= SETTLES if abs(off) <= LEAP else stood >= STAYS and abs(off) <= NEAR
        return Timekeeping(wall, steady) if believed else self

    def trusting(self, wall: datetime, steady: float) -> "Timekeeping":
        """Return what is to be thought once a person has said that the wall's clock is right."""
        del self
        return Timekeeping(wall, steady)

    @property
    def doubt(self) -> str:
        """Why the wall's clock is not trusted; "" where it is."""
        if self.since is None:
            return ""
        if abs(self.off) <= LEAP:
            return "the clock leapt, and has been right again for less than ten minutes"
        return f"the clock leapt {'ahead' if self.off > NOTHING else 'back'} by {length(self.off)}"


def gainsaid(now: datetime, newest: datetime | None, *, halted: bool) -> str:
    """Say why the ledger's newest fact gainsays the clock at a start; "" where it does not.

    `halted`: the clock was doubted when we last ran; then no more than NEAR may have passed unless a person says so.
    """
    if newest is None:
        return ""
    if newest - now > SKEW:
        return f"the ledger's newest fact lies {length(newest - now)} in the future"
    if now - newest > (NEAR if halted else IDLE):
        return f"the ledger's newest fact is {length(now - newest)} old"
    return ""


def lately(at: datetime, now: datetime, span: timedelta) -> bool:
    """Say whether something happened within a span before now; of a moment that is still to come that is not known."""
    return -SKEW <= now - at < span


def length(time: timedelta) -> str:
    """Say how long a time is, in its largest unit."""
    seconds = abs(time).total_seconds()
    for unit, size in (("years", 365.25 * 86400), ("days", 86400.0), ("hours", 3600.0),
                       ("minutes", 60.0)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
