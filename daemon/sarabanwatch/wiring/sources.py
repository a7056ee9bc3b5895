"""Where lists of agencies come from: a file, a watched folder, a page of the web.

Here they are only read; whether a list is taken is decided elsewhere.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from sarabanwatch.core import register
from sarabanwatch.core.errors import Unanswered
from sarabanwatch.core.register.history import OfferedList
from sarabanwatch.edge import folder
from sarabanwatch.edge.register.bounds import USUAL, Bounds
from sarabanwatch.ports import Source, Web
from sarabanwatch.settings.shapes import RegisterSection

PATIENCE = 60.0         # seconds
ARCHIVE = b"PK"         # a workbook, whose own end tells whether it is whole
Load = Callable[[Path], register.Register]


@dataclass(frozen=True, slots=True)
class FileSource:
    """One file, which is always the list."""

    load: Load
    path: Path
    kind: str = "file"
    once: bool = False

    async def offer(self, watermark: str) -> OfferedList | None:
        """Return the list; None where the file has not changed since."""
        return await asyncio.to_thread(_changed, watermark, self.path, self.load)


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder: its newest file is the list.

    A file that was imported once is never imported again, whatever happens to newer ones.
    """

    load: Load
    path: Path
    kind: str = "folder"
    once: bool = True

    async def offer(self, watermark: str) -> OfferedList | None:
        """Return the list in the newest file, when it is complete.

        None where it is the one that we know.
        """
        found = await folder.newest(self.path)
        return await asyncio.to_thread(_changed, watermark, found, self.load) if found else None


@dataclass(frozen=True, slots=True)
class UrlSource:
    """A page of the web, asked for with the watermark (ETag) that we know."""

    load: Load
    web: Web
    url: str
    bounds: Bounds = USUAL
    kind: str = "url"
    once: bool = False

    async def offer(self, watermark: str) -> OfferedList | None:
        """Return the list; None where it is the one that was there before."""
        page = await self.web.get(self.url, etag=watermark, seconds=PATIENCE,
                                  octets=self.bounds.octets)
        if page.status == 304:
            return None
        if not page.whole and not page.body.startswith(ARCHIVE):
            why = "the server does not tell the length, so a list that was cut off is not noticed"
            remedy = "have it send Content-Length or chunks, or name a file or a folder"
            raise Unanswered(f"{self.url}: {why}; {remedy}")
        return OfferedList(await asyncio.to_thread(self._read, page.body), page.etag)

    def _read(self, body: bytes) -> register.Register:
        with TemporaryDirectory() as place:
            path = Path(place) / (Path(urlsplit(self.url).path).name or "register.csv")
            path.write_bytes(body)
            return self.load(path)


def _changed(watermark: str, path: Path, load: Load) -> OfferedList | None:
    """Return the list in a file, unless the file has this watermark.

    A watermark is a file's name, time and size.
    """
    stat = path.stat()
    now = f"{path.name} {stat.st_ino} {stat.st_mtime_ns} {stat.st_size}"
    return None if now == watermark else OfferedList(load(path), now)


def source(c: RegisterSection, beside: Path, load: Load, web: Web) -> Source | None:
    """Return the source that the configuration names, if it names one."""
    if c.url:
        return UrlSource(load, web, c.url, Bounds(c.rows_at_most))
    if c.folder:
        return FolderSource(load, beside / c.folder)
    return FileSource(load, beside / c.file) if c.file else None
