"""The demo takes its land and its daemon with it, however it is ended."""

import signal
import subprocess
import sys
from pathlib import Path


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
