"""Acts of people, in a chain of digests: an act that is changed or taken out later is noticed.

The problem. Whoever may write into the ledger's file can also rewrite what it says people did.

The rule. Each act carries the digest of the one before it, and its own digest is that of this and
of everything that it says (SHA-256 over canonical JSON). Change, remove or insert one, and it or
the next no longer fits. A chain that was rewritten from there to its end does fit; but its last
digest, the head, is another, and heads stand elsewhere too: in each backup's manifest, and in the
log once a day. So a head that was seen must be found in the chain again.

The same is done by git, and by RFC 6962 for certificates.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from itertools import takewhile
from typing import NamedTuple


class Actor(NamedTuple):
    """Who acts, by which verb.

    `who` is the operating system's user; `named` the name that was given, which proves nothing, or
    ""; `given` the verb's other words as JSON; `why` the reason in that person's words.
    """

    who: str
    named: str
    what: str
    given: str
    why: str


def nobody() -> Actor | None:
    """Return None: no person acts, as in the daemon, which acts by its rules."""
    return None


# Asked when a ledger is opened to write: who acts through it, or None. It stands here and not with
# the ledger, so that a verb which opens none needs none of the ledger's parts.
ACTING: ContextVar[Callable[[], Actor | None]] = ContextVar("ACTING", default=nobody)


class AuditEntry(NamedTuple):
    """One act.

    `at` is a moment as the ledger writes it. `before` and `after` are what it changed, JSON
    {table: [row, ...]}, of many rows only how many. `previous` is the digest of the act before, or
    "" for the first.
    """

    number: int
    at: str
    actor: Actor
    before: str
    after: str
    previous: str
    digest: str


class Broken(NamedTuple):
    """The first act at which a chain does not hold, and why."""

    number: int
    why: str


class Compared(NamedTuple):
    """Two chains: how many acts from the first on they share, and how each goes on from there."""

    shared: int
    here: Sequence[AuditEntry]
    there: Sequence[AuditEntry]


def compared(here: Sequence[AuditEntry], there: Sequence[AuditEntry]) -> Compared:
    """Return where two chains part. Of one that holds all of the other, `there` is empty."""
    pairs = zip(here, there, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0].digest == pair[1].digest, pairs))
    return Compared(shared, here[shared:], there[shared:])


def canonical(value: object) -> str:
    """Return a value as JSON that is always the same: keys in order, no spaces, no escapes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"),
                      default=str)


def linked(number: int, at: str, actor: Actor, changes: tuple[str, str],
           previous: str) -> AuditEntry:
    """Return an act with its digest, behind the one whose digest is `previous`."""
    says = canonical([number, at, *actor, *changes])
    digest = hashlib.sha256(f"{previous}\n{says}".encode()).hexdigest()
    return AuditEntry(number, at, actor, *changes, previous, digest)


def broken(acts: Iterable[AuditEntry]) -> Broken | None:
    """Return where a chain, the first act first, is broken; None where it holds."""
    last, previous = 0, ""
    for act in acts:
        if act.number != last + 1:
            return Broken(last + 1, "it is missing")
        if act.previous != previous:
            return Broken(act.number, "it does not follow the act before it")
        if act != linked(act.number, act.at, act.actor, (act.before, act.after), previous):
            return Broken(act.number, "it was changed after it was written down")
        last, previous = act.number, act.digest
    return None
