"""The product's programs, forked off a process that has imported them: imports are most of a start.

Each has a process, arguments, surroundings and pipes of its own, as by `python -m`. Nothing is
promised of the start itself; tests/real and the tests of the demo start the programs as shipped.

A server for each process of tests, with no thread, loop or connection for a fork to halve, forks
for each request a guard; that one forks the program, and tells its process id and how it ended.
"""

import asyncio
import json
import os
import runpy
import socket
import sys
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from subprocess import DEVNULL, PIPE

from sarabanwatch import settings

IMPORTED = ("sarabanwatch.cli.daemon", "sarabanwatch.edge.dkim", "sarabanland.land",
            "holidays.countries", "anyio._backends._asyncio")     # what a daemon asks for later
SERVE = "import socket; from fakes import forked; forked.serve(socket.socket(fileno=3))"
MOST = 100_000      # octets of a request


def serve(door: socket.socket) -> None:
    """Fork for each request until the door is closed; return in the programs, too, as they end."""
    for module in IMPORTED:
        import_module(module)
    settings.refusals()     # as a daemon does at its start; what is shipped is kept
    assert len([*Path("/proc/self/task").iterdir()]) == 1
    while True:
        request, fds, *_ = socket.recv_fds(door, MOST, 3)
        if not request:
            return None
        if not os.fork():
            door.close()
            return _guard(*json.loads(request), *fds)
        for fd in fds:
            os.close(fd)
        os.waitpid(-1, os.WNOHANG)      # a guard that has ended


def _guard(words: list[str], surroundings: dict[str, str], tell: int, *standard: int) -> None:
    if program := os.fork():
        os.closerange(0, 3)
        for fd in standard:
            os.close(fd)
        os.write(tell, b"%d\n" % program)
        os.write(tell, b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(program, 0)[1]))
        os._exit(0)
    for number, fd in enumerate(standard, start=1):
        os.dup2(fd, number)
        os.close(fd)
    os.close(tell)
    os.environ.clear()
    os.environ.update(surroundings)
    module, *sys.argv[1:] = words
    sys.path.insert(0, str(Path.cwd()))      # as `python -m` does
    runpy.run_module(module, run_name="__main__", alter_sys=True)


@cache
def _door() -> socket.socket:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    tests = {"PYTHONPATH": str(Path(__file__).parents[1])}
    with theirs:
        os.posix_spawn(sys.executable, [sys.executable, "-c", SERVE], os.environ | tests,
                       file_actions=[(os.POSIX_SPAWN_DUP2, theirs.fileno(), 3),
                                     (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDWR, 0),
                                     (os.POSIX_SPAWN_DUP2, 0, 1)])
    return ours


def _out(to: int) -> tuple[int | None, int]:
    """Return what we read from, if anything, and what the program writes to."""
    if to == PIPE:
        return os.pipe()
    return None, os.open(os.devnull, os.O_WRONLY) if to == DEVNULL else os.dup(to)


async def _read(fd: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(fd, "rb", buffering=0))
    return reader


async def _rest(pipe: asyncio.StreamReader | None) -> bytes:
    return await pipe.read() if pipe else b""


async def program(*words: str, stdout: int = DEVNULL, stderr: int = DEVNULL,
                  **surroundings: str) -> "Program":
    """Start `python -m WORDS`, with these variables beside ours and nothing to read."""
    told, tell = socket.socketpair()
    outs = [_out(out) for out in (stdout, stderr)]
    request = json.dumps([words, os.environ | surroundings]).encode()
    with tell:
        socket.send_fds(_door(), [request], [tell.fileno(), *(theirs for _, theirs in outs)])
    for _, theirs in outs:
        os.close(theirs)
    pipes = [None if pipe is None else await _read(pipe) for pipe, _ in outs]
    told_by, ours = await asyncio.open_connection(sock=told)
    return Program(int(await told_by.readline()), told_by, ours, pipes)


class Program:
    """One that runs, used as an asyncio.subprocess.Process is."""

    returncode: int | None = None

    def __init__(self, pid: int, told: asyncio.StreamReader, ours: asyncio.StreamWriter,
                 pipes: list[asyncio.StreamReader | None]) -> None:
        self.pid, self._told, self._ours = pid, told, ours
        self.stdout, self.stderr = pipes
        self._ending = asyncio.create_task(self._end())

    async def _end(self) -> int:
        self.returncode = int(await self._told.readline())
        self._ours.close()
        return self.returncode

    async def wait(self) -> int:
        """Wait for its end; return the exit code, or minus a signal's number."""
        return await self._ending

    async def communicate(self) -> tuple[bytes, bytes]:
        """Read its pipes to their ends, and wait for its own; b"" is what has no pipe."""
        out, err = await asyncio.gather(*map(_rest, (self.stdout, self.stderr)))
        await self.wait()
        return out, err

    def send_signal(self, number: int) -> None:
        """Send a signal; to one that has ended, none."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)
