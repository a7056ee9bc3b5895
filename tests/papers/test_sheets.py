"""The annex of the report as CSV: what agencies wrote stays text."""

import csv
import io

import pytest

from fakes.census import row, snapshot
from sarabanwatch.papers.print import sheets


@pytest.mark.parametrize("begins", [*"=+-@"])
def test_a_cell_that_would_begin_a_formula_stands_behind_an_apostrophe(begins: str) -> None:
    raw = sheets.csv(snapshot(row(name=f"{begins}1+1")))
    assert raw.startswith(b"\xef\xbb\xbf")
    _, told = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    assert told[1] == f"'{begins}1+1"
