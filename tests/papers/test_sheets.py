"""The annex of the report as CSV: what agencies wrote stays text."""

import csv
import io
import zipfile

import pytest

from fakes.census import row, snapshot
from sarabanwatch.papers.print import sheets


@pytest.mark.parametrize("begins", [*"=+-@"])
def test_a_cell_that_would_begin_a_formula_stands_behind_an_apostrophe(begins: str) -> None:
    raw = sheets.csv(snapshot(row(name=f"{begins}1+1")))
    assert raw.startswith(b"\xef\xbb\xbf")
    _, told = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    assert told[1] == f"'{begins}1+1"


def test_the_workbook_says_its_moment_and_what_is_not_known_in_thai():
    book = zipfile.ZipFile(io.BytesIO(sheets.workbook(snapshot(row()), "ร่าง", "ab12")))
    texts = book.read("xl/sharedStrings.xml").decode()
    assert "ร่าง ข้อมูล ณ 22 ธ.ค. 2568 16.30 น. (ไทย) · ab12" in texts
    assert "unknown  " not in texts
