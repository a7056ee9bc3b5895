"""What had to be interpreted to read a register, for people and for machines."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sarabanwatch.cli.terminal import line

if TYPE_CHECKING:
    from sarabanwatch.core.register import Note, Register

SHOWN = 40      # rows, unless all are asked for


def plain(stood: "Register") -> dict[str, object]:
    """Return the notes of a register for machines: those of the file, and those of its rows by code."""
    return {"source": stood.source, "file": told(stood.notes), "rows": [
        {"code": e.agency.code, "name": e.agency.name, "line": e.line, "notes": told(e.notes)}
        for e in stood.entries if e.notes]}


def told(notes: Iterable["Note"]) -> list[dict[str, str]]:
    """Return notes as plain values."""
    from sarabanwatch.core.register.headings import HEADINGS

    return [{"column": HEADINGS[note.field][0] if note.field in HEADINGS else "", "th": note.thai,
             "en": note.english}
            for note in notes]


def one_line(note: dict[str, str]) -> str:
    """Return a note, as `told` gives it, on one line."""
    return line(f"{note['column']}: {note['th']} · {note['en']}" if note["column"]
                else f"{note['th']} · {note['en']}")


def lines(stood: "Register", *, whole: bool) -> Iterator[str]:
    """Yield the notes of a register for people; of a long list the beginning, unless `whole`."""
    noted = [entry for entry in stood.entries if entry.notes]
    yield f"{line(stood.source)}: มีข้อสังเกต {len(noted):,} แถว จาก {len(stood.entries):,} · rows with notes"
    yield from (f"  {one_line(note)}" for note in told(stood.notes))
    some = len(noted) if whole else SHOWN
    for entry in noted[:some]:
        yield from (f"  {entry.agency.code:<8} {line(entry.agency.name)}: {one_line(note)}"
                    for note in told(entry.notes))
    if some < len(noted):
        yield f"  … อีก {len(noted) - some:,} แถว · more rows: --all"
