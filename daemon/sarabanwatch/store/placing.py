"""How a copy of a ledger is put where a ledger stands or stood.

The witness beside it is left alone, so that whoever opens the ledger next finds out by itself what
is missing (`store.witness`).
"""

import os
import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import apsw

from sarabanwatch.core.errors import StorageError
from sarabanwatch.store import acts

# What SQLite leaves beside a file that was being written. It would write that into whatever file
# bears the name next, and so mix two ledgers.
BESIDE = ("-wal", "-shm", "-journal")
MILLISECOND = timedelta(milliseconds=1)     # moments in names are no finer


def put(copy: Path, ledger: Path, at: datetime) -> Path | None:
    """Put a copy in a ledger's place; return where what stood there was moved to, or None.

    Raise StorageError where it cannot be written. Broken off at any moment, it is done again: the
    old ledger stands, or none does and nobody makes a new one, or the copy stands.
    """
    fresh = ledger.with_name(f"{ledger.name}.restoring")
    try:
        for end in (*BESIDE, ""):
            fresh.with_name(f"{fresh.name}{end}").unlink(missing_ok=True)
        shutil.copyfile(copy, fresh)
        acts.put_back(fresh, copy, at)
        as_its_folder(fresh)
        aside = _moved_aside(ledger, at)
        fresh.rename(ledger)
        sync(ledger.parent)
    except (OSError, apsw.FullError, apsw.IOError) as failed:
        raise StorageError(
            f"{ledger} cannot be written ({failed}); make room there, then do it again"
        ) from None
    return aside


def named(at: datetime) -> str:
    """Return the name of what was made at a moment.

    It sorts by time, and any file system takes it.
    """
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H%M%S}.{utc.microsecond // 1000:03}Z"


def sync(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def as_its_folder(file: Path) -> None:
    """Give a file to whom its folder belongs, where we may; have it on the disk."""
    owner = file.parent.stat()
    if os.geteuid() == 0:
        os.chown(file, owner.st_uid, owner.st_gid)
    file.chmod(0o600)
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())


def _moved_aside(ledger: Path, at: datetime) -> Path | None:
    """Move a ledger aside with what belongs to it; return where to, or None where none stands.

    What lies BESIDE it goes even where the ledger itself is gone.
    """
    names = (ledger.with_name(f"{ledger.name}.before-{named(at + n * MILLISECOND)}")
             for n in count())
    aside = next(name for name in names if not name.exists())     # the clock may have gone back
    for end in (*BESIDE, ""):
        with suppress(FileNotFoundError):
            ledger.with_name(f"{ledger.name}{end}").rename(f"{aside}{end}")
    return aside if aside.exists() else None
