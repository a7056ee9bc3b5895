"""GET /status on a socket of this machine: the daemon's status as JSON."""

from collections.abc import Awaitable, Callable

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sarabanwatch.core.overview import Overview


def app(tell: Callable[[], Awaitable[Overview]],
        failed: Callable[[BaseException], None]) -> Starlette:
    """Return the endpoint; `failed` is called with why the status cannot be given."""
    async def status(_: Request) -> Response:
        try:
            answered = await tell()
        except Exception as error:  # noqa: BLE001 - whatever it is, the daemon goes on
            failed(error)
            return Response(status_code=503)
        return Response(msgspec.json.encode(answered), media_type="application/json")

    return Starlette(routes=[Route("/status", status)])
