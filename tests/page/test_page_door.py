"""The site over HTTP: its headers, what it refuses, its limit of requests, and confirm links."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from fakes.archive import MemoryArchive, listing
from fakes.site import a_country, a_face, visiting
from sarabanwatch.edge.web import listen, serve
from sarabanwatch.page import Desk, Links, Site, app
from sarabanwatch.page.door import CLIENTS, Turnstile

MARK = "swa" + "b" * 8 + "c" * 16


@pytest.fixture
def site() -> Site:
    return Site(a_country(), a_face())


ANSWERS = {
    "GET /": 200, "GET /none": 404, "POST /": 405, "GET /style.css": 200,
    "GET /search.html?q=1": 200, "HEAD /en/index.html": 200,
    "GET /data/census.json": 200, "GET /qr/1.png": 200, f"GET /r/{'x' * 27}": 404,
    "GET /" + "x" * 13_000: 414, "GE T /": 400,
}


@pytest.mark.parametrize("line", ANSWERS, ids=[line[:20] for line in ANSWERS])
async def test_every_answer_is_dressed_and_sets_no_cookie(site: Site, line: str) -> None:
    async with visiting(site) as ask_:
        status, headers, _ = await ask_(line)
    assert status == ANSWERS[line]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in headers
    assert "server" not in headers


async def test_a_head_that_grows_and_grows_is_refused(site: Site) -> None:
    async with visiting(site) as ask_:
        reader, writer = await asyncio.open_connection("127.0.0.1", ask_.args[0])
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"x" * 17_000)
        async with asyncio.timeout(20):
            said = await reader.read()
        writer.close()
    assert said.startswith(b"HTTP/1.1 431 ")
    assert b"default-src 'none'" in said


async def test_a_fault_of_ours_is_told_to_the_daemon_and_says_nothing_of_it_to_the_visitor(
    site: Site, monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_: str) -> None:
        raise LookupError("the secret of the ledger")

    monkeypatch.setattr(site, "document", broken)
    told: list[BaseException] = []
    async with visiting(site, told=told) as ask_:
        status, headers, body = await ask_("GET /")
    assert (status, b"secret" in body, "content-security-policy" in headers) == (500, False, True)
    assert [type(error) for error in told] == [LookupError]
    told.clear()


@pytest.mark.parametrize("path", ["/", "/agency/1.html", "/data/agencies.csv", "/nowhere.html",
                                  "/search.html?q=%E0%B8%81"])
async def test_a_look_at_the_head_alone_tells_what_the_whole_would(site: Site, path: str) -> None:
    async with visiting(site) as ask_:
        status, headers, body = await ask_(f"GET {path}")
        headed = await ask_(f"HEAD {path}")
    headers.pop("date")
    headed[1].pop("date")
    assert headed == (status, headers, b"")
    assert int(headers["content-length"]) == len(body)


@pytest.mark.parametrize("query", [
    "q=" + "a" * 10_000, "q=%00", "q=%E2%80%AE%E2%81%A6x", "q=%ED%A0%80", "q=%FF%FE",
    "q=%F0%9F%98%80", "q=" + "%E0%B8%81" * 900,
    "q=*", "q=%2525", "q=a&q=b", "", "x", "q=%0D%0ASet-Cookie:a=b",
])
async def test_whatever_is_looked_for_is_answered(site: Site, query: str) -> None:
    async with visiting(site) as ask_:
        for home in ("", "/en"):
            status, headers, body = await ask_(f"GET {home}/search.html?{query}")
            assert status in {200, 303}
            assert "set-cookie" not in headers
            assert not set("\x00\u202e\u2066") & set(body.decode())


READ = {"GET", "HEAD"}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_nothing_but_reading_is_allowed(site: Site, method: str) -> None:
    async with visiting(site) as ask_:
        for path, allowed in (("/index.html", READ), ("/search.html", READ),
                              (f"/r/{MARK}", READ | {"POST"})):
            status, headers, _ = await ask_(f"{method} {path}")
            assert (status, method in allowed) in {(405, False), (404, True)}
            assert status == 404 or set(headers["allow"].split(", ")) == allowed


async def test_a_page_that_has_not_changed_is_not_sent_again(site: Site) -> None:
    async with visiting(site) as ask_:
        status, headers, _ = await ask_("GET /")
        assert status == 200
        status, _, body = await ask_("GET /", f"If-None-Match: {headers['etag']}")
        assert (status, body) == (304, b"")
        assert (await ask_("GET /index.html",
                           "Accept-Encoding: gzip"))[1]["content-encoding"] == "gzip"


async def test_what_the_ledger_learns_is_shown_soon(site: Site,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sarabanwatch.page.desk.LOOK", -1.0)
    archive = site._archive
    assert isinstance(archive, MemoryArchive)
    async with visiting(site) as ask_:
        assert "new" not in site.by_slug
        archive.listings.append(listing("new", "กรมใหม่"))
        archive.news = True
        async with asyncio.timeout(20):
            while (await ask_("GET /agency/new.html"))[0] != 200:
                pass


async def test_a_search_that_finds_one_leads_there_and_one_that_finds_more_lists_them(
    site: Site,
) -> None:
    async with visiting(site) as ask_:
        status, headers, _ = await ask_(
            "GET /en/search.html?q=%E0%B8%AB%E0%B8%99%E0%B8%AD%E0%B8%87%E0%B9%84%E0%B8%9C"
        )
        assert (status, headers["location"]) == (303, "agency/1.html")
        status, _, body = await ask_(
            "GET /search.html?q="
            "%E0%B8%AB%E0%B8%99%E0%B9%88%E0%B8%A7%E0%B8%A2%E0%B8%87%E0%B8%B2%E0%B8%99"
        )
        assert status == 200
        assert b"agency/a1.html" in body
        status, _, body = await ask_("GET /search.html?q=%3Cimg%3E")
        assert (status, b"<img>" in body) == (200, False)


async def test_a_page_that_is_not_there_says_so_kindly(site: Site) -> None:
    async with visiting(site) as ask_:
        status, _, body = await ask_("GET /agency/none.html")
        assert status == 404
        assert "ไม่พบหน้านี้" in body.decode()


async def test_a_visitor_who_asks_too_much_is_put_off(site: Site) -> None:
    async with visiting(site, a_minute=12) as ask_:
        statuses = [(await ask_("GET /style.css"))[0] for _ in range(5)]
        assert statuses[:3] == [200] * 3
        status, headers, _ = await ask_("GET /style.css")
        assert status == 429
        assert headers["retry-after"]


async def test_a_visitor_is_who_the_web_server_before_us_says_and_not_who_he_says_himself(
    site: Site,
) -> None:
    async with visiting(site, a_minute=12) as ask_:
        by_proxy = [(await ask_("GET /style.css",
                                f"X-Forwarded-For: 198.51.100.{n}, 203.0.113.9"))[0]
                    for n in range(5)]
        assert by_proxy[:3] == [200] * 3
        assert 429 in by_proxy
        straight = [(await ask_("GET /style.css", f"X-Forwarded-For: 198.51.100.{n}",
                                source="127.0.0.2"))[0] for n in range(5)]
        assert straight[:3] == [200] * 3
        assert 429 in straight
        # another is not put off with him
        assert (await ask_("GET /style.css", "X-Forwarded-For: 192.0.2.7"))[0] == 200


def test_the_turnstile_lets_each_client_through_by_its_own_share_and_forgets_the_longest_gone() -> (
    None
):
    turnstile = Turnstile(60)
    assert [turnstile.admits("a", 0) for _ in range(16)] == [True] * 15 + [False]
    assert turnstile.admits("b", 0)
    assert turnstile.admits("a", 1)
    assert not turnstile.admits("a", 1.5)
    for n in range(CLIENTS + 5):
        turnstile.admits(str(n), 2)
    assert len(turnstile._clients) == CLIENTS


async def test_a_visitor_who_never_ends_is_shown_out(site: Site,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sarabanwatch.edge.web.VISIT", 0.2)
    desk = Desk(site, None, lambda _: None)
    listening = listen("127.0.0.1", 0, "page")
    serving = asyncio.create_task(serve(app(desk, 0), listening))
    reader, writer = await asyncio.open_connection("127.0.0.1", listening.getsockname()[1])
    writer.write(b"GET / HTTP/1.1\r\nHost: x")
    async with asyncio.timeout(20):
        assert await reader.read() == b""
    writer.close()
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    desk.close()


# --- the confirm link -----------------------------------------------------------------------------

FORGED = "swa" + "b" * 8 + "d" * 16


def signed(confirm: Callable[[str, str], Awaitable[bool]]) -> Links:
    """Links of which one mark alone bears our signature."""
    return Links(lambda mark: 7 if mark == MARK else None, confirm)


async def nobody(_: str, __: str) -> bool:
    raise AssertionError("nobody is asked")


async def test_opening_a_confirm_link_confirms_nothing_and_pressing_its_button_does(
    site: Site,
) -> None:
    heard: list[tuple[str, str]] = []

    async def confirm(mark: str, receipt: str) -> bool:
        heard.append((mark, receipt))
        return True

    async with visiting(site, signed(confirm)) as ask_:
        for line in (f"GET /r/{MARK}", f"HEAD /r/{MARK}"):
            status, headers, body = await ask_(line)
            assert status == 200
            assert headers["cache-control"] == "no-store"
        assert heard == []
        assert "<button" in (await ask_(f"GET /r/{MARK}"))[2].decode()
        status, _, body = await ask_(f"POST /r/{MARK.upper()}",
                                     body=b"receipt=%E0%B9%91%2F2569%0A%E2%80%AE")
        assert (status, "<bdi>๑/2569</bdi>" in body.decode()) == (200, True)
        assert heard == [(MARK, "๑/2569")]


@pytest.mark.parametrize("mark", ["x", "swa", MARK + "d", FORGED, "../index.html"])
async def test_a_link_that_is_none_of_ours_is_told_so(site: Site, mark: str) -> None:
    async with visiting(site, signed(nobody)) as ask_:
        assert (await ask_(f"GET /r/{mark}"))[0] == 404
        assert (await ask_(f"POST /r/{mark}"))[0] in {404, 405}


async def test_one_of_no_letter_and_one_where_none_are_given_out_confirm_nothing(
    site: Site,
) -> None:
    async def confirm(_: str, __: str) -> bool:
        return False

    async with visiting(site, signed(confirm)) as ask_:
        status, _, body = await ask_(f"POST /r/{MARK}", body=b"receipt=1")
        assert (status, "ยังไม่มีการยืนยันใด ๆ" in body.decode()) == (404, True)
    async with visiting(site) as ask_:
        assert (await ask_(f"GET /r/{MARK}"))[0] == 404
        assert (await ask_(f"POST /r/{MARK}"))[0] == 404


async def test_a_form_that_is_too_large_is_not_read(site: Site) -> None:
    async with visiting(site, signed(nobody)) as ask_:
        assert (await ask_(f"POST /r/{MARK}", body=b"receipt=" + b"1" * 3000))[0] == 413
