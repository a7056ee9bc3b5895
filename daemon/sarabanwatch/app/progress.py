"""Which loop of the daemon goes on, and which one hangs: what the service manager's watchdog is fed on.

Before each wait a loop says how many seconds the wait may take at most (`expect`): a job its own period, the inbox the
time until it looks again, a letter all that a slow relay may need. A loop that waits for work, however long that takes
to come, is said to rest (`rest`). A loop hangs when its own time is over and it has not said anything since; a bound
that is the same for all loops would call a job that runs every fifteen minutes dead after two.

Seconds are those of the event loop, which reads the monotonic clock: they go on whatever becomes of the wall's.
"""

import asyncio
from collections.abc import Callable, Sequence

# seconds that a loop may come later than it said: the machine is busy, or its disk is slow
GRACE = 60.0


class Progress:
    """What each loop has said of its next move."""

    def __init__(self) -> None:
        self._due: dict[str, float] = {}

    def expect(self, loop: str, within: float) -> None:
        """Note that a loop goes on now, and says so again within so many seconds."""
        self._due[loop] = asyncio.get_running_loop().time() + within + GRACE

    def rest(self, loop: str) -> None:
        """Note that a loop waits for work, or has ended: nothing is expected of it."""
        self._due.pop(loop, None)

    def forget(self) -> None:
        """Note that all loops have ended."""
        self._due.clear()

    def bear(self, seconds: float) -> None:
        """Give every loop so many seconds from now at least: what they wait for is known, and no fault of theirs."""
        due = asyncio.get_running_loop().time() + seconds + GRACE
        self._due = {loop: max(due, before) for loop, before in self._due.items()}

    def hanging(self) -> Sequence[str]:
        """Return the loops that should have gone on by now, and have not."""
        now = asyncio.get_running_loop().time()
        return sorted(loop for loop, due in self._due.items() if due < now)


async def feed(progress: Progress, fed: Callable[[], None], hangs: Callable[[Sequence[str]], None],
               every: float) -> None:
    """Call `fed` every so many seconds while all loops go on; and `hangs`, once, with the names of those that do not."""
    told: Sequence[str] = ()
    while True:
        hanging = progress.hanging()
        if not hanging:
            fed()
        elif hanging != told:
            hangs(hanging)
        told = hanging
        await asyncio.sleep(every)
