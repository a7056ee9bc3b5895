"""Takes a socket away from a program that runs, from outside.

As it would be lost, not as the program would close it.
"""

import ctypes
import os
import socket
import tomllib
from contextlib import suppress
from pathlib import Path

PIDFD_GETFD = 438       # pidfd_getfd(2); the C library has no function for it


def cut(process: int, port: int) -> int:
    """Shut whatever a child process has bound to a port of loopback, TCP and UDP.

    Return how many sockets that were.
    """
    watched = os.pidfd_open(process)
    try:
        return sum(_shut(watched, int(fd.name), port)
                   for fd in Path(f"/proc/{process}/fd").iterdir())
    finally:
        os.close(watched)


def _shut(watched: int, fd: int, port: int) -> bool:
    got = ctypes.CDLL(None, use_errno=True).syscall(PIDFD_GETFD, watched, fd, 0)
    try:
        ours = socket.socket(fileno=got)
    except OSError:         # no socket, or closed meanwhile
        if got >= 0:
            os.close(got)
        return False
    with ours:
        if ours.family != socket.AF_INET or ours.getsockname()[1] != port:
            return False
        with suppress(OSError):       # UDP complains that it has no peer, and is shut all the same
            ours.shutdown(socket.SHUT_RDWR)
        return True


def doors(place: Path) -> dict[str, int]:
    """Return the ports of a land's relay, inbox and DNS, as its configuration names them."""
    settings = tomllib.loads((place / "sarabanwatch.toml").read_text(encoding="utf-8"))
    dns = int(settings["dns"]["resolvers"][0].rpartition(":")[2])
    return {"relay": settings["relay"]["port"], "inbox": settings["inbox"]["port"], "dns": dns}
