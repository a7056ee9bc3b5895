"""Reads mail within limits of time and memory: small mail here, large mail in a child process.

`core.returns.arrival` decides what a mail is; this module runs it. The child process receives our
names and the refusal tables once and answers with an empty frame when it is ready. Then it reads
one frame (length, octets) for each mail and answers with one frame (length, pickled Arrival). It is
replaced when it dies or takes too long.

A mail that takes too much processor time is UNREAD, and so is a mail of which two children in
succession died. If no child can be started, that is not the mail's fault: NoReader is raised, and
the mail is read later. The child uses no system call that the systemd unit forbids: it sets its own
limits, and does not change its priority.
"""

import asyncio
import pickle
import resource
import signal
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

from sarabanwatch.core.errors import NoReader
from sarabanwatch.core.returns import arrival
from sarabanwatch.core.returns.arrival import Arrival, MailKind, Ours
from sarabanwatch.core.returns.refusals import Refusals

SMALL = 64 << 10            # octets of a mail that is read here, in a few milliseconds at worst
SECONDS = 2.0               # of processor time for a mail
WALL = 50.0                 # wall seconds for a mail, if the machine is too busy
START = 60.0                # wall seconds until a child is ready
GOODBYE = 1.0               # wall seconds in which a child may end by itself
MEMORY = 300 << 20          # address space of the child, in octets
FRAME = struct.Struct(">Q")


class ReaderDied(Exception):  # noqa: N818 - said of the child
    """The child ended while it read a mail. `number` is the signal that ended it, or 0."""

    def __init__(self, number: int) -> None:
        by = f" was ended by signal {number}" if number else " ended"
        super().__init__(f"the process that read a large mail{by}")
        self.number = number


def ignore(_error: BaseException) -> None:
    """Report nothing."""


class ReaderProcess:
    """Reads one mail at a time. Nothing in a mail makes it raise.

    `failed` is called with the error of each child that died.
    """

    def __init__(
        self, ours: Ours, refusals: Refusals, seconds: float = SECONDS, small: int = SMALL,
        failed: Callable[[BaseException], None] = ignore,
    ) -> None:
        self._ours, self._refusals = ours, refusals
        self._seconds, self._small, self._failed = seconds, small, failed
        self._child: asyncio.subprocess.Process | None = None
        self._one = asyncio.Lock()

    async def read(self, raw: bytes) -> Arrival:
        """Return what a raw mail is; UNREAD where it was over a limit. Raise NoReader."""
        if len(raw) <= self._small:
            await asyncio.sleep(0)      # whoever else is due goes first, between two of many mails
            return _read(raw, self._ours, self._refusals)
        async with self._one:
            return await self._try_once(raw) or await self._try_once(raw) or Arrival(
                MailKind.UNREAD, "limit: the reading process died of it")

    async def _try_once(self, raw: bytes) -> Arrival | None:
        """Have the child read a mail; None where the child died, perhaps of another cause."""
        try:
            return await self._read_in_child(raw[:arrival.MOST_OCTETS])
        except ReaderDied as death:
            if death.number == signal.SIGPROF:
                return Arrival(MailKind.UNREAD, f"limit: not read within {self._seconds:g} seconds")
            self._failed(death)
            return None

    async def _read_in_child(self, raw: bytes) -> Arrival:
        """Have the child read a mail; raise ReaderDied, or NoReader."""
        child = await self._ready()
        try:
            return await asyncio.wait_for(_exchange(child, raw), WALL)
        except TimeoutError:
            await self._end()
            return Arrival(MailKind.UNREAD,
                           f"limit: not read within {WALL:g} seconds of the wall's clock")
        except (asyncio.IncompleteReadError, ConnectionError):
            raise ReaderDied(-min(0, await self._end())) from None
        except BaseException:
            # cancelled: its answer must not be taken for the next mail's
            await self._end()
            raise

    async def close(self) -> None:
        """End the child, if there is one."""
        await self._end()

    async def _ready(self) -> asyncio.subprocess.Process:
        """Return a child that is ready to read; raise NoReader."""
        if self._child is not None:
            return self._child
        try:
            self._child = child = await asyncio.create_subprocess_exec(
                sys.executable, "-I", "-m", __name__, stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                # Ctrl-C at a terminal is meant for the daemon, which ends the child
                start_new_session=True)
            settings = pickle.dumps((self._ours, self._refusals.tables, self._seconds))
            async with asyncio.timeout(START):
                await _send_frame(child, settings)
                await _receive_frame(child)
        except BaseException as error:
            await self._end()
            if isinstance(error, OSError | asyncio.IncompleteReadError):
                cause = str(error) or type(error).__name__
                why = f"the process that reads large mail cannot be started ({cause})"
                raise NoReader(f"{why}; no mail is passed over, and it is tried again") from None
            raise
        return child

    async def _end(self) -> int:
        """End the child, if there is one; return its exit status, negative for a signal."""
        child, self._child = self._child, None
        if child is None:
            return 0
        if child.stdin is not None:
            child.stdin.close()
        with suppress(TimeoutError):
            # a child that ended by itself tells its status
            return await asyncio.wait_for(child.wait(), GOODBYE)
        child.kill()
        return await child.wait()


async def _exchange(child: asyncio.subprocess.Process, raw: bytes) -> Arrival:
    await _send_frame(child, raw)
    answer = pickle.loads(await _receive_frame(child))  # noqa: S301 - our own child wrote it
    return answer if isinstance(answer, Arrival) else Arrival(MailKind.UNREAD, "limit: no answer")


async def _send_frame(child: asyncio.subprocess.Process, octets: bytes) -> None:
    if child.stdin is None:
        raise ConnectionError("the child has no standard input")
    child.stdin.write(FRAME.pack(len(octets)) + octets)
    await child.stdin.drain()


async def _receive_frame(child: asyncio.subprocess.Process) -> bytes:
    if child.stdout is None:
        raise ConnectionError("the child has no standard output")
    (length,) = FRAME.unpack(await child.stdout.readexactly(FRAME.size))
    return await child.stdout.readexactly(length)


def _read(raw: bytes, ours: Ours, refusals: Refusals) -> Arrival:
    """Read a mail; one that shows a fault of ours is UNREAD, and a person looks at it."""
    try:
        return arrival.read(raw, ours, refusals)
    except Exception as bug:  # noqa: BLE001 - the one shunt: see above
        return Arrival(MailKind.UNREAD, f"our own fault: {bug!r}"[:200])


def serve(mails: BinaryIO, answers: BinaryIO) -> None:
    """Receive our names and the refusal tables; then answer each framed mail with an Arrival."""
    settings = mails.read(*FRAME.unpack(mails.read(FRAME.size)))
    ours, tables, seconds = pickle.loads(settings)  # noqa: S301 - our own parent wrote it
    refusals = Refusals(tables)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    answers.write(FRAME.pack(0))
    answers.flush()
    while len(head := mails.read(FRAME.size)) == FRAME.size:
        raw = mails.read(*FRAME.unpack(head))
        # SIGPROF, at its end, ends this process
        signal.setitimer(signal.ITIMER_PROF, seconds)
        answer = pickle.dumps(_read(raw, ours, refusals))
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.write(FRAME.pack(len(answer)) + answer)
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
