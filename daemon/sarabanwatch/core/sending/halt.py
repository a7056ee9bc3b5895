"""A halt: no letter leaves, because the ledger or the clock is in doubt, or room is lacking.

Three things halt us. A ledger that is not the one that last ran here (a copy, a restored backup)
does not know which letters have left since. A clock that jumped, or that shows a day which
contradicts the ledger's own facts, would end windows in a second, or let letters wait for
centuries. In both cases whatever we did might be wrong for thousands of agencies at once, and
waiting costs little. The third is a disk with too little room to write down what would be done.

A person lifts a halt by name (`halts lift`). One for the clock is also lifted by itself, once the
clock has been right for a while. One for want of room on the ledger's disk is lifted by itself once
there is room, and windows close meanwhile. Mail is always received: what it says is true whatever
our clock shows.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Why(StrEnum):
    """What is in doubt."""

    RESTORED = "restored"      # the ledger is not the one that last ran here
    CLOCK = "clock"            # the clock
    ROOM = "room"              # nothing: the ledger's disk is nearly full (core.room)


@dataclass(frozen=True, slots=True)
class Halt:
    """One halt: why, since when, in which words; once lifted, when and by whom ("": by itself)."""

    number: int
    why: Why
    since: datetime
    detail: str
    lifted_at: datetime | None = None
    by: str = ""
    note: str = ""
