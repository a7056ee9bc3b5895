"""Minutes that nobody waits for, over real sockets: where loopback has been silent for a moment, time jumps to the next timer.

What is under way on loopback is always heard first, so that no timer wins over an answer that was given.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from simulation.jumping import Jumping, Loop, StandsStill

T = TypeVar("T")
GRACE = 0.01        # real seconds in which whatever is under way, a thread's work too, comes
STILL = 30.0        # real seconds without a timer, a socket or a thread: the test stands still


class Listening(Jumping):
    """A selector that lets time pass where nothing is heard."""

    def select(self, timeout=None):
        """Listen for a moment; then let the time go by."""
        ready = selectors.SelectSelector.select(self, STILL if timeout is None else min(GRACE, max(0.0, timeout)))
        if not ready and timeout is None:
            raise StandsStill
        if not ready:
            self.now += timeout
        return ready


class Hurried(Loop):
    """An event loop over loopback on jumping time."""

    def __init__(self):
        self.jumping = Listening()
        asyncio.SelectorEventLoop.__init__(self, self.jumping)


def hurried(story: Coroutine[Any, Any, T]) -> T:
    """Run a story to its end without waiting for its timers."""
    with asyncio.Runner(loop_factory=Hurried) as runner:
        return runner.run(story)
