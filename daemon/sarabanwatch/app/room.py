"""Watches the room on the ledger's disk: stops sending before it is gone, and lets it go on again.

`core.room` says when. The halt stands in the ledger as every other (`halts list`), and is lifted by
itself. A person who lifts it before there is room has it back within a minute.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sarabanwatch import store
from sarabanwatch.core import room
from sarabanwatch.core.room import Sample
from sarabanwatch.core.sending.halt import Why
from sarabanwatch.ports import Clock
from sarabanwatch.store import Ledger

DAILY = timedelta(days=1)


async def look(*, ledger: Ledger, clock: Clock, tell: Callable[[int, datetime | None], None],
               free: Callable[[], int], spare: int) -> None:
    """Look how much room there is, and stop or resume sending accordingly.

    `tell` hears how many octets are free, and when sending will stop for want of them.
    """
    now = Sample(clock.now(), free())
    seen = await ledger.read(store.room.samples)
    tell(now.free, room.full_at(seen, now, spare))
    await _halt_or_lift(ledger, now, spare)
    if not seen or now.at - seen[-1].at >= DAILY:
        await ledger.write(store.room.note, now)


async def _halt_or_lift(ledger: Ledger, now: Sample, spare: int) -> None:
    stands = next((halt for halt in await ledger.read(store.halts.standing)
                   if halt.why is Why.ROOM), None)
    lacks = room.lacking(now.free, spare, stopped=stands is not None)
    if lacks and stands is None:
        await ledger.write(store.halts.begin, Why.ROOM, room.in_words(now.free, spare), now.at)
    elif stands and not lacks:
        await ledger.write(store.halts.lift, stands.number, "", "there is room again", now.at)
