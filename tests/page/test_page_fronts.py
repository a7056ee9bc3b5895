"""The site behind web servers: under a path of theirs, and with visitors who are told apart."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urljoin

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fakes.site import Answer, a_country, a_face, ask, visiting
from sarabanwatch.core.page.visitor import networks
from sarabanwatch.edge.web import address, listen, serve
from sarabanwatch.page import Fronts, Site

PATH = "/saraban"


@pytest.fixture
def site() -> Site:
    return Site(a_country(), a_face())


@asynccontextmanager
async def proxied(port: int, *, strips: bool) -> AsyncIterator[int]:
    """Pass on what is asked for below PATH, with the path or without; yield the port."""

    async def pass_on(request: Request) -> Response:
        path = request.url.path.removeprefix(PATH) if strips else request.url.path
        query = f"?{request.url.query}" if request.url.query else ""
        status, headers, body = await ask(port, f"{request.method} {path or '/'}{query}")
        return Response(body, status, {k: v for k, v in headers.items()
                                       if k in {"location", "content-type"}})

    listening = listen("127.0.0.1", 0, "page")
    routes = [Route(PATH, pass_on), Route(PATH + "/{path:path}", pass_on)]
    serving = asyncio.create_task(serve(Starlette(routes=routes), listening))
    try:
        yield listening.getsockname()[1]
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def followed(port: int, path: str) -> tuple[str, Answer]:
    """Ask as a browser does; return where it ends."""
    for _ in range(4):
        answer = await ask(port, f"GET {path}")
        if answer[0] not in {303, 308}:
            break
        path = urljoin(path, answer[1]["location"])
    return path, answer


@pytest.mark.parametrize("strips", [True, False], ids=["path taken away", "path passed on"])
async def test_under_a_path_every_link_stays_there_and_leads_somewhere(
    site: Site, *, strips: bool,
) -> None:
    async with (visiting(site, fronts=Fronts(path=PATH)) as ask_,
                proxied(ask_.args[0], strips=strips) as port):
        for start in (f"{PATH}/", f"{PATH}/en", f"{PATH}/agency/1.html", f"{PATH}/en/changes.html",
                      f"{PATH}/no/such/page.html", f"{PATH}/search.html?q=5.1.1.x"):
            at, (status, _, body) = await followed(port, start)
            assert status == (404 if "no/such" in start else 200), start
            links = re.findall(r'(?:href|src|action)="([^"#]+)', body.decode())
            for link in {urljoin(at, link) for link in links
                         if not re.match("https?:|mailto:", link)}:
                assert link.startswith(f"{PATH}/"), (at, link)
                assert (await followed(port, link))[1][0] == 200, (at, link)


async def test_without_its_last_slash_the_path_leads_to_the_first_page(site: Site) -> None:
    async with visiting(site, fronts=Fronts(path=PATH)) as ask_:
        assert (await followed(ask_.args[0], PATH))[0] == f"{PATH}/"
        assert (await ask_("GET /sarabanx"))[0] == 404
        assert (await ask_("GET /"))[0] == 200


async def test_behind_two_web_servers_visitors_are_told_apart(site: Site) -> None:
    fronts = Fronts(networks(["127.0.0.1", "10.0.0.0/8"]))

    async def statuses(asks: str) -> list[int]:
        return [(await ask_("GET /style.css", f"X-Forwarded-For: {asks}"))[0] for _ in range(5)]

    async with visiting(site, a_minute=12, fronts=fronts) as ask_:
        assert 429 in await statuses("8.8.8.8, 203.0.113.9, 10.1.2.3")
        assert (await statuses("203.0.113.10, 10.1.2.3"))[:3] == [200] * 3


async def test_the_header_that_our_web_server_does_not_write_is_not_read(site: Site) -> None:
    async with visiting(site, a_minute=12, fronts=Fronts(header="Forwarded")) as ask_:
        told = [(await ask_("GET /style.css", f"X-Forwarded-For: 203.0.113.{n}",
                            "Forwarded: for=192.0.2.7"))[0] for n in range(5)]
    assert 429 in told


def test_a_link_to_an_ipv6_address_has_it_in_brackets() -> None:
    for host, link in (("127.0.0.1", r"http://127\.0\.0\.1:\d+/"), ("::1", r"http://\[::1\]:\d+/")):
        listening = listen(host, 0, "page")
        assert re.fullmatch(link, address(listening))
        listening.close()
