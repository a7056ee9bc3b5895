"""The unit as a keeper installs it, on a machine in a box, with a daemon that can be watched."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from real.systemd import lab

HERE = Path(__file__).parent
UNIT = HERE.parents[2] / "systemd" / "sarabanwatch.service"
WATCHED = """[Service]
WatchdogSec=2
RestartSec=100ms
ExecStopPost=/bin/echo ended ${SERVICE_RESULT} ${EXIT_CODE} ${EXIT_STATUS}
"""
SECRETS = {"imap-password": "toy", "token.keys": "a 00 2099-12-31"}


@pytest.fixture
def unit() -> Path:
    return UNIT


@pytest.fixture
def runnable_unit(tmp_path: Path) -> Path:
    """The unit with a program that this machine has, for systemd-analyze, which looks whether it can be run."""
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace("/opt/sarabanwatch/bin/sarabanwatch", sys.executable))
    return copy


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[lab.Lab]:
    """A freshly booted machine with our unit installed and not yet started."""
    lacking = lab.missing()
    if lacking:
        pytest.skip(f"no machine in a box: {lacking}")
    program = tmp_path / "opt" / "bin" / "sarabanwatch"
    program.parent.mkdir(parents=True)
    shutil.copy(HERE / "standin.py", program)
    program.chmod(0o755)
    etc = {
        "systemd/system/sarabanwatch.service": UNIT.read_text(),
        "systemd/system/sarabanwatch.service.d/lab.conf": WATCHED,
        "sarabanwatch/sarabanwatch.toml": "live = false\n",
        **{f"sarabanwatch/credentials/{name}": text for name, text in SECRETS.items()},
    }
    with lab.booted(tmp_path, etc, {tmp_path / "opt": "/opt/sarabanwatch"}) as booted:
        yield booted
