"""Lists as offices really send them: formulas, errors, strikes, links, hidden rows, many sheets."""

from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.register import books
from corpus.register.odd import Cell, Error, Formula, Link, Struck, ods, xls, xlsx
from sarabanwatch.core.register import HEADINGS, Register, Unreadable
from sarabanwatch.core.register.unread import with_unread_kept
from sarabanwatch.edge.register.child import read

WILD = Path(__file__).parents[3] / "shared/data/wild/registers"
FIELDS = ("code", "name", "kind", "cell", "link", "given_on", "announced")
HEADING: list[Cell] = [HEADINGS[field][0] for field in FIELDS]
TEXTS = [HEADINGS[field][0] for field in FIELDS]
Book = Callable[..., bytes]
ALL = pytest.mark.parametrize("book", [xlsx, ods, xls])


def row(n: int, **cells: Cell) -> list[Cell]:
    address = f"saraban@a{n}.go.th"
    plain: dict[str, Cell] = {"code": f"{1000 + n}", "name": f"กรมที่ {n}", "kind": "กรม",
                              "cell": address,
                              "link": f"https://a{n}.go.th/a.pdf", "given_on": "28 พฤศจิกายน 2568",
                              "announced": address}
    return [(plain | cells)[field] for field in FIELDS]


def text(n: int) -> list[books.Cell]:
    return [str(cell) for cell in row(n)]


def listed(*rows: list[Cell], book: Book = xlsx, **shown: object) -> Register:
    return read(book([HEADING, *rows], **shown), "list.xlsx")


def notes(register: Register, line: int) -> list[str]:
    return [note.english for entry in register.entries if entry.line == line
            for note in entry.notes]


# --- cells that say nothing -----------------------------------------------------------------------


@ALL
@pytest.mark.parametrize("odd", [Error("#N/A"), Error("#REF!"), Formula('="saraban@"&A2')])
def test_an_error_and_a_formula_without_its_value_are_no_empty_cells(book: Book, odd: Cell) -> None:
    register = listed(row(1, cell=odd), row(2, cell=""), row(3), book=book)
    assert [sorted(entry.agency.unread) for entry in register.entries] == [["cell"], [], []]
    assert [entry.agency.cell for entry in register.entries] == ["", "", "saraban@a3.go.th"]
    before = {entry.agency.code: entry.agency for entry in listed(row(1), row(2), row(3)).entries}
    entries = with_unread_kept(register, before).entries
    assert [entry.agency.cell for entry in entries] == ["saraban@a1.go.th", "", "saraban@a3.go.th"]
    assert "1 cells not read: what stood for them stays" in [note.english
                                                             for note in register.notes]


@ALL
def test_a_needed_cell_that_shows_an_error_makes_a_problem_of_its_row(book: Book) -> None:
    register = listed(row(1, code=Error("#REF!")), row(2), book=book)
    assert [(p.line, p.problem) for p in register.problems] == [
        (2, "the cell รหัสหน่วยงาน says nothing: it shows the error '#REF!'")]


def test_a_formula_that_was_worked_out_is_read_and_a_look_up_s_nought_is_told() -> None:
    register = listed(
        row(1, cell=Formula("=B1", "saraban@a1.go.th")),
        row(2, cell=Formula("=VLOOKUP(A3,X,2,0)", 0.0)), row(3, cell=0.0))
    assert [entry.agency.cell for entry in register.entries] == ["saraban@a1.go.th", "", ""]
    assert [sorted(entry.unread) for entry in register.entries] == [[], ["cell"], ["cell"]]
    assert "it holds 0, as a look-up gives for an empty cell" in notes(register, 3)[0]


# --- struck out -----------------------------------------------------------------------------------


@pytest.mark.parametrize("book", [xlsx, ods])
def test_what_is_struck_out_of_a_cell_is_passed_over_and_told(book: Book) -> None:
    register = listed(row(1, cell=Struck("old@a1.go.th ", "saraban@a1.go.th")), book=book)
    assert register.entries[0].agency.cell.strip() == "saraban@a1.go.th"
    assert notes(register, 2) == ["'old@a1.go.th ' is struck out, and passed over"]


@ALL
def test_a_cell_that_is_struck_out_says_nothing_and_a_struck_row_takes_nobody_out(
    book: Book,
) -> None:
    struck = [Struck(cell) if isinstance(cell, str) else cell for cell in row(2)]
    register = listed(row(1, cell=Struck("saraban@a1.go.th")), struck, book=book)
    assert register.entries[0].unread == {"cell"}
    assert [(p.line, p.problem) for p in register.problems] == [
        (3, "the cell รหัสหน่วยงาน says nothing: it is struck out")
    ]
    before = {entry.agency.code: entry.agency for entry in listed(row(1), row(2)).entries}
    assert {entry.agency.code: entry.agency
            for entry in with_unread_kept(register, before).entries} == before


# --- links ----------------------------------------------------------------------------------------


@ALL
def test_the_link_behind_words_is_read_and_told(book: Book) -> None:
    register = listed(
        row(1, cell=Link("ส่งอีเมล", "mailto:saraban@a1.go.th"),
            link=Link("คลิกที่นี่", "https://a1.go.th/b.pdf")), book=book)
    agency = register.entries[0].agency
    assert agency.announcement is not None
    assert (agency.cell, agency.announcement.link) == ("saraban@a1.go.th", "https://a1.go.th/b.pdf")
    assert notes(register, 2) == ["'saraban@a1.go.th' read, the link behind 'ส่งอีเมล'",
                                  "'https://a1.go.th/b.pdf' read, the link behind 'คลิกที่นี่'"]


@ALL
def test_where_words_and_link_disagree_the_words_stand_and_that_is_told(book: Book) -> None:
    register = listed(row(1, cell=Link("saraban@a1.go.th", "mailto:sarabun@a1.go.th?subject=x")),
                      book=book)
    assert register.entries[0].agency.cell == "saraban@a1.go.th"
    assert notes(register, 2) == [
        "'saraban@a1.go.th' stands there, but the link behind it leads to 'sarabun@a1.go.th'"
    ]


@pytest.mark.parametrize("target", ["https://a1.go.th/", "ftp://a1.go.th/x", "file:///etc/passwd",
                                    "internal:'ทะเบียน'!A1"])
def test_a_link_that_is_no_mailbox_is_no_address(target: str) -> None:
    register = listed(row(1, cell=Link("ติดต่อ", target)))
    assert register.entries[0].agency.cell == "ติดต่อ"


def test_a_link_made_by_a_formula_is_read() -> None:
    register = listed(row(1, cell=Formula('=HYPERLINK("mailto:saraban@a1.go.th","ส่งอีเมล")',
                                          "ส่งอีเมล")))
    assert register.entries[0].agency.cell == "saraban@a1.go.th"


# --- hidden ---------------------------------------------------------------------------------------


@ALL
def test_hidden_rows_are_read_and_told(book: Book) -> None:
    register = listed(row(1), row(2), book=book, hidden=[2])
    assert (len(register.entries), notes(register, 2), notes(register, 3)) == (
        2, [], ["the row is hidden in the workbook"],
    )
    assert "1 rows are hidden in the workbook, and read" in [note.english
                                                             for note in register.notes]


@ALL
def test_of_two_columns_of_a_name_the_one_that_is_seen_is_read(book: Book) -> None:
    old: list[list[Cell]] = [["อีเมล", *HEADING], ["old@hotmail.com", *row(1)]]
    assert read(book(old, unseen=[0]), "list.xlsx").entries[0].agency.cell == "saraban@a1.go.th"
    assert read(book(old), "list.xlsx").entries[0].agency.cell == "old@hotmail.com"
    only = read(book([HEADING, row(1)], unseen=[3]), "list.xlsx")
    assert only.entries[0].agency.cell == "saraban@a1.go.th"
    assert "the column is hidden in the workbook, and read" in [note.english for note in only.notes]


# --- more than one sheet, heading, kind of row ----------------------------------------------------


def test_sheets_of_one_shape_are_one_list() -> None:
    more = {"เชียงใหม่": [TEXTS, text(3)], "ว่าง": [], "อื่น": [["เลขที่", "เรื่อง"], ["1", "x"]]}
    book = books.xlsx([TEXTS, text(1), text(2)], more=more)
    register = read(book, "list.xlsx")
    assert [(entry.line, entry.agency.code) for entry in register.entries] == [(2, "1001"),
                                                                               (3, "1002"),
                                                                               (5, "1003")]
    assert [note.english for note in register.notes] == [
        "2 sheets of one shape read as one list, by lines: 'ทะเบียน' (1-3), 'เชียงใหม่' (4-5)",
        "sheet 'ทะเบียน' read; not read: 'ว่าง', 'อื่น'; --sheet NAME reads another"]
    assert [entry.agency.code for entry in read(book, "list.xlsx", "เชียงใหม่").entries] == ["1003"]


def test_a_sheet_that_names_the_same_agencies_is_another_edition_and_an_odd_one_a_problem(
) -> None:
    more = {"2567": [TEXTS, text(1), text(2), text(4)],
            "กลาง": [TEXTS, text(3), *map(text, range(5, 16))]}
    book = books.xlsx([TEXTS, text(1), text(2), text(3)], more=more)
    register = read(book, "list.xlsx")
    assert [entry.agency.code for entry in register.entries] == [f"{1000 + n}"
                                                                 for n in (1, 2, 3, *range(5, 16))]
    assert [problem.problem for problem in register.problems] == [
        "code 1003 stands in line 4 already"
    ]
    assert any("'2567' names agencies of the sheets before it again" in note.english
               for note in register.notes)


def test_a_heading_of_two_lines_is_read_together_merged_or_not() -> None:
    above = [*TEXTS[:3], "อีเมล", "", "ประกาศ", ""]
    below = ["", "", "", "ตามทะเบียน", "ตามประกาศ", "ลิงก์", "วันที่"]
    cells = ["1001", "กรม", "กรม", "saraban@a1.go.th", "info@a1.go.th", "https://a1.go.th",
             "28 พ.ย. 2568"]
    for merged in ([], [*((0, i, 1, i) for i in range(3)), (0, 3, 0, 4), (0, 5, 0, 6)]):
        agency = read(books.xlsx([above, below, cells], merged=merged),
                      "list.xlsx").entries[0].agency
        assert agency.announcement is not None
        assert (agency.cell, agency.announcement.cell, agency.announcement.link,
                str(agency.announcement.given_on)) == (
            "saraban@a1.go.th", "info@a1.go.th", "https://a1.go.th", "2025-11-28")


@pytest.mark.parametrize("name", [
    "ที่อยู่ไปรษณีย์อิเล็กทรอนิกส์กลาง", "ที่อยู่อีเมล", "ที่อยู่ไปรษณีย์อิเล็กทรอนิกส์กลาง (saraban)",
    "อีเมลกลาง\nของหน่วยงาน"])
def test_headings_in_the_words_of_the_regulation_are_known(name: str) -> None:
    heading = ["รหัส", "ชื่อส่วนราชการ", "ประเภทส่วนราชการ", name]
    register = read(books.xlsx([heading, ["1001", "กรมหนึ่ง", "กรม", "saraban@a1.go.th"]]),
                    "list.xlsx")
    assert register.entries[0].agency.cell == "saraban@a1.go.th"


@pytest.mark.parametrize("cells", [
    ["รวม", "3 แห่ง"], ["", "รวมทั้งสิ้น 3 หน่วยงาน"], ["", "หมายเหตุ: ข้อมูล ณ วันที่ 28 พฤศจิกายน 2568"],
    ["จังหวัดเชียงใหม่"], HEADING,
    ["", "", "", "รวม 3 อีเมล"], ["Total", "3"], ["ที่มา: กรมการปกครอง"]])
def test_totals_remarks_and_the_heading_again_are_passed_over_and_told(cells: list[Cell]) -> None:
    register = listed(row(1), cells, row(2), row(3))
    assert ([entry.line for entry in register.entries], register.problems) == ([2, 4, 5], [])
    assert "1 rows are totals, remarks or the heading again, and passed over: line 3" in [
        note.english for note in register.notes
    ]


def test_the_numbers_of_the_columns_below_the_heading_are_no_agency() -> None:
    register = listed([f"({n})" for n in range(1, 8)], row(1))
    assert ([entry.line for entry in register.entries], register.problems) == ([3], [])


@pytest.mark.parametrize("cells", [
    ["", "กรมหนึ่ง"], ["C6110101", "รวม"], ["", "รวมพัฒนา", "กรม"],
    ["", "หมายเหตุ", "", "saraban@a1.go.th"], ["1002"]])
def test_a_row_that_may_be_an_agency_s_is_a_problem_and_no_remark(cells: list[Cell]) -> None:
    register = listed(row(1), cells)
    assert [problem.line for problem in register.problems] == [3]


# --- pages ----------------------------------------------------------------------------------------


PAGE = """<html><head><meta charset="{charset}"><title>รหัส</title></head><body><p>รายชื่อ</p>
<table border=1><tr><th rowspan=2>รหัส<th rowspan=2>หน่วยงาน<th rowspan=2>ประเภท
<th colspan=2>อีเมล</tr>
<tr><td>ตามทะเบียน<td>ตามประกาศ</tr>
<tr><td>1001<td>กรม&nbsp;หนึ่ง<td rowspan=2>กรม
<td><s>old@a1.go.th</s> saraban@a1.go.th<td>x@a1.go.th</tr>
<tr style="display:none"><td>1002<td>กรมสอง
<td><a href="mailto:saraban@a2.go.th">ส่งอีเมล</a><td>&nbsp;</tr>
</table><script>var x = "<table>";</script></body></html>"""


@pytest.mark.parametrize(("charset", "encoding"), [
    ("utf-8", "utf-8"), ("windows-874", "cp874"), ("tis-620", "cp874"), ("x-none", "cp874")])
def test_the_table_of_a_page_is_read_whatever_its_name(charset: str, encoding: str) -> None:
    register = read(PAGE.format(charset=charset).encode(encoding), "list.xls")
    assert [(e.agency.code, e.agency.name, e.agency.kind, e.agency.cell)
            for e in register.entries] == [
        ("1001", "กรม หนึ่ง", "กรม", "saraban@a1.go.th"),
        ("1002", "กรมสอง", "กรม", "saraban@a2.go.th")]
    assert notes(register, 4) == ["the row is hidden in the workbook",
                                  "'saraban@a2.go.th' read, the link behind 'ส่งอีเมล'"]


def test_a_page_without_a_list_is_refused_in_clear_words() -> None:
    with pytest.raises(Unreadable, match="a web page without a table"):
        read("<!DOCTYPE html><html><body>กรุณาเข้าสู่ระบบ</body></html>".encode(), "list.xls")
    with pytest.raises(Unreadable, match="no column"):
        read(b"<div><table><tr><td>User<td>Password</table></div>", "list.xls")


# --- those that offices sent ----------------------------------------------------------------------


READ = {   # rows read, with something to tell, not taken
    "01-hidden-rows.xlsx": (10, 3, 0), "02-hidden-column.xlsx": (10, 0, 0),
    "03-hyperlinks.xlsx": (10, 10, 0),
    "04-strikethrough.xlsx": (9, 3, 1), "05-formula-no-cache-mail.xlsx": (10, 10, 0),
    "08-date-with-time.xlsx": (10, 0, 0),
    "10-dates-odd.csv": (15, 9, 0), "23-html-div.xls": (10, 0, 0),
    "26-sheet-per-province.xlsx": (15, 0, 0),
    "27-two-line-heading.xlsx": (10, 0, 0), "28-totals.xlsx": (10, 0, 0),
    "31-errors.xlsx": (9, 3, 1),
    "41-vlookup-zero.xlsx": (10, 6, 0), "42-two-bad-dates.csv": (61, 1, 0),
    "43-vlookup-no-cache.xlsx": (61, 61, 0),
    "44-idn-and-invisible.csv": (6, 3, 0)}


@pytest.mark.skipif(not WILD.exists(), reason="the lists that offices sent are not here")
@pytest.mark.parametrize("name", READ)
def test_a_list_that_an_office_sent_is_read(name: str) -> None:
    register = read((WILD / name).read_bytes(), name)
    assert (len(register.entries), sum(bool(e.notes) for e in register.entries),
            len(register.problems)) == READ[name]
