"""XLSX -> what its sheets show besides values (`SheetMarks`): a walk over the markup (ECMA-376, part 1, section 18), cell by cell.

Read by expat from the archive that `form` has unpacked and measured before; declared entities were refused there. Nothing
is worked out, no link is followed.
"""

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from sarabanwatch.core.register.unread import FORMULA, STRUCK, error
from sarabanwatch.edge.register.bounds import MOST_COLUMNS
from sarabanwatch.edge.register.markup import walk
from sarabanwatch.edge.register.shown import SheetMarks, Struck

BOOK, STYLES, STRINGS = "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"
REF = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
LITERAL_LINK = re.compile(r'^\s*HYPERLINK\(\s*"((?:[^"]|"")*)"', re.IGNORECASE)
MOST_ROWS_OF_A_LINK = 200_000
TEXTS = frozenset({"f", "v", "t"})
TRUE = frozenset({"1", "true", "on"})
LONGEST_FORMULA = 2_000     # characters of it that are looked at


class SharedMarks(NamedTuple):
    """What the parts of a workbook that all sheets share tell: struck cell formats, struck texts by their number."""

    formats: frozenset[int]
    texts: Mapping[int, Struck]


def parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the part that holds each sheet, by the sheet's name."""
    targets = _targets(archive, BOOK)
    return {attributes.get("name", ""): targets.get(_relation(attributes), "")
            for name, attributes in _elements(archive, BOOK) if name == "sheet"}


def shared_marks(archive: zipfile.ZipFile) -> SharedMarks:
    """Return what the shared parts tell."""
    strings = _Strings()
    walk(archive, STRINGS, strings.start, strings.end, strings.text)
    return SharedMarks(frozenset(_struck_formats(archive)), strings.struck)


def sheet_marks(archive: zipfile.ZipFile, part: str, shared: SharedMarks) -> SheetMarks:
    """Return what a sheet shows besides its values."""
    sheet = _Sheet(shared, _targets(archive, part))
    walk(archive, part, sheet.start, sheet.end, sheet.text)
    return sheet.shown


class _Sheet:
    """Walks over one sheet's markup."""

    def __init__(self, shared: SharedMarks, targets: Mapping[str, str]) -> None:
        self.shown = SheetMarks()
        self._shared, self._targets = shared, targets
        self._row = self._column = -1
        self._cell: Mapping[str, str] = {}
        # texts of the cell at hand: f, v, runs that stay, runs that are struck
        self._held: dict[str, list[str]] = {}
        self._into: list[str] | None = None
        self._struck = False
        self._begins: dict[str, Callable[[dict[str, str]], None]] = {
            "row": self._begin_row, "col": self._begin_col, "c": self._begin_cell,
            "f": self._begin_formula, "v": self._begin_value,
            "r": self._begin_run, "strike": self._begin_strike, "t": self._begin_text,
            "hyperlink": self._begin_link}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Hear of an element's beginning."""
        if begin := self._begins.get(tag.rpartition(":")[2]):
            begin(attributes)

    def end(self, tag: str) -> None:
        """Hear of an element's end."""
        name = tag.rpartition(":")[2]
        if name in TEXTS:
            self._into = None
        elif name == "c":
            self._judge()

    def text(self, text: str) -> None:
        """Hear a piece of text."""
        if self._into is not None:
            self._into.append(text)

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._row, self._column = int(attributes.get("r", self._row + 2)) - 1, -1
        if attributes.get("hidden") in TRUE:
            self.shown.hidden.add(self._row)

    def _begin_col(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in TRUE:
            last = min(int(attributes.get("max", 0)), MOST_COLUMNS)
            self.shown.hide(range(int(attributes.get("min", 1)) - 1, last))

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
            self.shown.note(row, column, target)

    def _judge(self) -> None:
        held = {name: "".join(texts) for name, texts in self._held.items()}
        if not held:
            return
        value, kind, place = held.get("v", ""), self._cell.get("t", "n"), (self._row, self._column)
        if kind == "e":
            self.shown.note(*place, error(value or "#N/A"))
        elif "f" in held and not value and not (kind == "str" and "v" in held):
            self.shown.note(*place, FORMULA)
        elif int(self._cell.get("s", 0)) in self._shared.formats and (value or held.get("left")
                                                                      or held.get("gone")):
            self.shown.note(*place, STRUCK)
        elif "gone" in held:
            self.shown.note(*place, Struck(held.get("left", ""), held["gone"]))
        elif kind == "s" and value.isdecimal() and int(value) in self._shared.texts:
            self.shown.note(*place, self._shared.texts[int(value)])
        if link := LITERAL_LINK.match(held.get("f", "")[:LONGEST_FORMULA]):
            self.shown.note(*place, link[1].replace('""', '"'))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _within(area: str) -> Iterator[tuple[int, int]]:
    """Yield the cells of `G2` or `G2:H9`."""
    first, _, last = area.partition(":")
    begins, ends = REF.fullmatch(first), REF.fullmatch(last or first)
    if not begins or not ends:
        return
    for row in range(int(begins[2]) - 1, min(int(ends[2]), int(begins[2]) + MOST_ROWS_OF_A_LINK)):
        yield from ((row, column) for column in range(_column(begins[1]),
                                                      min(_column(ends[1]) + 1, MOST_COLUMNS)))


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
    """Walks over the shared texts, and keeps those of which something is struck out."""

    def __init__(self) -> None:
        self.struck: dict[int, Struck] = {}
        self._number, self._in_strike = -1, False
        self._parts: dict[bool, list[str]] = {False: [], True: []}
        self._into: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Hear of an element's beginning."""
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
        """Hear of an element's end."""
        self._into = None
        if tag.rpartition(":")[2] == "si" and self._parts[True]:
            self.struck[self._number] = Struck("".join(self._parts[False]),
                                               "".join(self._parts[True]))

    def text(self, text: str) -> None:
        """Hear a piece of text."""
        if self._into is not None:
            self._into.append(text)


def _targets(archive: zipfile.ZipFile, part: str) -> dict[str, str]:
    """Return where the relations of a part lead, by their ids: parts of the archive by their names in it, links as they stand."""
    folder, name = posixpath.split(part)
    relations = [said for element, said in _elements(archive, f"{folder}/_rels/{name}.rels")
                 if element == "Relationship"]
    return {each.get("Id", ""): each.get("Target", "") if each.get("TargetMode") == "External" else
            posixpath.normpath(posixpath.join(f"/{folder}", each.get("Target", ""))).lstrip("/")
            for each in relations}


def _relation(attributes: Mapping[str, str]) -> str:
    return next((value for name, value in attributes.items() if name.rpartition(":")[2] == "id"
                 and ":" in name), "")


def _elements(archive: zipfile.ZipFile, part: str) -> list[tuple[str, dict[str, str]]]:
    """Return the elements of a small part, in order, with their attributes; none where there is no such part."""
    found: list[tuple[str, dict[str, str]]] = []
    walk(archive, part, lambda tag, attributes: found.append((tag.rpartition(":")[2], attributes)))
    return found
