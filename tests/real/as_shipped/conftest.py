"""One machine for all tests of this folder: it runs for minutes."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from real.as_shipped import machine
from real.as_shipped.machine import CONFIG, PROGRAM, UNIT
from real.systemd.lab import Lab

PUT = """
import pathlib, smtplib, sys
folder, sender, to = sys.argv[1:]
with smtplib.SMTP("127.0.0.1", 25) as outside:
    outside.sendmail(sender, [to], pathlib.Path(folder).read_bytes())
"""
ASK = ("import sys, urllib.request as r; "
       "print(r.urlopen('http://127.0.0.1:9725/metrics').read().decode())")


class Shipped:
    """The machine, as its administrator and its neighbours see it."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self.lab, self._folder = lab, folder

    def verb(self, *words: str) -> str:
        """Run a verb by hand, as the manual says."""
        return self.lab.run(PROGRAM, *words, "--config", CONFIG)

    def explained(self, code: str) -> dict[str, Any]:
        """Return what is known of an agency."""
        told: dict[str, Any] = json.loads(self.verb("explain", code, "--json"))
        return told

    def letter(self, domain: str) -> bytes:
        """Return the letter that lies in an agency's box."""
        found = self.lab.run("sh", "-c", f"cat /srv/mail/{domain}/saraban/new/*")
        return found.encode()

    def comes(self, mail: bytes, sender: str, to: str) -> None:
        """Deliver a mail from outside."""
        file = self._folder / "outside.eml"
        file.write_bytes(mail)
        self.lab.run("/usr/bin/python3", "-I", "-c", PUT, str(file), sender, to)

    def writes(self, place: str, text: str) -> None:
        """Rewrite a file of the machine, as an editor does that keeps its owner and mode."""
        file = self._folder / "text"
        file.write_text(text)
        self.lab.run("sh", "-c", f"cat {file} > {place}")

    def metrics(self) -> dict[str, float]:
        """Return what Prometheus would scrape."""
        said = self.lab.run("/usr/bin/python3", "-I", "-c", ASK)
        return {name: float(value) for name, value in re.findall(r"^(sarabanwatch_\S+) (\S+)$",
                                                                 said, re.MULTILINE)}

    def fed_at(self) -> int:
        """Return when the watchdog was last fed, in microseconds of the machine's clock."""
        return int(self.lab.shown(UNIT, "WatchdogTimestampMonotonic"))


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shipped]:
    """A machine on which the daemon has just been started."""
    if reason := machine.missing():
        pytest.skip(f"no machine in a box: {reason}")
    folder = tmp_path_factory.mktemp("machine")
    with machine.standing(folder) as lab:
        lab.run("systemctl", "start", UNIT)
        yield Shipped(lab, folder)
