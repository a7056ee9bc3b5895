"""Which Python a machine in a box can run us with, and where its libraries stand there."""

import subprocess
import sys
from pathlib import Path

import pytest

from real.systemd import lab

ROOT = Path(__file__).parents[3]
SITE = Path(pytest.__file__).parents[1]
PYTHON = Path("/usr/bin/python3")    # one that ProtectHome does not hide


def lacking() -> str | None:
    """What this machine lacks to run the daemon in a lab, or None."""
    if absent := lab.missing():
        return absent
    ours = f"Python {sys.version_info.major}.{sys.version_info.minor}."
    if not PYTHON.exists():
        return f"no {PYTHON}"
    theirs = subprocess.run([PYTHON, "--version"], capture_output=True, text=True,
                            check=False).stdout
    return (
        None if theirs.startswith(ours)
        else f"{PYTHON} is not the {ours[:-1]} that our libraries were installed for"
    )
