"""How long from exec to READY, and what a question costs, as history grows.

    .venv/bin/python tests/bench/start.py [--agencies 8286] [--rounds 1 9 90] [--json]

The ledger is laid out by SQL (`fakes.past`). Relay and inbox are away: a start does not wait for
them.
"""

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import scene
import tests_path  # noqa: F401 - for its effect

from fakes.postgres import by_hand
from sarabanwatch import store
from sarabanwatch.wiring import Components

TURNS = 3


class Took(NamedTuple):
    """What a program took from exec on: seconds of the clock and of the processor; its most MB."""

    wall: float
    cpu: float
    peak_mb: float = 0.0


def started(components: Components) -> Took:
    """Run the daemon until it says READY; return what it took until then."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("")
        name = manager.getsockname()
        began = time.perf_counter()
        with subprocess.Popen([sys.executable, "-m", "sarabanwatch", "run", "-c", components.path],
                              env=os.environ | {"NOTIFY_SOCKET": "@" + name[1:].decode()},
                              stderr=subprocess.DEVNULL) as daemon:
            while b"READY=1" not in manager.recv(65536):
                pass
            took = Took(time.perf_counter() - began, used(daemon.pid),
                        scene.peak_mb(daemon.pid))
            daemon.send_signal(signal.SIGTERM)
        assert daemon.returncode == 0
    return took


def used(pid: int) -> float:
    """Return the seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def asked(components: Components, *words: str) -> Took:
    """Return what a verb takes to its end."""
    began, before = time.perf_counter(), os.times()
    subprocess.run([sys.executable, "-m", "sarabanwatch", *words, "-c", components.path],
                   capture_output=True, check=False)
    after = os.times()
    return Took(time.perf_counter() - began, sum(after[2:4]) - sum(before[2:4]))


def medians(what: str, turn: Callable[[], Took], turns: int = TURNS) -> Iterator[tuple[str, float]]:
    """Yield the medians of some turns: by the clock, and of processor."""
    took = [turn() for _ in range(turns)]
    yield f"{what}, s", statistics.median(each.wall for each in took)
    yield f"{what}, s of processor", statistics.median(each.cpu for each in took)


def due(components: Components) -> float:
    """Return the milliseconds in which the next letters are asked for."""
    now = components.clock.now()
    with by_hand(components.ledger_place) as db:
        began = time.perf_counter()
        store.pacing.due(db, now, 100)
    return 1000 * (time.perf_counter() - began)


def measured(agencies: int, past: int) -> Iterator[tuple[str, float]]:
    """Yield the figures of one ledger."""
    with TemporaryDirectory() as folder:
        components, _ = scene.imported(Path(folder), agencies)
        scene.lay_past(components, past)
        yield "ledger, MB", components.ledger_file.stat().st_size / 2**20
        yield from medians("first start", lambda: started(components), 1)   # a round is drafted
        yield from medians("start", lambda: started(components))
        yield from medians("status --line", lambda: asked(components, "status", "--line"))
        yield "due, ms", statistics.median(due(components) for _ in range(TURNS))


def main() -> None:
    """Print a table, a line a ledger."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--agencies", type=int, default=8286)
    words.add_argument("--rounds", type=int, nargs="+", default=[1, 9, 90])
    words.add_argument("--json", action="store_true")
    given = words.parse_args()
    found = {past: {what: round(figure, 2) for what, figure in measured(given.agencies, past)}
             for past in given.rounds}
    for past, figures in found.items():
        print(f"{given.agencies:,} agencies, {past} rounds over:",
              ", ".join(f"{what} {figure:g}" for what, figure in figures.items()))
    if given.json:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
