"""The socket on which a daemon tells its status."""

import asyncio
import socket
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fakes.standing import WELL
from sarabanwatch.core.overview import Overview
from sarabanwatch.edge.status_client import ask
from sarabanwatch.edge.status_endpoint import app
from sarabanwatch.edge.web import listen_here, serve

SECONDS = 60.0


@asynccontextmanager
async def served(path: Path, tell: Callable[[], Awaitable[Overview]],
                 failures: list[BaseException]) -> AsyncIterator[None]:
    serving = asyncio.create_task(serve(app(tell, failures.append), listen_here(path)))
    yield
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving


async def well() -> Overview:
    return WELL


@pytest.mark.parametrize("depth", [1, 20], ids=["a short path", "a path too long for a socket"])
async def test_who_may_ask_is_told_how_we_stand(tmp_path: Path, depth: int) -> None:
    path = tmp_path.joinpath(*["deep-folder"] * depth, "status.sock")
    path.parent.mkdir(parents=True)
    async with served(path, well, []):
        assert await asyncio.to_thread(ask, path, SECONDS) == WELL
        assert stat.S_IMODE(path.stat().st_mode) == 0o660


async def test_a_socket_that_an_earlier_life_left_is_replaced(tmp_path: Path) -> None:
    listen_here(tmp_path / "status.sock").close()
    async with served(tmp_path / "status.sock", well, []):
        assert await asyncio.to_thread(ask, tmp_path / "status.sock", SECONDS) == WELL


async def test_what_cannot_be_told_is_no_answer_and_the_daemon_hears_why(tmp_path: Path) -> None:
    async def broken() -> Overview:
        raise OSError("the disk is gone")

    failures = list[BaseException]()
    async with served(tmp_path / "status.sock", broken, failures):
        assert await asyncio.to_thread(ask, tmp_path / "status.sock", SECONDS) is None
    assert [str(failure) for failure in failures] == ["the disk is gone"]


def test_where_nobody_listens_there_is_no_answer(tmp_path: Path) -> None:
    assert ask(tmp_path / "status.sock", SECONDS) is None
    assert ask(tmp_path / "no-folder" / "status.sock", SECONDS) is None
    listen_here(tmp_path / "status.sock").close()
    assert ask(tmp_path / "status.sock", SECONDS) is None


def test_one_that_never_answers_is_given_up(tmp_path: Path) -> None:
    hung = listen_here(tmp_path / "status.sock")
    assert ask(tmp_path / "status.sock", 0.2) is None
    hung.close()


@pytest.mark.parametrize("said", [
    b"", b"hello\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"])
def test_what_is_no_answer_of_ours_is_none(tmp_path: Path, said: bytes) -> None:
    listening = listen_here(tmp_path / "status.sock")

    async def answered() -> Overview | None:
        asked = asyncio.create_task(asyncio.to_thread(ask, tmp_path / "status.sock", SECONDS))
        line, _ = await asyncio.to_thread(listening.accept)
        line.sendall(said)
        line.shutdown(socket.SHUT_WR)
        try:
            return await asked
        finally:
            line.close()

    assert asyncio.run(answered()) is None
    listening.close()
