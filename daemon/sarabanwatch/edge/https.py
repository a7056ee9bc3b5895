"""One page of the web over verified TLS, within a time and a size, from the named host alone.

h11 over our own streams. No redirect is followed, no proxy used, no cookie kept: whoever named the
page said where it is. A connection that fails is tried again within those bounds: nothing has been
asked by then, so nothing is asked twice.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

import h11
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from sarabanwatch import __version__
from sarabanwatch.core.errors import Unanswered
from sarabanwatch.core.facts import foreign
from sarabanwatch.core.facts.web import WebPage

AT_ONCE = 64 * 1024     # octets
PORT = 443
TRIES = 3               # to connect
# seconds between them: up to 1, up to 2; within the bound of the question
WAITS = wait_random_exponential(max=8)
NOT_MODIFIED = 304
FORM = "application/x-www-form-urlencoded"


class UrlPlace(NamedTuple):
    """Where a page stands."""

    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """What the field Host names."""
        return self.host if self.port == PORT else f"{self.host}:{self.port}"


def place(url: str) -> UrlPlace:
    """Read an https URL.

    Raise ValueError for any other, or one with a log-in or a fragment in it.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.fragment:
        raise ValueError(f"{url!r} is no https URL of a page")
    target = parts.path or "/"
    return UrlPlace(parts.hostname, parts.port or PORT,
                    f"{target}?{parts.query}" if parts.query else target)


class _Question(NamedTuple):
    """What is asked of a page, and its own fields beside those that every question has."""

    method: str
    fields: Sequence[tuple[str, str]] = ()
    body: bytes = b""


class HttpsWeb:
    """The ports Web and Forms.

    `trusted` are the certificates that vouch for hosts: the system's, or a test's own.

    `sleep` waits before a host is connected to again.
    """

    def __init__(
        self, trusted: ssl.SSLContext | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._given = trusted
        self._again = AsyncRetrying(
            retry=retry_if_exception(_passes), stop=stop_after_attempt(TRIES), wait=WAITS,
            sleep=sleep, reraise=True)

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        # made once: reading the system's authorities takes long
        return self._given or ssl.create_default_context()

    async def get(self, url: str, *, etag: str = "", at: str = "", seconds: float = 30,
                  octets: int = 64 << 20) -> WebPage:
        """Return a page, or that it still has the ETag (RFC 9110 section 13.1.2); raise Unanswered.

        `at` is the host's address; without it the system resolves the name.
        """
        fields = [("If-None-Match", etag)] if etag else []
        return await self._within(seconds, url, at, octets, _Question("GET", fields))

    async def post(
        self, url: str, form: Mapping[str, str], *, seconds: float = 30, octets: int = 1 << 20,
    ) -> WebPage:
        """Send a form and return what is answered, whatever its status.

        Raise Unanswered where nothing is.
        """
        body = urlencode(form).encode()
        fields = [("Content-Type", FORM), ("Content-Length", str(len(body))),
                  ("Accept", "application/json")]
        return await self._within(seconds, url, "", octets, _Question("POST", fields, body))

    async def _within(self, seconds: float, url: str, at: str, octets: int,
                      question: _Question) -> WebPage:
        try:
            where = place(url)
            async with asyncio.timeout(seconds):
                return await self._ask(where, at, question, octets)
        except TimeoutError:
            raise Unanswered(f"{url}: no answer within {seconds:g} s") from None
        except (OSError, h11.ProtocolError, ValueError) as error:
            raise Unanswered(foreign.clean(f"{url}: {error}")) from None

    async def _ask(self, where: UrlPlace, at: str, question: _Question, octets: int) -> WebPage:
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] = await self._again(
            asyncio.open_connection, at or where.host, where.port, ssl=self._trusted,
            server_hostname=where.host)
        reader, writer = streams
        try:
            talk = h11.Connection(h11.CLIENT)
            writer.write(b"".join(_asked(talk, where, question)))
            await writer.drain()
            return await _answer(talk, reader, octets, any_status=question.method == "POST")
        finally:
            writer.transport.abort()


def _passes(error: BaseException) -> bool:
    """Say whether a failed connection is worth another try.

    It is not where the host's certificate does not hold.
    """
    return isinstance(error, OSError) and not isinstance(error, ssl.SSLCertVerificationError)


def _asked(talk: h11.Connection, where: UrlPlace, question: _Question) -> Iterator[bytes]:
    fields = [("Host", where.authority), ("User-Agent", f"sarabanwatch/{__version__}"),
              ("Accept-Encoding", "identity"), ("Connection", "close"), *question.fields]
    yield talk.send(h11.Request(method=question.method, target=where.target, headers=fields)) or b""
    yield (talk.send(h11.Data(data=question.body)) or b"") if question.body else b""
    yield talk.send(h11.EndOfMessage()) or b""


async def _answer(
    talk: h11.Connection, reader: asyncio.StreamReader, octets: int, *, any_status: bool = False,
) -> WebPage:
    head: h11.Response | None = None
    body = bytearray()
    while not isinstance(event := talk.next_event(), h11.EndOfMessage):
        if event is h11.NEED_DATA:
            talk.receive_data(await reader.read(AT_ONCE))
        elif isinstance(event, h11.Response):
            head = event if any_status else _wanted(event)
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > octets:
                raise ValueError(f"larger than {octets:,} octets")
        elif isinstance(event, h11.ConnectionClosed):
            raise ValueError("the connection was closed before an answer")
    if head is None:
        raise ValueError("no answer came")
    ends = head.status_code == NOT_MODIFIED or any(_field(head.headers, name)
                                                   for name in (b"content-length",
                                                                b"transfer-encoding"))
    return WebPage(head.status_code, bytes(body), _field(head.headers, b"etag"),
                   _field(head.headers, b"content-type"), ends)


def _wanted(head: h11.Response) -> h11.Response:
    """Return an answer that is a page or "not modified" (304); raise ValueError for any other."""
    if head.status_code in {200, NOT_MODIFIED}:
        return head
    elsewhere = _field(head.headers, b"location")
    raise ValueError(f"status {head.status_code}"
                     + (f", redirected to {elsewhere}; name that page itself" if elsewhere
                        else ""))


def _field(fields: Sequence[tuple[bytes, bytes]], name: bytes) -> str:
    """Return a field's value.

    "" where it has octets beyond ASCII, which could not be sent back (RFC 9110 section 5.5).
    """
    return next((value.decode() for field, value in fields if field == name and value.isascii()),
                "")
