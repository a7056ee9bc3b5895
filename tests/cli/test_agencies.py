"""`agencies`: the register as a file that can be imported again and changes nothing."""

import asyncio
import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from fakes.samples import MONDAY, RULES, register
from sarabanwatch import store
from sarabanwatch.cli.agencies import octets, render_text
from sarabanwatch.core.register import Register, Unreadable
from sarabanwatch.core.register.export import BESIDE, HEADING
from sarabanwatch.edge.register.child import read
from sarabanwatch.store import FileLedger, Ledger, history, queries

Run = Callable[..., tuple[int, str, str]]
REGISTER = """รหัส,ชื่อหน่วยงาน,ประเภท,จังหวัด,อีเมล,ลิงก์ประกาศ,วันที่ประกาศ,อีเมลตามประกาศ,สถานะ,รหัสเดิม
0110101,กรมหนึ่ง,กรม,กรุงเทพมหานคร,"saraban@one.go.test
โทร. 1",https://one.test/a,28 พ.ย. 2568,saraban@one.go.test,,
6100101,'=อบต.สอง,อบต.,,=HYPERLINK(x),,,,,
5100101,เทศบาลตำบลสอง,เทศบาลตำบล,,saraban@two.go.test,,,,ยกฐานะ,6100101
1003,กรมสาม,กรม,,+66 2 saraban@three.go.test,,,,,
"""


@pytest.fixture
def taken(run: Run, config: Path) -> Path:
    """A configuration whose ledger has a register with what spreadsheets stumble over, and a body
    that another succeeded.
    """
    (config.parent / "tricky.csv").write_text(REGISTER, encoding="utf-8")
    assert run("register", "import", config.parent / "tricky.csv", "-c", config)[0] == 0
    return config


def rows(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    return [[str(cell) for cell in row] for row in sheet.to_python()]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_written_list_is_taken_again_and_changes_nothing(run: Run, taken: Path,
                                                           form: str) -> None:
    out = taken.parent / f"out.{form}"
    assert run("agencies", "--out", out, "-c", taken)[:2] == (0, f"{out}: 4 หน่วยงาน · agencies\n")
    code, said, _ = run("register", "import", out, "--yes", "--json", "-c", taken)
    told = json.loads(said)
    assert (code, told["rows"], told["good"], told["changes"], told["applied"]) == (0, 4, 4, [],
                                                                                    True)
    assert run("agencies", "--out", taken.parent / f"again.{form}", "-c", taken)[0] == 0
    assert rows(taken.parent / f"again.{form}") == rows(out)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_written_list_has_the_registers_headings_codes_as_text_and_who_is_not_counted(
    run: Run, taken: Path, form: str,
) -> None:
    out = taken.parent / f"out.{form}"
    run("agencies", "--out", out, "-c", taken)
    heading, *listed = rows(out)
    assert heading == [*HEADING, *BESIDE]
    told = {row[0]: row[-len(BESIDE)] for row in listed}
    assert told == {"0110101": "unknown", "6100101": "", "5100101": "unknown", "1003": "unknown"}
    assert next(row for row in listed if row[0] == "6100101")[-2] == "มีหน่วยงานใหม่แทนแล้ว"


def test_no_cell_of_a_text_file_begins_a_formula(run: Run, taken: Path) -> None:
    out = taken.parent / "out.csv"
    run("agencies", "--out", out, "-c", taken)
    cells = [cell for row in rows(out) for cell in row]
    assert "'=HYPERLINK(x)" in cells
    assert "'+66 2 saraban@three.go.test" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_a_workbook_is_ready_to_be_read_its_heading_frozen_filters_set_and_nothing_a_formula(
    run: Run, taken: Path
) -> None:
    out = taken.parent / "out.xlsx"
    run("agencies", "--out", out, "-c", taken)
    sheet = zipfile.ZipFile(out).read("xl/worksheets/sheet1.xml").decode()
    assert '<pane ySplit="1"' in sheet
    assert '<autoFilter ref="A1:N5"/>' in sheet
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet


@pytest.mark.parametrize(("since", "told"), [
    ("2026-02-24T18:00:00.000+00:00", "D2      0110101  2026-02-25  กรมหนึ่ง  x@one.go.test"),
    (None, "D2      0110101           -  กรมหนึ่ง  x@one.go.test")])
def test_an_agency_is_told_with_the_day_in_bangkok_since_which_it_stands_in_its_group(
    since: str | None, told: str,
) -> None:
    row = {"group": "D2", "since": since, "code": "0110101", "name": "กรมหนึ่ง"}
    assert render_text({**row, "cell": "x@one.go.test"}) == told


def test_filters_hold_of_what_is_written_too(run: Run, taken: Path) -> None:
    out = taken.parent / "out.json"
    code, said, _ = run("agencies", "--kind", "กรม", "--province", "กรุงเทพมหานคร", "--out", out,
                        "--json", "-c", taken)
    assert (code, json.loads(said)) == (0, {"file": str(out), "agencies": 1})
    (one,) = json.loads(out.read_text(encoding="utf-8"))
    assert (one["code"], one["cell"], one["given_on"], one["group"]) == (
        "0110101", "saraban@one.go.test\nโทร. 1", "2025-11-28", "unknown")


def test_a_form_that_is_not_known_is_wrong_usage_and_a_place_that_cannot_be_written_is_said(
    run: Run, taken: Path
) -> None:
    code, _, err = run("agencies", "--out", taken.parent / "out.pdf", "-c", taken)
    assert (code, "out.pdf: name it .csv or .xlsx or .json" in err) == (2, True)
    code, _, err = run("agencies", "--out", taken.parent / "no" / "out.csv", "-c", taken)
    assert (code, "No such file or directory" in err) == (1, True)


# --- whatever stands in the cells -----------------------------------------------------------------


CELL = st.text(max_size=20) | st.sampled_from(
    ("=cmd|' /C calc'!A0", "'=x", "''-1", "+66 2", "@x", "\tx", "a\rb", "_x0041_", ' "q", ',
     "28 พ.ย. 68", "-", "6110101"))
SHORT = "610104"
CODES = st.sampled_from(["6110101", "5110102", "06110103", SHORT, "C0005", "=1+1", "'=x", ""])
KINDS = st.sampled_from(["อบต.", "กรม", "เทศบาลตำบล", "กอง"])
ROWS = st.lists(st.tuples(CODES, CELL, KINDS, *[CELL] * (len(HEADING) - 3)), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def ledger() -> Iterator[tuple[Ledger, Path]]:
    """One ledger, which is given register after register."""
    with TemporaryDirectory() as folder, closing(FileLedger(Path(folder) / "ledger.db")) as opened:
        yield opened, Path(folder) / "ledger.db"


def text(table: list[tuple[str, ...]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([HEADING, *table])
    return out.getvalue().encode("utf-8", "surrogatepass")


@settings(max_examples=50, deadline=None)
@given(ROWS, st.sampled_from([".csv", ".xlsx"]))
def test_whatever_a_register_holds_no_row_is_lost_and_its_written_list_changes_nothing(
    ledger: Any, table: list[tuple[str, ...]], form: str,
) -> None:
    book, file = ledger
    taken = readable(text(table))
    if taken is None:
        return
    assert len(taken.entries) + len(taken.problems) == len(table)
    asyncio.run(book.write(
        # else it would stay where this is unread
        store.register_table.replace, register(digest="none"), RULES, MONDAY))
    asyncio.run(book.write(store.register_table.replace, taken, RULES, MONDAY))
    with queries.asking(file) as db:
        assert history.stood(db, history.last(db)).notes == taken.notes
        assert {e.agency.code: e.notes for e in history.stood(db, history.last(db)).entries} == {
            e.agency.code: e.notes for e in taken.entries}
        found = list(queries.held(db))
        assert {each.agency.code for each in found} == {e.agency.code for e in taken.entries}
        counted = [each.agency for each in found if each.group]
        assert len(list(queries.listed(db))) == len(counted)
        assert history.listed(db, history.last(db)) == counted
    again = readable(octets(found, form))
    # the code of a row that was not read has a say in whether codes lack zeros, and is not written
    voted = taken.problems and any(code == SHORT for code, *_ in table)
    if again and not voted:
        assert (len(again.entries), len(again.problems)) == (len(found), 0)
        assert asyncio.run(book.read(store.register_table.weigh, again)).amendments == ()


def readable(raw: bytes) -> Register | None:
    """Read a list, or None where its columns look swapped: then nothing is taken, and nothing
    changes.
    """
    try:
        return read(raw, "a.csv")
    except Unreadable:
        return None
