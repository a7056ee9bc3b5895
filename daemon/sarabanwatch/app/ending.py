"""How tasks are ended: cancelled, until each of them is done; but what is told is told whole."""

import asyncio
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")

CANCEL_AGAIN = 1.0      # wall seconds until a task that did not stop is cancelled again
FINISHES_WITHIN = 5.0   # wall seconds for what must not be left half-done


async def end(tasks: Iterable[asyncio.Future[Any]]) -> None:
    """Cancel tasks, and return when all are done, even where we are cancelled meanwhile."""
    # once may not do: `wait_for` of Python 3.11 loses a cancellation that meets a result
    every = set(tasks)
    while going := {task for task in every if not task.done()}:
        for task in going:
            task.cancel()
        with suppress(asyncio.CancelledError):      # we are ending
            await asyncio.wait(going, timeout=CANCEL_AGAIN)


async def finished(work: Coroutine[Any, Any, T] | asyncio.Task[T]) -> T:
    """Run what must not be left half-done; where we are cancelled meanwhile, that comes after it.

    A task is waited for. It is for what ends by itself, soon: a step written into the ledger, and
    its line in the log. Where it does not (a ledger that is held by another program), it is
    cancelled with us.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        time = asyncio.get_running_loop().time
        until = time() + FINISHES_WITHIN
        while not task.done() and (left := until - time()) > 0:
            with suppress(asyncio.CancelledError):      # `end` cancels again and again
                await asyncio.wait((task,), timeout=left)
        await end((task,))
        task.result()
        raise
