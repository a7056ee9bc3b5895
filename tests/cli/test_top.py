"""`top`: the screen of `status`, live in a terminal, once elsewhere."""

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fakes.mailroom import mailroom
from fakes.verbs import Run
from sarabanwatch.cli.top import ENTER, HOME, LEAVE, REST_OF_LINE, REST_OF_SCREEN, drawn

# whoever runs the tests in the background ignores Ctrl-C, and programs inherit that
AS_AT_A_KEYBOARD = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from sarabanwatch.cli import main
main()
"""


def rest(terminal: int) -> bytes:
    """Return what else is drawn; b"" at the end."""
    try:
        return os.read(terminal, 65536)
    except OSError:     # Linux' word for a terminal that nobody holds any more
        return b""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return mailroom(tmp_path)


def test_where_the_output_is_no_terminal_it_is_shown_once(run: Run, config: Path) -> None:
    code, out, err = run("top", "-c", config, "--lang", "en")
    assert (code, err) == (0, "")
    assert out.startswith("CRITICAL · ")
    assert "\x1b" not in out


@pytest.mark.timeout(300)
def test_in_a_terminal_it_is_drawn_again_until_ctrl_c_which_gives_the_screen_back(
    config: Path,
) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", AS_AT_A_KEYBOARD, "top", "--every", "0.5", "--lang", "en",
               "-c", str(config)]
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, stdin=theirs) as screen:
        os.close(theirs)
        try:
            seen = b""
            while seen.count(HOME.encode()) < 2:
                seen += os.read(ours, 65536)
            screen.send_signal(signal.SIGINT)
            seen += b"".join(iter(lambda: rest(ours), b""))
            assert screen.wait() == 0
        finally:
            screen.kill()
    os.close(ours)
    assert seen.startswith(ENTER.encode())
    assert seen.endswith(LEAVE.encode())
    assert b"CRITICAL" in seen


@pytest.mark.parametrize(("room", "kept"), [
    (24, ["CRITICAL", "", "round", "", "how"]), (4, ["CRITICAL", "", "", "how"]), (1, ["how"]),
])
def test_on_a_small_screen_what_is_wrong_stays_and_so_does_how_it_ends(
    room: int, kept: list[str],
) -> None:
    text = drawn(["CRITICAL", "", "round"], "how", room)
    assert text.removesuffix(REST_OF_SCREEN).replace(REST_OF_LINE, "").split("\n") == kept
