"""The metrics endpoint, in Prometheus' text form or OpenMetrics, as the scraper asks.

GET /metrics shows what alerts and boards ask; GET /metrics/agencies each agency, as a series of its
own, for whoever wants to store a register.

A register is large, and changes only where agencies are counted anew. So it is written and pressed
once for each count, in a thread, and handed out as it stands; who asks while the next is being
written gets the one before.
"""

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

LOOKS = "sarabanwatch-doctor"     # the User-Agent of whoever only looks whether they are there
PRESSED = 5     # of nine: a tenth larger than the smallest, in a third of the time


class PressedPage(NamedTuple):
    """A page as it was written, pressed, and of which count it is."""

    counted: int
    pressed: bytes


class RegisterPage:
    """Every agency as a series, written once for each count of the country.

    `agencies` is asked for the series; `count` says how often the country was counted.
    """

    def __init__(self, agencies: Callable[[], Awaitable[Collector]],
                 count: Callable[[], int] = lambda: 0) -> None:
        self._agencies, self._count = agencies, count
        self._pages: dict[str, PressedPage] = {}            # by the form that was asked for
        self._writing: dict[str, asyncio.Task[None]] = {}

    async def page(self, accept: str) -> tuple[bytes, str]:
        """Return the page, pressed, and its media type."""
        _, kind = choose_encoder(accept)
        page, writing = self._pages.get(kind), self._writing.get(kind)
        if (page is None or page.counted != self._count()) and (writing is None or writing.done()):
            self._writing[kind] = writing = asyncio.create_task(self._write(accept, kind))
        if page is None and writing:
            await asyncio.shield(writing)
        return self._pages[kind].pressed, kind

    async def _write(self, accept: str, kind: str) -> None:
        count, apart = self._count(), CollectorRegistry()
        apart.register(await self._agencies())
        encoder, _ = choose_encoder(accept)
        pressed = await run_in_threadpool(lambda: gzip.compress(encoder(apart), PRESSED))
        self._pages[kind] = PressedPage(count, pressed)


def app(registry: Callable[[], CollectorRegistry], register: RegisterPage,
        scraped: Callable[[], None] = lambda: None) -> Starlette:
    """Return the endpoint over the registry of the moment, and the register of agencies.

    `scraped` is called in the loop when the metrics were fetched; they are written in a thread.
    """
    async def metrics(request: Request) -> Response:
        if request.headers.get("user-agent") != LOOKS:
            scraped()
        return await run_in_threadpool(_shown, request, registry())

    async def each(request: Request) -> Response:
        pressed, kind = await register.page(request.headers.get("accept", ""))
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(pressed, media_type=kind, headers={"content-encoding": "gzip",
                                                               "vary": "Accept-Encoding"})
        return Response(await run_in_threadpool(gzip.decompress, pressed), media_type=kind)

    return Starlette(routes=[Route("/metrics", metrics), Route("/metrics/agencies", each)],
                     middleware=[Middleware(GZipMiddleware, minimum_size=1000,
                                            compresslevel=PRESSED)])


def _shown(request: Request, registry: CollectorRegistry) -> Response:
    encoder, kind = choose_encoder(request.headers.get("accept", ""))
    return Response(encoder(registry), media_type=kind)
