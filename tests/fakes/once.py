"""What is made once for all workers of a run."""

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def once(folders: pytest.TempPathFactory, worker: str, name: str,
         make: Callable[[Path], object]) -> Path:
    """Return a folder that the first worker who wants it fills by `make`; the others wait."""
    base = folders.getbasetemp()
    place = (base if worker == "master" else base.parent) / name
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made := place.with_suffix(".made")).exists():
            shutil.rmtree(place, ignore_errors=True)        # of one who did not come to the end
            place.mkdir()
            make(place)
            made.touch()
    return place
