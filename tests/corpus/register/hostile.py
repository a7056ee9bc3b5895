"""Register files that are broken, or were made to hurt whoever reads them, by name.

Each with what must come of it.

Either a number of entries and of problems, or the exact words of the refusal (as they follow the
file's name).
"""

from collections.abc import Callable
from functools import partial

from corpus.register import books

HEADING = "รหัส,ชื่อหน่วยงาน,ประเภท,อีเมล"
ROW = "6110101,บางหนึ่ง,อบต.,saraban@one.go.th"
CELLS = [HEADING.split(","), ROW.split(",")]
SAVE = "; save it as XLSX or CSV UTF-8"
CUT = ": it is damaged, or was cut off on its way; send it again"
LOCKED = ": it is locked with a password; save it without one"
UTF = "; save it as CSV UTF-8"
HEAVY = (
    ": takes more memory or time to read than a register may; ask for the list as a plain CSV file"
)
SWAPPED = (": the columns look swapped: what should be under {} stands under ชื่อหน่วยงาน; "
           "put each heading over its own column")
SHEET = "xl__worksheets__sheet1_dot_xml"

Outcome = tuple[int, int] | str


def csv(*rows: str, heading: str = HEADING) -> bytes:
    return "\r\n".join([heading, *rows, ""]).encode()


def book() -> bytes:
    return books.xlsx(CELLS)


def sheet() -> bytes:
    return books.part(book(), "xl/worksheets/sheet1.xml")


def many(rows: int) -> bytes:
    return csv(*(f"{2_000_000 + i},หน่วยงาน {i},กรม,saraban@x{i}.go.th" for i in range(rows)))


def wide(columns: int) -> bytes:
    return csv(f"{ROW}{',x' * (columns - 4)}", heading=f"{HEADING}{',ก' * (columns - 4)}")


def bomb() -> bytes:
    padding = books.deflated(b" " * 1024, 16 * 1024)
    return books.changed(book(), **{SHEET: sheet().replace(b"<sheetData>",
                                                           b"<sheetData>" + padding)})


def lie() -> bytes:
    return books.lying(bomb(), "xl/worksheets/sheet1.xml", 2_000)


def entities(kind: str) -> bytes:
    bodies = {"laughs": b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
              "outside": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'}
    declaration, _, rest = sheet().partition(b"?>")
    return books.changed(book(), **{SHEET: declaration + b"?>" + bodies[kind] + rest})


def formulas() -> bytes:
    return books.changed(
        book(), **{
            SHEET: sheet().replace(
                b"</row></sheetData>", b'</row><row r="3"><c r="A3"><f>1/0</f><v>6110102</v></c>'
                b'<c r="B3" t="str"><f>CMD()</f><v>two</v></c>'
                b'<c r="C3" t="inlineStr"><is><t>SAO</t></is></c></row></sheetData>',
            )
        },
    )


def far() -> bytes:
    return books.changed(
        book(), **{
            SHEET: sheet().replace(
                b"</row></sheetData>",
                b'</row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
            )
        },
    )


def locked_archive() -> bytes:
    raw = bytearray(books.ods(CELLS))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.find(mark)
        while at >= 0:
            raw[at + place] |= 1
            at = raw.find(mark, at + 4)
    return bytes(raw)


def locked_ods() -> bytes:
    manifest = b"<manifest:manifest><manifest:encryption-data/></manifest:manifest>"
    return books.changed(books.ods(CELLS), **{"META-INF__manifest_dot_xml": manifest})


UNNAMED = (": no column รหัสหน่วยงาน, ชื่อหน่วยงาน, ประเภท in the heading; "
           "name the columns as deploy/manual/lists.md has them")
TOO_MANY = (": more than 200,000 rows or 5,000,000 cells; give one country's agencies only, "
            "or set register.rows_at_most higher (--config)")
NO_UTF_16 = ", line 3: not UTF-16; mixed encodings, or no text at all" + UTF
HARD: dict[str, tuple[Callable[[], bytes], Outcome]] = {
    # nothing, or nearly
    "empty": (bytes, ": it is empty; give a register with a heading line"),
    "a mark and nothing": (lambda: b"\xef\xbb\xbf",
                           ": it is empty; give a register with a heading line"),
    "line ends only": (lambda: b"\r\n" * 50, ": it is empty; give a register with a heading line"),
    "separators only": (lambda: b",,,,\r\n" * 50,
                        ": it is empty; give a register with a heading line"),
    "header only": (csv, (0, 0)),
    "a workbook of no cells": (lambda: books.xlsx([]),
                               ": it is empty; give a register with a heading line"),
    "rows without a header": (ROW.encode,
                              UNNAMED),
    # text that is none
    "binary junk": (lambda: bytes(range(256)) * 64,
                    ", line 2: not UTF-8; mixed encodings, or no text at all" + UTF),
    "noughts": (lambda: b"\0" * 5_000,
                UNNAMED),
    "NUL in a cell": (lambda: csv(ROW.replace("บางหนึ่ง", "บาง\0หนึ่ง")), (1, 0)),
    "a lone surrogate": (lambda: csv(ROW) + b"6110102,\xed\xa0\x80,x,y\r\n",
                         ", line 3: not UTF-8; mixed encodings, or no text at all" + UTF),
    "a lone surrogate in UTF-16": (lambda: csv(ROW).decode().encode("utf-16") + b"\x00\xd8,\x00",
                                   ", line 4: not UTF-16; mixed encodings, or no text at all"
                                   + UTF),
    "UTF-8 and TIS-620 mixed": (lambda: csv(ROW) + "6110102,บางสอง,อบต.,x\r\n".encode("tis-620"),
                                ", line 3: not UTF-8; mixed encodings, or no text at all" + UTF),
    "TIS-620": (lambda: csv(ROW).decode().encode("tis-620"), (1, 0)),
    "UTF-16 cut in the middle of a character": (lambda: csv(ROW).decode().encode("utf-16")[:-1],
                                                NO_UTF_16),
    "right-to-left and zero-width marks": (
        lambda: csv("6\u200b110101,\u202eบาง\ufeffหนึ่ง,อบ\u200dต.,x"), (1, 0)),
    "lines of every kind": (f"{HEADING}\r{ROW}\n6110102,ก\x0b\x0c\x1c\x85\u2028ข,อบต.,x\r\n".encode,
                            (2, 0)),
    # quotes
    "a quotation mark never closed": (
        lambda: csv('6110101,"บางหนึ่ง,อบต.,x', "6110102,ก,อบต.,x", "6110103,ข,อบต.,x"),
        ", line 2: a quotation mark opens and is never closed; close it, or take it out"),
    "a quotation mark amid a cell": (lambda: csv('6110101,บาง"หนึ่ง,อบต.,"a"b', "6110102,ก,อบต.,x"),
                                     (2, 0)),
    "1 MB in one cell": (lambda: csv(ROW, f"6110102,{'ก' * 350_000},อบต.,x", "6110103,ก,อบต.,x"),
                         (2, 1)),
    "1 MB in the heading": (lambda: csv(ROW, heading=HEADING + "," + "x" * 2**20), (1, 0)),
    # rows
    "200,000 rows": (partial(many, 200_000), (200_000, 0)),
    "one row more": (partial(many, 200_001),
                     TOO_MANY),
    "16,000 columns": (partial(wide, 16_000), (1, 0)),
    "one column more": (partial(wide, 16_001),
                        ", line 1: more than 16,000 columns; a register has about ten"),
    "16,000 columns and 400 rows": (lambda: wide(16_000) + (b"," * 15_999 + b"x\r\n") * 400,
                                    TOO_MANY),
    "duplicated codes": (lambda: csv(ROW, ROW, ROW), (1, 2)),
    "duplicated headings": (lambda: csv(f"{ROW},other@two.go.th", heading=f"{HEADING},อีเมล"),
                            (1, 0)),
    "the heading again on every page": (lambda: csv(ROW, HEADING, "6110102,ก,อบต.,x"), (2, 0)),
    "swapped columns": (lambda: csv(*(f"{6_110_101 + i},อบต.,บางหนึ่ง,x@y.go.th" for i in range(9))),
                        SWAPPED.format("ประเภท")),
    "addresses under the name": (lambda: csv(*(f"{6_110_101 + i},x@y.go.th,อบต.,บางหนึ่ง"
                                               for i in range(9))),
                                 SWAPPED.format("อีเมล")),
    "rows of every length": (lambda: csv("", "6110101", "6110102,ก", "6110103,ข,อบต.",
                                         "6110109,ค,อบต.,x,,,,,,,x"), (3, 1)),
    "formulas as text": (lambda: csv("=1+1,=cmd|' /C calc'!A0,อบต.,@SUM(A1)", "+2,-3,กรม,'=x"),
                         (2, 0)),
    "codes that lost their digits": (lambda: csv("6.11E+06,บางหนึ่ง,อบต.,x"), (0, 1)),
    # archives and workbooks
    "a workbook called CSV": (book, (1, 0)),
    "an old workbook": (lambda: books.xls(CELLS), (1, 0)),
    "a workbook cut off": (lambda: book()[:-200], CUT),
    "a workbook's beginning": (lambda: book()[:40], CUT),
    "a workbook with octets changed": (lambda: book().replace(sheet()[:4], b"????"), (1, 0)),
    "an old workbook cut off": (lambda: books.xls(CELLS)[:700], CUT),
    "an old workbook of noughts": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5_000,
                                   CUT),
    "a sheet that is missing": (lambda: books.changed(book(), **{SHEET: None}), CUT),
    "a sheet that is no XML": (lambda: books.changed(book(),
                                                     **{SHEET: b"<worksheet><sheetData><row><c"}),
                               CUT),
    "an archive of other things": (lambda: books.archive({"a.txt": b"x"}),
                                   ": an archive that is no workbook" + SAVE),
    "a document": (lambda: books.archive({"[Content_Types].xml": b"x", "word/document.xml": b"x"}),
                   ": an archive that is no workbook" + SAVE),
    "an archive of 6,000 files": (lambda: books.archive({"xl/workbook.xml": b"",
                                                         **{f"xl/{i}": b"" for i in range(6_000)}}),
                                  ": an archive of 6,001 files" + SAVE),
    "a bomb": (bomb, ": it holds far more than a register does when unpacked" + SAVE),
    "a bomb that lies": (lie, ": it holds far more than a register does when unpacked" + SAVE),
    "a bomb that declares itself": (lambda: books.lying(book(), "xl/worksheets/sheet1.xml", 2**31),
                                    ": it declares far more than a register does when unpacked"
                                    + SAVE),
    "a billion laughs": (partial(entities, "laughs"),
                         ": its part 'xl/worksheets/sheet1.xml' declares entities" + SAVE),
    "an entity from outside": (partial(entities, "outside"),
                               ": its part 'xl/worksheets/sheet1.xml' declares entities" + SAVE),
    "formulas in a workbook": (formulas, (2, 0)),
    "a cell in the far corner": (far, HEAVY),
    "macros": (lambda: books.changed(book(), xl__vbaProject_dot_bin=b"Sub Auto_Open()"), (1, 0)),
    "links outside": (lambda: books.changed(book(),
                                            xl__externalLinks__externalLink1_dot_xml=b"<x/>"),
                      (1, 0)),
    "every sheet hidden but one without headings": (lambda: books.xlsx(CELLS, hidden=True,
                                                                       more={"ก": [["x"]]}),
        UNNAMED),
    "locked, new": (lambda: books.compound("EncryptedPackage", b"\0" * 5_000), LOCKED),
    "locked, ODS": (locked_ods, LOCKED),
    "locked, archive": (locked_archive, LOCKED),
    "merged over everything": (lambda: books.xlsx([*CELLS, *[["", f"ก{i}"] for i in range(50)]],
                                                  merged=[(1, 0, 51, 0)]), (1, 50)),
    # other things by a register's name
    "a web page": (lambda: b"\xef\xbb\xbf\r\n <!DOCTYPE html><table><tr><td>x", (
        UNNAMED)),
    "a web page without a table": (
        lambda: b"<html><body>Please log in</body></html>",
        ": it is a web page without a table; save the list itself as XLSX or CSV UTF-8"),
    "a PDF": (lambda: b"%PDF-1.7\n", ": it is a PDF, whatever its name" + SAVE),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n", ": it is a picture, whatever its name" + SAVE),
    "gzip": (lambda: b"\x1f\x8b\x08\x00", ": it is packed (gzip), whatever its name" + SAVE),
    "a database": (lambda: b"SQLite format 3\x00", ": it is a database, whatever its name" + SAVE),
    "JSON": (lambda: b'[{"code": "6110101", "name": "x"}]',
             UNNAMED),
}
