"""The limit of requests a minute from one client, and the headers that every answer carries.

The site may stand under a path of a web server before us, whether that one takes the path away or
passes it on.
"""

from collections import OrderedDict
from time import monotonic
from typing import NamedTuple

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sarabanwatch.core.page.visitor import Header, Networks, client_of, networks, visitor

CLIENTS = 10_000      # remembered at most; the one not seen for longest is forgotten
BURST = 0.25          # of a minute's requests may come at once
LONGEST_TARGET = 12 << 10
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Turnstile:
    """A token bucket for each client, filled evenly by `a_minute`; 0: there is no limit."""

    def __init__(self, a_minute: int) -> None:
        self._rate, self._room = a_minute / 60, max(1.0, a_minute * BURST)
        self._clients: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def admits(self, client: str, now: float) -> bool:
        """Say whether one more request of a client may come; `now` is in seconds."""
        if not self._rate:
            return True
        left, at = self._clients.pop(client, (self._room, now))
        left = min(self._room, left + (now - at) * self._rate)
        self._clients[client] = (left - 1 if left >= 1 else left, now)
        if len(self._clients) > CLIENTS:
            self._clients.popitem(last=False)
        return left >= 1


class Fronts(NamedTuple):
    """The web servers before us.

    `trusted` are their addresses, `header` is what they tell a visitor's in, and `path` the path
    under which the public finds the site there, "" for its root.
    """

    trusted: Networks = networks(("127.0.0.1", "::1"))
    header: Header = "X-Forwarded-For"
    path: str = ""


NEAR = Fronts()     # none but on this machine


class Door:
    """An ASGI application behind the limit."""

    def __init__(self, app: ASGIApp, a_minute: int, fronts: Fronts) -> None:
        self._app, self._turnstile, self._fronts = app, Turnstile(a_minute), fronts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; 429 where it is one too many, 414 where its address is too long."""
        client = client_of(self._visitor(scope))
        if not self._turnstile.admits(client, monotonic()):
            text = "มีคำขอมากเกินไป โปรดรอสักครู่ · too many requests, please wait a moment\n"
            await Response(text, 429, {"retry-after": "10"}, "text/plain")(scope, receive, send)
        elif len(scope["raw_path"]) + len(scope["query_string"]) > LONGEST_TARGET:
            await Response("ที่อยู่ยาวเกินไป · the address is too long\n", 414,
                           media_type="text/plain")(scope, receive, send)
        elif scope["path"] == self._fronts.path:
            to = {"location": f"{self._fronts.path.rpartition('/')[2]}/"}
            await Response(status_code=308, headers=to)(scope, receive, send)
        else:
            path = scope["path"].removeprefix(self._fronts.path)
            inner = {**scope, "path": path} if path.startswith("/") else scope
            await self._app(inner, receive, send)

    def _visitor(self, scope: Scope) -> str:
        name = self._fronts.header.lower().encode()
        values = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
        return visitor((scope.get("client") or ("",))[0], self._fronts.header, values,
                       self._fronts.trusted)
