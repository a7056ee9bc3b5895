"""The public page over an archive in memory.

Its country, its documents, and how to ask for them over HTTP.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial

from fakes.archive import BECAUSE, NOW, MemoryArchive, letter, listing
from sarabanwatch.core.judging.group import Group, Transition
from sarabanwatch.core.judging.verdict import Verdict
from sarabanwatch.core.page.public import Country
from sarabanwatch.core.page.section import PageSection
from sarabanwatch.core.policy import CampaignSection
from sarabanwatch.edge.web import listen, serve
from sarabanwatch.page import HEADERS, Desk, Face, Fronts, GroupLabel, Links, PageEdition, Site, app
from sarabanwatch.page.door import NEAR

HOSTILE = {
    "markup": "<script>alert(1)</script><b>กรม</b>", "attribute": '" onmouseover="alert(1)',
    "jinja": "{{ 7*7 }}{% raw %}",
    "formula": '=HYPERLINK("http://evil.test","x")', "turned": "กรม\u202eabc\u2066def",
    "long": "ก" * 2000, "entity": "&lt;&amp;",
    "cdata": "]]><x>", "null": "ก\x00ข\x0bค",
}
TURNS = [Transition(1, "1", None, Group.D2, BECAUSE[Group.D2], NOW - timedelta(days=50)),
         Transition(2, "1", Group.D2, Group.A1, BECAUSE[Group.A1], NOW - timedelta(days=2))]
UNBROKEN = re.compile("<span class=w>(.*?)</span>")      # no words of a page
Answer = tuple[int, dict[str, str], bytes]


def a_face(*, live: bool = True, notice: str = "") -> Face:
    labels = {group: GroupLabel(f"ไทย {group}", f"english {group}",
                                (f"ขั้นตอน {group}",) if group.value[0] in "BCDEW" else ())
              for group in Group}
    section = PageSection(base="https://page.test/", owner_th="สำนักงาน", owner_en="office",
                          tell="saraban@office.test", notice=notice)
    return Face(section, CampaignSection(NOW.date()), "https://page.test/",
                lambda _: PageEdition(labels), lambda: NOW, live)


def a_country() -> MemoryArchive:
    groups = [listing(group.value.lower(), f"หน่วยงาน {group.value}", group) for group in Group]
    hostile = [listing(f"h{n}", name, Group.D1, link="javascript:alert(1)")
               for n, name in enumerate(HOSTILE.values())]
    return MemoryArchive([listing("1", "เทศบาลตำบลหนองไผ่", Group.A1), *groups, *hostile],
                         list(TURNS), (letter(Verdict.REFUSES),))


def renamed_meanwhile(archive: MemoryArchive, country: Country | None = None) -> Site:
    """A site to be written out whose ledger has other names once a helper looks into it."""
    later = MemoryArchive([replace(a, name="เปลี่ยนชื่อแล้ว") for a in archive.listings])
    return Site(later if country else archive, a_face(live=False), country)


def page(site: Site, path: str) -> str:
    found = site.document(path)
    assert found, path
    return UNBROKEN.sub(r"\1", found.body.decode())


@asynccontextmanager
async def visiting(
    site: Site, links: Links | None = None, a_minute: int = 0,
    told: list[BaseException] | None = None, fronts: Fronts = NEAR,
) -> AsyncIterator[partial[Awaitable[Answer]]]:
    """Serve a site; yield how to ask it. What failed meanwhile is added to `told`.

    Where nobody asks for it, nothing may fail.
    """
    failed: list[BaseException] = [] if told is None else told
    desk = Desk(site, links, failed.append)
    listening = listen("127.0.0.1", 0, "page")
    serving = asyncio.create_task(serve(app(desk, a_minute, fronts), listening, HEADERS))
    try:
        yield partial(ask, listening.getsockname()[1])
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        desk.close()
    assert told is not None or failed == []


async def ask(port: int, line: str, *headers: str, body: bytes = b"",
              source: str = "127.0.0.1") -> Answer:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
    sent = [f"{line} HTTP/1.1", "Host: 127.0.0.1", "Connection: close",
            f"Content-Length: {len(body)}", *headers]
    writer.write("\r\n".join(sent).encode() + b"\r\n\r\n" + body)
    head, _, said = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    first, *rest = head.decode().split("\r\n")
    return int(first.split()[1]), {k.lower(): v
                                   for k, _, v in (each.partition(": ") for each in rest)}, said
