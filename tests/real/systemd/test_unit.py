"""systemd-analyze accepts the unit as it is."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not shutil.which("systemd-analyze"),
                       reason="systemd-analyze is not installed"),
]


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)


def test_systemd_understands_every_line(runnable_unit: Path) -> None:
    """An unknown key is only warned about, so silence is what we want."""
    said = analyze("verify", str(runnable_unit))
    assert runnable_unit.name not in said.stderr
    assert said.returncode == 0


def test_a_misspelt_line_would_be_seen(runnable_unit: Path) -> None:
    runnable_unit.write_text(runnable_unit.read_text().replace("[Service]",
                                                               "[Service]\nProtectHomes=yes"))
    assert runnable_unit.name in analyze("verify", str(runnable_unit)).stderr


def test_the_exposure_is_under_2(unit: Path) -> None:
    said = analyze("security", "--offline=true", "--threshold=20", str(unit))
    assert said.returncode == 0, said.stdout
    score = re.search(r"exposure level for \S+ (\d+\.\d+)", said.stdout)
    assert score
    assert float(score[1]) < 2.0
