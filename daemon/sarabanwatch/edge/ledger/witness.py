"""The witness: a small file beside the ledger that tells whether this is the ledger that last ran here.

The problem: a ledger is one file, and files are restored, copied, cut and deleted. A restored copy believes that letters have
not left us which have, and would send them again, under the same numbers to other agencies; an empty one would write to
everybody. Neither shows by itself what it is.

So the ledger counts its commits (`tick`), and after each one, before anybody who waits for it goes on, the witness is told
the count and the ledger's epoch. It is written without waiting for the disk: it must outlive the program, not the power,
for a ledger is never restored in the very second in which the power fails. When a ledger is opened the two are compared:

    ledger              witness                          what it is
    not there, empty    knows of one                     lost: refused (LostLedger)
    never counted       none                             the first start, or an older version's: taken as it is
    counted             none, or unreadable              a copy that came alone
    counted             moved: itself a copy             restored, or copied with all its files
    counted             another epoch, or a higher count swapped; restored by itself; cut (its WAL is gone)
    counted             the same epoch, no higher count  ours

All but the last row that is not refused begin a new epoch, and nothing leaves us until a person says so (`core.halt`).

A witness that was restored along with the ledger agrees with it, so it also holds where it was made: its own inode, and the
inode and change time of the lock file, which no program can set. The lock file is never written again, so its change time
stands still; where its owner was changed with it, as the service manager does for a dynamic user, that is no move.

It is also the lock of opening: who opens a ledger to write holds it, so two first openings make one ledger.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

OCTETS = 512        # one sector: written whole or not at all
NOTHING = (-1, -1, -1)
STOOD = b"A ledger of Saraban Watch stands beside this file, or stood there.\n"


class Told(NamedTuple):
    """What a ledger says of itself: its epoch, its commits so far, the last serial that it has given out."""

    epoch: int
    tick: int
    serial: int


class Known(NamedTuple):
    """What the witness knows: what it was told last (None: it cannot be read), and whether it stands where that was."""

    told: Told | None
    moved: bool


class Witness:
    """One ledger's witness, open."""

    def __init__(self, ledger: Path) -> None:
        self._file, self._lock = _made(witness_of(ledger)), lock_of(ledger)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold it, so that nobody else opens the ledger meanwhile or tells it anything."""
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def known(self) -> Known | None:
        """Return what it knows; None where it knows of no ledger."""
        said = self._said()
        if said is None:
            return Known(None, moved=False) if _says(self._lock) else None
        try:
            return Known(Told(*said["told"]), moved=_moved(said["place"], self._place()))
        except (TypeError, KeyError):
            return Known(None, moved=False)

    def settle(self, told: Told) -> None:
        """Take this place for its own, and note that a ledger stands here. Only while it is held."""
        if not _says(self._lock):
            lock = _made(self._lock)
            os.write(lock, STOOD)
            os.close(lock)
        self._note(told, self._place())
        os.fsync(self._file)

    def tell(self, told: Told) -> None:
        """Note what the ledger says of itself, unless another process has told more of it, or it stands for another ledger."""
        with self.held():
            said = self._said() or {}
            epoch, tick, _ = said.get("told", NOTHING)
            if epoch == told.epoch and tick <= told.tick:
                self._note(told, said["place"])

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _note(self, told: Told, place: dict[str, Any]) -> None:
        said = json.dumps({"told": told, "place": place}).encode()
        os.pwrite(self._file, said.ljust(OCTETS - 1) + b"\n", 0)

    def _said(self) -> dict[str, Any] | None:
        """Return what stands in it; None where it is empty, an empty record where it cannot be read."""
        written = os.pread(self._file, OCTETS, 0).strip(b" \n\0")
        try:
            said = json.loads(written) if written else None
        except ValueError:
            return {}
        return said if said is None or isinstance(said, dict) else {}

    def _place(self) -> dict[str, int]:
        witness, lock = os.fstat(self._file), self._lock.stat()
        return {"witness": witness.st_ino, "lock": lock.st_ino, "changed": lock.st_ctime_ns, "owner": lock.st_uid}


def _moved(was: Mapping[str, int], now: Mapping[str, int]) -> bool:
    """Say whether two places differ by more than a new owner, which is given without a move."""
    changed = was["changed"] != now["changed"] and was["owner"] == now["owner"]
    return changed or any(was[file] != now[file] for file in ("witness", "lock"))


def lost(ledger: Path) -> str:
    """Say what is wrong where no ledger is there, or an empty one, and it is known that one was; "" where nothing is."""
    if _says(ledger):
        return ""
    stood = [str(file) for file in (witness_of(ledger), lock_of(ledger)) if _says(file)]
    if not stood:
        return ""
    return (f"{ledger} is {'empty' if ledger.exists() else 'gone'}, and a ledger stood here: put it back from a backup. "
            f"Where a new beginning is meant, which writes to all agencies again, remove {' and '.join(stood)} too")


def witness_of(ledger: Path) -> Path:
    """Return the witness of a ledger; its name is another, so that `rm ledger.db*` leaves it."""
    return ledger.resolve().with_suffix(".witness")


def lock_of(ledger: Path) -> Path:
    """Return the file by which a daemon holds a ledger, by whatever way that was named."""
    whole = ledger.resolve()
    return whole.with_name(f"{whole.name}.lock")


def _says(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


def _made(file: Path) -> int:
    """Open a file, made if need be: by root in a folder of another's, for that other."""
    made = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    folder = file.parent.stat()
    if os.geteuid() == 0 and os.fstat(made).st_uid != folder.st_uid:
        os.fchown(made, folder.st_uid, folder.st_gid)
    return made
