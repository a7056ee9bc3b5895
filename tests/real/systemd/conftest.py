"""The daemon installed as systemd/README.md says, in a machine in a box with a country in a box."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from real.systemd import lab
from real.systemd.installed import PYTHON, ROOT, SITE, lacking

UNIT = ROOT / "systemd" / "sarabanwatch.service"
PLACES = {ROOT: "/opt/sarabanwatch/src", SITE: "/opt/sarabanwatch/site"}
# as `python3 -m venv` makes it, with the checkout and the libraries that this test runs with
VENV = {
    "pyvenv.cfg": "home = /usr/bin\n",
    f"lib/python3.{sys.version_info.minor}/site-packages/lab.pth":
        "/opt/sarabanwatch/src/daemon\n/opt/sarabanwatch/site\n",
    "bin/sarabanwatch":
        "#!/opt/sarabanwatch/bin/python3\nfrom sarabanwatch.cli import main\nmain()\n",
}
ETC = {
    "systemd/system/sarabanwatch.service": UNIT.read_text(),
    "systemd/system/sarabanwatch.service.d/lab.conf":
        "[Service]\nWatchdogSec=6\nRestartSec=100ms\n"
        "ExecStopPost=/bin/echo ended ${SERVICE_RESULT} ${EXIT_CODE} ${EXIT_STATUS}\n",
    "systemd/system/land.service":
        "[Service]\nType=exec\n"
        "ExecStart=/opt/sarabanwatch/bin/python3 -m sarabanland --agencies 50 --seed 1 "
        "--dir /etc/sarabanwatch\n",
}
AS_A_KEEPER_WOULD = """
    cd /etc/sarabanwatch
    mkdir -m 700 credentials
    mv imap-password token.keys credentials
    sed -i 's|"ledger.db"|"/var/lib/sarabanwatch/ledger.db"|' sarabanwatch.toml
    sed -i 's|^port = 0$|port = 9725|' sarabanwatch.toml
"""


def install(place: Path) -> None:
    """Lay out /opt/sarabanwatch."""
    for name, text in VENV.items():
        file = place / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (place / "bin" / "sarabanwatch").chmod(0o755)
    (place / "bin" / "python3").symlink_to(PYTHON)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[lab.Lab]:
    """A freshly booted machine: the land plays, our unit is installed and not yet started."""
    if reason := lacking():
        pytest.skip(f"no machine in a box: {reason}")
    install(tmp_path / "opt")
    with lab.booted(tmp_path, ETC, {tmp_path / "opt": "/opt/sarabanwatch", **PLACES}) as booted:
        booted.run("systemctl", "start", "land")
        with booted.journal("land") as journal:
            journal.until("READY")
        booted.run("sh", "-ec", AS_A_KEEPER_WOULD)
        yield booted


@pytest.fixture
def unit() -> Path:
    return UNIT


@pytest.fixture
def runnable_unit(tmp_path: Path) -> Path:
    """The unit with a program that this machine has, for systemd-analyze looks for it."""
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace("/opt/sarabanwatch/bin/sarabanwatch", sys.executable))
    return copy
