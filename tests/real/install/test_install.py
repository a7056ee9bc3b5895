"""From nothing to READY by one command and one file to fill in; upgraded; removed."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from documents.reading import fences
from fakes.once import once
from real.install import bare
from real.install.bare import BOX, CONFIG, LEDGER, SECRETS, UNIT, is_there
from real.systemd.lab import Lab

pytestmark = pytest.mark.real
KEYS = {"sender.address", "sender.helo", "sender.number", "relay.host", "inbox.host", "inbox.user",
        "campaign.anchor"}
INSTALL, INSTALLED = "/srv/checkout/deploy/install", "/usr/local/bin/sarabanwatch"
BACKUPS = "/var/lib/private/sarabanwatch-backups"
CHAPTERS = ("2. Install", "7. Upgrade", "9. Take it away")
OLDER = "0.1.9"
LAID = ("/opt/sarabanwatch*", "/usr/local/bin/sarabanwatch", "/usr/local/share/sarabanwatch",
        "/etc/systemd/system/sarabanwatch*")
# Makes what 0.2.0 left behind: a ledger of its schema, with a list in its history.
LEFT_BY_0_2_0 = """
from contextlib import closing
from pathlib import Path
from sarabanwatch.store import schema
from sarabanwatch.store.ledger import open_to_write
place = Path("/var/lib/private/sarabanwatch")
place.mkdir(mode=0o700, parents=True, exist_ok=True)
schema.MIGRATIONS = ()
with closing(open_to_write(place / "ledger.db")) as db:
    schema.migrate(db)
    db.execute("INSERT INTO import (at, source, digest, good, bad) "
               "VALUES ('2026-11-01T00:00:00.000000+00:00', 'the old list', 'd', 41, 0)")
"""
TRIED = {       # what the manual tells to type, and what is done here in its place
    "deploy/install": "deploy/install FOLDER, for want of network; .ci/run types it as it stands",
    "deploy/wheels FOLDER": "before the machine is up",
    "deploy/install FOLDER": "as it stands",
    "make deb": "deploy/deb/build, which is all that it does",
    "apt install ./dist/sarabanwatch_*.deb": "dpkg --install, which apt calls",
    "sarabanwatch check-config": "by the installer, whose last words are its",
    "systemctl enable --now sarabanwatch": "as it stands",
    "deploy/install uninstall": "as it stands",
    "deploy/install purge": "as it stands",
}


class Bare(NamedTuple):
    """A bare machine, a folder that it sees, and what lies in its box."""

    machine: Lab
    folder: str
    older: str
    newer: str


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The package, made of wheels that lie beside it."""
    if reason := bare.missing():
        pytest.skip(f"no bare machine in a box: {reason}")

    def pack(place: Path) -> None:
        if away := bare.gathered(place / "wheels"):
            pytest.skip(f"the package registry cannot be reached: {away}")
        bare.renumbered(bare.packed(place, place / "wheels"), OLDER)

    place = once(tmp_path_factory, worker_id, "box", pack)
    return next(file for file in place.glob("*.deb") if file != bare.numbered(place, OLDER))


@pytest.fixture(scope="module")
def box(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bare]:
    """The machine, as the test before left it."""
    older, folder = bare.numbered(package.parent, OLDER), tmp_path_factory.mktemp("bare")
    with bare.standing(folder, package.parent) as machine:
        yield Bare(machine, str(folder), f"{BOX}/{older.name}", f"{BOX}/{package.name}")


@pytest.fixture
def bare_machine(box: Bare) -> Bare:
    """The machine without anything of ours but what an administrator brings."""
    if is_there(box.machine, CONFIG):
        purged(box.machine)
    return box


@pytest.fixture
def installed(box: Bare) -> Bare:
    """The machine with the package, filled in; it never ran, as far as can be seen."""
    machine, folder, _, newer = box
    if not emptied(machine):
        dpkg(machine, "--install", newer)
        bare.fill_in(machine, folder)
    return box


class Other(NamedTuple):
    """Another bare machine, for the installer, and a folder that it sees."""

    machine: Lab
    folder: Path


@pytest.fixture(scope="module")
def other(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Other]:
    """The other machine, as the test before left it."""
    folder = tmp_path_factory.mktemp("other")
    with bare.standing(folder, package.parent) as machine:
        yield Other(machine, folder)


@pytest.fixture
def put(other: Other) -> Other:
    """The other machine with what the installer puts there, filled in; as if it never ran."""
    if not emptied(other.machine):
        installs(other)
    return other


def installs(other: Other) -> str:
    """Install without a package, and fill in; return what the installer said."""
    said = other.machine.run(INSTALL, f"{BOX}/wheels")
    bare.fill_in(other.machine, str(other.folder))
    return said


def emptied(machine: Lab) -> bool:
    """Stop the daemon and delete its ledger; say whether it is installed at all."""
    if here := is_there(machine, CONFIG):
        machine.run("systemctl", "stop", UNIT)
        machine.run("rm", "-rf", str(Path(LEDGER).parent), f"/var/lib/{UNIT}")
    return here


def dpkg(machine: Lab, *words: str) -> str:
    """Run dpkg without a terminal; return all its output."""
    return machine.run("sh", "-c", f"DEBIAN_FRONTEND=noninteractive dpkg {' '.join(words)} 2>&1")


def told_to_fill_in(said: str) -> set[str]:
    """Return the keys that are listed with how to get each."""
    return set(re.findall(r"^  ([a-z.]+): \w.{20}", said, re.MULTILINE))


def refuses(machine: Lab) -> None:
    """Assert that the service does not start, and says itself that its configuration is wrong."""
    with pytest.raises(AssertionError, match="exits 1"):
        machine.run("systemctl", "start", UNIT)
    assert machine.shown(UNIT, "ExecMainStatus") == "78"


def names_what_it_lacks(machine: Lab, folder: str) -> None:
    """Assert that the daemon names the keys to fill in, and then the missing secret."""
    refuses(machine)
    with machine.journal(UNIT) as journal:
        journal.until("still to be filled in")
    bare.fill_in(machine, folder)
    machine.run("mv", SECRETS, f"{SECRETS}.away")
    refuses(machine)
    with machine.journal(UNIT) as journal:
        journal.until("no file 'token.keys'")
    machine.run("mv", f"{SECRETS}.away", SECRETS)


def starts(machine: Lab) -> str:
    """Start the service as the installer says, until it is ready; return its invocation."""
    machine.run("systemctl", "enable", "--now", UNIT)
    return goes_on(machine)


def goes_on(machine: Lab) -> str:
    """Assert that the service runs; return its invocation."""
    assert machine.shown(UNIT, "SubState") == "running"
    return machine.shown(UNIT, "InvocationID")


def kept(machine: Lab) -> tuple[str, ...]:
    """Return what must outlive an upgrade: the ledger, the keys, the configuration."""
    return (machine.run("stat", "--format=%i", LEDGER),
            machine.run("sha256sum", f"{SECRETS}/token.keys", CONFIG))


def purged(machine: Lab) -> None:
    """Purge the package: also what a removal keeps."""
    told = f"{UNIT} {UNIT}/purge-ledger boolean true"
    machine.run("sh", "-c", f"echo {told} | debconf-set-selections")
    dpkg(machine, "--purge", UNIT)


def test_what_the_manual_tells_to_type_is_what_is_tried_here() -> None:
    manual = (bare.ROOT / "deploy/manual/operator.md").read_text(encoding="utf-8")
    chapters = re.split(r"^## ", manual, flags=re.MULTILINE)
    told = [line for chapter in chapters if chapter.startswith(CHAPTERS)
            for fence in fences(chapter) if "root" in fence.marks for line in fence.commands]
    assert set(told) == set(TRIED)


@pytest.mark.skipif(not shutil.which("lintian"), reason="lintian is not installed")
def test_lintian_finds_no_error_in_the_package(package: Path) -> None:
    looked = subprocess.run(["lintian", "--allow-root", "--fail-on", "error", package],
                            capture_output=True, text=True, check=False)
    assert looked.returncode == 0, looked.stdout


def test_the_package_is_installed_filled_in_and_upgraded(bare_machine: Bare) -> None:
    machine, folder, older, newer = bare_machine
    said = dpkg(machine, "--install", older)
    assert told_to_fill_in(said) == KEYS
    assert "next:" in said
    names_what_it_lacks(machine, folder)
    run = starts(machine)

    was = kept(machine)
    machine.run("sh", "-c", f"cp {CONFIG} /root/right.toml; echo '[relais]' >>{CONFIG}")
    assert "relais: no such key" in dpkg(machine, "--install", newer)
    assert goes_on(machine) == run          # with the old version, which could not start again
    machine.run("sh", "-c", f"cat /root/right.toml >{CONFIG}")
    machine.run("/usr/lib/sarabanwatch/program", "settle")
    assert goes_on(machine) != run
    assert kept(machine) == was
    assert machine.run("sh", "-c", "ls -d /opt/sarabanwatch-* | wc -l").strip() == "1"


def backed_up_under_load(machine: Lab, folder: str) -> Path:
    """Take the nightly backup while others write; return it, with the secrets beside it."""
    writes = f"while :; do sarabanwatch register import {folder}/register.csv --yes; done"
    machine.run("systemctl", "enable", "--now", "sarabanwatch-backup.timer")
    machine.run("systemd-run", "--unit=busy", "--collect", "sh", "-c", writes)
    machine.run("systemctl", "start", "sarabanwatch-backup.service")
    machine.run("systemctl", "stop", "busy")
    assert machine.shown("sarabanwatch-backup.service", "Result") == "success"
    (taken,) = machine.run("ls", BACKUPS).split()
    machine.run("cp", "-a", f"{BACKUPS}/{taken}", f"{folder}/backup")
    machine.run("cp", "-a", SECRETS, f"{folder}/credentials")
    return Path(folder)


def reloads(machine: Lab) -> None:
    """Assert that an edit is taken up by the daemon that runs."""
    run = goes_on(machine)
    machine.run("sed", "-i", 's/^name = .*/name = "ระบบทดสอบใหม่"/', CONFIG)
    machine.run("systemctl", "reload", UNIT)
    with machine.journal(UNIT) as journal:
        journal.until("reloaded")
    assert goes_on(machine) == run


def test_a_ledger_of_0_2_0_is_copied_brought_up_to_date_and_gone_on_with(installed: Bare) -> None:
    machine = installed.machine
    machine.run("/opt/sarabanwatch/bin/python3", "-I", "-c", LEFT_BY_0_2_0)
    starts(machine)
    with machine.journal(UNIT) as journal:
        journal.until("ledger migrated")
    assert "the old list" in machine.run("sarabanwatch", "register", "history", "--json")
    machine.run("sarabanwatch", "ledger", "check")


def test_the_installer_does_so_without_a_package(other: Other) -> None:
    machine = other.machine
    assert told_to_fill_in(installs(other)) == KEYS
    run = starts(machine)

    was = kept(machine)
    machine.run("/usr/local/share/sarabanwatch/deploy/program", "settle")
    assert kept(machine) == was
    assert goes_on(machine) != run


def test_a_backup_of_a_busy_machine_is_restored_on_a_new_one_which_sends_nothing_unasked(
    installed: Bare, put: Other,
) -> None:
    machine, folder, *_ = installed
    starts(machine)
    reloads(machine)
    kept = backed_up_under_load(machine, folder)

    anew, place = put
    shutil.copytree(kept / "backup", place / "backup")
    anew.run("rm", "-r", SECRETS)
    shutil.copytree(kept / "credentials", place / "credentials")
    anew.run("cp", "-a", f"{place}/credentials", SECRETS)
    anew.run(INSTALLED, "restore", f"{place}/backup")
    starts(anew)
    assert "restored" in anew.run(
        "sh", "-c", f"{INSTALLED} halts list --json || test $? = 1")
    assert "1001" in anew.run(INSTALLED, "agencies")
    anew.run(INSTALLED, "ledger", "check")


def test_the_package_is_taken_away_and_leaves_what_a_person_does_not_let_go(
    installed: Bare,
) -> None:
    machine = installed.machine
    starts(machine)
    machine.run("systemctl", "start", "sarabanwatch-backup.service")
    dpkg(machine, "--remove", UNIT)
    assert machine.shown(UNIT, "ActiveState") == "inactive"
    assert machine.run("sh", "-c", "ls -d /opt/sarabanwatch* 2>/dev/null || true") == ""
    assert is_there(machine, LEDGER)
    assert is_there(machine, CONFIG)

    machine.run("env", "DEBIAN_FRONTEND=noninteractive",
                f"/var/lib/dpkg/info/{UNIT}.postrm", "purge")
    assert is_there(machine, LEDGER)        # nobody was there to be asked
    purged(machine)
    assert not is_there(machine, LEDGER)
    assert not is_there(machine, CONFIG)
    assert is_there(machine, BACKUPS)


def test_the_installer_takes_it_away_and_asks_before_it_purges(put: Other) -> None:
    machine = put.machine
    starts(machine)
    left = machine.run("sh", "-c", "/usr/local/share/sarabanwatch/deploy/install uninstall")
    assert "with the ledger" in left
    assert is_there(machine, LEDGER)
    assert machine.run("sh", "-c", f"ls -d {' '.join(LAID)} 2>/dev/null || true") == ""
    for answer, stays in (("", True), ("yes", True), ("REMOVE", False)):
        machine.run("sh", "-c", f"echo {answer} | {INSTALL} purge")
        assert is_there(machine, LEDGER) is stays
        assert is_there(machine, f"{SECRETS}/token.keys") is stays
