"""The web server under a crowd: whoever asks is answered, and the daemon keeps its descriptors.

Connections that only hold a place are closed for others.
"""

import asyncio
import errno
import json
import resource
import socket
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from fakes.hurried import hurried
from sarabanwatch.edge import web
from sarabanwatch.edge.web import At, listen, serve

CROWD, DESCRIPTORS = 1500, 256
# Two applications behind doors of their own, as the daemon has them; a line on stdin asks how many
# descriptors are left to us.
DAEMON = """
import asyncio, json, os, resource, sys
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from sarabanwatch.edge.web import listen, serve

resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]),) * 2)

async def main():
    app = Starlette(routes=[Route("/", lambda _: PlainTextResponse("here"))])
    doors = [listen("127.0.0.1", 0, "page") for _ in range(2)]
    def told(error):
        print(f"told: {error}", file=sys.stderr)

    serving = [asyncio.create_task(serve(app, door, failed=told)) for door in doors]
    print(json.dumps([door.getsockname()[1] for door in doors]), flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(len(os.listdir("/proc/self/fd")), flush=True)
    for task in serving:
        task.cancel()
    await asyncio.gather(*serving, return_exceptions=True)

asyncio.run(main())
"""


@contextmanager
def room_for(descriptors: int):
    """Raise the limit of open files; skip where the machine does not allow it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < descriptors:
        pytest.skip(
            f"this machine lets a process open {hard} descriptors, a crowd needs {descriptors}"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, descriptors), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def asked(port: int) -> bytes:
    """Ask as Prometheus or a browser does; return the first line and the body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    said = await reader.read()
    writer.close()
    return said.partition(b"\r\n")[0] + b" " + said.rpartition(b"\r\n")[2]


@pytest.mark.parametrize("says", [b"", b"GET / HTTP/1.1\r\nHost: x",
                                  b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"],
                         ids=["idle", "half a head", "half a body"])
async def test_fifteen_hundred_idle_visitors_keep_nobody_out_and_leave_the_daemon_descriptors(
    says: bytes,
) -> None:
    with room_for(CROWD + 200):
        daemon = await asyncio.create_subprocess_exec(
            sys.executable, "-c", DAEMON, str(DESCRIPTORS), stdin=PIPE, stdout=PIPE, stderr=PIPE)
        assert daemon.stdin
        assert daemon.stdout
        page, metrics = json.loads(await daemon.stdout.readline())
        crowd = []
        for _ in range(CROWD):
            crowd.append((await asyncio.open_connection("127.0.0.1", page))[1])
            crowd[-1].write(says)
            with suppress(ConnectionError):
                await crowd[-1].drain()
        answers = [await asked(port) for port in (page, metrics, page, metrics)]
        daemon.stdin.write(b"\n")
        open_ = int(await daemon.stdout.readline())
        daemon.stdin.close()
        told = (await daemon.stderr.read()).decode() if daemon.stderr else ""
        await daemon.wait()
        for writer in crowd:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in crowd), return_exceptions=True)
    assert answers == [b"HTTP/1.1 200 OK here"] * 4
    assert open_ < DESCRIPTORS // 2
    assert told == ""


# --- time limits, by a clock that is not waited for --------------------------------


async def long(_: Request) -> StreamingResponse:
    async def content() -> AsyncIterator[bytes]:
        for _ in range(512):
            yield b"x" * 2**16

    return StreamingResponse(content())


async def here(request: Request) -> PlainTextResponse:
    await request.body()
    return PlainTextResponse("here")


async def slow(_: Request) -> PlainTextResponse:
    await asyncio.sleep(5)
    return PlainTextResponse("slow")


APP = Starlette(routes=[Route("/", here, methods=["GET", "POST"]), Route("/long", long),
                        Route("/slow", slow)])
HEAD, BODY = (
    b"GET / HTTP/1.1\r\nHost: x\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\n",
)
SLOW = b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@asynccontextmanager
async def open_door(told: list[BaseException] | None = None) -> AsyncIterator[int]:
    listening = listen("127.0.0.1", 0, "page")
    serving = asyncio.create_task(serve(APP, listening,
                                        failed=(told if told is not None else []).append))
    yield listening.getsockname()[1]
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


@asynccontextmanager
async def visitor(
    port: int, source: str = "127.0.0.1"
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
    yield reader, writer
    writer.close()
    await asyncio.gather(writer.wait_closed(), return_exceptions=True)


async def until_the_end(reader: asyncio.StreamReader) -> bytes:
    with suppress(ConnectionError):
        return await reader.read()
    return b""


@pytest.mark.parametrize(("says", "most"), [
    (b"", At.HEAD.value), (HEAD, At.HEAD.value), (BODY, At.BODY.value),
    (HEAD + b"\r\n" + HEAD, web.IDLE + At.HEAD.value)],
                         ids=["nothing", "head", "body", "the head of a second request"])
def test_one_octet_a_second_is_heard_for_so_long_and_no_longer(says: bytes, most: float) -> None:
    async def story() -> float:
        now = asyncio.get_running_loop().time
        async with open_door() as port, visitor(port) as (reader, writer):
            began, ended = now(), asyncio.ensure_future(until_the_end(reader))
            writer.write(says)
            while not ended.done():
                await asyncio.wait({ended}, timeout=1.0)
                writer.write(b"x" if says else b"")
            return now() - began

    assert hurried(story()) <= most + 2


def test_who_never_reads_the_answer_is_shown_out() -> None:
    async def story() -> None:
        async with open_door() as port, visitor(port) as (reader, writer):
            writer.write(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
            await asyncio.sleep(web.VISIT + 1)
            await until_the_end(reader)

    hurried(story())


def test_a_client_that_has_its_share_makes_way_for_itself_and_for_nobody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(web, "EACH", 2)
    monkeypatch.setattr(web, "within", lambda *_: False)

    async def story() -> list[bool]:
        async with AsyncExitStack() as stack:
            port, readers = await stack.enter_async_context(open_door()), []
            for source in ("127.0.0.2", "127.0.0.1", "127.0.0.1", "127.0.0.1"):
                readers.append((await stack.enter_async_context(visitor(port, source)))[0])
                await asyncio.sleep(0.1)
            return [reader.at_eof() or reader.exception() is not None for reader in readers]

    assert hurried(story()) == [False, True, False, False]


def test_who_waits_for_an_answer_is_never_shown_out_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(web, "VISITS", 2)

    async def story() -> list[bytes]:
        async with open_door() as port, visitor(port) as first, visitor(port) as second:
            for _, writer in (first, second):
                writer.write(SLOW)
            await asyncio.sleep(0.1)
            async with visitor(port) as third:
                third[1].write(SLOW)
                return [(await until_the_end(reader))[-4:] for reader, _ in (first, second, third)]

    assert hurried(story()) == [b"slow"] * 3


def test_where_nobody_can_be_let_in_it_is_told_once_a_minute_and_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[BaseException] = []

    async def story() -> bytes:
        loop = asyncio.get_running_loop()
        accept, until = loop.sock_accept, loop.time() + 90

        async def at_first_not(listening: socket.socket) -> object:
            if loop.time() < until:
                raise OSError(errno.EMFILE, "Too many open files")
            return await accept(listening)

        monkeypatch.setattr(loop, "sock_accept", at_first_not)
        async with open_door(told) as port:
            return await asked(port)

    assert hurried(story()) == b"HTTP/1.1 200 OK here"
    assert [str(error) for error in told] == ["[Errno 24] Too many open files"] * 2


async def test_a_request_that_waits_when_we_end_is_cut_off_without_a_word(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asked, door = asyncio.Event(), listen("127.0.0.1", 0, "page")

    async def waits(_: Request) -> PlainTextResponse:
        asked.set()
        await asyncio.get_running_loop().create_future()
        return PlainTextResponse("never")

    serving = asyncio.create_task(serve(Starlette(routes=[Route("/", waits)]), door))
    _, writer = await asyncio.open_connection(*door.getsockname()[:2])
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    await asked.wait()
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    writer.close()
    assert caplog.records == []
