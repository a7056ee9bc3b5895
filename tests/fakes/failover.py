"""Two daemons in small on one ledger (`fakes.leading`), of which the leader fails."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from time import monotonic

from fakes import leading
from fakes.wires import BreakingWire
from sarabanwatch.store.postgres import ServerSession

SENT_FIRST, LASTS = 10, 2.0
READS = b"SELECT serial, host FROM letter"
HOW = ("killed", "paused", "cut off", "cut off as it reads")


class Daemon:
    """A daemon in small, and what it said."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process, self.sent = process, list[int]()

    async def says(self, wanted: str, times: int = 1) -> None:
        """Read on until it has said a word so many times."""
        assert self.process.stdout
        while times:
            word, *rest = (await self.process.stdout.readline()).decode().split()
            if word == "sent":
                self.sent.append(int(rest[0]))
            times -= word == wanted


@asynccontextmanager
async def daemon(url: str) -> AsyncIterator[Daemon]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, leading.__file__, url, str(LASTS), stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})
    try:
        yield Daemon(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def failed_over(how: str, url: str, cut: BreakingWire,
                      through: str) -> tuple[list[int], dict[int, str], float]:
    """Have the leader fail in one of the ways of HOW, and the other send the rest.

    Return the letters that left, in order, the state of each, and the seconds from the failure to
    the next letter.
    """
    async with daemon(through) as one:
        await one.says("leads")
        async with daemon(url) as two:
            await one.says("sent", SENT_FIRST)
            if how == "killed":
                one.process.kill()
            elif how == "paused":
                one.process.send_signal(signal.SIGSTOP)
            elif how == "cut off":
                cut.close()
            else:
                cut.breaks(READS, wholly=True)
                await asyncio.to_thread(cut.broken.wait)
            failed = monotonic()
            await two.says("sent")
            gap = monotonic() - failed
            if how.startswith("cut off"):
                cut.mend()
            if how == "paused":
                one.process.send_signal(signal.SIGCONT)
            if how != "killed":
                await one.says("fenced")
            await two.says("done")
        if how == "killed":
            assert one.process.stdout
            one.sent += [int(line.split()[1]) for line in
                         (await one.process.stdout.read()).decode().splitlines()]
    with closing(ServerSession(url)) as db:
        states = dict(db.execute("SELECT serial, state FROM letter"))
    return one.sent + two.sent, states, gap
