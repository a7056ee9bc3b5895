"""XLSX -> the marks on its sheets, from the markup (ECMA-376, part 1, section 18).

`form` has measured the archive before and refused declared entities. Nothing is calculated, and no
link is opened.
"""

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from sarabanwatch.core.register.unread import FORMULA, STRUCK, error
from sarabanwatch.edge.register.bounds import MOST_COLUMNS
from sarabanwatch.edge.register.marks import SheetMarks, Struck
from sarabanwatch.edge.register.markup import walk

BOOK, STYLES, STRINGS = "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"
REF = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
LITERAL_LINK = re.compile(r'^\s*HYPERLINK\(\s*"((?:[^"]|"")*)"', re.IGNORECASE)
MOST_ROWS_OF_A_LINK = 200_000
TEXTS = frozenset({"f", "v", "t"})
TRUE = frozenset({"1", "true", "on"})
LONGEST_FORMULA = 2_000     # characters of it that are looked at


class SharedMarks(NamedTuple):
    """Marks that all sheets share: formats that strike out, and shared texts by number."""

    formats: frozenset[int]
    texts: Mapping[int, Struck]


def parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part that holds each sheet, by the sheet's name."""
    targets = _targets(archive, BOOK)
    return {attributes.get("name", ""): targets.get(_relation(attributes), "")
            for name, attributes in _elements(archive, BOOK) if name == "sheet"}


def shared_marks(archive: zipfile.ZipFile) -> SharedMarks:
    """Return the marks in the parts that all sheets share."""
    strings = _Strings()
    walk(archive, STRINGS, strings.start, strings.end, strings.text)
    return SharedMarks(frozenset(_struck_formats(archive)), strings.struck)


def sheet_marks(archive: zipfile.ZipFile, part: str, shared: SharedMarks) -> SheetMarks:
    """Return the marks of a sheet."""
    sheet = _Sheet(shared, _targets(archive, part))
    walk(archive, part, sheet.start, sheet.end, sheet.text)
    return sheet.marks


class _Sheet:
    """Collects the marks of one sheet."""

    def __init__(self, shared: SharedMarks, targets: Mapping[str, str]) -> None:
        self.marks = SheetMarks()
        self._shared, self._targets = shared, targets
        self._row = self._column = -1
        self._cell: Mapping[str, str] = {}
        # texts of the current cell: f, v, runs that are left, runs that are struck out
        self._held: dict[str, list[str]] = {}
        self._into: list[str] | None = None
        self._struck = False
        self._begins: dict[str, Callable[[dict[str, str]], None]] = {
            "row": self._begin_row,
            "col": self._begin_col,
            "c": self._begin_cell,
            "f": self._begin_formula,
            "v": self._begin_value,
            "r": self._begin_run,
            "strike": self._begin_strike,
            "t": self._begin_text,
            "hyperlink": self._begin_link,
        }

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        if begin := self._begins.get(tag.rpartition(":")[2]):
            begin(attributes)

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        name = tag.rpartition(":")[2]
        if name in TEXTS:
            self._into = None
        elif name == "c":
            self._note()

    def text(self, text: str) -> None:
        """Take a piece of text."""
        if self._into is not None:
            self._into.append(text)

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._row, self._column = int(attributes.get("r", self._row + 2)) - 1, -1
        if attributes.get("hidden") in TRUE:
            self.marks.hidden.add(self._row)

    def _begin_col(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in TRUE:
            last = min(int(attributes.get("max", 0)), MOST_COLUMNS)
            self.marks.hide(range(int(attributes.get("min", 1)) - 1, last))

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        place = REF.fullmatch(attributes.get("r", ""))
        self._column = _column(place[1]) if place else self._column + 1
        self._cell, self._held, self._struck = attributes, {}, False

    def _begin_formula(self, _: dict[str, str]) -> None:
        self._into = self._held.setdefault("f", [])

    def _begin_value(self, _: dict[str, str]) -> None:
        self._into = self._held.setdefault("v", [])

    def _begin_run(self, _: dict[str, str]) -> None:
        self._struck = False

    def _begin_strike(self, attributes: dict[str, str]) -> None:
        self._struck = attributes.get("val", "1") in TRUE

    def _begin_text(self, _: dict[str, str]) -> None:
        self._into = self._held.setdefault("gone" if self._struck else "left", [])

    def _begin_link(self, attributes: dict[str, str]) -> None:
        target = self._targets.get(_relation(attributes), "")
        for row, column in _within(attributes.get("ref", "")) if target else ():
            self.marks.note(row, column, target)

    def _note(self) -> None:
        held = {name: "".join(texts) for name, texts in self._held.items()}
        if not held:
            return
        value, left, gone = (held.get(name, "") for name in ("v", "left", "gone"))
        kind, place = self._cell.get("t", "n"), (self._row, self._column)
        struck = int(self._cell.get("s", 0)) in self._shared.formats
        if kind == "e":
            self.marks.note(*place, error(value or "#N/A"))
        elif "f" in held and not value and not (kind == "str" and "v" in held):
            self.marks.note(*place, FORMULA)
        elif struck and (value or left or gone):
            self.marks.note(*place, STRUCK)
        elif "gone" in held:
            self.marks.note(*place, Struck(left, gone))
        elif kind == "s" and value.isdecimal() and int(value) in self._shared.texts:
            self.marks.note(*place, self._shared.texts[int(value)])
        if link := LITERAL_LINK.match(held.get("f", "")[:LONGEST_FORMULA]):
            self.marks.note(*place, link[1].replace('""', '"'))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _within(area: str) -> Iterator[tuple[int, int]]:
    """Yield the cells (row, column) of an area such as `G2` or `G2:H9`."""
    first, _, last = area.partition(":")
    begins, ends = REF.fullmatch(first), REF.fullmatch(last or first)
    if not begins or not ends:
        return
    columns = range(_column(begins[1]), min(_column(ends[1]) + 1, MOST_COLUMNS))
    top = int(begins[2])
    for row in range(top - 1, min(int(ends[2]), top + MOST_ROWS_OF_A_LINK)):
        yield from ((row, column) for column in columns)


def _struck_formats(archive: zipfile.ZipFile) -> Iterator[int]:
    """Yield the numbers of cell formats whose font is struck out."""
    fonts, at, format_ = list[bool](), "", -1
    for name, attributes in _elements(archive, STYLES):
        if name in {"fonts", "cellXfs", "cellStyleXfs", "cellStyles", "dxfs"}:
            at = name
        elif name == "font" and at == "fonts":
            fonts.append(False)
        elif name == "strike" and at == "fonts" and fonts:
            fonts[-1] = attributes.get("val", "1") in TRUE
        elif name == "xf" and at == "cellXfs":
            format_ += 1
            font = int(attributes.get("fontId", 0))
            if font < len(fonts) and fonts[font]:
                yield format_


class _Strings:
    """Collects the shared texts of which something is struck out."""

    def __init__(self) -> None:
        self.struck: dict[int, Struck] = {}
        self._number, self._in_strike = -1, False
        self._parts: dict[bool, list[str]] = {False: [], True: []}
        self._into: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        name = tag.rpartition(":")[2]
        if name == "si":
            self._number += 1
            self._parts = {False: [], True: []}
        if name in {"si", "r"}:
            self._in_strike = False
        elif name == "strike":
            self._in_strike = attributes.get("val", "1") in TRUE
        elif name == "t":
            self._into = self._parts[self._in_strike]

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        self._into = None
        if tag.rpartition(":")[2] == "si" and self._parts[True]:
            self.struck[self._number] = Struck("".join(self._parts[False]),
                                               "".join(self._parts[True]))

    def text(self, text: str) -> None:
        """Take a piece of text."""
        if self._into is not None:
            self._into.append(text)


def _targets(archive: zipfile.ZipFile, part: str) -> dict[str, str]:
    """Return the targets of a part's relations by their ids: names of parts, or external links."""
    folder, name = posixpath.split(part)
    relations = [each for element, each in _elements(archive, f"{folder}/_rels/{name}.rels")
                 if element == "Relationship"]
    return {each.get("Id", ""): _target(folder, each) for each in relations}


def _target(folder: str, relation: Mapping[str, str]) -> str:
    target = relation.get("Target", "")
    if relation.get("TargetMode") == "External":
        return target
    return posixpath.normpath(posixpath.join(f"/{folder}", target)).lstrip("/")


def _relation(attributes: Mapping[str, str]) -> str:
    return next((value for name, value in attributes.items() if name.rpartition(":")[2] == "id"
                 and ":" in name), "")


def _elements(archive: zipfile.ZipFile, part: str) -> list[tuple[str, dict[str, str]]]:
    """Return the elements of a small part with their attributes, if there is such a part."""
    found: list[tuple[str, dict[str, str]]] = []
    walk(archive, part, lambda tag, attributes: found.append((tag.rpartition(":")[2], attributes)))
    return found
