"""What had to be interpreted in order to read a register."""

from collections.abc import Iterable, Iterator
from typing import Any

from sarabanwatch.cli.terminal import both, line
from sarabanwatch.core.register import Note, Register
from sarabanwatch.core.register.headings import HEADINGS

SHOWN = 40      # rows, unless all are asked for


def collect(stood: Register) -> dict[str, Any]:
    """Return the notes of a register: those of the file, and those of its rows by code."""
    noted = [entry for entry in stood.entries if entry.notes]
    return {"source": stood.source, "all_rows": len(stood.entries), "file": of(stood.notes),
            "rows": [{"code": entry.agency.code, "name": entry.agency.name, "line": entry.line,
                      "notes": of(entry.notes)} for entry in noted]}


def of(notes: Iterable[Note]) -> list[dict[str, str]]:
    """Return notes as plain values."""
    return [{"column": HEADINGS[note.field][0] if note.field in HEADINGS else "",
             "th": note.thai, "en": note.english} for note in notes]


def one_line(note: dict[str, str]) -> str:
    """Return a note, as `of` gives it, on one line."""
    text = both(note["th"], note["en"])
    return line(f"{note['column']}: {text}" if note["column"] else text)


def render_text(found: dict[str, Any], *, whole: bool) -> Iterator[str]:
    """Yield the notes of a register as lines; of a long list the beginning, unless `whole`."""
    rows, read = found["rows"], found["all_rows"]
    yield f"{line(found['source'])}: " + both(
        f"มีข้อสังเกต {len(rows):,} แถว จาก {read:,}", f"{len(rows):,} of {read:,} rows have notes")
    yield from (f"  {one_line(note)}" for note in found["file"])
    some = len(rows) if whole else SHOWN
    for row in rows[:some]:
        head = f"  {row['code']:<8} {line(row['name'])}"
        yield from (f"{head}: {one_line(note)}" for note in row["notes"])
    if some < len(rows):
        left = len(rows) - some
        yield f"  … {both(f'อีก {left:,} แถว', f'{left:,} more rows')}: --all"
