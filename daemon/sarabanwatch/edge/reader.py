"""Reads mail within bounds of time and memory: small ones here, large ones in a child that can be killed.

Knows processes; what a mail is, is said by `core.returns.arrival`. The child is told what is ours and how refusals read, says that
it is ready (an empty frame), reads a frame (length, octets), answers with a frame (length, pickle), lives on, and is
replaced when it oversteps.

A mail that takes more processor time than it may is UNREAD; so is one that two children died of, one after the other. A
child that cannot be had at all is no fault of any mail: that is NoReader, and the mail is read later. The child needs no
call that the unit forbids: it sets itself bounds, and no priority.
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

SMALL = 64 << 10            # octets; read at once, in a few milliseconds at worst
SECONDS = 2.0               # of processor time for a mail, however busy the machine is
# wall seconds for it: on a machine that is so busy, or a disk so slow, that it does not get them
WALL = 50.0
START = 60.0                # wall seconds for a child to be ready
GOODBYE = 1.0               # wall seconds that a child is given to end by itself
MEMORY = 300 << 20          # address space of the child, in octets
FRAME = struct.Struct(">Q")


class ReaderDied(Exception):  # noqa: N818 - said of the child
    """The child ended while it read; `number` is the signal that ended it, 0 for none."""

    def __init__(self, number: int) -> None:
        super().__init__(f"the process that read a large mail was ended by signal {number}"
                         if number else
                         "the process that read a large mail ended")
        self.number = number


def ignore(_error: BaseException) -> None:
    """Tell nobody."""


class ReaderProcess:
    """Reads one mail at a time; raises NoReader, and nothing for what stands in a mail. `failed` hears of children that died."""

    def __init__(
        self, ours: Ours, refusals: Refusals, seconds: float = SECONDS, small: int = SMALL,
        failed: Callable[[BaseException], None] = ignore,
    ) -> None:
        self._ours, self._refusals, self._seconds, self._small, self._failed = (
            ours,
            refusals,
            seconds,
            small,
            failed,
        )
        self._child: asyncio.subprocess.Process | None = None
        self._one = asyncio.Lock()

    async def read(self, raw: bytes) -> Arrival:
        """Return what a raw mail is; UNREAD where reading it took too long or too much. Raise NoReader."""
        if len(raw) <= self._small:
            return _read(raw, self._ours, self._refusals)
        async with self._one:
            return await self._once(raw) or await self._once(raw) or Arrival(
                MailKind.UNREAD, "limit: the reading process died of it")

    async def _once(self, raw: bytes) -> Arrival | None:
        """Have the child read a mail; None where it died meanwhile, perhaps for another's sake."""
        try:
            return await self._asked(raw[:arrival.MOST_OCTETS])
        except ReaderDied as death:
            if death.number == signal.SIGPROF:
                return Arrival(MailKind.UNREAD, f"limit: not read within {self._seconds:g} seconds")
            self._failed(death)
            return None

    async def _asked(self, raw: bytes) -> Arrival:
        """Have the child read a mail; raise Died, or NoReader."""
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
            # cancelled half-way: its answer must not be taken for another mail's
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
                # Ctrl-C at a terminal is meant for the daemon, which ends it
                start_new_session=True)
            async with asyncio.timeout(START):
                await _send_frame(child, pickle.dumps((self._ours, self._refusals.books, self._seconds)))
                await _receive_frame(child)
        except BaseException as error:
            await self._end()
            if isinstance(error, OSError | asyncio.IncompleteReadError):
                why = f"the process that reads large mail cannot be had ({str(error) or type(error).__name__})"
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
            # one that died by itself says how
            return await asyncio.wait_for(child.wait(), GOODBYE)
        child.kill()
        return await child.wait()


async def _exchange(child: asyncio.subprocess.Process, raw: bytes) -> Arrival:
    await _send_frame(child, raw)
    answer = pickle.loads(await _receive_frame(child))  # noqa: S301 - our own child wrote it
    return answer if isinstance(answer, Arrival) else Arrival(MailKind.UNREAD, "limit: no answer")


async def _send_frame(child: asyncio.subprocess.Process, octets: bytes) -> None:
    if child.stdin is None:
        raise ConnectionError("the child has no ear")
    child.stdin.write(FRAME.pack(len(octets)) + octets)
    await child.stdin.drain()


async def _receive_frame(child: asyncio.subprocess.Process) -> bytes:
    if child.stdout is None:
        raise ConnectionError("the child has no mouth")
    (length,) = FRAME.unpack(await child.stdout.readexactly(FRAME.size))
    return await child.stdout.readexactly(length)


def _read(raw: bytes, ours: Ours, refusals: Refusals) -> Arrival:
    """Read; a mail that shows a bug of ours goes to a person, and the others are read on."""
    try:
        return arrival.read(raw, ours, refusals)
    except Exception as bug:  # noqa: BLE001 - the one shunt: see above
        return Arrival(MailKind.UNREAD, f"our own fault: {bug!r}"[:200])


def serve(mails: BinaryIO, answers: BinaryIO) -> None:
    """Be told what is ours and the books of refusals, then answer each framed mail with a framed Arrival, until they end."""
    ours, books, seconds = pickle.loads(mails.read(*FRAME.unpack(mails.read(FRAME.size))))  # noqa: S301 - our own parent wrote it
    refusals = Refusals(books)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    answers.write(FRAME.pack(0))
    answers.flush()
    while len(head := mails.read(FRAME.size)) == FRAME.size:
        raw = mails.read(*FRAME.unpack(head))
        # what it does at its end (SIGPROF) is to end this process
        signal.setitimer(signal.ITIMER_PROF, seconds)
        answer = pickle.dumps(_read(raw, ours, refusals))
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.write(FRAME.pack(len(answer)) + answer)
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
