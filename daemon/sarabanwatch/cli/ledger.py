"""How a verb writes: it opens the ledger, runs one step in one transaction, and closes it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import Concatenate, ParamSpec, TypeVar

from sarabanwatch.store import Ledger
from sarabanwatch.store.tx import Tx
from sarabanwatch.wiring import Components

P = ParamSpec("P")
T = TypeVar("T")


def work(components: Components, step: Callable[[Ledger], Awaitable[T]], *,
         existing: bool = True) -> T:
    """Open the ledger, await `step(ledger)`, and close it.

    Raise NoLedger where there is none and it must be `existing`.
    """
    async def run() -> T:
        with closing(components.ledger(existing=existing)) as ledger:
            return await step(ledger)

    return asyncio.run(run())


def write(components: Components, step: Callable[Concatenate[Tx, P], T], *args: P.args,
          **named: P.kwargs) -> T:
    """Run `step(tx, ...)` in one transaction of a ledger that exists."""
    return work(components, lambda ledger: ledger.write(step, *args, **named))


def rehearse(components: Components, step: Callable[Concatenate[Tx, P], T], *args: P.args,
             **named: P.kwargs) -> T:
    """Return what `step(tx, ...)` would find, and take back whatever it writes."""
    return work(components, lambda ledger: ledger.rehearse(step, *args, **named))
