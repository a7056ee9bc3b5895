"""The daemon at its start: relay, inbox or register may be away, and it says what it waits for.

Only a wrong configuration, a missing secret or a port that another process holds keeps it from
starting, and one line says so.
"""

import asyncio
import socket
from pathlib import Path
from urllib.request import urlopen

import pytest

from fakes.starting import nobody, started
from fakes.verbs import one_line
from fakes.wire import Scene, imap, smtp


def knows_nobody(log_ins: asyncio.Queue[bytes]) -> Scene:
    """Return an inbox that refuses every log-in."""
    async def scene(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        while line := await reader.readline():
            tag, verb, *_ = line.split()
            if verb == b"LOGIN":
                log_ins.put_nowait(line)
            said = b"NO [AUTHENTICATIONFAILED] wrong password" if verb == b"LOGIN" else b"OK done"
            writer.write(b"* CAPABILITY IMAP4rev1 IDLE\r\n" * (verb == b"CAPABILITY") + tag + b" "
                         + said + b"\r\n")
    return scene


async def test_with_nobody_there_it_starts_says_what_it_waits_for_and_can_be_asked(
    config: Path,
) -> None:
    async with started(config, None, None, '[register]\nfile = "not-there-yet.csv"\n') as life:
        await life.manager.hears("READY=1")
        await life.manager.hears("STATUS=", "กำลังรอ · waits for", "inbox (", "register (",
                                 "not-there-yet.csv")
        log = await life.stopped()
    assert [line["event"] for line in log if "listening" in line["event"]] == ["listening"]
    assert {"register refused", "mailbox lost"} <= {line["event"] for line in log}


async def test_its_metrics_tell_of_a_register_that_cannot_be_read_and_of_an_inbox_that_is_away(
    config: Path,
) -> None:
    (config.parent / "register.csv").write_bytes(b"\xff\xfe\x00 no list at all")
    async with nobody() as metrics:
        pass
    async with started(config, None, None, '[register]\nfile = "register.csv"\n', metrics) as life:
        await life.manager.hears("STATUS=", "register (", "register.csv")
        said = await asyncio.to_thread(
            lambda: urlopen(f"http://127.0.0.1:{metrics}/metrics").read().decode()
        )
        await life.stopped()
    assert "sarabanwatch_register_refused 1.0" in said
    assert "sarabanwatch_mailbox_up 0.0" in said


async def test_once_all_is_there_it_waits_for_nothing(config: Path) -> None:
    async with started(config, smtp([]), imap()) as life:
        await life.manager.hears("STATUS=", "watching")
        await life.stopped()


@pytest.mark.parametrize("banner", ["554 5.7.1 not you", "421 4.3.2 too many connections"])
async def test_a_relay_that_refuses_us_does_not_keep_it_from_starting(config: Path,
                                                                      banner: str) -> None:
    async with started(config, smtp([], BANNER=banner.encode()), imap()) as life:
        await life.manager.hears("READY=1")
        await life.manager.hears("STATUS=", "relay (", banner)
        await life.stopped()


async def test_a_refused_log_in_to_the_inbox_is_told_tried_rarely_and_the_password_is_not_told(
    config: Path,
) -> None:
    log_ins: asyncio.Queue[bytes] = asyncio.Queue()
    async with started(config, smtp([]), knows_nobody(log_ins)) as life:
        await life.manager.hears("READY=1")
        await log_ins.get()
        await life.manager.hears("STATUS=", "inbox (", "refuses the log-in of 'probes'")
        log = await life.stopped()
    barred = [line for line in log if "refuses the log-in" in line.get("error", "")]
    assert [line["level"] for line in barred] == ["error"]
    assert log_ins.empty()
    assert not any("secret" in line for line in [*life.manager.heard, *map(str, log)])


async def test_a_metrics_port_in_use_is_78_and_nothing_is_written(config: Path) -> None:
    ledger = config.parent / "ledger.db"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        async with started(config, smtp([]), imap(), metrics=port) as life:
            code, said = await life.ended()
    remedy = "stop the program that listens there, or choose another port"
    assert (code, one_line(said)) == (
        78, f"metrics.port: cannot listen on 127.0.0.1:{port} (Address already in use); {remedy}")
    assert not ledger.exists()


@pytest.mark.parametrize(("key", "name"), [("inbox.password_file", "imap-password"),
                                           ("token.key_file", "token.keys")])
async def test_a_missing_secret_is_78_and_is_named(config: Path, key: str, name: str) -> None:
    (config.parent / name).unlink()
    async with started(config, smtp([]), imap()) as life:
        code, said = await life.ended()
    assert (code, one_line(said)) == (
        78,
        (f"{key}: no file {name!r} in {config.parent / 'credentials'} or {config.parent}; "
        "put the secret there, mode 0600"),
    )
