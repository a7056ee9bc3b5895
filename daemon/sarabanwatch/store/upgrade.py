"""How a ledger of an older release is brought up to date, and how that is taken back.

The problem. A migration rewrites the one file that remembers everything. It may be cut off, the
disk may be full, another program may be using the file, and the new version may prove unfit, days
later.

The rule. Only the daemon's start and `ledger migrate` bring a ledger up, holding it as its one
daemon (`store.lock`) and holding its witness, so that nobody else opens it meanwhile. First the
ledger is copied beside itself, and the copy is opened again and counted as every backup is
(`store.copies`); then all scripts run in one transaction. Cut off anywhere, the ledger is the old
one or the new one, whole; the next start does it again, with the copy that stands if that is still
equal. Copies stay until a person removes them.

    ledger.db                                           schema 103
    ledger.db.schema-101-2026-11-28T203000.000Z         as it was before

Going back puts such a copy in the ledger's place; what was written since is not in it. Any version
can do it that reads the copy, for it only counts rows of a newer ledger.
"""

from contextlib import closing, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

import apsw

from sarabanwatch.core.errors import RequestError, StorageError, UnavailableError, Unusable
from sarabanwatch.store import acts, copies, placing, schema
from sarabanwatch.store.copies import Contents
from sarabanwatch.store.epoch import ledger_count
from sarabanwatch.store.ledger import (
    BROKEN,
    DAMAGED,
    INCREMENTAL,
    NO_ROOM,
    open_to_read,
    open_to_write,
)
from sarabanwatch.store.schema import TooNew, TooOld
from sarabanwatch.store.sqlite import Connection
from sarabanwatch.store.tx import Tx
from sarabanwatch.store.witness import Witness, lost

UNFINISHED = ".unfinished"


class Upgraded(NamedTuple):
    """A ledger that was brought up: its schema before and now, and the copy of it as it was."""

    was: int
    now: int
    copy: Path


class EarlierCopy(NamedTuple):
    """A copy to go back to, its contents, and what the ledger has had since.

    Rows of each table, and commits.
    """

    copy: Path
    contents: Contents
    rows: dict[str, int]
    commits: int


def bring_up(ledger: Path, at: datetime) -> Upgraded | None:
    """Bring a ledger up to date; return None where there is none, or nothing to do.

    Call while it is held (`store.lock.keeping`). Raise StorageError where there is no room,
    UnavailableError where another program writes into it, Unusable where it is lost or damaged,
    TooNew or TooOld; each time the ledger stands as it was.
    """
    if lost(ledger) or not ledger.exists():
        return None     # whoever opens it says so
    witness = Witness(ledger)
    with closing(witness), witness.held():
        was = _behind(ledger)
        if was is None:
            return None
        try:
            done = Upgraded(was, schema.newest(), _copy(ledger, was, at))
            _migrate(ledger, done, at)
        except DAMAGED as error:
            raise Unusable(f"{ledger} is damaged, or no ledger ({error}): {BROKEN}") from None
    return done


def copies_of(ledger: Path) -> list[Path]:
    """Return the copies that were taken of a ledger before it was brought up, the newest first."""
    found = (each for each in ledger.parent.glob(f"{ledger.name}.schema-*-*Z"))
    return sorted(found, key=lambda each: each.name.partition(".schema-")[2].partition("-")[2],
                  reverse=True)


def earlier_copy(ledger: Path) -> EarlierCopy:
    """Return the newest copy of an earlier schema, and what the ledger has had since.

    Raise RequestError where there is none that this version can use.
    """
    with closing(open_to_read(ledger)) as tx:
        seen, now, counted = schema.version(tx), copies.rows(tx), ledger_count(tx)
    for copy in copies_of(ledger):
        found = _checked(copy)
        if found and found.schema < seen:
            since = {name: now.get(name, 0) - rows for name, rows in found.rows.items()}
            return EarlierCopy(copy, found, since, counted.tick - found.counted.tick)
    raise RequestError(
        f"no copy of an earlier schema than {seen} stands beside {ledger}; "
        "where a backup was taken, `sarabanwatch restore` puts that back")


def go_back(ledger: Path, to: EarlierCopy, at: datetime) -> Path | None:
    """Put a copy in the ledger's place; return where the ledger was moved to.

    Call while it is held (`store.lock.keeping`).
    """
    return placing.put(to.copy, ledger, at)


def _behind(ledger: Path) -> int | None:
    """Return the schema of a ledger that is an older release's; None for any other."""
    try:
        with closing(open_to_read(ledger)) as tx:
            return schema.version(tx) if schema.is_behind(tx) else None
    except DAMAGED:
        return None     # whoever opens it says so


def _copy(ledger: Path, was: int, at: datetime) -> Path:
    """Return a checked copy of a ledger as it is: one that stands already, or a new one."""
    with closing(open_to_read(ledger)) as tx:
        counted = ledger_count(tx)
        for left in ledger.parent.glob(f"{ledger.name}.schema-*{UNFINISHED}*"):
            left.unlink()
        for each in copies_of(ledger):
            if (found := _checked(each)) and (found.schema, found.counted) == (was, counted):
                return each
        made = ledger.with_name(f"{ledger.name}.schema-{was}-{placing.named(at)}")
        fresh = made.with_name(f"{made.name}{UNFINISHED}")
        try:
            copies.copy_of(tx, ledger, fresh)
        except (StorageError, Unusable):
            fresh.unlink(missing_ok=True)       # it takes the room that is lacking
            raise
    placing.as_its_folder(fresh)
    fresh.rename(made)
    placing.sync(made.parent)
    return made


def _migrate(ledger: Path, done: Upgraded, at: datetime) -> None:
    try:
        with closing(open_to_write(ledger)) as db:
            schema.migrate(db)
            _prepare_to_give_back(db)
            with db:
                acts.by_whom(db, at, partial(_note, done=done, at=at))
    except apsw.BusyError:
        raise UnavailableError(
            f"{ledger} is held by another program, and was left as it was; stop that program, "
            "then do it again") from None
    except NO_ROOM as failed:
        raise StorageError(
            f"{ledger} could not be brought up to date, and stands as it was ({failed}); "
            "make room on its disk, then do it again") from None


def _prepare_to_give_back(db: Connection) -> None:
    """Have a file that was made before it could give unused pages back learn it.

    That writes it anew; where there is no room for that, it stays as it is.
    """
    if not db.pragma("auto_vacuum"):
        db.pragma("auto_vacuum", INCREMENTAL)
        with suppress(*NO_ROOM, apsw.BusyError):
            db.execute("VACUUM")


def _note(tx: Tx, done: Upgraded, at: datetime) -> None:
    tx.execute("INSERT INTO migration (at, was, now, copy) VALUES (?, ?, ?, ?)",
               (at, done.was, done.now, str(done.copy)))


def _checked(copy: Path) -> Contents | None:
    """Return what a copy holds; None where it is damaged, or this version cannot read it."""
    try:
        return copies.checked(copy)
    except (Unusable, TooNew, TooOld):
        return None
