"""The land as a program: its arguments, its start and its end."""

import asyncio
import json
import os
import signal
import sys
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from fakes.cut import cut, doors
from sarabanland.__main__ import main

Start = Callable[..., Awaitable[asyncio.subprocess.Process]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Starts lands with these words; ends those that a test leaves running."""
    lands: list[asyncio.subprocess.Process] = []

    async def begin(*words: object) -> asyncio.subprocess.Process:
        lands.append(await asyncio.create_subprocess_exec(
            sys.executable, "-m", "sarabanland", *map(str, words),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE))
        return lands[-1]

    yield begin
    for land in lands:
        if land.returncode is None:
            land.kill()
        await land.communicate()


def children(process: int) -> list[int]:
    return [
        int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()
    ]


def running(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


async def gone(process: int) -> None:
    """Wait until a process, not our child, has ended."""
    watched = os.pidfd_open(process)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(watched, ended.set)
    await ended.wait()
    asyncio.get_running_loop().remove_reader(watched)
    os.close(watched)


async def ready(land: asyncio.subprocess.Process, folder: Path) -> int:
    """Wait for READY; return the inbox's process."""
    assert land.stdout
    assert (await land.stdout.readline()).decode() == f"READY {folder}\n"
    [inbox] = children(land.pid)
    return inbox


async def test_two_lands_play_side_by_side_and_each_ends_cleanly_when_told(tmp_path: Path,
                                                                           start: Start) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    lands = [await start("--agencies", 50, "--seed", 3, "--dir", folder) for folder in (one, two)]
    inboxes = [await ready(land, folder) for land, folder in zip(lands, (one, two), strict=True)]
    assert (one / "register.csv").read_bytes() == (two / "register.csv").read_bytes()
    assert (one / "truth.json").read_bytes() == (two / "truth.json").read_bytes()
    assert json.loads((one / "truth.json").read_text())["total"] == 50
    assert (one / "letters.jsonl").read_bytes() == b""
    settings = [tomllib.loads((folder / "sarabanwatch.toml").read_text()) for folder in (one, two)]
    assert settings[0]["relay"]["port"] != settings[1]["relay"]["port"]
    assert ((one / "imap-password").stat().st_mode & 0o777) == 0o600
    lands[0].send_signal(signal.SIGTERM)
    lands[1].send_signal(signal.SIGINT)
    for land, inbox in zip(lands, inboxes, strict=True):
        _, complaints = await land.communicate()
        assert (land.returncode, complaints) == (0, b"")
        assert not running(inbox)


async def test_a_killed_land_leaves_no_inbox_behind(tmp_path: Path, start: Start) -> None:
    land = await start("--agencies", 1, "--dir", tmp_path)
    inbox = await ready(land, tmp_path)
    land.kill()
    await gone(inbox)


async def test_a_land_whose_inbox_dies_says_so_and_ends(tmp_path: Path, start: Start) -> None:
    land = await start("--agencies", 2, "--dir", tmp_path)
    os.kill(await ready(land, tmp_path), signal.SIGKILL)
    _, complaints = await land.communicate()
    assert land.returncode == 1
    assert complaints.decode().startswith("sarabanland: the inbox ended")


@pytest.mark.parametrize("section", ["relay", "dns"])
async def test_a_land_that_loses_a_door_says_so_and_ends(tmp_path: Path, start: Start,
                                                         section: str) -> None:
    land = await start("--agencies", 2, "--dir", tmp_path)
    await ready(land, tmp_path)
    assert cut(land.pid, doors(tmp_path)[section])
    _, complaints = await land.communicate()
    assert land.returncode == 1
    assert complaints.decode().splitlines()[-1].startswith("sarabanland: ")


async def test_a_land_ends_when_told_though_its_inbox_is_being_read(tmp_path: Path,
                                                                    start: Start) -> None:
    land = await start("--agencies", 2, "--dir", tmp_path)
    inbox = await ready(land, tmp_path)
    reader, writer = await asyncio.open_connection("127.0.0.1", doors(tmp_path)["inbox"])
    assert (await reader.readline()).startswith(b"* OK")
    land.send_signal(signal.SIGTERM)
    assert await land.wait() == 0
    assert not running(inbox)
    writer.close()


@pytest.mark.parametrize(("words", "complaint"), [
    (("--agencies", "0", "--dir", "x"), "--agencies 0: give a number from 1 to"),
    (("--agencies", "many", "--dir", "x"), "argument --agencies: invalid int value: 'many'"),
    (("--rate", "0", "--dir", "x"), "--rate 0: give a number from 1"),
    (("--dir", "/proc/none/here"), "--dir /proc/none/here: "),
    ((), "the following arguments are required: --dir"),
    (("--dir", "x", "--folly"), "unrecognized arguments: --folly"),
])
def test_wrong_words_get_one_clear_line_and_status_two(
        capsys: pytest.CaptureFixture[str], words: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    said, complaints = capsys.readouterr()
    assert (ended.value.code, said) == (2, "")
    assert complaints.startswith(f"sarabanland: {complaint}")
    assert complaints.count("\n") == 1
