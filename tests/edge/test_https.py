"""Pages over HTTPS from a server on loopback: what is taken, and that all is bounded."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trustme

from sarabanwatch.core.errors import Unanswered
from sarabanwatch.edge.https import HttpsWeb, place

CA = trustme.CA()
Asked = list[bytes]


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    CA.configure_trust(context)
    return context


@asynccontextmanager
async def serving(answer: bytes, *, name: str = "localhost",
                  waits: bool = False) -> AsyncIterator[tuple[str, Asked]]:
    """Answer every request with the same bytes, then close, or wait until the client does.

    Yield the URL, and the requests.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert(name).configure_cert(context)
    asked: Asked = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        if waits:
            await reader.read()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, ssl=context)
    try:
        yield f"https://localhost:{server.sockets[0].getsockname()[1]}/list.csv?all=1", asked
    finally:
        server.close()


PAGE = b'HTTP/1.1 200 OK\r\nETag: "v1"\r\nContent-Type: text/csv\r\nContent-Length: 3\r\n\r\nabc'


async def test_a_page_comes_with_its_etag_and_is_asked_for_by_name() -> None:
    async with serving(PAGE) as (url, asked):
        page = await HttpsWeb(trusting()).get(url)
    assert (page.status, page.body, page.etag, page.kind) == (200, b"abc", '"v1"', "text/csv")
    assert asked[0].startswith(b"GET /list.csv?all=1 HTTP/1.1\r\nHost: localhost:")
    assert b"If-None-Match" not in asked[0]


async def test_a_host_whose_address_is_known_is_asked_there_and_still_by_name() -> None:
    async with serving(PAGE, name="page.test") as (url, asked):
        page = await HttpsWeb(trusting()).get(url.replace("localhost", "page.test"), at="127.0.0.1")
    assert page.body == b"abc"
    assert b"\r\nHost: page.test:" in asked[0]


async def test_a_page_that_still_stands_is_not_sent_again() -> None:
    async with serving(b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\n\r\n') as (url, asked):
        page = await HttpsWeb(trusting()).get(url, etag='"v1"')
    assert (page.status, page.body) == (304, b"")
    assert b'If-None-Match: "v1"\r\n' in asked[0]


@pytest.mark.parametrize(("answer", "why"), [
    (b"HTTP/1.1 302 Found\r\nLocation: https://other.test/\r\n\r\n",
     "status 302, redirected to https://other.test/; name that page itself"),
    (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "status 404"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n" + b"x" * 101, "larger than 100 octets"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" + b"x" * 101 + b"\r\n0\r\n\r\n",
     "larger than 100 octets"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "without sending complete message body"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
     "without sending complete message body"),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
     "without sending complete message body"),
    (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "illegal status line"),
    (b"", ""),
    (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000, ""),
])
async def test_what_is_no_page_is_told_with_the_reason(answer: bytes, why: str) -> None:
    async with serving(answer) as (url, _):
        with pytest.raises(Unanswered) as told:
            await HttpsWeb(trusting()).get(url, octets=100)
    assert str(told.value).startswith(f"{url}: ")
    assert why in str(told.value)


@pytest.mark.parametrize(("head", "whole"), [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", True),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", True),
    (b"HTTP/1.1 200 OK\r\n\r\nabc", False),
    (b"HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nabc", False)])
async def test_a_page_tells_whether_its_end_was_told_beforehand(head: bytes, *,
                                                                whole: bool) -> None:
    async with serving(head) as (url, _):
        page = await HttpsWeb(trusting()).get(url)
    assert (page.body, page.whole) == (b"abc", whole)


async def test_a_server_that_says_nothing_holds_nobody_up() -> None:
    async with serving(b"HTTP/1.1 200 OK\r\n", waits=True) as (url, _):
        with pytest.raises(Unanswered, match=r"no answer within 0\.2 s"):
            await HttpsWeb(trusting()).get(url, seconds=0.2)


async def test_a_host_that_nobody_vouches_for_or_that_is_another_is_not_asked() -> None:
    async with serving(PAGE) as (url, asked):
        with pytest.raises(Unanswered, match="certificate"):
            await HttpsWeb().get(url)
        assert asked == []
    async with serving(PAGE, name="other.test") as (url, asked):
        with pytest.raises(Unanswered, match="certificate is not valid for 'localhost'"):
            await HttpsWeb(trusting()).get(url)
        assert asked == []


class Doors:
    """Takes the place of the pauses between connections; opens the port at one, or never."""

    def __init__(self, opens_at: int = 0) -> None:
        self._opens_at, self.waits = opens_at, list[float]()
        self.asked: Asked = []

    async def sleep(self, seconds: float) -> None:
        """Record a pause, and return at once."""
        self.waits.append(seconds)
        if len(self.waits) == self._opens_at:
            self.server = await asyncio.start_server(self._talk, sock=self.bound,
                                                     ssl=self._context())

    def shut(self) -> str:
        """Return the URL of a port that refuses connections until it is opened."""
        self.bound = socket.socket()
        self.bound.bind(("127.0.0.1", 0))
        return f"https://localhost:{self.bound.getsockname()[1]}/"

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(PAGE)
        writer.close()

    def _context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        CA.issue_cert("localhost").configure_cert(context)
        return context


@pytest.mark.parametrize("opens_at", [1, 2])
async def test_a_host_that_refused_to_be_connected_to_is_tried_again_and_asked_once(
    opens_at: int,
) -> None:
    doors = Doors(opens_at)
    url = doors.shut()
    page = await HttpsWeb(trusting(), doors.sleep).get(url)
    doors.server.close()
    assert (page.body, len(doors.waits), len(doors.asked)) == (b"abc", opens_at, 1)
    assert all(0 <= wait <= 2 ** n for n, wait in enumerate(doors.waits))


async def test_a_host_that_never_opens_is_tried_three_times_and_told_with_the_reason() -> None:
    doors = Doors()
    url = doors.shut()
    with doors.bound, pytest.raises(Unanswered, match="Connect call failed"):
        await HttpsWeb(trusting(), doors.sleep).get(url)
    assert len(doors.waits) == 2


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"])
async def test_what_was_asked_once_is_not_asked_again(answer: bytes) -> None:
    doors = Doors()
    async with serving(answer) as (url, asked):
        with pytest.raises(Unanswered):
            await HttpsWeb(trusting(), doors.sleep).get(url)
    assert (len(asked), doors.waits) == (1, [])


async def test_a_host_that_nobody_vouches_for_is_not_tried_again() -> None:
    doors = Doors()
    async with serving(PAGE) as (url, _):
        with pytest.raises(Unanswered, match="certificate"):
            await HttpsWeb(None, doors.sleep).get(url)
    assert doors.waits == []


@pytest.mark.parametrize("url", ["http://one.test/x", "https:///x", "file:///etc/passwd",
                                 "https://me:pw@a/", "https://a/#x", ""])
def test_only_an_https_page_is_a_place(url: str) -> None:
    with pytest.raises(ValueError, match="no https URL"):
        place(url)
