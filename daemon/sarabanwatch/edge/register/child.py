"""Reads one register file: its form, its sheets, its rows. Runs in the child process."""

import hashlib
import stat
from pathlib import Path
from typing import NamedTuple

from sarabanwatch.core.register import Note, Register, Sheet, Unreadable, table
from sarabanwatch.edge.register import book, form, text, web
from sarabanwatch.edge.register.bounds import USUAL, Bounds, within

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


def answer(asked: ReadRequest) -> Register | ReadRefusal:
    """Read a file; return a ReadRefusal for any fault in the file."""
    try:
        raw = _octets(Path(asked.path), asked.bounds.octets)
        return read(raw, Path(asked.path).name, asked.sheet, asked.headings, asked.bounds)
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
    read_ = table([each._replace(rows=within(each.rows, bounds)) for each in sheets], sheet,
                  headings)
    return Register(name, hashlib.sha256(raw).hexdigest(), read_.entries, read_.problems,
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
