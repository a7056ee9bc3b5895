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

All but the last row that is not refused begin a new epoch, and nothing leaves us until a person says so (`core.sending.halt`).

A witness that was restored along with the ledger agrees with it, so it also holds where it was made: its own inode, and the
inode and change time of the lock file, which no program can set. The lock file is never written again, so its change time
stands still; where its owner was changed with it, as the service manager does for a dynamic user, that is no move.

It is also the lock of opening: who opens a ledger to write holds it, so two first openings make one ledger.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

OCTETS = 512        # one sector: written whole or not at all
STOOD = b"A ledger of Saraban Watch stands beside this file, or stood there.\n"


class LedgerCount(NamedTuple):
    """What a ledger says of itself: its epoch, its commits so far, the last serial that it has given out."""

    epoch: int
    tick: int
    serial: int


class WitnessPlace(NamedTuple):
    """Where a witness was made: its own inode, and inode, change time (nanoseconds) and owner of the lock file."""

    witness: int
    lock: int
    changed: int
    owner: int

    def moved(self, here: "WitnessPlace") -> bool:
        """Say whether it stands elsewhere now, by more than a new owner of the lock file, which is given without a move."""
        changed = self.changed != here.changed and self.owner == here.owner
        return changed or self[:2] != here[:2]


class WitnessNote(NamedTuple):
    """What the witness knows: what it was told last (None: it cannot be read), and whether it stands where that was."""

    told: LedgerCount | None
    moved: bool


class Witness:
    """One ledger's witness, open. It holds one line of numbers: those of LedgerCount, then those of WitnessPlace."""

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

    def known(self) -> WitnessNote | None:
        """Return what it knows; None where it knows of no ledger."""
        if not os.fstat(self._file).st_size and not _says(self._lock):
            return None
        noted = self._noted()
        return (
            WitnessNote(noted[0], noted[1].moved(self._place())) if noted
            else WitnessNote(None, moved=False)
        )

    def settle(self, told: LedgerCount) -> None:
        """Take this place for its own, and note that a ledger stands here. Only while it is held."""
        if not _says(self._lock):
            lock = _made(self._lock)
            os.write(lock, STOOD)
            os.close(lock)
        self._note(told, self._place())
        os.fsync(self._file)

    def tell(self, told: LedgerCount) -> None:
        """Note what the ledger says of itself, unless another process has told more of it, or it stands for another ledger."""
        with self.held():
            noted = self._noted()
            if noted and noted[0].epoch == told.epoch and noted[0].tick <= told.tick:
                self._note(told, noted[1])

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _note(self, told: LedgerCount, place: WitnessPlace) -> None:
        line = b"%d %d %d %d %d %d %d" % (*told, *place)
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
