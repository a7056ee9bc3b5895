"""The site as a visitor and a machine meet it, over an archive in memory."""

import asyncio
import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from fakes.archive import BECAUSE, NOW, MemoryArchive, letter, listing
from sarabanwatch.core.calendar import campaign
from sarabanwatch.core.census import BUCKETS, bucket_of, parted
from sarabanwatch.core.group import Change, Group
from sarabanwatch.core.incident import Kin, Scope
from sarabanwatch.core.public import Hold
from sarabanwatch.core.verdict import Verdict
from sarabanwatch.edge.page import Desk, Edition, Face, Label, Site, app
from sarabanwatch.edge.page.door import CLIENTS, Turnstile, client_of
from sarabanwatch.edge.web import listen, serve

HOSTILE = {
    "markup": "<script>alert(1)</script><b>กรม</b>", "attribute": '" onmouseover="alert(1)', "jinja": "{{ 7*7 }}{% raw %}",
    "formula": '=HYPERLINK("http://evil.test","x")', "turned": "กรม\u202eabc\u2066def", "long": "ก" * 2000, "entity": "&lt;&amp;",
    "cdata": "]]><x>", "null": "ก\x00ข\x0bค",
}
TURNS = [Change(1, "1", None, Group.D2, BECAUSE[Group.D2], NOW - timedelta(days=50)),
         Change(2, "1", Group.D2, Group.A1, BECAUSE[Group.A1], NOW - timedelta(days=2))]
Answer = tuple[int, dict[str, str], bytes]
Ask = Callable[..., Awaitable[Answer]]


def a_face(*, live: bool = True, notice: str = "") -> Face:
    labels = {group: Label(f"ไทย {group}", f"english {group}", (f"ขั้นตอน {group}",) if group.value[0] in "BCDEW" else ())
              for group in Group}
    return Face("https://page.test/", "", ("สำนักงาน", "office"), "saraban@office.test", notice, "yes",
                lambda _: Edition(labels), lambda: NOW,
                lambda at: campaign(at, NOW.date(), 6), live)


def a_country() -> MemoryArchive:
    groups = [listing(group.value.lower(), f"หน่วยงาน {group.value}", group) for group in Group]
    hostile = [listing(f"h{n}", name, Group.D1, link="javascript:alert(1)") for n, name in enumerate(HOSTILE.values())]
    return MemoryArchive([listing("1", "เทศบาลตำบลหนองไผ่", Group.A1), *groups, *hostile], list(TURNS), (letter(Verdict.REFUSES),))


@pytest.fixture
def site() -> Site:
    return Site(a_country(), a_face())


def page(site: Site, path: str) -> str:
    found = site.document(path)
    assert found, path
    return found.body.decode()


# --- documents -------------------------------------------------------------------------------------------------------


class Links(HTMLParser):
    """Gathers where a page leads and what it loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in {"href", "src", "action"} and value]


@pytest.mark.parametrize("live", [True, False])
def test_every_link_between_the_documents_leads_to_one_and_is_relative(*, live: bool) -> None:
    site = Site(a_country(), a_face(live=live))
    paths = set(site.paths())
    for path in (p for p in paths if p.endswith(".html")):
        links = Links()
        links.feed(page(site, path))
        for link in links.found:
            if re.match(r"https?:|mailto:|#", link):
                continue
            parts = path.split("/")[:-1]
            for step in link.partition("#")[0].split("/"):
                parts = parts[:-1] if step == ".." else [*parts, step]
            assert "/".join(parts) in paths, (path, link)


def test_every_path_has_a_document_and_no_page_is_heavier_than_100_kb(site: Site) -> None:
    for path in site.paths():
        document = site.document(path)
        assert document, path
        assert len(document.body) < 100_000, path


@pytest.mark.parametrize("path", ["agency/none.html", "group/A9.html", "group/A1.2.html", "../etc/passwd", "agency/1.2.html", "x",
                                  "", "en/en/index.html", "data/x", "qr/none.svg", "qr/1.gif", "agency/", "index.0.html",
                                  "data.2.html"])
def test_what_is_not_there_is_not_there(site: Site, path: str) -> None:
    assert site.document(path) is None


@pytest.mark.parametrize("group", list(Group))
def test_an_agency_is_told_its_group_and_what_to_do(site: Site, group: Group) -> None:
    thai, english = page(site, f"agency/{group.value.lower()}.html"), page(site, f"en/agency/{group.value.lower()}.html")
    assert 'lang="th"' in thai
    assert 'lang="en"' in english
    assert f"หน่วยงาน {group.value}" in english
    assert (f"ขั้นตอน {group.value}" in thai) == (group.value[0] in "BCDEW")
    assert ("saraban@office.test" in thai) == (group.value[0] in "BCDEW")


def test_the_history_tells_letters_and_turns_newest_first(site: Site) -> None:
    told = page(site, "agency/1.html")
    assert "550 5.1.1" in told
    history = told.partition('class="time"')[2]
    assert history.index("28 กุมภาพันธ์ 2569") < history.index("11 มกราคม 2569")


def trend(site: Site) -> list[str]:
    section = page(site, "index.html").partition('id="trend"')[2].partition("</section>")[0]
    return re.findall(r'<svg class="bar".*?</svg>', section)


def test_the_trend_shows_the_end_of_each_round_and_now() -> None:
    assert len(trend(Site(a_country(), a_face()))) == 3


def test_an_edition_of_the_groups_holds_from_its_day_on_and_the_trend_has_each_bar_by_its_own() -> None:
    day = [NOW]
    moved = parted({g.value: "mend" if g is Group.A1 else bucket_of(g, BUCKETS) for g in Group})
    labels = a_face().edition(NOW).labels
    face = replace(a_face(), now=lambda: day[0], edition=lambda at: Edition(labels, moved if at > NOW else BUCKETS))
    site = Site(a_country(), face)
    assert 'class="verdict ready"' in page(site, "agency/1.html")
    before = trend(site)
    assert not site.refresh()
    day[0] = NOW + timedelta(hours=1)
    assert site.refresh()
    assert 'class="verdict mend"' in page(site, "agency/1.html")
    assert '"bucket": "mend",' in page(site, "data/agencies.json").partition('"code": "1",')[2].partition("}")[0]
    assert json.loads(page(site, "data/census.json"))["buckets"]["ready"] == 1      # A2 alone
    after = trend(site)
    assert (len(after), after[:-1]) == (len(before), before[:-1])
    assert after[-1] != before[-1]


def test_long_lists_are_cut_into_pages_that_hold_every_agency_once() -> None:
    many = Site(MemoryArchive([listing(str(n), f"หน่วยงาน {n}") for n in range(400)]), a_face())
    pages = [p for p in many.paths() if p.startswith("group/A2")]
    assert pages == ["group/A2.html", "group/A2.2.html", "group/A2.3.html"]
    assert sorted(int(n) for p in pages for n in re.findall(r"agency/(\d+)\.html", page(many, p))) == list(range(400))


def test_a_country_without_agencies_has_a_page() -> None:
    empty = Site(MemoryArchive([]), a_face())
    assert "0.0" in page(empty, "index.html")
    assert ET.fromstring(page(empty, "changes.atom")) is not None


@pytest.fixture
def held() -> Site:
    """A site of a country in which an incident holds two agencies."""
    country = a_country()
    country.holds = (Hold(3, Kin(Scope.HOST, "mx.<b>.test"), NOW, {"1": Group.D2, "a1": Group.D1}),)
    return Site(country, a_face())


def test_an_agency_that_an_incident_holds_learns_why_its_group_stays(held: Site) -> None:
    told = page(held, "agency/1.html")
    assert "ยังไม่เปลี่ยนกลุ่ม" in told
    assert "ที่ใช้เครื่องรับอีเมลเดียวกัน (mx.&lt;b&gt;.test)" in told
    assert "จะเป็นกลุ่ม D2 · เหตุการณ์ร่วมที่ 3" in told
    assert "its group has not turned" in page(held, "en/agency/1.html")
    assert "ยังไม่เปลี่ยนกลุ่ม" not in page(held, "agency/a2.html")


def test_the_country_tells_how_many_are_held_and_by_what(held: Site) -> None:
    assert "คงกลุ่มเดิมไว้" in page(held, "index.html")
    assert "of the same mail host (mx.&lt;b&gt;.test)" in page(held, "en/index.html")
    assert json.loads(page(held, "data/census.json"))["held"] == [
        {"incident": 3, "scope": "mail host", "key": "mx.<b>.test", "since": NOW.isoformat(), "agencies": 2}]
    assert {a["code"]: a["held_by"] for a in json.loads(page(held, "data/agencies.json")) if a["held_by"]} == {"1": "3", "a1": "3"}


def test_where_nobody_is_held_nothing_is_said_of_it(site: Site) -> None:
    assert "คงกลุ่มเดิมไว้" not in page(site, "index.html")


# --- hostile names ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", range(len(HOSTILE)), ids=list(HOSTILE))
def test_a_hostile_name_is_text_on_its_page(site: Site, n: int) -> None:
    told = page(site, f"agency/h{n}.html")
    for tag in ("<script", "<b>กรม", 'onmouseover="', "49", "\u202e", "\u2066", "\x00", 'href="javascript'):
        assert tag not in told


def test_hostile_names_are_text_in_the_data(site: Site) -> None:
    rows = list(csv.reader(io.StringIO(page(site, "data/agencies.csv").removeprefix("\ufeff"))))
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    told = json.loads(page(site, "data/agencies.json"))
    assert HOSTILE["formula"] in {agency["name"] for agency in told}
    assert len(told) == len(rows) - 1 == len(site.country.listings)
    assert list(told[0]) == rows[0]


def test_hostile_names_are_text_in_the_feed() -> None:
    country = a_country()
    country.turns = [Change(n, f"h{n}", None, Group.D1, "<x>", NOW) for n in range(len(HOSTILE))]
    feed = ET.fromstring(page(Site(country, a_face()), "changes.atom"))
    titles = [title.text or "" for title in feed.iterfind(".//{*}entry/{*}title")]
    assert any(title.startswith(HOSTILE["markup"]) for title in titles)
    assert len(titles) == len(HOSTILE)


# --- over HTTP -------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def visiting(
    site: Site, confirm: Callable[[str, str], Awaitable[bool]] | None = None, a_minute: int = 0,
) -> AsyncIterator[Ask]:
    """Serve a site; yield how to ask it."""
    told: list[BaseException] = []
    desk = Desk(site, confirm, told.append)
    listening = listen("127.0.0.1", 0, "page")
    serving = asyncio.create_task(serve(app(desk, a_minute), listening))
    try:
        yield lambda line, *headers, body=b"": ask(listening.getsockname()[1], line, *headers, body=body)
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        desk.close()
    assert told == []


async def ask(port: int, line: str, *headers: str, body: bytes = b"") -> Answer:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    sent = [f"{line} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", f"Content-Length: {len(body)}", *headers]
    writer.write("\r\n".join(sent).encode() + b"\r\n\r\n" + body)
    head, _, said = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    first, *rest = head.decode().split("\r\n")
    return int(first.split()[1]), {k.lower(): v for k, _, v in (each.partition(": ") for each in rest)}, said


async def test_every_answer_is_dressed_and_sets_no_cookie(site: Site) -> None:
    async with visiting(site) as ask_:
        for line in ("GET /", "GET /none", "POST /", "GET /style.css", "GET /search.html?q=1", "HEAD /en/index.html"):
            _, headers, _ = await ask_(line)
            assert "default-src 'none'" in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
            assert "set-cookie" not in headers
            assert "server" not in headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_nothing_but_reading_is_allowed(site: Site, method: str) -> None:
    async with visiting(site) as ask_:
        assert (await ask_(f"{method} /index.html"))[0] == 405


async def test_a_page_that_has_not_changed_is_not_sent_again(site: Site) -> None:
    async with visiting(site) as ask_:
        status, headers, _ = await ask_("GET /")
        assert status == 200
        status, _, body = await ask_("GET /", f"If-None-Match: {headers['etag']}")
        assert (status, body) == (304, b"")
        assert (await ask_("GET /index.html", "Accept-Encoding: gzip"))[1]["content-encoding"] == "gzip"


async def test_what_the_ledger_learns_is_shown_soon(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sarabanwatch.edge.page.desk.LOOK", -1.0)
    archive = site._archive
    assert isinstance(archive, MemoryArchive)
    async with visiting(site) as ask_:
        assert "new" not in site.by_slug
        archive.listings.append(listing("new", "กรมใหม่"))
        archive.news = True
        async with asyncio.timeout(20):
            while (await ask_("GET /agency/new.html"))[0] != 200:
                pass


async def test_a_search_that_finds_one_leads_there_and_one_that_finds_more_lists_them(site: Site) -> None:
    async with visiting(site) as ask_:
        status, headers, _ = await ask_("GET /en/search.html?q=%E0%B8%AB%E0%B8%99%E0%B8%AD%E0%B8%87%E0%B9%84%E0%B8%9C")
        assert (status, headers["location"]) == (303, "agency/1.html")
        status, _, body = await ask_("GET /search.html?q=%E0%B8%AB%E0%B8%99%E0%B9%88%E0%B8%A7%E0%B8%A2%E0%B8%87%E0%B8%B2%E0%B8%99")
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


def test_the_turnstile_lets_each_client_through_by_its_own_share_and_forgets_the_longest_gone() -> None:
    turnstile = Turnstile(60)
    assert [turnstile.admits("a", 0) for _ in range(16)] == [True] * 15 + [False]
    assert turnstile.admits("b", 0)
    assert turnstile.admits("a", 1)
    assert not turnstile.admits("a", 1.5)
    for n in range(CLIENTS + 5):
        turnstile.admits(str(n), 2)
    assert len(turnstile._clients) == CLIENTS


def test_an_ipv6_customer_is_one_client() -> None:
    assert client_of("2001:db8::1") == client_of("2001:db8::ffff") != client_of("2001:db8:0:1::1")
    assert client_of("192.0.2.1") != client_of("192.0.2.2")
    assert client_of("unix") == "unix"


async def test_a_visitor_who_never_ends_is_shown_out(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
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


# --- the confirm link ------------------------------------------------------------------------------------------------

MARK = "swa" + "b" * 8 + "c" * 16


async def test_opening_a_confirm_link_confirms_nothing_and_pressing_its_button_does(site: Site) -> None:
    heard: list[tuple[str, str]] = []

    async def confirm(mark: str, receipt: str) -> bool:
        heard.append((mark, receipt))
        return True

    async with visiting(site, confirm) as ask_:
        for line in (f"GET /r/{MARK}", f"HEAD /r/{MARK}"):
            status, headers, body = await ask_(line)
            assert status == 200
            assert headers["cache-control"] == "no-store"
        assert heard == []
        assert "<button" in (await ask_(f"GET /r/{MARK}"))[2].decode()
        status, _, body = await ask_(f"POST /r/{MARK.upper()}", body=b"receipt=%E0%B9%91%2F2569%0A%E2%80%AE")
        assert (status, "บันทึกแล้ว" in body.decode()) == (200, True)
        assert heard == [(MARK, "๑/2569")]


@pytest.mark.parametrize("mark", ["x", "swa", MARK + "d", "../index.html"])
async def test_a_link_that_is_none_of_ours_is_told_so(site: Site, mark: str) -> None:
    async def confirm(_: str, __: str) -> bool:
        raise AssertionError("nobody is asked")

    async with visiting(site, confirm) as ask_:
        assert (await ask_(f"GET /r/{mark}"))[0] == 404
        assert (await ask_(f"POST /r/{mark}"))[0] in {404, 405}


async def test_a_forged_link_and_one_where_none_are_given_out_confirm_nothing(site: Site) -> None:
    async def confirm(_: str, __: str) -> bool:
        return False

    async with visiting(site, confirm) as ask_:
        assert (await ask_(f"POST /r/{MARK}"))[0] == 404
    async with visiting(site) as ask_:
        assert (await ask_(f"GET /r/{MARK}"))[0] == 404
        assert (await ask_(f"POST /r/{MARK}"))[0] == 404


async def test_a_form_that_is_too_large_is_not_read(site: Site) -> None:
    async def confirm(_: str, __: str) -> bool:
        raise AssertionError("nobody is asked")

    async with visiting(site, confirm) as ask_:
        assert (await ask_(f"POST /r/{MARK}", body=b"receipt=" + b"1" * 3000))[0] == 413
