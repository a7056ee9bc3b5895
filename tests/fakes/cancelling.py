"""A cancellation at any moment at which a coroutine waits, as the daemon's end may bring it."""

import asyncio
import types
from collections.abc import Coroutine, Generator
from typing import Any


@types.coroutine
def cancelled_at(wait: int, work: Coroutine[Any, Any, object]) -> Generator[Any, None, bool]:
    """Run `work`, and cancel it in its wait of this number, from 0.

    Return whether it was: one that has fewer waits runs to its end.
    """
    try:
        for _ in range(wait):
            yield work.send(None)
        work.send(None)
    except StopIteration:
        return False
    try:
        pending = work.throw(asyncio.CancelledError())
        while True:
            yield pending
            pending = work.send(None)
    except asyncio.CancelledError:
        return True
