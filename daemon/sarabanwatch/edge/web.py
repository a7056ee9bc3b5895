"""Serves an application over HTTP inside our loop, without harm to the daemon.

The problem: uvicorn accepts every connection and keeps it for as long as the other side says
nothing. Three hundred idle ones made it answer 503 to everybody; twelve hundred used up the
process's file descriptors, which relay, inbox and ledger need too; and asyncio's own accept loop
then writes a traceback for each of its tries.

The rule: each visitor has only so much time and room. We accept connections ourselves, one at a
time and only while there is room (`VISITS` in all and no more than a share of the descriptors,
`EACH` of one client). Where there is none, the connection that has been idle for longest is closed,
of the client that has the most: whoever asks is let in, and whoever only holds a place makes room.

The head of a request, its body and its answer each have their time. Each application has its own
limits, so that a crowd at the page does not touch the metrics. With TLS, the handshake has the time
of a head; a connection that has not ended it only holds a place, and is closed first.
"""

import asyncio
import logging
import os
import resource
import socket
import ssl
import sys
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from enum import Enum
from functools import partial
from http import HTTPStatus
from pathlib import Path

import uvicorn
from h11 import Data, EndOfMessage, RemoteProtocolError, Response
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from sarabanwatch.core.errors import ConfigError
from sarabanwatch.core.page.visitor import OWN, Networks, client_of, within

VISITS = 200            # connections at once to one application
# of them of one client; a web server before us may have all
EACH = 50
SHARE = 4               # no more than one in so many of the file descriptors that we may open
VISIT = 60.0            # seconds of a connection, whatever it is about: browsers just open another
IDLE = 5                # seconds between two requests of a connection
LONGEST_HEAD = 16 << 10
AGAIN = 1.0             # seconds after a connection that could not be accepted
CROWDED = 0.1           # seconds after which we look again whether somebody may be closed
QUIET = 60.0            # seconds between two reports of that
Tls = Callable[[], ssl.SSLContext | None]
HERE = "127.0.0.1"      # who speaks through a socket of this machine, which tells no address


class At(Enum):
    """What a connection is about, and how many seconds that may take."""

    HEAD = 10.0         # we wait for a request, or for the rest of its head
    BODY = 20.0         # we wait for the rest of its body
    ANSWER = VISIT      # it waits for us, or does not read what we say


class _Visit(H11Protocol):
    """A connection with time limits; what is no request is answered like everything else."""

    client_key = ""
    at = At.HEAD

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._end = self.loop.call_later(VISIT, transport.abort)
        self._begin(At.HEAD)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end.cancel()
        self._due.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._look()

    def _look(self) -> None:
        """Note what the connection is doing; where that has changed, its time begins again."""
        asked = self.cycle is not None and not self.cycle.response_complete
        at = At.HEAD if not asked else At.BODY if self.cycle.more_body else At.ANSWER
        if at is not self.at:
            self._due.cancel()
            self._begin(at)

    def _begin(self, at: At) -> None:
        self.at, self.since = at, self.loop.time()
        self._due = self.loop.call_later(at.value, self.transport.abort)

    def may_go(self) -> bool:
        """Say whether it only holds a place.

        It has not asked anything, or has not read its answer for the time of a head.
        """
        return self.at is not At.ANSWER or self.loop.time() - self.since > At.HEAD.value

    def show_out(self) -> None:
        """Close it at once."""
        self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        """Answer what is wrong with the head of a request (RFC 9110, RFC 6585), and close.

        Called while h11's error is handled.
        """
        wrong = sys.exception()
        status = (
            wrong.error_status_hint if isinstance(wrong, RemoteProtocolError)
            else HTTPStatus.BAD_REQUEST
        )
        headers = [*self.server_state.default_headers,
                   (b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        for event in (Response(status_code=status, headers=headers),
                      Data(data=msg.encode() + b"\n"), EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


class _Server(uvicorn.Server):
    """uvicorn that leaves signals to the daemon, and the door to us."""

    def __init__(self, config: uvicorn.Config, most: int, tls: Tls, fronts: Networks,
                 failed: Callable[[BaseException], None]) -> None:
        super().__init__(config)
        self._fronts = fronts
        self._most, self._failed, self._failed_at = most, failed, float("-inf")
        self._tls = tls
        self._shaking: dict[asyncio.Task[None], str] = {}   # with whom, the longest first
        self._doors: list[asyncio.Task[None]] = []

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.servers, self.started = [], True
        self._doors = [asyncio.create_task(self._let_in(listening)) for listening in sockets or ()]

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        ending = (*self._doors, *self._shaking)
        for task in ending:
            task.cancel()
        # before its socket is closed
        await asyncio.gather(*ending, return_exceptions=True)
        await super().shutdown(sockets)

    async def _let_in(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        listening.setblocking(False)
        while True:
            try:
                conn, address = await loop.sock_accept(listening)
                await self._seat(conn, address[0] if address else HERE)
            except ConnectionError:     # it left before we opened
                continue
            # no descriptor, no memory: asyncio would try again at once, with a traceback each time
            except OSError as error:
                self._trouble(error)
                _make_room(self._visits)
                await asyncio.sleep(AGAIN)

    async def _seat(self, conn: socket.socket, host: str) -> None:
        """Give a connection its place when there is room for it; or close it."""
        loop, seated = asyncio.get_running_loop(), False
        try:
            await self._room()
            if self._is_welcome(host):
                visit, context = partial(self._visit, client_of(host)), self._tls()
                if context is None:
                    await loop.connect_accepted_socket(visit, conn)
                else:
                    self._shake(client_of(host), _shaken(visit, conn, context))
                seated = True
        finally:
            if not seated:
                conn.close()

    def _shake(self, key: str, hands: Coroutine[None, None, None]) -> None:
        """Do the TLS handshake in a task: the next connection need not wait for a slow one."""
        task = asyncio.create_task(hands)
        self._shaking[task] = key
        task.add_done_callback(lambda done: self._shaking.pop(done, None))

    async def _room(self) -> None:
        """Return when there is room for one more.

        Time itself makes room: a connection that does not read its answer may be closed after a
        while.
        """
        while len(self._visits) + len(self._shaking) >= self._most:      # noqa: ASYNC110
            await asyncio.sleep(0 if self._make_room() else CROWDED)

    def _make_room(self) -> bool:
        """Close the longest handshake, else a visitor; return False where nobody may be closed."""
        for task in self._shaking:
            return task.cancel()
        return _make_room(self._visits)

    @property
    def _visits(self) -> Sequence[_Visit]:
        return [visit for visit in self.server_state.connections if isinstance(visit, _Visit)]

    def _visit(self, key: str) -> _Visit:
        visit = _Visit(self.config, self.server_state, {})
        visit.client_key = key
        return visit

    def _is_welcome(self, host: str) -> bool:
        """Say whether one more connection of this client is let in.

        Where it has its share, one of its own that only holds a place is closed for it.
        """
        key = client_of(host)
        own = [visit for visit in self._visits if visit.client_key == key]
        many = len(own) + sum(each == key for each in self._shaking.values())
        return many < EACH or within(host, self._fronts) or _make_room(own)

    def _trouble(self, error: OSError) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._failed_at >= QUIET:
            self._failed_at = now
            self._failed(error)


def _make_room(visits: Sequence[_Visit]) -> bool:
    """Close one visitor; return False where nobody may be closed.

    Of those that only hold a place it is the one there longest, of the client with the most.
    """
    many = Counter(visit.client_key for visit in visits)
    going = max((visit for visit in visits if visit.may_go()),
                key=lambda v: (many[v.client_key], -v.since), default=None)
    if going:
        going.show_out()
    return going is not None


async def _shaken(visit: Callable[[], asyncio.Protocol], conn: socket.socket,
                  context: ssl.SSLContext) -> None:
    """Do the TLS handshake with a client, in the time of a head; its errors are the client's."""
    with suppress(OSError):     # those of TLS and of time are among them
        await asyncio.get_running_loop().connect_accepted_socket(
            visit, conn, ssl=context, ssl_handshake_timeout=At.HEAD.value)


def listen(host: str, port: int, key: str) -> socket.socket:
    """Bind a port (0: any free one) before anything starts; raise ConfigError where it is taken.

    `key` is the section of the configuration that names it.
    """
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET,
                              socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        remedy = "stop the program that listens there, or choose another port"
        raise ConfigError(
            f"{key}.port: cannot listen on {host}:{port} ({error.strerror}); {remedy}"
        ) from None
    listening.listen()
    return listening


def address(listening: socket.socket) -> str:
    """Return the link to what listens, as http://[::1]:8080/."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def listen_here(path: Path) -> socket.socket:
    """Listen on a socket of this machine, open to our user and group; raise OSError.

    A socket that an earlier life left there is replaced.
    """
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # a path may be longer than the name of a socket (unix(7))
    folder = os.open(path.parent, os.O_PATH)
    try:
        listening.bind(f"/proc/self/fd/{folder}/{path.name}")
        path.chmod(0o660)
        listening.listen()
    except OSError:
        listening.close()
        raise
    finally:
        os.close(folder)
    return listening


def nobody(error: BaseException) -> None:
    """Report to nobody."""
    del error


def in_clear() -> None:
    """Return no TLS."""


def _is_a_fault(record: logging.LogRecord) -> bool:
    """Say whether a line tells of something else than a request that we cut off at our end."""
    cut = record.exc_info is not None and record.exc_info[0] is asyncio.CancelledError
    return not cut and "graceful shutdown" not in str(record.msg)


async def serve(app: ASGIApp, listening: socket.socket, headers: Mapping[str, str] | None = None, *,
                failed: Callable[[BaseException], None] = nobody, tls: Tls = in_clear,
                fronts: Networks = OWN) -> None:
    """Serve until cancelled; every answer carries the headers, whoever gives it.

    `failed` is called, once a minute at most, with why no visitor could be let in. `tls` is called
    for each connection and returns a context, or None for HTTP without encryption. `fronts` are the
    web servers before us: each may have all places.
    """
    # its warnings are of visitors, who could fill the log
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    logging.getLogger("uvicorn.error").addFilter(_is_a_fault)
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = VISITS if soft == resource.RLIM_INFINITY else max(1, min(VISITS, soft // SHARE))
    config = uvicorn.Config(
        app, http=_Visit, ws="none", lifespan="off", log_config=None, access_log=False,
        server_header=False, proxy_headers=False,     # who asks is found out by the application
        headers=list((headers or {}).items()), timeout_graceful_shutdown=1, timeout_keep_alive=IDLE,
        h11_max_incomplete_event_size=LONGEST_HEAD)
    server = _Server(config, most, tls, fronts, failed)
    serving = asyncio.ensure_future(server.serve(sockets=[listening]))
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await serving
