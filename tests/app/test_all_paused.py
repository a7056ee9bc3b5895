"""While all is paused inbox and relay are left alone, and letters to ourselves prove nothing."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from fakes.paused import UNDER, pause, pauses, resume
from fakes.samples import HOUR
from fakes.watch import RULEBOOK, Watch
from sarabanwatch.app.own_path import canary
from sarabanwatch.core.errors import Unwritable
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.policy import CanarySection
from sarabanwatch.core.sending.pausing import Reach


async def test_the_inbox_is_left_alone_while_all_is_paused_and_only_then(watch: Watch) -> None:
    asks, listening, left = pauses(watch), asyncio.Event(), asyncio.Event()
    visits = list[str]()

    async def listen() -> None:
        visits.append("came")
        listening.set()
        try:
            await asyncio.Event().wait()
        finally:
            visits.append("left")
            left.set()
            listening.clear()

    await pause(watch, Reach.LETTERS, "")
    loop = asyncio.create_task(asks.listen(listen))
    await listening.wait()
    await pause(watch, Reach.ALL, "")
    await asks.look()
    await left.wait()
    await resume(watch, 2)
    await asks.look()
    await listening.wait()
    loop.cancel()
    await asyncio.gather(loop, return_exceptions=True)
    assert visits == ["came", "left", "came", "left"]


async def test_jobs_that_go_outward_rest_while_all_is_paused(watch: Watch) -> None:
    asks, ran = pauses(watch), list[str]()

    async def run() -> None:
        ran.append("ran")

    await pause(watch, Reach.ALL, "")
    for job in ("canary", "relay", "judge"):
        await asks.unless(job, run)()
    assert ran == ["ran"]


async def test_a_letter_to_ourselves_that_was_out_when_all_was_paused_is_not_called_lost(
    watch: Watch,
) -> None:
    rules = replace(RULEBOOK, policy=replace(RULEBOOK.policy, canary=CanarySection()))
    step = {"ledger": watch.ledger, "clock": watch.clock, "rules": rules,
            "journal": watch.journal}
    assert await canary(**step)
    (out,) = await watch.send()
    await pause(watch, Reach.ALL, "")
    watch.clock.pass_(3 * HOUR)
    await resume(watch)
    assert await canary(**step)                 # not back, and not overdue
    watch.clock.pass_(HOUR / 2)
    await watch.receive(out.raw)
    assert await canary(**step)
    watch.clock.pass_(5 * HOUR)
    assert await canary(**step)


@pytest.mark.parametrize(("hours", "verdict"), [(1, Verdict.ACCEPTS), (24, Verdict.WITHHELD)])
async def test_silence_over_a_long_pause_of_all_is_withheld_and_over_a_short_one_counts_after_it(
    watch: Watch, hours: int, verdict: Verdict,
) -> None:
    watch.rules = replace(RULEBOOK, policy=replace(RULEBOOK.policy, canary=CanarySection()))
    await watch.draft()
    await send_canaries(watch)
    await pause(watch, Reach.ALL, "")
    watch.clock.pass_(hours * HOUR)
    await resume(watch)
    for _ in range(60):
        await send_canaries(watch)
        watch.clock.pass_(2 * HOUR)
        await watch.close(watch.clock.now())
    assert await watch.verdicts(UNDER) == [verdict]


async def send_canaries(watch: Watch) -> None:
    """Write canaries that are due, send what may go, and take in canaries that came back."""
    await canary(ledger=watch.ledger, clock=watch.clock, rules=watch.rules, journal=watch.journal)
    out = [letter for letter in await watch.send() if letter.to.startswith("probes")]
    watch.clock.pass_(timedelta(minutes=1))
    await watch.receive(*(letter.raw for letter in out))


async def test_a_listening_that_fails_as_it_is_ended_is_told(watch: Watch) -> None:
    begun = asyncio.Event()

    async def listening() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            raise Unwritable("the disk is full")

    task = asyncio.create_task(pauses(watch).listen(listening))
    await begun.wait()
    task.cancel()
    with pytest.raises(Unwritable):
        await task
