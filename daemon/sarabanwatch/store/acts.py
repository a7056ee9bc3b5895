"""Acts of people: whatever a verb writes into the ledger is written down with who did it.

A verb cannot forget it. While `ACTING` names who acts, each step that the ledger's writer runs is
watched by the engine itself (`Tx.watched` tells every row that it changed), and one act is written
in the same transaction, unless nothing changed.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sarabanwatch.core.facts.act import ACTING, Actor, AuditEntry, Broken, broken, canonical, linked
from sarabanwatch.store.rows import ask, ask_one
from sarabanwatch.store.sqlite import Connection
from sarabanwatch.store.tx import Rows, Tx, present

T = TypeVar("T")
ALL = "SELECT id, at, who, named, what, given, why, before, after, previous, digest FROM act"
SHOWN = 20          # rows of a table that an act repeats; of more it says only how many
LONGEST = 500       # characters of a text that it repeats
# Words of people who write to us, which have a time of their own after which they are let go, and
# what is large. The row tells that it was changed; these are not repeated.
WITHHELD = frozenset({"raw", "content", "text", "reply", "sender", "subject", "receipt", "alike"})


def recorded(tx: Tx, actor: Actor, at: datetime | None, step: Callable[[Tx], T]) -> T:
    """Run a step, and write down who did it and what it changed. Call within a transaction."""
    result, touched = tx.watched(step)
    if any(touched):
        before, after = (canonical(_few(rows)) for rows in touched)
        _append(tx, actor, at, (before, after))
    return result


def by_whom(tx: Tx, at: datetime, step: Callable[[Tx], T]) -> T:
    """Run a step, as an act where a person acts through this process; within a transaction."""
    actor = ACTING.get()()
    return recorded(tx, actor, at, step) if actor else step(tx)


def listed(tx: Tx) -> Iterator[AuditEntry]:
    """Yield all acts, the first one first."""
    for number, at, *actor, before, after, previous, digest in ask(tx, f"{ALL} ORDER BY id"):
        yield AuditEntry(number, at, Actor(*actor), before, after, previous, digest)


def head(tx: Tx) -> tuple[int, str]:
    """Return how many acts there are, and the digest of the last; (0, "") for none."""
    return _last(tx)


def verified(tx: Tx, seen: str = "") -> Broken | None:
    """Return where the chain is broken; None where it holds.

    It must also hold the digest `seen`, or one that begins so, which is known from elsewhere; ""
    for none.
    """
    if found := broken(listed(tx)):
        return found
    known = (len(seen), seen)
    if seen and not ask_one(tx, "SELECT 1 FROM act WHERE substr(digest, 1, ?) = ?", known):
        return Broken(0, f"no act has the digest {seen}: the chain was rewritten, or the ledger is "
                         "an older copy")
    return None


def put_back(file: Path, copy: Path, at: datetime) -> None:
    """Write into a ledger that is about to be put in its place who puts it there, and which copy.

    Nothing is written where nobody acts, or where its schema keeps no acts.
    """
    with closing(Connection(str(file))) as tx:
        if (actor := ACTING.get()()) and tx.has("act"):
            with tx:
                _append(tx, actor, at, ("{}", canonical({"ledger": str(copy)})))


def _append(tx: Tx, actor: Actor, at: datetime | None, changes: tuple[str, str]) -> None:
    number, previous = _last(tx)
    act = linked(number + 1, present(tx, at), actor, changes, previous)
    tx.execute("INSERT INTO act VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
               (act.number, act.at, *act.actor, act.before, act.after, act.previous, act.digest))


def _last(tx: Tx) -> tuple[int, str]:
    number, digest = ask_one(tx, "SELECT id, digest FROM act ORDER BY id DESC LIMIT 1") or (0, "")
    return number, digest


def _few(rows: Rows) -> dict[str, object]:
    return {table: [_shown(row) for row in each] if len(each) <= SHOWN else len(each)
            for table, each in rows.items()}


def _shown(row: dict[str, object]) -> dict[str, object]:
    return {name: value[:LONGEST] if isinstance(value, str) else value
            for name, value in row.items()
            if name not in WITHHELD and not isinstance(value, bytes)}
