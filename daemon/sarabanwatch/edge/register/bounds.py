"""How large a register may be. A larger file is refused, not cut.

How many rows it may have is configuration; what reading so many takes grows with that.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sarabanwatch.core.register import ROWS_AT_MOST, FileRow, Unreadable

MOST_COLUMNS = 16_000
MOST_CELLS = 5_000_000      # of a web page, and of what is marked in a workbook


class Bounds(NamedTuple):
    """The bounds of a file of so many rows; those of a shorter one are as by default."""

    rows: int = ROWS_AT_MOST

    @property
    def cells(self) -> int:
        """How many cells it may have."""
        return self._of(MOST_CELLS)

    @property
    def octets(self) -> int:
        """How large it may be; 100,000 agencies take about 30 MB."""
        return self._of(64 << 20)

    @property
    def memory(self) -> int:
        """How much address space its reading may take, in octets; about a sixth is needed."""
        return self._of(2 << 30)

    @property
    def seconds(self) -> int:
        """How much processor time its reading may take."""
        return self._of(120)

    @property
    def patience(self) -> float:
        """How many wall seconds its reading may take, on a machine that others use as well."""
        return 5.0 * self.seconds

    def _of(self, usual: int) -> int:
        return usual * max(self.rows, ROWS_AT_MOST) // ROWS_AT_MOST


USUAL = Bounds()


def trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    """Return a row without the empty cells at its end."""
    last = len(cells)
    while last and not cells[last - 1]:
        last -= 1
    return tuple(cells[:last])


def within(rows: Iterable[FileRow], bounds: Bounds) -> Iterator[FileRow]:
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
        if count > bounds.rows + 1 or cells > bounds.cells:
            raise Unreadable(
                f"more than {bounds.rows:,} rows or {bounds.cells:,} cells",
                "give one country's agencies only, or set register.rows_at_most higher (--config)",
                "จำนวนแถวหรือเซลล์มากเกินไป ให้มีเฉพาะหน่วยงานของประเทศเดียว "
                "หรือเพิ่ม register.rows_at_most (--config)")
        yield row
