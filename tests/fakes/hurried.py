"""Time limits of minutes over real sockets, without waiting for them.

Where loopback is silent and no thread works, time jumps to the next timer. What is under way on
loopback is always read first, so that no timer wins over an answer that was given.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from sarabanwatch.store import FileLedger
from simulation.jumping import Jumping, Loop, StandsStill

T = TypeVar("T")
GRACE = 0.005       # real seconds in which whatever is under way on loopback comes
STILL = 30.0        # real seconds without a timer, a socket or a thread: the test stands still


class Listening(Jumping):
    """A selector that moves time forward where nothing comes and no thread works."""

    working = 0

    def select(self, timeout=None):
        """Wait for a moment; then move time forward."""
        idle = timeout is None or self.working
        ready = selectors.SelectSelector.select(self, STILL if idle and timeout != 0
                                                else min(GRACE, max(0.0, timeout)))
        if not ready and idle and timeout != 0:
            raise StandsStill
        if not ready:
            self.now += timeout
        return ready


class Hurried(Loop):
    """An event loop over loopback on jumping time."""

    def __init__(self):
        self.jumping = Listening()
        asyncio.SelectorEventLoop.__init__(self, self.jumping)

    def run_in_executor(self, executor, func, *args):
        """Run in a thread; no time passes meanwhile."""
        self.jumping.working += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self.worked)
        return future

    def worked(self, _):
        """Let time pass again."""
        self.jumping.working -= 1


class TimelessLedger(FileLedger):
    """A ledger; no time passes while it writes."""

    def _hand(self, request):
        loop = asyncio.get_running_loop()
        loop.jumping.working += 1
        request.done.add_done_callback(loop.worked)
        super()._hand(request)


def hurried(story: Coroutine[Any, Any, T]) -> T:
    """Run to the end without waiting for timers."""
    with asyncio.Runner(loop_factory=Hurried) as runner:
        return runner.run(story)
