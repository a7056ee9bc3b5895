"""The site over HTTP: GET and HEAD only, and POST for the button of a confirm link.

When a confirm link is opened, only its signature is checked: without our key nobody can make a
link, so the answer betrays nothing of which letters exist. A link that was cut short or is out of
date is refused then, and not after a clerk has pressed the button and believes to have confirmed.

Reading the ledger and rendering happen in one thread of their own, so that no visitor holds up the
event loop. A rendered page is kept in memory until the ledger changes.
"""

import asyncio
import gzip
import hashlib
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import NamedTuple, TypeVar
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from sarabanwatch.core.errors import UnavailableError
from sarabanwatch.core.letters.wording import one_line
from sarabanwatch.page.door import NEAR, Door, Fronts
from sarabanwatch.page.site import HTML, Document, Site
from sarabanwatch.page.words import Language

T = TypeVar("T")
# seconds between two looks at whether the ledger has changed: reading it anew takes about a second
LOOK = 15.0
KEPT = 64 << 20             # octets of rendered pages kept in memory
FRESH = "public, max-age=60"
FONT = "public, max-age=2592000"      # a typeface stays as it is
LONGEST_FORM = 2 << 10
LONGEST_RECEIPT = 40
LONGEST_QUERY = 1 << 10
OPEN = {"access-control-allow-origin": "*"}      # scripts of other sites may read the open data


class Links(NamedTuple):
    """What confirm links need.

    `ours` returns the serial in a token that we signed, None for any other. `confirm` is called
    with token and receipt number when the button is pressed, and says whether there was such a
    letter to confirm.
    """

    ours: Callable[[str], int | None]
    confirm: Callable[[str, str], Awaitable[bool]]


class Ready:
    """A document as it is sent: plain, compressed, and its ETag.

    The ETag is a weak one (RFC 9110 section 8.8.1), because both forms share it.
    """

    def __init__(self, document: Document) -> None:
        self.media, self.plain = document
        dense = document.media in {"image/png", "font/woff2"}
        self.packed = b"" if dense else gzip.compress(self.plain, 6, mtime=0)
        self.etag = hashlib.blake2b(self.plain, digest_size=12).hexdigest()

    def answer(self, request: Request) -> Response:
        """Answer a request for it."""
        headers = {"etag": f'W/"{self.etag}"', "vary": "accept-encoding",
                   "cache-control": FONT if self.media == "font/woff2" else FRESH,
                   "content-type": self.media}
        headers |= OPEN if request.url.path.startswith("/data/") else {}
        if self.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if self.packed and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(self.packed, headers=headers | {"content-encoding": "gzip"})
        return Response(self.plain, headers=headers)


class Desk:
    """Answers requests for a site: renders in its own thread, and keeps what it rendered."""

    def __init__(self, site: Site, links: Links | None,
                 failed: Callable[[BaseException], None]) -> None:
        self._site, self._links, self._failed = site, links, failed
        self._thread = ThreadPoolExecutor(1, "page")
        self._kept: dict[str, Ready] = {}
        self._weight = 0
        self._looked = monotonic()
        self._looking: asyncio.Task[None] | None = None

    async def show(self, request: Request) -> Response:
        """Answer with the document at a path, or with status 404."""
        self._look()
        path = request.path_params["path"]
        if path == "en":
            return Response(status_code=308, headers={"location": "en/"})
        return await self._shown(request,
                                 path + ("index.html" if path in {"", "en/"} else ""))

    async def _shown(self, request: Request, path: str) -> Response:
        ready = self._kept.get(path) or await self._rendered(path)
        return ready.answer(request) if ready else await self._none(path)

    async def search(self, request: Request) -> Response:
        """Answer with the list of agencies found; redirect where it is exactly one."""
        self._look()
        wanted = request.query_params.get("q", "")[:LONGEST_QUERY]
        lang: Language = "en" if request.url.path.startswith("/en/") else "th"
        if not one_line(wanted):
            ready = await self._rendered("en/search.html" if lang == "en" else "search.html")
            return ready.answer(request) if ready else await self._none("search.html")
        found = await self._do(self._site.search, wanted, lang)
        if isinstance(found, str):
            return Response(status_code=303,
                            headers={"location": found, "cache-control": "no-store"})
        return Ready(found).answer(request)

    async def check(self, request: Request) -> Response:
        """Say whether the letter of a number is ours; without a number, ask for it."""
        asked = request.path_params.get("number") or request.query_params.get("number", "")
        path = request.url.path.lstrip("/")
        lang: Language = "en" if path.startswith("en/") else "th"
        if not one_line(asked):
            return await self._shown(request, path)
        made, ours = await self._do(self._site.checked, asked, path.removeprefix("en/"), lang)
        return Response(made.body, 200 if ours else 404,
                        {"cache-control": FRESH, "content-type": HTML})

    async def link(self, request: Request) -> Response:
        """Show the page of a confirm link. Only pressing its button confirms, not opening it."""
        token = request.path_params["token"].lower()
        serial = self._links.ours(token) if self._links else None
        if self._links is None or serial is None:
            return await self._confirmation(token, "unknown")
        if request.method == "POST":
            return await self._pressed(request, self._links, token, serial)
        return await self._confirmation(token, "ask")

    async def _pressed(self, request: Request, links: Links, token: str,
                       serial: int) -> Response:
        """Confirm the letter whose button was pressed.

        No further protection against forged requests is needed: whoever has the token may confirm.
        """
        form = await _form(request)
        if form is None:
            return Response("ข้อความยาวเกินไป · too large\n", 413, media_type="text/plain")
        receipt = one_line(form.get("receipt", [""])[0])[:LONGEST_RECEIPT]
        done = await links.confirm(token, receipt)
        return await self._confirmation(token, "done" if done else "unknown", receipt, serial)

    async def wrong(self, _: Request, error: Exception) -> Response:
        """Answer with status 500 after an error of ours, and report the error."""
        self._failed(error)
        return Response(
            "ขออภัย ระบบขัดข้อง โปรดลองใหม่ · something went wrong here, please try again\n", 500,
            media_type="text/plain",
        )

    async def away(self, _: Request, error: Exception) -> Response:
        """Answer with status 503 while the ledger cannot be reached; the next look reports that."""
        del error
        return Response(
            "ขออภัย ขณะนี้เปิดข้อมูลไม่ได้ โปรดลองใหม่ในอีกสักครู่ · this cannot be read just now, "
            "please try again soon\n", 503,
            {"retry-after": f"{LOOK:.0f}", "cache-control": "no-store"}, media_type="text/plain",
        )

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(cancel_futures=True)

    async def _confirmation(self, token: str, state: str, receipt: str = "",
                            serial: int = 0) -> Response:
        made = await self._do(self._site.confirmation, token, state, receipt, serial)
        return Response(made.body, 404 if state == "unknown" else 200,
                        {"cache-control": "no-store", "content-type": HTML})

    async def _none(self, path: str) -> Response:
        made = await self._do(self._site.missing, path)
        return Response(made.body, 404, {"content-type": HTML})

    async def _rendered(self, path: str) -> Ready | None:
        ready = await self._do(self._ready, path)
        if ready and self._weight < KEPT:
            self._kept[path] = ready
            self._weight += len(ready.plain) + len(ready.packed)
        return ready

    def _ready(self, path: str) -> Ready | None:
        document = self._site.document(path)
        return Ready(document) if document else None

    def _look(self) -> None:
        """Look in the background whether the ledger has changed, every LOOK seconds at most.

        Until that is done, the pages are shown as they were.
        """
        if monotonic() - self._looked > LOOK and (self._looking is None or self._looking.done()):
            self._looked = monotonic()
            self._looking = asyncio.create_task(self._refresh())

    async def _refresh(self) -> None:
        try:
            if await self._do(self._site.refresh):
                self._kept, self._weight = {}, 0
        except Exception as error:  # noqa: BLE001 - reported; the pages stay as they were
            self._failed(error)

    async def _do(self, work: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: work(*args))


async def _form(request: Request) -> dict[str, list[str]] | None:
    """Read a form of at most LONGEST_FORM octets; None where it is longer or was cut off."""
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > LONGEST_FORM:
                return None
    except ClientDisconnect:
        return None
    return parse_qs(body.decode("utf-8", "replace"), max_num_fields=10)


def app(desk: Desk, requests_per_minute: int, fronts: Fronts = NEAR) -> Door:
    """Return the site as an ASGI application, behind its limit of requests."""
    routes = [
        Route("/r/{token}", desk.link, methods=["GET", "POST"]), Route("/search.html", desk.search),
        Route("/en/search.html", desk.search),
        *(Route(f"{home}/{place}", desk.check) for home in ("", "/en")
          for place in ("check.html", "n/{number:path}")),
        Route("/{path:path}", desk.show),
    ]
    return Door(Starlette(routes=routes, exception_handlers={Exception: desk.wrong,
                                                         UnavailableError: desk.away}),
                requests_per_minute, fronts)
