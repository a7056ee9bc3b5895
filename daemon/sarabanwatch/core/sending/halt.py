"""A halt: nothing leaves us and no window is closed, because we doubt our own ledger or our own clock.

Two doubts halt us. A ledger that is not the one that last ran here does not know whom it wrote to meanwhile, so it asks
before it writes to anybody again. A clock that leapt, or that shows a day which the ledger's own facts gainsay, would let
windows run out in a second, or letters wait for centuries. In both cases whatever we did by ourselves might be wrong for
thousands of agencies at once, and waiting costs little.

A person lifts a halt by name (`halts lift`); one for the clock also lifts itself, once the clock has shown for a while that
it is right. Mail is taken in meanwhile: what comes in is true whatever our clock shows.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Why(StrEnum):
    """What is doubted."""

    RESTORED = "restored"      # the ledger is not the one that last ran here
    CLOCK = "clock"            # the clock


@dataclass(frozen=True, slots=True)
class Halt:
    """One halt: since when, and what is the matter; once lifted, when and by whom ("" by itself)."""

    number: int
    why: Why
    since: datetime
    said: str
    lifted_at: datetime | None = None
    by: str = ""
    note: str = ""
