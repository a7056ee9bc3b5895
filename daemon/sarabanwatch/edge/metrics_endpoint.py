"""The metrics endpoint, in Prometheus' text form or OpenMetrics, as the scraper asks.

GET /metrics shows what alerts and boards ask; GET /metrics/agencies each agency, as a series of its
own, for whoever wants to store a register.
"""

from collections.abc import Awaitable, Callable

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


def app(registry: CollectorRegistry, agencies: Callable[[], Awaitable[Collector]],
        scraped: Callable[[], None] = lambda: None) -> Starlette:
    """Return the endpoint over a registry; `agencies` is asked for each agency's series.

    `scraped` is called in the loop when the metrics were fetched; they are written in a thread.
    """
    async def metrics(request: Request) -> Response:
        if request.headers.get("user-agent") != LOOKS:
            scraped()
        return await run_in_threadpool(_shown, request, registry)

    async def each(request: Request) -> Response:
        apart = CollectorRegistry()
        apart.register(await agencies())
        return _shown(request, apart)

    return Starlette(routes=[Route("/metrics", metrics), Route("/metrics/agencies", each)],
                     middleware=[Middleware(GZipMiddleware, minimum_size=1000)])


def _shown(request: Request, registry: CollectorRegistry) -> Response:
    encoder, kind = choose_encoder(request.headers.get("accept", ""))
    return Response(encoder(registry), media_type=kind)
