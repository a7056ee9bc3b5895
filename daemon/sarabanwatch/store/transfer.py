"""A ledger copied from one engine to the other, row by row, and proven to be the same.

The copy is made of one moment of the source, in one transaction of the target, and is then read
again: it counts only where every table has as many rows and the same digest on both sides.

It is the same ledger once more. Whoever copies it sees to it that only one of the two runs on: the
other must begin a new epoch and be halted (`store.epoch`).
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from sarabanwatch.core.errors import RequestError, Unusable
from sarabanwatch.store import schema
from sarabanwatch.store.dialect import YES_OR_NO
from sarabanwatch.store.tx import Tx

MADE = re.compile(r"^CREATE TABLE (\w+)", re.MULTILINE)
FRESH = frozenset({"epoch", "commits"})     # what a new ledger has rows in


class TableDigest(NamedTuple):
    """How many rows a table has, and their digest (SHA-256)."""

    rows: int
    digest: str


def tables() -> list[str]:
    """Return the tables of a ledger; each refers only to those before it."""
    return MADE.findall("\n".join(schema.scripts()))


def copy(source: Tx, target: Tx,
         report: Callable[[str], None] = lambda _: None) -> Mapping[str, TableDigest]:
    """Copy a ledger into a new one, and return what both hold.

    `report` is called with the name of each table that is copied. Raise RequestError, with nothing
    done, where something stands in the target; Unusable where the copy is not what the source is.
    """
    schema.refuse_behind(source)
    schema.make(target)
    if held := [name for name in tables() if name not in FRESH and _rows(target, name)]:
        raise RequestError(f"{target.place} holds rows already ({', '.join(held[:3])}); "
                           "copy into a place where no ledger stands")
    with source.at_one_moment(), target.as_it_was(tables()):
        for name in reversed(tables()):
            if name in FRESH:
                target.execute(f"DELETE FROM {name}")
        for name in tables():
            report(name)
            _copy(source, target, name)
        found, wanted = digests(target), digests(source)
        if wrong := [name for name in wanted if found[name] != wanted[name]]:
            raise Unusable(f"{target.place} does not hold what {source.place} does "
                           f"({', '.join(wrong)}): nothing was copied")
    return found


def digests(tx: Tx) -> dict[str, TableDigest]:
    """Return the digest of every table, by name."""
    return {name: _digest(tx, name) for name in tables()}


def _copy(source: Tx, target: Tx, table: str) -> None:
    columns = source.columns(table)
    flags = [number for number, name in enumerate(columns) if (table, name) in YES_OR_NO]
    target.executemany(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
        (_flagged(row, flags) for row in _all(source, table)))


def _flagged(row: tuple[Any, ...], flags: Sequence[int]) -> tuple[Any, ...]:
    """Return a row with truth values in these places."""
    return tuple(bool(value) if number in flags else value for number, value in enumerate(row))


def _all(tx: Tx, table: str) -> Iterator[tuple[Any, ...]]:
    """Yield a table's rows in the order of its key, which stands in its first columns."""
    columns = tx.columns(table)
    yield from tx.stream(f"SELECT {', '.join(columns)} FROM {table} "
                         f"ORDER BY {', '.join(columns[:3])}")


def _digest(tx: Tx, table: str) -> TableDigest:
    rows, digest = 0, sha256()
    for row in _all(tx, table):
        rows += 1
        digest.update(_text(row).encode())
    return TableDigest(rows, digest.hexdigest())


def _text(row: Sequence[Any]) -> str:
    """Return a row as JSON; NUL as PostgreSQL keeps it (`store.postgres`)."""
    text = json.dumps(row, ensure_ascii=False, default=bytes.hex)
    return text.replace(r"\u0000", "\N{REPLACEMENT CHARACTER}")


def _rows(tx: Tx, table: str) -> int:
    count: int = tx.execute(f"SELECT count(*) FROM {table}").get
    return count
