"""Reads mail within bounds of time and memory: small ones here, large ones in a child that can be killed.

Knows processes; what a mail is, is said by `core.arrival`. The child is told what is ours and how
refusals read, says that it is ready (an empty frame), reads a frame (length, octets), answers with
a frame (length, pickle), lives on, and is replaced when it oversteps: its mail is then UNREAD, the
others wait no longer than the time allowed. Its starting is not counted against the mail.
"""

import asyncio
import os
import pickle
import resource
import struct
import sys
from typing import BinaryIO

from sarabanwatch.core import arrival
from sarabanwatch.core.arrival import Arrival, Kind, Ours
from sarabanwatch.core.refusals import Refusals

SMALL = 64 << 10            # octets; read at once, in a few milliseconds at worst
SECONDS = 2.0
START = 60.0                # seconds for a child to be ready, on a busy machine
MEMORY = 300 << 20          # address space of the child, in octets
FRAME = struct.Struct(">Q")


class Reader:
    """Reads one mail at a time; never raises on any octets."""

    def __init__(
        self, ours: Ours, refusals: Refusals, seconds: float = SECONDS, small: int = SMALL,
    ) -> None:
        self._ours, self._refusals, self._seconds, self._small = ours, refusals, seconds, small
        self._child: asyncio.subprocess.Process | None = None
        self._one = asyncio.Lock()

    async def read(self, raw: bytes) -> Arrival:
        """Return what a raw mail is; UNREAD where reading it took too long or too much."""
        if len(raw) <= self._small:
            return _read(raw, self._ours, self._refusals)
        async with self._one:
            try:
                child = await self._ready()
                return await asyncio.wait_for(_ask(child, raw[:arrival.MOST_OCTETS]), self._seconds)
            except TimeoutError:
                await self._end()
                return Arrival(Kind.UNREAD, f"limit: not read within {self._seconds:g} seconds")
            except (asyncio.IncompleteReadError, ConnectionError):
                await self._end()
                return Arrival(Kind.UNREAD, "limit: the reading process died of it")
            except BaseException:
                await self._end()   # cancelled half-way: its answer must not be taken for another mail's
                raise

    async def close(self) -> None:
        """End the child, if there is one."""
        await self._end()

    async def _ready(self) -> asyncio.subprocess.Process:
        if self._child is not None:
            return self._child
        self._child = child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", __name__,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )
        known = pickle.dumps((self._ours, self._refusals.books))
        await asyncio.wait_for(_sent(child, known), START)
        await asyncio.wait_for(_answer(child), START)
        return child

    async def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        if child.returncode is None:
            child.kill()
        if child.stdin is not None:
            child.stdin.close()
        await child.wait()


async def _ask(child: asyncio.subprocess.Process, raw: bytes) -> Arrival:
    await _sent(child, raw)
    answer = pickle.loads(await _answer(child))  # noqa: S301 - our own child wrote it
    return answer if isinstance(answer, Arrival) else Arrival(Kind.UNREAD, "limit: no answer")


async def _sent(child: asyncio.subprocess.Process, octets: bytes) -> None:
    if child.stdin is None:
        raise ConnectionError("the child has no ear")
    child.stdin.write(FRAME.pack(len(octets)) + octets)
    await child.stdin.drain()


async def _answer(child: asyncio.subprocess.Process) -> bytes:
    if child.stdout is None:
        raise ConnectionError("the child has no mouth")
    (length,) = FRAME.unpack(await child.stdout.readexactly(FRAME.size))
    return await child.stdout.readexactly(length)


def _read(raw: bytes, ours: Ours, refusals: Refusals) -> Arrival:
    """Read; a mail that shows a bug of ours goes to a person, and the others are read on."""
    try:
        return arrival.read(raw, ours, refusals)
    except Exception as bug:  # noqa: BLE001 - the one shunt: see above
        return Arrival(Kind.UNREAD, f"our own fault: {bug!r}"[:200])


def serve(mails: BinaryIO, answers: BinaryIO) -> None:
    """Take what is ours and the books of refusals, then answer each framed mail with a framed Arrival, until they end."""
    ours, books = pickle.loads(mails.read(*FRAME.unpack(mails.read(FRAME.size))))  # noqa: S301 - our own parent wrote it
    refusals = Refusals(books)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    answers.write(FRAME.pack(0))
    answers.flush()
    while len(head := mails.read(FRAME.size)) == FRAME.size:
        answer = pickle.dumps(_read(mails.read(*FRAME.unpack(head)), ours, refusals))
        answers.write(FRAME.pack(len(answer)) + answer)
        answers.flush()


if __name__ == "__main__":
    os.nice(5)   # what is large may wait
    serve(sys.stdin.buffer, sys.stdout.buffer)
