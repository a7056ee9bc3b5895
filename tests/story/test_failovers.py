"""Two machines over one ledger on a server: the leader fails twenty times, in five ways.

Killed; paused for longer than its lease lasts, and woken; cut off from the server, and let back;
cut off by a network that swallows what is said, without a word; asked to stop. Each time the other
one leads, and goes on sending. It takes a quarter of an hour, and prints each gap in which nobody
led.
"""

import asyncio
import os
import shutil
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from pathlib import Path
from time import monotonic

import pytest

from fakes import postgres
from fakes.wires import BreakingWire, beside
from sarabanwatch.store import lease
from story.programs import Daemon, configure, daemon, land
from story.witness import Witness

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600),
              pytest.mark.skipif(bool(postgres.lacking()), reason=postgres.lacking())]

TIMES, AGENCIES, SEED = 20, 1200, 17
RATE = "60"             # so slow that letters leave in all of the minutes that this takes
A_MINUTE = 2            # letters to all hosts together, in a minute of that clock
A_FEW = 4               # letters that a leader sends before it fails
LINES = 10              # letters that it may have in its hands then
LONGEST = lease.LASTS + 30
AWAY = 2 * lease.LASTS + 30     # seconds


class Machine:
    """One of two: its configuration, its way to the ledger's server, the daemon on it."""

    life: Daemon

    def __init__(self, country: Path, name: str, wire: BreakingWire, url: str) -> None:
        self.name, self.wire, self.place = name, wire, country / name
        self.place.mkdir()
        for each in ("register.csv", "imap-password", "token.keys", "address-rules.toml",
                     "sarabanwatch.toml"):
            shutil.copy(country / each, self.place)
        configure(self.place, "ledger", url=url)
        configure(self.place, "pace", in_all_a_minute=A_MINUTE)
        self._stack = AsyncExitStack()

    async def start(self) -> None:
        """Start the daemon, in place of one that has ended."""
        self.life = await self._stack.enter_async_context(daemon(self.place))

    async def end(self) -> None:
        """End every daemon that was started here."""
        await self._stack.aclose()


def paused(machine: Machine) -> None:
    os.kill(machine.life.pid, signal.SIGSTOP)


def killed(machine: Machine) -> None:
    os.kill(machine.life.pid, signal.SIGKILL)


def cut_off(machine: Machine) -> None:
    machine.wire.close()


def swallowed(machine: Machine) -> None:
    machine.wire.swallow()


def asked_to_stop(machine: Machine) -> None:
    os.kill(machine.life.pid, signal.SIGTERM)


def woken(machine: Machine) -> None:
    os.kill(machine.life.pid, signal.SIGCONT)


def let_back(machine: Machine) -> None:
    machine.wire.close()        # where it was not, a network that works again resets what hung
    machine.wire.mend()


def nothing(_machine: Machine) -> None:
    """It has ended."""


# How a leader fails, what is done once another leads, and how its program ends then.
HOW: tuple[tuple[Callable[[Machine], None], Callable[[Machine], None], int], ...] = (
    (killed, nothing, -signal.SIGKILL),
    (paused, woken, 74),
    (cut_off, let_back, 74),
    (swallowed, let_back, 74),
    (asked_to_stop, nothing, 0),
)


@asynccontextmanager
async def machines(country: Path, url: str) -> AsyncIterator[tuple[Machine, Machine]]:
    with ExitStack() as wires:
        one, two = (Machine(country, name, *wires.enter_context(beside(url)))
                    for name in ("one", "two"))
        try:
            await one.start()
            await one.life.says("leads")
            await two.start()
            await two.life.says("stands by")
            yield one, two
        finally:
            await asyncio.gather(one.end(), two.end())


async def _fails(leader: Machine, other: Machine, fails: Callable[[Machine], None],
                 mends: Callable[[Machine], None], status: int) -> float:
    """Have a leader fail, and the other take its place; return the seconds without one."""
    await leader.life.says("sent", A_FEW)
    began = monotonic()
    fails(leader)
    await other.life.says("leads")
    gap = monotonic() - began
    await other.life.says("sent", A_FEW)
    mends(leader)
    assert await leader.life.end() == status, leader.life.complaints
    await leader.start()
    await leader.life.says("stands by")
    return gap


async def _gaps(one: Machine, two: Machine) -> list[tuple[str, float]]:
    """Return how the leader failed each time, and for how many seconds nobody led then."""
    gaps = []
    for number in range(TIMES):
        fails, mends, status = HOW[number % len(HOW)]
        gap = await _fails(one, two, fails, mends, status)
        gaps.append((fails.__name__, gap))
        print(f"{number + 1:3} {fails.__name__:14} {gap:5.1f} s without a leader", flush=True)
        one, two = two, one
    assert await one.life.stop() == 0
    assert await two.life.stop() == 0
    return gaps


async def test_nothing_leaves_twice_and_nothing_is_lost_in_twenty_failovers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    with postgres.server() as (url, _), capsys.disabled():
        async with land(tmp_path, AGENCIES, SEED, "--rate", RATE):
            configure(tmp_path, "ledger", url=url)
            configure(tmp_path, "metrics", port=0)
            async with machines(tmp_path, url) as (one, two):
                gaps = await _gaps(one, two)
            in_doubt = _assert_kept(Witness(tmp_path))
            print(f"{TIMES} failovers: 0 letters twice, 0 lost, {in_doubt} in doubt; longest "
                  f"without a leader {max(gap for _, gap in gaps):.1f} s, where a lease lasts "
                  f"{lease.LASTS:g} s")
            assert in_doubt <= LINES * TIMES
            assert max(gap for _, gap in gaps) < LONGEST


async def test_while_the_server_is_away_for_minutes_both_wait_and_the_same_one_leads_on(
    tmp_path: Path,
) -> None:
    with postgres.server() as (url, server):
        async with land(tmp_path, AGENCIES, SEED, "--rate", RATE):
            configure(tmp_path, "ledger", url=url)
            configure(tmp_path, "metrics", port=0)
            async with machines(tmp_path, url) as (one, two):
                await one.life.says("sent", A_FEW)
                postgres.end(server)
                await one.life.says("ledger away")
                sent = len(one.life.said("sent"))
                await asyncio.sleep(AWAY)
                await asyncio.to_thread(postgres.start, server)
                await one.life.says("sent", sent + LINES + A_FEW)
                assert not two.life.said("leads")
                assert await one.life.stop() == await two.life.stop() == 0
            assert _assert_kept(Witness(tmp_path)) == 0


def _assert_kept(witness: Witness) -> int:
    """No letter left twice, none is lost, none is left in the middle; return those in doubt."""
    fates, heard = _fates(witness), {letter.token for letter in witness.heard()}
    assert witness.twice() == {}
    assert [token for token, fate in fates.items()
            if (fate == "accepted" and token not in heard)
            or (fate not in {"accepted", "doubtful"} and token in heard)] == []
    counts = Counter(fates.values())
    assert counts["sending"] == 0
    return counts["doubtful"]


def _fates(witness: Witness) -> dict[str, str]:
    """Return what became of each letter; of one that waits or is being sent, its state."""
    return dict(witness.rows(
        "SELECT token, CASE fate WHEN '' THEN state ELSE fate END FROM letter"))
