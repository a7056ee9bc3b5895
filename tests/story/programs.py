"""The two programs of a story, as in life: the land and the daemon, each followed by its output."""

import asyncio
import json
import os
import re
import signal
import sys
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Any

from fakes import forked
from fakes.verbs import one_line

LOOK = 0.1          # wall seconds between two looks at what tells nobody that it changes
WITHIN = 500.0      # wall seconds after which a wait is given up; a passing one takes a few
Line = dict[str, Any]
LEDGER: dict[str, str] = {}     # what a land's configuration says of its ledger (`conftest`)


class Ended(Exception):  # noqa: N818 - said of the program
    """The daemon ended while a story waited for its next line of output."""


class Daemon:
    """One life of the daemon: its log as it comes, its end."""

    def __init__(self, process: asyncio.subprocess.Process | forked.Program) -> None:
        self._process = process
        self._heard = asyncio.Condition()
        self.log: list[Line] = []
        self.complaints: list[str] = []     # lines that are no log lines
        self._silent = False
        self._listening = asyncio.create_task(self._listen())

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    async def _listen(self) -> None:
        assert self._process.stderr
        async for raw in self._process.stderr:
            line = raw.decode()
            async with self._heard:
                if line.startswith("{"):
                    self.log.append(json.loads(line))
                else:
                    self.complaints.append(line.rstrip())
                self._heard.notify_all()
        async with self._heard:
            self._silent = True
            self._heard.notify_all()

    def said(self, event: str, **facts: object) -> list[Line]:
        """Return the lines of one event so far, those with these facts."""
        return [line for line in self.log if line["event"] == event
                and facts.items() <= line.items()]

    async def says(self, event: str, times: int = 1, **facts: object) -> Line:
        """Wait until it has said so, so many times in this life; return the last of them."""
        await self.until(lambda: len(self.said(event, **facts)) >= times)
        return self.said(event, **facts)[times - 1]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds that only its next line can change; raise Ended at its end."""
        async with asyncio.timeout(WITHIN), self._heard:
            await self._heard.wait_for(lambda: holds() or self._silent)
        if not holds():
            self.lives()

    async def shows(self, sample: str) -> None:
        """Wait until its metrics show a sample."""
        address = (await self.says("listening"))["metrics"]
        async with asyncio.timeout(WITHIN):
            while sample not in (await asyncio.to_thread(_read, address)).splitlines():
                self.lives()
                await asyncio.sleep(LOOK)

    def why(self) -> str:
        """Return the one error that it ended with, in English; its Thai stands above it."""
        return one_line("\n".join(self.complaints))

    def lives(self) -> None:
        """Raise Ended where it has ended, with what it said last."""
        if self._silent:
            raise Ended("\n".join(self.complaints[-20:]) or "without a word")

    async def kill(self) -> None:
        """End it as the kernel does when memory is short: nothing more is written."""
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
        await self.end()

    async def stop(self) -> int:
        """End it as systemd does; return the exit status."""
        self._process.send_signal(signal.SIGTERM)
        return await self.end()

    async def end(self) -> int:
        """Wait for its end; return the exit status."""
        async with asyncio.timeout(WITHIN):
            await self._listening
            return await self._process.wait()


def _read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=WITHIN) as answer:
        text: str = answer.read().decode()
        return text


async def started(*words: str, stderr: int, **surroundings: str) -> asyncio.subprocess.Process:
    """Start `python -m WORDS` anew: a library that is loaded before all others comes no later."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", *words, stdin=DEVNULL, stdout=DEVNULL, stderr=stderr,
        env=os.environ | surroundings)


async def verb(place: Path, *words: str, status: int = 0) -> str:
    """Run a verb beside the daemon, as a person would, and return its output; it ends with a
    status."""
    ended, out, err = await tried(place, *words)
    assert ended == status, err
    return out


async def tried(place: Path, *words: str) -> tuple[int | None, str, str]:
    """Run a verb beside the daemon; return its status, its output and what it complains of."""
    process = await forked.program("sarabanwatch", *words, "--config",
                                   str(place / "sarabanwatch.toml"), stdout=PIPE, stderr=PIPE)
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


@asynccontextmanager
async def daemon(place: Path, **surroundings: str) -> AsyncIterator[Daemon]:
    """Start the daemon in a land, with these variables beside ours; it never outlives the body."""
    words = ("sarabanwatch", "run", "--config", str(place / "sarabanwatch.toml"))
    starts = started if "LD_PRELOAD" in surroundings else forked.program
    life = Daemon(await starts(*words, stderr=PIPE, **surroundings))
    try:
        yield life
    finally:
        await life.kill()


@asynccontextmanager
async def land(place: Path, agencies: int, seed: int, *more: str) -> AsyncIterator[Path]:
    """Play a country in a folder, from READY to the end of the body."""
    words = ("--agencies", str(agencies), "--seed", str(seed), "--dir", str(place), *more)
    with (place / "land.log").open("wb") as log:
        process = await forked.program("sarabanland", *words, stdout=PIPE, stderr=log.fileno())
    assert process.stdout
    try:
        async with asyncio.timeout(WITHIN):
            assert (await process.stdout.readline()).startswith(b"READY")
        if LEDGER:
            configure(place, "ledger", **LEDGER)
        yield place
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.communicate()
    assert process.returncode in (0, -signal.SIGTERM)


def port(place: Path, section: str) -> int:
    """Return the port that a section of the configuration names."""
    found = re.search(rf"\[{section}\][^\[]*?port = (\d+)", _settings(place))
    assert found
    return int(found[1])


def point(place: Path, section: str, to: int) -> None:
    """Let a section of the configuration name another port."""
    path = place / "sarabanwatch.toml"
    path.write_text(re.sub(rf"(\[{section}\][^\[]*?port = )\d+", rf"\g<1>{to}", _settings(place)),
                    encoding="utf-8")


def configure(place: Path, section: str, **says: object) -> None:
    """Set keys in a section of the configuration; what was set for them before is taken out."""
    lines = _settings(place).splitlines()
    heads = [at for at, line in enumerate(lines) if line.startswith("[")] + [len(lines)]
    at, end = next(((at, end) for at, end in pairwise(heads)
                    if lines[at].startswith(f"[{section}]")), (len(lines), len(lines)))
    kept = [line for line in lines[at + 1:end] if line.partition("=")[0].strip() not in says]
    said = [f"{key} = {json.dumps(value)}" for key, value in says.items()]
    whole = [*lines[:at], f"[{section}]", *said, *kept, *lines[end:], ""]
    (place / "sarabanwatch.toml").write_text("\n".join(whole), encoding="utf-8")


def _settings(place: Path) -> str:
    return (place / "sarabanwatch.toml").read_text(encoding="utf-8")
