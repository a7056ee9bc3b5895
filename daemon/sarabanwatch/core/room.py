"""Room on the ledger's disk: when sending stops for want of it, and when the disk will be full.

The problem. What cannot be written down must not be done, so a ledger that cannot be written ends
the daemon, with letters in hand. By then it is too late to say so kindly, and a full disk hurts the
machine's other programs too.

The rule. While less than `ledger.spare_megabytes` are free, no letter leaves: the ledger keeps room
for what still comes back, which is taken in on and on. There must be half as much again before
letters leave again, so that it does not go back and forth. When the disk will be at that point is
told from how fast it filled over the last two weeks, whoever filled it.

    200 megabytes to spare; 14 days ago 1,600 were free, today 900: 50 a day, so in 14 days
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

MEGA = 1_000_000
AGAIN = 1.5
LOOKS_BACK = timedelta(days=14)
SHORTEST = timedelta(days=1)        # less tells nothing: a round's day is not its week


class Sample(NamedTuple):
    """How many octets were free at a moment."""

    at: datetime
    free: int


def lacking(free: int, spare: int, *, stopped: bool) -> bool:
    """Say whether there is too little room to send; `stopped`: whether sending has stopped."""
    return free < (spare * AGAIN if stopped else spare)


def tells(samples: Sequence[Sample], now: Sample) -> bool:
    """Say whether the samples reach back far enough to tell how fast the disk fills."""
    return any(SHORTEST <= now.at - each.at <= LOOKS_BACK for each in samples)


def full_at(samples: Sequence[Sample], now: Sample, spare: int) -> datetime | None:
    """Return when sending will stop for want of room, by the samples of LOOKS_BACK, oldest first.

    None where nothing tells: too short a time, or no less room than then.
    """
    seen = [each for each in samples if now.at - each.at <= LOOKS_BACK]
    if not seen or now.at - seen[0].at < SHORTEST or seen[0].free <= now.free:
        return None
    a_second = (seen[0].free - now.free) / (now.at - seen[0].at).total_seconds()
    return now.at + timedelta(seconds=max(0, now.free - spare) / a_second)


def in_words(free: int, spare: int) -> str:
    """Return what is the matter where room is lacking."""
    return (f"the ledger's disk has {free / MEGA:,.1f} MB left, of which {spare / MEGA:,.0f} must "
            f"stay; letters leave again by themselves from {spare * AGAIN / MEGA:,.0f} MB on")
