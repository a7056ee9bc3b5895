"""Sends notices at a person's command: each is written down before and after, and sent once.

They go where letters may go (`live`), by the same relay and at the same pace, without the token of
a test letter: what comes back to them is evidence of nothing. How their agencies fare afterwards
the ledger says.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

from sarabanwatch import store
from sarabanwatch.app.dispatcher import Dispatcher
from sarabanwatch.core.papers.notice import Going
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.returns.refusals import Refusals
from sarabanwatch.core.sending import plan, reply, throttle
from sarabanwatch.core.sending.pace import PaceSection
from sarabanwatch.core.sending.reply import Outgoing
from sarabanwatch.ports import Clock, Line
from sarabanwatch.store import Ledger

BARRED = "not permitted: live = false"
BEFORE = "sent before, or in doubt"
OPTED_OUT = "asked to be left alone: send it by post"
PAUSED = "not sent: testing of it is paused; see `pause list`"
WAITS = "waits: its mail host has had its share"
# Seconds between two looks at whether a mail host has room again.
LOOKS = 5.0
# How long no host may have room until the rest is left for another day: a day's share is spent, or
# the hosts have asked for hours.
PATIENCE = timedelta(minutes=15)


class Addressed(NamedTuple):
    """One notice that is ready to be sent; `raw` makes its bytes when its turn comes."""

    going: Going
    raw: Callable[[], bytes]


class NoticeRun(NamedTuple):
    """One sending of a snapshot's notices: the person who sends them, and the sender address."""

    snapshot: int
    by: str
    sender: str
    line: Line
    refusals: Refusals


def minutes(notices: Sequence[Addressed], pace: PaceSection) -> float:
    """Return the fewest minutes that they take: those of the busiest mail host, or of all."""
    hosts = Counter(each.going.host for each in notices)
    return max([len(notices) / pace.in_all.a_minute,
                *(n / pace.of(host).a_minute for host, n in hosts.items())])


async def send(
    notices: Sequence[Addressed], run: NoticeRun, *, ledger: Ledger, clock: Clock, policy: Policy,
    pace: PaceSection,
) -> AsyncIterator[tuple[str, str]]:
    """Send notices one by one, as their mail hosts have room; yield (code, what became of it)."""
    waiting, dispatcher, last = list(notices), Dispatcher(pace, policy), clock.now()
    for barred in [each for each in notices if not plan.permitted(each.going.address, policy)]:
        waiting.remove(barred)
        yield barred.going.code, BARRED
    while waiting and clock.now() - last < PATIENCE:
        host = await dispatcher.opens(dict.fromkeys(each.going.host for each in waiting), ledger,
                                      clock.now())
        if host is None:
            await clock.sleep(LOOKS)
            continue
        notice = next(each for each in waiting if each.going.host == host)
        waiting.remove(notice)
        spared = await _spares(notice.going, ledger, clock)
        yield notice.going.code, spared or await _send(notice, run, ledger, clock)
        last = clock.now()
    for left in waiting:
        yield left.going.code, WAITS


async def _spares(going: Going, ledger: Ledger, clock: Clock) -> str:
    """Return why an agency gets no notice now; "" where it may."""
    if await ledger.read(store.opt_outs.stands, going.code):
        return OPTED_OUT
    paused = await ledger.read(store.pauses.paused, clock.now())
    return PAUSED if paused.agency(going.code, going.host) else ""


async def _send(notice: Addressed, run: NoticeRun, ledger: Ledger, clock: Clock) -> str:
    await run.line.ready()
    raw = await asyncio.to_thread(notice.raw)
    number = await ledger.write(store.snapshots.intend, run.snapshot, notice.going, run.by,
                                clock.now())
    if number is None:
        return BEFORE
    answer = await run.line.send(Outgoing(run.sender, notice.going.address, f"notice-{number}",
                                           raw))
    event, fact = reply.read(answer, clock.now(), run.refusals)
    spoke = throttle.of_answer(answer, event, run.refusals)
    await ledger.write(store.snapshots.became, number, event, fact.text if fact else answer.text,
                       clock.now(), spoke)
    return str(event)
