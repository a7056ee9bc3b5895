"""The programs of a demo: started, with their logs in files, waited for, and ended with it."""

import json
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sarabanwatch.core.errors import UnavailableError

READY_WITHIN = 60.0     # wall seconds for the land, and for the daemon, to stand
DRAINED_WITHIN = 90.0   # for the daemon to end what it has in hand


class Program:
    """One program: `name` is how a person calls it; its stderr goes to the log."""

    def __init__(self, name: str, process: subprocess.Popen[str], log: Path) -> None:
        self._name, self._process, self._log = name, process, log

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self._process.pid

    def until_ready(self) -> None:
        """Wait until it prints READY; raise UnavailableError where it does not."""
        assert self._process.stdout is not None  # noqa: S101 - asked for when it was started
        readable, _, _ = select.select([self._process.stdout], [], [], READY_WITHIN)
        if not readable:
            raise self._not_there()
        if not self._process.stdout.readline().startswith("READY"):
            raise UnavailableError(f"{self._name} did not start; is the extra installed? "
                                   f"(pip install 'sarabanwatch[demo]')\n{self.last_words()}")

    def until_logged(self, event: str) -> dict[str, Any]:
        """Wait until it logs an event, and return that line; raise UnavailableError otherwise."""
        until = time.monotonic() + READY_WITHIN
        while time.monotonic() < until and self._process.poll() is None:
            for line in self._log.read_text(encoding="utf-8").splitlines():
                if line.endswith("}") and f'"{event}"' in line:
                    return dict(json.loads(line))
            time.sleep(0.1)
        raise self._not_there()

    def _not_there(self) -> UnavailableError:
        """Say whether it ended, or is only slow: the remedies differ."""
        if self._process.poll() is not None:
            return UnavailableError(f"{self._name} did not start:\n{self.last_words()}")
        return UnavailableError(
            f"{self._name} runs, and was not ready after {READY_WITHIN:.0f} s: the machine is too "
            f"busy; try again with fewer agencies, or later\n{self.last_words()}".rstrip())

    def lives(self) -> None:
        """Raise UnavailableError where it has ended."""
        if self._process.poll() is not None:
            status = self._process.returncode
            raise UnavailableError(
                f"{self._name} ended by itself, with status {status}:\n{self.last_words()}")

    def stop(self) -> None:
        """End it as systemd does; raise UnavailableError where it hangs, or ends with an error."""
        self._process.terminate()
        try:
            status = self._process.wait(DRAINED_WITHIN)
        except subprocess.TimeoutExpired:
            raise UnavailableError(
                f"{self._name} did not end in {DRAINED_WITHIN:.0f} s:\n{self.last_words()}"
            ) from None
        if status:
            raise UnavailableError(f"{self._name} ended with status {status}:\n{self.last_words()}")

    def last_words(self, lines: int = 5) -> str:
        """Return the end of its log."""
        return "\n".join(self._log.read_text(encoding="utf-8").splitlines()[-lines:])


@contextmanager
def started(name: str, module: str, *args: str, log: Path) -> Iterator[Program]:
    """Run a module as a program of its own; after the body it is told to end, then killed."""
    command = [sys.executable, "-I", "-m", module, *args]
    with log.open("w") as err:
        process = subprocess.Popen(  # noqa: S603 - our own programs
            command, stdout=subprocess.PIPE, stderr=err, text=True)
    with process:
        try:
            yield Program(name, process, log)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
