"""The daemon, started as a service manager does, beside a relay and an inbox of a test."""

import json
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import PIPE

from fakes import forked
from fakes.manager import Manager, managing
from fakes.verbs import CONFIG
from fakes.wire import Scene, playing


class Started:
    """A daemon at its start: the messages to its service manager, and its output."""

    def __init__(self, process: forked.Program, manager: Manager) -> None:
        self._process, self.manager = process, manager

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def hangup(self) -> None:
        """Ask it to read its configuration again (SIGHUP)."""
        self.manager.heard.clear()
        self._process.send_signal(signal.SIGHUP)

    async def stopped(self) -> list[dict[str, str]]:
        """End it as systemd does; return its log. It ends well."""
        self._process.send_signal(signal.SIGTERM)
        code, err = await self.ended()
        assert code == 0, err
        return [json.loads(line) for line in err.splitlines()]

    async def ended(self) -> tuple[int, str]:
        """Return its exit code and what it said."""
        _, err = await self._process.communicate()
        return self._process.returncode or 0, err.decode()


@asynccontextmanager
async def started(
    config: Path, relay: Scene | None, inbox: Scene | None, more: str = "", metrics: int = 0,
) -> AsyncIterator[Started]:
    """Start the daemon beside a relay and an inbox (None: nobody)."""
    async with (
        playing(relay) if relay else nobody() as relay_port,
        playing(inbox) if inbox else nobody() as inbox_port,
        managing(config.parent.name) as manager,
    ):
        config.write_text(  # noqa: ASYNC240 - a few octets
            CONFIG.format(relay=relay_port, inbox=inbox_port, metrics=metrics) + more,
            encoding="utf-8")
        daemon = await forked.program("sarabanwatch", "run", "-c", str(config), stderr=PIPE,
                                      **manager.environment)
        try:
            yield Started(daemon, manager)
        finally:
            if daemon.returncode is None:
                daemon.send_signal(signal.SIGKILL)
                await daemon.wait()


@asynccontextmanager
async def nobody() -> AsyncIterator[int]:
    """A port on which nobody listens, and nobody else may."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]
