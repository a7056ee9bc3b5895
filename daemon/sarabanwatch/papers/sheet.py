"""Registers as XLSX or CSV: lists of agencies, and the answer to whoever sent a list.

That answer has three sheets: the rows as they were understood, questions about them, and sums.
Every cell is written as text, so that no spreadsheet takes it for a formula, a link or a number.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sarabanwatch.core.facts.agency import Agency
from sarabanwatch.core.register import Entry, Register
from sarabanwatch.core.register.export import BESIDE, FIELDS, HEADING, guarded, unguarded, written
from sarabanwatch.core.register.questions import Question, cell, in_order

LONGEST_CELL = 32_767    # characters that a cell of a spreadsheet holds
ROWS, QUESTIONS, SUMS = "ทะเบียน", "คำถาม", "สรุป"
ASKED = ("แถว", "รับเข้าทะเบียน", "รหัส", "ชื่อ", "ช่อง", "ข้อความที่พบ", "ข้อสังเกต", "Remark",
         "ให้เขียนว่า", "คำตอบ")
WIDTHS = {ROWS: (14, 40, 24, 16, 28, 40, 40, 16, 30, 12, 14, 9, 40, 12), SUMS: (36, 20),
          QUESTIONS: (7, 14, 14, 36, 18, 36, 50, 50, 36, 36)}
# a fixed date, so that the same register gives the same bytes
MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def rows(register: Register) -> list[tuple[str, ...]]:
    """Return every row of a register under the importer's headings, in order.

    A row that was taken stands as it was understood, another one as it was written.
    """
    places = {field: column for field, column, _ in register.columns}
    return [written(row.agency) if isinstance(row, Entry)
            else tuple(unguarded(cell(row.raw, places.get(field))) for field in FIELDS)
            for row in in_order(register)]


def as_csv(register: Register) -> bytes:
    """Return the rows as CSV (UTF-8 with a byte order mark).

    An apostrophe stands before a cell that would begin a formula.
    """
    return _csv((HEADING, *rows(register)))


def as_xlsx(register: Register, asked: Sequence[Question],
            sums: Iterable[tuple[str, str]]) -> bytes:
    """Return rows, questions and sums as a workbook of three sheets."""
    return _book({ROWS: (HEADING, *rows(register)), QUESTIONS: (ASKED, *map(_asked, asked)),
                  SUMS: (("สรุป", "summary"), *sums)})


def listed(agencies: Iterable[tuple[Agency, Sequence[str]]], *, workbook: bool) -> bytes:
    """Return agencies in the importer's headings, with BESIDE each, as a workbook or as CSV."""
    table = ((*HEADING, *BESIDE), *((*written(agency), *beside) for agency, beside in agencies))
    return _book({ROWS: table}) if workbook else _csv(table)


def _csv(table: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([guarded(cell) for cell in row] for row in table)
    return text.getvalue().encode("utf-8-sig", "replace")


def _book(sheets: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    import xlsxwriter  # of many verbs that may write one, few do

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.set_properties({"created": MADE})
    for name, table in sheets.items():
        _sheet(book, name, table)
    book.close()
    return out.getvalue()


# The workbook is xlsxwriter's, which has no types.
def _sheet(book: Any, name: str, table: Sequence[Sequence[str]]) -> None:  # noqa: ANN401
    sheet, bold = book.add_worksheet(name), book.add_format({"bold": True})
    for column, width in enumerate(WIDTHS[name]):
        sheet.set_column(column, column, width)
    sheet.set_row(0, None, bold)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(table) - 1), len(table[0]) - 1)
    for number, row in enumerate(table):
        for column, text in enumerate(row):
            if text:
                sheet.write_string(number, column, _fitting(text))


def _asked(question: Question) -> tuple[str, ...]:
    return (str(question.line), "รับ" if question.taken else "ไม่รับ", question.code, question.name,
            question.heading, question.cell, question.thai, question.english, question.write, "")


def _fitting(text: str) -> str:
    whole = text.encode("utf-8", "replace").decode()   # a file holds no lone surrogates
    return whole if len(whole) <= LONGEST_CELL else whole[:LONGEST_CELL - 1] + "…"
