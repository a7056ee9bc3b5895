"""A daemon in small, as a program: takes the lease, sends the letters that wait, and ends.

It is given a server's URL and how long a lease lasts, which it holds as the daemon does. What it
does, it says in lines on its standard output: `leads`, then `sent SERIAL` once a letter is out of
its hands, `fenced` where another has taken its place, `done` where no letter waits any more.
"""

import asyncio
import os
import sys
from contextlib import closing, suppress
from datetime import timedelta

from fakes.samples import MONDAY
from sarabanwatch.core.errors import LedgerAway
from sarabanwatch.core.facts.evidence import Evidence, FactKind
from sarabanwatch.core.facts.purpose import Purpose
from sarabanwatch.core.sending.probe import Event, TryResult
from sarabanwatch.store import letters, pacing
from sarabanwatch.store.lease_holder import LeaseHolder
from sarabanwatch.store.places import Server
from sarabanwatch.store.server import Fenced, ServerLedger

UNTIL = MONDAY + timedelta(days=3)
AT_ONCE = 4


def says(*words: object) -> None:
    """Say a line, whole."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


async def leads(url: str, lasts: float) -> None:
    """Wait for the lease, and lead while it is ours."""
    holder = LeaseHolder(Server(url), lasts)
    while holder.ask() and not holder.leader:  # noqa: ASYNC110 - another lets it run out
        await asyncio.sleep(lasts / 10)
    says("leads")
    ended = asyncio.Event()
    renewing = asyncio.ensure_future(_renews(holder, lasts, ended))
    try:
        with closing(ServerLedger(url, leader=holder.leader)) as ledger:
            await _sends(ledger)
    finally:
        ended.set()
        await renewing
    if holder.renew():      # it was cut off as it looked what waits: the other has sent that
        raise Fenced
    holder.give_up()


async def _renews(holder: LeaseHolder, lasts: float, ended: asyncio.Event) -> None:
    while not ended.is_set():
        with suppress(LedgerAway):
            await asyncio.to_thread(holder.renew)
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), lasts / 5)


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
                           TryResult(Event.TAKEN, Evidence(FactKind.TAKEN, MONDAY)), MONDAY, UNTIL)


if __name__ == "__main__":
    where, seconds = sys.argv[1:]
    try:
        asyncio.run(leads(where, float(seconds)))
        says("done")
    except Fenced:
        says("fenced")
