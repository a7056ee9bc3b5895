"""A machine of our own for one program: only loopback, ports 25 and 53 free, names from 127.0.0.1.

Gone with the program.

Private network, mount and process namespaces, with an empty /srv in memory for the servers. Needs
root.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

TESTS = Path(__file__).parents[2]
PLACE = Path("/srv")
PRIVATE = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
           "--propagation=private")
SETTLE = f"""
    set -e
    ip link set lo up
    mount -t tmpfs -o mode=755 tmpfs {PLACE}
    echo nameserver 127.0.0.1 > {PLACE}/resolv.conf
    mount --bind {PLACE}/resolv.conf /etc/resolv.conf
    exec "$@"
"""
SERVERS = ("/usr/sbin/postfix", "/usr/sbin/dovecot", "/usr/lib/dovecot/imap",
           "/usr/lib/dovecot/lmtp")


def within(*command: str) -> Sequence[str]:
    """The command that runs a command in a lab."""
    return (*PRIVATE, "sh", "-c", SETTLE, "lab", *command)


def missing() -> str | None:
    """What this machine lacks to run the lab, or None."""
    if os.geteuid() != 0:
        return "needs root"
    absent = [server for server in SERVERS if not Path(server).exists()]
    absent += [tool for tool in ("unshare", "ip", "mount") if not shutil.which(tool)]
    if absent:
        return f"no {', '.join(absent)} here"
    tried = subprocess.run(within("true"), capture_output=True, text=True, check=False)
    return f"no namespaces here: {tried.stderr.strip()}" if tried.returncode else None


def run(log: Path, *command: str) -> int:
    """Run a command in a lab to its end, with our test modules at hand, its words in a log.

    Whatever ends us ends the lab.
    """
    env = {**os.environ, "PYTHONPATH": str(TESTS)}
    with log.open("wb") as words, subprocess.Popen(within(*command), stdout=words, stderr=words,
                                                   env=env) as program:
        try:
            return program.wait()
        finally:
            program.kill()
