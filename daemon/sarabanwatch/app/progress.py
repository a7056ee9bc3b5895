"""Which loop of the daemon goes on, and which one hangs; this is what feeds the watchdog.

The service manager restarts us when its watchdog is not fed (`WatchdogSec=` in systemd). So we must
know that every loop still moves. Before each wait a loop says how many seconds the wait may take at
most (`expect`): a job its own period, the inbox the time until it looks again, a letter all that a
slow relay may need. A loop that waits for work, however long it takes to come, says that it rests
(`rest`). A loop hangs when its time is over and it has said nothing since. One bound for all loops
would not do: it would call a job that runs every fifteen minutes dead after two.

Seconds are those of the event loop, which reads the monotonic clock, so they pass evenly whatever
becomes of the wall's clock.
"""

import asyncio
from collections.abc import Callable, Sequence

# Seconds by which a loop may be late: the machine is busy, or its disk is slow.
GRACE = 60.0


class Progress:
    """When each loop has promised to move next."""

    def __init__(self) -> None:
        self._due: dict[str, float] = {}

    def expect(self, loop: str, within: float) -> None:
        """Note that a loop goes on now, and will say so again within so many seconds."""
        self._due[loop] = asyncio.get_running_loop().time() + within + GRACE

    def rest(self, loop: str) -> None:
        """Note that a loop waits for work, or has ended: nothing is expected of it."""
        self._due.pop(loop, None)

    def forget(self) -> None:
        """Note that all loops have ended."""
        self._due.clear()

    def bear(self, seconds: float) -> None:
        """Give every loop at least so many seconds from now: they all wait for one known thing."""
        due = asyncio.get_running_loop().time() + seconds + GRACE
        self._due = {loop: max(due, before) for loop, before in self._due.items()}

    def hanging(self) -> Sequence[str]:
        """Return the names of the loops that should have gone on by now, and have not."""
        now = asyncio.get_running_loop().time()
        return sorted(loop for loop, due in self._due.items() if due < now)


async def feed(progress: Progress, fed: Callable[[], None], hangs: Callable[[Sequence[str]], None],
               every: float) -> None:
    """Call `fed` every so many seconds while all loops go on.

    While some hang, call `hangs` with their names instead, once for each such list of names.
    """
    reported: Sequence[str] = ()
    while True:
        hanging = progress.hanging()
        if not hanging:
            fed()
        elif hanging != reported:
            hangs(hanging)
        reported = hanging
        await asyncio.sleep(every)
