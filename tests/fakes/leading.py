"""A daemon in small, as a program: takes the lease, sends the letters that wait, and ends.

It is given a server's URL, its own name and how long a lease lasts. What it does, it says in lines
on its standard output: `leads`, then `sent SERIAL` once a letter is out of its hands, `fenced`
where another has taken its place, `done` where no letter waits any more.
"""

import asyncio
import os
import sys
from contextlib import closing
from datetime import timedelta

from fakes.samples import MONDAY
from sarabanwatch.core.facts.evidence import Evidence, FactKind
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.sending.probe import Event
from sarabanwatch.store import lease, letters, pacing
from sarabanwatch.store.postgres import ServerSession
from sarabanwatch.store.server import Fenced, ServerLedger

UNTIL = MONDAY + timedelta(days=3)
AT_ONCE = 4


def says(*words: object) -> None:
    """Say a line, whole."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


async def leads(url: str, name: str, lasts: float) -> None:
    """Wait for the lease, and lead while it is ours."""
    with closing(ServerSession(url, name)) as session:
        while (fence := lease.take(session, name, lasts)) is None:  # noqa: ASYNC110 - it runs out
            await asyncio.sleep(lasts / 10)
        says("leads", fence)
        renewing = asyncio.ensure_future(_renews(session, fence, lasts))
        try:
            with closing(ServerLedger(url, leader=lease.Leader(fence, name))) as ledger:
                await _sends(ledger)
        finally:
            renewing.cancel()
            await asyncio.wait([renewing])
        lease.give_up(session, fence)


async def _renews(session: ServerSession, fence: int, lasts: float) -> None:
    while await asyncio.to_thread(lease.renew, session, fence):  # noqa: ASYNC110 - it is time
        await asyncio.sleep(lasts / 5)


async def _sends(ledger: ServerLedger) -> None:
    lost = Evidence(FactKind.LOST, MONDAY)
    await ledger.write(letters.lose, (), lost, UNTIL)
    while waiting := await ledger.read(pacing.waiting, Purpose.ROUND, (), MONDAY):
        await asyncio.gather(*(_send(ledger, serial) for serial, _ in waiting[:AT_ONCE]))


async def _send(ledger: ServerLedger, serial: int) -> None:
    if await ledger.write(letters.pick, serial, MONDAY):
        await asyncio.sleep(0.005)
        says("sent", serial)
        await ledger.write(letters.outcome, serial,
                           (Event.TAKEN, Evidence(FactKind.TAKEN, MONDAY)), MONDAY, UNTIL)


if __name__ == "__main__":
    where, who, seconds = sys.argv[1:]
    try:
        asyncio.run(leads(where, who, float(seconds)))
        says("done")
    except Fenced:
        says("fenced")
