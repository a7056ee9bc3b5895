"""A machine in a box: a real systemd as PID 1, to see our unit live and die on.

It knows nothing of Saraban Watch.
"""

import os
import select
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

BOOT = Path(__file__).with_name("boot.sh")
# the namespaces that are the lab's own
OWN = ("--mount", "--pid", "--uts", "--ipc", "--cgroup", "--net")
PRIVATE = (*OWN, "--propagation=private", "--fork", "--kill-child")
PATH = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"      # the lab's, not that of whoever runs the tests
BOOT_SECONDS = 300
UNITS = {
    "lab.target": "[Unit]\nAllowIsolate=yes\n"
                  "Requires=sysinit.target dbus.socket systemd-journald.service lab-up.service\n",
    "lab-up.service": "[Unit]\nAfter=sysinit.target dbus.socket\n"
                      "[Service]\nType=oneshot\nRemainAfterExit=yes\n"
                      "ExecStart=/bin/sh -c 'echo up > {lab}/up'\n",
}


def missing() -> str | None:
    """What this machine lacks to run the lab, or None."""
    if os.geteuid() != 0:
        return "needs root"
    if not Path("/lib/systemd/systemd").exists():
        return "systemd is not installed"
    if "overlay" not in Path("/proc/filesystems").read_text():
        return "the kernel has no overlayfs"
    absent = [tool for tool in ("unshare", "nsenter", "pivot_root", "setpriv", "ip")
              if not shutil.which(tool)]
    if absent or not _cgroup2():
        return f"no {', '.join(absent) or 'cgroup2'} here"
    return None


def _cgroup2() -> Path | None:
    mounts = (line.split() for line in Path("/proc/mounts").read_text().splitlines())
    return next((Path(where) for _, where, kind, *_ in mounts if kind == "cgroup2"), None)


class Journal:
    """One unit's journal, from its beginning, as it grows."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def until(self, words: str) -> str:
        """Read on to the next line that holds the words, waiting for it.

        Pytest's time limit ends a wait in vain.
        """
        assert self.process.stdout
        seen = []
        for line in self.process.stdout:
            if words in line:
                return line
            seen.append(line)
        raise AssertionError(f"the journal ended without {words!r}:\n{''.join(seen)}")


class Lab:
    """The running machine; a command that fails in it raises."""

    def __init__(self, init: int) -> None:
        self.inside = ["nsenter", f"--target={init}", *OWN, "--root", "--wd", "env", "-i", PATH]

    def run(self, *command: str) -> str:
        """Return what the command prints; raise with its output where it fails."""
        done = subprocess.run([*self.inside, *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, (
            f"{' '.join(command)} exits {done.returncode}: {done.stderr or done.stdout}"
        )
        return done.stdout

    def shown(self, unit: str, what: str) -> str:
        """One property of a unit."""
        return self.run("systemctl", "show", "--property", what, "--value", unit).strip()

    def signal(self, unit: str, name: str) -> None:
        """Send a signal to a unit's main process, without its service manager."""
        self.run("systemctl", "kill", "--kill-who=main", f"--signal={name}", unit)

    @contextmanager
    def process(self, *command: str) -> Iterator[subprocess.Popen[str]]:
        """A process of its own in the lab, ended with the block."""
        with subprocess.Popen([*self.inside, *command], stdout=subprocess.PIPE,
                              text=True) as process:
            try:
                yield process
            finally:
                process.terminate()

    @contextmanager
    def journal(self, unit: str) -> Iterator[Journal]:
        """Follow the messages of service manager and unit."""
        with self.process("journalctl", "--follow", "--lines=all", "--output=cat",
                          f"--unit={unit}") as process:
            yield Journal(process)


@contextmanager
def booted(folder: Path, etc: Mapping[str, str], places: Mapping[Path, str]) -> Iterator[Lab]:
    """A lab with these files under /etc and these folders at these places, up and idle.

    Gone with the block.
    """
    units = {f"systemd/system/{name}": text.format(lab=folder) for name, text in UNITS.items()}
    for name, text in {**units, **etc}.items():
        file = folder / "etc" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    os.mkfifo(folder / "up")
    binds = [f"{source}={place}" for source, place in places.items()]
    with _Cgroup() as cgroup, (folder / "boot.log").open("wb") as log:
        joined = f'echo $$ > {cgroup}/cgroup.procs; exec unshare "$@"'
        command = ["setpriv", "--pdeathsig=KILL", "sh", "-c", joined, "sh", *PRIVATE, "sh",
                   str(BOOT), str(folder), *binds]
        with subprocess.Popen(command, stdout=log, stderr=log) as unshare:
            try:
                _wait_up(folder)
                yield Lab(_child_of(unshare.pid))
            finally:
                unshare.kill()


def _wait_up(folder: Path) -> None:
    up = os.open(folder / "up", os.O_RDONLY | os.O_NONBLOCK)
    try:
        ready, _, _ = select.select([up], [], [], BOOT_SECONDS)
        assert ready, f"systemd does not come up:\n{(folder / 'boot.log').read_text()}"
    finally:
        os.close(up)


def _child_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


class _Cgroup:
    """A control group for the lab to call its root; there may be two labs at once."""

    def __enter__(self) -> Path:
        self.path = Path(tempfile.mkdtemp(prefix="sarabanwatch-lab-", dir=_cgroup2()))
        return self.path

    def __exit__(self, *_: object) -> None:
        self._wait_empty()
        for folder, _folders, _files in os.walk(self.path, topdown=False):
            Path(folder).rmdir()

    def _wait_empty(self) -> None:
        with (self.path / "cgroup.events").open() as events:
            changed = select.poll()
            changed.register(events, select.POLLPRI)
            while "populated 1" in events.read():
                changed.poll(1000)
                events.seek(0)
