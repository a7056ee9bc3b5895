"""What is written of a letter whose time is over: given up, held, or what its silence tells."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sarabanwatch import store
from sarabanwatch.core.facts.evidence import Evidence, FactKind
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.sending import canary as canaries
from sarabanwatch.core.sending import plan, put_off
from sarabanwatch.core.sending.canary import Canary
from sarabanwatch.core.sending.probe import Event
from sarabanwatch.store import Ledger

NOTHING = put_off.Meanwhile(frozenset())


async def out_of_time(
    serial: int, seen: Sequence[Evidence], ledger: Ledger, now: datetime, policy: Policy,
) -> tuple[Event, Evidence]:
    """Return the event and the fact for a letter whose time to be sent is over."""
    tried, meanwhile = put_off.tries(seen), NOTHING
    if tried:
        since = tried[0].seen_at
        flown = await ledger.read(store.canaries.written_since, canaries.asked_of(since, policy))
        whole = canaries.proved(flown, since, now, now, policy)
        meanwhile = replace(await ledger.read(store.pacing.meanwhile, serial, since), whole=whole)
    return put_off.ended(tried, meanwhile, now, policy)


async def heard_until(looked_at: datetime | None, ledger: Ledger, now: datetime,
                      policy: Policy) -> datetime | None:
    """Return the moment up to which silence may be counted; None where nothing is known.

    By then the inbox was read to its end, and letters to ourselves have shown that mail reaches it.
    """
    if looked_at is None or not policy.canary.every:
        return looked_at
    flown = await ledger.read(store.canaries.written_since,
                              now - 4 * (policy.canary.every + policy.canary.patience))
    testified = canaries.known_until(flown, now, policy.canary.patience)
    return min(looked_at, testified) if testified else None


def silence(seen: Sequence[Evidence], flown: Sequence[Canary], now: datetime,
            policy: Policy) -> Evidence | None:
    """Return what the silence of a letter's window says; None where no server took the letter."""
    taken = next((e.seen_at for e in seen if e.kind is FactKind.TAKEN), None)
    if taken is None:
        return None
    if canaries.proved(flown, taken, plan.window_end(taken, policy), now, policy):
        return Evidence(FactKind.QUIET, now)
    return Evidence(FactKind.WITHHELD, now,
                    text="a letter to ourselves was lost meanwhile, or too long none came home")
