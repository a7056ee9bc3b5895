"""`path`: whether our own path is whole, by the letters to ourselves (the canaries).

When each left, how long it was away, and which were lost.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from sarabanwatch.cli import options
from sarabanwatch.cli.terminal import column, moment
from sarabanwatch.cli.words import words
from sarabanwatch.core.policy import Policy
from sarabanwatch.core.returns.authenticity import signed_by_our_domain
from sarabanwatch.core.sending import canary
from sarabanwatch.core.sending.canary import Canary, CanaryKind
from sarabanwatch.store import pauses, queries
from sarabanwatch.store.arrivals import home_signed
from sarabanwatch.store.canaries import written_since
from sarabanwatch.wiring import Components

SHOWN = 12
BEGINNING = datetime.fromtimestamp(0, UTC)


@click.command(epilog=options.examples("path"))
@options.config
@options.language
@options.as_json
def path(config: Path, lang: str, *, as_json: bool) -> None:
    """Show whether our own path is whole, by the letters to ourselves.

    The last ones are listed: when each left, how long it was away, which was lost or refused, and
    whether the last one that came home bore our DKIM signature. Before the first one is home it is
    not known yet. Exit code 1 where the path is broken.
    """
    components = Components(config)
    now = components.clock.now()
    with queries.asking(components.ledger_place) as db:
        canaries, signed = written_since(db, BEGINNING), home_signed(db)
        left_alone = pauses.own_spans(db, BEGINNING, now)
    found = collect(canary.unpaused(canaries, left_alone, now), now, components.policy)
    ours = components.settings.sender.address
    found["signed"] = None if signed is None else signed_by_our_domain(ours, signed)
    options.show(found, render_text(found, lang), as_json=as_json)
    if not found["whole"]:
        sys.exit(1)


def collect(canaries: list[Canary], now: datetime, policy: Policy) -> dict[str, Any]:
    """Return the letters to ourselves as plain values, the oldest first."""
    known = canary.known_until(canaries, now, policy.canary.patience)
    last = sorted(canaries, key=lambda c: c.drafted_at)[-SHOWN:]
    return {
        "whole": canary.whole(canaries, now, policy.canary.patience),
        "home": _stamp(canary.back(canary.happened(canaries, now)).get(CanaryKind.HOME)),
        "sent": bool(policy.canary.every),
        "heard_until": _stamp(known),
        "canaries": [{
            "kind": c.kind.name.lower(),
            "drafted_at": _stamp(c.drafted_at), "left_at": _stamp(c.left_at),
            "back_at": _stamp(c.back_at), "refused_at": _stamp(c.refused_at),
            "away_seconds": c.away_for.total_seconds() if c.away_for is not None else None,
            "lost": c.lost(now, policy.canary.patience)} for c in last],
    }


def _stamp(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def render_text(found: dict[str, Any], lang: str) -> Iterator[str]:
    """Yield the state of our path and its last canaries as lines for a person."""
    w = words("path", lang)
    if not found["sent"]:
        yield w["none"]
        return
    yield w["broken" if not found["whole"] else "whole" if found["home"] else "unknown"]
    for each in found["canaries"]:
        when = column(each["left_at"] or each["drafted_at"])
        yield f"  {when}  {w[each['kind']]}: {_became(each, w)}"
    until = found["heard_until"]
    yield f"  {w['heard']} {moment(until)}" if until else f"  {w['yet']}"
    if found.get("signed") is not None:
        yield f"  {w['signed' if found['signed'] else 'unsigned']}"


def _became(each: dict[str, Any], w: dict[str, str]) -> str:
    if each["refused_at"]:
        return w["refused"]
    if not each["left_at"]:
        return w["waits"]
    if each["away_seconds"] is None:
        return w["lost" if each["lost"] else "out"]
    away = timedelta(seconds=round(each["away_seconds"]))
    return f"{w['late' if each['lost'] else 'back']} {away}"
