"""The marks on a sheet: cells that cannot be read, strikes, links, hidden rows and columns.

python-calamine gives values only: an error, a formula without its value and an empty cell are the
same to it. The readers of the workbook forms (`biff`, `ods`, `xlsx`) therefore collect marks.
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
    """A text of which a part was struck out: what is left, and what was struck out."""

    left: str
    gone: str


@dataclass(slots=True)
class SheetMarks:
    """The marks of one sheet, by row and column from 0.

    `unread`: cells that cannot be read; `struck`: texts with a part struck out; `hidden`: rows.
    """

    unread: dict[int, dict[int, Unread]] = field(default_factory=dict)
    struck: dict[int, dict[int, Struck]] = field(default_factory=dict)
    links: dict[int, dict[int, str]] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    count: int = 0

    def note(self, row: int, column: int, why: "Unread | Struck | str") -> None:
        """Note a mark on a cell; raise Unreadable where there are too many."""
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
        """Note columns that are hidden."""
        self.hidden_columns.update(columns)

    def of_row(self, row: int, cells: Sequence[str]) -> tuple[tuple[str, ...], RowMarks]:
        """Return a row's cells without what was struck out of them, and its marks."""
        unread, links = self.unread.get(row, {}), self.links.get(row, {})
        struck = self.struck.get(row, {})
        if not (unread or struck or links or row in self.hidden):
            return tuple(cells), NO_MARKS
        left = [struck[i].left if i in struck else cell for i, cell in enumerate(cells)]
        remarks = [(i, f"{quoted(each.gone)} is struck out, and passed over",
                    f"{quoted(each.gone)} มีขีดฆ่า จึงไม่อ่าน")
                   for i, each in struck.items()]
        hidden = (HIDDEN,) if row in self.hidden else ()
        return tuple(left), RowMarks(unread, links, (*hidden, *remarks))
