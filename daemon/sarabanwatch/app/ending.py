"""How tasks are ended: cancelled, until each of them is done."""

import asyncio
from collections.abc import Iterable
from typing import Any

CANCEL_AGAIN = 1.0      # wall seconds until a task that did not stop is cancelled again


async def end(tasks: Iterable[asyncio.Future[Any]]) -> None:
    """Cancel tasks, and return when all are done."""
    # once may not do: `wait_for` of Python 3.11 loses a cancellation that meets a result
    going = set(tasks)
    while going:
        for task in going:
            task.cancel()
        _, going = await asyncio.wait(going, timeout=CANCEL_AGAIN)
