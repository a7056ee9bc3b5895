"""One daemon a ledger. It holds a file beside the ledger for as long as it lives, so that two never send from one.

The kernel lets go of it with the process, however that ends: the file itself says nothing and stays. Other verbs only ask.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sarabanwatch.core.errors import ConfigError, Unwritable

# wall seconds: who asks holds the file too, for as long as the question takes
TRIES, PAUSE = 10, 0.1


@contextmanager
def keeping(ledger: Path) -> Iterator[None]:
    """Hold a ledger as its one daemon; raise ConfigError where another does, Unwritable where no file can be made beside it."""
    try:
        held = os.open(_beside(ledger), os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        why = f"{ledger} cannot be written ({error.strerror}); see to its disk and its owner, then start again"
        raise Unwritable(why) from None
    try:
        if not any(_take(held, fcntl.LOCK_EX) for _ in range(TRIES)):
            raise ConfigError(
                f"{ledger}: another daemon runs over this ledger, and two would both send; stop it first"
            )
        yield
    finally:
        os.close(held)


def is_kept(ledger: Path) -> bool:
    """Tell whether a daemon runs over a ledger."""
    try:
        asked = os.open(_beside(ledger), os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        return not _take(asked, fcntl.LOCK_SH, pause=0)
    finally:
        os.close(asked)


def _beside(ledger: Path) -> Path:
    whole = ledger.resolve()        # by whatever way it was named
    return whole.with_name(f"{whole.name}.lock")


def _take(file: int, how: int, pause: float = PAUSE) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(file, how | fcntl.LOCK_NB)
        return True
    time.sleep(pause)
    return False
