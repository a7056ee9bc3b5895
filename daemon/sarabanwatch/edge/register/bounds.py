"""How many rows and columns a register may have. A larger file is refused, not cut."""

from collections.abc import Iterable, Iterator, Sequence

from sarabanwatch.core.register import FileRow, Unreadable

MOST_ROWS = 200_000
MOST_COLUMNS = 16_000
MOST_CELLS = 5_000_000


def trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    """Return a row without the empty cells at its end."""
    last = len(cells)
    while last and not cells[last - 1]:
        last -= 1
    return tuple(cells[:last])


def within(rows: Iterable[FileRow]) -> Iterator[FileRow]:
    """Yield the rows that are not empty; raise Unreadable where there are too many."""
    count = cells = 0
    for row in rows:
        if row.blank:
            continue
        count += 1
        cells += len(row.cells)
        if len(row.cells) > MOST_COLUMNS:
            raise Unreadable(f"line {row.line}: more than {MOST_COLUMNS:,} columns",
                             "a register has about ten", f"บรรทัด {row.line}: คอลัมน์มากเกินไป")
        if count > MOST_ROWS + 1 or cells > MOST_CELLS:
            raise Unreadable(f"more than {MOST_ROWS:,} rows or {MOST_CELLS:,} cells",
                             "give one country's agencies only", "จำนวนแถวหรือเซลล์มากเกินไป")
        yield row
