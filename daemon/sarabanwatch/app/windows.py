"""What is written of a letter whose time is over: given up, held, or what its silence tells."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sarabanwatch import store
from sarabanwatch.core.facts.evidence import Evidence, FactKind
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.sending import canary, pausing, plan, put_off
from sarabanwatch.core.sending.canary import Canary
from sarabanwatch.core.sending.probe import TryResult
from sarabanwatch.store import Ledger

NOTHING = put_off.Meanwhile(frozenset())
SECOND, MONTH = timedelta(seconds=1), timedelta(days=30)


async def out_of_time(
    serial: int, seen: Sequence[Evidence], ledger: Ledger, now: datetime, policy: Policy,
) -> TryResult:
    """Return the event and the fact for a letter whose time to be sent is over."""
    tried, meanwhile = put_off.tries(seen), NOTHING
    since = tried[0].seen_at if tried else await ledger.read(store.pauses.drafted_at, serial)
    paused = (await ledger.read(store.pauses.spans, {serial: since}, now)).get(serial, ())
    if tried:
        canaries = await heard(ledger, canary.asked_of(since, policy), now)
        whole = canary.proved(canaries, since, now, now, policy)
        meanwhile = replace(await ledger.read(store.pacing.meanwhile, serial, since), whole=whole)
    return put_off.ended(tried, replace(meanwhile, paused=tuple(paused)), now, policy)


async def heard(ledger: Ledger, since: datetime, now: datetime) -> list[Canary]:
    """Return the canaries since a moment, the time in which we did not listen left out."""
    return await ledger.read(store.canaries.heard, since, now)


async def heard_until(looked_at: datetime | None, ledger: Ledger, now: datetime,
                      policy: Policy) -> datetime | None:
    """Return the moment up to which silence may be counted; None where nothing is known.

    By then the inbox was read to its end, and letters to ourselves have shown that mail reaches it.
    """
    if looked_at is None or not policy.canary.every:
        return looked_at
    canaries = await heard(ledger, now - 4 * (policy.canary.every + policy.canary.patience), now)
    testified = canary.known_until(canaries, now, policy.canary.patience)
    return min(looked_at, testified) if testified else None


async def paused_ends(page: Sequence[tuple[int, Sequence[Evidence]]], heard_by: datetime,
                      ledger: Ledger, policy: Policy) -> Mapping[int, datetime]:
    """Return when the windows end of those letters that were paused after a server took them.

    No silence of a pause counts. An end that is later than `heard_by` is a second later at least,
    and a month at most: it is asked for again then.
    """
    taken = {serial: at for serial, seen in page if (at := taken_at(seen))}
    paused = await ledger.read(store.pauses.spans, taken, heard_by)
    ends = {serial: pausing.silence_ends(taken[serial], spans, policy)
            for serial, spans in paused.items()}
    return {serial: min(max(end, heard_by + SECOND), heard_by + MONTH) if end > heard_by else end
            for serial, end in ends.items()}


async def over(page: Sequence[tuple[int, Sequence[Evidence]]], ends: Mapping[int, datetime],
               heard_by: datetime, ledger: Ledger, now: datetime,
               policy: Policy) -> list[tuple[int, Evidence | None]]:
    """Return the letters whose windows are over, each with what its silence says, if anything.

    `ends` are those of letters that were paused (`paused_ends`); one that is later than `heard_by`
    is not over.
    """
    since = min(filter(None, (taken_at(seen) for _, seen in page)), default=now)
    canaries = await heard(ledger, canary.asked_of(since, policy), now)
    return [(serial, silence(seen, ends.get(serial), canaries, now, policy))
            for serial, seen in page if serial not in ends or ends[serial] <= heard_by]


def taken_at(seen: Sequence[Evidence]) -> datetime | None:
    """Return when a server took a letter, or None."""
    return next((e.seen_at for e in seen if e.kind is FactKind.TAKEN), None)


def silence(seen: Sequence[Evidence], over: datetime | None, canaries: Sequence[Canary],
            now: datetime, policy: Policy) -> Evidence | None:
    """Return what the silence of a letter's window says; None where no server took the letter.

    `over` is when the window ended; None: it was never paused, and ended after its hours.
    """
    taken = taken_at(seen)
    if taken is None:
        return None
    over = over or plan.window_end(taken, policy)
    if canary.proved(canaries, taken, over, now, policy):
        return Evidence(FactKind.QUIET, now)
    return Evidence(FactKind.WITHHELD, now,
                    text="a letter to ourselves was lost meanwhile, or too long none came home")
