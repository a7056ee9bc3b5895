"""A bare machine in a box: a real systemd, Debian's python3 and dpkg, and no network.

The package and its wheels lie in /srv/box, the checkout in /srv/checkout.
"""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from real.systemd import lab
from real.systemd.lab import Lab

ROOT = Path(__file__).parents[3]
BOX = "/srv/box"
PYTHON = "/usr/bin/python3"
NEEDED = (PYTHON, "/usr/bin/dpkg-deb", "/usr/share/debconf/confmodule")
CAN = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))"
UNIT, CONFIG = "sarabanwatch", "/etc/sarabanwatch/sarabanwatch.toml"
LEDGER = "/var/lib/private/sarabanwatch/ledger.db"
SECRETS = "/etc/sarabanwatch/credentials"
FILLED = {      # what a person fills in, in the order of the skeleton
    "address": '"probes@watch.go.th"',
    "helo": '"watch.go.th"',
    "number": '"นร 1200/ท"',
    "host": '"mail.watch.go.th"',      # the relay's, and then the inbox's
    "user": '"probes"',
    "anchor": "2026-02-17",
}
REGISTER = "รหัส,ชื่อหน่วยงาน,ประเภท,อีเมล\n1001,กรมหนึ่ง,กรม,saraban@one.go.th\n"
UNREACHABLE = re.compile(
    r"NewConnectionError|Read timed out|Temporary failure|Network is unreachable")


def missing() -> str | None:
    """What this machine lacks, or None."""
    absent = [each for each in NEEDED if not Path(each).exists()]
    if absent or (lacking := lab.missing()):
        return f"no {', '.join(absent)} here" if absent else lacking
    if subprocess.run([PYTHON, "-c", CAN], capture_output=True, check=False).returncode:
        return f"{PYTHON} is older than 3.11, or python3-venv is not installed"
    return None


def gathered(folder: Path) -> str:
    """Fill a folder with the wheels, as the installer does.

    Return why they cannot be had, where the registry is away; "" where they were.
    """
    done = subprocess.run([ROOT / "deploy/wheels", folder], capture_output=True, text=True,
                          check=False)
    if done.returncode and UNREACHABLE.search(done.stderr):
        return done.stderr.strip().splitlines()[-1]
    assert done.returncode == 0, done.stderr
    return ""


def packed(folder: Path, wheels: Path) -> Path:
    """Make the package of these wheels; return it."""
    done = subprocess.run([ROOT / "deploy/deb/build", folder, wheels], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def renumbered(package: Path, version: str) -> Path:
    """Return the same package with another version."""
    tree = package.with_name(version)
    subprocess.run(["dpkg-deb", "--raw-extract", package, tree], check=True)
    control = tree / "DEBIAN" / "control"
    control.write_text(re.sub(r"^Version: .*", f"Version: {version}", control.read_text(),
                              flags=re.MULTILINE))
    made = numbered(package.parent, version)
    subprocess.run(["dpkg-deb", "-Znone", "--build", tree, made], check=True,
                   capture_output=True)
    return made


def numbered(box: Path, version: str) -> Path:
    """Where the package with another version lies."""
    return box / f"sarabanwatch_{version}.deb"


@contextmanager
def standing(folder: Path, box: Path) -> Iterator[Lab]:
    """The machine; gone with the block."""
    etc = {"hosts": "127.0.0.1 localhost mail.watch.go.th\n",
           "resolv.conf": "nameserver 127.0.0.1\noptions attempts:1 timeout:1\n"}
    with lab.booted(folder, etc, {box: BOX, ROOT: "/srv/checkout"}) as booted:
        yield booted


def filled(skeleton: str) -> str:
    """Return the skeleton as a person has filled it in, and let live."""
    text = skeleton.replace("live = false", "live = true")
    text = text.replace("# signature = ", "signature = ").replace("# telephone = ", "telephone = ")
    for key, value in FILLED.items():
        text = text.replace(f'{key} = "FILL-IN"', f"{key} = {value}")
    return text


def fill_in(machine: Lab, place: str) -> None:
    """Do what the installer asks for: the one file, the list, the password.

    `place` is a folder that the machine sees.
    """
    Path(place, "filled.toml").write_text(filled(machine.run("cat", CONFIG)), encoding="utf-8")
    Path(place, "register.csv").write_text(REGISTER, encoding="utf-8")
    machine.run("sh", "-ec", f"""
        cat {place}/filled.toml >{CONFIG}
        cp {place}/register.csv /etc/sarabanwatch/
        umask 077; echo a-pass-word >{SECRETS}/imap-password""")


def is_there(machine: Lab, path: str) -> bool:
    """Say whether a file is there."""
    return machine.run("sh", "-c", f"if [ -e {path} ]; then echo yes; fi") != ""
