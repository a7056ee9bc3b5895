"""ODS -> the marks on its sheets, read from content.xml (OpenDocument 1.3, part 3, section 9)."""

import zipfile
from collections.abc import Callable

from sarabanwatch.core.register.unread import FORMULA, STRUCK, error
from sarabanwatch.edge.register.bounds import MOST_COLUMNS
from sarabanwatch.edge.register.marks import SheetMarks, Struck
from sarabanwatch.edge.register.markup import walk

CONTENT = "content.xml"
AWAY = frozenset({"collapse", "filter"})
MOST_AGAIN = 1_000      # times that a marked cell may be repeated
MOST_HIDDEN = 200_000   # and a hidden row


def sheet_marks(archive: zipfile.ZipFile) -> dict[str, SheetMarks]:
    """Return the marks of each sheet, by its name."""
    book = _Book()
    walk(archive, CONTENT, book.start, book.end, book.text)
    return book.sheets


class _Book:
    """Collects the marks of all sheets."""

    def __init__(self) -> None:
        self.sheets: dict[str, SheetMarks] = {}
        self._sheet = SheetMarks()
        self._row = self._column = 0
        self._rows = self._columns = 1          # how often the current row, or cell, is repeated
        self._struck: set[str] = set()          # styles that strike out
        self._style, self._spans = "", list[bool]()
        self._cell: dict[str, str] | None = None
        self._left, self._gone = list[str](), list[str]()
        self._link = ""
        self._begins: dict[str, Callable[[dict[str, str]], None]] = {
            "style": self._begin_style,
            "text-properties": self._begin_look,
            "table": self._begin_table,
            "table-column": self._begin_column,
            "table-row": self._begin_row,
            "table-cell": self._begin_cell,
            "covered-table-cell": self._begin_cell,
            "span": self._begin_span,
            "a": self._begin_link,
        }

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        if begin := self._begins.get(tag.rpartition(":")[2]):
            begin({name if name.startswith("calcext:") else name.rpartition(":")[2]: value
                   for name, value in attributes.items()})

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        match tag.rpartition(":")[2]:
            case "table-cell" | "covered-table-cell":
                self._end_cell()
            case "table-row":
                self._row += self._rows
            case "span":
                self._spans.pop()
            case "style":
                self._style = ""

    def text(self, text: str) -> None:
        """Take a piece of text."""
        if self._cell is not None:
            (self._gone if any(self._spans) else self._left).append(text)

    def _begin_style(self, attributes: dict[str, str]) -> None:
        self._style = attributes.get("name", "")

    def _begin_look(self, attributes: dict[str, str]) -> None:
        lines = (attributes.get(f"text-line-through-{of}") for of in ("style", "type"))
        if self._style and next(filter(None, lines), "none") != "none":
            self._struck.add(self._style)

    def _begin_table(self, attributes: dict[str, str]) -> None:
        self._sheet = self.sheets.setdefault(attributes.get("name", ""), SheetMarks())
        self._row = self._column = 0

    def _begin_column(self, attributes: dict[str, str]) -> None:
        many = min(int(attributes.get("number-columns-repeated", 1)), MOST_COLUMNS)
        if attributes.get("visibility") in AWAY:
            self._sheet.hide(range(self._column, self._column + many))
        self._column += many

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._rows, self._column = int(attributes.get("number-rows-repeated", 1)), 0
        if attributes.get("visibility") in AWAY:
            self._sheet.hidden.update(range(self._row, self._row + min(self._rows, MOST_HIDDEN)))

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._columns = int(attributes.get("number-columns-repeated", 1))
        self._cell, self._link = attributes, ""
        self._left, self._gone = [], []

    def _begin_span(self, attributes: dict[str, str]) -> None:
        self._spans.append(attributes.get("style-name", "") in self._struck)

    def _begin_link(self, attributes: dict[str, str]) -> None:
        self._link = attributes.get("href", "")

    def _end_cell(self) -> None:
        cell, left, gone = self._cell or {}, "".join(self._left), "".join(self._gone)
        self._cell, column = None, self._column
        self._column += self._columns
        if cell.get("calcext:value-type") == "error":
            self._note(column, error(left.strip() or "#N/A"))
        elif "formula" in cell and "value-type" not in cell and not left:
            self._note(column, FORMULA)
        elif (left or gone) and (cell.get("style-name", "") in self._struck or not left.strip()):
            self._note(column, STRUCK)
        elif gone:
            self._note(column, Struck(left, gone))
        if self._link:
            self._note(column, self._link)

    def _note(self, column: int, why: object) -> None:
        for row in range(self._row, self._row + min(self._rows, MOST_AGAIN)):
            for each in range(column, column + min(self._columns, MOST_AGAIN)):
                self._sheet.note(row, each, why)  # type: ignore[arg-type]  # one of what a cell may be
