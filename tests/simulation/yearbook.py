"""What is written down of a year: a line a round, and the whole of it as a number."""

import gc
import os
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from simulation.census import RoundFound
from simulation.jumping import SimClock

HEAD = ("round  letters canaries suspects incidents wrong unknown left-out  RSS MiB  fds  ledger "
        "seconds")


@dataclass
class Row:
    """One line of the table: what a round came to, and what it cost us."""

    found: RoundFound
    rss: int            # octets of memory, after everything unused was given back
    descriptors: int
    octets: int         # of the ledger
    seconds: float      # of the processor

    @classmethod
    def of(cls, found: RoundFound, ledger: Path, seconds: float) -> "Row":
        """Measure what we take now that a round has ended."""
        gc.collect()
        descriptors = len(list(Path("/proc/self/fd").iterdir()))
        return cls(found, resident(), descriptors, ledger.stat().st_size, seconds)

    def __str__(self):
        f = self.found
        return (f"{f.number:5} {f.letters:8} {f.canaries:8} {f.suspects:8} {f.incidents:9} "
                f"{len(f.wrong):5} {f.unknown:7} {len(f.left_out):8} {self.rss / 2**20:8.1f} "
                f"{self.descriptors:4} {self.octets / 2**20:7.2f} {self.seconds:7.1f}")


@dataclass
class Story:
    """What happened in a year, as a number; two plays of a seed agree on it."""

    clock: SimClock
    faults: Counter = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    octets: object = field(default_factory=sha256)

    def note(self, *words) -> None:
        """Add one thing; a backup's folder is another in each play."""
        if words[0] != "backed_up":
            line = " ".join([self.clock.now().isoformat(), *map(repr, words), "\n"])
            self.octets.update(line.encode())

    @property
    def digest(self) -> str:
        """The whole year in one number."""
        return self.octets.hexdigest()


def resident() -> int:
    """Return how many octets of memory we take."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
