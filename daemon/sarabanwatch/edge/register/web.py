"""HTML tables -> rows of text. Many systems give out HTML under the name of an XLS file.

A cell that spans several rows is filled into all of them; strikes and hidden rows are noted.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from sarabanwatch.core.register import FileRow, Note, Sheet, Unreadable
from sarabanwatch.edge.register.bounds import MOST_CELLS, MOST_COLUMNS, trimmed
from sarabanwatch.edge.register.marks import SheetMarks, Struck

BEGINS = re.compile(
    rb"(?:<\?xml[^>]*>\s*)?<(?:!doctype html|html|head|meta|body|table|div|style|center|font|form"
    rb"|script|br|p)\b", re.IGNORECASE)
CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]{1,40})", re.IGNORECASE)
STRIKES = frozenset({"s", "strike", "del"})
PASSED_OVER = frozenset({"script", "style", "title"})
LINES = frozenset({"br", "p", "div", "li"})
EMPTY = frozenset({"br", "img", "input", "col", "meta", "link", "hr", "wbr"})
STRUCK = re.compile(r"line-through")
AWAY = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)")
MOST_SPANNED = 1_000
DEEPEST = 200       # elements in elements


def is_page(raw: bytes) -> bool:
    """Say whether octets are an HTML page."""
    return bool(BEGINS.match(raw[:200].removeprefix(b"\xef\xbb\xbf").lstrip())) or (
        b"<table" in raw[:20_000].lower() and raw[:200].lstrip().startswith(b"<"))


def sheets(raw: bytes) -> tuple[list[Sheet], tuple[Note, ...]]:
    """Return the tables of a page as sheets; raise Unreadable where it has none."""
    page = _Page()
    page.feed(_decoded(raw))
    page.close()
    if not page.tables:
        raise Unreadable("it is a web page without a table",
                         "save the list itself as XLSX or CSV UTF-8",
                         "ไฟล์นี้เป็นหน้าเว็บที่ไม่มีตาราง ให้บันทึกเป็น XLSX หรือ CSV UTF-8")
    note = Note("", "a web page, whatever its name; its table is read",
                "ไฟล์เป็นหน้าเว็บ (HTML) อ่านตารางในหน้า")
    return [Sheet(f"ตาราง {n}" if len(page.tables) > 1 else "", hidden=False, rows=table.rows())
            for n, table in enumerate(page.tables, start=1)], (note,)


def _decoded(raw: bytes) -> str:
    named = CHARSET.search(raw[:2_000])
    for encoding in (*([named[1].decode().lower()] if named else []), "utf-8", "cp874"):
        try:
            return raw.decode({"windows-874": "cp874", "tis-620": "cp874"}.get(encoding, encoding))
        except (LookupError, UnicodeDecodeError):
            continue
    raise Unreadable("neither UTF-8 nor TIS-620; mixed encodings", "save it as XLSX or CSV UTF-8",
                     "รหัสอักขระปนกัน ให้บันทึกเป็น CSV UTF-8")


class _Table:
    """A table that is being filled: its rows, the cells that span into later rows, and marks."""

    def __init__(self) -> None:
        self._rows: list[list[str]] = []
        self._marks = SheetMarks()
        self._spans: dict[int, tuple[int, str]] = {}      # column: rows to come, text
        self._cells = 0

    def begin_row(self, *, hidden: bool) -> None:
        """Begin a row."""
        if hidden:
            self._marks.hidden.add(len(self._rows))
        self._rows.append([])
        self._spans = {column: (rows - 1, text) for column, (rows, text) in self._spans.items()
                       if rows > 0}
        self._fill()

    def add(self, text: Struck, link: str, down: int, across: int) -> None:
        """Add a cell of `down` rows and `across` columns; raise Unreadable over the limits."""
        row, cells = len(self._rows) - 1, self._rows[-1]
        self._cells += min(across, MOST_COLUMNS)
        if self._cells > MOST_CELLS or len(cells) + across > MOST_COLUMNS:
            raise Unreadable(f"more than {MOST_CELLS:,} cells, or {MOST_COLUMNS:,} columns",
                             "give one country's agencies only", "จำนวนเซลล์มากเกินไป")
        if text.gone.strip():
            self._marks.note(row, len(cells), text)
        if link:
            self._marks.note(row, len(cells), link)
        for number in range(across):
            if down > 1:
                self._spans[len(cells)] = down - 1, text.left + text.gone
            cells.append(text.left + text.gone if number == 0 else "")
        self._fill()

    def rows(self) -> Iterator[FileRow]:
        """Yield the rows."""
        for number, cells in enumerate(self._rows):
            raw = trimmed([cell.strip() for cell in cells])
            left, marks = self._marks.of_row(number, raw)
            yield FileRow(number + 1, raw, left, (), marks)

    def _fill(self) -> None:
        cells = self._rows[-1]
        over = (-1, "")
        while len(cells) < MOST_COLUMNS and self._spans.get(len(cells), over)[0] >= 0:
            cells.append(self._spans[len(cells)][1])


class _Page(HTMLParser):
    """Parses a page and fills its tables."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self._within: list[_Table] = []
        self._open: list[tuple[str, bool, bool]] = []     # elements: struck out, hidden
        self._cell: dict[str, str] | None = None
        self._left, self._gone, self._link = list[str](), list[str](), ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the beginning of an element."""
        attributes = {name: value or "" for name, value in attrs}
        style = attributes.get("style", "").lower()
        away = bool(AWAY.search(style)) or "hidden" in attributes
        if tag in {"tr", "td", "th", "table"}:
            self._end_cell()
        if tag not in EMPTY and len(self._open) < DEEPEST:
            self._open.append((tag, tag in STRIKES or bool(STRUCK.search(style)), away))
        if tag == "table":
            self._within.append(_Table())
            self.tables.append(self._within[-1])
        elif tag == "tr" and self._within:
            self._within[-1].begin_row(hidden=away)
        elif tag in {"td", "th"} and self._within:
            self._cell, self._left, self._gone, self._link = attributes, [], [], ""
        elif tag == "a" and self._cell is not None:
            self._link = attributes.get("href", "").strip()
        elif tag in LINES:
            self._left.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Take the end of an element."""
        if tag in {"tr", "td", "th", "table"}:
            self._end_cell()
        if tag == "table" and self._within:
            self._within.pop()
        at = next((i for i in range(len(self._open) - 1, -1, -1) if self._open[i][0] == tag), None)
        if at is not None:
            del self._open[at:]

    def handle_data(self, data: str) -> None:
        """Take a piece of text."""
        if self._cell is not None and not self._unseen():
            struck = any(struck for _, struck, _ in self._open)
            text = " ".join(data.split()) or " "
            (self._gone if struck else self._left).append(text)

    def _unseen(self) -> bool:
        """Say whether the current text is hidden inside its cell (and not with its row)."""
        at = next((i for i in range(len(self._open) - 1, -1, -1)
                   if self._open[i][0] in {"td", "th"}), len(self._open))
        return any(tag in PASSED_OVER or away for tag, _, away in self._open[at + 1:])

    def close(self) -> None:
        """End with the page."""
        super().close()
        self._end_cell()

    def _end_cell(self) -> None:
        if self._cell is None or not self._within:
            return
        cell, self._cell = self._cell, None
        left, gone = ("".join(part).strip() for part in (self._left, self._gone))
        self._within[-1].add(Struck(left, gone), self._link, _times(cell, "rowspan"),
                             _times(cell, "colspan"))


def _times(cell: dict[str, str], name: str) -> int:
    number = cell.get(name, "1").strip()
    return max(1, min(int(number), MOST_SPANNED)) if number.isdecimal() and len(number) < 6 else 1
