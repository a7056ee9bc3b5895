"""The demo ends its land and daemon in every case, and says why where the land fails."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from urllib.request import urlopen

import pytest

from fakes.cut import cut, doors
from sarabanwatch.cli import demo_programs
from sarabanwatch.cli.demo import _calm
from sarabanwatch.cli.demo_programs import Program
from sarabanwatch.core.errors import UnavailableError
from sarabanwatch.wiring import Components

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
    command = [sys.executable, "-m", "sarabanwatch", "demo", "--agencies", "5", "--keep",
               str(place)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as demo:
        assert demo.stderr
        for line in demo.stderr:
            if "metrics" in line:       # both run
                break
        assert len(running(place)) > 1
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(600) == 130
    assert running(place) == []


@contextmanager
def demo(place: Path, *before: str, minutes: float = 15) -> Iterator[subprocess.Popen[str]]:
    """A demo whose land and daemon run; `before` is run first in its Python.

    None of its processes outlives the body.
    """
    words = ["demo", "--agencies", "5", "--keep", str(place), "--minutes", str(minutes)]
    code = "\n".join(("import sys", *before, "from sarabanwatch.cli import main",
                      f"sys.argv[1:] = {words!r}", "main()"))
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE,
                          text=True) as program:
        assert program.stderr
        next(line for line in program.stderr if "metrics" in line)
        yield program
    assert running(place) == []


def child(of: int, module: str) -> int:
    """Return the child process that runs a module."""
    children = Path(f"/proc/{of}/task/{of}/children").read_text().split()
    return next(int(pid) for pid in children
                if module in Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0"))


def ended(program: subprocess.Popen[str]) -> str:
    """Return its last output; it must end with status 69 within minutes."""
    _, words = program.communicate(timeout=600)
    assert program.returncode == 69
    return words


@pytest.mark.parametrize("part", ["relay", "inbox", "dns"])
def test_a_stage_that_has_fallen_ends_the_demo_with_the_reason(tmp_path: Path, part: str) -> None:
    with demo(tmp_path / "land") as program:
        land = child(program.pid, "sarabanland")
        if part == "inbox":
            os.kill(child(land, "sarabanland.imapd"), signal.SIGKILL)
        else:
            assert cut(land, doors(tmp_path / "land")[part])
        said = ended(program)
    assert "the land ended by itself" in said
    assert "sarabanland: " in said


@pytest.mark.parametrize(("module", "ended_by", "reason"), [
    ("sarabanland", signal.SIGSTOP, "nothing has moved for 5 s"),
    ("sarabanwatch", signal.SIGSTOP, "nothing has moved for 5 s"),
    ("sarabanwatch", signal.SIGKILL, "the daemon ended by itself, with status -9"),
])
def test_a_land_or_a_daemon_that_is_silent_or_dead_ends_the_demo(
        tmp_path: Path, module: str, ended_by: signal.Signals, reason: str) -> None:
    with demo(tmp_path / "land", "from sarabanwatch.cli import demo", "demo.STILL = 5") as program:
        os.kill(child(program.pid, module), ended_by)
        said = ended(program)
    assert reason in said


def test_a_demo_whose_clock_outran_the_machine_says_so_when_it_is_given_up(tmp_path: Path) -> None:
    next_round = ("from sarabanwatch.cli import demo", "rounds = iter([1])",
                  "demo._running = lambda _: next(rounds, 2)")
    with demo(tmp_path / "land", *next_round, minutes=0) as program:
        said = ended(program)
    assert "the round's weeks are over: the machine is too busy for it" in said


def test_the_clock_of_what_is_left_behind_goes_on_as_the_walls_does(tmp_path: Path) -> None:
    config = tmp_path / "sarabanwatch.toml"
    config.write_text(EXERCISE.read_text(encoding="utf-8").replace("live = true", "live = false"),
                      encoding="utf-8")
    before = Components(config).clock.now()
    _calm(config)
    left = Components(config)
    assert (left.settings.clock.rate, left.settings.live) == (1, False)
    assert timedelta(0) <= left.clock.now() - before < timedelta(hours=1)


def test_at_the_end_the_page_can_be_looked_at_until_enter_is_pressed(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "sarabanwatch", "demo", "--agencies", "5", "--keep",
               str(tmp_path / "land"), "--serve"]
    with subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          text=True) as demo:
        assert demo.stdout
        address = next(line.split()[-1] for line in demo.stdout if "the page:" in line)
        with urlopen(address) as page:      # on loopback
            assert page.status == HTTPStatus.OK
        following = [next(demo.stdout).split() for _ in range(2)]
        assert all(line[-1] == str(tmp_path / "land/sarabanwatch.toml") for line in following)
        os.write(ours, b"\n")
        assert demo.wait(600) == 0
    os.close(ours)
    os.close(theirs)


def test_what_is_kept_can_be_gone_on_with_by_the_commands_that_the_demo_ends_with(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-m", "sarabanwatch", "demo", "--agencies", "5", "--keep",
               str(tmp_path / "land")]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    page, *following = said.rstrip().splitlines()[-3:]
    assert page.endswith(f" sarabanwatch page serve -c {tmp_path}/land/sarabanwatch.toml")
    for line in following:
        verb = line.partition(" sarabanwatch ")[2].split()
        subprocess.run([sys.executable, "-m", "sarabanwatch", *verb], capture_output=True,
                       check=True)


@pytest.mark.parametrize(("does", "said"), [
    ("import time; time.sleep(600)", "the daemon runs, and was not ready after 0 s: the machine"),
    ("", "the daemon did not start"),
])
def test_a_program_that_is_slow_is_not_said_to_have_failed(
    does: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = tmp_path / "log"
    log.write_text("")
    with subprocess.Popen([sys.executable, "-c", does], text=True) as process:
        if not does:
            process.wait()
        monkeypatch.setattr(demo_programs, "READY_WITHIN", 0)
        with pytest.raises(UnavailableError) as refused:
            Program("the daemon", process, log).until_logged("listening")
        process.kill()
    assert str(refused.value).startswith(said)
