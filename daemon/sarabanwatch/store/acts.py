"""Acts of people: whatever a verb writes into the ledger is written down with who did it.

A verb cannot forget it. While `ACTING` names who acts, each step that the ledger's writer runs is
watched by SQLite itself (its session extension tells every row that a transaction changed), and one
act is written in the same transaction, unless nothing changed.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import apsw

from sarabanwatch.core.facts.act import ACTING, Actor, AuditEntry, Broken, broken, canonical, linked
from sarabanwatch.store.rows import ask, ask_one
from sarabanwatch.store.tx import Tx, bind, present

T = TypeVar("T")
Rows = dict[str, list[dict[str, object]]]


ALL = "SELECT id, at, who, named, what, given, why, before, after, previous, digest FROM act"
SHOWN = 20          # rows of a table that an act repeats; of more it says only how many
LONGEST = 500       # characters of a text that it repeats
# Words of people who write to us, which have a time of their own after which they are let go, and
# what is large. The row tells that it was changed; these are not repeated.
WITHHELD = frozenset({"raw", "content", "text", "reply", "sender", "subject", "receipt", "alike"})


def recorded(tx: Tx, actor: Actor, at: datetime | None, step: Callable[[Tx], T]) -> T:
    """Run a step, and write down who did it and what it changed. Call within a transaction."""
    session = apsw.Session(tx, "main")
    try:
        session.attach()
        result = step(tx)
        before, after = _changed(tx, session.changeset())
    finally:
        session.close()
    if before or after:
        _append(tx, actor, at, (canonical(_few(before)), canonical(_few(after))))
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

    It must also hold the digest `seen`, which is known from elsewhere; "" for none.
    """
    if found := broken(listed(tx)):
        return found
    if seen and not ask_one(tx, "SELECT 1 FROM act WHERE digest = ?", (seen,)):
        return Broken(0, f"no act has the digest {seen}: the chain was rewritten, or the ledger is "
                         "an older copy")
    return None


def put_back(file: Path, copy: Path, at: datetime) -> None:
    """Write into a ledger that is about to be put in its place who puts it there, and which copy.

    Nothing is written where nobody acts, or where its schema keeps no acts.
    """
    with closing(apsw.Connection(str(file))) as tx:
        tx.convert_binding = bind
        if (actor := ACTING.get()()) and tx.table_exists(None, "act"):
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


def _changed(tx: Tx, changeset: bytes) -> tuple[Rows, Rows]:
    """Return the rows of each table before and after; of those that stay only what changed."""
    before, after = dict[str, list[dict[str, object]]](), dict[str, list[dict[str, object]]]()
    for change in apsw.Changeset.iter(changeset):
        names = _columns(tx, change.name)
        keys = {names[n]: _key(change, n) for n in change.pk_columns}
        for rows, values in ((before, change.old), (after, change.new)):
            if values is not None:
                rows.setdefault(change.name, []).append({**keys, **_shown(names, values)})
    return before, after


def _columns(tx: Tx, table: str) -> list[str]:
    """Return a table's columns; those that are computed have no place in a change."""
    return [name for name, in ask(tx, "SELECT name FROM pragma_table_info(?)", (table,))]


def _key(change: apsw.TableChange, column: int) -> object:
    values = change.new if change.old is None else change.old
    return values[column] if values else None


def _shown(names: list[str], values: tuple[object, ...]) -> dict[str, object]:
    return {name: value[:LONGEST] if isinstance(value, str) else value
            for name, value in zip(names, values, strict=True)
            if value is not apsw.no_change and not isinstance(value, bytes)
            and name not in WITHHELD}


def _few(rows: Rows) -> dict[str, object]:
    return {table: each if len(each) <= SHOWN else len(each) for table, each in rows.items()}
