"""Letters to ourselves, and what became of each (core.sending.canary)."""

from datetime import datetime

from sarabanwatch.core.facts.token import TokenMaker
from sarabanwatch.core.sending.canary import BACK_BY, Canary, CanaryDraft, unpaused
from sarabanwatch.store import pauses
from sarabanwatch.store.epoch import current, next_serial
from sarabanwatch.store.rows import ask, moment
from sarabanwatch.store.tx import Tx

CANARIES = """
    SELECT l.drafted_at,
           (SELECT min(seen_at) FROM evidence e WHERE e.serial = l.serial AND e.kind = 'taken'),
           (SELECT min(seen_at) FROM evidence e WHERE e.serial = l.serial AND e.kind = ?),
           (SELECT min(seen_at) FROM evidence e WHERE e.serial = l.serial AND e.kind = 'refused'),
           (SELECT min(seen_at) FROM evidence e WHERE e.serial = l.serial AND e.kind = 'lost')
    FROM letter l WHERE l.purpose = 'canary' AND l.canary_kind = ? AND l.drafted_at >= ?
"""
LAUNCH = """
    INSERT INTO letter (serial, token, code, name, address, campaign, state, drafted_at, due_at,
                        send_by, purpose, canary_kind)
    VALUES (:serial, :token, '', '', :address, :campaign, 'drafted', :at, :at,
            :send_by, 'canary', :kind)
"""


def launch(tx: Tx, draft: CanaryDraft, mint: TokenMaker, at: datetime) -> None:
    """Write down a letter to ourselves."""
    serial = next_serial(tx)
    token = mint(serial, epoch=current(tx).number, to=draft.kind)
    tx.execute(LAUNCH, {"serial": serial, "token": token, "address": draft.address(token),
                        "campaign": draft.round_, "at": at, "send_by": draft.send_by,
                        "kind": draft.kind})


def heard(tx: Tx, since: datetime, now: datetime) -> list[Canary]:
    """Return the same as `written_since`, the time left out in which we did not listen."""
    written, left_alone = written_since(tx, since), pauses.own_spans(tx, since, now)
    return unpaused(written, left_alone, now) if left_alone else written


def written_since(tx: Tx, since: datetime) -> list[Canary]:
    """Return the letters to ourselves that were written down since a moment."""
    return [
        Canary(kind, moment(drafted), *(moment(at) if at else None for at in moments))
        for kind, back_by in BACK_BY.items()
        for drafted, *moments in ask(tx, CANARIES, (back_by, kind, since))
    ]
