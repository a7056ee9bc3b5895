"""Register files -> rows of text. CSV (RFC 4180) in UTF-8, with or without a byte order mark.

Reads bytes and lines; what a row means is the business of `core.register`.
"""

import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path

from sarabanwatch.core import register
from sarabanwatch.core.register import Register, Unreadable

LARGEST = 64 * 2**20   # octets; 100,000 agencies take about 30 MB
HEADING_WITHIN = 20    # title rows may stand above the heading


def load(path: Path) -> Register:
    """Read a register file; raise Unreadable (naming file, line, remedy) where it cannot be read at all."""
    raw = _bytes(path)
    rows = list(_rows(raw, path))
    where, start = _heading(rows, path)
    entries, problems = register.read(((n, row) for n, row in rows[start:] if any(cell.strip() for cell in row)), where)
    return Register(path.name, hashlib.sha256(raw).hexdigest(), entries, problems)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise Unreadable(f"{path}: larger than {LARGEST // 2**20} MiB", "give a register, not an archive")
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror}", "name a CSV file that this user may read") from None


def _rows(raw: bytes, path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        reader = csv.reader(raw.decode("utf-8-sig").splitlines(keepends=True), strict=False)
        for row in reader:
            yield reader.line_num, row
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Unreadable(f"{path}, line {line}: not UTF-8", "save it as CSV UTF-8") from None
    except csv.Error as error:
        raise Unreadable(f"{path}, line {reader.line_num}: {error}", "save it as CSV UTF-8") from None


def _heading(rows: list[tuple[int, list[str]]], path: Path) -> tuple[dict[str, int], int]:
    problem = Unreadable("it is empty", "give a CSV file with a heading line")
    for i, (_, row) in enumerate(rows[:HEADING_WITHIN]):
        try:
            return register.columns(row), i + 1
        except Unreadable as error:
            problem = error if i == 0 else problem
    raise Unreadable(f"{path}: {problem.problem}", problem.remedy)
