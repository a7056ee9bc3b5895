"""The daemon at its start: what it cannot do without is missed at once, in one line and with an exit code."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fakes.verbs import CONFIG, one_line
from fakes.wire import Scene, imap, playing, smtp


async def started(config: Path, relay: Scene | None, inbox: Scene | None, metrics: int = 0) -> tuple[int, str]:
    """Run the daemon to its end against a relay and an inbox (None: nobody); return its exit code and what it said."""
    async with (playing(relay) if relay else nobody()) as relay_port, (playing(inbox) if inbox else nobody()) as inbox_port:
        config.write_text(  # noqa: ASYNC240 - a few octets
            CONFIG.format(relay=relay_port, inbox=inbox_port, metrics=metrics), encoding="utf-8")
        daemon = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "sarabanwatch", "run", "-c", str(config), stderr=asyncio.subprocess.PIPE)
        _, err = await daemon.communicate()
    return daemon.returncode or 0, one_line(err.decode())


@asynccontextmanager
async def nobody() -> AsyncIterator[int]:
    """A port on which nobody listens, and nobody else may."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


async def knows_nobody(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Be an inbox that refuses every log-in."""
    writer.write(b"* OK ready\r\n")
    while line := await reader.readline():
        tag, verb, *_ = line.split()
        said = b"NO refused" if verb == b"LOGIN" else b"OK done"
        writer.write(b"* CAPABILITY IMAP4rev1 IDLE\r\n" * (verb == b"CAPABILITY") + tag + b" " + said + b"\r\n")


async def test_a_relay_that_does_not_answer_is_69(config: Path) -> None:
    code, said = await started(config, None, imap())
    assert code == 69
    assert "does not answer" in said
    assert said.endswith("see relay.host and relay.port")


async def test_a_relay_that_refuses_us_before_any_log_in_is_69_for_that_may_pass(config: Path) -> None:
    code, said = await started(config, smtp([], BANNER=b"554 5.7.1 not you"), imap())
    assert code == 69
    assert "refuses us: 554 5.7.1 not you; ask its postmaster to let watch.probe.test relay" in said


async def test_an_inbox_that_does_not_answer_is_69(config: Path) -> None:
    code, said = await started(config, smtp([]), None)
    assert code == 69
    assert said.endswith("see inbox.host and inbox.port")


async def test_a_wrong_imap_password_is_77_and_is_not_told(config: Path) -> None:
    code, said = await started(config, smtp([]), knows_nobody)
    assert code == 77
    assert said.endswith("refuses the log-in of 'probes'; see inbox.user and inbox.password_file")
    assert "secret" not in said


async def test_a_metrics_port_in_use_is_78_and_nothing_is_written(config: Path) -> None:
    ledger = config.parent / "ledger.db"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = await started(config, smtp([]), imap(), port)
    remedy = "stop who does, or choose another port"
    assert (code, said) == (78, f"metrics.port: cannot listen on 127.0.0.1:{port} (Address already in use); {remedy}")
    assert not ledger.exists()
