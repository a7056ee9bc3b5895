"""The witness: a small file beside the ledger that tells whether this ledger last ran here.

The problem. A ledger is one file, and files are restored, copied, cut and deleted. A restored copy
holds for unsent some letters that were sent since, and would send them again, under the same
numbers to other agencies; an empty one would write to everybody. Neither shows by itself what it
is.

The rule. The ledger counts its commits (`tick`). After each commit, and before anybody who waits
for it goes on, the count and the ledger's epoch are written into the witness. That is not synced to
the disk: the witness must survive the end of the program, not a power failure, because no ledger is
restored in the very second in which the power fails. When a ledger is opened the two are compared:

    ledger            witness                            the ledger is
    none, or empty    knows of one                       lost: refused
    never counted     none                               new, or an older version's: accepted
    counted           none, or unreadable                a copy that came alone
    counted           moved, or its lock file is gone    restored or copied with all its files
    counted           another epoch, or a higher count   swapped, restored by itself, or cut
                                                         (its write-ahead log is gone)
    counted           the same epoch, no higher count    ours

In the four cases between "accepted" and "ours" a new epoch begins, and nothing is sent until a
person says so (`core.sending.halt`).

A witness that was restored along with its ledger agrees with it. So it also records where it was
made: its own inode, and the inode and change time of the lock file, which no program can set. The
lock file is never written again, so its change time stands still; where its owner changed too, as a
service manager does for a dynamic user, that is no move.

The witness is also the lock of opening: who opens a ledger for writing holds it, so that two first
openings make one ledger.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

OCTETS = 512        # one sector, which is written whole or not at all
STOOD = b"A ledger of Saraban Watch stands beside this file, or stood there.\n"


class LedgerCount(NamedTuple):
    """What a ledger says of itself: its epoch, its commits so far, the last serial it gave out."""

    epoch: int
    tick: int
    serial: int


class WitnessPlace(NamedTuple):
    """Where a witness was made.

    Its own inode, and the inode, change time (nanoseconds) and owner of the lock file.
    """

    witness: int
    lock: int
    changed: int
    owner: int

    def moved(self, here: "WitnessPlace") -> bool:
        """Say whether the witness stands elsewhere now.

        A new owner of the lock file alone, with the change time that goes with it, is no move.
        """
        changed = self.changed != here.changed and self.owner == here.owner
        return changed or self[:2] != here[:2]


class WitnessNote(NamedTuple):
    """What the witness knows: the count that was last recorded, and whether it has been moved.

    `counted` is None where it cannot be read.
    """

    counted: LedgerCount | None
    moved: bool


class Witness:
    """One ledger's witness, open: one line of numbers, those of LedgerCount and of WitnessPlace."""

    def __init__(self, ledger: Path) -> None:
        self._file, self._lock = _made(witness_of(ledger)), lock_of(ledger)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold it, so that nobody else opens the ledger meanwhile, or writes into the witness."""
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def known(self) -> WitnessNote | None:
        """Return what it knows; None where it knows of no ledger."""
        if not os.fstat(self._file).st_size and not _says(self._lock):
            return None
        noted = self._noted()
        if noted is None:
            return WitnessNote(None, moved=False)
        counted, made_at = noted
        return WitnessNote(counted, moved=not _says(self._lock) or made_at.moved(self._place()))

    def settle(self, counted: LedgerCount) -> None:
        """Record this place as its own, and that a ledger stands here. Only while it is held."""
        if not _says(self._lock):
            lock = _made(self._lock)
            os.write(lock, STOOD)
            os.close(lock)
        self._note(counted, self._place())
        os.fsync(self._file)

    def record(self, counted: LedgerCount) -> None:
        """Record what the ledger says of itself.

        Not where another process has recorded more, or where the witness belongs to another ledger.
        """
        with self.held():
            noted = self._noted()
            if noted and noted[0].epoch == counted.epoch and noted[0].tick <= counted.tick:
                self._note(counted, noted[1])

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _note(self, counted: LedgerCount, place: WitnessPlace) -> None:
        line = b"%d %d %d %d %d %d %d" % (*counted, *place)
        os.pwrite(self._file, line.ljust(OCTETS - 1) + b"\n", 0)

    def _noted(self) -> tuple[LedgerCount, WitnessPlace] | None:
        """Return what stands in it; None where that is no such line."""
        try:
            epoch, tick, serial, *place = map(int, os.pread(self._file, OCTETS, 0).split())
            return LedgerCount(epoch, tick, serial), WitnessPlace(*place)
        except (ValueError, TypeError):
            return None

    def _place(self) -> WitnessPlace:
        witness, lock = os.fstat(self._file), self._lock.stat()
        return WitnessPlace(witness.st_ino, lock.st_ino, lock.st_ctime_ns, lock.st_uid)


def lost(ledger: Path) -> str:
    """Say what is wrong where a ledger stood and there is none now; "" where nothing is."""
    if _says(ledger):
        return ""
    stood = [str(file) for file in (witness_of(ledger), lock_of(ledger)) if _says(file)]
    if not stood:
        return ""
    became = "empty" if ledger.exists() else "gone"
    return (f"{ledger} is {became}, and a ledger stood here: put it back from a backup. "
            "Where a new beginning is meant, which writes to all agencies again, "
            f"remove {' and '.join(stood)} too")


def witness_of(ledger: Path) -> Path:
    """Return the witness of a ledger.

    Its name is no continuation of the ledger's, so `rm ledger.db*` leaves it.
    """
    return ledger.resolve().with_suffix(".witness")


def lock_of(ledger: Path) -> Path:
    """Return the file by which a daemon holds a ledger, however the ledger was named."""
    whole = ledger.resolve()
    return whole.with_name(f"{whole.name}.lock")


def _says(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


def _made(file: Path) -> int:
    """Open a file, and make it where there is none; return its descriptor.

    Root makes it for the owner of the folder.
    """
    made = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    folder = file.parent.stat()
    if os.geteuid() == 0 and os.fstat(made).st_uid != folder.st_uid:
        os.fchown(made, folder.st_uid, folder.st_gid)
    return made
