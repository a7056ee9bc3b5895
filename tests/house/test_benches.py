"""Benches are run by hand, and seldom: that they begin at all is seen here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHES = Path(__file__).parents[1] / "bench"
IMPORTED = """
import runpy, sys
sys.path[0] = sys.argv[1]       # as Python does for a program that is named by its path
runpy.run_path(f"{sys.argv[1]}/{sys.argv[2]}")
"""


@pytest.mark.parametrize("name", sorted(path.name for path in BENCHES.glob("*.py")))
def test_a_bench_finds_all_that_it_imports_when_it_is_run_as_the_readme_says(name, tmp_path):
    if name == "pictures.py":
        pytest.importorskip("playwright")
    bare = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    run = subprocess.run([sys.executable, "-c", IMPORTED, BENCHES, name], capture_output=True,
                         text=True, check=False, cwd=tmp_path, env=bare)
    assert (run.returncode, run.stderr) == (0, "")
