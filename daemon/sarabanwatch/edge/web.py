"""Serves an application over HTTP inside our loop, without harm to it: a visitor has so much time and no more.

uvicorn waits for ever on a client that sends its head letter by letter or never reads the answer. Here a connection ends
after so many seconds, whatever it is about (browsers just open another), and only so many stand at a time.
"""

import asyncio
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http import HTTPStatus

import uvicorn
from h11 import Data, EndOfMessage, RemoteProtocolError, Response
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from sarabanwatch.ports import InUse

VISITS = 200         # connections at once; more are told 503
VISIT = 60.0         # seconds
IDLE = 5             # seconds between two requests of a connection
LONGEST_HEAD = 16 << 10


class _Server(uvicorn.Server):
    """uvicorn that leaves signals to the daemon."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Visit(H11Protocol):
    """A connection that ends in time; what is no request is answered as everything else is."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._end = asyncio.get_running_loop().call_later(VISIT, transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end.cancel()
        super().connection_lost(exc)


    def send_400_response(self, msg: str) -> None:
        """Say what is wrong with the head of a request (RFC 9110, RFC 6585), and end; called while h11's refusal is caught."""
        wrong = sys.exception()
        status = wrong.error_status_hint if isinstance(wrong, RemoteProtocolError) else HTTPStatus.BAD_REQUEST
        headers = [*self.server_state.default_headers, (b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        for event in (Response(status_code=status, headers=headers), Data(data=msg.encode() + b"\n"), EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


def listen(host: str, port: int, key: str) -> socket.socket:
    """Take the port (0: any free one), so that it is known, or known to be taken, before anything starts.

    `key` is the section of the configuration that names it.
    """
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        remedy = "stop who does, or choose another port"
        raise InUse(f"{key}.port: cannot listen on {host}:{port} ({error.strerror}); {remedy}") from None
    listening.listen()
    return listening


async def serve(app: ASGIApp, listening: socket.socket, headers: Mapping[str, str] | None = None) -> None:
    """Serve until cancelled; every answer carries the headers, whoever gives it."""
    server = _Server(uvicorn.Config(
        app, http=_Visit, ws="none", lifespan="off", log_config=None, access_log=False, server_header=False,
        headers=list((headers or {}).items()), timeout_graceful_shutdown=1, timeout_keep_alive=IDLE, limit_concurrency=VISITS,
        h11_max_incomplete_event_size=LONGEST_HEAD))
    serving = asyncio.ensure_future(server.serve(sockets=[listening]))
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await serving
