"""A list is imported when it is plausible, refused with a reason when not, and never twice."""

from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from corpus.register import books
from fakes.clock import StoppedClock
from fakes.samples import MONDAY, RULES, agency, register
from sarabanwatch import store
from sarabanwatch.app.sources import look
from sarabanwatch.core.facts.agency import Agency
from sarabanwatch.core.facts.web import WebPage
from sarabanwatch.core.register import Register, Unreadable
from sarabanwatch.core.register.difference import ImportLimits, TooMuch
from sarabanwatch.core.register.history import OfferedList
from sarabanwatch.edge.journal import MetricJournal
from sarabanwatch.edge.register import load
from sarabanwatch.store import FileLedger, Ledger
from sarabanwatch.wiring.sources import FileSource, FolderSource, UrlSource

TWENTY = [agency(f"saraban@a{n}.go.th", str(1000 + n)) for n in range(20)]
RENAMED = [replace(TWENTY[0], name="กรมใหม่"), *TWENTY[1:]]
REFUSED = "sarabanwatch_register_refused"


@dataclass
class Offering:
    """A source that offers the list that a test puts into it."""

    kind: str = "file"
    once: bool = False
    lists: list[Register | Exception | None] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)

    async def offer(self, mark: str) -> OfferedList | None:
        self.marks.append(mark)
        now = self.lists[0] if len(self.lists) == 1 else self.lists.pop(0)
        if isinstance(now, Exception):
            raise now
        return OfferedList(now, f"mark of {now.digest}") if now else None


class Desk:
    """A ledger, a journal and a source."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.clock = ledger, StoppedClock(MONDAY)
        self.journal = MetricJournal(self.clock)

    async def look(self, source: object) -> bool:
        return await look(
            source=source, ledger=self.ledger, clock=self.clock, journal=self.journal,
            limits=ImportLimits(0.05, 0.05),
            addresses=RULES)  # type: ignore[arg-type]  # what a test lays in

    @property
    def refused(self) -> float | None:
        return self.journal.registry.get_sample_value(REFUSED)

    async def name(self) -> str:
        first = await self.ledger.read(store.register_table.find, "1000")
        return first.name if first else ""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    with closing(FileLedger(tmp_path / "ledger.db")) as ledger:
        yield Desk(ledger)


def listed(*agencies: Agency, digest: str) -> Register:
    return register(*agencies, digest=digest)


async def test_a_list_is_taken_once_and_the_next_when_it_is_another(desk: Desk) -> None:
    source = Offering(lists=[listed(*TWENTY, digest="d1")])
    assert [await desk.look(source), await desk.look(source)] == [True, False]
    source.lists = [listed(*RENAMED, digest="d2")]
    assert await desk.look(source)
    # the older one laid there again is news again
    source.lists = [listed(*TWENTY, digest="d1")]
    assert await desk.look(source)
    assert source.marks == ["", "mark of d1", "mark of d1", "mark of d2"]


async def test_what_was_undone_does_not_come_back_by_itself(desk: Desk) -> None:
    source = Offering(lists=[listed(*TWENTY, digest="d1")])
    await desk.look(source)
    source.lists = [listed(*RENAMED, digest="d2")]
    await desk.look(source)
    await desk.ledger.write(store.register_table.restore, 1, RULES, MONDAY)
    assert not await desk.look(source)
    assert await desk.name() == "กรมหนึ่ง"


async def test_a_file_of_a_folder_is_never_taken_again(desk: Desk) -> None:
    folder = Offering("folder", once=True, lists=[listed(*TWENTY, digest="d1")])
    await desk.look(folder)
    folder.lists = [listed(*RENAMED, digest="d2")]
    await desk.look(folder)
    folder.lists = [listed(*TWENTY, digest="d1")]       # the newer file was taken away again
    assert not await desk.look(folder)
    assert await desk.name() == "กรมใหม่"


async def test_too_much_is_refused_until_a_person_takes_it_or_it_is_mended(desk: Desk) -> None:
    source = Offering(lists=[listed(*TWENTY, digest="d1")])
    await desk.look(source)
    half = listed(*TWENTY[:10], digest="d2")
    source.lists = [half]
    assert [await desk.look(source), desk.refused, await desk.look(source)] == [False, 1, False]
    with pytest.raises(TooMuch, match=r"10 of 20 agencies .* would vanish"):
        await desk.ledger.write(store.register_table.replace, half, RULES, MONDAY,
                                limits=ImportLimits(0.05))
    assert source.marks[-1] == ""       # asked for whole, not whether it changed
    await desk.ledger.write(store.register_table.replace, half, RULES, MONDAY)
    assert [await desk.look(source), desk.refused] == [False, 0]


@pytest.mark.parametrize("error", [Unreadable("no column รหัสหน่วยงาน", "name it"),
                                   OSError("no route to host")])
async def test_a_list_that_cannot_be_had_leaves_the_old_register_and_is_told(
    desk: Desk, error: Exception
) -> None:
    source = Offering(lists=[listed(*TWENTY, digest="d1")])
    await desk.look(source)
    source.lists = [error]
    assert [await desk.look(source), desk.refused, await desk.name()] == [False, 1, "กรมหนึ่ง"]
    source.lists = [None]
    assert [await desk.look(source), desk.refused] == [False, 0]


HEAD = "รหัส,ชื่อหน่วยงาน,ประเภท,อีเมล\n"


async def test_a_file_is_read_again_only_when_somebody_wrote_to_it(desk: Desk,
                                                                   tmp_path: Path) -> None:
    read, path = [], tmp_path / "list.csv"

    def reading(path: Path) -> Register:
        read.append(path)
        return load(path)

    path.write_text(f"{HEAD}1000,กรมหนึ่ง,กรม,saraban@one.go.th\n", encoding="utf-8")
    source = FileSource(reading, path)
    assert [await desk.look(source), await desk.look(source), len(read)] == [True, False, 1]
    path.write_text(f"{HEAD}1001,กรมสอง,กรม,saraban@two.go.th\n", encoding="utf-8")
    # Another list, which is refused.
    assert [await desk.look(source), desk.refused, await desk.look(source), len(read)] == [False, 1,
                                                                                           False, 3]


async def test_a_folder_and_a_page_are_read_as_files_are(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text(f"{HEAD}1000,กรมหนึ่ง,กรม,saraban@one.go.th\n",
                                           encoding="utf-8")
    assert await desk.look(FolderSource(load, tmp_path / "in"))
    body = f"{HEAD}1000,กรมหนึ่ง,กรม,saraban@one.go.th\n1001,กรมสอง,กรม,saraban@two.go.th\n".encode()

    class Web:
        """A page that never changes."""

        async def get(self, _url: str, *, etag: str = "", **_bounds: object) -> WebPage:
            return WebPage(304, b"", "", "") if etag == '"v1"' else WebPage(200, body, '"v1"',
                                                                            "text/csv")

    url = UrlSource(load, Web(), "https://lists.test/register.csv")
    assert [await desk.look(url), await desk.look(url)] == [True, False]
    assert await desk.ledger.read(store.register_table.find, "1001") is not None
    assert await desk.ledger.read(store.register_table.etag, "url") == '"v1"'


async def test_a_page_without_a_told_end_is_not_believed_but_for_a_workbook(desk: Desk) -> None:
    class Web:
        """A page of which nobody can tell whether it is whole."""

        body = f"{HEAD}1000,กรมหนึ่ง,กรม,saraban@one.go.th\n".encode()

        async def get(self, _url: str, **_bounds: object) -> WebPage:
            return WebPage(200, self.body, "", "text/csv", whole=False)

    web = Web()
    source = UrlSource(load, web, "https://lists.test/register.csv")
    assert [await desk.look(source), desk.refused] == [False, 1]
    web.body = books.xlsx([HEAD.strip().split(","),
                           ["1000", "กรมหนึ่ง", "กรม", "saraban@one.go.th"]])
    assert [await desk.look(source), desk.refused] == [True, 0]
    web.body = web.body[:-30]
    assert [await desk.look(source), desk.refused] == [False, 1]
