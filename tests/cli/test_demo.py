"""The demo takes its land and its daemon with it, however it is ended."""

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from sarabanwatch.cli.demo import _calm
from sarabanwatch.wiring import Plant

EXERCISE = Path(__file__).parents[1] / "corpus/config/fast-and-live.toml"


def running(place: Path) -> list[str]:
    """Return the command lines that name a folder."""
    lines = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(file.read_bytes().replace(b"\0", b" ").decode())
        except OSError:     # it ended meanwhile
            continue
    return [line for line in lines if str(place) in line]


def test_sigterm_ends_the_land_and_the_daemon_too(tmp_path: Path) -> None:
    place = tmp_path / "land"
    command = [sys.executable, "-m", "sarabanwatch", "demo", "--agencies", "5", "--keep", str(place)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as demo:
        assert demo.stderr
        for line in demo.stderr:
            if "metrics" in line:       # both run
                break
        assert len(running(place)) > 1
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(60) == 130
    assert running(place) == []


def test_the_clock_of_what_is_left_behind_goes_on_as_the_walls_does(tmp_path: Path) -> None:
    config = tmp_path / "sarabanwatch.toml"
    config.write_text(EXERCISE.read_text(encoding="utf-8").replace("live = true", "live = false"), encoding="utf-8")
    before = Plant(config).clock.now()
    _calm(config)
    left = Plant(config)
    assert (left.settings.clock.rate, left.settings.live) == (1, False)
    assert timedelta(0) <= left.clock.now() - before < timedelta(hours=1)
