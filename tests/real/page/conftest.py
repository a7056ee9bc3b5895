"""The page over the land's own country, served for Debian's Chromium."""

import asyncio
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from fakes.archive import BECAUSE, NOW, MemoryArchive, letter, listing
from sarabanland import country
from sarabanwatch import settings
from sarabanwatch.core.facts.agency import AgencyKind
from sarabanwatch.core.judging.group import Group, Transition
from sarabanwatch.core.judging.incident import Kin, Scope
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.page.public import Hold, Listing
from sarabanwatch.core.page.section import PageSection
from sarabanwatch.core.policy import CampaignSection
from sarabanwatch.edge.web import listen, serve
from sarabanwatch.page import HEADERS, Desk, Face, GroupLabel, Links, PageEdition, Site, app

CHROMIUM = Path("/usr/bin/chromium")
QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync")
AGENCIES, SEED = 70, 7
DESK = {"width": 1100, "height": 800}
MARK = "swa" + "b" * 8 + "c" * 16


def listings() -> list[Listing]:
    """The land's agencies, each in its true group."""
    found = [listing(b.code, b.name, Group(b.group), kind=AgencyKind(b.kind), province=b.province,
                     superior=b.superior, former=b.former,
                     address=b.cell, link=b.announced.link if b.announced else "")
             for b in country.settle(AGENCIES, SEED)]
    return [*found, listing("5999999", "เทศบาลตำบลที่ยังไม่ทราบผล", Group.UNKNOWN)]


def special(agencies: list[Listing]) -> dict[str, Listing]:
    """Three of the ready of whom more is told than their group."""
    ready = [a for a in agencies if a.group is Group.A2]
    return dict(zip(("held by an incident", "left alone", "takes any name"), ready[:3],
                    strict=True))


def history(agencies: list[Listing]) -> list[Transition]:
    """Changes of group over six rounds, oldest first.

    In the first, half of the agencies could not be reached. A few mended it in each round since,
    and of those that are to mend now some were ready then.
    """
    begun, done = NOW - timedelta(weeks=33), []
    for n, a in enumerate(agencies):
        ready, at = a.group.value[0] == "A", begun + timedelta(hours=n % 500)
        first = (Group.D2 if ready and n % 2 else Group.A2 if not ready and n % 9 == 4 else a.group)
        done.append((at, a.code, None, first))
        if first is not a.group:
            later = at + timedelta(weeks=6 * (1 + n % 5))
            done.append((later, a.code, first, a.group))
    return [Transition(n, code, was, now, BECAUSE[now], at)
            for n, (at, code, was, now) in enumerate(sorted(done, key=lambda each: each[:2]))]


@dataclass
class Visit:
    """A browser's window on the site, and every address that it asked for."""

    page: Page
    base: str
    asked: list[str] = field(default_factory=list)
    weight: int = 0

    def go(self, path: str) -> Page:
        self.page.goto(self.base + path)
        return self.page

    def assert_alone(self) -> None:
        assert [url for url in self.asked if not url.startswith(self.base)] == []
        assert self.page.context.cookies() == []


@pytest.fixture(scope="session")
def agencies() -> list[Listing]:
    return listings()


@pytest.fixture(scope="session")
def base(agencies: list[Listing]) -> Iterator[str]:
    """Serves the site in a thread of its own; yields its address."""
    words = settings.read(settings.shipped("groups.toml"), settings.Groups).groups
    labels = {g: GroupLabel(w.th, w.en, w.steps_th, w.steps_en) for g in Group for w in [words[g]]}
    turns = history(agencies)
    archive = MemoryArchive(agencies, turns,
                            (letter(Verdict.REFUSES, days=30), letter(Verdict.PROVEN)))
    held, alone, weak = (a.code for a in special(agencies).values())
    archive.holds = (Hold(7, Kin(Scope.HOST, "mx1.dla.go.test"), NOW, {held: Group.D2}),)
    archive.opt_outs, archive.weak = {alone: date(2026, 12, 31)}, frozenset({weak})
    listening = listen("127.0.0.1", 0, "page")
    where = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    face = Face(PageSection(tell="saraban@opdc.test"), CampaignSection(NOW.date()), where,
                lambda _: PageEdition(labels), lambda: NOW)
    loop = asyncio.new_event_loop()

    async def confirm(_: str, __: str) -> bool:
        return True

    links = Links(lambda mark: 7 if mark == MARK else None, confirm)
    desk = Desk(Site(archive, face), links, lambda _: None)
    serving = loop.create_task(serve(app(desk, 0), listening, HEADERS))
    thread = threading.Thread(target=lambda: loop.run_until_complete(asyncio.wait([serving])))
    thread.start()
    yield where
    loop.call_soon_threadsafe(serving.cancel)
    thread.join()
    desk.close()
    loop.close()


# it keeps a loop running while it lives, in the way of all who test one
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (Debian: chromium)")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as home:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET,
                                            env={"HOME": home})
        yield opened
        opened.close()


@contextmanager
def window(browser: Browser, base: str, **wanted: object) -> Iterator[Visit]:
    """Open a window; nothing but the site may be asked for, and no cookie be left."""
    opened = browser.new_context(**{"viewport": DESK} | wanted)
    seen = Visit(opened.new_page(), base)
    seen.page.on("request", lambda r: seen.asked.append(r.url))
    seen.page.on("response", lambda r: setattr(seen, "weight",
                                               seen.weight + int(r.headers.get("content-length",
                                                                               0))))
    seen.page.set_default_timeout(600_000)
    yield seen
    seen.assert_alone()
    opened.close()


@pytest.fixture
def visit(browser: Browser, base: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A new window, as `@pytest.mark.parametrize("visit", [{...}], indirect=True)` wants it."""
    with window(browser, base, **getattr(request, "param", {})) as visit:
        yield visit


@pytest.fixture(scope="module")
def same_window(browser: Browser, base: str) -> Iterator[Visit]:
    with window(browser, base) as visit:
        yield visit


@pytest.fixture
def look(same_window: Visit) -> Iterator[Visit]:
    """The window of all who only look, as it was when it was new: axe-core is warm in it."""
    same_window.asked.clear()
    same_window.page.set_viewport_size(DESK)
    same_window.page.emulate_media(color_scheme="light")
    yield same_window
    same_window.assert_alone()
