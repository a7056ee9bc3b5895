"""When a server may be connected to again: one back-off, shared by all who would connect to it.

The problem: ten connections to one relay, each with a back-off of its own, try ten times as often
as they should. And a server that accepts our log-in and then hangs up is no failed connection, so
that log-ins would follow one another as fast as it hangs up. Mail providers lock accounts for less.

States:
- *closed*: the server works. Connections are opened one after another, so that an expired password
  is refused once, not ten times.
- *open*: it failed. Nobody connects until a pause is over; each further failure doubles the pause.
- *half-open*: the pause is over. One connection is tried, and all others wait for its outcome.

Only `served` closes it: a connection has proved nothing until it did what it was opened for. A
server that refuses our log-in for good (`barred`) is tried, too, but rarely: the password may be
corrected any day, yet each try counts towards a locked account. Whatever the server does, there are
never more than LOG_INS log-ins in any minute.

Example: refused at 0 s, the server is tried at 1, 3, 7, 15 ... s, then every five minutes (each
pause +-25 % by chance).

Sources: RFC 5321 section 4.5.4.1 (pauses between tries); the circuit breaker of M. Nygard, "Release
It!".
"""

from collections import deque
from dataclasses import dataclass, field

MINUTE = 60.0
LOG_INS = 6             # in any MINUTE
FIRST, LONGEST = 1.0, 300.0
BARRED_FIRST, BARRED_LONGEST = 300.0, 3600.0
TRIED_WITHIN = 60.0     # seconds after which a try without an outcome no longer keeps others back


@dataclass(slots=True)
class Backoff:
    """The back-off for one server; moments are seconds of a clock that never goes back.

    `first` is the first pause in seconds, `failures` counts those in a row.
    """

    first: float = FIRST
    failures: int = 0
    barred: bool = False
    rests_until: float = 0.0
    _log_ins: deque[float] = field(default_factory=lambda: deque(maxlen=LOG_INS))

    @property
    def opens_at(self) -> float:
        """The earliest moment at which it may be connected to; in the past where it may be now."""
        crowded = len(self._log_ins) == LOG_INS
        return max(self.rests_until, self._log_ins[0] + MINUTE if crowded else 0.0)

    def tried(self, now: float, *, log_in: bool) -> None:
        """Record that a connection is opened; no other may be, until its outcome is known."""
        if log_in:
            self._log_ins.append(now)
        self.rests_until = now + TRIED_WITHIN

    def stood(self) -> None:
        """Record that the connection is established; after a failure, it must also succeed."""
        if not self.failures:
            self.rests_until = 0.0

    def failed(self, now: float, chance: float, *, barred: bool = False) -> None:
        """Record a failed connection, or a log-in refused for good (`barred`).

        `chance`, in [0, 1), varies the pause.
        """
        self.failures = self.failures + 1 if barred is self.barred else 1
        self.barred = barred
        first, longest = (BARRED_FIRST, BARRED_LONGEST) if barred else (self.first, LONGEST)
        pause = min(first * 2.0 ** min(self.failures - 1, 30), max(first, longest))
        self.rests_until = now + pause * (0.75 + 0.5 * chance)

    def served(self) -> None:
        """Record that the server did what the connection was opened for."""
        self.failures, self.barred, self.rests_until = 0, False, 0.0
