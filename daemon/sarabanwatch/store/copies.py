"""Copies of a ledger, taken while it is in use, and what they are checked by.

`VACUUM INTO` copies one moment of the ledger, whatever is written meanwhile, and holds no writer
up. A copy counts as one only when it was opened again, looked through to its last page, and its
rows were counted: of what is only ever added to, a copy holds no fewer rows than the ledger had
before it was taken, and no more than the ledger had afterwards.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import apsw

from sarabanwatch.core.errors import RequestError, StorageError, Unusable
from sarabanwatch.core.facts.act import AuditEntry
from sarabanwatch.store import acts, lease, places, schema, transfer
from sarabanwatch.store.epoch import ledger_count
from sarabanwatch.store.ledger import open_to_read, open_to_write
from sarabanwatch.store.places import Place, Server
from sarabanwatch.store.queries import asking
from sarabanwatch.store.rows import ask_one, moment
from sarabanwatch.store.soundness import looked_through
from sarabanwatch.store.transfer import TableDigest
from sarabanwatch.store.tx import Tx
from sarabanwatch.store.witness import LedgerCount

ADDED_TO = ("import", "letter", "attempt", "mail", "reading", "evidence", "transition",
            "snapshot", "notice", "act")
LET_GO = frozenset({"attempt"})     # may be fewer meanwhile (store.retention)


class Contents(NamedTuple):
    """What a copy holds.

    Its schema, its own count, the rows of each table of ADDED_TO, and the digest of the last act of
    a person ("" for none).
    """

    schema: int
    counted: LedgerCount
    rows: Mapping[str, int]
    head: str = ""


class Noted(NamedTuple):
    """A backup that was taken.

    When, the folder, the ledger's digest (SHA-256) and size in octets.
    """

    at: datetime
    folder: str
    digest: str
    size: int


def copy(ledger: Place, to: Path) -> Contents:
    """Copy a ledger to a file that must not exist, check the copy, and return what it holds.

    One on a server is copied row by row, and held against what the server has. Raise NoLedger,
    Behind, TooNew, TooOld as every question does, and what `copy_of` raises.
    """
    with asking(ledger) as tx:
        if isinstance(ledger, Path):
            return copy_of(tx, ledger, to)
        with _written(to), closing(open_to_write(to)) as file:
            transfer.copy(tx, file)
    _sync(to)
    return checked(to)


def copy_of(tx: Tx, ledger: Path, to: Path) -> Contents:
    """Copy an open ledger, of whatever schema, as `copy` does.

    Raise StorageError where the file cannot be written; Unusable where the ledger is damaged, or
    the copy is not what it should be.
    """
    try:
        before = rows(tx)
        with _written(to):
            tx.execute("VACUUM INTO ?", (str(to),))
        after = rows(tx)
    except apsw.Error as failed:
        raise Unusable(
            f"{ledger} cannot be copied ({failed}); see `sarabanwatch ledger check`"
        ) from None
    _sync(to)
    found = checked(to)
    if wrong := [name for name in before.keys() - LET_GO
                 if not before[name] <= found.rows[name] <= after[name]]:
        raise Unusable(
            f"{to} does not hold what {ledger} did ({', '.join(wrong)}): it is no backup"
        )
    return found


@contextmanager
def _written(to: Path) -> Iterator[None]:
    """Make an empty file, to be written into; raise StorageError where that fails."""
    try:
        os.close(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield
    except (apsw.FullError, apsw.IOError, apsw.CantOpenError, OSError) as failed:
        raise StorageError(
            f"{to} cannot be written ({failed}); make room there, or name another folder"
        ) from None


def checked(file: Path) -> Contents:
    """Open a copy, look through all of it, and return what it holds.

    Raise Unusable where it is damaged or no ledger.
    """
    try:
        with closing(open_to_read(file)) as tx:
            seen = schema.known(tx)
            if not seen:
                raise Unusable(f"{file} is no ledger")
            looked_through(tx)
            if broken := ask_one(tx, "PRAGMA foreign_key_check"):
                raise Unusable(
                    f"{file} is damaged (table {broken[0]} refers to a row that is missing)"
                )
            head = acts.head(tx)[1] if tx.has("act") else ""
            return Contents(seen, ledger_count(tx), rows(tx), head)
    except apsw.Error as failed:
        raise Unusable(f"{file} is damaged, or no ledger ({failed})") from None


def put_back(file: Path, to: Server) -> Mapping[str, TableDigest]:
    """Copy a ledger's file into a database that holds none, and return what both hold.

    Whoever opens it then to write begins a new epoch, and is halted. Raise RequestError where a
    daemon leads there, or a ledger stands there, and what `transfer.copy` raises.
    """
    with closing(open_to_read(file)) as tx, places.writing(to) as target:
        schema.make(target)
        if leader := lease.leading(target):
            raise RequestError(f"{leader} leads over {to}: stop every daemon there first")
        return transfer.copy(tx, target)


def acts_in(file: Path) -> list[AuditEntry]:
    """Return all acts of people in a copy, the first one first; an old schema keeps none."""
    with closing(open_to_read(file)) as tx:
        return list(acts.listed(tx)) if tx.table_exists(None, "act") else []


def rows(tx: Tx) -> dict[str, int]:
    """Count the rows of each table of ADDED_TO that the ledger's schema has."""
    there = [name for name in ADDED_TO if tx.has(name)]
    return {name: tx.execute(f'SELECT count(*) FROM "{name}"').get for name in there}


def note(tx: Tx, noted: Noted) -> None:
    """Write down that a backup was taken."""
    tx.execute("INSERT INTO backup (at, folder, digest, size) VALUES (?, ?, ?, ?)", noted)


def last(tx: Tx) -> Noted | None:
    """Return the last backup that was taken, or None."""
    row = ask_one(tx, "SELECT at, folder, digest, size FROM backup ORDER BY id DESC LIMIT 1")
    return Noted(moment(row[0]), *row[1:]) if row else None


def _sync(file: Path) -> None:
    """Have a file, and its name in its folder, on the disk."""
    for place, flags in ((file, os.O_RDWR), (file.parent, os.O_RDONLY)):
        opened = os.open(place, flags)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
