"""The daemon as shipped for hours: python -m real.as_shipped.soak HOURS [SECONDS-BETWEEN-LINES].

Prints a line now and then: restarts, memory, descriptors, the longest gap between two feeds of the
watchdog; mail comes all the while. Ends with 1 where it restarted, where a gap reached half of
WatchdogSec, or where an error was counted.
"""

import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from real.as_shipped import machine
from real.as_shipped.conftest import Shipped
from real.as_shipped.machine import AGENCIES, UNIT, US
from real.as_shipped.mails import replied

LOOKS = 5.0             # wall seconds between two looks at when the watchdog was fed
WATCHDOG = 120.0        # WatchdogSec of the unit
MAIL = 2_000_000        # octets of a reply that comes before each line


class Line(NamedTuple):
    """The daemon's state at one look."""

    hours: float
    restarts: int
    megabytes: float
    descriptors: int
    gap: float
    errors: float

    def __str__(self) -> str:
        return (f"{self.hours:6.2f} h  restarts {self.restarts}  memory {self.megabytes:6.1f} MB  "
                f"descriptors {self.descriptors:4}  longest gap {self.gap:5.1f} s  "
                f"errors {self.errors:g}")

    @property
    def well(self) -> bool:
        """Whether it runs as it should."""
        return not self.restarts and not self.errors and self.gap < WATCHDOG / 2


def soak(shipped: Shipped, hours: float, every: float) -> Iterator[Line]:
    """Watch the daemon for so long; yield its state now and then."""
    began = time.monotonic()
    with shipped.lab.journal(UNIT) as journal:
        journal.until(f'"good": {len(AGENCIES)}')
        shipped.verb("probe", "1002", "--now")
        journal.until('"serial": 3, "outcome": "taken"')
    letter = shipped.letter("replies.go.th")
    while time.monotonic() - began < hours * 3600:
        shipped.comes(replied(letter, AGENCIES["1002"], f"{int(time.monotonic())}/2569", MAIL),
                      AGENCIES["1002"], US)
        gap = longest_gap(shipped, every)
        yield found(shipped, (time.monotonic() - began) / 3600, gap)


def longest_gap(shipped: Shipped, seconds: float) -> float:
    """Return the longest time between two feeds of the watchdog in so many seconds."""
    ends, last, longest = time.monotonic() + seconds, shipped.fed_at(), 0
    while time.monotonic() < ends:
        time.sleep(LOOKS)       # nobody is told when a watchdog is fed
        fed = shipped.fed_at()
        longest, last = max(longest, fed - last), fed
    return longest / 1e6


def found(shipped: Shipped, hours: float, gap: float) -> Line:
    """Look at the daemon once."""
    lab = shipped.lab
    process = f"/proc/{lab.shown(UNIT, 'MainPID')}"
    held = len(lab.run("ls", f"{process}/fd").split())
    memory = re.search(r"VmRSS:\s+(\d+) kB", lab.run("cat", f"{process}/status"))
    assert memory
    errors = sum(value for name, value in shipped.metrics().items()
                 if name.startswith("sarabanwatch_errors_total"))
    return Line(hours, int(lab.shown(UNIT, "NRestarts")), int(memory[1]) / 1024, held, gap, errors)


def main(hours: float, every: float = 300.0) -> int:
    """Watch, and return whether all was well."""
    if reason := machine.missing():
        print(f"no machine in a box: {reason}", file=sys.stderr)
        return 69
    well = True
    with TemporaryDirectory() as folder, machine.standing(Path(folder)) as lab:
        lab.run("systemctl", "start", UNIT)
        for line in soak(Shipped(lab, Path(folder)), hours, every):
            print(line, flush=True)
            well = well and line.well
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:])))
