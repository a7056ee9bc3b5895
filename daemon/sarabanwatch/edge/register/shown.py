"""What a workbook shows of its cells besides their values, whatever its form: what cannot be read, strikes, links, hidden rows.

python-calamine gives values alone: to it an error, a formula without its value and an empty cell are the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sarabanwatch.core.register import Unreadable
from sarabanwatch.core.register.records import NO_MARKS, RowMarks, Unread, quoted
from sarabanwatch.core.register.unread import STRUCK
from sarabanwatch.edge.register.bounds import MOST_CELLS, MOST_COLUMNS

HIDDEN = (None, "the row is hidden in the workbook", "แถวนี้ถูกซ่อนในสมุดงาน")


class Struck(NamedTuple):
    """A text of which a part was struck out: what is left, and what was."""

    left: str
    gone: str


@dataclass(slots=True)
class SheetMarks:
    """Of one sheet, by row and column from 0: cells that say nothing, texts with a part struck out, links; what is hidden."""

    unread: dict[int, dict[int, Unread]] = field(default_factory=dict)
    struck: dict[int, dict[int, Struck]] = field(default_factory=dict)
    links: dict[int, dict[int, str]] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    unseen: set[int] = field(default_factory=set)
    count: int = 0

    def note(self, row: int, column: int, why: "Unread | Struck | str") -> None:
        """Write down what a cell is; raise Unreadable where it is too much."""
        self.count += 1
        if self.count > MOST_CELLS:
            raise Unreadable("more formulas, links and strikes than a register has cells",
                             "paste the values into a new sheet",
                             "มีสูตร ลิงก์ หรือขีดฆ่ามากเกินไป ให้วางเป็นค่าในแผ่นงานใหม่")
        if column >= MOST_COLUMNS:
            return
        if isinstance(why, Struck) and not why.left.strip():
            why = STRUCK
        match why:
            case Unread():
                self.unread.setdefault(row, {})[column] = why
            case Struck():
                self.struck.setdefault(row, {})[column] = why
            case _:
                self.links.setdefault(row, {})[column] = why

    def hide(self, columns: Iterable[int]) -> None:
        """Write down columns that are hidden."""
        self.unseen.update(columns)

    def beside(self, row: int, cells: Sequence[str]) -> tuple[tuple[str, ...], RowMarks]:
        """Return a row's cells without what was struck out of them, and what is to be known besides."""
        unread, struck, links = self.unread.get(row, {}), self.struck.get(row,
                                                                          {}), self.links.get(row,
                                                                                              {})
        if not (unread or struck or links or row in self.hidden):
            return tuple(cells), NO_MARKS
        left = [struck[i].left if i in struck else cell for i, cell in enumerate(cells)]
        said = [(i, f"{quoted(each.gone)} is struck out, and passed over",
                 f"{quoted(each.gone)} มีขีดฆ่า จึงไม่อ่าน")
                for i, each in struck.items()]
        return tuple(left), RowMarks(unread, links,
                                     (*((HIDDEN,) if row in self.hidden else ()), *said))
