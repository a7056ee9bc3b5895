"""How much room a disk has for us."""

import os
from pathlib import Path


def free(folder: Path) -> int:
    """Return how many octets may still be written where a folder lies; not what root alone may."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize
