"""One daemon for each ledger: it holds a lock file beside the ledger for as long as it lives.

So two daemons never send from one ledger. The kernel releases the lock with the process, however
that ends; the file itself stays and says nothing. Other verbs only ask whether it is held.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sarabanwatch.core.errors import ConfigError, Unwritable

# Tries, and wall seconds between two: who only asks holds the file for a moment, too.
TRIES, PAUSE = 10, 0.1


@contextmanager
def keeping(ledger: Path) -> Iterator[None]:
    """Hold a ledger as its one daemon.

    Raise ConfigError where another daemon holds it, Unwritable where no file can be made beside it.
    """
    try:
        held = os.open(_beside(ledger), os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        why = f"{ledger} cannot be written ({error.strerror})"
        raise Unwritable(f"{why}; see to its disk and its owner, then start again") from None
    try:
        if not any(_take(held, fcntl.LOCK_EX) for _ in range(TRIES)):
            raise ConfigError(f"{ledger}: another daemon runs over this ledger, "
                              "and two would both send; stop it first")
        yield
    finally:
        os.close(held)


def is_kept(ledger: Path) -> bool:
    """Say whether a daemon runs over a ledger."""
    try:
        asked = os.open(_beside(ledger), os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        return not _take(asked, fcntl.LOCK_SH, pause=0)
    finally:
        os.close(asked)


def _beside(ledger: Path) -> Path:
    whole = ledger.resolve()        # however it was named
    return whole.with_name(f"{whole.name}.lock")


def _take(file: int, how: int, pause: float = PAUSE) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(file, how | fcntl.LOCK_NB)
        return True
    time.sleep(pause)
    return False
