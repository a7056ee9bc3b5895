"""When a server may be connected to again: one back-off, shared by all who would connect to it.

The problem: ten lines to one relay, each with a back-off of its own, knock ten times as often as is kind; and a server
that logs us in and then hangs up is no failed connection at all, so that log-ins follow one another as fast as it hangs
up. Mail houses lock accounts for less.

States:
- *closed*: it serves. Connections are begun one after another: a password that holds no more is refused once, not ten times.
- *open*: it failed. Nobody connects until a pause is over; each further failure doubles the pause.
- *half open*: the pause is over. One may try, and all others wait for what that one finds.

Only `served` closes it: a connection that stands has proved nothing until it did what it was made for. A server that
refuses our log-in for good (`barred`) is asked as well, but rarely: the password may be mended any day, yet each try
counts towards a locked account. Whatever the server does, there are never more than LOG_INS log-ins in any minute.

Example: refused at 0 s, it is tried at 1, 3, 7, 15 ... s, then every five minutes (each pause +-25 % by chance).
Sources: RFC 5321 section 4.5.4.1 (pauses between tries); the circuit breaker of M. Nygard, "Release It!".
"""

from collections import deque
from dataclasses import dataclass, field

MINUTE = 60.0
LOG_INS = 6             # in any MINUTE
FIRST, LONGEST = 1.0, 300.0
BARRED_FIRST, BARRED_LONGEST = 300.0, 3600.0
TRIED_WITHIN = 60.0     # a try that has come to nothing for so long, another may follow


@dataclass(slots=True)
class Backoff:
    """One server's. Moments are seconds of any clock that never goes back; `first` is the first pause."""

    first: float = FIRST
    failures: int = 0
    barred: bool = False
    rests_until: float = 0.0
    _log_ins: deque[float] = field(default_factory=lambda: deque(maxlen=LOG_INS))

    @property
    def opens_at(self) -> float:
        """When it may be connected to, at the earliest; past where it may be now."""
        crowded = len(self._log_ins) == LOG_INS
        return max(self.rests_until, self._log_ins[0] + MINUTE if crowded else 0.0)

    def tried(self, now: float, *, log_in: bool) -> None:
        """Take note of a connection that is begun, with a log-in or without; no other is, until its end is known."""
        if log_in:
            self._log_ins.append(now)
        self.rests_until = now + TRIED_WITHIN

    def stood(self) -> None:
        """Take note that the connection stands. After a failure that is not enough: it must serve."""
        if not self.failures:
            self.rests_until = 0.0

    def failed(self, now: float, chance: float, *, barred: bool = False) -> None:
        """Take note of a connection that was no use, or of a log-in `barred` for good; `chance` is in [0, 1)."""
        self.failures = self.failures + 1 if barred is self.barred else 1
        self.barred = barred
        first, longest = (BARRED_FIRST, BARRED_LONGEST) if barred else (self.first, LONGEST)
        pause = min(first * 2.0 ** min(self.failures - 1, 30), max(first, longest))
        self.rests_until = now + pause * (0.75 + 0.5 * chance)

    def served(self) -> None:
        """Take note that it did what it is there for."""
        self.failures, self.barred, self.rests_until = 0, False, 0.0
