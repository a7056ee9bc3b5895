"""How long the reading of a register takes, and how much memory.

Python tests/bench/register.py [LIST.csv].

Prints seconds and the child's peak memory for lists of several sizes and forms, beside a bare
csv.reader over the same octets.
"""

import csv
import io
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import tests_path  # noqa: F401 - for its effect

from corpus.register import books
from corpus.register.hostile import HARD, many
from sarabanwatch.core.facts.local import expected_address, parse

LIST = Path(__file__).parents[3] / "shared" / "data" / "local_governments.csv"
READ = """
import resource, sys
from pathlib import Path
from sarabanwatch.edge import register
try:
    read = register.load(Path(sys.argv[1]))
    said = f"{len(read.entries):,} entries, {len(read.problems):,} problems"
except register.Unreadable as refused:
    said = str(refused).partition(": ")[2][:60]
both = resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF
peak = [resource.getrusage(who).ru_maxrss / 1024 for who in both]
print(f"{peak[0]:6.0f} MB child {peak[1]:6.0f} MB caller  {said}")
"""


def measure(name: str, octets: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "register.csv"
        file.write_bytes(octets)
        began = time.perf_counter()
        said = subprocess.run([sys.executable, "-c", READ, str(file)], capture_output=True,
                              text=True, check=True).stdout.strip()
        print(f"{name:<28} {len(octets) / 1e6:7.2f} MB {time.perf_counter() - began:7.2f} s {said}")


def bare(octets: bytes) -> None:
    began = time.perf_counter()
    rows = sum(1 for _ in csv.reader(io.StringIO(octets.decode("utf-8-sig"), newline="")))
    print(f"{'  csv.reader alone':<28} {'':10} {time.perf_counter() - began:7.2f} s {rows:,} rows")


def main() -> None:
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else LIST
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    if source.exists():
        octets = source.read_bytes()
        measure(source.name, octets)
        bare(octets)
        rows = list(csv.reader(io.StringIO(octets.decode("utf-8-sig"), newline="")))
        for name, book in (("as XLSX", books.xlsx), ("as ODS", books.ods), ("as XLS", books.xls)):
            measure(f"  {name}", book(rows))
        codes = [row[0] for row in rows[1:]]
        understood = sum(parse(code) is not None for code in codes)
        expected = sum(bool(expected_address(code, "dla.go.th")) for code in codes)
        print(f"  codes understood: {understood:,} of {len(codes):,}, "
              f"addresses expected: {expected:,}")
    octets = many(200_000)
    measure("200,000 rows", octets)
    bare(octets)
    for name in ("one row more", "16,000 columns", "16,000 columns and 400 rows",
                 "1 MB in one cell", "a bomb", "a bomb that lies", "a cell in the far corner"):
        measure(name, HARD[name][0]())


if __name__ == "__main__":
    main()
