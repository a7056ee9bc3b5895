"""Reads one register file: its form, its sheets, its rows. Runs in the child process."""

import hashlib
import pickle
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, NamedTuple

from sarabanwatch.core.register import Note, Register, Sheet, Unreadable, table
from sarabanwatch.edge.register import book, form, text, web
from sarabanwatch.edge.register.bounds import USUAL, Bounds, within

PART = 1_000             # entries that are handed over together
TOO_MUCH = 3             # exit status of a child that needed more memory than its limit
REMEDY = "name a register file that this user may read"


class ReadRequest(NamedTuple):
    """Which file to read, which sheet ("" for any), further names of columns, and the bounds."""

    path: str
    sheet: str
    headings: dict[str, tuple[str, ...]]
    bounds: Bounds = USUAL


class ReadRefusal(NamedTuple):
    """Why a file is not read. `problem` is to be written behind the file's name."""

    problem: str
    remedy: str
    thai: str


def parts(answered: Register | ReadRefusal) -> Iterator[object]:
    """Yield an answer in parts: itself without its entries, then these, a thousand at a time."""
    if isinstance(answered, ReadRefusal):
        yield answered
        return
    yield replace(answered, entries=[])
    for first in range(0, len(answered.entries), PART):
        yield answered.entries[first:first + PART]


def joined(written: IO[bytes]) -> Register | ReadRefusal:
    """Return the answer of which the parts were written."""
    answered: Register | ReadRefusal = pickle.load(written)  # noqa: S301 - our own child wrote it
    if isinstance(answered, ReadRefusal):
        return answered
    entries = list(answered.entries)
    with suppress(EOFError):
        while True:
            entries += pickle.load(written)  # noqa: S301 - as above
    return replace(answered, entries=entries)


def answer(asked: ReadRequest) -> Register | ReadRefusal:
    """Read a file; return a ReadRefusal for any fault in the file."""
    try:
        path = Path(asked.path)
        return read(_octets(path, asked.bounds.octets), path.name, asked.sheet, asked.headings,
                    asked.bounds)
    except OSError as error:
        return ReadRefusal(f": {error.strerror}", REMEDY, "เปิดไฟล์ไม่ได้")
    except Unreadable as error:
        placed = error.problem.startswith("line ")
        return ReadRefusal(f"{', ' if placed else ': '}{error.problem}", error.remedy, error.thai)


def read(raw: bytes, name: str, sheet: str = "",
         headings: dict[str, tuple[str, ...]] | None = None,
         bounds: Bounds = USUAL) -> Register:
    """Read a file's octets; raise Unreadable."""
    if name.startswith("~$"):
        raise Unreadable("it is what Excel lays beside a list that somebody has open",
                         f"name the list itself, {name[2:]}",
                         f"เป็นไฟล์ที่ Excel สร้างไว้ขณะเปิดใช้งาน ให้ระบุไฟล์ {name[2:]}")
    sheets, notes = _sheets(raw, sheet, headings)
    digest = hashlib.sha256(raw).hexdigest()
    del raw         # the rows of a long list need the room
    read_ = table([each._replace(rows=within(each.rows, bounds)) for each in sheets], sheet,
                  headings)
    return Register(name, digest, read_.entries, read_.problems,
                    (*notes, *read_.notes), read_.columns)


def _sheets(raw: bytes, sheet: str,
            headings: dict[str, tuple[str, ...]] | None) -> tuple[list[Sheet], tuple[Note, ...]]:
    if web.is_page(raw):
        return web.sheets(raw)
    found = form.of(raw)
    return book.sheets(raw, found, sheet) if found.workbook else text.sheets(raw, headings)


def _octets(path: Path, largest: int) -> bytes:
    about = path.stat()
    if not stat.S_ISREG(about.st_mode) and not stat.S_ISDIR(about.st_mode):
        raise Unreadable("it is no ordinary file", REMEDY, "ไม่ใช่ไฟล์ปกติ")
    if about.st_size > largest:
        raise Unreadable(f"larger than {largest >> 20:,} MiB", "give a register, not an archive",
                         "ไฟล์ใหญ่เกินไป")
    return path.read_bytes()
